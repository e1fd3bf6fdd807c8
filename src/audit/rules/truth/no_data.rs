//! A metric without data passes.

use super::looks::all_checks;
use crate::audit::{Found, Level, PlacedCheck, Rule, Subject};
use crate::value::Span;

pub(super) const RULE: Rule = Rule {
    code: "HP316",
    name: "missing-data-passes",
    level: Level::Note,
    meaning: "a metric passes although most of its data points may be missing",
    help: "allow one or two points to be missing: they come late. If it is counted rarely, look over a \
           longer window, or make it 0 where nothing is counted: `FILL(…, 0)` in an `expression`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for (placed, check) in all_checks(subject) {
        let Some((missing, points)) = missing(&check) else { continue };
        // What is counted when it happens, an error, is rightly missing most of the time.
        let counted =
            check.kind.text("stat").is_some_and(|(stat, _)| ["Sum", "Maximum"].contains(&stat))
                && check.kind.has("at_most");
        if missing.saturating_mul(2) > points && !counted {
            let message = format!("{missing} of {points} data points may be missing");
            found.push(placed.found(&check.at("missing"), message).here("passes on very few"));
        }
    }
}

fn missing(check: &PlacedCheck<'_>) -> Option<(u64, u64)> {
    let is_metric = check.check.claim.name() == "aws_metric" && !check.kind.has("since");
    let missing = check.kind.written("missing").filter(|_| is_metric)?.parse::<u64>().ok()?;
    let span = |key: &str, default: u64| {
        let text = check.kind.text(key).map(|(text, _)| text.parse::<Span>());
        text.map_or(Some(default), |span| span.ok().map(Span::millis))
    };
    let (over, period) = (span("over", 300_000)?, span("period", 60_000)?);
    Some((missing, over.checked_div(period)?))
}
