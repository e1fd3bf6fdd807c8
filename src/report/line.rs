//! A line for a person, and how it is meant. Colour is somebody else's business.

use std::fmt;

use crate::text::visible;

/// How a line is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As it is.
    Plain,
    /// The beginning of something.
    Heading,
    /// It holds.
    Good,
    /// It does not hold.
    Bad,
    /// Nobody knows, or care is needed.
    Doubt,
    /// Detail.
    Quiet,
}

/// A line for a person: no control character, no line feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How it is meant.
    pub tone: Tone,
    /// The text, safe for a terminal.
    pub text: String,
}

impl Line {
    /// A line; whatever could act in the text is shown instead.
    #[must_use]
    pub fn new(tone: Tone, text: impl AsRef<str>) -> Self {
        Self { tone, text: visible(text.as_ref()).into_owned() }
    }

    /// The lines of a text, each behind the same indent.
    pub fn many<'a>(tone: Tone, indent: &'a str, text: &'a str) -> impl Iterator<Item = Self> + 'a {
        text.lines().map(move |line| Self::new(tone, format!("{indent}{line}")))
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
