//! One line of a recording: its head, an answer, an action, a seal. A seal holds the digest of all
//! bytes above it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use super::{FORMAT, Key, private};
use crate::check::{Claim, Reading};
use crate::session::Ending;
use crate::text::Capture;
use crate::value::{Digest, Moment, Name, Span};

/// What a recording begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begun {
    /// Version of the format: [`FORMAT`].
    pub format: u32,
    /// Id of the runbook.
    pub runbook: Name,
    /// Digest of its text.
    pub digest: Digest,
    /// Environment.
    pub environment: Name,
    /// Component.
    pub component: Name,
    /// The values of its variables; none for a secret.
    pub variables: BTreeMap<String, Option<String>>,
    /// The program that recorded it.
    pub program: String,
    /// When it was begun.
    pub at: Moment,
    /// Name of the session that was recorded.
    pub session: Name,
}

/// An answer of the world.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    pub(super) step: Name,
    /// For readers.
    pub(super) says: String,
    pub(super) claim: Json,
    pub(super) reading: Reading,
}

/// An action that ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Acted {
    pub(super) step: Name,
    pub(super) does: String,
    pub(super) ending: Ending,
    pub(super) took: Span,
    pub(super) output: Capture,
}

/// The digest of everything above.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sealed {
    /// How many lines stand above it.
    pub(super) lines: u64,
    pub(super) sha256: Digest,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    Recording(Begun),
    Asked(Asked),
    Acted(Acted),
    Seal(Sealed),
}

/// Writes the lines of a recording: it gives their text, and somebody else keeps it.
#[derive(Clone, Debug, Default)]
pub struct Pen {
    hasher: Sha256,
    lines: u64,
}

impl Pen {
    /// A pen that goes on behind these whole lines.
    #[must_use]
    pub fn behind(text: &[u8]) -> Self {
        let mut pen = Self::default();
        pen.count(text);
        pen
    }

    /// The first line.
    #[must_use]
    pub fn begun(&mut self, begun: Begun) -> String {
        self.line(&Line::Recording(Begun { format: FORMAT, ..begun }))
    }

    /// What the world said to a question.
    #[must_use]
    pub fn asked(&mut self, step: &Name, claim: &Claim, reading: &Reading) -> String {
        let says = claim.kind().says();
        let reading = private::reading(reading.clone());
        let claim = private::claim(claim);
        self.line(&Line::Asked(Asked { step: step.clone(), says, claim, reading }))
    }

    /// How an action went.
    #[must_use]
    pub fn acted(&mut self, key: Key, ending: Ending, took: Span, output: Capture) -> String {
        let Key { step, what: does } = key;
        self.line(&Line::Acted(Acted { step, does, ending, took, output }))
    }

    /// The line that tells whether one of those above was edited or is gone.
    #[must_use]
    pub fn seal(&mut self) -> String {
        let sha256 = Digest::finish(self.hasher.clone());
        self.line(&Line::Seal(Sealed { lines: self.lines, sha256 }))
    }

    /// Whether the seal holds the digest of what this pen has written.
    pub(super) fn fits(&self, seal: &Sealed) -> bool {
        *seal == Sealed { lines: self.lines, sha256: Digest::finish(self.hasher.clone()) }
    }

    /// Takes note of text that stands there already.
    pub(super) fn count(&mut self, text: &[u8]) {
        self.hasher.update(text);
        self.lines += text.split(|byte| *byte == b'\n').count() as u64 - 1;
    }

    fn line(&mut self, line: &Line) -> String {
        let mut text = serde_json::to_string(line).expect("a line is plain data");
        text.push('\n');
        self.count(text.as_bytes());
        text
    }
}
