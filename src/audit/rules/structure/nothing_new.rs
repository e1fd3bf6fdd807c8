//! A criterion that was met before its phase began.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::audit::{Found, Level, PlacedCriterion, Rule, Subject, gist};
use crate::runbook::{Phase, quoted};

pub(super) const RULE: Rule = Rule {
    code: "HP113",
    name: "criterion-says-nothing-new",
    level: Level::Note,
    meaning: "a criterion says nothing about its own phase",
    help: "name a step of this phase, or a check that looks now; or remove the criterion",
    look,
};

/// A title: what it is about, where it stands, and in which phase; none: before all.
type Title = (BTreeSet<String>, Range<usize>, Option<Phase>);

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let criteria = subject.criteria();
    let any_attested = criteria.iter().any(PlacedCriterion::is_attested);
    let titles = if any_attested { titles(subject) } else { Vec::new() };
    for placed in criteria {
        let text = quoted(&placed.criterion.text);
        let proof = subject.proof_of(placed.criterion);
        let is_old = |phase| phase < Some(placed.phase);
        if !proof.is_empty() && proof.iter().all(|step| is_old(step.phase())) {
            let place = placed.table.place("proven_by").unwrap_or_default();
            let message = format!("{text} was proven before phase {}", placed.phase.number());
            found.push(placed.found(&place, message).here("all of earlier phases"));
        } else if let Some(place) = repeated(&titles, &placed) {
            let message = format!("{text} repeats what was so before");
            let one = placed.found(&placed.place, message).here("said again, and not looked at");
            found.push(one.also(&place, "first here"));
        }
    }
}

/// The titles of the prerequisites, then those of the steps.
fn titles(subject: &Subject<'_>) -> Vec<Title> {
    let prerequisites = subject.root.tables("prerequisite").into_iter();
    let prerequisites = prerequisites.map(|table| (table, None));
    let steps = subject.own_steps().map(|placed| (placed.table, placed.phase()));
    let titles = prerequisites.chain(steps).filter_map(|(table, phase)| {
        let (title, place) = table.text("title")?;
        Some((gist(title), place, phase))
    });
    titles.collect()
}

/// The prerequisite or the step of an earlier phase that an attested criterion repeats.
fn repeated(titles: &[Title], placed: &PlacedCriterion<'_>) -> Option<Range<usize>> {
    let about = gist(&placed.criterion.text);
    if !placed.is_attested() || about.len() < 2 {
        return None;
    }
    let mut earlier = titles.iter().filter(|(.., phase)| *phase < Some(placed.phase));
    earlier.find(|(title, ..)| *title == about).map(|(_, place, _)| place.clone())
}
