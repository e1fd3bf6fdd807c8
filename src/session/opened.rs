//! What a session begins with: the first entry, whole.

use serde::Serialize;

use crate::check::cloud::Identity;
use crate::value::{Digest, Moment, Name, Person};

/// What a session begins with.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Opened {
    /// Version of the journal's format: [`Opened::FORMAT`].
    pub format: u32,
    /// Name of the session: 16 hexadecimal digits, drawn at random.
    pub session: Name,
    /// The program that wrote it: `holdpoint 0.1.0`.
    pub program: String,
    /// Who started it.
    pub by: Person,
    /// Where commands run.
    pub directory: String,
    /// Path of the runbook as it was given.
    pub runbook_path: String,
    /// Digest of the runbook's text.
    pub runbook_digest: Digest,
    /// The runbook's text, whole, so that a journal goes on without any other file.
    pub runbook_text: String,
    /// What is deployed where: one session at a time.
    pub target: Target,
    /// State of the git work tree, where there is one.
    pub git: Option<Git>,
    /// Who asks AWS, seen before anything was written; none where AWS is of no concern.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws: Option<Identity>,
    /// Variables in the runbook's order; no value for a secret.
    pub variables: Vec<(String, Option<String>)>,
    /// The recording whose answers it has, where it is a rehearsal: nothing of it is real.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rehearsal: Option<Rehearsal>,
}

/// What a rehearsal has its answers from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rehearsal {
    /// Path of the recording as it was given.
    pub recording: String,
    /// Digest of its bytes: the rehearsal goes on with no other.
    pub digest: Digest,
    /// When it was recorded.
    pub recorded: Moment,
    /// Digest of the runbook that was recorded: another edition lacks answers.
    pub runbook: Digest,
}

impl Opened {
    /// The format that this program writes.
    pub const FORMAT: u32 = 1;
}

/// What is deployed where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Target {
    /// Environment.
    pub environment: Name,
    /// Component.
    pub component: Name,
}

/// Branch and commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Git {
    /// Branch, or `(detached)`.
    pub branch: String,
    /// Full commit id.
    pub commit: String,
    /// Whether there were changes that no commit holds.
    pub dirty: bool,
}
