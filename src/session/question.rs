//! What only a person can decide, and the decisions that each question takes.

use serde::Serialize;

use crate::runbook::Phase;
use crate::value::{Digest, Moment, Name, Person};

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
    /// Processes that an earlier try of this step started still run: what about them?
    Running {
        /// Which step.
        step: Name,
    },
    /// Another one asks AWS than must, or nobody knows who: what now?
    Identity,
    /// Roll back, as the plan says?
    Rollback,
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
    /// With [`Answer::Waive`]: the terms. Why stands in the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiver: Option<Terms>,
    /// With the yes to a rollback: which of the runbook's criteria applies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub criterion: Option<String>,
}

/// Who answers for what is waived, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Terms {
    /// Who answers for it.
    pub owner: String,
    /// From this moment on it has failed again.
    pub until: Moment,
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
    /// Go on as if it had passed: somebody answers for it, for a time.
    Waive,
    /// See the plan for rolling back, then decide.
    Rollback,
    /// It never happened. To a step in doubt, while rolling back.
    Never,
    /// Wait until they end.
    Wait,
    /// Stop them.
    Stop,
    /// Leave them alone.
    Leave,
}

impl Question {
    /// The decisions that it takes, in the order a person reads them.
    #[must_use]
    pub fn answers(&self) -> &'static [Answer] {
        use Answer::{
            Abort, Accept, Confirm, Deny, Done, Failed, Hold, Leave, Never, Proceed, Recheck,
            Rerun, Retry, Rollback, Stop, Wait, Waive,
        };
        match self {
            Self::Gate { .. } => &[Proceed, Hold, Recheck, Rollback, Abort],
            Self::Manual { .. } => &[Done, Failed, Hold, Rollback, Abort],
            Self::Attest { .. } => &[Confirm, Deny, Hold, Rollback, Abort],
            Self::Failure { .. } => &[Retry, Rerun, Done, Waive, Rollback, Hold, Abort],
            Self::Doubt { .. } => &[Done, Never, Rerun, Rollback, Hold, Abort],
            Self::Running { .. } => &[Wait, Stop, Leave, Hold, Abort],
            Self::Identity => &[Recheck, Hold, Abort],
            Self::Rollback => &[Proceed, Deny, Hold, Abort],
            Self::RunbookChange { .. } => &[Accept, Hold, Abort],
        }
    }
}
