//! A text that diagnostics point into: where lines begin, what may be underlined, and how it is
//! shown. A hostile text cannot make the terminal obey, nor fill it with one endless line.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use serde_json::{Value as Json, json};

use super::Label;
use crate::text::visible;

/// A named text with what is needed to show places in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sheet {
    /// What it is called in messages.
    pub name: String,
    /// The text as it is.
    pub text: String,
    /// The text with everything that acts replaced, byte for byte.
    shown: Box<str>,
    line_starts: Box<[usize]>,
}

/// Without the text, which is long.
impl fmt::Debug for Sheet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sheet").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Sheet {
    /// A text of this name.
    #[must_use]
    pub fn new(name: &str, text: &str) -> Self {
        Self {
            name: visible(name).into_owned(),
            text: text.to_owned(),
            shown: tamed(text).into_boxed_str(),
            line_starts: line_starts(text).into_boxed_slice(),
        }
    }

    /// Shows stars in this place. The text itself, and what is counted in it, stay.
    pub fn hide(&mut self, place: &Range<usize>) {
        let ends = (0..=place.end).rev().find(|at| self.shown.is_char_boundary(*at));
        let (begins, ends) = (place.start, ends.unwrap_or_default());
        if begins < ends && self.shown.is_char_boundary(begins) {
            let mut shown = self.shown.to_string();
            shown.replace_range(begins..ends, &"*".repeat(ends - begins));
            self.shown = shown.into_boxed_str();
        }
    }

    /// The text as people may see it: byte for byte as long as it is, without what is hidden.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Line and column of a byte, from 1, the column in characters.
    #[must_use]
    pub fn line_and_column(&self, at: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= at);
        (line, self.text[self.line_starts[line - 1]..at].chars().count() + 1)
    }

    /// Labels for programs. Lines and columns count from 1, columns and lengths in characters.
    #[must_use]
    pub fn labels_to_json(&self, labels: &[Label]) -> Vec<Json> {
        let told = |label: &Label| {
            let (line, column) = self.line_and_column(label.span.start);
            let length = self.text[label.span.clone()].chars().count();
            json!({ "line": line, "column": column, "length": length, "text": label.text })
        };
        labels.iter().map(told).collect()
    }

    /// The span, cut at the end of the line that it begins on and at what a
    /// person can take in, and moved between characters.
    #[must_use]
    pub fn within_line(&self, span: &Range<usize>) -> Range<usize> {
        within_line(&self.text, span)
    }
}

/// The source as it is shown: the lines that the span touches, and of a very long line only the
/// part around the span.
impl SourceCode for Sheet {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        const AROUND: usize = 80;
        let start = span.offset();
        let end = start + span.len();
        if end > self.shown.len() {
            return Err(MietteError::OutOfBounds);
        }
        let line_start = self.shown[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = self.shown[end..].find('\n').map_or(self.shown.len(), |at| end + at);
        let from = self.shown.ceil_char_boundary(line_start.max(start.saturating_sub(AROUND)));
        let to = self.shown.floor_char_boundary(line_end.min(end + AROUND));
        let (line, column) = self.line_and_column(start);
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            &self.shown.as_bytes()[from..to],
            (from, to - from).into(),
            line - 1,
            column - 1,
            self.shown[from..to].lines().count(),
        )))
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

/// Where the lines of a text begin.
fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

/// The text with a `?` for each byte of every character that acts instead of showing, so that
/// every byte stays where it was.
fn tamed(text: &str) -> String {
    let mut tamed = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let harmless = matches!(c, ' '..='~' | '\n' | '\t')
            || matches!(visible(c.encode_utf8(&mut [0; 4])), Cow::Borrowed(_));
        match c {
            '\r' if rest.peek() == Some(&'\n') => tamed.push(' '),
            _ if harmless => tamed.push(c),
            _ => tamed.extend(std::iter::repeat_n('?', c.len_utf8())),
        }
    }
    tamed
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tames_without_moving_anything() {
        assert_eq!(tamed("a\x1b\u{202e}b\r\n\té"), "a????b \n\té");
    }

    #[test]
    fn keeps_labels_on_one_line_and_between_characters() {
        let text = "aé\r\nb";
        assert_eq!(within_line(text, &(0..6)), 0..3);
        assert_eq!(within_line(text, &(2..3)), 1..3);
        assert_eq!(within_line(text, &(90..99)), 5..6);
        assert_eq!(within_line(text, &(3..3)), 1..3);
        assert_eq!(within_line("", &(0..1)), 0..0);
    }

    proptest! {
        #[test]
        fn keeps_every_byte_in_its_place(text in any::<String>()) {
            let shown = tamed(&text);
            prop_assert_eq!(shown.len(), text.len());
            for (at, _) in text.char_indices() {
                prop_assert!(shown.is_char_boundary(at));
            }
        }
    }
}
