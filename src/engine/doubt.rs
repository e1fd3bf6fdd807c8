//! A step in doubt of which processes still run: a person is asked about them before anything
//! else, since what they will do is not over yet.

use std::time::Duration;

use super::ask::ask;
use super::work::pause;
use super::{News, Record, Subject, World};
use crate::journal::Error;
use crate::session::{Answer, Event, Question};
use crate::value::{Name, Span};

/// Between two looks at processes that are waited for.
const LOOK: Duration = Duration::from_millis(500);

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
