//! Changes, and no word about when to go back.

use crate::audit::{Found, Level, Placed, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP115",
    name: "rollback-never-decided",
    level: Level::Warning,
    meaning: "something is changed, and nothing says when to go back",
    help: "decide it now, calmly: `[rollback]` with `when = [\"Critical functionality broken\"]`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let first = subject.own_steps().find(|placed: &&Placed<'_>| placed.changes());
    let (Some(first), true) = (first, subject.book.rollback.when.is_empty()) else { return };
    let title = subject.root.table("runbook").and_then(|head| head.place("title"));
    let place = subject.root.key("rollback").or(title).unwrap_or_default();
    let one = subject.found(&place, "nothing says when to go back").here("no `when`");
    found.push(one.also(&first.action(), "the first change"));
}
