//! Variables that a script reads and nobody sets.

use std::collections::BTreeSet;

use super::{each_script, lost_state};
use crate::audit::{Call, Found, Level, Placed, Rule, Script, Slot, Subject, Use};

pub(super) const RULE: Rule = Rule {
    code: "HP404",
    name: "variable-never-set",
    level: Level::Warning,
    meaning: "a script reads a variable that nobody sets",
    help: "declare it: `[vars] name = { env = \"NAME\" }`; or say what holds without it: `${NAME:-…}`",
    look,
};

/// What is set wherever people work, or by the shell itself.
const KNOWN: [&str; 45] = [
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "SHELL",
    "TERM",
    "LANG",
    "LANGUAGE",
    "TZ",
    "TMPDIR",
    "PWD",
    "OLDPWD",
    "HOSTNAME",
    "EDITOR",
    "VISUAL",
    "PAGER",
    "DISPLAY",
    "MAIL",
    "IFS",
    "PPID",
    "OPTARG",
    "OPTIND",
    "LINENO",
    "REPLY",
    "PS1",
    "PS2",
    "PS4",
    "UID",
    "EUID",
    "RANDOM",
    "SECONDS",
    "ENV",
    "KUBECONFIG",
    "CI",
    "GOPATH",
    "GOROOT",
    "JAVA_HOME",
    "VIRTUAL_ENV",
    "FUNCNAME",
    "PIPESTATUS",
    "EPOCHSECONDS",
    "HISTFILE",
    "COLUMNS",
    "LINES",
    "_",
];

/// Families of names of which the same is so.
const FAMILIES: [&str; 14] = [
    "HOLDPOINT_",
    "LC_",
    "XDG_",
    "SSH_",
    "AWS_",
    "GIT_",
    "GITHUB_",
    "GITLAB_",
    "CI_",
    "DOCKER_",
    "BASH",
    "CARGO_",
    "DBUS_",
    "COMP_",
];

/// So many names are compared with one that nobody sets.
const MOST: usize = 100;

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    each_script(subject, |placed, script, calls| {
        if sets_who_knows_what(calls) {
            return;
        }
        let mut said = BTreeSet::new();
        for read in &script.uses {
            // Once for each name is enough, and no more of work.
            let is_new = said.insert((&read.name, read.has_default, read.in_function));
            if !is_new || !is_unset(subject, script, calls, read) {
                continue;
            }
            // Another rule knows better where it was thought to come from.
            if lost_state::set_before(subject, placed, &read.name).is_none() {
                found.push(tell(subject, placed, script, read));
            }
        }
    });
}

/// Whether it reads a file of settings, or words that it makes: anything may be set then.
pub(super) fn sets_who_knows_what(calls: &[Call]) -> bool {
    let from_elsewhere = ["source", ".", "eval"];
    calls.iter().filter(|call| call.in_script).any(|call| {
        let exports = call.program() == "export"
            && call.arguments().iter().any(|word| word.expands && !word.text.contains('='));
        from_elsewhere.contains(&call.program()) || exports
    })
}

/// Whether nothing that stands here tells what the variable is.
pub(super) fn is_unset(subject: &Subject<'_>, script: &Script, calls: &[Call], read: &Use) -> bool {
    let name = read.name.as_str();
    let known = KNOWN.contains(&name) || FAMILIES.iter().any(|family| name.starts_with(family));
    if read.has_default || known {
        return false;
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        let sets = calls.iter().any(|call| call.program() == "set" && call.arguments().len() > 1);
        let has_arguments = calls.first().is_some_and(|call| !call.in_script);
        return name != "0" && !read.in_function && !sets && !has_arguments;
    }
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let declared = subject.book.variables.iter().any(|variable| variable.name == name);
    let is_set = script.sets_of(name).next().is_some();
    is_name && !declared && !is_set
}

fn tell(subject: &Subject<'_>, placed: &Placed<'_>, script: &Script, read: &Use) -> Found {
    let name = &read.name;
    let found = placed.found(&read.place, format!("nobody sets `${name}`"));
    let for_call = script.assigns.iter().take(MOST).find(|set| set.name == *name && set.for_call);
    if let Some(set) = for_call {
        let says = "set it on a line of its own: in front of a call it is set for that call alone";
        return found.also(&set.place, "set for this call alone").help(says);
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        let says =
            "a script has no arguments; if another program is meant to read it, use single quotes";
        return found.help(says);
    }
    let declared = subject.book.variables.iter().map(|variable| variable.name.as_str());
    let own = script.assigns.iter().map(|set| set.name.as_str());
    let near = |known: &str| {
        let alike = strsim::damerau_levenshtein(&known.to_lowercase(), &name.to_lowercase());
        alike <= usize::from(name.len() > 4)
    };
    match declared.chain(own.take(MOST)).find(|known| near(known)) {
        Some(known) => found.help(format!("did you mean `${known}`?")),
        None if read.slot == Slot::Sum => found.help("set it before it is counted with"),
        None => found,
    }
}
