//! A command that destroys, in a step that says it changes nothing.

use super::acts;
use crate::audit::{Effect, Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP222",
    name: "destroys-unsaid",
    level: Level::Warning,
    meaning: "a step that destroys something says that a rollback has nothing to bring back",
    help: "take `changes = false` away, and say how it is taken back, or `irreversible = \"why\"`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for placed in subject.own_steps().filter(|placed| placed.step.acts() && !placed.step.changes) {
        let Some((call, Effect::Destroys)) = acts::worst(placed) else { continue };
        if !["docker", "podman", "nerdctl"].contains(&call.program()) {
            let message = format!(
                "`{}` destroys, and `changes` says that it changes nothing",
                acts::named(call)
            );
            let here = placed.found(&call.place, message).here("no rollback would name this");
            found.push(here.also(&placed.at("changes"), "says so here"));
        }
    }
}
