//! A secret that everybody can read who can read the runbook.

use super::leaks::leaks;
use super::written::found_at;
use crate::audit::{Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP501",
    name: "secret-literal",
    level: Level::Error,
    meaning: "a secret stands in the runbook",
    help: "make it a variable, `name = { env = \"NAME\", secret = true }`; and replace the secret where \
           it is from: who can read this file, or its history, has it",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for leak in leaks(&subject.book.source.text) {
        let message = format!("{} stands in the runbook", leak.what);
        found.push(found_at(subject, &leak.place, message).here("not shown here"));
    }
}
