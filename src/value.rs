//! The small values that everything else is made of: names, durations, moments, digests, people.
//!
//! No clock is read here: a moment is told to whoever needs it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

mod moment;
mod span;

pub use moment::Moment;
pub use span::Span;

/// A name that is safe everywhere: in a path, a heading, an environment value.
///
/// Matches `[a-z0-9][a-z0-9._-]{0,71}`. A runbook gives names of at most 64; the program puts a
/// prefix before some of them, as in `undo.deploy-api`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

impl Name {
    /// The pattern of every name that a runbook gives, as the JSON Schema and the help texts show
    /// it.
    pub const PATTERN: &str = "^[a-z0-9][a-z0-9._-]{0,63}$";

    /// The longest name that a runbook gives.
    pub const GIVEN: usize = 64;

    /// The longest name, prefix and all.
    const LONGEST: usize = 72;

    /// The name behind a prefix of ours, which has at most 8 bytes: `undo.` and a step's name.
    #[must_use]
    pub fn behind(&self, prefix: &str) -> Self {
        let name = format!("{prefix}{self}");
        name.parse().expect("a prefix is short, and a name from a runbook has at most 64 bytes")
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "`{0}` is not a name: 1 to 64 of a-z, 0-9, `.`, `_` and `-`, beginning with a letter or digit"
)]
pub struct NotAName(pub String);

impl FromStr for Name {
    type Err = NotAName;

    fn from_str(text: &str) -> Result<Self, NotAName> {
        let legal = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-')
        };
        let starts = text
            .bytes()
            .next()
            .is_some_and(|first| first.is_ascii_lowercase() || first.is_ascii_digit());
        if starts && text.len() <= Self::LONGEST && text.bytes().all(legal) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAName(text.to_owned()))
        }
    }
}

impl TryFrom<String> for Name {
    type Error = NotAName;

    fn try_from(text: String) -> Result<Self, NotAName> {
        text.parse()
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A SHA-256 digest, shown as 64 lower-case hexadecimal digits, as `sha256sum` prints it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digest of several pieces, one after the other.
    #[must_use]
    pub fn of_pieces<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Sha256::new();
        for piece in pieces {
            hasher.update(piece);
        }
        Self::finish(hasher)
    }

    /// The digest of everything that this hasher was given.
    #[must_use]
    pub fn finish(hasher: Sha256) -> Self {
        Self(hasher.finalize().into())
    }

    /// The first 12 digits: enough for a person to compare.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string()[..12].to_owned()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl TryFrom<String> for Digest {
    type Error = NotADigest;

    fn try_from(text: String) -> Result<Self, NotADigest> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// A text is not 64 lower-case hexadecimal digits.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not 64 lower-case hexadecimal digits")]
pub struct NotADigest;

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let lower_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 64 || !text.bytes().all(lower_hex) {
            return Err(NotADigest);
        }
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte =
                u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_ignored| NotADigest)?;
        }
        Ok(Self(bytes))
    }
}

/// Who did something, as the operating system tells it. Proves nothing: any program of the same
/// account could say the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    /// Account name.
    pub user: String,
    /// Machine name.
    pub host: String,
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.user, self.host)
    }
}

impl FromStr for Person {
    type Err = NotAPerson;

    fn from_str(text: &str) -> Result<Self, NotAPerson> {
        let (user, host) = text.rsplit_once('@').ok_or(NotAPerson)?;
        Ok(Self { user: user.to_owned(), host: host.to_owned() })
    }
}

/// A text is not `user@host`.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not `user@host`")]
pub struct NotAPerson;
