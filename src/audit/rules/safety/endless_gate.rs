//! A yes that is good for ever, in production.

use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::Phase;

pub(super) const RULE: Rule = Rule {
    code: "HP214",
    name: "gate-never-expires",
    level: Level::Warning,
    meaning: "in production, a gate before changes is open for ever once it is open",
    help: "say how old what the gate was opened on may be: `[phase.gate]` with `expires = \"4h\"`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    if !subject.book.is_production() {
        return;
    }
    let applies = |phase: &Phase| subject.book.section(*phase).skip.is_none();
    let phases: Vec<Phase> = Phase::ALL.into_iter().filter(applies).collect();
    for pair in phases.windows(2) {
        let [phase, next] = *pair else { continue };
        let gate = &subject.book.section(phase).gate;
        let changes = subject.own_steps().find(|own| own.phase() == Some(next) && own.changes());
        if let Some(change) = changes.filter(|_| gate.expires.is_none()) {
            let place =
                subject.phase(phase).place("gate").unwrap_or_else(|| subject.name_of(phase));
            let message = format!("the gate behind phase {} does not expire", phase.number());
            let here =
                subject.found_in(phase, &place, message).here("what was seen may be days old");
            found.push(here.also(&change.place, "is done on the strength of it"));
        }
    }
}
