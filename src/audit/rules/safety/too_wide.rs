//! A command that destroys more than somebody names.

use super::acts;
use crate::audit::calls::{Call, Word};
use crate::audit::{Effect, Found, Level, Placed, Rule, Subject, effect};

pub(super) const RULE: Rule = Rule {
    code: "HP210",
    name: "destroys-more-than-named",
    level: Level::Warning,
    meaning: "a command can destroy more than what somebody means",
    help: "name what is to go, and nothing else",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for placed in subject.steps.iter().filter(|placed| placed.step.acts()) {
        for call in &placed.done {
            if let Some((here, help)) = too_wide(subject, placed, call) {
                let message = format!("`{}` can destroy more than is meant", acts::named(call));
                found.push(placed.found(&call.place, message).here(here).help(help));
            }
        }
    }
}

fn too_wide(
    subject: &Subject<'_>,
    placed: &Placed<'_>,
    call: &Call,
) -> Option<(&'static str, &'static str)> {
    let effect = effect(call);
    let is_sql = ["psql", "mysql", "mariadb", "sqlite3", "cqlsh"].contains(&call.program());
    match call.program() {
        "rm" if call.arguments().iter().any(|word| may_be_root(subject, placed, call, word)) => {
            Some((
                "an empty variable makes this the root",
                "write `${name:?}`: then an empty one stops it",
            ))
        }
        "rm" if effect == Effect::Destroys => {
            Some(("all that lies below", "name the folder that is to go"))
        }
        "kubectl" | "oc" if call.has(&["delete"]) && is_everywhere(call) => {
            Some(("in every namespace", "name the namespace with `-n`, and what is to go"))
        }
        "git" if effect == Effect::Destroys && call.has(&["--force", "-f"]) => Some((
            "replaces what others pushed meanwhile, too",
            "use `--force-with-lease`: it stops if somebody else has pushed",
        )),
        "aws" if effect == Effect::Destroys && call.is(&["aws", "s3"]) && is_bucket(call) => {
            Some(("the whole bucket", "name the prefix that is to go"))
        }
        _ if is_sql && effect == Effect::Destroys && lacks_where(call) => {
            Some(("every row", "add a `WHERE`, even if it is true of all rows"))
        }
        _ => None,
    }
}

fn is_everywhere(call: &Call) -> bool {
    call.has(&["--all-namespaces", "-A"])
        || call.has(&["--all"]) && call.has(&["ns", "namespace", "namespaces"])
}

/// Whether `s3 rm` names a bucket and nothing in it.
fn is_bucket(call: &Call) -> bool {
    let whole = |word: &Word| {
        let rest = word.text.strip_prefix("s3://").map(|rest| rest.trim_end_matches('/'));
        rest.is_some_and(|rest| !rest.contains('/'))
    };
    let bounded = call.has(&["--exclude", "--include"]);
    call.has(&["rm"])
        && call.has(&["--recursive"])
        && !bounded
        && call.arguments().iter().any(whole)
}

/// Whether a statement deletes or changes every row of a table.
fn lacks_where(call: &Call) -> bool {
    let input = call.input.iter().map(|word| word.text.as_str());
    let mut texts = call.words.iter().map(|word| word.text.as_str()).chain(input);
    texts.any(|text| {
        text.to_uppercase().split(';').any(|part| {
            let first = part.split_whitespace().next().unwrap_or_default();
            ["DELETE", "UPDATE"].contains(&first) && !part.contains("WHERE")
        })
    })
}

/// Whether a path that `rm -r` is given begins with a variable that may be empty.
fn may_be_root(subject: &Subject<'_>, placed: &Placed<'_>, call: &Call, word: &Word) -> bool {
    let recursive = call.arguments().iter().any(|word| {
        let short = word.text.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
        word.text == "--recursive" || short.is_some_and(|rest| rest.contains(['r', 'R']))
    });
    let path = word.text.trim_start_matches('"');
    let Some(rest) = path.strip_prefix('$').filter(|_| recursive && word.expands) else {
        return false;
    };
    let inner = rest.strip_prefix('{').unwrap_or(rest);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = inner.find(|c| !is_name(c)).unwrap_or(inner.len());
    let (name, behind) = inner.split_at(end);
    let below = behind.strip_prefix('}').unwrap_or(behind).trim_start_matches('"');
    let is_known = subject.book.variables.iter().any(|variable| variable.name == name);
    let is_safe = placed.script.as_ref().is_some_and(|script| {
        script.stops_at_unset || script.assigns.iter().any(|assign| assign.name == name)
    });
    !name.is_empty() && below.starts_with('/') && !is_known && !is_safe
}
