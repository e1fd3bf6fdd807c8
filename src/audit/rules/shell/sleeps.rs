//! A time that is waited out where something could be waited for.

use super::each;
use crate::audit::{Call, Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP412",
    name: "sleeps",
    level: Level::Note,
    meaning: "a script sleeps, and nobody sees what it waits for",
    help: "let a check ask until it holds: `until = { every = \"5s\", within = \"3m\" }`; or, if it is the time that counts, `wait`",
    look,
};

/// Seconds that are no matter.
const SHORT: f64 = 5.0;

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    each(subject, |called| {
        let sleeps = |call: &&Call| call.program() == "sleep" && !call.in_loop && is_long(call);
        for call in called.calls.iter().filter(sleeps) {
            found.push(called.placed.found(&call.place, "nobody sees what this waits for"));
        }
    });
}

fn is_long(call: &Call) -> bool {
    let Some(time) = call.arguments().first() else { return false };
    let text = time.text.trim_end_matches('s');
    // Minutes, and what a variable says, are long.
    text.parse::<f64>().map_or(true, |seconds| seconds >= SHORT)
}
