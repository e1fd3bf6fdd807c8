//! Two steps whose ids look the same.

use std::collections::HashMap;

use crate::audit::{Found, Level, Part, Placed, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP104",
    name: "ids-alike",
    level: Level::Warning,
    meaning: "the ids of two steps differ only in their separators",
    help: "give one of them another name: people say ids aloud, and type them from memory",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let mut seen: HashMap<String, &Placed<'_>> = HashMap::new();
    let with_id = |placed: &&Placed<'_>| matches!(placed.part, Part::Phase(_) | Part::Rollback);
    for placed in subject.steps.iter().filter(with_id) {
        let id = placed.step.id.as_str();
        let bare = id.replace(['-', '_', '.'], "");
        match seen.get(&bare) {
            Some(first) => {
                let message = format!("`{id}` and `{}` are two steps", first.step.id);
                let one = placed.found(&placed.place, message).here("easily taken for the other");
                found.push(one.also(&first.place, "the other"));
            }
            None => {
                seen.insert(bare, placed);
            }
        }
    }
}
