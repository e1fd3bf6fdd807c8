//! A check that nearly anything passes.

use super::looks::all_checks;
use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::quoted;

pub(super) const RULE: Rule = Rule {
    code: "HP315",
    name: "little-is-wanted",
    level: Level::Warning,
    meaning: "what is looked for is so short that nearly any text holds it",
    help: "look for a longer text; or let a pattern match the whole line, as in `'^1$'`; or use `json`",
    look,
};

const TEXTS: [&str; 3] = ["contains", "body_contains", "stdout_contains"];
const PATTERNS: [&str; 3] = ["matches", "body_matches", "stdout_matches"];

/// Patterns that match all but an empty text.
const ANYTHING: [&str; 12] =
    [".", ".+", r"\S", r"\S+", r"\w", r"\w+", r"\d", r"\d+", "^.+$", "^.+", "(?s).+", "[a-z]+"];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for (placed, check) in all_checks(subject) {
        for key in TEXTS {
            let Some((text, place)) = check.kind.text(key) else { continue };
            let count = text.trim().chars().count();
            if count < 3 && text.chars().any(char::is_alphanumeric) {
                let message = format!("nearly any text holds {}", quoted(text));
                found.push(placed.found(&place, message).here("too short to tell anything"));
            }
        }
        for key in PATTERNS {
            let Some((text, place)) = check.kind.text(key) else { continue };
            let is_short = text.chars().all(char::is_alphanumeric) && text.chars().count() < 3;
            if ANYTHING.contains(&text) || (is_short && !text.is_empty()) {
                let message = format!("nearly any text matches {}", quoted(text));
                found.push(placed.found(&place, message).here("matches nearly anything"));
            }
        }
    }
}
