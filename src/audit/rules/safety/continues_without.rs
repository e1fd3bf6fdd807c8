//! A change that may fail unnoticed, and steps that build on it.

use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::OnFailure;

pub(super) const RULE: Rule = Rule {
    code: "HP217",
    name: "continues-without",
    level: Level::Warning,
    meaning: "the deployment goes on when a change fails, and later steps that need it are skipped",
    help: "leave `on_failure` out, so that a person is asked; or take the step out of their `needs`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for placed in subject.own_steps().filter(|placed| placed.changes()) {
        if placed.step.on_failure != OnFailure::Continue {
            continue;
        }
        let needs = subject.own_steps().find(|later| later.step.needs.contains(&placed.step.id));
        if let Some(later) = needs {
            let message = format!(
                "if `{}` fails, `{}` is skipped, and nobody is asked",
                placed.step.id, later.step.id
            );
            let here = placed.found(&placed.at("on_failure"), message).here("goes on without it");
            found.push(here.also(&later.at("needs"), "needs it"));
        }
    }
}
