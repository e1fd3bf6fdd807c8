//! A change of which nobody knows, after a crash, whether it happened.

use super::acts;
use crate::audit::{Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP207",
    name: "crash-leaves-doubt",
    level: Level::Note,
    meaning: "after a crash nobody knows whether a change happened",
    help: "add a `probe`, which looks whether it happened; or `idempotent = true`, if it may be done \
           twice",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for placed in subject.own_steps().filter(|placed| placed.changes()) {
        let step = placed.step;
        if acts::is_automatic(placed) && !step.idempotent && step.probe.is_none() {
            let message =
                format!("if the machine dies during `{}`, a person has to find out", step.id);
            found.push(placed.found(&placed.action(), message).here("did it happen?"));
        }
    }
}
