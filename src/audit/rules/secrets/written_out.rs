//! A value is written out where a variable holds it.

use std::ops::Range;

use super::written::{Written, found_at, texts};
use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::{Origin, Variable};

pub(super) const RULE: Rule = Rule {
    code: "HP506",
    name: "variable-written-out",
    level: Level::Warning,
    meaning: "a value is written out where a variable holds it: it stays when the variable changes",
    help: "write `{{name}}`; in a script `\"$name\"`",
    look,
};

/// Keys in which nothing is filled in.
const AS_WRITTEN: [&str; 10] =
    ["id", "name", "service", "operation", "since", "type", "code", "estimate", "timeout", "stat"];

/// Keys whose texts are templates in any place.
const FILLED_IN: [&str; 9] = [
    "run",
    "url",
    "address",
    "path",
    "contains",
    "body_contains",
    "stdout_contains",
    "equals",
    "to",
];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let variables: Vec<(&Variable, &str)> = subject
        .book
        .variables
        .iter()
        .filter(|variable| !variable.secret)
        .filter_map(|variable| Some((variable, value(variable)?)))
        .collect();
    if variables.is_empty() {
        return;
    }
    for written in texts(subject, false) {
        let is_condition = variables.iter().any(|(variable, _)| variable.name == written.key);
        if is_condition || AS_WRITTEN.contains(&written.key) {
            continue;
        }
        let hits = variables
            .iter()
            .filter_map(|(variable, value)| Some((*variable, *value, part(written.text, value)?)));
        if let Some((variable, value, part)) = hits.max_by_key(|(_, value, _)| value.len()) {
            found.push(finding(subject, &written, variable, (value, part)));
        }
    }
}

/// The value that the variable will have, or is offered, if it is one that is not found by chance.
fn value(variable: &Variable) -> Option<&str> {
    let value = match &variable.origin {
        Origin::Literal(value) | Origin::Prompt { default: Some(value), .. } => value,
        Origin::Prompt { default: None, .. } | Origin::Env(_) => return None,
    };
    let telling = value.contains(['.', '/', ':', '-']) && value.len() >= 5;
    let number = value.len() >= 8 && value.bytes().all(|byte| byte.is_ascii_digit());
    (telling || number).then_some(value)
}

/// Where a value stands in a text as a word of its own.
fn part(text: &str, value: &str) -> Option<Range<usize>> {
    let joins = |c: char| c.is_ascii_alphanumeric() || ['.', '_', '-'].contains(&c);
    text.match_indices(value).map(|(at, _)| at..at + value.len()).find(|part| {
        let before = text[..part.start].chars().next_back();
        let mut after = text[part.end..].chars();
        let (next, further) = (after.next(), after.next());
        let goes_on = next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
            || (next.is_some_and(joins) && further.is_some_and(|c| c.is_ascii_alphanumeric()));
        !before.is_some_and(joins) && !goes_on
    })
}

fn finding(
    subject: &Subject<'_>,
    written: &Written<'_>,
    variable: &Variable,
    (value, part): (&str, Range<usize>),
) -> Found {
    let name = &variable.name;
    let place = written.part(subject, &part);
    let message = format!("`{value}` is written out, and `{name}` holds it");
    let finding = found_at(subject, &place, message).here(format!("what `{name}` holds"));
    // The same value, for as long as nobody changes the variable: no other meaning.
    let same = matches!(variable.origin, Origin::Literal(_)) && FILLED_IN.contains(&written.key);
    let plain = subject.book.source.text.get(place.clone()) == Some(value);
    if same && plain {
        let says = format!("write `{{{{{name}}}}}`");
        return finding.fix(says, vec![(place, format!("{{{{{name}}}}}"))]);
    }
    finding
}
