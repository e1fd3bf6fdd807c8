//! A step that promises something, and makes nothing.

use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::Action;

pub(super) const RULE: Rule = Rule {
    code: "HP108",
    name: "deliverable-not-made",
    level: Level::Warning,
    meaning: "a step that only looks or waits is to deliver something",
    help: "give the deliverable to the step that makes it",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for placed in subject.own_steps().filter(|placed| !placed.step.deliverables.is_empty()) {
        let rests = match &placed.step.action {
            None | Some(Action::Wait(_) | Action::Observe(_)) => true,
            Some(Action::Run(_) | Action::Shell(_) | Action::Manual { .. }) => false,
        };
        // A command that looks may well write a report.
        let runs = placed.step.checks.iter().any(|check| check.claim.name() == "command");
        if rests && !runs {
            let message = format!("`{}` makes nothing", placed.step.id);
            let one = placed.found(&placed.at("deliverables"), message);
            found.push(one.here("who makes this?").also(&placed.place, "only looks or waits"));
        }
    }
}
