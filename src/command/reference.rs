//! `schema`, `kinds`, `explain`, `completions`, `man`: what authors look up.

use std::fmt::Write as _;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::output::{print, print_json};
use super::{Exit, Failure};
use crate::check::KINDS;
use crate::cli::{Cli, Explain};
use crate::runbook::{PROBLEMS, schema as runbook_schema};

pub(super) fn schema() -> Result<Exit, Failure> {
    print_json(&runbook_schema())?;
    Ok(Exit::Good)
}

pub(super) fn kinds() -> Result<Exit, Failure> {
    let mut out = String::new();
    for (name, says) in KINDS {
        let _ = writeln!(out, "{name:<13} {says}");
    }
    print(&out)?;
    Ok(Exit::Good)
}

/// The page of all problem codes, as it stands in the documentation.
const PAGE: &str = include_str!("../../docs/problems.md");

pub(super) fn explain(options: &Explain) -> Result<Exit, Failure> {
    let Some(wanted) = &options.code else {
        let line = |(code, means, _): &(&str, &str, &str)| format!("{code}  {means}\n");
        print(&PROBLEMS.iter().map(line).collect::<String>())?;
        return Ok(Exit::Good);
    };
    let code = wanted.to_uppercase();
    let section = PAGE.split("\n## ").find(|section| section.lines().next() == Some(&code));
    let Some(section) = section else {
        return Err(Failure::usage(format!("there is no problem code `{wanted}`"))
            .help("`holdpoint explain` lists them"));
    };
    print(&format!("{}\n", section.trim_end()))?;
    Ok(Exit::Good)
}

pub(super) fn completions(shell: Shell) -> Result<Exit, Failure> {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "holdpoint", &mut out);
    print(&String::from_utf8_lossy(&out))?;
    Ok(Exit::Good)
}

pub(super) fn man() -> Result<Exit, Failure> {
    let mut out = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut out)?;
    print(&String::from_utf8_lossy(&out))?;
    Ok(Exit::Good)
}
