//! An approval in production that is nobody's.

use std::sync::LazyLock;

use regex::Regex;

use crate::audit::{Found, Level, Rule, Says, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP607",
    name: "approval-by-nobody",
    level: Level::Warning,
    meaning: "an approval for production is wanted, and nobody is named who gives it",
    help: "name who approves: `The release lead has approved it`",
    look,
};

static APPROVAL: LazyLock<Regex> = LazyLock::new(|| {
    let words = r"sign(ed|s)?[- ]?off|approvals?|approved|go[/-]no[/-]go";
    Regex::new(&format!(r"(?i)\b({words})\b")).expect("a regular expression")
});

/// Somebody who gives it, or that none is needed.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    let roles = "leads?|managers?|owners?|team|director|head|chief|officer|on-call|engineers?|admins?|administrators?|security|product|customers?|board|support|reviewers?|approvers?|CAB|CTO|operations|no|not|without|I (have )?(approved?|sign|signed|agreed?)";
    Regex::new(&format!(r"(?i)@\w|\bby [A-Za-z]|\b({roles})\b")).expect("a regular expression")
});

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    if !subject.book.is_production() {
        return;
    }
    let names: Vec<String> =
        subject.book.contacts.iter().map(|it| it.name.to_lowercase()).collect();
    for placed in subject.criteria().iter().filter(|placed| placed.is_attested()) {
        let attest = placed.table.text("attest").map_or("", |(text, _)| text);
        let said = format!("{} {attest}", placed.criterion.text);
        let Some(part) = APPROVAL.find(&placed.criterion.text) else { continue };
        if !is_named(&said, &names) {
            let message = "nobody is named who approves";
            let one = placed.found(&placed.at(&part.range()), message);
            found.push(one.here("whose?"));
        }
    }
    let tasks = subject.prose.iter().filter(|prose| prose.says == Says::Manual);
    for prose in tasks.filter(|prose| !prose.has_owner()) {
        if let Some(part) = APPROVAL.find(prose.text).filter(|_| !is_named(prose.text, &names)) {
            let message = "nobody is named who approves";
            found.push(prose.found(&part.range(), message).here("whose?"));
        }
    }
}

fn is_named(text: &str, names: &[String]) -> bool {
    let lower = text.to_lowercase();
    NAMED.is_match(text) || names.iter().any(|name| lower.contains(name.as_str()))
}
