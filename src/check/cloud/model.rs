//! What AWS's services can be asked: names, places and types, as its own models have them.
//!
//! Pure data, in `services.bin`, made by `generate.py` from a pinned botocore. It lies here and
//! not beside the caller, as a runbook that names an operation that there is not should be told so
//! when it is written. Nothing is unpacked before it is asked for, and then one service alone.

use serde_json::Value as Json;

mod actions;
mod file;
mod service;

pub use actions::action;
pub use service::{Member, Operation, Paging, Place, Protocol, Service, Shape, Type};

use file::{Entry, INDEX};

/// Names that the AWS command line has for services that its libraries call otherwise.
const ALIASES: [(&str, &str); 3] =
    [("s3api", "s3"), ("configservice", "config"), ("deploy", "codedeploy")];

/// Fields that turn an answer without secrets into one with them.
const OPENERS: [&str; 4] = ["WithDecryption", "includeValue", "includeValues", "withSecret"];

/// How the names of operations begin that only look.
const LOOKS: [&str; 18] = [
    "BatchDescribe",
    "BatchGet",
    "Check",
    "Count",
    "Describe",
    "Filter",
    "Get",
    "Head",
    "List",
    "Lookup",
    "Query",
    "Scan",
    "Search",
    "Select",
    "Simulate",
    "Test",
    "Validate",
    "View",
];

/// The service of this name.
///
/// # Errors
/// There is none: in words, with the name that may be meant.
pub fn service(name: &str) -> Result<&'static Service, String> {
    let entry = entry(name).ok_or_else(|| {
        let meant = meant_service(name);
        format!("no AWS service is called `{name}`{meant}; wanted its name on the AWS command line, like `ecs`")
    })?;
    entry.service().ok_or_else(|| format!("what is known of `{name}` is damaged"))
}

/// The operation of this name, which only looks.
///
/// # Errors
/// There is none: in words, with the name that may be meant.
pub fn find(name: &str, operation: &str) -> Result<(&'static Service, &'static Operation), String> {
    let service = service(name)?;
    if let Some(found) = service.operations.get(operation) {
        return Ok((service, found));
    }
    Err(match service.refused(operation) {
        Some('s') => format!("{name}:{operation} answers with secrets: it is not called"),
        Some('a') => format!("{name}:{operation} does more than looking: it is not called"),
        Some(_) => format!("{name}:{operation} answers with a stream of events: it is not called"),
        None => {
            let meant = meant(operation, service.operations.keys().map(String::as_str));
            if meant.is_empty() && !looks(operation) {
                format!(
                    "`{operation}` is no operation that looks; wanted one whose name begins with Describe, Get, List, or a like word"
                )
            } else {
                format!("{name} has no operation `{operation}` that looks{meant}")
            }
        }
    })
}

/// What is wrong with a call, at the place in its input if it is there: a name that there is not,
/// a field that is missing. `later` names the fields that are filled in later.
#[must_use]
pub fn flaw(name: &str, operation: &str, input: &Json, later: &[&str]) -> Option<String> {
    let (service, found) = match find(name, operation) {
        Ok(found) => found,
        Err(why) => return Some(why),
    };
    let Some(given) = input.as_object() else {
        return (!input.is_null())
            .then(|| format!("the input of {operation} must be a table of its fields"));
    };
    let none = std::collections::BTreeMap::new();
    let members = found.input.and_then(|it| service.members(it)).unwrap_or(&none);
    for field in given.keys() {
        if !members.contains_key(field) {
            let meant = meant(field, members.keys().map(String::as_str));
            return Some(format!("{operation} has no input field `{field}`{meant}"));
        }
        if OPENERS.contains(&field.as_str()) && given.get(field) != Some(&Json::Bool(false)) {
            return Some(format!("with `{field}` {operation} answers with secrets: leave it out"));
        }
    }
    let is_missing = |(field, member): &(&String, &Member)| {
        member.required && !given.contains_key(*field) && !later.contains(&field.as_str())
    };
    let (field, _) = members.iter().find(is_missing)?;
    Some(format!("{operation} needs the input field `{field}`"))
}

/// The names of all services.
pub fn services() -> impl Iterator<Item = &'static str> {
    INDEX.iter().map(|entry| entry.name)
}

/// The service's name in signatures and, for most, in policies.
#[must_use]
pub fn signing_name(service: &str) -> Option<&'static str> {
    entry(service).map(|entry| entry.signing)
}

fn entry(name: &str) -> Option<&'static Entry> {
    let alias = ALIASES.iter().find(|(alias, _)| *alias == name);
    let name = alias.map_or(name, |(_, name)| name);
    let at = INDEX.binary_search_by(|entry| entry.name.cmp(name)).ok()?;
    INDEX.get(at)
}

fn looks(operation: &str) -> bool {
    LOOKS.iter().any(|word| operation.starts_with(word))
}

/// The service that is called so in policies, in addresses, or nearly.
fn meant_service(name: &str) -> String {
    let lower = name.to_lowercase();
    let named = |entry: &&Entry| entry.signing == lower || entry.prefix == lower;
    // Of several the newest: `elasticloadbalancing` is `elbv2` today.
    match INDEX.iter().rfind(named) {
        Some(entry) => format!(" (did you mean `{}`?)", entry.name),
        None => meant(&lower, services()),
    }
}

/// The name that may be meant, as a question in brackets, or nothing.
fn meant<'a>(wrong: &str, names: impl Iterator<Item = &'a str>) -> String {
    const ALIKE: f64 = 0.85;
    let lower = wrong.to_lowercase();
    let likeness = |name: &str| strsim::jaro_winkler(&lower, &name.to_lowercase());
    let best = names.map(|name| (likeness(name), name)).max_by(|a, b| a.0.total_cmp(&b.0));
    match best {
        Some((alike, name)) if alike >= ALIKE => format!(" (did you mean `{name}`?)"),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests;
