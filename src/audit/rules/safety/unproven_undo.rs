//! An undo after which nobody looks whether the old state is back.

use crate::audit::{Found, Level, Part, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP206",
    name: "undo-without-check",
    level: Level::Warning,
    meaning: "nothing looks whether an undo worked",
    help: "add a `check` to the undo; or one step with checks to `[rollback]`, or `baseline = true` to a \
           check of a step, which judge the whole rollback",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let rollback = &subject.book.rollback;
    let judged = rollback.steps.iter().any(|step| !step.checks.is_empty());
    if judged || !subject.book.baselines.is_empty() {
        return;
    }
    for placed in &subject.steps {
        if matches!(placed.part, Part::Undo(Some(_))) && placed.step.checks.is_empty() {
            let message = format!("nothing looks whether `{}` worked", placed.step.id);
            let here = "the rollback ends, and nobody knows whether the old state is back";
            found.push(placed.found(&placed.action(), message).here(here));
        }
    }
}
