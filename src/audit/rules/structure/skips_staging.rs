//! A step for production that needs others, and not the one for staging.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::audit::{Found, Level, Placed, Rule, Subject};
use crate::value::Name;

pub(super) const RULE: Rule = Rule {
    code: "HP118",
    name: "needs-skip-staging",
    level: Level::Note,
    meaning: "a step for production needs earlier steps, and not that of staging",
    help: "add the step for staging to `needs`, so that production is not reached where it was skipped",
    look,
};

static PRODUCTION: LazyLock<Regex> = LazyLock::new(|| word("production|prod"));
static STAGING: LazyLock<Regex> = LazyLock::new(|| word("staging|stage"));
static BRINGS: LazyLock<Regex> = LazyLock::new(|| {
    word("deploy|deploys|deployment|release|releases|roll|rollout|promote|switch")
});

fn word(words: &str) -> Regex {
    Regex::new(&format!(r"(?i)\b({words})\b")).expect("a regular expression")
}

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for (at, placed) in subject.steps.iter().enumerate() {
        let title = &placed.step.title;
        let is_release = placed.changes() && PRODUCTION.is_match(title) && BRINGS.is_match(title);
        if !is_release || placed.step.needs.is_empty() || STAGING.is_match(title) {
            continue;
        }
        let needed = needed(subject, placed);
        let for_staging = |earlier: &&Placed<'_>| {
            let title = &earlier.step.title;
            earlier.changes() && STAGING.is_match(title) && BRINGS.is_match(title)
        };
        let staging: Vec<_> = subject.steps[..at].iter().filter(for_staging).collect();
        let Some(first) = staging.first() else { continue };
        if !staging.iter().any(|step| needed.contains(step.step.id.as_str())) {
            let message = format!("`{}` does not need `{}`", placed.step.id, first.step.id);
            let one = placed.found(&placed.at("needs"), message).here("staging is not among them");
            found.push(one.also(&first.place, "the step for staging"));
        }
    }
}

/// Every step that it needs, and what those need.
pub(super) fn needed<'a>(subject: &'a Subject<'_>, placed: &'a Placed<'_>) -> HashSet<&'a str> {
    let mut needed = HashSet::new();
    let mut open: Vec<&str> = placed.step.needs.iter().map(Name::as_str).collect();
    while let Some(id) = open.pop() {
        if needed.insert(id) {
            let step = subject.step(id).map(|placed| placed.step);
            open.extend(step.into_iter().flat_map(|step| &step.needs).map(Name::as_str));
        }
    }
    needed
}
