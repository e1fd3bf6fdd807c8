//! A secret among the arguments of a program: everybody on the machine sees those.

use super::written::texts;
use crate::audit::{Call, Found, Level, Placed, Rule, Subject, Word};

pub(super) const RULE: Rule = Rule {
    code: "HP503",
    name: "secret-on-command-line",
    level: Level::Warning,
    meaning: "a secret is an argument of a program, where every user of the machine can see it",
    help: "let the program read it from its environment, where each variable of the runbook stands by its \
           name; or from its input: `printf '%s' \"$token\" | docker login --password-stdin …`, for \
           curl `printf 'header = \"Authorization: Bearer %s\"' \"$token\" | curl --config - …`",
    look,
};

/// A secret in a URL.
pub(super) const IN_URL: Rule = Rule {
    code: "HP504",
    name: "secret-in-url",
    level: Level::Warning,
    meaning: "a secret is a part of a URL, which servers and proxies write into their logs",
    help: "send it in a header: `headers = { Authorization = \"Bearer {{token}}\" }`",
    look: look_at_urls,
};

/// What a shell does itself: no other process gets to see it.
const BUILT_IN: [&str; 13] = [
    "echo", "printf", "test", "[", "[[", "export", "local", "read", ":", "set", "eval", "case",
    "declare",
];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let secrets = secrets(subject);
    if secrets.is_empty() {
        return;
    }
    for placed in &subject.steps {
        let checks = placed.checks();
        let calls = placed.calls.iter().chain(checks.iter().flat_map(|check| &check.calls));
        for call in calls.filter(|call| !BUILT_IN.contains(&call.program())) {
            found.extend(of_call(placed, call, &secrets));
        }
    }
}

fn of_call(placed: &Placed<'_>, call: &Call, secrets: &[&str]) -> Option<Found> {
    let shown = call
        .arguments()
        .iter()
        .find_map(|word| Some((word, secrets.iter().find(|name| mentions(word, name))?)));
    let (word, name) = shown?;
    let program = match call.program() {
        "" => "the program",
        program => program,
    };
    let message = format!("every user of the machine can see `{name}` while `{program}` runs");
    Some(placed.found(&word.place, message).here("shown by `ps`"))
}

fn mentions(word: &Word, name: &str) -> bool {
    let plain: String = word.text.split_whitespace().collect();
    if plain.contains(&format!("{{{{{name}}}}}")) {
        return true;
    }
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    let dollar = format!("${name}");
    let mut all = word.text.match_indices(&dollar);
    word.expands
        && (word.text.contains(&format!("${{{name}"))
            || all.any(|(at, _)| ends(&word.text[at + dollar.len()..])))
}

fn secrets<'s>(subject: &'s Subject<'_>) -> Vec<&'s str> {
    let all = subject.book.variables.iter().filter(|variable| variable.secret);
    all.map(|variable| variable.name.as_str()).collect()
}

fn look_at_urls(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let secrets = secrets(subject);
    if secrets.is_empty() {
        return;
    }
    for written in texts(subject, false).iter().filter(|written| written.key == "url") {
        let plain: String = written.text.split_whitespace().collect();
        let holds = |name: &&&str| plain.contains(&format!("{{{{{name}}}}}"));
        if let Some(name) = secrets.iter().find(holds) {
            let message = format!("`{name}` is a part of a URL");
            let place = &written.place;
            found.push(super::written::found_at(subject, place, message).here("logged on its way"));
        }
    }
}
