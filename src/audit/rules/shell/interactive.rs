//! Programs that want somebody at a keyboard: a step has no terminal.

use super::each;
use crate::audit::{Call, Found, Level, Placed, Rule, Subject, is_interactive};

pub(super) const RULE: Rule = Rule {
    code: "HP408",
    name: "wants-a-terminal",
    level: Level::Warning,
    meaning: "a command waits for a person, and a step has no terminal",
    help: "give it what it asks for as arguments or as input; or let a person do it: `manual`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for placed in &subject.steps {
        tell(placed, &placed.done, found);
        for check in placed.checks() {
            tell(placed, &check.done, found);
        }
    }
    each(subject, |called| {
        let reads = |call: &&Call| {
            let reads = call.in_script && call.program() == "read";
            reads && !call.is_piped && call.input.is_none() && !call.in_function
        };
        for call in called.calls.iter().filter(reads) {
            let message = "`read` finds nothing to read: a step has no terminal";
            let help = "ask for it before anything runs: `[vars] name = { prompt = \"…\" }`";
            found.push(called.placed.found(&call.place, message).help(help));
        }
    });
}

fn tell(placed: &Placed<'_>, calls: &[Call], found: &mut Vec<Found>) {
    let ends = |call: &Call| {
        call.program() == "top" && call.arguments().iter().any(|word| word.text.starts_with("-b"))
    };
    let waits = |call: &&Call| call.program() != "read" && is_interactive(call) && !ends(call);
    for call in calls.iter().filter(waits) {
        let message = format!("`{}` waits for a person", call.program());
        found.push(placed.found(&call.place, message));
    }
}
