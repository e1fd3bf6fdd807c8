//! A runbook that nobody answers for.

use crate::audit::{Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP601",
    name: "no-owner",
    level: Level::Warning,
    meaning: "nobody answers for the runbook",
    help: "name the team: `owner = \"team-orders\"` in `[runbook]`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    if subject.book.owner.is_some() {
        return;
    }
    let place = subject.root.table("runbook").and_then(|head| head.place("title"));
    let message = "the runbook names no owner";
    found.push(subject.found(&place.unwrap_or_default(), message).here("whose is it?"));
}
