//! What is wrong with a runbook: one [`Problem`] for each fault, all of them at once in
//! [`Problems`]. Nothing here decides what is wrong.

use std::fmt;
use std::ops::Range;

use crate::text::visible;

mod code;
mod show;

pub use code::{Code, PROBLEMS};
pub use show::Style;

/// A place in the runbook, with what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Bytes of the source text; begins and ends between characters, and stays on one line.
    pub span: Range<usize>,
    /// What is to be said of it.
    pub text: String,
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which fault it is.
    pub code: Code,
    /// What was found and what was wanted.
    pub message: String,
    /// Where: the first is the place itself, the others belong to it.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: String,
}

impl Problem {
    /// A fault at a place. The help is the code's own until [`Problem::help`] says better.
    #[must_use]
    pub fn new(code: Code, place: &Range<usize>, message: impl Into<String>) -> Self {
        let label = Label { span: place.clone(), text: code.label().to_owned() };
        Self { code, message: message.into(), labels: vec![label], help: code.help().to_owned() }
    }

    /// Says this of the place.
    #[must_use]
    pub fn here(mut self, text: impl Into<String>) -> Self {
        self.labels[0].text = text.into();
        self
    }

    /// Says this of another place.
    #[must_use]
    pub fn also(mut self, place: &Range<usize>, text: impl Into<String>) -> Self {
        self.labels.push(Label { span: place.clone(), text: text.into() });
        self
    }

    /// Says what to do about this very one.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = text.into();
        self
    }
}

/// All that is wrong with a runbook, in the order of the file, with its text to show the places.
#[derive(Clone, PartialEq, Eq)]
pub struct Problems {
    /// What the runbook is called in messages.
    pub name: String,
    /// The text that the labels point into.
    pub text: String,
    /// At least one and at most [`Problems::SHOWN`].
    pub list: Vec<Problem>,
    /// How many more there are.
    pub left_out: usize,
    /// The text with everything that acts replaced, byte for byte.
    shown: Box<str>,
    line_starts: Box<[usize]>,
}

impl Problems {
    /// How many are told; the rest is counted.
    pub const SHOWN: usize = 200;

    pub(super) fn new(name: &str, text: &str, mut list: Vec<Problem>) -> Self {
        list.sort_by_key(|problem| (problem.labels[0].span.start, problem.code));
        list.dedup_by(|one, other| one == other);
        let left_out = list.len().saturating_sub(Self::SHOWN);
        list.truncate(Self::SHOWN);
        for label in list.iter_mut().flat_map(|problem| &mut problem.labels) {
            label.span = within_line(text, &label.span);
        }
        Self {
            name: visible(name).into_owned(),
            text: text.to_owned(),
            list,
            left_out,
            shown: show::tamed(text).into_boxed_str(),
            line_starts: show::line_starts(text).into_boxed_slice(),
        }
    }

    /// How many there are, told or not.
    #[must_use]
    pub fn count(&self) -> usize {
        self.list.len() + self.left_out
    }
}

/// Without the text of the runbook, which is long.
impl fmt::Debug for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problems")
            .field("name", &self.name)
            .field("list", &self.list)
            .finish_non_exhaustive()
    }
}

/// The span, cut at the end of the line that it begins on and at what a
/// person can take in, and moved between characters.
fn within_line(text: &str, span: &Range<usize>) -> Range<usize> {
    const LONGEST: usize = 100;
    let start = text.floor_char_boundary(span.start.min(text.len()));
    let end = text.floor_char_boundary(span.end.clamp(start, text.len()));
    let line = text[start..end].split(['\n', '\r']).next().unwrap_or_default();
    if line.is_empty() {
        return beside(text, start);
    }
    start..start + line.floor_char_boundary(LONGEST.min(line.len()))
}

/// The character at a byte or, at the end of a line, the one before, so that something can be
/// underlined.
fn beside(text: &str, at: usize) -> Range<usize> {
    let on_line = |c: &char| !matches!(c, '\n' | '\r');
    let here = text[at..].chars().next().filter(on_line);
    let before = text[..at].chars().next_back().filter(on_line);
    match (here, before) {
        (Some(c), _) => at..at + c.len_utf8(),
        (None, Some(c)) => at - c.len_utf8()..at,
        (None, None) => at..at,
    }
}

/// A piece of a runbook as a message may hold it: one line, nothing that acts, not too long.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("`{}`", visible(&shown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_labels_on_one_line_and_between_characters() {
        let text = "aé\r\nb";
        assert_eq!(within_line(text, &(0..6)), 0..3);
        assert_eq!(within_line(text, &(2..3)), 1..3);
        assert_eq!(within_line(text, &(90..99)), 5..6);
        assert_eq!(within_line(text, &(3..3)), 1..3);
        assert_eq!(within_line("", &(0..1)), 0..0);
    }

    #[test]
    fn quotes_without_letting_anything_act() {
        assert_eq!(quoted("a\x1b[2Jb"), "`a\\u{1b}[2Jb`");
        assert_eq!(quoted(&"é".repeat(61)), format!("`{}…`", "é".repeat(60)));
    }

    #[test]
    fn counts_what_it_does_not_tell() {
        let one = |at: usize| Problem::new(Code::UnknownKey, &(at..at + 1), "x");
        let text = "x".repeat(1000);
        let problems = Problems::new("n", &text, (0..450).rev().map(one).collect());
        assert_eq!((problems.list.len(), problems.left_out, problems.count()), (200, 250, 450));
        assert_eq!(problems.list[0].labels[0].span, 0..1);
    }
}
