//! A text that says what a step depends on, and `needs` that do not.

use std::sync::LazyLock;

use regex::Regex;

use super::skips_staging::needed;
use crate::audit::{Found, Level, Placed, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP123",
    name: "dependency-only-said",
    level: Level::Warning,
    meaning: "a text says that a step depends on another, and its `needs` do not",
    help: "put it into `needs`, or correct the text: people read the one, the program the other",
    look,
};

/// `Depends on step a-1 and b-2`: what stands behind the verb.
static SAID: LazyLock<Regex> = LazyLock::new(|| {
    let id = "(?:steps? )?`?[a-z0-9][a-z0-9._-]*[a-z0-9]`?";
    let verbs = "depends on|dependent on|waits for|requires";
    Regex::new(&format!(r"(?i:\b(?:{verbs})) ({id}(?:(?:, and |, | and ){id})*)"))
        .expect("a regular expression")
});
static ID: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("[a-z0-9][a-z0-9._-]*[a-z0-9]").expect("a regular expression"));

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for placed in subject.own_steps() {
        for key in ["why", "manual"] {
            let Some((text, place)) = placed.table.text(key) else { continue };
            for list in SAID.captures_iter(text).filter_map(|said| said.get(1)) {
                for id in
                    ID.find_iter(list.as_str()).filter(|id| is_unmet(subject, placed, id.as_str()))
                {
                    let part = list.start() + id.start()..list.start() + id.end();
                    let here = placed.table.inside(&place, text, &part);
                    let (own, other) = (&placed.step.id, id.as_str());
                    let message = format!("`{own}` is said to depend on `{other}`, and does not");
                    found.push(placed.found(&here, message).also(&placed.at("needs"), "not here"));
                }
            }
        }
    }
}

/// Whether it is the id of another step, and looks like one, and is not needed.
fn is_unmet(subject: &Subject<'_>, placed: &Placed<'_>, id: &str) -> bool {
    let looks_like_one = id.contains(|c: char| !c.is_ascii_lowercase());
    let is_other = placed.step.id.as_str() != id && subject.step(id).is_some();
    looks_like_one && is_other && !needed(subject, placed).contains(id)
}
