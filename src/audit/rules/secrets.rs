//! `HP5xx`: what a runbook gives away, and what it fixes to one place.

use crate::audit::Rule;

mod command_line;
mod hosts;
mod latest;
mod leaks;
mod literal;
mod personal;
mod unmarked;
mod written;
mod written_out;

pub(in crate::audit) use leaks::{leaks, without};
pub(in crate::audit) use unmarked::values;

/// The rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[
    &literal::RULE,
    &unmarked::RULE,
    &command_line::RULE,
    &command_line::IN_URL,
    &personal::RULE,
    &written_out::RULE,
    &hosts::ACCOUNT,
    &hosts::PLAIN,
    &latest::RULE,
    &hosts::PRIVATE,
];
