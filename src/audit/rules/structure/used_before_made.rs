//! A file that is wanted before the step that makes it.

use super::files;
use crate::audit::{Found, Level, Part, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP109",
    name: "used-before-made",
    level: Level::Warning,
    meaning: "a step wants a file that only a later step delivers",
    help: "change their order; or, if the file is there from the beginning, do not list it as delivered",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let mut made = std::collections::HashSet::new();
    for (at, maker) in subject.steps.iter().enumerate() {
        let Part::Phase(_) = maker.part else { continue };
        for (number, deliverable) in maker.step.deliverables.iter().enumerate() {
            for file in files::named(deliverable) {
                if !made.insert(file) {
                    continue;
                }
                let comes_first =
                    |part| matches!(part, Part::Prerequisite | Part::Phase(_) | Part::Criterion(_));
                let mut before = subject.steps[..at].iter().filter(|user| comes_first(user.part));
                let user = before.find_map(|user| Some((user, files::wanted_by(user, file)?)));
                if let Some((user, place)) = user {
                    let made = maker.table.item("deliverables", number).unwrap_or_default();
                    let message = format!("{file} is wanted before `{}` makes it", maker.step.id);
                    let one = user.found(&place, message).here("wanted here");
                    found.push(one.also(&made, "made here"));
                }
            }
        }
    }
}
