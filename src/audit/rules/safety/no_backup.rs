//! A command that destroys, with nothing to go back to.

use super::acts;
use crate::audit::{Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP208",
    name: "destroys-without-backup",
    level: Level::Warning,
    meaning: "a command destroys something, and no earlier step makes or looks for a backup",
    help: "make a backup in a step before, with a check that it is complete; or say why none is \
           needed: `irreversible = \"why\"`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for (at, placed) in subject.steps.iter().enumerate() {
        let Some(call) = acts::takes_away(placed) else { continue };
        if !acts::is_backed_up(subject, at) {
            let message =
                format!("`{}` destroys, and there is no backup before it", acts::named(call));
            found.push(placed.found(&call.place, message).here("nothing brings this back"));
        }
    }
}
