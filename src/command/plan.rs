//! `plan`: what a runbook would do, before it is run; what changed since an earlier version; and
//! what its checks need.

use std::io::{Write as _, stderr};
use std::path::Path;

use console::Term;
use serde::Serialize;

use super::output::{print, print_json};
use super::{Exit, Failure, fresh};
use crate::cli::{Plan as Options, PlanFormat};
use crate::host::style::Look;
use crate::plan::{Plan, diff};
use crate::report::{Line, changed, changed_markdown, planned, planned_markdown, policy};
use crate::runbook::Runbook;
use crate::text::visible;

pub(super) fn run(options: &Options) -> Result<Exit, Failure> {
    let book = fresh::runbook(&options.runbook)?;
    match &options.diff {
        Some(old) => show_changes(old, &book, options.format)?,
        None if options.iam_policy => show_policy(&book, options)?,
        None => show_plan(&book, options)?,
    }
    Ok(Exit::Good)
}

fn show_plan(book: &Runbook, options: &Options) -> Result<(), Failure> {
    let (values, open) = fresh::known_values(book, &options.vars)?;
    let plan = Plan::of(book, &values, &open);
    match options.format {
        PlanFormat::Text => print(&drawn(&planned(&plan))),
        PlanFormat::Markdown => print(&planned_markdown(&plan)),
        PlanFormat::Json => print_serialized(&plan),
    }
}

fn show_changes(old: &Path, new: &Runbook, format: PlanFormat) -> Result<(), Failure> {
    let diff = diff(&fresh::runbook(old)?, new);
    match format {
        PlanFormat::Text => print(&drawn(&changed(&diff))),
        PlanFormat::Markdown => print(&changed_markdown(&diff)),
        PlanFormat::Json => print_serialized(&diff),
    }
}

fn print_serialized(value: &impl Serialize) -> Result<(), Failure> {
    print_json(&serde_json::to_value(value).expect("a plan is plain data"))
}

fn drawn(lines: &[Line]) -> String {
    let look = Look::of_result(&Term::stdout());
    lines.iter().map(|line| look.text(line) + "\n").collect()
}

fn show_policy(book: &Runbook, options: &Options) -> Result<(), Failure> {
    let (values, open) = fresh::told_values(book, &options.vars)?;
    let Some(policy) = policy(book, &values) else {
        let path = options.runbook.display();
        return Err(Failure::usage(format!("`{path}` has no `[aws]`: it needs no policy")));
    };
    print_json(&policy.document)?;
    let mut notes = policy.notes;
    if !open.is_empty() {
        let names = open.join(", ");
        notes.push(format!(
            "`*` stands where {names} would: --var NAME=VALUE makes the policy narrower"
        ));
    }
    let mut out = stderr().lock();
    for note in notes {
        // Where standard error is gone there is nobody to tell.
        let _ = writeln!(out, "note: {}", visible(&note));
    }
    Ok(())
}
