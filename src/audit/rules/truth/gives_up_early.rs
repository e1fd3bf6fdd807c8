//! A check that is given up before it can have passed.

use super::looks::all_checks;
use crate::audit::{Found, Level, Placed, PlacedCheck, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP309",
    name: "gives-up-early",
    level: Level::Warning,
    meaning: "a check gives up before it can have asked again, or before the step is thought to be over",
    help: "make `until.within` longer: several times `timeout`, and longer than the `estimate`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for (placed, check) in all_checks(subject) {
        let Some(until) = check.check.until else { continue };
        let within = check.table.table("until").and_then(|until| until.place("within"));
        let place = within.unwrap_or_else(|| check.place.clone());
        let timeout = check.check.timeout;
        if check.table.has("timeout") && timeout.millis() >= until.within.millis() {
            let message =
                format!("one look may take {timeout}, and all of them together {}", until.within);
            let also = check.table.place("timeout").unwrap_or_else(|| place.clone());
            found.push(
                placed
                    .found(&place, message)
                    .here("over after one look")
                    .also(&also, "of one look"),
            );
        }
        if let Some(finding) = before_the_estimate(placed, &check, until.within.millis()) {
            found.push(finding);
        }
    }
}

/// Only a step that does nothing but look: else the estimate is that of its action, too.
fn before_the_estimate(placed: &Placed<'_>, check: &PlacedCheck<'_>, within: u64) -> Option<Found> {
    let step = placed.step;
    let estimate = step.estimate.filter(|_| step.is_read_only())?;
    let tries = u64::from(step.retry.attempts);
    let longest =
        step.checks.iter().filter_map(|check| check.until).map(|until| until.within.millis());
    let is_longest = longest.max() == Some(within);
    (is_longest && within.saturating_mul(tries) < estimate.millis()).then(|| {
        let place = check.table.table("until").and_then(|until| until.place("within"));
        let place = place.unwrap_or_else(|| check.place.clone());
        let message =
            format!("`{}` is thought to take {estimate}, and is given up before", step.id);
        let finding = placed.found(&place, message).here("gives up after this");
        finding.also(&placed.at("estimate"), "what it is thought to take")
    })
}
