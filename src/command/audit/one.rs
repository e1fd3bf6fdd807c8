//! The audit of one file, told as it is wanted: nothing of the file itself is kept.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::fix::{Fixed, fixed};
use crate::audit::{Report, Settings, audit, is_meant_as_runbook};
use crate::cli::{Audit, AuditFormat};
use crate::host::folder;
use crate::host::style::Look;
use crate::host::tree::{Candidate, said};
use crate::report::{
    Tally, audit_heading, audit_json, audit_waived, audited, sarif_results, sarif_uri,
};
use crate::runbook::Style;

/// One byte more than a runbook may have is enough to know.
const MOST: u64 = (1 << 20) + 1;

/// How files are audited, and how that is told.
pub(super) struct Way<'a> {
    pub options: &'a Audit,
    pub settings: &'a Settings,
    pub look: Look,
    /// What relative paths begin at.
    pub folder: PathBuf,
}

/// What came of one file.
pub(super) enum Outcome {
    /// It is no runbook, and nobody said that it is.
    PassedOver { path: PathBuf, why: &'static str },
    /// It cannot be read.
    NotAudited { path: PathBuf, why: String },
    /// What was found.
    Audited { path: PathBuf, tally: Box<Tally>, told: Told, fixed: Option<Fixed> },
}

/// What was found, as it is wanted.
pub(super) enum Told {
    Text(String),
    Json(Json),
    Sarif(Vec<Json>),
}

/// Audits one file.
pub(super) fn one(file: &Candidate, way: &Way<'_>) -> Outcome {
    let path = file.path.clone();
    let bytes = match folder::read(&path, MOST) {
        Ok(bytes) => bytes,
        Err(error) => return Outcome::NotAudited { path, why: said(&error) },
    };
    if !file.is_named && !is_meant_as_runbook(&bytes) {
        let is_text = std::str::from_utf8(&bytes).is_ok() && !bytes.contains(&0);
        let why = if is_text { "no runbook" } else { "no text" };
        return Outcome::PassedOver { path, why };
    }
    let report = audit(&path.display().to_string(), &bytes, way.settings);
    let (report, fixed) = match way.options.fix {
        true => fixed(&path, report, way),
        false => (report, None),
    };
    let told = told(&path, &report, way);
    Outcome::Audited { path, tally: Box::new(Tally::of(&report)), told, fixed }
}

fn told(path: &Path, report: &Report, way: &Way<'_>) -> Told {
    match way.options.format {
        AuditFormat::Text => Told::Text(text(report, way)),
        AuditFormat::Json => Told::Json(audit_json(path, report)),
        AuditFormat::Sarif => Told::Sarif(sarif_results(&sarif_uri(path, &way.folder), report)),
    }
}

/// Nothing where nothing is to be told.
fn text(report: &Report, way: &Way<'_>) -> String {
    let show_waived = way.options.show_waived && !report.waived.is_empty();
    let Some(heading) = audit_heading(report) else { return String::new() };
    if report.findings.is_empty() && !show_waived {
        return String::new();
    }
    let style = if way.look.colour { Style::Colour } else { Style::Plain };
    let mut text = format!("{}\n\n", way.look.text(&heading));
    text.push_str(&audited(report, style));
    if show_waived {
        for line in audit_waived(report) {
            text.push_str(&format!("{}\n", way.look.text(&line)));
        }
    }
    text.push('\n');
    text
}
