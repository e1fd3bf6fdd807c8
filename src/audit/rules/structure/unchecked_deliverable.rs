//! A file that is promised, and that nobody looks at.

use super::files;
use crate::audit::{Found, Level, Part, Placed, Rule, Subject};
use crate::runbook::Action;

pub(super) const RULE: Rule = Rule {
    code: "HP107",
    name: "deliverable-unchecked",
    level: Level::Warning,
    meaning: "nothing looks at a file that a step is to deliver",
    help: "look at it: `check.file = { path = \"…\", newer_than = \"1h\" }`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for (at, placed) in subject.steps.iter().enumerate() {
        if !matches!(placed.part, Part::Phase(_)) {
            continue;
        }
        for (number, deliverable) in placed.step.deliverables.iter().enumerate() {
            let looked = |file: &&str| {
                let mut later = subject.steps[at + 1..].iter();
                is_checked(placed, file) || later.any(|later| is_needed(later, file))
            };
            let Some(file) = files::named(deliverable).into_iter().find(|file| !looked(file))
            else {
                continue;
            };
            let place = placed.table.item("deliverables", number).unwrap_or_default();
            let message = format!("nobody looks whether `{}` made {file}", placed.step.id);
            found.push(placed.found(&place, message).here("no check and no later step names it"));
        }
    }
}

fn is_checked(placed: &Placed<'_>, file: &str) -> bool {
    let checks = placed.checks();
    let mut texts = checks.iter().flat_map(|check| check.table.texts());
    texts.any(|(_, text)| files::speaks_of(text, file))
}

/// Whether a later step looks at it, or would fail without it.
fn is_needed(placed: &Placed<'_>, file: &str) -> bool {
    let acts = match &placed.step.action {
        Some(Action::Shell(script)) => files::speaks_of(script, file),
        Some(Action::Run(_)) => {
            placed.table.items("run").iter().any(|(word, _)| files::speaks_of(word, file))
        }
        Some(Action::Manual { .. } | Action::Wait(_) | Action::Observe(_)) | None => false,
    };
    acts || is_checked(placed, file)
}
