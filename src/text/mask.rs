//! Takes secrets out of text before anything is shown, written or hashed.
//!
//! Finds a value in the forms that programs commonly print it in. Does not find what was derived
//! from it: reversed, encrypted, hashed, or broken up on purpose.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};

mod forms;

/// The secrets of a session, in every form they are likely to be printed in.
#[derive(Clone, Default)]
pub struct Mask(Option<Arc<Needles>>);

struct Needles {
    search: AhoCorasick,
    /// In the order of their bytes.
    forms: Vec<String>,
    longest: usize,
    secrets: usize,
}

impl Needles {
    /// Where the first form begins that may go on behind the end of these bytes.
    fn begun(&self, bytes: &[u8]) -> usize {
        let earliest = (bytes.len() + 1).saturating_sub(self.longest);
        (earliest..bytes.len()).find(|at| self.begins_with(&bytes[*at..])).unwrap_or(bytes.len())
    }

    fn begins_with(&self, part: &[u8]) -> bool {
        let at = self.forms.partition_point(|form| form.as_bytes() < part);
        self.forms.get(at).is_some_and(|form| form.as_bytes().starts_with(part))
    }
}

/// A secret that cannot be masked.
#[derive(Debug, thiserror::Error)]
#[error(
    "the secret `{name}` has {found} characters: below {least}, hiding it would hide everything"
)]
pub struct MaskError {
    /// The variable.
    pub name: String,
    /// Its length in characters, without blanks at its ends.
    pub found: usize,
    /// The least length.
    pub least: usize,
}

impl Mask {
    /// What stands in place of a secret.
    pub const MARK: &str = "[secret]";

    /// The fewest characters that can be hidden without hiding half of every text.
    pub const LEAST: usize = 4;

    /// Hides these values, given with the names of their variables.
    ///
    /// # Errors
    /// Where a value has fewer than [`Mask::LEAST`] characters, not counting blanks at its ends.
    pub fn new<N: AsRef<str>, V: AsRef<str>>(
        secrets: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, MaskError> {
        let mut forms = BTreeSet::new();
        let mut count = 0;
        for (name, value) in secrets {
            let found = value.as_ref().trim().chars().count();
            if found < Self::LEAST {
                let name = name.as_ref().to_owned();
                return Err(MaskError { name, found, least: Self::LEAST });
            }
            forms::add_all(value.as_ref(), &mut forms);
            count += 1;
        }
        let forms: Vec<_> = forms.into_iter().collect();
        let Some(longest) = forms.iter().map(String::len).max() else {
            return Ok(Self::default());
        };
        // All matches, not only the first of several that overlap: where two secrets share some
        // characters of a text, hiding one of them would leave the rest of the other.
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .build(&forms)
            .expect("values from a runbook and an environment are far below 2^31 bytes");
        Ok(Self(Some(Arc::new(Needles { search, forms, longest, secrets: count }))))
    }

    /// The text with every secret hidden.
    #[must_use]
    pub fn mask(&self, text: &str) -> String {
        let mut masking = self.stream();
        let mut masked = masking.push(text.as_bytes()).into_owned();
        masked.extend(masking.finish());
        String::from_utf8(masked).expect("whole characters were taken out of whole characters")
    }

    /// The mask at work on a stream of its own.
    #[must_use]
    pub fn stream(&self) -> Masking {
        Masking { needles: self.0.clone(), held: Vec::new(), covered: 0, inside: false }
    }
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mask({} secrets)", self.0.as_ref().map_or(0, |needles| needles.secrets))
    }
}

/// A mask at work on a stream, holding back only what may be the beginning of a secret, and so
/// never as much as the longest form has.
///
/// What comes out does not depend on how the stream was cut. Secrets that touch or overlap become
/// one mark.
pub struct Masking {
    needles: Option<Arc<Needles>>,
    held: Vec<u8>,
    /// So many bytes of `held` belong to a secret that began before them.
    covered: usize,
    /// Whether the last byte decided on was part of a secret.
    inside: bool,
}

impl Masking {
    /// Takes the next bytes and gives those that are certain.
    pub fn push<'a>(&mut self, piece: &'a [u8]) -> Cow<'a, [u8]> {
        let Some(needles) = self.needles.clone() else {
            return Cow::Borrowed(piece);
        };
        self.held.extend_from_slice(piece);
        // Every form that begins before that lies in `held` as a whole.
        let decided = needles.begun(&self.held);
        Cow::Owned(self.decide(&needles, decided))
    }

    /// Gives what is left.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        match self.needles.clone() {
            Some(needles) => self.decide(&needles, self.held.len()),
            None => Vec::new(),
        }
    }

    fn decide(&mut self, needles: &Needles, decided: usize) -> Vec<u8> {
        if decided == 0 {
            return Vec::new();
        }
        let mut out = Vec::with_capacity(decided);
        let mut at = 0;
        for secret in self.secrets(needles, decided) {
            if secret.start > at {
                out.extend_from_slice(&self.held[at..secret.start]);
                self.inside = false;
            }
            if !self.inside {
                out.extend_from_slice(Mask::MARK.as_bytes());
                self.inside = true;
            }
            at = at.max(secret.end);
        }
        if at < decided {
            out.extend_from_slice(&self.held[at..decided]);
            self.inside = false;
            at = decided;
        }
        self.covered = at - decided;
        self.held.drain(..decided);
        out
    }

    /// Where secrets begin before `decided`, in order; first the rest of an earlier one.
    fn secrets(&self, needles: &Needles, decided: usize) -> Vec<Range<usize>> {
        let mut secrets: Vec<_> = needles
            .search
            .find_overlapping_iter(&self.held)
            .map(|found| found.range())
            .filter(|range| range.start < decided)
            .collect();
        if self.covered > 0 {
            secrets.push(0..self.covered);
        }
        secrets.sort_unstable_by_key(|range| range.start);
        secrets
    }
}

impl fmt::Debug for Masking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Masking(holds {} bytes)", self.held.len())
    }
}

#[cfg(test)]
mod tests;
