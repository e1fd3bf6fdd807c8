//! A change that is tried again as if its first try had never been.

use super::acts;
use super::not_idempotent::unguarded;
use crate::audit::{Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP218",
    name: "retries-half-done",
    level: Level::Warning,
    meaning: "a change is tried again that may have been half done",
    help: "say `idempotent = true`, if it may be done twice; or leave `retry` out, so that a person looks \
           at what the first try has done",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for placed in &subject.steps {
        let step = placed.step;
        let again = step.retry.attempts > 1 && acts::is_automatic(placed);
        if again && (placed.changes() && !step.idempotent || unguarded(placed).is_some()) {
            let message = format!("a try of `{}` that failed may have done a part of it", step.id);
            let here = "does it again, whatever was done";
            found.push(placed.found(&placed.at("retry"), message).here(here));
        }
    }
}
