//! How problems are told: as a diagnostic with the source underlined, and as JSON. A hostile
//! runbook cannot make the terminal obey, nor fill it with one endless line.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError,
    MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};
use serde_json::{Value as Json, json};

use super::{Problem, Problems};
use crate::text::visible;

/// How problems are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Lines and colours.
    Colour,
    /// ASCII, for files, pipes and `NO_COLOR`.
    Plain,
}

impl Problems {
    /// All of it for a person, the source underlined.
    #[must_use]
    pub fn show(&self, style: Style) -> String {
        let theme = match style {
            Style::Colour => GraphicalTheme::unicode(),
            Style::Plain => GraphicalTheme::none(),
        };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(100)
            .with_links(false)
            .with_context_lines(0)
            .with_break_words(false);
        let mut shown = String::new();
        handler.render_report(&mut shown, self).expect("writing to a String cannot fail");
        shown
    }

    /// All of it for a program. Lines and columns count from 1, columns and lengths in characters.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let place = |span: &Range<usize>| {
            let (line, column) = self.line_and_column(span.start);
            (line, column, self.text[span.clone()].chars().count())
        };
        let told = |problem: &Problem| {
            let (line, column, length) = place(&problem.labels[0].span);
            let labels: Vec<Json> = problem
                .labels
                .iter()
                .map(|label| {
                    let (line, column, length) = place(&label.span);
                    json!({ "line": line, "column": column, "length": length, "text": label.text })
                })
                .collect();
            json!({
                "code": problem.code, "message": problem.message, "help": problem.help,
                "line": line, "column": column, "length": length, "labels": labels,
            })
        };
        json!({
            "runbook": self.name, "count": self.count(), "left_out": self.left_out,
            "problems": self.list.iter().map(told).collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.count();
        let plural = if count == 1 { "" } else { "s" };
        write!(f, "{count} problem{plural} in {}", self.name)?;
        if self.left_out > 0 {
            write!(f, ", of which {} more are not shown", self.left_out)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl Diagnostic for Problems {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        Some(Box::new(self.list.iter().map(|problem| problem as &dyn Diagnostic)))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.code))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.help))
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let labelled = self.labels.iter().enumerate().map(|(at, label)| {
            let text = Some(label.text.clone()).filter(|text| !text.is_empty());
            match at {
                0 => LabeledSpan::new_primary_with_span(text, label.span.clone()),
                _ => LabeledSpan::new_with_span(text, label.span.clone()),
            }
        });
        Some(Box::new(labelled))
    }
}

/// The source as it is shown: the lines that the span touches, and of a very long line only the
/// part around the span.
impl SourceCode for Problems {
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

impl Problems {
    /// Line and column of a byte, from 1, the column in characters.
    fn line_and_column(&self, at: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= at);
        (line, self.text[self.line_starts[line - 1]..at].chars().count() + 1)
    }
}

/// Where the lines of a text begin.
pub(super) fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

/// The text with a `?` for each byte of every character that acts instead of showing, so that
/// every byte stays where it was.
pub(super) fn tamed(text: &str) -> String {
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
