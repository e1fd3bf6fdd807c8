//! The policy: what to do next, asked of what happened so far and of the runbook.
//!
//! A pure function. Run, resume, rollback and dry run have no other source of decisions.

use super::decisions::{Decision, decide};
use super::{ActionState, Close, Condition, Question, RollbackVerdict, Session, Stage, StepState};
use crate::runbook::{OnFailure, Phase, Proof, Runbook, Section, Step};
use crate::value::Name;

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Move<'a> {
    /// Work on these steps; more than one only where all are read-only, or in a dry run.
    Work(Vec<Task<'a>>),
    /// Record that a step's condition does not hold.
    SkipStep(&'a Step, String),
    /// Ask a step's probe, after a crash, whether its action happened.
    Probe(&'a Step),
    /// Take the next sample of a step that observes.
    Sample(&'a Step),
    /// Record what the runbook says about a failure.
    Apply(&'a Step, OnFailure),
    /// See who asks AWS.
    Identify,
    /// Ask a person.
    Ask(Question),
    /// Record that a phase does not apply.
    SkipPhase(Phase, &'a str),
    /// Enter a phase.
    Enter(Phase),
    /// Begin to roll back.
    EnterRollback,
    /// End the session for good.
    Close(Close),
    /// There is nothing to do: the session is held or closed.
    Stop(Condition),
}

/// Work on one step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Task<'a> {
    /// Start its action.
    Act(&'a Step),
    /// Ask its checks.
    Check(&'a Step),
}

/// What one step needs now.
pub(super) enum Need<'a> {
    Nothing,
    Move(Move<'a>),
    Task(Task<'a>),
}

impl Session {
    /// What to do next.
    #[must_use]
    pub fn next<'a>(&self, runbook: &'a Runbook) -> Move<'a> {
        if self.condition != Condition::Running {
            return Move::Stop(self.condition);
        }
        if let Some(question) = &self.pending {
            return Move::Ask(question.clone());
        }
        if let Some(close) = self.ends_as() {
            return Move::Close(close);
        }
        let next = match &self.back {
            Some(back) => self.next_back(back, runbook),
            None => self.next_with_baseline(runbook),
        };
        self.guarded(next, runbook)
    }

    fn next_with_baseline<'a>(&self, runbook: &'a Runbook) -> Move<'a> {
        let next = self.next_forward(runbook);
        if self.is_first_change(&next, runbook)
            && let Some(baseline) = self.unread_baseline(runbook)
        {
            return baseline;
        }
        next
    }

    /// How the session ends now, if it does whatever the runbook says.
    fn ends_as(&self) -> Option<Close> {
        let over = self.aborted || self.failed.is_some();
        if over && self.is_rolling_back() {
            return Some(Close::RolledBack(RollbackVerdict::Failed));
        }
        // What somebody came to roll back and then did not ends as it had.
        if self.reopened.is_some() && (over || self.back.is_none()) {
            return self.reopened;
        }
        match (self.aborted, &self.failed) {
            (true, _) => Some(Close::Aborted),
            (false, Some(_)) => Some(Close::Failed),
            (false, None) => None,
        }
    }

    fn next_forward<'a>(&self, runbook: &'a Runbook) -> Move<'a> {
        let revisited = |step: &&Step| self.steps.get(&step.id).is_some_and(|one| one.revisited);
        let all = runbook.prerequisites.iter().chain(runbook.steps());
        if let Some(next) =
            self.next_in(all.filter(revisited)).or_else(|| self.next_behind(runbook))
        {
            return next;
        }
        // Behind a phase that was skipped, the last one entered is what is looked at again.
        let steps = match self.gate_stands_on(None) {
            Stage::Before => &runbook.prerequisites,
            Stage::In(phase) => &runbook.section(phase).steps,
        };
        self.next_in(steps).unwrap_or_else(|| self.next_beyond(runbook))
    }

    /// Whether the move starts an action, or asks for one, before anything was changed.
    fn is_first_change(&self, next: &Move<'_>, runbook: &Runbook) -> bool {
        let acts = |task: &Task<'_>| matches!(task, Task::Act(step) if step.changes);
        let by_hand = |step| runbook.step(step).is_some_and(|step| step.changes);
        let starts = matches!(next, Move::Work(tasks) if tasks.iter().any(acts))
            || matches!(next, Move::Ask(Question::Manual { step }) if by_hand(step));
        let ran = |step: &Step| step.changes && self.step(&step.id).ran;
        starts && !self.dry && !runbook.steps().any(ran)
    }

    /// The part of the baseline that was not read yet.
    fn unread_baseline<'a>(&self, runbook: &'a Runbook) -> Option<Move<'a>> {
        let steps = runbook.baselines.iter().map(|baseline| &baseline.before);
        let unread = steps.filter(|step| {
            self.step(&step.id).findings.is_empty() && self.condition_of(step).is_none()
        });
        let tasks: Vec<_> = unread.map(Task::Check).collect();
        (!tasks.is_empty()).then_some(Move::Work(tasks))
    }

    /// What the first unfinished step needs; with it the read-only steps right behind that can
    /// run beside it. A dry run starts nothing, so that there every step can.
    pub(super) fn next_in<'a>(
        &self,
        steps: impl IntoIterator<Item = &'a Step>,
    ) -> Option<Move<'a>> {
        let mut together = Vec::new();
        for step in steps {
            match self.need(step) {
                Need::Nothing => {}
                Need::Task(task @ Task::Check(step)) if may_join(step, &together) => {
                    together.push(task);
                }
                Need::Task(task) if self.dry => together.push(task),
                Need::Task(task) if together.is_empty() => return Some(Move::Work(vec![task])),
                Need::Move(next) if together.is_empty() => return Some(next),
                Need::Task(_) | Need::Move(_) => break,
            }
            if !self.dry && !step.is_read_only() && !together.is_empty() {
                break;
            }
        }
        (!together.is_empty()).then_some(Move::Work(together))
    }

    pub(super) fn need<'a>(&self, step: &'a Step) -> Need<'a> {
        let untouched = StepState::default();
        let state = self.steps.get(&step.id).unwrap_or(&untouched);
        if state.skipped.is_some() || state.waived.is_some() {
            return Need::Nothing;
        }
        if *state == untouched
            && let Some(why) = self.condition_of(step)
        {
            return Need::Move(Move::SkipStep(step, why));
        }
        if self.dry && state.action != ActionState::Rehearsed {
            return Need::Task(Task::Act(step));
        }
        needed(decide(step, state), step)
    }

    /// Why a step does not run, if so: its `when` does not hold, or a step that it needs was
    /// skipped.
    #[must_use]
    pub fn condition_of(&self, step: &Step) -> Option<String> {
        if let Some(id) = step.needs.iter().find(|id| self.step(id).skipped.is_some()) {
            return Some(format!("it needs {id}, which was skipped"));
        }
        let failed = |id: &&Name| self.step(id).policy == Some(OnFailure::Continue);
        if let Some(id) = step.needs.iter().find(failed) {
            return Some(format!("it needs {id}, which failed"));
        }
        let condition = step.when.as_ref()?;
        let value = self.variable(&condition.variable).unwrap_or_default();
        if condition.is.iter().any(|wanted| wanted == value) {
            return None;
        }
        let wanted = condition.is.join(" or ");
        Some(format!("{} is {value}, and the step is for {wanted}", condition.variable))
    }

    /// All steps of the stage are done: criteria that a person attests, then the gate.
    fn next_beyond<'a>(&self, runbook: &'a Runbook) -> Move<'a> {
        if let Some(phase) = self.stage.phase() {
            let open = self.open_attestation(phase, runbook.section(phase));
            if let Some(number) = open {
                return Move::Ask(Question::Attest { phase, number });
            }
        }
        let to = self.destination(runbook);
        match (self.released, self.stage.following()) {
            (Some(release), None) if release.to.is_none() => Move::Close(Close::Finished),
            (Some(release), Some(phase)) if release.to == to => {
                match &runbook.section(phase).skip {
                    Some(why) => Move::SkipPhase(phase, why),
                    None => Move::Enter(phase),
                }
            }
            _ => Move::Ask(Question::Gate { to }),
        }
    }

    /// The next phase that applies; none when the end comes next.
    #[must_use]
    pub fn destination(&self, runbook: &Runbook) -> Option<Phase> {
        let mut phase = self.stage.following();
        while let Some(candidate) = phase
            && runbook.section(candidate).skip.is_some()
        {
            phase = candidate.next();
        }
        phase
    }

    /// Number of the first criterion in the phase that a person has not confirmed.
    pub(super) fn open_attestation(&self, phase: Phase, section: &Section) -> Option<u32> {
        (1..).zip(&section.criteria).find_map(|(number, criterion)| {
            let confirmed = self.attested(phase, number).is_some_and(|said| said.holds);
            (matches!(criterion.proof, Proof::Attested(_)) && !confirmed).then_some(number)
        })
    }
}

/// Whether a step's checks may be asked beside the others: a step that has an action is
/// checked alone, and what a step needs must have passed before.
fn may_join(step: &Step, others: &[Task<'_>]) -> bool {
    let waits_for = |task: &Task<'_>| match task {
        Task::Act(other) | Task::Check(other) => step.needs.contains(&other.id),
    };
    others.is_empty() || (step.is_read_only() && !others.iter().any(waits_for))
}

pub(super) fn needed(decision: Decision, step: &Step) -> Need<'_> {
    let id = || step.id.clone();
    match decision {
        Decision::Nothing => Need::Nothing,
        Decision::Act => Need::Task(Task::Act(step)),
        Decision::Check => Need::Task(Task::Check(step)),
        Decision::Sample => Need::Move(Move::Sample(step)),
        Decision::Probe => Need::Move(Move::Probe(step)),
        Decision::Apply(policy) => Need::Move(Move::Apply(step, policy)),
        Decision::AskManual => Need::Move(Move::Ask(Question::Manual { step: id() })),
        Decision::AskDoubt => Need::Move(Move::Ask(Question::Doubt { step: id() })),
        Decision::AskFailure => Need::Move(Move::Ask(Question::Failure { step: id() })),
    }
}
