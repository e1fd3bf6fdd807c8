//! An action that is stopped before it can be done.

use crate::audit::{Found, Level, Placed, Rule, Subject};
use crate::runbook::Action;

pub(super) const RULE: Rule = Rule {
    code: "HP106",
    name: "estimate-over-timeout",
    level: Level::Warning,
    meaning: "a step is thought to take longer than its action may",
    help: "give it a `timeout` that is well above its estimate",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    found.extend(subject.steps.iter().filter_map(of_step));
}

fn of_step(placed: &Placed<'_>) -> Option<Found> {
    let step = placed.step;
    if !matches!(step.action, Some(Action::Run(_) | Action::Shell(_))) {
        return None;
    }
    let estimate = step.estimate?;
    // The estimate is for all of the step: what its checks wait for is not the action's.
    let waited = step.checks.iter().filter_map(|check| check.until.as_ref());
    let waited: u64 = waited.map(|until| until.within.millis()).sum();
    let retries = step.timeout.millis().saturating_mul(u64::from(step.retry.attempts));
    if estimate.millis() <= retries.saturating_add(waited) {
        return None;
    }
    let (id, limit) = (&step.id, step.timeout);
    let why = if placed.table.has("timeout") { "and" } else { "and without a `timeout`" };
    let message =
        format!("`{id}` is thought to take {estimate}, {why} its action is stopped after {limit}");
    Some(placed.found(&placed.at("estimate"), message).also(&placed.action(), "is stopped"))
}
