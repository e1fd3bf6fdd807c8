//! A step that goes well whatever happens, and nothing looks afterwards.

use super::looks::{all_calls, ends_well};
use crate::audit::{Call, Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP304",
    name: "failure-forgiven",
    level: Level::Warning,
    meaning: "a script forgives its own failure, and no check looks afterwards",
    help: "remove what forgives; or, if a failure is no harm, let a check show that all is well",
    look,
};

/// Words of commands that take something away: it may be gone already.
const TAKES_AWAY: [&str; 14] = [
    "rm",
    "rmdir",
    "kill",
    "pkill",
    "killall",
    "umount",
    "delete",
    "stop",
    "remove",
    "down",
    "uninstall",
    "unset",
    "disconnect",
    "logout",
];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for place in all_calls(subject).iter().filter(|place| place.check.is_none()) {
        let step = place.placed.step;
        let Some(script) = place.script().filter(|_| step.checks.is_empty()) else { continue };
        let Some(at) = ends_well(script, place.calls()) else { continue };
        let here = |call: &&Call| at.start <= call.place.start && call.place.end <= at.end;
        let takes_away = |call: &Call| {
            TAKES_AWAY.contains(&call.program())
                || call.arguments().iter().any(|word| TAKES_AWAY.contains(&word.text.as_str()))
        };
        if !place.calls().iter().filter(here).any(takes_away) {
            let message = format!("`{}` goes well whatever happens", step.id);
            found.push(place.found(&at, message).here("a failure ends here"));
        }
    }
}
