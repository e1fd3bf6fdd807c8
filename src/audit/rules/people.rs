//! `HP6xx`: what the people of a deployment need to know.

use crate::audit::Rule;

mod approval;
mod escalation;
mod no_contact;
mod no_estimate;
mod no_owner;
mod placeholder;
mod undeclared_role;

/// The rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[
    &no_owner::RULE,
    &no_contact::RULE,
    &escalation::RULE,
    &placeholder::RULE,
    &no_estimate::RULE,
    &undeclared_role::RULE,
    &approval::RULE,
];
