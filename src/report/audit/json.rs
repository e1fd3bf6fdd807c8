//! What an audit found, for programs. The shape is stable; `docs/audit.md` tells it.

use std::path::Path;

use serde_json::{Value as Json, json};

use super::Tally;
use crate::audit::{Finding, Fix, Level, Report};
use crate::runbook::Sheet;
use crate::text::visible;

/// What one file came to.
#[must_use]
pub fn audit_json(path: &Path, report: &Report) -> Json {
    let sheet = &report.sheet;
    let waived = report.waived.iter().map(|waived| {
        let mut told = finding_json(&waived.finding, sheet);
        told["why"] = waived.allow.why.as_str().into();
        told["until"] = waived.allow.until.as_deref().into();
        told
    });
    let book = report.runbook.as_ref();
    json!({
        "path": path.to_string_lossy(),
        "is_runbook": book.is_some(),
        "id": book.map(|book| book.id.as_str()),
        "findings": report.findings.iter().map(|it| finding_json(it, sheet)).collect::<Vec<_>>(),
        "waived": waived.collect::<Vec<_>>(),
        "left_out": report.left_out,
    })
}

fn finding_json(finding: &Finding, sheet: &Sheet) -> Json {
    let labels = sheet.labels_to_json(&finding.labels);
    let first = &labels[0];
    json!({
        "code": finding.code, "name": finding.name, "level": finding.level,
        "message": finding.message, "help": finding.help,
        "line": first["line"], "column": first["column"], "length": first["length"],
        "labels": labels,
        "fix": finding.fix.as_ref().map(|fix| fix_json(fix, sheet)),
    })
}

fn fix_json(fix: &Fix, sheet: &Sheet) -> Json {
    let edits = fix.edits.iter().map(|(place, by)| {
        let (line, column) = sheet.line_and_column(place.start);
        let (end_line, end_column) = sheet.line_and_column(place.end);
        json!({
            "line": line, "column": column, "end_line": end_line, "end_column": end_column,
            "begin": place.start, "end": place.end, "text": by,
        })
    });
    json!({ "says": visible(&fix.says), "edits": edits.collect::<Vec<_>>() })
}

/// What an audit of some paths came to.
pub struct AuditEnd<'a> {
    /// What was found.
    pub tally: &'a Tally,
    /// The level from which on findings are too much.
    pub deny: Level,
    /// One value for each file, in their order.
    pub runbooks: &'a [Json],
    /// What is no runbook, and why.
    pub passed_over: &'a [(String, String)],
    /// What could not be audited, and why.
    pub not_audited: &'a [(String, String)],
    /// What was mended, or would be.
    pub fixes: &'a [Json],
}

/// The whole result.
#[must_use]
pub fn audit_end_json(end: &AuditEnd<'_>) -> Json {
    let named = |list: &[(String, String)]| {
        let told = list.iter().map(|(path, why)| json!({ "path": path, "why": why }));
        Json::from(told.collect::<Vec<_>>())
    };
    json!({
        "format": 1,
        "holdpoint": env!("CARGO_PKG_VERSION"),
        "deny": end.deny,
        "denied": end.tally.at_or_above(end.deny),
        "counts": {
            "runbooks": end.tally.files,
            "error": end.tally.count(Level::Error),
            "warning": end.tally.count(Level::Warning),
            "note": end.tally.count(Level::Note),
            "waived": end.tally.waived,
            "fixable": end.tally.fixable,
        },
        "runbooks": end.runbooks,
        "passed_over": named(end.passed_over),
        "not_audited": named(end.not_audited),
        "fixes": end.fixes,
    })
}

/// JSON as text in which no character acts on a terminal.
#[must_use]
pub fn safe_json(value: &Json) -> String {
    let text = format!("{value:#}\n");
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        let alone = c.encode_utf8(&mut [0; 4]).to_owned();
        // Outside of texts there is nothing but ASCII; inside, the controls are escaped already.
        if (c.is_ascii() && c != '\x7f') || visible(&alone) == alone {
            safe.push(c);
        } else {
            let mut units = [0; 2];
            c.encode_utf16(&mut units)
                .iter()
                .for_each(|unit| safe.push_str(&format!("\\u{unit:04x}")));
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_cannot_act_and_reads_the_same() {
        let value = json!({ "a": "\u{1b}[2J\u{7f}\u{9b}\u{202e}é\u{e0041}\n" });
        let text = safe_json(&value);
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
        assert!(text.contains("\\u202e") && text.contains("\\u009b") && text.contains('é'));
        assert_eq!(serde_json::from_str::<Json>(&text).unwrap(), value);
    }
}
