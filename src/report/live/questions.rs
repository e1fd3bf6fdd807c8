//! Which checks a live audit asks, and which of them must hold already.

use std::collections::BTreeSet;

use super::{About, Stand, Weight};
use crate::check::Check;
use crate::runbook::{Action, OnFailure, Phase, Runbook, Step};
use crate::text::Template;
use crate::value::Name;

/// A check that is asked now.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Where it matters.
    pub stand: Stand,
    /// A check, or the probe of an action.
    pub about: About,
    /// What it means where it does not hold.
    pub weight: Weight,
    /// The step that it stands in.
    pub step: &'a Step,
    /// The check.
    pub check: &'a Check,
}

/// Every check that some path through the runbook asks, in the order of the phases; none of a step
/// that is skipped. What an action before it may bring about need not hold yet: nobody can know
/// what a program changes, so whatever stands behind one counts as that.
#[must_use]
pub fn questions<'a>(book: &'a Runbook, is_skipped: &dyn Fn(&Name) -> bool) -> Vec<Question<'a>> {
    let mut all = Vec::new();
    let mut acted = false;
    for step in &book.prerequisites {
        add(&mut all, Stand::Start, step, Weight::Must);
    }
    for phase in Phase::ALL {
        let steps = book.section(phase).steps.iter().filter(|step| !is_skipped(&step.id));
        for step in steps {
            acted |= brings_about(step);
            let weight = match (acted, step.on_failure) {
                (true, _) => Weight::After,
                (false, OnFailure::Continue) => Weight::Told,
                (false, _) => Weight::Must,
            };
            add(&mut all, Stand::In(phase), step, weight);
        }
    }
    let undos = book.steps().filter(|step| !is_skipped(&step.id));
    for undo in undos.filter_map(|step| step.undo.as_deref()) {
        add(&mut all, Stand::Back, undo, Weight::After);
    }
    for step in &book.rollback.steps {
        add(&mut all, Stand::Back, step, Weight::After);
    }
    all
}

fn add<'a>(all: &mut Vec<Question<'a>>, stand: Stand, step: &'a Step, weight: Weight) {
    let of = |about, check, weight| Question { stand, about, weight, step, check };
    all.extend(step.checks.iter().map(|check| of(About::Check, check, weight)));
    all.extend(step.probe.iter().map(|check| of(About::Probe, check, Weight::After)));
}

/// Whether the step may make something true that was not. Writing something down and waiting
/// do not.
#[must_use]
pub fn brings_about(step: &Step) -> bool {
    match step.action {
        Some(Action::Run(_) | Action::Shell(_)) => true,
        Some(Action::Manual { record, .. }) => step.changes || !record,
        None | Some(Action::Wait(_) | Action::Observe(_)) => false,
    }
}

/// The variables in a check of which nobody knows the value yet.
#[must_use]
pub fn open_in(check: &Check, open: &BTreeSet<String>) -> Vec<String> {
    let text = serde_json::to_string(check).expect("a check is plain data");
    let Ok(template) = Template::parse(&text) else { return Vec::new() };
    let named: BTreeSet<&str> = template.variables().collect();
    named.into_iter().filter(|name| open.contains(*name)).map(str::to_owned).collect()
}
