//! Why bytes are no recording, or not the one that was written.

use super::FORMAT;

/// What is wrong with a recording.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is something else.
    #[error("it is no recording: its first line is not `{{\"recording\":…}}`")]
    Foreign,
    /// Another version.
    #[error("it is a recording of format {found}, wanted format {FORMAT}")]
    Format {
        /// The version found.
        found: String,
    },
    /// A line is not one of a recording.
    #[error("line {line} is not a line of a recording: {why}")]
    Unreadable {
        /// Its number, counted from 1.
        line: u64,
        /// Why.
        why: String,
    },
    /// A seal does not fit.
    #[error(
        "it is not what was recorded: the seal in line {line} is that of {sealed} other lines than \
         the {above} above it, so one of them was edited, added or taken away"
    )]
    Edited {
        /// Number of the seal's line.
        line: u64,
        /// Lines above it.
        above: u64,
        /// Lines that were above it when it was written.
        sealed: u64,
    },
    /// The end is missing.
    #[error(
        "its end is missing: behind its {lines} whole lines stands no seal, so it was cut off, or \
         the session that recorded it was killed"
    )]
    Cut {
        /// Whole lines.
        lines: u64,
    },
}

impl Error {
    /// What to do next.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Self::Foreign => "name a file that `holdpoint run RUNBOOK --record FILE` wrote",
            Self::Format { .. } => "use the holdpoint that wrote it, or record it again",
            Self::Unreadable { .. } | Self::Edited { .. } => {
                "take an untouched copy, for example from git (whose line-end conversion must be \
                 off for it: `-text` in .gitattributes), or record it again"
            }
            Self::Cut { .. } => {
                "if its session can go on, `holdpoint resume JOURNAL --record FILE` records the \
                 rest and seals it; else record it again"
            }
        }
    }
}
