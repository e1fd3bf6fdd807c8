//! What must hold of every session, however it was interrupted: its record against the ledger of
//! what really happened.

use std::collections::BTreeMap;

use holdpoint::check::Outcome;
use holdpoint::runbook::{Action, Phase, Runbook};
use holdpoint::session::{ActionState, Answer, Close, Entry, Event, Question, Session, Stage};

use super::Life;
use crate::world::Effect;

/// The record tells of every start, and of a decision before every start that needed one.
pub(super) fn no_action_runs_twice_undecided(book: &Runbook, life: &Life) {
    let mut recorded: BTreeMap<String, usize> = BTreeMap::new();
    let mut session = Session::default();
    for entry in &life.entries {
        if let Event::Started { step, .. } = &entry.event {
            *recorded.entry(step.to_string()).or_default() += 1;
            let state = session.step(step);
            let safe = book.step(step).is_some_and(|step| {
                step.idempotent || matches!(step.action, Some(Action::Wait(_)))
            });
            let doubtful = state.action == ActionState::Doubtful;
            assert!(safe || !doubtful, "{step} was started in doubt, and nobody had decided");
            assert!(!state.action.is_good(), "{step} was done, and started again");
        }
        session.apply(entry).expect("it was legal when it was written");
    }
    assert_eq!(session, life.session, "folded again, it is another session");
    let mut begun: BTreeMap<String, usize> = BTreeMap::new();
    let mut happened: BTreeMap<String, usize> = BTreeMap::new();
    for effect in &life.effects {
        match effect {
            Effect::Begun(step) => *begun.entry(step.clone()).or_default() += 1,
            Effect::Happened(step) => *happened.entry(step.clone()).or_default() += 1,
        }
    }
    for (step, times) in &begun {
        let known = recorded.get(step).copied().unwrap_or_default();
        assert!(*times <= known, "{step} began {times} times, and {known} are on record");
    }
    for (step, times) in happened {
        let name = step.parse().expect("a name");
        let safe = book.step(&name).is_some_and(|step| step.idempotent);
        let reruns = decisions(&life.entries, &step);
        assert!(safe || times <= 1 + reruns, "{step} happened {times} times, {reruns} decided");
    }
}

/// How often a person decided that a step's action is to run again.
fn decisions(entries: &[Entry], step: &str) -> usize {
    let again = |entry: &&Entry| {
        let Event::Answered(answered) = &entry.event else { return false };
        match &answered.question {
            Question::Failure { step: of } | Question::Doubt { step: of } => {
                of.as_str() == step && answered.answer == Answer::Rerun
            }
            Question::Gate { .. }
            | Question::Manual { .. }
            | Question::Attest { .. }
            | Question::RunbookChange { .. } => false,
        }
    };
    entries.iter().filter(again).count()
}

/// Before each phase stands a yes to it, given to the same process.
pub(super) fn no_gate_opens_by_itself(entries: &[Entry]) {
    let mut yes: Option<Option<Phase>> = None;
    for entry in entries {
        match &entry.event {
            Event::Opened(_) | Event::Resumed(_) => yes = None,
            Event::Answered(answered) => {
                if let (Question::Gate { to }, Answer::Proceed) =
                    (&answered.question, answered.answer)
                {
                    yes = Some(*to);
                }
            }
            Event::Entered { phase } => assert_eq!(yes.take(), Some(Some(*phase)), "{phase}"),
            Event::PhaseSkipped { phase, .. } => {
                assert!(yes.is_some_and(|to| to.is_none_or(|to| to > *phase)), "{phase}");
            }
            Event::Closed { close: Close::Finished } => assert_eq!(yes, Some(None)),
            Event::Closed { close: Close::Aborted }
            | Event::Recovered(_)
            | Event::RunbookChanged { .. }
            | Event::Started { .. }
            | Event::Acted { .. }
            | Event::Checked { .. }
            | Event::StepSkipped { .. }
            | Event::Probed { .. }
            | Event::Rehearsed { .. }
            | Event::Asked { .. }
            | Event::Held { .. }
            | Event::Noted { .. } => {}
        }
    }
}

/// However it was interrupted, what had to be done was done, once.
pub(super) fn everything_was_done(book: &Runbook, life: &Life) {
    let session = &life.session;
    assert_eq!(session.stage(), Stage::In(Phase::PostDeployment));
    for step in book.phases.iter().flat_map(|section| &section.steps) {
        let state = session.step(&step.id);
        if state.skipped.is_some() {
            continue;
        }
        assert!(step.is_read_only() || state.action.is_good(), "{}: {state:?}", step.id);
        let passed = state.checks == Some(Outcome::Pass);
        assert!(step.checks.is_empty() || passed, "{}: {state:?}", step.id);
        if matches!(step.action, Some(Action::Run(_))) {
            let happened = Effect::Happened(step.id.to_string());
            assert!(life.effects.contains(&happened), "{} never happened", step.id);
        }
    }
}
