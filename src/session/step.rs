//! What is known of one step.

use super::watch::Watch;
use super::{Ending, Finding, Seq, Stage, Waiver, worst};
use crate::check::Outcome;
use crate::runbook::OnFailure;
use crate::text::Capture;
use crate::value::{Moment, Span};

/// What is known of one step.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "four facts that do not exclude each other")]
pub struct StepState {
    /// How often its action was started.
    pub attempts: u32,
    /// Tries that failed since a person last decided something about it.
    pub failed_tries: u32,
    /// Its action.
    pub action: ActionState,
    /// Whether its action happened, at least in part, or may have: a rollback takes it back.
    pub ran: bool,
    /// When its action was begun last, in the order of entries.
    pub order: Option<Seq>,
    /// When that was, or when a person said that it happened.
    pub begun: Option<Moment>,
    /// Outcome of its checks; none when they were not asked, or are to be asked again.
    pub checks: Option<Outcome>,
    /// What its checks saw last.
    pub findings: Vec<Finding>,
    /// What they had seen when the gate behind them expired, while they are read again.
    pub seen_before: Option<Vec<Finding>>,
    /// The window that it observes.
    pub watch: Option<Watch>,
    /// What its action printed last.
    pub output: Capture,
    /// What its probe said after a crash.
    pub probed: Option<Finding>,
    /// Whether a person said to leave alone what an earlier try started and what still runs.
    pub left_alone: bool,
    /// Why it was skipped.
    pub skipped: Option<String>,
    /// What the runbook said to do about its failure.
    pub policy: Option<OnFailure>,
    /// Who answers for its failure, and until when.
    pub waived: Option<Waiver>,
    /// The waiver whose time is over, until somebody decides anew.
    pub lapsed: Option<Waiver>,
    /// Whether it is looked at again though its phase may be over: a waiver of it has ended.
    pub revisited: bool,
    /// What a person wrote who did it by hand.
    pub text: Option<String>,
    /// When something happened to it last.
    pub at: Option<Moment>,
    /// Whether that was while rolling back.
    pub(super) backwards: bool,
    /// Where the session stood when something happened to it first.
    pub stage: Stage,
    /// Time spent on it by the machine.
    pub took: Span,
    /// Whether it had run before the try that goes on now.
    ran_before: bool,
}

/// What is known of a step's action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ActionState {
    /// It was not started, or is to be started again by decision.
    #[default]
    Due,
    /// It was started, and nothing else is known yet.
    Running,
    /// It was started by a process that then died.
    Doubtful,
    /// It ended.
    Ended(Ending),
    /// A person did it, or says that it happened.
    Done,
    /// A person could not do it.
    Failed,
    /// A dry run went past it.
    Rehearsed,
}

impl ActionState {
    /// Whether it did what it should.
    #[must_use]
    pub fn is_good(&self) -> bool {
        match self {
            Self::Ended(ending) => ending.is_good(),
            Self::Done | Self::Rehearsed => true,
            Self::Due | Self::Running | Self::Doubtful | Self::Failed => false,
        }
    }
}

impl StepState {
    pub(super) fn started(&mut self, seq: Seq) {
        self.attempts += 1;
        self.action = ActionState::Running;
        self.ran_before = self.ran;
        self.ran = true;
        self.order = Some(seq);
        self.checks = None;
        self.probed = None;
    }

    pub(super) fn acted(&mut self, ending: &Ending, took: Span, output: &Capture) {
        self.failed_tries += u32::from(!ending.is_good());
        if let Ending::NotStarted(_) = ending.told() {
            self.ran = self.ran_before;
        }
        self.action = ActionState::Ended(ending.clone());
        self.output = output.clone();
        self.spent(took);
    }

    pub(super) fn checked(&mut self, findings: &[Finding], took: Span) {
        let outcome = worst(findings);
        self.failed_tries += u32::from(outcome != Outcome::Pass);
        self.checks = Some(outcome);
        self.findings = findings.to_vec();
        self.spent(took);
    }

    pub(super) fn sampled(&mut self, sample: &super::Sampled) {
        let watch = match self.watch.take() {
            Some(watch) if sample.number > 1 => watch,
            Some(_) | None => Watch::default(),
        };
        let watch = self.watch.insert(watch.with(sample));
        self.checks = watch.outcome();
        self.findings.clone_from(&sample.findings);
        self.spent(sample.took);
        self.spent(sample.gap.unwrap_or_default());
    }

    fn spent(&mut self, took: Span) {
        self.took = Span::from_millis(self.took.millis().saturating_add(took.millis()));
    }

    /// A person decided: what failed before no longer counts.
    pub(super) fn decided(&mut self, action: ActionState) {
        self.failed_tries = 0;
        self.action = action;
        self.checks = None;
        self.watch = None;
        self.policy = None;
        self.waived = None;
        self.lapsed = None;
    }

    /// A person did it, or says that it happened.
    pub(super) fn done(&mut self, seq: Seq) {
        self.decided(ActionState::Done);
        self.ran = true;
        self.order.get_or_insert(seq);
    }

    /// A person says that it never happened.
    pub(super) fn never_happened(&mut self) {
        self.decided(ActionState::Due);
        self.ran = false;
    }

    /// Another process goes on: what ran is in doubt, and what a probe saw before is long ago.
    pub(super) fn in_doubt_again(&mut self) {
        if self.action == ActionState::Running {
            self.action = ActionState::Doubtful;
        }
        self.probed = None;
        self.left_alone = false;
    }

    /// What its checks saw is to be looked at again. An action that failed stays failed: only a
    /// person's decision starts it again. What is waived stays waived, and a window goes on, or, if
    /// it is over, is looked at once: nobody means hours by a look.
    pub(super) fn stale(&mut self) {
        if self.waived.is_some() {
            return;
        }
        if self.action == ActionState::Due || self.action.is_good() {
            self.failed_tries = 0;
            self.policy = None;
        }
        self.checks = None;
    }

    /// Somebody comes to roll back once more: what was seen, let pass or gone past while rolling
    /// back is looked at again; what was undone stays so.
    pub(super) fn once_more(&mut self) {
        self.waived = None;
        self.lapsed = None;
        self.policy = None;
        self.watch = None;
        self.stale();
    }

    /// Another runbook is followed: whatever its checks saw, they may be others now.
    pub(super) fn outdated(&mut self) {
        if self.watch.take().is_some() {
            self.checks = None;
        }
        self.stale();
    }

    /// The gate that its checks opened has expired: they are asked again, and compared.
    pub(super) fn expired(&mut self) {
        if self.checks.is_some() && self.waived.is_none() {
            // Read again halfway by a process that died: what the yes was given on still counts.
            self.seen_before.get_or_insert_with(|| self.findings.clone());
            self.failed_tries = 0;
            self.checks = None;
        }
    }

    /// Whether it failed by itself: an action that was interrupted did not.
    pub(super) fn has_failed(&self) -> bool {
        let acted_badly = match &self.action {
            ActionState::Ended(ending) => {
                !ending.is_good() && *ending.told() != Ending::Interrupted
            }
            ActionState::Failed => true,
            ActionState::Due
            | ActionState::Running
            | ActionState::Doubtful
            | ActionState::Done
            | ActionState::Rehearsed => false,
        };
        acted_badly || self.checks.is_some_and(|outcome| outcome != Outcome::Pass)
    }

    /// Whether its checks see something else than before the gate expired.
    pub(super) fn has_changed(&self) -> bool {
        let same = |(one, other): (&Finding, &Finding)| one.verdict.is_as(&other.verdict);
        self.seen_before.as_ref().is_some_and(|before| {
            before.len() != self.findings.len() || !before.iter().zip(&self.findings).all(same)
        })
    }
}
