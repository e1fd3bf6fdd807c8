//! The transition table: which event may follow what happened before. What it makes true then
//! is in `take`.
//!
//! Live events and events read back go through the same function, so a journal that another
//! program wrote in an impossible order is found out.

use super::{
    ActionState, Answer, Answered, Close, Condition, Entry, Event, Question, RollbackVerdict,
    Sampled, Session, StepState,
};
use crate::runbook::{OnFailure, Phase};
use crate::value::{Digest, Moment, Name};

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
        self.may_follow(&entry.event, entry.at).map_err(illegal)
    }

    /// Takes one event in.
    ///
    /// # Errors
    /// Where the event cannot follow; the session is then as it was.
    pub fn apply(&mut self, entry: &Entry) -> Result<(), Illegal> {
        self.permits(entry)?;
        self.take(&entry.event, entry.seq, entry.at);
        self.last = Some((entry.seq, entry.at));
        let latest = self.latest.unwrap_or(entry.at);
        self.latest = Some(if latest.millis() < entry.at.millis() { entry.at } else { latest });
        Ok(())
    }

    fn may_follow(&self, event: &Event, at: Moment) -> Legal {
        match event {
            Event::Opened(opened) => {
                need(self.opened.is_none(), "the session is open already")?;
                let digest = Digest::of(opened.runbook_text.as_bytes());
                need(opened.runbook_digest == digest, "its runbook is not the one of its digest")
            }
            _ if self.opened.is_none() => Err("the session is not open yet".to_owned()),
            // Notes may follow the end, and so may the account of one that was torn; and what was
            // deployed may have to be rolled back long after.
            Event::Noted { .. } | Event::Recovered(_) | Event::RollbackRequested(_) => Ok(()),
            _ if matches!(self.condition, Condition::Closed(_)) => {
                Err("the session is closed".to_owned())
            }
            Event::Resumed(_) => Ok(()),
            _ if matches!(self.condition, Condition::Held(_)) => {
                Err("the session is held and was not resumed".to_owned())
            }
            Event::Held { .. } => Ok(()),
            Event::Answered(answered) => self.may_answer(answered, at),
            Event::WaiverExpired { step } => {
                need(self.step(step).waived.is_some(), "nothing of it is waived")
            }
            Event::RunbookChanged { text, .. } => {
                let digest = Digest::of(text.as_bytes());
                need(self.accepted == Some(digest), "nobody accepted this runbook")
            }
            Event::Asked { question: Question::RunbookChange { .. }, .. } => self.nothing_runs(),
            _ if self.pending.is_some() => Err("a question waits for its answer".to_owned()),
            Event::Closed { close } => self.may_close(*close),
            _ if self.aborted => Err("a person ended the session".to_owned()),
            _ if self.failed.is_some() => Err("a failure ended the session".to_owned()),
            Event::Identified { .. }
            | Event::Asked { .. }
            | Event::Entered { .. }
            | Event::PhaseSkipped { .. }
            | Event::Started { .. }
            | Event::Acted { .. }
            | Event::Checked { .. }
            | Event::Sampled(_)
            | Event::PolicyApplied { .. }
            | Event::GateExpired { .. }
            | Event::RollbackEntered
            | Event::StepSkipped { .. }
            | Event::Probed { .. }
            | Event::Rehearsed { .. } => self.may_go_on(event),
        }
    }

    /// Whether something that goes on with the session may follow: nothing is asked, and nothing
    /// has ended it.
    fn may_go_on(&self, event: &Event) -> Legal {
        match event {
            Event::Acted { step, ending, .. } => {
                need(self.step(step).action == ActionState::Running, "its action was not started")?;
                // Neither can ever be taken for the other.
                let as_it_should = ending.is_rehearsed() == self.is_rehearsal();
                need(as_it_should, "a rehearsal does nothing, and nothing else is rehearsed")
            }
            Event::Identified { found } => {
                self.may_identify(found).and_then(|()| self.nothing_runs())
            }
            Event::Asked { question: Question::Identity, .. } => {
                need(self.may_ask_who(), "nothing is wrong with who asks AWS")?;
                self.nothing_runs()
            }
            _ if !self.knows_who_asks(event) => {
                Err("it was not seen right before who asks AWS".to_owned())
            }
            Event::Asked { .. } => self.nothing_runs(),
            Event::Entered { phase } => self.may_enter(*phase),
            Event::PhaseSkipped { phase, .. } => self.may_skip(*phase),
            Event::Started { step, attempt, .. } => self.may_start(step, *attempt),
            Event::Checked { step, .. } => {
                let action = self.step(step).action;
                need(action == ActionState::Due || action.is_good(), "its action is not done")
            }
            Event::Sampled(sample) => self.may_sample(sample),
            Event::PolicyApplied { step, policy } => self.may_apply(step, *policy),
            Event::GateExpired { phase } => {
                need(self.stage.phase() == Some(*phase), "it is not the phase that was entered")?;
                need(
                    self.unproven_entry().is_some(),
                    "something of the phase has started, or it expired already",
                )
            }
            Event::RollbackEntered => {
                need(self.back.as_ref().is_some_and(|back| back.released), "no person released it")
            }
            Event::StepSkipped { step, .. } => {
                need(self.step(step) == StepState::default(), "something happened to it already")
            }
            Event::Probed { step, .. } => {
                need(self.step(step).action == ActionState::Doubtful, "it is not in doubt")
            }
            Event::Rehearsed { .. } => need(self.dry, "only a dry run rehearses steps"),
            // What says nothing of going on was judged before.
            Event::Opened(_)
            | Event::Resumed(_)
            | Event::Recovered(_)
            | Event::RunbookChanged { .. }
            | Event::WaiverExpired { .. }
            | Event::RollbackRequested(_)
            | Event::Answered(_)
            | Event::Held { .. }
            | Event::Noted { .. }
            | Event::Closed { .. } => Ok(()),
        }
    }

    fn nothing_runs(&self) -> Legal {
        let running = |step: &StepState| step.action == ActionState::Running;
        need(!self.steps.values().any(running), "a step's action is still running")
    }

    fn may_answer(&self, answered: &Answered, at: Moment) -> Legal {
        need(self.pending.as_ref() == Some(&answered.question), "that was not asked")?;
        need(
            answered.question.answers().contains(&answered.answer),
            "that is no answer to this question",
        )?;
        let backwards = answered.answer == Answer::Rollback && self.is_rolling_back();
        need(!backwards, "it is being rolled back already")?;
        let never = answered.answer == Answer::Never;
        need(!never || self.is_rolling_back(), "that is an answer only while rolling back")?;
        let is_yes =
            (&answered.question, answered.answer) == (&Question::Rollback, Answer::Proceed);
        need(answered.criterion.is_none() || is_yes, "only the yes to a rollback has a criterion")?;
        let by_hand = matches!(answered.question, Question::Failure { .. })
            && answered.answer == Answer::Done;
        need(answered.text.is_some() || !by_hand, "what was done by hand is not said")?;
        match (answered.answer, &answered.waiver) {
            (Answer::Waive, None) => Err("a waiver needs an owner and an end".to_owned()),
            (Answer::Waive, Some(terms)) => {
                need(terms.until.millis() > at.millis(), "a waiver ends after it begins")?;
                need(answered.text.is_some(), "a waiver needs a reason")
            }
            (_, Some(_)) => Err("only a waiver has an end".to_owned()),
            (_, None) => Ok(()),
        }
    }

    fn may_sample(&self, sample: &Sampled) -> Legal {
        let state = self.step(&sample.step);
        let action = matches!(state.action, ActionState::Due | ActionState::Done);
        need(action && state.attempts == 0, "it has an action that is no window")?;
        need(state.checks.is_none(), "its window is over")?;
        let taken = state.watch.map_or(0, |watch| watch.taken);
        let follows = sample.number == 1 || sample.number == taken + 1;
        need(follows, &format!("this is sample {}, wanted {} or 1", sample.number, taken + 1))?;
        need(sample.gap.is_none() == (taken == 0), "the first sample of all has no gap")
    }

    fn may_apply(&self, step: &Name, policy: OnFailure) -> Legal {
        need(policy != OnFailure::Ask, "asking is no policy to apply")?;
        let backwards = policy == OnFailure::Rollback && self.is_rolling_back();
        need(!backwards, "it is being rolled back already")?;
        let state = self.step(step);
        need(state.policy.is_none(), "it was applied already")?;
        need(state.has_failed(), "it did not fail by itself")?;
        let answered_for = state.waived.is_some() || state.lapsed.is_some();
        need(!answered_for, "a person answered for its failure")
    }

    fn may_enter(&self, phase: Phase) -> Legal {
        need(self.stage.following() == Some(phase), "it is not the next phase")?;
        let to = self.released.map(|release| release.to);
        need(to == Some(Some(phase)), "no person released it")
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
        self.nothing_runs()?;
        let over = self.aborted || self.failed.is_some();
        match (close, self.reopened) {
            (Close::RolledBack(verdict), _) if self.is_rolling_back() => {
                let broken_off = verdict == RollbackVerdict::Failed;
                need(broken_off == over, "that is not what the rollback came to")?;
                let proven = self.back.as_ref().is_some_and(|back| back.proven);
                need(proven || verdict != RollbackVerdict::Verified, "no check has passed")
            }
            _ if self.is_rolling_back() => Err("a rollback was begun".to_owned()),
            // What somebody came to roll back, and then did not, ends as it had.
            (close, Some(before)) => {
                need(close == before, "it ended in another way before")?;
                need(over || self.back.is_none(), "whether to roll back is not decided")
            }
            (Close::Aborted, None) => need(self.aborted, "no person ended the session"),
            (Close::Failed, None) => need(self.failed.is_some(), "no failure ended the session"),
            (Close::RolledBack(_), None) => Err("no rollback was begun".to_owned()),
            (Close::Finished, None) => {
                need(!over, "the session was ended")?;
                need(self.stage.following().is_none(), "not all phases are over")?;
                let to = self.released.map(|release| release.to);
                need(to == Some(None), "no person released the end")
            }
        }
    }
}

fn need(holds: bool, why: &str) -> Legal {
    if holds { Ok(()) } else { Err(why.to_owned()) }
}
