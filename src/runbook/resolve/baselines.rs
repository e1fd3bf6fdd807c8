//! What is read before the first change and compared after a rollback.

use super::super::{Baseline, Section, Step};
use super::ids::{AFTER, BEFORE};
use crate::check::Check;

/// One baseline for each step of a phase that has checks marked so, in their order.
pub(super) fn baselines(phases: &[Section; 8]) -> Vec<Baseline> {
    phases.iter().flat_map(|section| &section.steps).filter_map(baseline).collect()
}

/// Before, each check is asked once, since nothing is expected to come true; after, as patiently
/// as in the step itself. Neither is read where the step does not run.
fn baseline(step: &Step) -> Option<Baseline> {
    let marked = step.checks.iter().filter(|check| check.baseline);
    let after: Vec<Check> = marked.cloned().collect();
    if after.is_empty() {
        return None;
    }
    let before = after.iter().map(Check::once).collect();
    let read = |prefix: &str, time: &str, checks: Vec<Check>| {
        let title = format!("{time}: {}", step.title);
        let when = step.when.clone();
        Step { checks, when, ..Step::named(step.id.behind(prefix), title) }
    };
    Some(Baseline {
        of: step.id.clone(),
        before: read(BEFORE, "Before the first change", before),
        after: read(AFTER, "After the rollback", after),
    })
}
