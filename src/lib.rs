//! holdpoint takes an engineer through a risky deployment, phase by phase.

pub mod value;
pub mod text;
pub mod check;
pub mod runbook;
pub mod session;
pub mod report;
pub mod journal;
pub mod engine;
pub mod host;
pub mod cli;
