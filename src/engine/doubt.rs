//! A step in doubt of which processes still run: a person is asked about them before anything
//! else, since what they will do is not over yet.

use std::time::Duration;

use super::ask::ask;
use super::work::pause;
use super::{News, Record, Subject, World};
use crate::journal::Error;
use crate::runbook::Runbook;
use crate::session::{ActionState, Answer, Event, Move, Question, Session, Task};
use crate::value::{Name, Span};

/// Between two looks at processes that are waited for.
const LOOK: Duration = Duration::from_millis(500);

/// Whether earlier processes of a step may be in the way: it is in doubt, or was tried in vain.
/// What it leaves running on purpose is in nobody's way.
pub(super) fn may_still_run(step: &Name, book: &Runbook, session: &Session) -> bool {
    let state = session.step(step);
    let leaves = book.step(step).is_some_and(|step| step.leaves_running);
    let tried = state.attempts > 0 && !state.action.is_good() && !leaves;
    tried || state.action == ActionState::Doubtful
}

/// The step whose earlier processes may still run, if the move is about one and nobody was asked
/// about them yet.
pub(super) fn doubted(next: &Move<'_>, book: &Runbook, session: &Session) -> Option<Name> {
    let step = if let Move::Probe(step) = next {
        &step.id
    } else if let Move::Ask(Question::Doubt { step } | Question::Failure { step }) = next {
        step
    } else if let Move::Work(tasks) = next
        && let [Task::Act(step)] = tasks.as_slice()
    {
        &step.id
    } else {
        return None;
    };
    let asks = session.pending().is_none() && !session.step(step).left_alone;
    (asks && may_still_run(step, book, session)).then(|| step.clone())
}

/// Asks, where processes of the step still run, and does what the answer says. Tells whether there
/// were any. What was waited for or stopped is looked at again, by this process or by the next.
pub(super) async fn ask_about_running(
    step: Name,
    subject: Subject<'_>,
    record: &mut dyn Record,
    world: &World<'_>,
) -> Result<bool, Error> {
    if world.actor.left_running(&step).is_empty() {
        return Ok(false);
    }
    ask(Question::Running { step: step.clone() }, subject, record, world).await?;
    let said = |wanted: Answer| {
        let last = record.last().map(|entry| &entry.event);
        matches!(last, Some(Event::Answered(answered)) if answered.answer == wanted)
    };
    if said(Answer::Wait) {
        wait(&step, world).await;
    } else if said(Answer::Stop) {
        world.actor.end_left(&step, world.stop).await;
    }
    Ok(true)
}

async fn wait(step: &Name, world: &World<'_>) {
    while !world.actor.left_running(step).is_empty() {
        world.screen.show(&News::Pausing(step, Span::of(LOOK)));
        if pause(LOOK, world).await.is_stopped() {
            return;
        }
    }
}
