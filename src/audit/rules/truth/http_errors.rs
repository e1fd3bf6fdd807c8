//! `curl` takes an answer of 500 for a success.

use super::looks::{Calls, all_calls};
use crate::audit::{Call, Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP301",
    name: "http-error-passes",
    level: Level::Warning,
    meaning: "`curl` succeeds whatever the server answers, a 404 or a 500 too",
    help: "add `--fail`: then an answer of 400 or above is a failure",
    look,
};

/// Programs that take any text, and end well.
const TAKE_ANYTHING: [&str; 14] = [
    "cat", "tee", "head", "tail", "sed", "cut", "tr", "wc", "sort", "uniq", "jq", "column", "sh",
    "bash",
];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for place in all_calls(subject) {
        if place.judges_output() {
            continue;
        }
        for (at, call) in place.done().iter().enumerate() {
            if call.program() == "curl" && passes_errors(call) && !is_judged(&place, at) {
                found.push(finding(subject, &place, call));
            }
        }
    }
}

fn passes_errors(call: &Call) -> bool {
    let judged = ["--fail", "--fail-with-body", "--write-out", "--version", "--help", "--config"];
    let has_word = |word: &str| {
        let short = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
        // `-w` prints the status, which somebody reads; `-K` reads more options.
        short.is_some_and(|letters| {
            letters.starts_with(|c: char| c.is_ascii_alphabetic())
                && flags(letters).contains(['f', 'w', 'K', 'V', 'h'])
        }) || judged.iter().any(|option| word == *option || word.starts_with(&format!("{option}=")))
    };
    let mut words = call.arguments().iter().map(|word| word.text.as_str());
    let other = ["file:", "ftp:", "telnet:", "smtp:", "ldap:"];
    let is_http =
        !call.arguments().iter().any(|word| other.iter().any(|it| word.text.starts_with(it)));
    is_http && !call.arguments().is_empty() && !words.any(has_word)
}

/// The letters of joined short options, up to the first that takes a value.
fn flags(letters: &str) -> &str {
    let takes = |c: char| "AbcCdDeEFhHKmoQrtTuUwxXyYz".contains(c);
    let end = letters.find(takes).map_or(letters.len(), |at| at + 1);
    letters.get(..end).unwrap_or(letters)
}

/// Whether somebody looks at what it prints, or nobody wants to know how it ends.
fn is_judged(place: &Calls<'_, '_>, at: usize) -> bool {
    let Some(call) = place.done().get(at) else { return true };
    if call.is_substituted || call.is_forgiven || call.is_negated {
        return true;
    }
    let reader = place.done().iter().skip(at + 1).find(|next| next.pipe == call.pipe);
    call.pipes_on && !reader.is_some_and(takes_anything)
}

fn takes_anything(reader: &Call) -> bool {
    let judges = reader.program() == "jq"
        && (reader.has(&["--exit-status"])
            || reader.arguments().iter().any(|word| {
                word.text.starts_with('-')
                    && !word.text.starts_with("--")
                    && word.text.contains('e')
            }));
    TAKE_ANYTHING.contains(&reader.program()) && !judges
}

fn finding(subject: &Subject<'_>, place: &Calls<'_, '_>, call: &Call) -> Found {
    let word = &call.words[0];
    let written = subject.book.source.text.get(word.place.clone()).unwrap_or_default();
    let quote =
        written.chars().next().filter(|first| ["\"", "'"].contains(&first.to_string().as_str()));
    let addition = match quote {
        Some(quote) => format!(", {quote}--fail{quote}"),
        None => " --fail".to_owned(),
    };
    let plain = written.trim_matches(['"', '\'']) == word.text;
    let what = if place.check.is_some() { "this check" } else { "this call" };
    let message = format!("{what} passes when the server answers with an error");
    let finding = place.found(&word.place, message).here("no `--fail`");
    // In a condition or before a pipe another word decides what an error would mean.
    if plain && !call.is_condition && !call.pipes_on {
        let end = word.place.end;
        return finding.fix("add `--fail`", vec![(end..end, addition)]);
    }
    finding
}
