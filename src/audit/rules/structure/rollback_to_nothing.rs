//! A failure that offers to go back, where nothing is taken back.

use crate::audit::{Found, Level, Placed, Rule, Subject};
use crate::runbook::OnFailure;

pub(super) const RULE: Rule = Rule {
    code: "HP122",
    name: "rollback-to-nothing",
    level: Level::Error,
    meaning: "a failed step is to be rolled back, and nothing says how",
    help: "give the steps that change something an `undo`, or `[rollback]` the steps that bring the state \
           before back; or let a person decide: `on_failure = \"ask\"`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    if !subject.book.rollback.steps.is_empty() {
        return;
    }
    let goes_back = |placed: &&Placed<'_>| placed.step.on_failure == OnFailure::Rollback;
    let has_undo = |placed: &Placed<'_>| placed.step.undo.is_some();
    // Only what has run is undone: the step itself, and those before it.
    let lost: Vec<_> =
        subject.own_steps().take_while(|placed| !has_undo(placed)).filter(goes_back).collect();
    let Some(first) = lost.first() else { return };
    let more = match lost.len() {
        1 => String::new(),
        many => format!(" and {} more steps", many - 1),
    };
    let message = format!("`{}`{more} would be rolled back to nothing", first.step.id);
    let one = first.found(&first.at("on_failure"), message);
    found.push(one.here("no step up to here has an `undo`, and `[rollback]` has no steps"));
}
