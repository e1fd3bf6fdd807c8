//! A check that changes something: it runs in audits, dry runs and every time somebody looks again.

use super::looks::all_checks;
use crate::audit::commands::{Effect, effect};
use crate::audit::{Call, Found, Level, PlacedCheck, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP307",
    name: "check-changes",
    level: Level::Error,
    meaning: "a check changes something, and checks are asked again and again, in dry runs too",
    help: "make it the action of a step; a check only looks",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for (placed, check) in all_checks(subject) {
        if let Some(call) = check.done.iter().find(|call| effect(call) > Effect::Looks) {
            let message = format!("`{}` changes something, and stands in a check", call.program());
            found.push(placed.found(&call.place, message).here("does more than look"));
        } else if let Some((place, file)) = writes(&check) {
            let message = format!("this check writes the file {}", crate::runbook::quoted(&file));
            found.push(placed.found(&place, message).here("written each time it is asked"));
        }
    }
}

/// A file that stays behind; what is written to be read by the same script is not told of.
fn writes(check: &PlacedCheck<'_>) -> Option<(std::ops::Range<usize>, String)> {
    let passing = ["/dev/", "/tmp/", "$TMPDIR", "${TMPDIR", "$tmp", "${tmp", "&"];
    let stays = |file: &str| !passing.iter().any(|begin| file.starts_with(begin));
    let calls = || check.calls.iter().chain(&check.done);
    let mut redirects = calls().flat_map(|call| &call.writes);
    if let Some(redirect) = redirects.find(|redirect| stays(&redirect.to.text)) {
        return Some((redirect.to.place.clone(), redirect.to.text.clone()));
    }
    let is_tee = |call: &&Call| call.program() == "tee";
    let words = calls().filter(is_tee).flat_map(Call::arguments);
    let word = words.into_iter().find(|word| !word.text.starts_with('-') && stays(&word.text))?;
    Some((word.place.clone(), word.text.clone()))
}
