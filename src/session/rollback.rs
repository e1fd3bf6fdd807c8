//! Rolling back: what a plan holds, what comes next while it is carried out, and what it came to.
//!
//! It is a move that every gate and every failure offers, not a phase. What really ran is taken
//! back, newest first; then come the steps of `[rollback]`, then the baseline once more.

use super::decisions::failed;
use super::next::{Move, Need, Task, needed};
use super::{
    ActionState, Answer, Answered, Close, Condition, Question, RollbackVerdict, Session, StepState,
};
use crate::check::Outcome;
use crate::runbook::{Baseline, OnFailure, Runbook, Step};
use crate::value::{Moment, Name, Person};

/// A rollback that is wanted, or goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Back {
    /// The step whose `on_failure` asked for it; none when a person did.
    pub cause: Option<Name>,
    /// Whether somebody came for it alone, so that a no does not let the session go on.
    pub requested: bool,
    /// When it began; none while a person is asked.
    pub entered: Option<Moment>,
    /// Who decided for it.
    pub by: Option<Person>,
    /// Which of the runbook's criteria applies, as that person said.
    pub criterion: Option<String>,
    /// Why, in their words.
    pub why: Option<String>,
    /// Whether the yes was given to this process and not used yet.
    pub(super) released: bool,
    /// Whether a check passed since it began.
    pub(super) proven: bool,
}

/// What a rollback does, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan<'a> {
    /// What ran and changed something.
    pub ran: Vec<Planned<'a>>,
    /// What runs behind the undos.
    pub then: &'a [Step],
    /// What is compared at the end.
    pub baselines: Vec<&'a Baseline>,
}

/// A step that ran.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned<'a> {
    /// Its name.
    pub id: Name,
    /// The step; none where the runbook does not have it any more.
    pub step: Option<&'a Step>,
    /// Whether nobody knows if it happened.
    pub doubtful: bool,
    /// Whether it has been taken back already.
    pub undone: bool,
}

impl<'a> Planned<'a> {
    /// How it is taken back, where the runbook says so.
    #[must_use]
    pub fn undo(&self) -> Option<&'a Step> {
        self.step.and_then(|step| step.undo.as_deref())
    }
}

impl Session {
    /// The rollback that is wanted or goes on, if any.
    #[must_use]
    pub fn back(&self) -> Option<&Back> {
        self.back.as_ref()
    }

    /// Whether a rollback goes on, or has ended.
    #[must_use]
    pub fn is_rolling_back(&self) -> bool {
        self.back.as_ref().is_some_and(|back| back.entered.is_some())
    }

    /// What rolling back would do now, or does.
    #[must_use]
    pub fn plan<'a>(&self, book: &'a Runbook) -> Plan<'a> {
        let mut ran: Vec<(&Name, &StepState)> =
            self.steps().filter(|(id, state)| is_to_undo(book, id, state)).collect();
        ran.sort_by_key(|(_, state)| std::cmp::Reverse(state.order));
        let planned = |(id, state): (&Name, &StepState)| {
            let step = book.steps().find(|step| step.id == *id);
            let undo = step.and_then(|step| step.undo.as_deref());
            Planned {
                id: id.clone(),
                step,
                doubtful: state.action == ActionState::Doubtful,
                undone: undo.is_some_and(|undo| self.is_over(undo)),
            }
        };
        let was_read = |one: &&Baseline| !self.step(&one.before.id).findings.is_empty();
        Plan {
            ran: ran.into_iter().map(planned).collect(),
            then: &book.rollback.steps,
            baselines: book.baselines.iter().filter(was_read).collect(),
        }
    }

    fn is_over(&self, step: &Step) -> bool {
        matches!(self.need(step), Need::Nothing) && self.step(&step.id) != StepState::default()
    }

    /// What comes next in a rollback that is wanted or goes on.
    pub(super) fn next_back<'a>(&self, back: &Back, book: &'a Runbook) -> Move<'a> {
        if back.entered.is_none() {
            return match back.released {
                true => Move::EnterRollback,
                false => Move::Ask(Question::Rollback),
            };
        }
        let plan = self.plan(book);
        for planned in &plan.ran {
            let next = match planned.step {
                Some(step) if planned.doubtful => Some(self.settle(step)),
                Some(_) | None => planned.undo().and_then(|undo| self.next_in([undo])),
            };
            if let Some(next) = next {
                return next;
            }
        }
        self.next_in(plan.then)
            .or_else(|| self.next_comparison(&plan.baselines))
            .unwrap_or_else(|| Move::Close(Close::RolledBack(self.verdict(&plan))))
    }

    /// Nothing is taken back of which nobody knows whether it happened.
    fn settle<'a>(&self, step: &'a Step) -> Move<'a> {
        if step.probe.is_some() && self.step(&step.id).probed.is_none() {
            return Move::Probe(step);
        }
        Move::Ask(Question::Doubt { step: step.id.clone() })
    }

    /// The baseline is read once more; what is worse than before is a failure.
    fn next_comparison<'a>(&self, baselines: &[&'a Baseline]) -> Option<Move<'a>> {
        let unread = |one: &&&Baseline| self.step(&one.after.id).checks.is_none();
        let unread: Vec<_> =
            baselines.iter().filter(unread).map(|one| Task::Check(&one.after)).collect();
        if !unread.is_empty() {
            return Some(Move::Work(unread));
        }
        baselines.iter().find_map(|one| {
            if self.is_as_before(one) {
                return None;
            }
            let state = self.step(&one.after.id);
            match needed(failed(&one.after, &state), &one.after) {
                Need::Move(next) if state.waived.is_none() => Some(next),
                Need::Move(_) | Need::Task(_) | Need::Nothing => None,
            }
        })
    }

    /// Whether each check of the baseline passes, or failed already before the first change.
    #[must_use]
    pub fn is_as_before(&self, baseline: &Baseline) -> bool {
        let before = self.step(&baseline.before.id).findings;
        let after = self.step(&baseline.after.id).findings;
        before.len() == after.len()
            && before.iter().zip(&after).all(|(before, after)| {
                after.verdict.outcome().is_as_good_as(before.verdict.outcome())
            })
    }

    /// What it came to, now that everything was gone through.
    fn verdict(&self, plan: &Plan<'_>) -> RollbackVerdict {
        let undos = plan.ran.iter().filter_map(Planned::undo);
        let afters = plan.baselines.iter().map(|one| &one.after);
        let mut steps = undos.chain(plan.then).chain(afters.clone());
        let left_out = steps.any(|step| {
            let state = self.step(&step.id);
            let passed_over = state.policy == Some(OnFailure::Continue);
            state.waived.is_some() || passed_over
        });
        let seen = |step: &Step| {
            !step.checks.is_empty() && self.step(&step.id).checks == Some(Outcome::Pass)
        };
        let behind_all = plan.then.iter().chain(afters).any(seen);
        let each = !plan.ran.is_empty() && plan.ran.iter().all(|one| one.undo().is_some_and(seen));
        if !left_out && (behind_all || each) {
            RollbackVerdict::Verified
        } else {
            RollbackVerdict::NotVerified
        }
    }

    /// A check that passes while rolling back is what a verdict can stand on.
    pub(super) fn prove(&mut self, step: &Name) {
        let passed = self.step(step).checks == Some(Outcome::Pass);
        if let Some(back) = self.back.as_mut().filter(|back| back.entered.is_some()) {
            back.proven |= passed;
        }
    }

    pub(super) fn answer_rollback(&mut self, answered: &Answered) {
        if answered.answer == Answer::Deny {
            let back = self.back.take().unwrap_or_default();
            if back.requested && self.reopened.is_none() {
                self.condition = Condition::Held(None);
            }
            return;
        }
        let back = self.back.get_or_insert_default();
        back.released = true;
        back.by = Some(answered.by.clone());
        back.criterion.clone_from(&answered.criterion);
        back.why.clone_from(&answered.text);
    }
}

fn is_to_undo(book: &Runbook, id: &Name, state: &StepState) -> bool {
    if !state.ran {
        return false;
    }
    match book.step(id) {
        Some(step) => step.changes && book.steps().any(|other| other.id == *id),
        // The runbook was changed, and nobody knows any more what this one did.
        None => !id.as_str().starts_with("undo."),
    }
}
