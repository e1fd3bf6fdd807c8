//! A step whose result no criterion and no other step depends on.

use std::collections::HashSet;

use crate::audit::{Found, Level, Placed, PlacedCriterion, Rule, Subject};
use crate::runbook::{Action, Phase, Proof};

pub(super) const RULE: Rule = Rule {
    code: "HP103",
    name: "step-proves-nothing",
    level: Level::Note,
    meaning: "no criterion and no step depends on what a step finds out",
    help: "name it in the `proven_by` of a criterion, or in the `needs` of a step; or remove it",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let criteria = subject.criteria();
    let wanted = wanted(subject, &criteria);
    for placed in subject.own_steps() {
        let id = placed.step.id.as_str();
        if !wanted.contains(id) && matters(placed, &criteria) {
            let message = format!("nothing depends on `{id}`");
            let one = placed.found(&placed.place, message);
            found.push(one.here("proves no criterion, and no step needs it"));
        }
    }
}

/// Every step that something depends on.
fn wanted<'a>(subject: &Subject<'a>, criteria: &[PlacedCriterion<'a>]) -> HashSet<&'a str> {
    let mut wanted = HashSet::new();
    for criterion in criteria {
        if let Proof::Steps(names) = &criterion.criterion.proof {
            wanted.extend(names.iter().map(crate::value::Name::as_str));
        }
    }
    for placed in &subject.steps {
        wanted.extend(placed.step.needs.iter().map(crate::value::Name::as_str));
    }
    let texts = subject.root.texts().into_iter();
    wanted.extend(texts.filter(|(key, _)| *key == "since").map(|(_, text)| text));
    wanted
}

/// Whether somebody would want its result: it looks, or changes nothing. What a person writes is
/// also covered by criteria that look for themselves, or that somebody vouches for.
fn matters(placed: &Placed<'_>, criteria: &[PlacedCriterion<'_>]) -> bool {
    let may_not_run = placed.step.when.is_some();
    match &placed.step.action {
        None | Some(Action::Observe(_)) => !may_not_run,
        Some(Action::Wait(_) | Action::Run(_) | Action::Shell(_)) => false,
        Some(Action::Manual { .. }) => {
            let phase: Option<Phase> = placed.phase();
            let mut own = criteria.iter().filter(|criterion| Some(criterion.phase) == phase);
            let is_named = own.all(|criterion| criterion.table.has("proven_by"));
            is_named && !may_not_run && !placed.step.changes
        }
    }
}
