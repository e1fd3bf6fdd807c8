//! What is said to be good for a second time, and is not.

use super::acts;
use crate::audit::calls::Call;
use crate::audit::{Found, Level, Placed, Rule, Subject, adds_up};

pub(super) const RULE: Rule = Rule {
    code: "HP216",
    name: "not-idempotent",
    level: Level::Warning,
    meaning: "`idempotent = true` stands beside a command that does more, or fails, when it is done twice",
    help: "let the command look first whether it was done, or take `idempotent` away and add a `probe`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for placed in subject.steps.iter().filter(|placed| placed.step.idempotent) {
        if let Some(call) = unguarded(placed) {
            let message =
                format!("`{}` done twice is not the same as done once", acts::named(call));
            let here = placed.found(&call.place, message).here("not the same a second time");
            found.push(here.also(&placed.at("idempotent"), "says that it is"));
        }
    }
}

/// A call that adds up, and nothing looks first whether it was done.
pub(super) fn unguarded<'a>(placed: &'a Placed<'_>) -> Option<&'a Call> {
    let leaves = |call: &Call| ["exit", "return"].contains(&call.program()) && call.is_guarded;
    let before = placed.done.iter().take_while(|call| !leaves(call));
    let mut adds = before.filter(|call| adds_up(call));
    adds.find(|call| !call.is_guarded && !call.is_forgiven && !call.is_condition)
}
