//! What only bash knows, in a script for `/bin/sh`.

use std::collections::BTreeSet;
use std::ops::Range;

use super::each_script;
use crate::audit::{Call, Dialect, Found, Level, Placed, Rule, Script, Subject, Word};

pub(super) const RULE: Rule = Rule {
    code: "HP402",
    name: "not-for-sh",
    level: Level::Warning,
    meaning: "a script for `/bin/sh` uses what only other shells know",
    help: "write it for every shell, or name the shell: `run = [\"bash\", \"-euc\", '''…''']`",
    look,
};

/// Programs that only bash has built in.
const BUILTINS: [&str; 12] = [
    "source",
    "declare",
    "typeset",
    "let",
    "pushd",
    "popd",
    "dirs",
    "shopt",
    "mapfile",
    "readarray",
    "disown",
    "compgen",
];

/// Variables that only bash sets.
const VARIABLES: [&str; 10] = [
    "RANDOM",
    "SECONDS",
    "EPOCHSECONDS",
    "PIPESTATUS",
    "FUNCNAME",
    "BASH_SOURCE",
    "BASHPID",
    "BASH_VERSION",
    "EUID",
    "UID",
];

/// The options of `read` that every shell has.
const READ: [&str; 1] = ["-r"];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    each_script(subject, |placed, script, calls| {
        if script.dialect != Dialect::Sh {
            return;
        }
        let mut said = BTreeSet::new();
        for feature in &script.features {
            if said.insert(feature.what) {
                let message = format!("`/bin/sh` need not know {}", feature.what);
                found.push(placed.found(&feature.place, message).here("sh is dash on many hosts"));
            }
        }
        for call in calls.iter().filter(|call| call.in_script) {
            if !script.functions.contains(call.program()) {
                found.extend(of_call(placed, call));
            }
        }
        found.extend(of_variables(placed, script));
    });
}

fn of_variables(placed: &Placed<'_>, script: &Script) -> Option<Found> {
    let read = script.uses.iter().find(|read| VARIABLES.contains(&read.name.as_str()))?;
    let is_set = script.assigns.iter().any(|set| set.name == read.name);
    let message = format!("`/bin/sh` need not set `${}`", read.name);
    (!is_set && !read.has_default).then(|| placed.found(&read.place, message))
}

fn of_call(placed: &Placed<'_>, call: &Call) -> Option<Found> {
    let first = call.words.first()?;
    let is_plain = |word: &&Word| !word.is_quoted && !word.expands;
    let argument = |wanted: &[&str]| {
        let fits = |word: &&Word| is_plain(word) && wanted.contains(&word.text.as_str());
        call.arguments().iter().find(fits)
    };
    let says = |place: &Range<usize>, message: &str| Some(placed.found(place, message));
    match call.program() {
        "[" | "test" => {
            let word = argument(&["=="])?;
            let found = says(&word.place, "`[` of `/bin/sh` need not know `==`")?;
            Some(found.help("write `=`").fix("write `=`", vec![(word.place.clone(), "=".into())]))
        }
        "echo" => {
            let word = call.arguments().first().filter(is_plain)?;
            let is_option = ["-e", "-ne", "-en"].contains(&word.text.as_str());
            let found = says(&word.place, "`echo` of `/bin/sh` may print `-e`")?;
            is_option.then(|| found.help("write `printf '%b\\n' …`"))
        }
        "local" if !call.in_function => says(&first.place, "`local` stands in no function"),
        "set" => {
            let word = argument(&["pipefail"])?;
            let found = says(&word.place, "`/bin/sh` need not know `pipefail`, and ends at it")?;
            Some(found.help(
                "write the first half into a file, and read that; or name the shell: `run = [\"bash\", \"-euo\", \"pipefail\", \"-c\", '''…''']`",
            ))
        }
        "trap" => {
            says(&argument(&["ERR", "DEBUG", "RETURN"])?.place, "`/bin/sh` knows no such trap")
        }
        "read" => {
            let mut options = call.arguments().iter().filter(|word| word.text.starts_with('-'));
            let word = options.find(|word| !READ.contains(&word.text.as_str()))?;
            says(&word.place, "`read` of `/bin/sh` knows `-r` alone")
        }
        "source" => Some(says(&first.place, "`/bin/sh` need not know `source`")?.help("write `.`")),
        program if BUILTINS.contains(&program) => {
            says(&first.place, &format!("`/bin/sh` need not know `{program}`"))
        }
        _ => None,
    }
}
