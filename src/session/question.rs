//! What only a person can decide, and the decisions that each question takes.

use serde::Serialize;

use crate::runbook::Phase;
use crate::value::{Digest, Name, Person};

/// Something that only a person can decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Question {
    /// May the next phase begin (or, after the eighth, the session end)?
    Gate {
        /// The phase that would be entered; none for the end.
        to: Option<Phase>,
    },
    /// Has this been done by hand?
    Manual {
        /// Which step.
        step: Name,
    },
    /// Is this so?
    Attest {
        /// In which phase.
        phase: Phase,
        /// Number of the criterion in its phase, counted from 1.
        number: u32,
    },
    /// This step failed: what now?
    Failure {
        /// Which step.
        step: Name,
    },
    /// Nobody knows whether this step's action happened: what now?
    Doubt {
        /// Which step.
        step: Name,
    },
    /// The runbook is another one now: go on with it?
    RunbookChange {
        /// Digest of the new text.
        digest: Digest,
    },
}

/// An answer, and who gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answered {
    /// To what.
    pub question: Question,
    /// The decision.
    pub answer: Answer,
    /// Who, as the operating system tells it.
    pub by: Person,
    /// Who, as they wrote it themselves, where a word by name was asked for.
    pub name: Option<String>,
    /// What they wrote with it.
    pub text: Option<String>,
}

/// A decision. Which ones a question takes: [`Question::answers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Go on to the next phase.
    Proceed,
    /// Stop here; the session can be resumed and asks again.
    Hold,
    /// Look again, then ask again.
    Recheck,
    /// End the session for good.
    Abort,
    /// It is done. To a manual step, or to a step in doubt.
    Done,
    /// It could not be done. To a manual step.
    Failed,
    /// It is so.
    Confirm,
    /// It is not so.
    Deny,
    /// Try again what failed: the checks, if only they did.
    Retry,
    /// Run the step again from its start, action and all.
    Rerun,
    /// Go on with the changed runbook.
    Accept,
}

impl Question {
    /// The decisions that it takes, in the order a person reads them.
    #[must_use]
    pub fn answers(&self) -> &'static [Answer] {
        use Answer::{
            Abort, Accept, Confirm, Deny, Done, Failed, Hold, Proceed, Recheck, Rerun, Retry,
        };
        match self {
            Self::Gate { .. } => &[Proceed, Hold, Recheck, Abort],
            Self::Manual { .. } => &[Done, Failed, Hold, Abort],
            Self::Attest { .. } => &[Confirm, Deny, Hold, Abort],
            Self::Failure { .. } => &[Retry, Rerun, Hold, Abort],
            Self::Doubt { .. } => &[Done, Rerun, Hold, Abort],
            Self::RunbookChange { .. } => &[Accept, Hold, Abort],
        }
    }
}
