//! The binary: parse, run, exit.

use std::process::ExitCode;

use clap::Parser as _;
use holdpoint::cli::Cli;

fn main() -> ExitCode {
    holdpoint::command::run(Cli::parse()).into()
}
