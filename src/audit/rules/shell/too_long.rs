//! Scripts that have outgrown a runbook.

use crate::audit::{Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP414",
    name: "script-too-long",
    level: Level::Note,
    meaning: "a script is too long to be read at night",
    help: "put it into a file of its own, where it can be tested, and call that; or make steps of it",
    look,
};

/// Lines that a person still reads.
const MOST: usize = 60;

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for placed in &subject.steps {
        let Some(script) = &placed.script else { continue };
        let lines = script.text.lines().filter(|line| !line.trim().is_empty()).count();
        if lines > MOST {
            let message = format!("the script of `{}` has {lines} lines", placed.step.id);
            found.push(placed.found(&placed.action(), message));
        }
    }
}
