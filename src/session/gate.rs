//! The gate behind us: what the present phase was entered on, until its first action starts.

use super::next::Move;
use super::{Question, Session, Stage, StepState};
use crate::runbook::{Phase, Runbook, Step};
use crate::value::Moment;

/// The gate through which the present phase was entered. Gone once something of the phase starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Behind {
    /// Where the evidence is that it was opened on.
    pub(super) from: Stage,
    /// Whether that evidence was too old, and is read again.
    pub(super) expired: bool,
    /// Whether the answer is void, so that it is asked again.
    pub(super) reopened: bool,
}

impl Session {
    /// The stage whose evidence the gate to this phase stands on: for a gate that is asked again,
    /// what it was entered from, else the last phase that was entered.
    #[must_use]
    pub fn gate_stands_on(&self, to: Option<Phase>) -> Stage {
        if let Some(behind) = self.behind.filter(|_| self.reopens_gate(to)) {
            return behind.from;
        }
        let entered = |phase: &&Phase| self.phase(**phase).entered.is_some();
        Phase::ALL.iter().rev().find(entered).map_or(Stage::Before, |phase| Stage::In(*phase))
    }

    /// The stage that the present phase was entered from, while nothing of the phase has started
    /// and the evidence was not read again since: what a gate's `expires` is about.
    #[must_use]
    pub fn unproven_entry(&self) -> Option<Stage> {
        self.behind.filter(|behind| !behind.expired).map(|behind| behind.from)
    }

    /// When the oldest evidence of a stage was read or said, but for what is waived.
    #[must_use]
    pub fn oldest_evidence(&self, stage: Stage) -> Option<Moment> {
        let read = self.steps.values().filter(|state| {
            state.stage == stage && state.checks.is_some() && state.waived.is_none()
        });
        let said = self.attested.iter().filter(|((phase, _), _)| Stage::In(*phase) == stage);
        let moments = read.filter_map(|state| state.at).chain(said.map(|(_, said)| said.at));
        moments.min_by_key(|at| at.millis())
    }

    /// Whether the gate to this phase was passed already, and is asked again.
    #[must_use]
    pub fn reopens_gate(&self, to: Option<Phase>) -> bool {
        self.behind.is_some() && to.is_some() && self.stage.phase() == to
    }

    /// What the gate behind us needs before the phase goes on: evidence and words that are to be
    /// read and said again, and where they differ, or the runbook does, a new answer.
    pub(super) fn next_behind<'a>(&self, book: &'a Runbook) -> Option<Move<'a>> {
        let behind = self.behind?;
        let steps = match behind.from {
            Stage::Before => &book.prerequisites,
            Stage::In(phase) => &book.section(phase).steps,
        };
        let only_read = |step: &&Step| {
            let state = self.steps.get(&step.id);
            state.is_some_and(|state| !step.acts() || state.action.is_good())
        };
        if let Some(next) = self.next_in(steps.iter().filter(only_read)) {
            return Some(next);
        }
        if let Stage::In(phase) = behind.from
            && let Some(number) = self.open_attestation(phase, book.section(phase))
        {
            return Some(Move::Ask(Question::Attest { phase, number }));
        }
        let changed = |step: &Step| self.steps.get(&step.id).is_some_and(StepState::has_changed);
        let to = self.stage.phase();
        let void = behind.reopened || steps.iter().any(changed);
        void.then_some(Move::Ask(Question::Gate { to }))
    }
}
