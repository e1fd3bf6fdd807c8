//! The one integration test binary. Each module is a suite, or what suites share.
#![expect(clippy::disallowed_methods, reason = "tests touch the world")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![expect(clippy::pedantic, reason = "a test is read beside what it tests, and says it shortly")]
#![expect(clippy::print_stderr, reason = "what was tried is told beside the failure")]

mod asking;
mod audit;
mod audit_files;
mod aws;
mod aws_kit;
mod aws_walk;
mod bad_input;
mod checks;
mod cli;
mod disk;
mod drill;
mod engine;
mod faults;
mod forge;
mod freshness;
mod gates;
mod golden;
mod greeter_kit;
mod hostile;
mod identity;
mod journal;
mod kills;
mod live;
mod locks;
mod next_table;
mod plan;
mod policy;
mod process;
mod quickstart;
mod rehearse;
mod rollbacks;
mod runbook;
mod scene;
mod secrets;
mod secrets_whole;
mod session_table;
mod simulate;
mod sitting_kit;
mod starts;
mod terminal;
mod terminal_kit;
mod tidy;
mod together_table;
mod told;
mod waivers;
mod windows;
mod world;
