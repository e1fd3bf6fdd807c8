//! The policy: what to do next, asked of what happened so far and of the runbook.
//!
//! A pure function. Run, resume and dry run have no other source of decisions.

use super::{ActionState, Close, Condition, Question, Session, Stage, StepState};
use crate::check::Outcome;
use crate::runbook::{Action, Phase, Proof, Runbook, Section, Step};

/// What to do next.
#[derive(Clone, Debug, PartialEq)]
pub enum Move<'a> {
    /// Work on these steps; more than one only where all are read-only.
    Work(Vec<Task<'a>>),
    /// Record that a step's condition does not hold.
    SkipStep(&'a Step, String),
    /// Ask a step's probe, after a crash, whether its action happened.
    Probe(&'a Step),
    /// Ask a person.
    Ask(Question),
    /// Record that a phase does not apply.
    SkipPhase(Phase, &'a str),
    /// Enter a phase.
    Enter(Phase),
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
enum Need<'a> {
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
        if self.aborted {
            return Move::Close(Close::Aborted);
        }
        let steps = match self.stage {
            Stage::Before => &runbook.prerequisites,
            Stage::In(phase) => &runbook.section(phase).steps,
        };
        self.next_in(steps).unwrap_or_else(|| self.next_beyond(runbook))
    }

    /// What the first unfinished step needs; with it the read-only steps right behind that can
    /// run beside it.
    fn next_in<'a>(&self, steps: &'a [Step]) -> Option<Move<'a>> {
        let mut together = Vec::new();
        for step in steps {
            match self.need(step) {
                Need::Nothing => {}
                Need::Task(task @ Task::Check(step)) if may_join(step, &together) => {
                    together.push(task);
                }
                Need::Task(task) if together.is_empty() => return Some(Move::Work(vec![task])),
                Need::Move(next) if together.is_empty() => return Some(next),
                Need::Task(_) | Need::Move(_) => break,
            }
            if !step.is_read_only() && !together.is_empty() {
                break;
            }
        }
        (!together.is_empty()).then_some(Move::Work(together))
    }

    fn need<'a>(&self, step: &'a Step) -> Need<'a> {
        let state = self.step(&step.id);
        if state.skipped.is_some() {
            return Need::Nothing;
        }
        if state == StepState::default()
            && let Some(why) = self.condition_of(step)
        {
            return Need::Move(Move::SkipStep(step, why));
        }
        if self.dry && state.action != ActionState::Rehearsed {
            return Need::Task(Task::Act(step));
        }
        match &step.action {
            Some(action) => need_of_action(step, &state, action),
            None => need_of_checks(step, &state),
        }
    }

    /// Why a step does not run, if so: its `when` does not hold, or a step that it needs was
    /// skipped.
    fn condition_of(&self, step: &Step) -> Option<String> {
        if let Some(id) = step.needs.iter().find(|id| self.step(id).skipped.is_some()) {
            return Some(format!("it needs {id}, which was skipped"));
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
    fn open_attestation(&self, phase: Phase, section: &Section) -> Option<u32> {
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

fn need_of_action<'a>(step: &'a Step, state: &StepState, action: &Action) -> Need<'a> {
    let ask = |question| Need::Move(Move::Ask(question));
    match &state.action {
        ActionState::Due => match action {
            Action::Manual { .. } => ask(Question::Manual { step: step.id.clone() }),
            Action::Run(_) | Action::Shell(_) | Action::Wait(_) => Need::Task(Task::Act(step)),
        },
        // Nobody asks while an action runs; after a crash it is doubtful.
        ActionState::Running | ActionState::Doubtful => need_in_doubt(step, state, action),
        ActionState::Ended(ending) if !ending.is_good() => {
            let stopped = *ending == super::Ending::Interrupted;
            if !stopped && state.failed_tries < step.retry.attempts {
                Need::Task(Task::Act(step))
            } else {
                ask(Question::Failure { step: step.id.clone() })
            }
        }
        ActionState::Failed => ask(Question::Failure { step: step.id.clone() }),
        ActionState::Ended(_) | ActionState::Done | ActionState::Rehearsed => {
            need_of_checks(step, state)
        }
    }
}

/// After a crash nobody knows whether the action happened. Only what does no harm twice is
/// started again without asking; a probe is asked before a person is.
fn need_in_doubt<'a>(step: &'a Step, state: &StepState, action: &Action) -> Need<'a> {
    if step.idempotent || matches!(action, Action::Wait(_)) {
        return Need::Task(Task::Act(step));
    }
    if step.probe.is_some() && state.probed.is_none() {
        return Need::Move(Move::Probe(step));
    }
    Need::Move(Move::Ask(Question::Doubt { step: step.id.clone() }))
}

fn need_of_checks<'a>(step: &'a Step, state: &StepState) -> Need<'a> {
    match state.checks {
        None if step.checks.is_empty() => Need::Nothing,
        None => Need::Task(Task::Check(step)),
        Some(Outcome::Pass) => Need::Nothing,
        Some(_) if state.action == ActionState::Rehearsed => Need::Nothing,
        // Checks are retried by asking again; only a read-only step has no other meaning of retry.
        Some(_) if step.is_read_only() && state.failed_tries < step.retry.attempts => {
            Need::Task(Task::Check(step))
        }
        Some(_) => Need::Move(Move::Ask(Question::Failure { step: step.id.clone() })),
    }
}
