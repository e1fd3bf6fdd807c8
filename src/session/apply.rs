//! The transition table: which event may follow what happened before, and what it makes true.
//!
//! Live events and events read back go through the same function, so a journal that another
//! program wrote in an impossible order is found out.

use super::{
    ActionState, Answer, Answered, Attested, Close, Condition, Entry, Event, Note, Question,
    Release, Session, Stage, StepState,
};
use crate::runbook::Phase;
use crate::value::{Digest, Moment, Name, Span};

/// An event that cannot follow what happened before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{event} cannot follow here: {why}")]
pub struct Illegal {
    /// What was to happen.
    pub event: &'static str,
    /// What stands against it.
    pub why: String,
}

type Legal = Result<(), String>;

impl Session {
    /// Whether the event may follow what happened so far. Changes nothing.
    ///
    /// # Errors
    /// Where it may not.
    pub fn permits(&self, entry: &Entry) -> Result<(), Illegal> {
        let illegal = |why: String| Illegal { event: entry.event.kind(), why };
        let expected = self.last.map_or(1, |(seq, _)| seq + 1);
        if entry.seq != expected {
            return Err(illegal(format!("its number is {}, wanted {expected}", entry.seq)));
        }
        self.may_follow(&entry.event).map_err(illegal)
    }

    /// Takes one event in.
    ///
    /// # Errors
    /// Where the event cannot follow; the session is then as it was.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Illegal> {
        self.permits(entry)?;
        self.take(&entry.event, entry.at);
        self.last = Some((entry.seq, entry.at));
        Ok(())
    }

    fn may_follow(&self, event: &Event) -> Legal {
        match event {
            Event::Opened(opened) => {
                need(self.opened.is_none(), "the session is open already")?;
                let digest = Digest::of(opened.runbook_text.as_bytes());
                need(opened.runbook_digest == digest, "its runbook is not the one of its digest")
            }
            _ if self.opened.is_none() => Err("the session is not open yet".to_owned()),
            // Notes may follow the end, and so may the account of one that was torn.
            Event::Noted { .. } | Event::Recovered(_) => Ok(()),
            _ if matches!(self.condition, Condition::Closed(_)) => {
                Err("the session is closed".to_owned())
            }
            Event::Resumed(_) => Ok(()),
            _ if matches!(self.condition, Condition::Held(_)) => {
                Err("the session is held and was not resumed".to_owned())
            }
            Event::Held { .. } => Ok(()),
            Event::Answered(answered) => self.may_answer(answered),
            Event::RunbookChanged { text, .. } => {
                let digest = Digest::of(text.as_bytes());
                need(self.accepted == Some(digest), "nobody accepted this runbook")
            }
            Event::Asked { question: Question::RunbookChange { .. }, .. } => self.nothing_runs(),
            _ if self.pending.is_some() => Err("a question waits for its answer".to_owned()),
            Event::Closed { close } => self.may_close(*close),
            _ if self.aborted => Err("a person ended the session".to_owned()),
            Event::Asked { .. } => self.nothing_runs(),
            Event::Entered { phase } => self.may_enter(*phase),
            Event::PhaseSkipped { phase, .. } => self.may_skip(*phase),
            Event::Started { step, attempt, .. } => self.may_start(step, *attempt),
            Event::Acted { step, .. } => {
                need(self.step(step).action == ActionState::Running, "its action was not started")
            }
            Event::Checked { step, .. } => {
                let action = self.step(step).action;
                need(action == ActionState::Due || action.is_good(), "its action is not done")
            }
            Event::StepSkipped { step, .. } => {
                need(self.step(step) == StepState::default(), "something happened to it already")
            }
            Event::Probed { step, .. } => {
                need(self.step(step).action == ActionState::Doubtful, "it is not in doubt")
            }
            Event::Rehearsed { .. } => need(self.dry, "only a dry run rehearses steps"),
        }
    }

    fn nothing_runs(&self) -> Legal {
        let running = |step: &StepState| step.action == ActionState::Running;
        need(!self.steps.values().any(running), "a step's action is still running")
    }

    fn may_answer(&self, answered: &Answered) -> Legal {
        need(self.pending.as_ref() == Some(&answered.question), "that was not asked")?;
        need(
            answered.question.answers().contains(&answered.answer),
            "that is no answer to this question",
        )
    }

    fn may_enter(&self, phase: Phase) -> Legal {
        need(self.stage.following() == Some(phase), "it is not the next phase")?;
        let released = self.released == Some(Release { to: Some(phase) });
        need(released, "no person released it")
    }

    fn may_skip(&self, phase: Phase) -> Legal {
        need(self.stage.following() == Some(phase), "it is not the next phase")?;
        let to = self.released.map(|release| release.to);
        need(to.is_some_and(|to| to != Some(phase)), "no person released a transition past it")
    }

    fn may_start(&self, step: &Name, attempt: u32) -> Legal {
        let state = self.step(step);
        need(state.action != ActionState::Running, "its action is still running")?;
        need(!state.action.is_good(), "its action is done, and is never run again")?;
        let wanted = state.attempts + 1;
        need(attempt == wanted, &format!("this is attempt {attempt}, wanted {wanted}"))
    }

    fn may_close(&self, close: Close) -> Legal {
        match close {
            Close::Aborted => need(self.aborted, "no person ended the session"),
            Close::Finished => {
                need(self.stage.following().is_none(), "not all phases are over")?;
                need(self.released == Some(Release { to: None }), "no person released the end")
            }
        }
    }

    fn take(&mut self, event: &Event, at: Moment) {
        match event {
            Event::Opened(opened) => {
                self.runbook.clone_from(&opened.runbook_text);
                self.variables.clone_from(&opened.variables);
                self.opened = Some((**opened).clone());
            }
            Event::Recovered(_) => {}
            Event::Resumed(_) => self.resume(),
            Event::RunbookChanged { text, variables } => self.change_runbook(text, variables),
            Event::Entered { phase } => {
                self.stage = Stage::In(*phase);
                self.released = None;
                self.phases[phase.index()].entered = Some(at);
            }
            Event::PhaseSkipped { phase, why } => {
                self.stage = Stage::In(*phase);
                self.phases[phase.index()].skipped = Some(why.clone());
            }
            Event::Started { step, .. } => self.on_step(step, at, StepState::started),
            Event::Acted { step, ending, took, output } => {
                self.on_step(step, at, |state| state.acted(ending, *took, output));
            }
            Event::Checked { step, took, findings } => {
                self.on_step(step, at, |state| state.checked(findings, *took));
            }
            Event::StepSkipped { step, why } => {
                self.on_step(step, at, |state| state.skipped = Some(why.clone()));
            }
            Event::Probed { step, finding } => {
                self.on_step(step, at, |state| state.probed = Some(finding.clone()));
            }
            Event::Rehearsed { step, findings, .. } => self.on_step(step, at, |state| {
                state.checked(findings, Span::from_millis(0));
                state.action = ActionState::Rehearsed;
            }),
            Event::Asked { question, .. } => self.pending = Some(question.clone()),
            Event::Answered(answered) => self.answer(answered, at),
            Event::Held { why } => self.condition = Condition::Held(Some(*why)),
            Event::Noted { by, text, learning } => self.notes.push(Note {
                at,
                by: by.clone(),
                text: text.clone(),
                learning: *learning,
                phase: self.stage.phase(),
            }),
            Event::Closed { close } => self.condition = Condition::Closed(*close),
        }
    }

    fn on_step(&mut self, step: &Name, at: Moment, change: impl FnOnce(&mut StepState)) {
        let state = self.steps.entry(step.clone()).or_default();
        change(state);
        state.at = Some(at);
        state.stage = self.stage;
    }

    /// Another process goes on. What was running is in doubt, and a yes that was given to the
    /// other process but not used is asked for again.
    fn resume(&mut self) {
        self.condition = Condition::Running;
        self.released = None;
        self.accepted = None;
        let put_anew = match &self.pending {
            Some(Question::RunbookChange { .. }) => true,
            // The probe goes first: what it saw may be otherwise by now.
            Some(Question::Doubt { step }) => self.step(step).probed.is_some(),
            _ => false,
        };
        if put_anew {
            self.pending = None;
        }
        for state in self.steps.values_mut() {
            state.in_doubt_again();
        }
    }

    /// Another runbook is followed: what was read or said in this phase is asked again, what was
    /// done stays done.
    fn change_runbook(&mut self, text: &str, variables: &[(String, Option<String>)]) {
        text.clone_into(&mut self.runbook);
        variables.clone_into(&mut self.variables);
        self.accepted = None;
        self.released = None;
        self.pending = None;
        let stage = self.stage.phase();
        self.attested.retain(|(phase, _), _| Some(*phase) != stage);
        self.look_again();
    }

    /// What the checks of this phase saw is to be looked at again. What those of earlier phases
    /// saw stands: nobody would ask them again.
    fn look_again(&mut self) {
        let here = self.stage;
        self.steps.values_mut().filter(|state| state.stage == here).for_each(StepState::stale);
    }

    fn answer(&mut self, answered: &Answered, at: Moment) {
        if answered.answer == Answer::Hold {
            self.condition = Condition::Held(None);
            return;
        }
        self.pending = None;
        if answered.answer == Answer::Abort {
            self.aborted = true;
            return;
        }
        match &answered.question {
            Question::Gate { to } => self.answer_gate(*to, answered.answer, at),
            Question::Attest { phase, number } => {
                self.attested.insert(
                    (*phase, *number),
                    Attested {
                        holds: answered.answer == Answer::Confirm,
                        by: answered.by.clone(),
                        name: answered.name.clone(),
                        at,
                        text: answered.text.clone(),
                    },
                );
            }
            Question::Manual { step } => self.on_step(step, at, |state| {
                let done = answered.answer == Answer::Done;
                state.decided(if done { ActionState::Done } else { ActionState::Failed });
                state.text.clone_from(&answered.text);
            }),
            Question::Failure { step } => self.on_step(step, at, |state| {
                let only_checks = answered.answer == Answer::Retry && state.action.is_good();
                let action = if only_checks { state.action.clone() } else { ActionState::Due };
                state.decided(action);
            }),
            Question::Doubt { step } => self.on_step(step, at, |state| {
                let done = answered.answer == Answer::Done;
                state.decided(if done { ActionState::Done } else { ActionState::Due });
            }),
            Question::RunbookChange { digest } => self.accepted = Some(*digest),
        }
    }

    fn answer_gate(&mut self, to: Option<Phase>, answer: Answer, at: Moment) {
        if answer == Answer::Recheck {
            self.look_again();
            return;
        }
        self.released = Some(Release { to });
        // Behind a phase that was skipped only a resumed session asks: there is nothing to leave.
        if let Some(phase) = self.stage.phase()
            && let state = &mut self.phases[phase.index()]
            && state.entered.is_some()
        {
            state.left = Some(at);
        }
    }
}

fn need(holds: bool, why: &str) -> Legal {
    if holds { Ok(()) } else { Err(why.to_owned()) }
}
