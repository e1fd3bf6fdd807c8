//! An escalation that leads to nobody.

use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::quoted;

pub(super) const RULE: Rule = Rule {
    code: "HP603",
    name: "escalation-to-nobody",
    level: Level::Warning,
    meaning: "an escalation leads to nobody else",
    help: "add the contact that comes next, with a way of its own to reach it; or remove `escalate_after`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let contacts = &subject.book.contacts;
    let tables = subject.root.tables("contact");
    if let (Some(last), Some(table)) = (contacts.last(), tables.last())
        && let Some(place) = table.place("escalate_after")
    {
        let message = format!("nobody comes after {}", quoted(&last.name));
        found.push(subject.found(&place, message).here("and then?"));
    }
    for (pair, tables) in contacts.windows(2).zip(tables.windows(2)) {
        if let [first, next] = pair
            && let [before, table] = tables
            && first.reach.trim() == next.reach.trim()
        {
            let message = format!("{} is reached where nobody answered", quoted(&next.name));
            let one = subject.found(&table.place("reach").unwrap_or_default(), message);
            let first = before.place("reach").unwrap_or_default();
            found.push(one.here("the same again").also(&first, "asked here before"));
        }
    }
}
