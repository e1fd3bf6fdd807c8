//! Variables whose values a shell cuts at blanks, and takes for patterns of file names.

use std::collections::BTreeMap;

use super::each_script;
use crate::audit::{Assign, Found, Level, Placed, Rule, Script, Slot, Subject, Use};
use crate::runbook::{Origin, Variable};

pub(super) const RULE: Rule = Rule {
    code: "HP403",
    name: "variable-unquoted",
    level: Level::Warning,
    meaning: "a variable without quotes becomes several words, or none",
    help: "put it in double quotes; if several words are meant, call it `…_args` or `…_opts`",
    look,
};

/// Ends of names that say: several words are meant.
const LISTS: [&str; 9] =
    ["opts", "opt", "options", "args", "flags", "params", "list", "files", "cmd"];

/// Commands whose output is one word.
const ONE_WORD: [&str; 11] = [
    "$(date +",
    "$(date -u +",
    "$(git rev-parse",
    "$(mktemp",
    "$(id -",
    "$(nproc",
    "$(seq ",
    "$(wc ",
    "$(uname",
    "$(hostname",
    "$((",
];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    each_script(subject, |placed, script, _| {
        let mut known = BTreeMap::new();
        for read in script.uses.iter().filter(|read| is_cut(read)) {
            let name = read.name.as_str();
            if *known.entry(name).or_insert_with(|| can_hurt(name, script, subject)) {
                found.push(tell(placed, script, read, subject));
            }
        }
    });
}

fn tell(placed: &Placed<'_>, script: &Script, read: &Use, subject: &Subject<'_>) -> Found {
    let message = format!("a blank in `{}` makes two words of it", shown(read));
    let found = placed.found(&read.place, message).here("without quotes");
    let known = subject.book.variables.iter().find(|variable| variable.name == read.name);
    let (Some(variable), Some(quote)) = (known, script.quote()) else { return found };
    // A value that may be empty, or that holds several words, would mean something else in quotes.
    let may_be_list = match &variable.origin {
        Origin::Literal(value) => value.is_empty() || value.contains(' '),
        Origin::Prompt { default, .. } => {
            default.as_ref().is_some_and(|value| value.is_empty() || value.contains(' '))
        }
        Origin::Env(_) => true,
    };
    if may_be_list || script.sets_of(&read.name).next().is_some() {
        return found;
    }
    let at = |place: usize| (place..place, quote.to_owned());
    found.fix("add the quotes", vec![at(read.place.start), at(read.place.end)])
}

fn shown(read: &Use) -> String {
    format!("${}", read.name)
}

/// Whether a shell cuts what stands here.
fn is_cut(read: &Use) -> bool {
    read.slot == Slot::Argument && !read.is_quoted && !read.is_replaced
}

/// Whether the variable may hold a blank that nobody wants.
fn can_hurt(name: &str, script: &Script, subject: &Subject<'_>) -> bool {
    let is_number = ["?", "#", "$", "!", "-", "0"].contains(&name);
    let is_ours =
        name.starts_with("HOLDPOINT_") || ["UID", "EUID", "PPID", "RANDOM"].contains(&name);
    let lower = name.to_ascii_lowercase();
    if is_number || is_ours || LISTS.iter().any(|end| lower.ends_with(end)) {
        return false;
    }
    let mut sets = script.sets_of(name).peekable();
    if sets.peek().is_some() {
        return !sets.all(is_harmless);
    }
    let mut declared = subject.book.variables.iter();
    !declared.any(|variable| variable.name == name && is_one_word(variable))
}

/// Whether what is set is one word, or is several on purpose.
fn is_harmless(set: &Assign) -> bool {
    let Some(value) = &set.value else { return false };
    let is_number = ["$?", "$#", "$!", "$$"].contains(&value.text.as_str());
    let is_one = ONE_WORD.iter().any(|begin| value.text.starts_with(begin));
    !value.expands && !value.text.contains(['*', '?', '[']) || is_number || is_one
}

/// Whether no value that the variable may have holds a blank, or a sign of a pattern.
fn is_one_word(variable: &Variable) -> bool {
    let harmless =
        |text: &str| !text.is_empty() && !text.contains([' ', '\t', '\n', '*', '?', '[']);
    match (&variable.origin, &variable.pattern) {
        (Origin::Literal(value), _) => harmless(value),
        (Origin::Prompt { .. } | Origin::Env(_), Some(pattern)) => is_narrow(pattern),
        (Origin::Prompt { .. } | Origin::Env(_), None) => false,
    }
}

/// Whether a pattern plainly matches no blank: it is made of letters, digits, classes and counts.
pub(super) fn is_narrow(pattern: &str) -> bool {
    let mut chars = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(char) = chars.next() {
        let fine = match char {
            '\\' => chars.next().is_some_and(|char| !"sSWDpPnrtx*?[".contains(char)),
            '[' => {
                in_class = true;
                chars.peek() != Some(&'^')
            }
            ']' => {
                in_class = false;
                true
            }
            '.' => in_class,
            '*' | '?' => !in_class,
            _ => char.is_ascii_alphanumeric() || "-_+:/@(){}|^$,&~".contains(char),
        };
        if !fine {
            return false;
        }
    }
    true
}
