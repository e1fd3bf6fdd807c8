//! `HP3xx`: whether a check shows what it is there to show.

use crate::audit::Rule;

mod alike;
mod bad_status;
mod cannot_fail;
mod changes;
mod finds_itself;
mod forgiven;
mod gives_up_early;
mod http_errors;
mod little;
mod local;
mod looks;
mod no_data;
mod passed_before;
mod pipes;
mod unwatched;
mod version_unseen;
mod waits_itself;

/// The rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[
    &http_errors::RULE,
    &pipes::RULE,
    &cannot_fail::RULE,
    &forgiven::RULE,
    &finds_itself::RULE,
    &version_unseen::RULE,
    &changes::RULE,
    &waits_itself::RULE,
    &gives_up_early::RULE,
    &unwatched::RULE,
    &passed_before::RULE,
    &passed_before::PROBE,
    &local::RULE,
    &alike::RULE,
    &little::RULE,
    &no_data::RULE,
    &bad_status::RULE,
];
