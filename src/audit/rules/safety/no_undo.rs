//! A change that nothing takes back, without a word about it.

use crate::audit::{Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP201",
    name: "change-without-undo",
    level: Level::Warning,
    meaning: "a change has no undo, and nobody says why",
    help: "add an `undo`; or say why there is none: `irreversible = \"why\"`; or, if a rollback \
           would not have to bring anything back, `changes = false`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for placed in subject.own_steps().filter(|placed| placed.changes()) {
        let step = placed.step;
        if step.undo.is_none() && step.irreversible.is_none() {
            let message = format!("nothing takes back what `{}` does", step.id);
            found.push(placed.found(&placed.action(), message).here("changes something"));
        }
    }
}
