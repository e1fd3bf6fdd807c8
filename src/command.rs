//! THE TABLE of verbs: one verb, one file. Opens what a verb needs, runs it, names its exit code.

use std::process::ExitCode;

use crate::cli::{Cli, Verb};
use crate::session::{Close, Condition, RollbackVerdict};

mod audit;
mod course;
mod dry_run;
mod failure;
mod fresh;
mod identity;
mod masked;
mod note;
mod output;
mod plan;
mod reference;
mod rehearsal;
mod resume;
mod rollback;
mod run;
mod sitting;
mod status;
mod verify;

pub use failure::Failure;

/// How the program ends. The numbers are part of its interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Good.
    Good = 0,
    /// The machine failed us, or another process holds the target.
    Machine = 1,
    /// Bad usage, or a runbook with problems.
    Usage = 2,
    /// Findings, or the deployment failed.
    Findings = 3,
    /// A person must decide.
    Held = 4,
    /// Ended by a person.
    Ended = 5,
    /// A journal is damaged.
    Damaged = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl From<Condition> for Exit {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition::Closed(Close::Finished) => Self::Good,
            Condition::Closed(Close::Aborted | Close::RolledBack(RollbackVerdict::Verified)) => {
                Self::Ended
            }
            Condition::Closed(
                Close::Failed
                | Close::RolledBack(RollbackVerdict::NotVerified | RollbackVerdict::Failed),
            ) => Self::Findings,
            Condition::Held(_) | Condition::Running => Self::Held,
        }
    }
}

/// Runs a verb to its end and tells what went wrong, if anything did.
#[must_use]
pub fn run(cli: Cli) -> Exit {
    let logged = crate::host::log::start(cli.log_file.as_deref(), cli.log_format);
    let result = logged.map_err(Failure::from).and_then(|()| match cli.verb {
        Verb::Run(options) => run::run(&options),
        Verb::Resume(options) => resume::run(&options),
        Verb::Rollback(options) => rollback::run(&options),
        Verb::Plan(options) => plan::run(&options),
        Verb::Audit(options) if options.live => audit::live::run(&options),
        Verb::Audit(options) => audit::run(&options),
        Verb::Status(options) => status::run(&options),
        Verb::Note(options) => note::run(&options),
        Verb::Verify(options) => verify::run(&options),
        Verb::Schema => reference::schema(),
        Verb::Kinds => reference::kinds(),
        Verb::Explain(options) => reference::explain(&options),
        Verb::Completions { shell } => reference::completions(shell),
        Verb::Man => reference::man(),
    });
    result.unwrap_or_else(|failure| failure.tell())
}
