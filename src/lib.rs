//! holdpoint takes an engineer through a risky deployment, phase by phase.
//!
//! In reading order: [`value`] and [`text`] are the small things; a [`check`] says what is claimed
//! about the world; a [`runbook`] is eight phases of steps with checks; an [`audit`]
//! finds what is wrong with one, a [`plan`] tells what it would do; a [`session`] is the fold
//! over what happened and decides what comes next; [`report`] puts it into words; the [`journal`]
//! keeps it; a [`tape`] is what a rehearsal has its answers from; the [`engine`] is the loop
//! between all of these and the world; [`host`] is the world; [`command`] has the verbs and
//! [`cli`] their spelling. `ARCHITECTURE.md` has the reasons.

pub mod value;

pub mod text;

pub mod check;

pub mod runbook;

pub mod audit;

pub mod plan;

pub mod session;

pub mod report;

pub mod journal;

pub mod tape;

pub mod engine;

pub mod host;

pub mod command;

pub mod cli;
