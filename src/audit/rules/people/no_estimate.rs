//! Steps that do not say how long they take.

use crate::audit::{Found, Level, Placed, Rule, Subject};
use crate::runbook::Phase;

pub(super) const RULE: Rule = Rule {
    code: "HP605",
    name: "no-estimate",
    level: Level::Note,
    meaning: "nothing says how long it takes",
    help: "add an `estimate` to what takes more than a moment: the plan adds them up, and the screen shows who is late",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let book = subject.book;
    let of_phases = Phase::ALL.iter().any(|phase| book.section(*phase).estimate.is_some());
    let of_steps = subject.own_steps().any(|placed| placed.step.estimate.is_some());
    let acts = |placed: &&Placed<'_>| placed.step.acts();
    if !(of_phases || of_steps || book.estimate.is_some()) {
        if subject.own_steps().any(|placed| acts(&placed)) {
            let place = subject.root.table("runbook").and_then(|head| head.place("title"));
            let message = "the runbook does not say how long anything takes";
            found.push(subject.found(&place.unwrap_or_default(), message));
        }
        return;
    }
    for phase in Phase::ALL.into_iter().filter(|phase| book.section(*phase).estimate.is_none()) {
        let own = subject.own_steps().filter(|placed| placed.phase() == Some(phase));
        let silent = |placed: &&Placed<'_>| placed.step.estimate.is_none() && !waits(placed);
        let silent: Vec<_> = own.filter(acts).filter(silent).collect();
        if let Some(first) = silent.first() {
            let message = format!("no estimate: {}", some(&silent));
            found.push(first.found(&first.place, message).here("how long does it take?"));
        }
    }
}

/// The ids, and how many more there are.
fn some(silent: &[&Placed<'_>]) -> String {
    let ids = silent.iter().take(4).map(|placed| format!("`{}`", placed.step.id));
    let ids = ids.collect::<Vec<_>>().join(", ");
    match silent.len().saturating_sub(4) {
        0 => ids,
        more => format!("{ids} and {more} more"),
    }
}

/// A wait says how long it takes.
fn waits(placed: &Placed<'_>) -> bool {
    matches!(placed.step.action, Some(crate::runbook::Action::Wait(_)))
}
