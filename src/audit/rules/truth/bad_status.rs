//! A check takes a failure for good.

use super::looks::{all_checks, goes_back};
use crate::audit::{Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP317",
    name: "bad-status-passes",
    level: Level::Warning,
    meaning: "among the answers that a check takes for good are failures",
    help: "name only what a healthy system answers",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for (placed, check) in all_checks(subject) {
        let Some(place) = check.kind.place("status") else { continue };
        let written = check.kind.written("status").unwrap_or_default();
        if check.check.claim.name() == "http" {
            let codes = written.split(|c: char| !c.is_ascii_digit());
            let codes: Vec<u16> = codes.filter_map(|code| code.parse().ok()).collect();
            let good = codes.iter().any(|code| *code < 400);
            if let Some(bad) = codes.iter().find(|code| good && **code >= 500) {
                let message = format!("a server that fails with {bad} passes");
                found.push(placed.found(&place, message).here("good and bad together"));
            }
        }
        let names = check.kind.items("status").into_iter();
        let mut bad =
            names.filter(|(name, _)| name.contains("FAILED") || name.contains("ROLLBACK"));
        if let Some((name, place)) = bad.next().filter(|_| !goes_back(placed)) {
            let message = format!("a stack in {name} passes, and that is no success");
            found.push(placed.found(&place, message).here("a failure"));
        }
    }
}
