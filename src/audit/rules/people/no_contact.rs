//! A runbook that names nobody to call.

use crate::audit::{Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP602",
    name: "no-contact",
    level: Level::Warning,
    meaning: "the runbook names nobody to call",
    help: "name who is called first, and how: `[[contact]]` with `name` and `reach`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    if subject.book.contacts.is_empty() {
        let place = subject.root.table("runbook").and_then(|head| head.place("title"));
        let message = "nobody is named who could be called";
        found.push(subject.found(&place.unwrap_or_default(), message).here("who helps?"));
    }
}
