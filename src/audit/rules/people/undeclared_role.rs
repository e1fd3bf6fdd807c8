//! Somebody who has a part in it, and whom nobody knows how to reach.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::quoted;

pub(super) const RULE: Rule = Rule {
    code: "HP606",
    name: "role-undeclared",
    level: Level::Note,
    meaning: "a step names somebody who is no contact and not the owner",
    help: "add a `[[contact]]` of this name, so that whoever is at the keyboard can call them",
    look,
};

/// `@devops-lead`: no address of mail, and no package.
static MENTION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[\s(,;:])(@[a-z][a-z0-9_-]+)(?:$|[\s),;:]|\.(?:\s|$))")
        .expect("a regular expression")
});

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let known = known(subject);
    let is_known = |role: &str| {
        let role = bare(role);
        known.iter().any(|known| known.contains(&role) || role.contains(known.as_str()))
    };
    let mut told = HashSet::new();
    for placed in &subject.steps {
        let Some((owner, place)) = placed.table.text("owner") else { continue };
        for role in owner.split([',', '/', '&', '+']).flat_map(|part| part.split(" and ")) {
            if !bare(role).is_empty() && !is_known(role) && told.insert(bare(role)) {
                let one = placed.found(&place, message(role));
                found.push(one.here("how are they reached?"));
            }
        }
    }
    for prose in &subject.prose {
        for mention in MENTION.captures_iter(prose.text).filter_map(|parts| parts.get(1)) {
            if !is_known(mention.as_str()) && told.insert(bare(mention.as_str())) {
                let one = prose.found(&mention.range(), message(mention.as_str()));
                found.push(one.here("how are they reached?"));
            }
        }
    }
}

fn message(role: &str) -> String {
    format!("{} is declared nowhere", quoted(role.trim()))
}

/// Everybody who can be found in the head of the runbook.
fn known(subject: &Subject<'_>) -> Vec<String> {
    let contacts = subject.book.contacts.iter();
    let contacts = contacts.flat_map(|contact| [contact.name.as_str(), contact.reach.as_str()]);
    let all = contacts.chain(subject.book.owner.as_deref());
    all.map(bare).filter(|name| !name.is_empty()).collect()
}

/// Without what is written in different ways: `@Devops-Lead` is the devops lead.
fn bare(role: &str) -> String {
    let role = role.trim().trim_start_matches(['@', '#']).to_lowercase();
    role.replace(['-', '_'], " ").trim_start_matches("the ").to_owned()
}
