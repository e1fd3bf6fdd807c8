//! How problems are told: as a diagnostic with the source underlined, and as JSON.

use std::fmt;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};
use serde_json::{Value as Json, json};

use super::{Label, Problem, Problems};

/// How problems are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Lines and colours.
    Colour,
    /// ASCII, for files, pipes and `NO_COLOR`.
    Plain,
}

impl Style {
    /// What draws diagnostics so.
    pub(crate) fn handler(self) -> GraphicalReportHandler {
        let theme = match self {
            Style::Colour => GraphicalTheme::unicode(),
            Style::Plain => GraphicalTheme::none(),
        };
        GraphicalReportHandler::new_themed(theme)
            .with_width(100)
            .with_links(false)
            .with_context_lines(0)
            .with_break_words(false)
    }
}

impl Problems {
    /// All of it for a person, the source underlined.
    #[must_use]
    pub fn show(&self, style: Style) -> String {
        let handler = style.handler();
        let mut shown = String::new();
        handler.render_report(&mut shown, self).expect("writing to a String cannot fail");
        shown
    }

    /// All of it for a program. Lines and columns count from 1, columns and lengths in characters.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let told = |problem: &Problem| {
            let labels = self.sheet.labels_to_json(&problem.labels);
            let first = &labels[0];
            json!({
                "code": problem.code, "message": problem.message, "help": problem.help,
                "line": first["line"], "column": first["column"], "length": first["length"],
                "labels": labels,
            })
        };
        json!({
            "runbook": self.sheet.name, "count": self.count(), "left_out": self.left_out,
            "problems": self.list.iter().map(told).collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.count();
        let plural = if count == 1 { "" } else { "s" };
        write!(f, "{count} problem{plural} in {}", self.sheet.name)?;
        if self.left_out > 0 {
            write!(f, ", of which {} more are not shown", self.left_out)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl Diagnostic for Problems {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.sheet)
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
        Some(Box::new(labelled(&self.labels)))
    }
}

/// The labels of a diagnostic, the first of which is the place itself.
pub(crate) fn labelled(labels: &[Label]) -> impl Iterator<Item = LabeledSpan> {
    labels.iter().enumerate().map(|(at, label)| {
        let text = Some(label.text.clone()).filter(|text| !text.is_empty());
        match at {
            0 => LabeledSpan::new_primary_with_span(text, label.span.clone()),
            _ => LabeledSpan::new_with_span(text, label.span.clone()),
        }
    })
}
