//! A command that destroys, in the middle of a phase.

use super::acts;
use crate::audit::{Found, Level, Placed, Rule, Subject};
use crate::runbook::Action;

pub(super) const RULE: Rule = Rule {
    code: "HP209",
    name: "destroys-without-gate",
    level: Level::Warning,
    meaning: "a command destroys something behind other changes of its phase, without a gate between",
    help: "move it to the beginning of the next phase: then a person decides on it right before; or put \
           a `manual` step before it that tells what to look at first",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let own: Vec<&Placed<'_>> = subject.own_steps().collect();
    for (at, placed) in own.iter().enumerate() {
        let Some(call) = acts::takes_away(placed) else { continue };
        let before = own[..at].iter().rev().take_while(|other| other.phase() == placed.phase());
        let before = before.take_while(|other| !stops(other));
        let change =
            before.filter(|other| acts::takes_away(other).is_none() && other.changes()).last();
        if let Some(change) = change {
            let message =
                format!("`{}` destroys, and no gate stands right before it", acts::named(call));
            let here = placed.found(&call.place, message).here("nobody is asked here");
            found.push(here.also(&change.place, "changes behind the same gate"));
        }
    }
}

/// Whether a person has to do something before it goes on.
fn stops(placed: &Placed<'_>) -> bool {
    matches!(placed.step.action, Some(Action::Manual { .. }))
}
