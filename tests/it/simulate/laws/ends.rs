//! How a session ends, with what befell it and without.

use holdpoint::check::Outcome;
use holdpoint::runbook::{Action, OnFailure, Phase};
use holdpoint::session::{
    ActionState, Answer, Close, Condition, Ending, Entry, Event, Question, Session, Stage,
    StepState,
};
use holdpoint::value::Name;

use super::super::lives::{Life, Plan};
use super::Case;
use crate::world::Effect;

/// A session ends only as somebody or something wanted it to.
pub(super) fn end_is_allowed(plan: &Plan, life: &Life) {
    let Condition::Closed(close) = life.session.condition() else { panic!("it is not closed") };
    let happened =
        |wanted: &dyn Fn(&Event) -> bool| life.entries.iter().any(|entry| wanted(&entry.event));
    match close {
        Close::Finished => {}
        Close::Aborted => assert!(plan.character.aborts, "nobody aborts"),
        Close::Failed => {
            let stops = |event: &Event| {
                matches!(event, Event::PolicyApplied { policy: OnFailure::Stop, .. })
            };
            assert!(happened(&stops), "nothing stopped it");
        }
        Close::RolledBack(_) => {
            assert!(happened(&|event| matches!(event, Event::RollbackEntered)), "out of nowhere");
        }
    }
}

/// However it was interrupted, what had to be done was done.
pub(super) fn everything_was_done(case: &Case<'_>) {
    let session = &case.life.session;
    if session.condition() != Condition::Closed(Close::Finished) {
        return;
    }
    assert_eq!(session.stage(), Stage::In(Phase::PostDeployment));
    let requested = |entry: &Entry| matches!(entry.event, Event::RollbackRequested(_));
    let reopened = case.life.entries.iter().any(requested);
    for step in case.book.phases.iter().flat_map(|section| &section.steps) {
        let state = session.step(&step.id);
        // What was waived can be over when somebody comes back to what had ended.
        let let_pass = state.waived.is_some() || (reopened && state.lapsed.is_some());
        let deviates = let_pass || state.policy == Some(OnFailure::Continue);
        if state.skipped.is_some() || deviates {
            continue;
        }
        let watches = matches!(step.action, Some(Action::Observe(_)));
        let good = step.is_read_only() || watches || state.action.is_good();
        assert!(good, "{}: {state:?}", step.id);
        let passed = state.checks == Some(Outcome::Pass);
        assert!(step.checks.is_empty() || passed, "{}: {state:?}", step.id);
        if matches!(step.action, Some(Action::Run(_))) {
            let happened = Effect::Happened(step.id.to_string());
            assert!(case.life.effects.contains(&happened), "{} never happened", step.id);
        }
    }
}

/// Both lives of one seed come to the same end, unless the record of one tells what was different.
/// Tells whether they could be compared.
pub(in super::super) fn ends_alike(calm: &Life, life: &Life) -> bool {
    if is_disturbed(calm) || is_disturbed(life) {
        return false;
    }
    assert_eq!(calm.session.condition(), life.session.condition(), "other endings");
    assert_eq!(became(&calm.session), became(&life.session), "the steps ended otherwise");
    true
}

/// Whether the record tells of something that a session without crashes and with good clocks
/// does not know.
fn is_disturbed(life: &Life) -> bool {
    let mut session = Session::default();
    let mut asked = Vec::new();
    life.entries.iter().any(|entry| {
        let doubtful = |step: &Name| session.step(step).action == ActionState::Doubtful;
        let disturbed = match &entry.event {
            Event::Asked {
                question: Question::Doubt { .. } | Question::Running { .. }, ..
            }
            | Event::Probed { .. }
            | Event::WaiverExpired { .. }
            | Event::GateExpired { .. }
            | Event::Acted { ending: Ending::Interrupted, .. } => true,
            Event::Started { step, .. } => doubtful(step),
            Event::Sampled(sample) => sample.number == 1 && sample.gap.is_some(),
            // Whoever is asked once more, because a yes was lost or so, may look again first.
            Event::Answered(answered) if answered.answer != Answer::Hold => {
                let before = asked.contains(&answered.question);
                asked.push(answered.question.clone());
                before && answered.answer == Answer::Recheck
            }
            Event::RollbackRequested(_) => !matches!(session.condition(), Condition::Closed(_)),
            _ => false,
        };
        session.apply(entry as &Entry).expect("it was legal when it was written");
        disturbed
    })
}

type Became = (Name, ActionState, Option<Outcome>, bool, bool, Option<OnFailure>);

/// What became of each step.
fn became(session: &Session) -> Vec<Became> {
    let of = |(id, state): (&Name, &StepState)| {
        let (skipped, waived) = (state.skipped.is_some(), state.waived.is_some());
        (id.clone(), state.action.clone(), state.checks, skipped, waived, state.policy)
    };
    // Where it is broken off, one may have looked at more than the other.
    let finished = session.condition() == Condition::Closed(Close::Finished);
    let counts = |(_, state): &(&Name, &StepState)| finished || state.action != ActionState::Due;
    session.steps().filter(counts).map(of).collect()
}
