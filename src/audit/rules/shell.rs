//! `HP4xx`: what scripts and command lines really do.

use crate::audit::{Call, Placed, Rule, Script, Subject};

mod bashism;
mod interactive;
mod lost_failure;
mod lost_state;
mod needs_shell;
mod never_set;
mod no_effect;
mod no_program;
mod placeholder;
mod refused;
mod sleeps;
mod spliced;
mod too_long;
mod unquoted;

/// The rules of this group, by code.
pub(super) const RULES: &[&Rule] = &[
    &refused::RULE,
    &bashism::RULE,
    &unquoted::RULE,
    &never_set::RULE,
    &lost_state::RULE,
    &no_effect::RULE,
    &lost_failure::RULE,
    &interactive::RULE,
    &needs_shell::RULE,
    &spliced::RULE,
    &placeholder::RULE,
    &sleeps::RULE,
    &no_program::RULE,
    &too_long::RULE,
];

/// What an action or the command of a check calls.
struct Called<'s, 'a> {
    placed: &'s Placed<'a>,
    calls: &'s [Call],
    script: Option<&'s Script>,
}

/// Goes through all actions and all commands of checks.
fn each(subject: &Subject<'_>, mut look: impl FnMut(Called<'_, '_>)) {
    for placed in &subject.steps {
        if !placed.calls.is_empty() || placed.script.is_some() {
            look(Called { placed, calls: &placed.calls, script: placed.script.as_ref() });
        }
        for check in placed.checks().iter().filter(|check| !check.calls.is_empty()) {
            look(Called { placed, calls: &check.calls, script: check.script.as_ref() });
        }
    }
}

/// Goes through all scripts.
fn each_script(subject: &Subject<'_>, mut look: impl FnMut(&Placed<'_>, &Script, &[Call])) {
    each(subject, |called| {
        if let Some(script) = called.script {
            look(called.placed, script, called.calls);
        }
    });
}
