//! `schema`, `kinds`, `explain`, `completions`, `man`: what authors look up.

use std::fmt::Write as _;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::output::{print, print_json};
use super::{Exit, Failure};
use crate::audit::{RULES, Rule};
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

/// The pages of all problem codes and rules, as they stand in the documentation.
const PAGES: [&str; 8] = [
    include_str!("../../docs/problems.md"),
    include_str!("../../docs/rules/structure.md"),
    include_str!("../../docs/rules/safety.md"),
    include_str!("../../docs/rules/truth.md"),
    include_str!("../../docs/rules/shell.md"),
    include_str!("../../docs/rules/secrets.md"),
    include_str!("../../docs/rules/people.md"),
    include_str!("../../docs/rules/waivers.md"),
];

pub(super) fn explain(options: &Explain) -> Result<Exit, Failure> {
    let Some(wanted) = &options.code else {
        let line = |(code, means, _): &(&str, &str, &str)| format!("{code}  {means}\n");
        let problems: String = PROBLEMS.iter().map(line).collect();
        let rule = |rule: &&Rule| format!("{}  {:<8} {}\n", rule.code, rule.level, rule.meaning);
        let rules: String = RULES.iter().map(rule).collect();
        print(&format!("{problems}{rules}"))?;
        return Ok(Exit::Good);
    };
    let Some(section) = page(&wanted.to_uppercase()) else {
        return Err(Failure::usage(format!(
            "there is no problem and no rule of the audit with the code `{wanted}`"
        ))
        .help("`holdpoint explain` lists them"));
    };
    print(&format!("{}\n", section.trim_end()))?;
    Ok(Exit::Good)
}

/// The page of a code.
pub(super) fn page(code: &str) -> Option<&'static str> {
    let mut sections = PAGES.iter().flat_map(|page| page.split("\n## "));
    sections.find(|section| section.lines().next() == Some(code))
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
