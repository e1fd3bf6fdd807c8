//! `--fix`: what a machine can mend is mended, or shown.

use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::one::Way;
use crate::audit::{Finding, Mended, Report, audit, mend};
use crate::host::replace::replace;
use crate::host::tree::said;
use crate::report::{Line, Tone, counted, difference};
use crate::text::visible;

/// What was mended in a file.
pub(super) struct Fixed {
    path: PathBuf,
    mended: Mended,
    /// How the text differs, where that is wanted.
    diff: Vec<Line>,
    /// Where it was written, links followed; or why it was not.
    pub written: Option<Result<PathBuf, String>>,
}

/// Mends a file, or only says how; and what is found in it then.
pub(super) fn fixed(path: &Path, report: Report, way: &Way<'_>) -> (Report, Option<Fixed>) {
    let Some(mended) = mend(&report, way.settings) else { return (report, None) };
    let old = report.sheet.text.as_str();
    let mut fixed = Fixed { path: path.to_owned(), mended, diff: Vec::new(), written: None };
    if fixed.mended.done.is_empty() {
        return (report, Some(fixed));
    }
    if way.options.diff {
        fixed.diff = difference(report.sheet.shown(), &fixed.mended.shown);
        return (report, Some(fixed));
    }
    let new = fixed.mended.text.as_bytes();
    let written = replace(path, old.as_bytes(), new).map_err(|error| said(&error));
    let now = match &written {
        Ok(_) => audit(&path.display().to_string(), new, way.settings),
        Err(_) => report,
    };
    fixed.written = Some(written);
    (now, Some(fixed))
}

impl Fixed {
    /// For a person.
    pub(super) fn lines(&self) -> Vec<Line> {
        let count = counted(self.mended.done.len(), "finding");
        let path = self.path.display();
        let head = match &self.written {
            _ if self.mended.done.is_empty() => (Tone::Doubt, format!("{path}: nothing mended")),
            None => (Tone::Heading, format!("{path}: --fix would mend {count}")),
            Some(Ok(_)) => (Tone::Good, format!("{path}: {count} mended")),
            Some(Err(why)) => (Tone::Bad, format!("{path}: cannot be mended: {why}")),
        };
        let mut lines = vec![Line::new(head.0, head.1)];
        if let Some(real) = self.elsewhere() {
            let text =
                format!("  it is a link, or lies behind one: {} was written", real.display());
            lines.push(Line::new(Tone::Doubt, text));
        }
        for finding in &self.mended.done {
            lines.push(Line::new(Tone::Quiet, format!("  {}: {}", finding.code, says(finding))));
        }
        for (finding, why) in &self.mended.refused {
            let text = format!("  {} is left as it is: {why} ({})", finding.code, says(finding));
            lines.push(Line::new(Tone::Doubt, text));
        }
        lines.extend(self.diff.iter().cloned());
        lines
    }

    /// Where it was written, if that is not where its name says.
    fn elsewhere(&self) -> Option<&Path> {
        let real = self.written.as_ref()?.as_ref().ok()?;
        let end = self.path.components().next_back();
        let is_link = self.path.is_symlink() || real.components().next_back() != end;
        is_link.then_some(real)
    }

    /// For a program.
    pub(super) fn json(&self) -> Json {
        let done = self.mended.done.iter().map(|finding| {
            json!({ "code": finding.code, "message": finding.message, "says": says(finding) })
        });
        let refused = self.mended.refused.iter().map(|(finding, why)| {
            json!({ "code": finding.code, "message": finding.message, "why": why })
        });
        let written = self.written.as_ref();
        json!({
            "path": self.path.to_string_lossy(),
            "written": written.and_then(|it| it.as_ref().ok()).map(|real| real.to_string_lossy()),
            "error": written.and_then(|it| it.as_ref().err()),
            "done": done.collect::<Vec<_>>(),
            "refused": refused.collect::<Vec<_>>(),
        })
    }
}

fn says(finding: &Finding) -> String {
    let says = finding.fix.as_ref().map(|fix| visible(&fix.says).into_owned());
    says.unwrap_or_default()
}
