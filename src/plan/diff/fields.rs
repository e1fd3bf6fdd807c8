//! THE TABLE of what the fields of checks mean, so that it can be told whether a check became
//! weaker. A field that is not in it says what is asked: another one asks something else.

use serde_json::{Map, Value as Json};

use super::Risk::{Other, Riskier, Safer};
use super::log::{GUARD, Log, Risks};
use crate::value::Span;

/// What a field means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A limit from above: the larger, the weaker.
    AtMost,
    /// A limit from below: the smaller, the weaker.
    AtLeast,
    /// What must be found: without it the check is weaker.
    Expects,
    /// What may be found: the more, the weaker.
    OneOf,
    /// What must all be found: the fewer, the weaker.
    AllOf,
    /// Expectations of a JSON answer, each with its path.
    Paths,
    /// What is asked.
    Asks,
}

/// By the field's name.
const WAYS: &[(Way, &[&str])] = &[
    (
        Way::AtMost,
        &[
            "at_most",
            "percent_above_before",
            "missing",
            "budget",
            "within",
            "newer_than",
            "drift_age",
        ],
    ),
    (Way::AtLeast, &["at_least", "days_left"]),
    (
        Way::Expects,
        &[
            "contains",
            "matches",
            "stdout_contains",
            "stdout_matches",
            "body_contains",
            "body_matches",
            "json",
            "sha256",
            "header",
            "task_definition",
            "image_digest",
            "version",
            "code_sha256",
            "template_sha256",
            "change_set",
            "drift",
            "actions",
            "error",
            "account",
            "role",
            "principal",
            "endpoint",
            "equals",
            "count",
            "container",
        ],
    ),
    (Way::OneOf, &["status", "one_of"]),
    (Way::AllOf, &["names", "allowed", "denied", "to", "metrics"]),
    (Way::Paths, &["expect"]),
];

fn way(field: &str, values: [Option<&Json>; 2]) -> Way {
    let found = WAYS.iter().find(|(_, fields)| fields.contains(&field)).map(|(way, _)| *way);
    match found.unwrap_or(Way::Asks) {
        // Metrics of an expression are a table of names.
        Way::AllOf if values.into_iter().flatten().any(Json::is_object) => Way::Asks,
        way => way,
    }
}

/// Compares what two checks of a kind claim.
pub(super) fn compare(old: &Map<String, Json>, new: &Map<String, Json>, log: &mut Log) {
    let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
    names.sort();
    names.dedup();
    for name in names {
        let (before, after) = (old.get(name), new.get(name));
        if before != after {
            field(name, before, after, log);
        }
    }
}

fn field(name: &str, old: Option<&Json>, new: Option<&Json>, log: &mut Log) {
    let texts = (old.map(shown), new.map(shown));
    let pair = (texts.0.as_ref(), texts.1.as_ref());
    match way(name, [old, new]) {
        way @ (Way::AtMost | Way::AtLeast) => limit(name, way, (old, new), pair, log),
        Way::Expects => log.option("check-expectation", name, pair, GUARD),
        Way::OneOf => {
            let risks = Risks { added: Riskier, removed: Safer, changed: Other };
            log.set("check-expectation", name, (&list(old), &list(new)), risks);
        }
        Way::AllOf => {
            log.set("check-expectation", name, (&list(old), &list(new)), GUARD);
        }
        Way::Paths => paths(old, new, log),
        Way::Asks => {
            let risks = Risks { added: Riskier, removed: Riskier, changed: Riskier };
            log.option("check-asks", name, pair, risks);
        }
    }
}

fn limit(
    name: &str,
    way: Way,
    (old, new): (Option<&Json>, Option<&Json>),
    texts: (Option<&String>, Option<&String>),
    log: &mut Log,
) {
    let zero = Json::from(0);
    // No point may be missing where nothing is said.
    let absent = (name == "missing").then_some(&zero);
    let (old_size, new_size) = (old.or(absent).and_then(size), new.or(absent).and_then(size));
    let larger = if way == Way::AtMost { Riskier } else { Safer };
    match (old_size, new_size) {
        (Some(old), Some(new)) if old.total_cmp(&new).is_ne() => {
            let text = |text: Option<&String>| text.cloned().unwrap_or_else(|| "0".to_owned());
            log.amount("check-limit", name, (old, new), (text(texts.0), text(texts.1)), larger);
        }
        _ => log.option("check-limit", name, texts, GUARD),
    }
}

/// Expectations with the same path belong together.
fn paths(old: Option<&Json>, new: Option<&Json>, log: &mut Log) {
    let items = |json: Option<&Json>| -> Vec<Map<String, Json>> {
        let items = json.and_then(Json::as_array).into_iter().flatten();
        items.filter_map(|item| item.as_object().cloned()).collect()
    };
    let (mut left, new) = (items(old), items(new));
    for item in &new {
        let path = item.get("path").map(shown).unwrap_or_default();
        let same = |other: &Map<String, Json>| other.get("path") == item.get("path");
        let found =
            left.iter().position(|other| other == item).or_else(|| left.iter().position(same));
        match found {
            Some(at) => compare(&left.remove(at), item, log),
            None => log.add(
                Safer,
                "check-expectation",
                format!("expectation of {path}: added"),
                None,
                Some(shown(&Json::Object(item.clone()))),
            ),
        }
    }
    for item in left {
        let path = item.get("path").map(shown).unwrap_or_default();
        let what = format!("expectation of {path}: removed");
        log.add(Riskier, "check-expectation", what, Some(shown(&Json::Object(item))), None);
    }
}

/// One value stands for a list of one.
fn list(json: Option<&Json>) -> Vec<String> {
    match json {
        None => Vec::new(),
        Some(Json::Array(items)) => items.iter().map(shown).collect(),
        Some(other) => vec![shown(other)],
    }
}

/// A number, or a length of time in milliseconds.
fn size(json: &Json) -> Option<f64> {
    match json {
        Json::Number(number) => number.as_f64(),
        Json::String(text) => {
            let millis = text.parse::<Span>().ok()?.millis();
            // Spans have at most 366 days: exact in a float.
            u32::try_from(millis / 1000).ok().map(|secs| {
                f64::from(secs) * 1000.0 + f64::from(u16::try_from(millis % 1000).unwrap_or(0))
            })
        }
        Json::Null | Json::Bool(_) | Json::Array(_) | Json::Object(_) => None,
    }
}

fn shown(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
