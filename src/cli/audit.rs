//! What `audit` can be asked.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::audit::Level;
use crate::value::Span;

/// Options of `audit`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
#[command(after_help = "\
Examples:
  holdpoint audit runbooks/quickstart.toml
  holdpoint audit runbooks --deny warning
  holdpoint audit runbooks --fix --diff
  holdpoint audit . --format sarif > holdpoint.sarif
  holdpoint audit deploy.toml --format json --config ci/holdpoint.toml
  holdpoint audit --live deploy.toml --var version=2.4.1
  holdpoint audit --live deploy.toml --var version=2.4.1 --no-input --for 3h --format json

A folder is searched for runbooks, and its other TOML files are passed over. Levels of single rules
stand in `[audit]` of a runbook, or of `holdpoint.toml`: the nearest one from here upwards.

With --live exit code 3 means, too, that something would stop the deployment.

Exit codes:
  0 nothing at or above --deny · 1 the machine failed us · 3 findings at or above --deny
  2 bad usage, or there are none but something could not be audited")]
pub struct Audit {
    /// Runbooks (TOML), and folders with runbooks
    #[arg(required = true)]
    pub paths: Vec<PathBuf>,
    /// Findings of this level and above end with exit code 3 [default: as in holdpoint.toml, or
    /// error]
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub deny: Option<Deny>,
    /// The settings [default: the nearest holdpoint.toml from here upwards]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = AuditFormat::Text)]
    pub format: AuditFormat,
    /// Show the findings that somebody answers for, too
    #[arg(long)]
    pub show_waived: bool,
    /// Mend what a machine can mend safely; nothing else in the files changes
    #[arg(long)]
    pub fix: bool,
    /// With --fix: show what would change, and change nothing
    #[arg(long, requires = "fix")]
    pub diff: bool,
    /// Ask the world now, too: could the deployment of this one runbook go through? Changes nothing
    #[arg(long, conflicts_with_all = ["fix", "diff"])]
    pub live: bool,
    /// Values of variables, for --live.
    #[command(flatten)]
    pub vars: super::Vars,
    /// With --live: never ask for the value of a variable
    #[arg(long, requires = "live")]
    pub no_input: bool,
    /// With --live: how long the deployment will take [default: what its estimates add up to]
    #[arg(long = "for", value_name = "DURATION", requires = "live")]
    pub lasts: Option<Span>,
}

/// How the audit prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AuditFormat {
    /// For people
    Text,
    /// For programs; the shape is stable
    Json,
    /// For code scanning: SARIF 2.1.0
    Sarif,
}

/// From which level on findings end with exit code 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    /// Every finding
    Note,
    /// Warnings and errors
    Warning,
    /// Errors alone
    Error,
}

impl From<Deny> for Level {
    fn from(deny: Deny) -> Self {
        match deny {
            Deny::Note => Self::Note,
            Deny::Warning => Self::Warning,
            Deny::Error => Self::Error,
        }
    }
}
