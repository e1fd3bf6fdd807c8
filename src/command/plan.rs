//! `plan`: what a runbook needs before it is run.

use std::io::{Write as _, stderr};

use super::output::print_json;
use super::{Exit, Failure, fresh};
use crate::cli::Plan;
use crate::report::policy;
use crate::text::visible;

pub(super) fn run(options: &Plan) -> Result<Exit, Failure> {
    let book = fresh::runbook(&options.runbook)?;
    let (values, open) = fresh::told_values(&book, &options.vars)?;
    let Some(policy) = policy(&book, &values) else {
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
    Ok(Exit::Good)
}
