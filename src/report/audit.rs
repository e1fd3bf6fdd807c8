//! What an audit found: for people here, for programs in `json`, for code scanning in `sarif`.

use std::fmt;

use miette::{Diagnostic, LabeledSpan, Severity, SourceCode};

use super::{Line, Tone, counted};
use crate::audit::{Finding, Level, Report, Unclear, Waived};
use crate::runbook::{Label, Sheet, Style, labelled};

mod json;
mod sarif;
mod tally;

pub use json::{AuditEnd, audit_end_json, audit_json, safe_json};
pub use sarif::{Notice, SarifRun, sarif_results, sarif_uri};
pub use tally::Tally;

/// A finding, or something like it, as `miette` draws it.
#[derive(Debug)]
struct Drawn<'a> {
    head: Option<String>,
    severity: Severity,
    message: &'a str,
    help: String,
    labels: &'a [Label],
    sheet: &'a Sheet,
}

/// The findings of one file, the source underlined.
#[must_use]
pub fn audited(report: &Report, style: Style) -> String {
    let drawn = report.findings.iter().map(|finding| drawn(finding, &report.sheet, style));
    drawn.collect::<Vec<_>>().join("\n")
}

/// What stands above the findings of a file; none where there is nothing to say.
#[must_use]
pub fn audit_heading(report: &Report) -> Option<Line> {
    let tally = Tally::of(report);
    let waived = report.waived.len();
    if tally.total() == 0 && waived == 0 {
        return None;
    }
    let mut text = format!("{}: {}", report.sheet.name, tally.words());
    if waived > 0 {
        text.push_str(&format!("; {waived} waived"));
    }
    if report.runbook.is_none() {
        text.push_str("; it is no runbook, so nothing else was looked for");
    }
    if report.left_out > 0 {
        text.push_str(&format!("; {} more are not shown", report.left_out));
    }
    Some(Line::new(Tone::Heading, text))
}

/// What somebody answers for in a file.
#[must_use]
pub fn audit_waived(report: &Report) -> Vec<Line> {
    let told = |waived: &Waived| {
        let Finding { code, level, message, labels, .. } = &waived.finding;
        let (line, _) = report.sheet.line_and_column(labels[0].span.start);
        let until = waived.allow.until.as_ref();
        let until = until.map_or_else(String::new, |until| format!(" until {until}"));
        let why = &waived.allow.why;
        Line::new(
            Tone::Quiet,
            format!("  waived{until}: {level} {code} in line {line}, {message}: {why}"),
        )
    };
    report.waived.iter().map(told).collect()
}

/// Why the settings cannot be used, the place underlined.
#[must_use]
pub fn unclear_settings(unclear: &Unclear, style: Style) -> String {
    let labels = [Label { span: unclear.place.clone(), text: String::new() }];
    render(
        &Drawn {
            head: None,
            severity: Severity::Error,
            message: &unclear.message,
            help: unclear.help.clone(),
            labels: &labels,
            sheet: &unclear.sheet,
        },
        style,
    )
}

fn drawn(finding: &Finding, sheet: &Sheet, style: Style) -> String {
    let mut help = finding.help.clone();
    if let Some(fix) = &finding.fix {
        help.push_str(&format!("\n`--fix` does it: {}", fix.says));
    }
    let severity = match finding.level {
        Level::Note => Severity::Advice,
        Level::Warning => Severity::Warning,
        Level::Error => Severity::Error,
    };
    let head = Some(format!("{}: {} {}", finding.level, finding.code, finding.name));
    let Finding { message, labels, .. } = finding;
    render(&Drawn { head, severity, message, help, labels, sheet }, style)
}

fn render(drawn: &Drawn<'_>, style: Style) -> String {
    let mut shown = String::new();
    let rendered = style.handler().render_report(&mut shown, drawn);
    rendered.expect("writing to a String cannot fail");
    shown
}

/// `2 errors, 1 note`.
fn words(counts: [usize; 3]) -> String {
    let [notes, warnings, errors] = counts;
    let each = [(errors, "error"), (warnings, "warning"), (notes, "note")];
    let told = each.into_iter().filter(|(count, _)| *count > 0);
    let told: Vec<String> = told.map(|(count, noun)| counted(count, noun)).collect();
    if told.is_empty() { "nothing found".to_owned() } else { told.join(", ") }
}

impl fmt::Display for Drawn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message)
    }
}

impl std::error::Error for Drawn<'_> {}

impl Diagnostic for Drawn<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let head = self.head.as_ref()?;
        Some(Box::new(head))
    }

    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self.sheet)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(labelled(self.labels)))
    }
}
