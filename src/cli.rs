//! The command line: what can be typed, with its help. Nothing is done here.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

mod audit;

pub use audit::{Audit, AuditFormat, Deny};

const AFTER_HELP: &str = "\
Exit codes:
  0    good
  1    the machine failed us (I/O, network), or another process holds the target
  2    bad usage, or a runbook with problems
  3    findings, or the deployment failed, or was rolled back and that is not verified
  4    held: a person must decide; `holdpoint resume` goes on
  5    ended by a person: aborted, or rolled back and verified
  6    a journal is damaged
  101  a bug in holdpoint

Examples:
  holdpoint run runbooks/quickstart.toml
  holdpoint run runbooks/quickstart.toml --var version=1.2.0 --dry-run
  holdpoint resume
  holdpoint status
  holdpoint note journals/2026-03-14-local-greeter.md 'Traffic is back to normal'";

/// Deploy phase by phase: checks verify, people release, a markdown journal records.
#[derive(Debug, Parser)]
#[command(name = "holdpoint", version, about, after_help = AFTER_HELP, max_term_width = 100)]
#[command(propagate_version = true, arg_required_else_help = true)]
pub struct Cli {
    /// Write logs to this file; without it they go to standard error, if that is no terminal
    #[arg(long, global = true, env = "HOLDPOINT_LOG", value_name = "FILE")]
    pub log_file: Option<PathBuf>,
    /// How logs are written; what is logged is set by `RUST_LOG`
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text, value_name = "FORMAT")]
    pub log_format: LogFormat,
    /// What to do
    #[command(subcommand)]
    pub verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Start a session: go through the eight phases of a runbook
    Run(Run),
    /// Go on with a session after a hold or a crash
    Resume(Resume),
    /// Take a deployment back: what ran is undone, newest first, and the result is verified
    Rollback(Rollback),
    /// Find what is wrong with runbooks before anybody relies on them
    Audit(Audit),
    /// Show what a runbook would do, phase by phase, or what changed since an earlier version
    Plan(Plan),
    /// List the sessions: running, held, crashed, ended
    Status(Status),
    /// Add an entry to a journal
    Note(Note),
    /// Check that journals are whole: seals, order, legality, verdicts
    Verify(Verify),
    /// Print the JSON Schema of runbooks, for editors
    #[command(after_help = "\
Examples:
  holdpoint schema > runbook.schema.json

Exit codes:
  0 good · 1 it could not be printed")]
    Schema,
    /// List the kinds of checks
    #[command(after_help = "\
Examples:
  holdpoint kinds

Exit codes:
  0 good · 1 it could not be printed")]
    Kinds,
    /// Explain a problem code
    Explain(Explain),
    /// Print shell completions
    #[command(after_help = "\
Examples:
  holdpoint completions bash > ~/.local/share/bash-completion/completions/holdpoint

Exit codes:
  0 good · 1 it could not be printed · 2 bad usage")]
    Completions {
        /// For which shell
        shell: Shell,
    },
    /// Print the manual page
    #[command(after_help = "\
Examples:
  holdpoint man > ~/.local/share/man/man1/holdpoint.1

Exit codes:
  0 good · 1 it could not be printed")]
    Man,
}

/// Options of `run`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  holdpoint run runbooks/quickstart.toml
  holdpoint run deploy.toml --var version=2.4.1 --journal journals/orders.md
  holdpoint run deploy.toml --dry-run --no-input
  holdpoint run deploy.toml --record deploy.recording
  holdpoint run deploy.toml --rehearse deploy.recording

Exit codes:
  0 finished · 1 the machine failed us · 2 bad usage or runbook · 3 failed, or rolled back and not
  verified · 4 held: resume goes on · 5 aborted, or rolled back and verified")]
pub struct Run {
    /// The runbook (TOML)
    pub runbook: PathBuf,
    /// Values of variables.
    #[command(flatten)]
    pub vars: Vars,
    /// Where to write the journal [default: journals/DATE-ENVIRONMENT-COMPONENT.md]
    #[arg(long, value_name = "PATH")]
    pub journal: Option<PathBuf>,
    /// Ask and show everything, run read-only checks, change nothing, write no journal
    #[arg(long, conflicts_with_all = ["journal", "new", "record"])]
    pub dry_run: bool,
    /// Keep every answer of the world and every action's end in a new file, secrets left out, to
    /// rehearse with
    #[arg(long, value_name = "FILE", conflicts_with = "rehearse")]
    pub record: Option<PathBuf>,
    /// Rehearse: have every answer from this recording; start nothing, ask nothing of the world
    #[arg(long, value_name = "FILE", conflicts_with = "new")]
    pub rehearse: Option<PathBuf>,
    /// Start even though an earlier session for this target was never ended
    #[arg(long)]
    pub new: bool,
    /// How it is driven.
    #[command(flatten)]
    pub pace: Pace,
}

/// Options of `resume`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  holdpoint resume
  holdpoint resume journals/2026-03-14-local-greeter.md
  holdpoint resume --recorded
  holdpoint resume journals/2026-03-14-local-greeter.md --record greeter.recording

Exit codes:
  0 finished · 1 the machine failed us · 2 bad usage or runbook · 3 failed, or rolled back and not
  verified · 4 held: resume goes on · 5 aborted, or rolled back and verified
  6 the journal is damaged")]
pub struct Resume {
    /// The journal [default: the only one in journals/ that can go on]
    pub journal: Option<PathBuf>,
    /// Values of variables.
    #[command(flatten)]
    pub vars: Vars,
    /// Follow the runbook as the journal recorded it, even if the file has changed
    #[arg(long)]
    pub recorded: bool,
    /// Go on with this recording of the session
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// How it is driven.
    #[command(flatten)]
    pub pace: Pace,
}

/// Options of `rollback`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  holdpoint rollback journals/2026-03-14-local-greeter.md
  holdpoint rollback journals/2026-03-14-local-greeter.md --no-input

The plan is shown and a person decides; without a terminal it is recorded, and waits. The runbook is
followed as the journal recorded it. A session that had ended can be rolled back too.

Exit codes:
  0 it was not rolled back, and ended as it had · 1 the machine failed us · 2 bad usage
  3 rolled back but not verified, or broken off · 4 held: resume goes on
  5 rolled back and verified · 6 the journal is damaged")]
pub struct Rollback {
    /// The journal
    pub journal: PathBuf,
    /// Values of variables.
    #[command(flatten)]
    pub vars: Vars,
    /// Go on with this recording of the session
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// How it is driven.
    #[command(flatten)]
    pub pace: Pace,
}

/// How values are told. They are read where they are used: a message of the command line's own
/// parser would show the value, which may be a secret.
#[derive(Debug, Args)]
pub struct Vars {
    /// The value of a variable; may be given several times. Other users of this machine can see
    /// it: give secrets through the environment
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub values: Vec<String>,
}

/// How a session is driven.
#[derive(Debug, Args)]
pub struct Pace {
    /// Never ask: stop at the first question (exit code 4)
    #[arg(long)]
    pub no_input: bool,
    /// How many checks may be asked at once
    #[arg(long, default_value_t = 32, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: u16,
}

/// Options of `plan`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  holdpoint plan deploy.toml --var version=2.4.1
  holdpoint plan deploy.toml --format markdown > ticket.md
  holdpoint plan deploy.toml --diff deployed.toml
  holdpoint plan deploy.toml --iam-policy --var version=2.4.1 > policy.json

Nothing is asked, of AWS or of you, and nothing is run. Values come from --var, from the runbook,
and from the environment where they are set there; what has no value yet stands as {{name}}. A
secret is never shown.

--diff tells what changed in meaning since OLD, and not in text: first what makes the deployment
riskier, or of which nobody can tell. Differences are no failure: it ends with 0 all the same.

--iam-policy allows what the checks look at, and nothing that changes anything: where a variable has
no value yet, a resource's name has `*` in its place.

Exit codes:
  0 good · 1 it could not be printed · 2 bad usage or runbook, or one that asks AWS nothing")]
pub struct Plan {
    /// The runbook (TOML)
    pub runbook: PathBuf,
    /// How to print
    #[arg(long, value_enum, default_value_t = PlanFormat::Text)]
    pub format: PlanFormat,
    /// Tell what changed in meaning since this earlier version of the runbook
    #[arg(long, value_name = "OLD", conflicts_with_all = ["iam_policy", "values"])]
    pub diff: Option<PathBuf>,
    /// Print the least IAM policy for its checks, as JSON
    #[arg(long, conflicts_with = "format")]
    pub iam_policy: bool,
    /// Values of variables.
    #[command(flatten)]
    pub vars: Vars,
}

/// How a plan is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlanFormat {
    /// For people, on a terminal
    Text,
    /// For a change ticket
    Markdown,
    /// For programs; the shape is stable
    Json,
}

/// Options of `status`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  holdpoint status
  holdpoint status journals ../other/journals
  holdpoint status --format json

Exit codes:
  0 good · 1 one cannot be read · 2 bad usage · 6 one is damaged")]
pub struct Status {
    /// Folders with journals, or journals
    #[arg(default_value = "journals")]
    pub paths: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// Options of `note`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  holdpoint note journals/2026-03-14-local-greeter.md 'Traffic is back to normal'
  holdpoint note journals/2026-03-14-local-greeter.md --learning 'Warm the cache first'

Exit codes:
  0 written · 1 the machine failed us, or a session holds the journal · 2 bad usage
  6 the journal is damaged")]
pub struct Note {
    /// The journal
    pub journal: PathBuf,
    /// What to write down
    pub text: String,
    /// It belongs to the Key Learnings
    #[arg(long)]
    pub learning: bool,
}

/// Options of `verify`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  holdpoint verify journals/2026-03-14-local-greeter.md
  holdpoint verify journals/2026-03-14-local-greeter.md --format json

Exit codes:
  0 whole · 2 one cannot be read · 3 a reading does not lead to its verdict · 6 one is damaged")]
pub struct Verify {
    /// The journals
    #[arg(required = true)]
    pub journals: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// Options of `explain`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  holdpoint explain
  holdpoint explain HP010

Exit codes:
  0 good · 2 there is no such code")]
pub struct Explain {
    /// The code, like HP001; without it all are listed
    pub code: Option<String>,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs; the shape is stable
    Json,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}
