//! The chain of seals: each is the SHA-256 of the seal line before it and the entry's own bytes,
//! so that a range of lines piped to `sha256sum` checks it. It shows order and edits; it does not
//! show who wrote, since anyone can compute it.

use std::fmt;

use crate::session::Seq;
use crate::value::Digest;

/// The line after which the log begins, which the first seal covers in place of a seal line.
pub const LOG: &str = "## Progress Log\n";

/// The seal of an entry, or the beginning of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal(Option<(Seq, Digest)>);

impl Seal {
    /// What the first entry follows.
    pub const START: Self = Self(None);

    /// The seal of the entry that follows this seal and reads `body` up to its own seal line.
    #[must_use]
    pub fn next(&self, body: &str) -> Self {
        let line = self.line();
        let digest = Digest::of_pieces([line.as_bytes(), body.as_bytes()]);
        Self(Some((self.seq() + 1, digest)))
    }

    pub(super) fn new(seq: Seq, digest: Digest) -> Self {
        Self(Some((seq, digest)))
    }

    /// Number of the sealed entry; 0 at the beginning.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.0.map_or(0, |(seq, _)| seq)
    }

    /// The digest; none at the beginning.
    #[must_use]
    pub fn digest(&self) -> Option<Digest> {
        self.0.map(|(_, digest)| digest)
    }

    /// The line as the next seal covers it, with its line feed.
    #[must_use]
    pub fn line(&self) -> String {
        self.0.map_or_else(|| LOG.to_owned(), |_| format!("{self}\n"))
    }
}

impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => f.write_str("the beginning"),
            Some((seq, digest)) => write!(f, "`seal {seq} {digest}`"),
        }
    }
}
