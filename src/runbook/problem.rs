//! What is wrong with a runbook: one [`Problem`] for each fault, all of them at once in
//! [`Problems`]. Nothing here decides what is wrong.

use std::ops::Range;

use crate::text::visible;

mod code;
mod sheet;
mod show;

pub use code::{Code, PROBLEMS};
pub use sheet::Sheet;
pub use show::Style;
pub(crate) use show::labelled;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems {
    /// The text that the labels point into.
    pub sheet: Sheet,
    /// At least one and at most [`Problems::SHOWN`].
    pub list: Vec<Problem>,
    /// How many more there are.
    pub left_out: usize,
}

impl Problems {
    /// How many are told; the rest is counted.
    pub const SHOWN: usize = 200;

    pub(super) fn new(name: &str, text: &str, mut list: Vec<Problem>) -> Self {
        list.sort_by_key(|problem| (problem.labels[0].span.start, problem.code));
        list.dedup_by(|one, other| one == other);
        let left_out = list.len().saturating_sub(Self::SHOWN);
        list.truncate(Self::SHOWN);
        let sheet = Sheet::new(name, text);
        for label in list.iter_mut().flat_map(|problem| &mut problem.labels) {
            label.span = sheet.within_line(&label.span);
        }
        Self { sheet, list, left_out }
    }

    /// How many there are, told or not.
    #[must_use]
    pub fn count(&self) -> usize {
        self.list.len() + self.left_out
    }
}

/// A piece of a runbook as a message may hold it: one line, nothing that acts, not too long.
#[must_use]
pub fn quoted(text: &str) -> String {
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
