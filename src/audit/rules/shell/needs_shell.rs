//! Argument lists written as if a shell read them.

use std::ops::Range;

use super::{Called, each};
use crate::audit::{Call, Found, Level, Rule, Subject, Word};
use crate::runbook::is_variable_name;

pub(super) const RULE: Rule = Rule {
    code: "HP409",
    name: "needs-a-shell",
    level: Level::Error,
    meaning: "a `run` is written for a shell, and none reads it",
    help: "give each word a text of its own; where a shell is needed, write a script: `shell = '''…'''`",
    look,
};

/// What a shell would act on, and a program is handed as a word.
const SIGNS: [&str; 12] =
    ["|", "||", "&&", ";", "&", ">", ">>", "<", "2>&1", "2>/dev/null", ">/dev/null", "<<<"];

/// No programs, but words of the shell.
const BUILTINS: [&str; 14] = [
    "cd", "export", "source", ".", "alias", "set", "unset", "eval", "exec", "if", "for", "while",
    "until", "[[",
];

/// What takes names of files and knows no patterns.
const ON_FILES: [&str; 13] =
    ["ls", "rm", "cp", "mv", "cat", "chmod", "chown", "gzip", "gunzip", "head", "tail", "wc", "ln"];

/// What hands its arguments to a shell or a language of its own.
const READS_THEM: [&str; 18] = [
    "sh", "bash", "dash", "zsh", "ksh", "ssh", "su", "awk", "gawk", "jq", "perl", "envsubst",
    "find", "expr", "test", "[", "ash", "watch",
];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    each(subject, |called| {
        let Some(call) = called.calls.first().filter(|call| !call.in_script) else { return };
        if let Some(of_first) = first_word(&called, call) {
            found.push(of_first);
            return;
        }
        let is_far = |word: &Word| READS_THEM.contains(&word.text.rsplit('/').next().unwrap_or(""));
        if call.words.iter().any(is_far) || called.script.is_some() {
            return;
        }
        let told = call.arguments().iter().find_map(|word| tell(subject, call, word));
        if let Some((place, message, help)) = told {
            found.push(called.placed.found(&place, message).help(help));
        }
    });
}

fn first_word(called: &Called<'_, '_>, call: &Call) -> Option<Found> {
    let first = call.words.first()?;
    let text = first.text.as_str();
    let inner = text.trim();
    if BUILTINS.contains(&text) {
        let message = format!("`{text}` is a word of the shell, and no program");
        return Some(called.placed.found(&first.place, message));
    }
    let (name, value) = text.split_once('=').unwrap_or_default();
    let is_name = !name.is_empty() && is_variable_name(&name.to_lowercase());
    if is_name && !value.contains(' ') {
        let message = format!("`{text}` is no program");
        let help = format!("write `run = [\"env\", \"{text}\", …]`");
        return Some(called.placed.found(&first.place, message).help(help));
    }
    let begins = inner.split_whitespace().next()?;
    let is_line = inner.contains(' ') && !begins.contains("{{") && !begins.starts_with(['/', '~']);
    if !is_line {
        return None;
    }
    let message = format!("no program is called `{inner}`");
    Some(called.placed.found(&first.place, message).here("all of this is one word"))
}

type Told = (Range<usize>, String, String);

fn tell(subject: &Subject<'_>, call: &Call, word: &Word) -> Option<Told> {
    let text = word.text.as_str();
    let place = word.place.clone();
    if SIGNS.contains(&text) {
        let message = format!("`{}` is handed `{text}` as a word", call.program());
        return Some((place, message, RULE.help.to_owned()));
    }
    if let Some(name) = variable(text) {
        let lower = name.to_lowercase();
        let known = subject.book.variables.iter().any(|variable| variable.name == lower);
        let help = match known {
            true => format!("write `{{{{{lower}}}}}`"),
            false => format!(
                "declare it, and write `{{{{{lower}}}}}`: `{lower} = {{ env = \"{name}\" }}`"
            ),
        };
        return Some((place, format!("nobody fills in `${name}` here"), help));
    }
    if text == "~" || text.starts_with("~/") {
        let help = "write the path in full, or declare a variable: `home = { env = \"HOME\" }`";
        return Some((place, "nobody fills in `~` here".to_owned(), help.to_owned()));
    }
    let is_pattern = text.contains(['*', '?']) && !text.starts_with('-') && !text.contains(':');
    (is_pattern && ON_FILES.contains(&call.program())).then(|| {
        let message = format!("`{}` looks for a file that is called `{text}`", call.program());
        (place, message, "name the files, or write a script: `shell = '''…'''`".to_owned())
    })
}

/// The variable that the word is, or begins with: `$NAME`, `${NAME}/bin`.
fn variable(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('$')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let (name, behind) = match rest.strip_prefix('{') {
        Some(inner) => inner.split_once('}')?,
        None => rest.split_at(rest.find(|c| !is_name(c)).unwrap_or(rest.len())),
    };
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let ends = behind.is_empty() || behind.starts_with(['/', '-', '.', ':']);
    (begins && ends && name.chars().all(is_name)).then_some(name)
}
