//! Commands whose failure nobody sees, because something comes behind them.

use super::each_script;
use crate::audit::{Call, Found, Level, Rule, Script, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP407",
    name: "failure-lost",
    level: Level::Warning,
    meaning: "a script goes on when a command in it has failed",
    help: "begin the script with `set -eu`; or join the commands with `&&`",
    look,
};

/// What hardly fails, or whose failure is no matter.
const NO_MATTER: [&str; 29] = [
    "", ":", "true", "false", "echo", "printf", "set", "export", "local", "readonly", "declare",
    "typeset", "unset", "trap", "umask", "shift", "return", "exit", "break", "continue", "wait",
    "sleep", "date", "[", "[[", "test", "read", "alias", "exec",
];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    each_script(subject, |placed, script, calls| {
        // Who asks for `$?` knows.
        if script.uses.iter().any(|read| read.name == "?") {
            return;
        }
        let protected_from = script.exits_from.unwrap_or(usize::MAX);
        let lost = |(at, call): &(usize, &Call)| *at < protected_from && is_lost(call, script);
        if let Some((_, call)) = calls.iter().enumerate().find(lost) {
            let message = format!("if `{}` fails, the script goes on", call.program());
            found.push(placed.found(&call.place, message).here("nobody sees its failure"));
        }
    });
}

fn is_lost(call: &Call, script: &Script) -> bool {
    let goes_on = call.in_script && call.is_followed && !call.is_condition && !call.is_forgiven;
    let is_apart = call.is_background || call.is_substituted || call.pipes_on;
    let is_function = script.functions.contains(call.program());
    let insists = call.program() == "rm" && call.has(&["-f", "-rf", "-fr"]);
    goes_on && !is_apart && !is_function && !insists && !NO_MATTER.contains(&call.program())
}
