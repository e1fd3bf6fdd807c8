//! What an event makes true. Called by `apply` alone, after the event was found to be legal.

use super::rollback::Back;
use super::{
    ActionState, Answer, Answered, Attested, Behind, Close, Condition, Event, Note, Question,
    Release, Seq, Session, Stage, StepState, Waiver,
};
use crate::runbook::{OnFailure, Phase};
use crate::value::{Moment, Name, Span};

impl Session {
    pub(super) fn take(&mut self, event: &Event, seq: Seq, at: Moment) {
        match event {
            Event::Opened(opened) => {
                self.runbook.clone_from(&opened.runbook_text);
                self.variables.clone_from(&opened.variables);
                self.pin(opened.aws.as_ref());
                self.opened = Some((**opened).clone());
                self.opened_at = Some(at);
            }
            Event::Recovered(_) => {}
            Event::Resumed(_) => self.resume(),
            Event::RollbackRequested(_) => self.request_rollback(),
            Event::RunbookChanged { text, variables } => self.change_runbook(text, variables),
            Event::Entered { phase } => self.enter(*phase, at),
            Event::PhaseSkipped { phase, why } => {
                self.stage = Stage::In(*phase);
                self.phases[phase.index()].skipped = Some(why.clone());
            }
            Event::Started { step, .. } => {
                self.begin(step);
                self.begun.entry(step.clone()).or_default().started(at);
                self.on_step(step, at, |state| state.started(seq));
            }
            Event::Acted { step, ending, took, output } => {
                self.on_step(step, at, |state| state.acted(ending, *took, output));
            }
            Event::Checked { step, took, findings } => {
                self.on_step(step, at, |state| state.checked(findings, *took));
                self.prove(step);
            }
            Event::Sampled(sample) => {
                self.on_step(&sample.step, at, |state| state.sampled(sample));
                self.prove(&sample.step);
            }
            Event::PolicyApplied { step, policy } => self.apply_policy(step, *policy, at),
            Event::WaiverExpired { step } => self.expire_waiver(step),
            Event::GateExpired { .. } => self.expire_gate(),
            Event::RollbackEntered => self.enter_rollback(at),
            Event::Identified { found } => self.identified(found, seq),
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
            Event::Asked { question, .. } => self.ask(question, at),
            Event::Answered(answered) => self.answer(answered, seq, at),
            Event::Held { why } => self.condition = Condition::Held(Some(*why)),
            Event::Noted { by, text, learning } => self.notes.push(Note {
                at,
                by: by.clone(),
                text: text.clone(),
                learning: *learning,
                phase: self.stage.phase(),
            }),
            Event::Closed { close } => self.close(*close, at),
        }
    }

    fn ask(&mut self, question: &Question, at: Moment) {
        // A person may begin as soon as they are asked, and only says so at the end.
        if let Question::Manual { step } = question {
            self.begun.entry(step.clone()).or_default().put(at);
        }
        self.pending = Some(question.clone());
    }

    fn close(&mut self, close: Close, at: Moment) {
        self.condition = Condition::Closed(close);
        // What ends as it had had ended then.
        if self.reopened.take() != Some(close) {
            self.closed = Some(at);
        }
    }

    /// What happens to a step of an earlier phase leaves it there.
    fn on_step(&mut self, step: &Name, at: Moment, change: impl FnOnce(&mut StepState)) {
        let backwards = self.is_rolling_back();
        let state = self.steps.entry(step.clone()).or_default();
        if state.at.is_none() {
            state.stage = self.stage;
        }
        let order = state.order;
        change(state);
        if state.order != order {
            state.begun = Some(at);
        }
        state.at = Some(at);
        state.backwards = backwards;
    }

    /// Something of the phase begins, unless the step is one of an earlier phase once more.
    fn begin(&mut self, step: &Name) {
        let known = self.steps.get(step).map(|state| state.stage);
        if known.is_none_or(|stage| stage == self.stage) {
            self.behind = None;
        }
    }

    fn enter(&mut self, phase: Phase, at: Moment) {
        let from = self.released.take().map_or(Stage::Before, |release| release.from);
        self.behind = Some(Behind { from, expired: false, reopened: false });
        self.stage = Stage::In(phase);
        self.phases[phase.index()].entered = Some(at);
        self.identify_again();
    }

    /// Rolling back begins; the yes is used.
    fn enter_rollback(&mut self, at: Moment) {
        let back = self.back.get_or_insert_default();
        back.entered = Some(at);
        back.released = false;
        self.identify_again();
    }

    /// Another process goes on. What was running is in doubt, and a yes that was given to the
    /// other process but not used is asked for again.
    fn resume(&mut self) {
        self.condition = Condition::Running;
        self.released = None;
        self.accepted = None;
        if let Some(back) = &mut self.back {
            back.released = false;
        }
        if let Some(behind) = &mut self.behind {
            behind.expired = false;
        }
        // What they would be decided on may be otherwise by now.
        let put_anew = matches!(
            self.pending,
            Some(
                Question::RunbookChange { .. } | Question::Running { .. } | Question::Doubt { .. }
            )
        );
        if put_anew {
            self.pending = None;
        }
        self.identify_in_this_process();
        for state in self.steps.values_mut() {
            state.in_doubt_again();
        }
    }

    /// Somebody comes to roll back, whatever the session was doing. One that had ended ends again
    /// as it did, if nothing comes of it.
    fn request_rollback(&mut self) {
        let ended = match self.condition {
            Condition::Closed(close) => Some(close),
            Condition::Running | Condition::Held(_) => None,
        };
        self.reopened = ended.or(self.reopened);
        self.resume();
        self.pending = None;
        self.aborted = false;
        self.failed = None;
        let back = self.back.get_or_insert_default();
        back.requested = true;
        // A rollback that had ended goes on only with a new yes, and is looked at anew.
        if ended.is_some() {
            back.entered = None;
            back.proven = false;
            let backwards = self.steps.values_mut().filter(|state| state.backwards);
            backwards.for_each(StepState::once_more);
        }
    }

    /// Another runbook is followed: what was read or said in this phase is asked again, what was
    /// done stays done, and a gate behind which nothing has started is asked again.
    fn change_runbook(&mut self, text: &str, variables: &[(String, Option<String>)]) {
        text.clone_into(&mut self.runbook);
        variables.clone_into(&mut self.variables);
        self.identify_again();
        self.accepted = None;
        self.released = None;
        self.pending = None;
        let stage = self.stage.phase();
        self.attested.retain(|(phase, _), _| Some(*phase) != stage);
        if let Some(behind) = &mut self.behind {
            behind.reopened = true;
        }
        let here = self.stage;
        self.steps.values_mut().filter(|one| one.stage == here).for_each(StepState::outdated);
    }

    /// What the checks of this phase saw is to be looked at again. What those of earlier phases
    /// saw stands: nobody would ask them again.
    fn look_again(&mut self, to: Option<Phase>) {
        let here = self.gate_stands_on(to);
        self.steps.values_mut().filter(|state| state.stage == here).for_each(StepState::stale);
    }

    fn apply_policy(&mut self, step: &Name, policy: OnFailure, at: Moment) {
        self.on_step(step, at, |state| state.policy = Some(policy));
        match policy {
            OnFailure::Ask | OnFailure::Continue => {}
            OnFailure::Stop => self.failed = Some(step.clone()),
            OnFailure::Rollback => {
                self.back = Some(Back { cause: Some(step.clone()), ..Back::default() });
            }
        }
    }

    /// What was covered has failed again, and no yes that was given on it is good any more.
    fn expire_waiver(&mut self, step: &Name) {
        if let Some(state) = self.steps.get_mut(step) {
            state.lapsed = state.waived.take();
            state.revisited = true;
        }
        self.released = None;
        if let Some(Question::Gate { .. } | Question::Rollback) = &self.pending {
            self.pending = None;
        }
    }

    /// Checks and words that the gate was opened on are asked for again.
    fn expire_gate(&mut self) {
        let Some(behind) = &mut self.behind else { return };
        behind.expired = true;
        let from = behind.from;
        self.attested.retain(|(phase, _), _| Stage::In(*phase) != from);
        self.steps.values_mut().filter(|one| one.stage == from).for_each(StepState::expired);
    }

    fn answer(&mut self, answered: &Answered, seq: Seq, at: Moment) {
        if answered.answer == Answer::Hold {
            self.condition = Condition::Held(None);
            return;
        }
        self.pending = None;
        if answered.answer == Answer::Abort {
            self.aborted = true;
        } else if answered.answer == Answer::Rollback {
            self.back = Some(Back::default());
        } else {
            self.decide(answered, seq, at);
        }
    }

    fn decide(&mut self, answered: &Answered, seq: Seq, at: Moment) {
        match &answered.question {
            Question::Gate { to } => self.answer_gate(*to, answered.answer, at),
            Question::Attest { phase, number } => {
                self.attested.insert((*phase, *number), Attested::of(answered, at));
            }
            Question::Manual { step } => {
                self.begin(step);
                self.on_step(step, at, |state| {
                    if answered.answer == Answer::Done {
                        state.done(seq);
                    } else {
                        state.decided(ActionState::Failed);
                    }
                    state.text.clone_from(&answered.text);
                });
            }
            Question::Failure { step } => {
                let here = self.stage;
                self.on_step(step, at, |state| state.after_failure(answered, seq, at));
                // The phase goes on, but what is decided of an earlier one is done first.
                if let Some(state) = self.steps.get_mut(step) {
                    state.revisited |= state.stage != here;
                    if state.action == ActionState::Due
                        && let Some(begun) = self.begun.get_mut(step)
                    {
                        begun.due_again();
                    }
                }
            }
            Question::Doubt { step } => self.on_step(step, at, |state| {
                if answered.answer == Answer::Done {
                    state.done(seq);
                } else if answered.answer == Answer::Never {
                    state.never_happened();
                } else {
                    state.decided(ActionState::Due);
                }
            }),
            Question::Running { step } => {
                let leave = answered.answer == Answer::Leave;
                self.on_step(step, at, |state| state.left_alone = leave);
            }
            Question::Identity => self.identify_again(),
            Question::Rollback => self.answer_rollback(answered),
            Question::RunbookChange { digest } => self.accepted = Some(*digest),
        }
    }

    fn answer_gate(&mut self, to: Option<Phase>, answer: Answer, at: Moment) {
        if answer == Answer::Recheck {
            self.look_again(to);
            return;
        }
        if self.reopens_gate(to) {
            self.behind = self.behind.map(|behind| Behind { reopened: false, ..behind });
            self.steps.values_mut().for_each(|state| state.seen_before = None);
            return;
        }
        let from = self.gate_stands_on(to);
        self.released = Some(Release { to, from });
        // Behind a phase that was skipped only a resumed session asks: there is nothing to leave.
        if let Some(phase) = self.stage.phase()
            && let state = &mut self.phases[phase.index()]
            && state.entered.is_some()
        {
            state.left = Some(at);
        }
    }
}

impl StepState {
    fn after_failure(&mut self, answered: &Answered, seq: Seq, at: Moment) {
        match (answered.answer, &answered.waiver) {
            (Answer::Waive, Some(terms)) => {
                self.lapsed = None;
                self.waived = Some(Waiver {
                    terms: terms.clone(),
                    why: answered.text.clone().unwrap_or_default(),
                    by: answered.by.clone(),
                    at,
                });
            }
            (Answer::Done, _) => {
                self.done(seq);
                self.text.clone_from(&answered.text);
            }
            (Answer::Retry, _) if self.action.is_good() => self.decided(self.action.clone()),
            _ => self.decided(ActionState::Due),
        }
    }
}

impl Attested {
    fn of(answered: &Answered, at: Moment) -> Self {
        Self {
            holds: answered.answer == Answer::Confirm,
            by: answered.by.clone(),
            name: answered.name.clone(),
            at,
            text: answered.text.clone(),
        }
    }
}
