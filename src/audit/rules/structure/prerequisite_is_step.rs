//! A prerequisite that the runbook itself brings about.

use crate::audit::{Found, Level, Rule, Subject, gist};
use crate::runbook::quoted;

pub(super) const RULE: Rule = Rule {
    code: "HP112",
    name: "prerequisite-is-a-step",
    level: Level::Warning,
    meaning: "a prerequisite is what a step brings about",
    help: "it either holds before the runbook begins, or is done in it: remove one of them",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let prerequisites = subject.root.tables("prerequisite");
    if prerequisites.is_empty() {
        return;
    }
    let steps = subject.own_steps().filter(|placed| placed.step.acts());
    let steps: Vec<_> = steps.map(|placed| (gist(&placed.step.title), placed)).collect();
    for (title, place) in prerequisites.iter().filter_map(|table| table.text("title")) {
        let about = gist(title);
        let same = steps.iter().find(|(step, _)| about.len() > 1 && *step == about);
        if let Some((_, step)) = same {
            let message = format!("{} is wanted, and `{}` does it", quoted(title), step.step.id);
            let one = subject.found(&place, message).here("must hold before phase 1");
            found.push(one.also(&step.at("title"), "is done here"));
        }
    }
}
