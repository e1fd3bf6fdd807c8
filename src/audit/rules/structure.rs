//! `HP1xx`: what proves what, what needs what, what adds up.

use crate::audit::Rule;

mod alike;
mod attested;
mod claims;
mod either_or;
mod estimates;
mod files;
mod left_to_do;
mod lost_reference;
mod made_by_nothing;
mod misnumbered;
mod never_decided;
mod no_matter;
mod nothing_new;
mod only_said;
mod only_said_needed;
mod over_timeout;
mod prerequisite_is_step;
mod rollback_to_nothing;
mod same_command;
mod skips_staging;
mod unchecked_deliverable;
mod undefined_word;
mod unused_variable;
mod used_before_made;
mod watched_early;

/// The rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[
    &attested::RULE,
    &only_said::RULE,
    &no_matter::RULE,
    &alike::RULE,
    &estimates::RULE,
    &over_timeout::RULE,
    &unchecked_deliverable::RULE,
    &made_by_nothing::RULE,
    &used_before_made::RULE,
    &unused_variable::RULE,
    &same_command::RULE,
    &prerequisite_is_step::RULE,
    &nothing_new::RULE,
    &either_or::RULE,
    &never_decided::RULE,
    &lost_reference::RULE,
    &undefined_word::RULE,
    &skips_staging::RULE,
    &watched_early::RULE,
    &left_to_do::RULE,
    &misnumbered::RULE,
    &rollback_to_nothing::RULE,
    &only_said_needed::RULE,
];
