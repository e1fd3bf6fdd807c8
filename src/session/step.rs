//! What is known of one step.

use super::{Ending, Finding, Stage, worst};
use crate::check::Outcome;
use crate::text::Capture;
use crate::value::{Moment, Span};

/// What is known of one step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepState {
    /// How often its action was started.
    pub attempts: u32,
    /// Tries that failed since a person last decided something about it.
    pub failed_tries: u32,
    /// Its action.
    pub action: ActionState,
    /// Outcome of its checks; none when they were not asked, or are to be asked again.
    pub checks: Option<Outcome>,
    /// What its checks saw last.
    pub findings: Vec<Finding>,
    /// What its action printed last.
    pub output: Capture,
    /// What its probe said after a crash.
    pub probed: Option<Finding>,
    /// Why it was skipped.
    pub skipped: Option<String>,
    /// What a person wrote who did it by hand.
    pub text: Option<String>,
    /// When something happened to it last.
    pub at: Option<Moment>,
    /// Where the session stood then.
    pub stage: Stage,
    /// Time spent on it by the machine.
    pub took: Span,
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
    pub(super) fn started(&mut self) {
        self.attempts += 1;
        self.action = ActionState::Running;
        self.checks = None;
        self.probed = None;
    }

    pub(super) fn acted(&mut self, ending: &Ending, took: Span, output: &Capture) {
        self.failed_tries += u32::from(!ending.is_good());
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

    fn spent(&mut self, took: Span) {
        self.took = Span::from_millis(self.took.millis().saturating_add(took.millis()));
    }

    /// A person decided: what failed before no longer counts.
    pub(super) fn decided(&mut self, action: ActionState) {
        self.failed_tries = 0;
        self.action = action;
        self.checks = None;
    }

    /// Another process goes on: what ran is in doubt, and what a probe saw before is long ago.
    pub(super) fn in_doubt_again(&mut self) {
        if self.action == ActionState::Running {
            self.action = ActionState::Doubtful;
        }
        self.probed = None;
    }

    /// What its checks saw is to be looked at again. An action that failed stays failed: only a
    /// person's decision starts it again.
    pub(super) fn stale(&mut self) {
        if self.action == ActionState::Due || self.action.is_good() {
            self.failed_tries = 0;
        }
        self.checks = None;
    }
}
