//! What can happen in a session. An entry of the journal is one event with its number and time.

use serde::{Deserialize, Serialize};

use super::{Answered, Opened, Question};
use crate::check::{Check, Exit, Outcome, Reading, Verdict};
use crate::runbook::{OnFailure, Phase};
use crate::text::{Capture, Limits};
use crate::value::{Digest, Moment, Name, Person, Span};

/// Number of an entry, counted from 1.
pub type Seq = u64;

/// One event with its place in the record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Entry {
    /// 1, 2, 3, …: the order of events.
    pub seq: Seq,
    /// When it was recorded. Told, never compared.
    pub at: Moment,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The session began. Always the first entry, and only the first.
    Opened(Box<Opened>),
    /// The session went on in another process.
    Resumed(Resumed),
    /// The journal ended in the middle of an entry, which was set aside.
    Recovered(Recovered),
    /// A changed runbook was accepted. Follows the answer that accepted it.
    RunbookChanged {
        /// The new text, whole.
        text: String,
        /// Variables in the new runbook's order; no value for a secret.
        variables: Vec<(String, Option<String>)>,
    },
    /// A phase began.
    Entered {
        /// Which.
        phase: Phase,
    },
    /// A phase does not apply.
    PhaseSkipped {
        /// Which.
        phase: Phase,
        /// The runbook's reason.
        why: String,
    },
    /// A step's action is about to start. Durable before anything of it happens.
    Started {
        /// Which step.
        step: Name,
        /// 1 for the first time.
        attempt: u32,
        /// The action with its variables filled in, secrets hidden.
        does: String,
    },
    /// A step's action ended.
    Acted {
        /// Which step.
        step: Name,
        /// How it ended.
        ending: Ending,
        /// How long it took.
        took: Span,
        /// What it printed, both streams in their order.
        output: Capture,
    },
    /// A step's checks were asked.
    Checked {
        /// Which step.
        step: Name,
        /// How long all of it took.
        took: Span,
        /// One for each check, in the runbook's order.
        findings: Vec<Finding>,
    },
    /// A step that observes took a sample.
    Sampled(Sampled),
    /// A step failed, its tries are spent, and the runbook says what then.
    PolicyApplied {
        /// Which step.
        step: Name,
        /// What its `on_failure` says. Never `ask`.
        policy: OnFailure,
    },
    /// The time of a waiver is over: what it covered has failed again.
    WaiverExpired {
        /// Of which step.
        step: Name,
    },
    /// What a gate was released on is older than the gate allows, and nothing of the phase has
    /// started yet: it is read again.
    GateExpired {
        /// The phase that was entered.
        phase: Phase,
    },
    /// Somebody came to roll back: a session that was held, had crashed, or had ended.
    RollbackRequested(Resumed),
    /// Rolling back began. Follows the yes of a person.
    RollbackEntered,
    /// AWS was asked who asks, and that was compared with who must.
    Identified {
        /// What was found.
        found: Finding,
    },
    /// A step's `when` does not hold.
    StepSkipped {
        /// Which step.
        step: Name,
        /// The condition, in words.
        why: String,
    },
    /// After a crash, a step's probe was asked whether its action had happened.
    Probed {
        /// Which step.
        step: Name,
        /// What the probe said.
        finding: Finding,
    },
    /// In a dry run: what a step would do, and what its checks say now.
    Rehearsed {
        /// Which step.
        step: Name,
        /// The action it would have started.
        does: Option<String>,
        /// What its checks say now.
        findings: Vec<Finding>,
    },
    /// A question waits for a person.
    Asked {
        /// Which.
        question: Question,
        /// What the person was shown, line by line.
        shown: Vec<String>,
    },
    /// A person answered.
    Answered(Answered),
    /// The session stopped without an answer; it can be resumed.
    Held {
        /// Why.
        why: Hold,
    },
    /// A person wrote something down.
    Noted {
        /// Who.
        by: Person,
        /// What.
        text: String,
        /// Whether it belongs to the key learnings.
        learning: bool,
    },
    /// The session ended for good. Only notes follow, and the account of one that was torn.
    Closed {
        /// How.
        close: Close,
    },
}

impl Event {
    /// The kind in the words that a journal's headings use.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Opened(_) => "session opened",
            Self::Resumed(_) => "session resumed",
            Self::Recovered(_) => "journal recovered",
            Self::RunbookChanged { .. } => "runbook changed",
            Self::Entered { .. } => "phase entered",
            Self::PhaseSkipped { .. } => "phase skipped",
            Self::Started { .. } => "step started",
            Self::Acted { .. } => "step acted",
            Self::Checked { .. } => "step checked",
            Self::Sampled(_) => "step sampled",
            Self::PolicyApplied { .. } => "policy applied",
            Self::WaiverExpired { .. } => "waiver expired",
            Self::GateExpired { .. } => "gate expired",
            Self::RollbackRequested(_) => "rollback requested",
            Self::RollbackEntered => "rollback entered",
            Self::Identified { .. } => "identified",
            Self::StepSkipped { .. } => "step skipped",
            Self::Probed { .. } => "step probed",
            Self::Rehearsed { .. } => "step rehearsed",
            Self::Asked { .. } => "asked",
            Self::Answered(_) => "answered",
            Self::Held { .. } => "session held",
            Self::Noted { learning: false, .. } => "note",
            Self::Noted { learning: true, .. } => "learning",
            Self::Closed { .. } => "session closed",
        }
    }
}

/// A session goes on in another process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resumed {
    /// Who resumed it.
    pub by: Person,
    /// The program that goes on.
    pub program: String,
    /// Where commands run from now on.
    pub directory: String,
}

/// A torn end was set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recovered {
    /// How many bytes it had.
    pub bytes: u64,
    /// Their digest.
    pub digest: Digest,
    /// Name of the file beside the journal that holds them now.
    pub kept_in: String,
}

/// One sample of a window that is observed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sampled {
    /// Of which step.
    pub step: Name,
    /// Its number in the window, counted from 1. A number that is 1 again begins the window anew.
    pub number: u32,
    /// How many samples that pass or fail the window needs.
    pub needed: u32,
    /// How many of them may fail.
    pub allowed: u32,
    /// Since the sample before, by the clock that says more; none for the first.
    pub gap: Option<Span>,
    /// How long the checks took.
    pub took: Span,
    /// One for each check, in the runbook's order.
    pub findings: Vec<Finding>,
}

/// How an action ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// By itself. Only exit code 0 is good.
    Exit(Exit),
    /// It was stopped because its time was over.
    Timeout,
    /// It was stopped because the session was.
    Interrupted,
    /// It never began: why.
    NotStarted(String),
    /// The time to wait is over.
    Waited,
    /// In a rehearsal: nothing was started. How it ended when it was recorded; none where the
    /// recording does not have it.
    Rehearsed(Option<Box<Self>>),
}

impl Ending {
    /// Whether the action did what it should.
    #[must_use]
    pub fn is_good(&self) -> bool {
        match self {
            Self::Exit(exit) => *exit == Exit::Code(0),
            Self::Waited | Self::Rehearsed(None) => true,
            Self::Rehearsed(Some(recorded)) => recorded.is_good(),
            Self::Timeout | Self::Interrupted | Self::NotStarted(_) => false,
        }
    }

    /// Whether nothing was started, because it is only a rehearsal.
    #[must_use]
    pub fn is_rehearsed(&self) -> bool {
        matches!(self, Self::Rehearsed(_))
    }

    /// How it ended, or ended when it was recorded.
    #[must_use]
    pub fn told(&self) -> &Self {
        if let Self::Rehearsed(Some(recorded)) = self { recorded.told() } else { self }
    }
}

/// What a check was asked, what was observed, and what that means. Anyone can judge it again.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The check with its variables filled in, secrets hidden.
    pub check: Check,
    /// What was observed last.
    pub reading: Reading,
    /// What that means.
    pub verdict: Verdict,
    /// How often it was observed.
    pub tries: u32,
}

impl Finding {
    /// The same finding as a journal keeps it, its texts cut to [`Limits::READING`].
    #[must_use]
    pub fn within_bounds(self) -> Self {
        Self { reading: self.reading.cut_to(Limits::READING), ..self }
    }
}

/// The worst of many findings. Without any finding nothing is known.
pub fn worst(findings: &[Finding]) -> Outcome {
    findings.iter().map(|finding| finding.verdict.outcome()).max().unwrap_or(Outcome::Unknown)
}

/// Why a session stopped without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hold {
    /// There was no terminal to ask on.
    NoTerminal,
    /// The terminal's input ended while a question stood on it: Ctrl-D, or it was closed.
    TerminalLost,
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP.
    HangUp,
    /// The runbook was edited, and what it says now cannot be followed.
    Edited,
}

/// How a session ended for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Close {
    /// All eight phases were left through their gates.
    Finished,
    /// A person ended it.
    Aborted,
    /// A step failed whose `on_failure` is `stop`.
    Failed,
    /// It was rolled back, and that came to this.
    RolledBack(RollbackVerdict),
}

/// What rolling back came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RollbackVerdict {
    /// All of it was done, and checks say that the system is back.
    Verified,
    /// It was gone through, but something was left out, or nothing tells that the system is back.
    NotVerified,
    /// It was broken off.
    Failed,
}
