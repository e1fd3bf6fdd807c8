//! A variable that is a secret by its name, and is treated as none.

use std::ops::Range;

use super::leaks::leaks;
use super::written::sounds_secret;
use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::{Origin, Variable};

pub(super) const RULE: Rule = Rule {
    code: "HP502",
    name: "secret-unmarked",
    level: Level::Warning,
    meaning: "a variable is a secret by its name, and is shown and recorded like any other",
    help: "add `secret = true`; it comes from `env` or `prompt` then. If it is none, give it another name",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    if unmarked(subject).next().is_none() {
        return;
    }
    let leaks = leaks(&subject.book.source.text);
    let Some(variables) = subject.root.table("vars") else { return };
    for variable in unmarked(subject) {
        let value = value_place(subject, variable);
        let is_told = |value: &Range<usize>| {
            leaks.iter().any(|leak| value.start <= leak.place.start && leak.place.end <= value.end)
        };
        if value.as_ref().is_some_and(is_told) {
            continue;
        }
        let Some(place) = variables.key(&variable.name) else { continue };
        let written = value.is_some();
        let message = if written {
            format!("the value of `{}` stands in the runbook", variable.name)
        } else {
            format!("`{}` would be shown, and recorded in the journal", variable.name)
        };
        found.push(subject.found(&place, message).here("no `secret = true`"));
    }
}

fn unmarked<'s>(subject: &'s Subject<'_>) -> impl Iterator<Item = &'s Variable> {
    let all = subject.book.variables.iter();
    all.filter(|variable| !variable.secret && sounds_secret(variable)).filter(|variable| {
        // A path or an ARN tells where the secret is, and is none.
        let value = match &variable.origin {
            Origin::Literal(value) | Origin::Prompt { default: Some(value), .. } => value.as_str(),
            Origin::Prompt { default: None, .. } | Origin::Env(_) => "",
        };
        !value.contains(['/', ':']) && !value.contains("{{")
    })
}

/// Where the value of a variable is written out.
fn value_place(subject: &Subject<'_>, variable: &Variable) -> Option<Range<usize>> {
    let variables = subject.root.table("vars")?;
    if let Some((_, place)) = variables.text(&variable.name) {
        return Some(place);
    }
    let table = variables.table(&variable.name)?;
    table.place("value").or_else(|| table.place("default"))
}

/// The values that are secrets by the name of their variable, and are written out.
pub(in crate::audit) fn values(subject: &Subject<'_>) -> Vec<Range<usize>> {
    unmarked(subject).filter_map(|variable| value_place(subject, variable)).collect()
}
