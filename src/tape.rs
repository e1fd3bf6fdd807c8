//! A recording of a session: what the world said, and how the actions ended. Lines of JSON.
//!
//! A rehearsal has its answers from it, and asks and starts nothing. What is written was masked
//! before; headers that open doors are left out of it here. Pure: bytes in, bytes out.

use std::collections::BTreeMap;

use crate::check::{Claim, Reading};
use crate::session::Ending;
use crate::text::Capture;
use crate::value::{Digest, Name, Span};

mod error;
mod line;
mod private;
mod read;

pub use error::Error;
pub use line::{Begun, Pen};
pub use read::{Unsealed, unsealed};

use line::{Acted, Asked};

/// The version of the format that this program writes and reads.
pub const FORMAT: u32 = 1;

/// A recording that was read whole, sealed by its last line.
#[derive(Clone, Debug, PartialEq)]
pub struct Tape {
    /// What was recorded.
    pub begun: Begun,
    /// Digest of all its bytes.
    pub digest: Digest,
    answers: BTreeMap<Key, Vec<Reading>>,
    deeds: BTreeMap<Key, Vec<Deed>>,
}

/// An action as it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// How it ended.
    pub ending: Ending,
    /// How long it took.
    pub took: Span,
    /// What it printed, masked.
    pub output: Capture,
}

/// What is asked or done, by which a recording knows it: the step, and the claim or the action as
/// people may see it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    step: Name,
    what: String,
}

impl Key {
    /// A question.
    #[must_use]
    pub fn of_claim(step: &Name, claim: &Claim) -> Self {
        let shown = serde_json::to_string(&private::claim(claim)).expect("a claim is plain data");
        Self { step: step.clone(), what: shown }
    }

    /// An action.
    #[must_use]
    pub fn of_action(step: &Name, does: &str) -> Self {
        Self { step: step.clone(), what: does.to_owned() }
    }
}

impl Tape {
    /// Reads a recording.
    ///
    /// # Errors
    /// Where it is none, or not what was recorded.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let lines = read::sealed(bytes)?;
        let mut tape = Self {
            begun: lines.begun,
            digest: Digest::of(bytes),
            answers: BTreeMap::new(),
            deeds: BTreeMap::new(),
        };
        for Asked { step, claim, reading, .. } in lines.asked {
            let key = match serde_json::from_value(claim.clone()) {
                Ok(claim) => Key::of_claim(&step, &claim),
                Err(_unknown) => Key { step, what: claim.to_string() },
            };
            tape.answers.entry(key).or_default().push(reading);
        }
        for Acted { step, does, ending, took, output } in lines.acted {
            let key = Key { step, what: does };
            tape.deeds.entry(key).or_default().push(Deed { ending, took, output });
        }
        Ok(tape)
    }

    /// The answer to a question that was asked so often already. Asked more often than it was
    /// when it was recorded, it has its last answer.
    #[must_use]
    pub fn answer(&self, key: &Key, before: usize) -> Option<&Reading> {
        let answers = self.answers.get(key)?;
        answers.get(before).or(answers.last())
    }

    /// How an action went that was started so often already, or went the last time.
    #[must_use]
    pub fn deed(&self, key: &Key, before: usize) -> Option<&Deed> {
        let deeds = self.deeds.get(key)?;
        deeds.get(before).or(deeds.last())
    }

    /// How many questions and how many actions it knows.
    #[must_use]
    pub fn knows(&self) -> (usize, usize) {
        (self.answers.len(), self.deeds.len())
    }
}
