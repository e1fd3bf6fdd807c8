//! What is compared with a secret: once hidden, one secret looks like the other.

use super::looks::all_checks;
use crate::audit::{Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP314",
    name: "secrets-look-alike",
    level: Level::Warning,
    meaning: "a check looks for a secret, and passes with any other secret of the runbook, too",
    help: "look for something that is no secret, such as a name or a version; secrets are hidden before \
           anything is judged",
    look,
};

/// Keys that say what is wanted; the others say what is asked.
const WANTED: [&str; 12] = [
    "contains",
    "matches",
    "body_contains",
    "body_matches",
    "stdout_contains",
    "stdout_matches",
    "equals",
    "one_of",
    "header",
    "to",
    "pattern",
    "path",
];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let secrets: Vec<String> = subject
        .book
        .variables
        .iter()
        .filter(|variable| variable.secret)
        .map(|variable| format!("{{{{{}}}}}", variable.name))
        .collect();
    if secrets.len() < 2 {
        return;
    }
    for (placed, check) in all_checks(subject) {
        let header =
            check.kind.table("header").map(|header| header.placed_texts()).unwrap_or_default();
        let wanted = check.kind.placed_texts().into_iter().filter(|(key, ..)| WANTED.contains(key));
        let place = wanted.chain(header).find(|(_, text, _)| {
            let plain: String = text.split_whitespace().collect();
            secrets.iter().any(|secret| plain.contains(secret))
        });
        if let Some((_, _, place)) = place {
            let message = "this check cannot tell one secret from another";
            found.push(placed.found(&place, message).here("hidden before it is compared"));
        }
    }
}
