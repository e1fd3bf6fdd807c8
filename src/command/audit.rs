//! `audit`: what is wrong with runbooks, before anybody relies on them.

use std::io::{IsTerminal as _, Write as _, stderr, stdout};
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use super::output::print;
use super::{Exit, Failure, reference};
use crate::audit::Level;
use crate::cli::{Audit, AuditFormat};
use crate::host::folder;
use crate::host::style::Look;
use crate::host::tree::{Tree, tree};
use crate::report::{
    AuditEnd, Line, Notice, SarifRun, Tally, audit_end_json, counted, safe_json, sarif_uri,
};
use crate::text::visible;

mod fix;
pub(super) mod live;
mod many;
mod one;
mod settings;

use fix::Fixed;
use one::{Outcome, Told, Way, one};

/// Names of files that are passed over; the rest is counted.
const NAMED: usize = 5;
/// Columns of the text.
const WIDTH: usize = 100;

pub(super) fn run(options: &Audit) -> Result<Exit, Failure> {
    if !options.vars.values.is_empty() {
        return Err(Failure::usage("--var tells a value to --live, and is read by nothing else"));
    }
    run_with(options, None)
}

/// With what was found beside, for programs.
fn run_with(options: &Audit, live: Option<Json>) -> Result<Exit, Failure> {
    let (settings, deny) = settings::settings(options)?;
    let here = folder::here().map_err(|error| Failure::file("find", Path::new("."), &error))?;
    let way = Way { options, settings: &settings, look: look(), folder: here };
    let tree = tree(&options.paths);
    let mut end = End { live, ..End::default() };
    many::in_order(&tree.files, |file| one(file, &way), |outcome| end.take(outcome, &way))?;
    end.close(tree);
    end.tell(&way, deny)?;
    Ok(end.exit(deny))
}

fn look() -> Look {
    Look { width: WIDTH, colour: stdout().is_terminal() && console::colors_enabled() }
}

/// What came of all files.
#[derive(Default)]
struct End {
    tally: Tally,
    audited: Vec<PathBuf>,
    passed_over: Vec<(PathBuf, &'static str)>,
    not_audited: Vec<(PathBuf, String)>,
    told: Vec<Json>,
    fixes: Vec<Json>,
    /// What the world says.
    live: Option<Json>,
    /// Whether something could not be written.
    unwritten: bool,
}

impl End {
    /// Text is printed at once; for programs there is one value in the end.
    fn take(&mut self, outcome: Outcome, way: &Way<'_>) -> Result<(), Failure> {
        match outcome {
            Outcome::PassedOver { path, why } => self.passed_over.push((path, why)),
            Outcome::NotAudited { path, why } => self.not_audited.push((path, why)),
            Outcome::Audited { path, tally, told, fixed } => {
                self.audited.push(path);
                self.tally.add(*tally);
                if let Some(fixed) = fixed {
                    self.fixed(&fixed, way)?;
                }
                match told {
                    Told::Text(text) => print(&text)?,
                    Told::Json(value) => self.told.push(value),
                    Told::Sarif(results) => self.told.extend(results),
                }
            }
        }
        Ok(())
    }

    fn fixed(&mut self, fixed: &Fixed, way: &Way<'_>) -> Result<(), Failure> {
        self.unwritten |= matches!(fixed.written, Some(Err(_)));
        match way.options.format {
            AuditFormat::Text => print(&format!("{}\n", shown(&fixed.lines(), way.look))),
            AuditFormat::Json | AuditFormat::Sarif => {
                self.fixes.push(fixed.json());
                Ok(())
            }
        }
    }

    /// What the folders have to say when all files are done.
    fn close(&mut self, tree: Tree) {
        for folder in tree.folders {
            let is_in = |path: &PathBuf| folder == Path::new(".") || path.starts_with(&folder);
            let refused = self.not_audited.iter().map(|(path, _)| path);
            let mut known = self.audited.iter().chain(refused).chain(tree.refused.keys());
            if !known.any(is_in) {
                self.not_audited.push((folder, "there is no runbook in it".to_owned()));
            }
        }
        self.not_audited.extend(tree.refused);
        self.not_audited.sort();
    }

    fn tell(&mut self, way: &Way<'_>, deny: Level) -> Result<(), Failure> {
        match way.options.format {
            AuditFormat::Text => {
                if self.tally.files > 0 {
                    print(&shown(&self.tally.lines(), way.look))?;
                }
                self.tell_beside();
            }
            AuditFormat::Json => print(&safe_json(&self.json(deny)))?,
            AuditFormat::Sarif => print(&safe_json(&self.sarif(way)))?,
        }
        Ok(())
    }

    /// What was not audited, on standard error: it is no result.
    fn tell_beside(&self) {
        let mut out = stderr().lock();
        let mut tell = |text: String| {
            // Where standard error is gone there is nobody to tell.
            let _ = writeln!(out, "{}", visible(&text));
        };
        if !self.passed_over.is_empty() {
            let count = self.passed_over.len();
            let names: Vec<String> = self
                .passed_over
                .iter()
                .take(NAMED)
                .map(|(path, why)| match *why {
                    "no runbook" => path.display().to_string(),
                    why => format!("{} ({why})", path.display()),
                })
                .collect();
            let more = count.saturating_sub(NAMED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let files = counted(count, "file");
            tell(format!(
                "passed over {files} that no runbook begins in: {}{more}",
                names.join(", ")
            ));
        }
        for (path, why) in &self.not_audited {
            tell(format!("error: cannot audit `{}`: {why}", path.display()));
        }
    }

    fn json(&self, deny: Level) -> Json {
        let passed_over = self.passed_over.iter().map(|(path, why)| (lossy(path), why.to_string()));
        let not_audited = self.not_audited.iter().map(|(path, why)| (lossy(path), why.clone()));
        let mut end = audit_end_json(&AuditEnd {
            tally: &self.tally,
            deny,
            runbooks: &self.told,
            passed_over: &passed_over.collect::<Vec<_>>(),
            not_audited: &not_audited.collect::<Vec<_>>(),
            fixes: &self.fixes,
        });
        if let Some(live) = &self.live {
            end["live"] = live.clone();
        }
        end
    }

    fn sarif(&mut self, way: &Way<'_>) -> Json {
        let notice = |level, path: &Path, text: String| Notice {
            level,
            uri: sarif_uri(path, &way.folder),
            text,
        };
        let refused = self
            .not_audited
            .iter()
            .map(|(path, why)| notice("error", path, format!("it could not be audited: {why}")));
        let passed = self
            .passed_over
            .iter()
            .map(|(path, why)| notice("note", path, format!("it was passed over: {why}")));
        let run = SarifRun {
            results: std::mem::take(&mut self.told),
            codes: self.tally.codes(),
            notices: refused.chain(passed).collect(),
            page: &|code| reference::page(code).map(str::to_owned),
        };
        run.log()
    }

    fn exit(&self, deny: Level) -> Exit {
        if self.tally.at_or_above(deny) > 0 {
            Exit::Findings
        } else if !self.not_audited.is_empty() {
            Exit::Usage
        } else if self.unwritten {
            Exit::Machine
        } else {
            Exit::Good
        }
    }
}

fn lossy(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn shown(lines: &[Line], look: Look) -> String {
    lines.iter().map(|line| format!("{}\n", look.text(line))).collect()
}
