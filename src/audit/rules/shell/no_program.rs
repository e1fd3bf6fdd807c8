//! Programs that are not on PATH, where somebody looked.

use std::collections::BTreeSet;

use super::each;
use crate::audit::{Call, Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP413",
    name: "program-not-here",
    level: Level::Note,
    meaning: "a program is not on the PATH of this machine",
    help: "install it where the runbook is to run, or write its path",
    look,
};

/// What a shell knows by itself.
const BUILTINS: [&str; 54] = [
    ":",
    ".",
    "[",
    "[[",
    "]]",
    "alias",
    "bg",
    "break",
    "builtin",
    "case",
    "cd",
    "command",
    "compgen",
    "continue",
    "declare",
    "dirs",
    "disown",
    "echo",
    "enable",
    "eval",
    "exec",
    "exit",
    "export",
    "false",
    "fc",
    "fg",
    "getopts",
    "hash",
    "jobs",
    "kill",
    "let",
    "local",
    "mapfile",
    "popd",
    "printf",
    "pushd",
    "pwd",
    "read",
    "readarray",
    "readonly",
    "return",
    "set",
    "shift",
    "shopt",
    "source",
    "test",
    "time",
    "times",
    "trap",
    "true",
    "type",
    "typeset",
    "ulimit",
    "umask",
];

/// The same, further.
const MORE: [&str; 5] = ["unalias", "unset", "wait", "suspend", "caller"];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let Some(programs) = &subject.settings.programs else { return };
    let mut said = BTreeSet::new();
    each(subject, |called| {
        let own = called.script.map(|script| (&script.functions, &script.assigns));
        // A script that changes PATH knows other programs.
        if own.is_some_and(|(_, assigns)| assigns.iter().any(|set| set.name == "PATH")) {
            return;
        }
        for call in called.calls {
            let name = call.program();
            let is_path = call.words.first().is_none_or(|word| word.text.contains('/'));
            let is_own = own.is_some_and(|(functions, _)| functions.contains(name));
            let is_known = is_path || name.is_empty() || is_own || is_builtin(call);
            if !is_known && !programs.contains(name) && said.insert(name.to_owned()) {
                let place = &call.words[0].place;
                found.push(called.placed.found(place, format!("`{name}` is not on PATH here")));
            }
        }
    });
}

fn is_builtin(call: &Call) -> bool {
    let name = call.program();
    call.in_script && (BUILTINS.contains(&name) || MORE.contains(&name))
}
