//! THE TABLE of decisions about one step: what is known of it, and what comes next. One row, one
//! arm; the first that fits counts. `ARCHITECTURE.md` has the same table in words, and
//! `tests/it/next_table.rs` holds it a second time, as data.

#![expect(
    clippy::match_same_arms,
    reason = "a table: one row is one arm, in the order that counts"
)]

use super::{ActionState, Ending, StepState};
use crate::check::Outcome;
use crate::runbook::{Action, OnFailure, Step};

/// What comes next for a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// It is over.
    Nothing,
    /// Its action is started.
    Act,
    /// Its checks are asked.
    Check,
    /// A sample of its window is taken.
    Sample,
    /// Its probe is asked.
    Probe,
    /// What its `on_failure` says is put on record.
    Apply(OnFailure),
    /// A person is asked to do it.
    AskManual,
    /// A person is asked: did it happen?
    AskDoubt,
    /// A person is asked: it failed.
    AskFailure,
}

/// What kind of step it is, as far as that decides anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Looks,
    Runs,
    Waits,
    ByHand,
    Observes,
}

/// What is known of its action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    Due,
    InDoubt,
    Interrupted,
    Bad,
    NotDone,
    Good,
}

/// What is known of its checks, or of its window. None is a pass where there is nothing to check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Unasked,
    Pass,
    Bad,
}

/// Decides about a step that was neither skipped nor waived.
pub(super) fn decide(step: &Step, state: &StepState) -> Decision {
    let kind = kind(step);
    // A try is left. Not to what was let pass for a time: whoever did so is asked.
    let again = state.lapsed.is_none() && state.failed_tries < step.retry.attempts;
    match (kind, known(kind, state), seen(kind, step, state)) {
        (Kind::ByHand, Known::Due, _) => Decision::AskManual,
        (Kind::Runs | Kind::Waits, Known::Due, _) => Decision::Act,
        (Kind::Waits, Known::InDoubt, _) => Decision::Act,
        (_, Known::InDoubt, _) if step.idempotent => Decision::Act,
        (_, Known::InDoubt, _) if step.probe.is_some() && state.probed.is_none() => Decision::Probe,
        (_, Known::InDoubt, _) => Decision::AskDoubt,
        // The session was stopped, and the step with it: no policy speaks of that.
        (_, Known::Interrupted, _) => Decision::AskFailure,
        (_, Known::Bad, _) if again => Decision::Act,
        (_, Known::Bad | Known::NotDone, _) => failed(step, state),
        (_, _, Seen::Pass) => Decision::Nothing,
        // A window that is over is not observed again: one look tells whether it still holds.
        (Kind::Observes, Known::Due, Seen::Unasked) => Decision::Sample,
        (_, _, Seen::Unasked) => Decision::Check,
        // To read is to try again; behind an action it is not, for the action is not tried again.
        (Kind::Looks, _, Seen::Bad) if again => Decision::Check,
        (_, _, Seen::Bad) => failed(step, state),
    }
}

/// Decides about a step whose tries are spent. What the runbook says of that counts once; then,
/// and after a waiver, it is a person's.
pub(super) fn failed(step: &Step, state: &StepState) -> Decision {
    match (state.policy, step.on_failure) {
        (Some(OnFailure::Continue), _) => Decision::Nothing,
        (Some(_), _) | (None, OnFailure::Ask) => Decision::AskFailure,
        (None, _) if state.lapsed.is_some() => Decision::AskFailure,
        (None, policy) => Decision::Apply(policy),
    }
}

fn kind(step: &Step) -> Kind {
    match &step.action {
        None => Kind::Looks,
        Some(Action::Run(_) | Action::Shell(_)) => Kind::Runs,
        Some(Action::Wait(_)) => Kind::Waits,
        Some(Action::Manual { .. }) => Kind::ByHand,
        Some(Action::Observe(_)) => Kind::Observes,
    }
}

fn known(kind: Kind, state: &StepState) -> Known {
    match &state.action {
        _ if kind == Kind::Looks => Known::Good,
        _ if kind == Kind::Observes => {
            let over = state.watch.as_ref().is_some_and(|watch| watch.outcome().is_some());
            if over { Known::Good } else { Known::Due }
        }
        ActionState::Due => Known::Due,
        // Nobody asks while an action runs; after a crash it is doubtful.
        ActionState::Running | ActionState::Doubtful => Known::InDoubt,
        ActionState::Ended(ending) if *ending.told() == Ending::Interrupted => Known::Interrupted,
        ActionState::Ended(ending) if !ending.is_good() => Known::Bad,
        ActionState::Failed => Known::NotDone,
        ActionState::Ended(_) | ActionState::Done | ActionState::Rehearsed => Known::Good,
    }
}

fn seen(kind: Kind, step: &Step, state: &StepState) -> Seen {
    match state.checks {
        // What was only rehearsed proves nothing, and need not.
        _ if state.action == ActionState::Rehearsed => Seen::Pass,
        Some(Outcome::Pass) => Seen::Pass,
        Some(Outcome::Fail | Outcome::Unknown) => Seen::Bad,
        None if step.checks.is_empty() && kind != Kind::Observes => Seen::Pass,
        None => Seen::Unasked,
    }
}
