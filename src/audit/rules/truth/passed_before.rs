//! Checks behind a change that passed already before it: they would pass without it, too.

use super::looks::goes_back;
use crate::audit::{Found, Level, Part, Placed, PlacedCheck, Rule, Subject};
use crate::check::Check;

pub(super) const RULE: Rule = Rule {
    code: "HP311",
    name: "passed-before",
    level: Level::Warning,
    meaning: "all checks of a change passed already before it, so they do not show that it happened",
    help: "add a check that can pass only after the change",
    look,
};

/// A probe that was true before the action.
pub(super) const PROBE: Rule = Rule {
    code: "HP312",
    name: "probe-passed-before",
    level: Level::Error,
    meaning: "a probe was true before the action: after a crash it says that what never happened did",
    help: "ask for something that only the action makes true",
    look: look_at_probes,
};

/// Kinds that look at a stretch of time: the same question is another one later.
const OF_TIME: [&str; 3] = ["aws_metric", "aws_logs", "aws_cost"];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for (at, placed) in subject.steps.iter().enumerate().filter(|(_, placed)| placed.changes()) {
        let known = before(subject, at);
        let checks = placed.checks();
        let own = checks.get(..placed.step.checks.len()).unwrap_or_default();
        let earlier: Vec<_> = own.iter().filter_map(|check| passed(&known, check.check)).collect();
        let (Some(check), Some(first)) = (own.first(), earlier.first()) else { continue };
        if earlier.len() == own.len() && !own.iter().any(|check| check.check.baseline) {
            let message = format!("what `{}` checks was so before it", placed.step.id);
            let finding =
                placed.found(&check.place, message).here("passes without the change, too");
            found.push(finding.also(&first.1, "passed here"));
        }
    }
}

fn look_at_probes(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for (at, placed) in subject.steps.iter().enumerate().filter(|(_, it)| !goes_back(it)) {
        let Some(probe) = &placed.step.probe else { continue };
        let known = before(subject, at);
        let Some((_, place)) = passed(&known, probe) else { continue };
        let own = placed.checks().pop().map_or_else(|| placed.place.clone(), |check| check.place);
        let message = format!("the probe of `{}` is true before it", placed.step.id);
        let finding = placed.found(&own, message).here("true already");
        found.push(finding.also(place, "passed here"));
    }
}

type Known<'a> = Vec<(&'a Check, std::ops::Range<usize>)>;

/// What must have passed before a step, with nothing done in between that could have changed it.
fn before<'a>(subject: &Subject<'a>, at: usize) -> Known<'a> {
    let mut known = Vec::new();
    for placed in subject.steps[..at].iter().rev() {
        if matches!(placed.part, Part::Undo(_)) {
            continue;
        }
        // What an action left is known, too, and nothing before it.
        let checks = placed.checks();
        let own = checks.into_iter().take(placed.step.checks.len());
        known.extend(
            own.filter(|_| counts(placed)).map(|check: PlacedCheck<'a>| (check.check, check.place)),
        );
        if placed.step.acts() {
            break;
        }
    }
    known
}

/// A step that may be skipped or gone past proves nothing.
fn counts(placed: &Placed<'_>) -> bool {
    placed.step.when.is_none() && placed.step.on_failure != crate::runbook::OnFailure::Continue
}

fn passed<'k>(
    known: &'k Known<'_>,
    check: &Check,
) -> Option<&'k (&'k Check, std::ops::Range<usize>)> {
    let fits = |(one, _): &&(&Check, _)| one.claim == check.claim;
    known.iter().find(fits).filter(|_| !OF_TIME.contains(&check.claim.name()))
}
