//! A change in production, and nobody watches what it does to users.

use super::looks::claimed;
use crate::audit::{Found, Level, Part, Placed, Rule, Subject};
use crate::runbook::{Action, Phase, Proof};

pub(super) const RULE: Rule = Rule {
    code: "HP310",
    name: "change-unwatched",
    level: Level::Warning,
    meaning: "production is changed, and nothing watches it afterwards: no alarm, no metric, no log, no \
              window",
    help: "watch it for as long as trouble needs to show: a step with `observe = { for = \"30m\", \
           every = \"1m\" }`, or a check of an alarm, a metric or the logs",
    look,
};

/// Words of people who look.
const WATCHES: [&str; 12] = [
    "monitor",
    "dashboard",
    "alarm",
    "alert",
    "metric",
    "graph",
    "error rate",
    "watch",
    "grafana",
    "datadog",
    "sentry",
    "prometheus",
];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    if !subject.book.is_production() {
        return;
    }
    let changes = |placed: &Placed<'_>| placed.changes();
    let Some(last) = subject.steps.iter().rposition(changes) else { return };
    let Some(first) = subject.steps.iter().position(changes) else { return };
    // A later change may be the switch of an alarm: what watches behind the first one counts.
    let behind = subject.steps.iter().skip(first);
    let said = Phase::ALL.into_iter().flat_map(|phase| &subject.book.section(phase).criteria);
    let attested = said.filter_map(|criterion| match &criterion.proof {
        Proof::Attested(words) => Some(words.to_string()),
        Proof::Steps(_) => None,
    });
    if !behind.into_iter().any(watches) && !attested.into_iter().any(|text| speaks_of_it(&text)) {
        let placed = &subject.steps[last];
        let message = format!("nothing watches production behind `{}`", placed.step.id);
        found.push(subject.found(&placed.action(), message).here("the last change"));
    }
}

fn watches(placed: &Placed<'_>) -> bool {
    if !matches!(placed.part, Part::Phase(_) | Part::Criterion(_)) {
        return false;
    }
    let step = placed.step;
    let looks = |check: &crate::check::Check| {
        ["aws_metric", "aws_alarm", "aws_logs"].contains(&check.claim.name())
            || speaks_of_it(&claimed(&check.claim))
    };
    let by_hand = placed.table.text("manual").is_some_and(|(text, _)| speaks_of_it(text));
    let by_program =
        placed.calls.iter().any(|call| call.words.iter().any(|word| speaks_of_it(&word.text)));
    matches!(step.action, Some(Action::Observe(_)))
        || by_hand
        || by_program
        || step.checks.iter().any(looks)
}

fn speaks_of_it(text: &str) -> bool {
    let text = text.to_lowercase();
    WATCHES.iter().any(|word| text.contains(word))
}
