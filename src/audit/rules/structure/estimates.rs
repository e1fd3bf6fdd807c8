//! Times that are stated, and what they are made of.

use crate::audit::{Found, Level, Placed, Rule, Subject};
use crate::runbook::{Action, Phase};
use crate::value::Span;

pub(super) const RULE: Rule = Rule {
    code: "HP105",
    name: "estimates-disagree",
    level: Level::Warning,
    meaning: "an estimate is not the sum of the estimates that it is made of",
    help: "correct the one that is wrong: people plan their night by these numbers",
    look,
};

/// What several steps take.
#[derive(Clone, Copy, Default)]
struct Sum {
    /// What is sure: steps that always run, and say how long they take.
    least: u64,
    /// With those that run under a condition.
    most: u64,
    /// Whether each of them says how long it takes.
    is_whole: bool,
}

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let mut whole = Sum { is_whole: true, ..Sum::default() };
    for phase in Phase::ALL {
        let sum = of_phase(subject, phase);
        let section = subject.book.section(phase);
        let stated = section.estimate;
        if let Some(stated) = stated
            && let Some(total) = sum.against(stated)
        {
            let place = subject.phase(phase).place("estimate").unwrap_or_default();
            let message = differ(&format!("phase {}", phase.number()), "its steps", stated, total);
            let one = subject.found_in(phase, &place, message);
            found.push(one.here(format!("the steps: {}", hours(total))));
        }
        if section.skip.is_none() {
            whole.add(sum, stated.map_or(0, Span::millis));
        }
    }
    if let Some(stated) = subject.book.estimate
        && let Some(total) = whole.against(stated)
    {
        let head = subject.root.table("runbook").and_then(|head| head.place("estimate"));
        let message = differ("the runbook", "its parts", stated, total);
        let one = subject.found(&head.unwrap_or_default(), message);
        found.push(one.here(format!("its parts: {}", hours(total))));
    }
    found.extend(Phase::ALL.into_iter().filter_map(|phase| of_skipped(subject, phase)));
    found.extend(subject.own_steps().filter_map(too_short));
}

fn of_phase(subject: &Subject<'_>, phase: Phase) -> Sum {
    let mut sum = Sum { is_whole: true, ..Sum::default() };
    for placed in subject.own_steps().filter(|placed| placed.phase() == Some(phase)) {
        let takes = takes(placed);
        sum.most += takes.unwrap_or(0);
        sum.least += takes.filter(|_| placed.step.when.is_none()).unwrap_or(0);
        // Looking once takes no time worth a plan.
        sum.is_whole &= takes.is_some() || placed.step.is_read_only();
    }
    sum
}

/// A phase that takes time, and is left out.
fn of_skipped(subject: &Subject<'_>, phase: Phase) -> Option<Found> {
    let section = subject.book.section(phase);
    let (stated, _) = (section.estimate?, section.skip.as_ref()?);
    let place = subject.phase(phase).place("estimate")?;
    let number = phase.number();
    let message =
        format!("phase {number} is said to take {}, and is skipped", hours(stated.millis()));
    let skip = subject.phase(phase).key("skip").unwrap_or_default();
    Some(subject.found_in(phase, &place, message).also(&skip, "does not apply"))
}

/// What a step takes, in milliseconds: as estimated, and no less than it waits or watches.
fn takes(placed: &Placed<'_>) -> Option<u64> {
    placed.step.estimate.map(Span::millis).max(waits(placed))
}

fn waits(placed: &Placed<'_>) -> Option<u64> {
    match &placed.step.action {
        Some(Action::Wait(span)) => Some(span.millis()),
        Some(Action::Observe(window)) => Some(window.length.millis()),
        Some(Action::Run(_) | Action::Shell(_) | Action::Manual { .. }) | None => None,
    }
}

impl Sum {
    /// Adds a phase: what its steps say, if all of them do; else what is stated, if that is more.
    fn add(&mut self, phase: Self, stated: u64) {
        let stated = if phase.is_whole { 0 } else { stated };
        self.least += phase.least.max(stated);
        self.most += phase.most.max(stated);
        self.is_whole &= stated > 0 || phase.is_whole;
    }

    /// The sum, where it cannot be what is stated: above it, or well below and complete.
    fn against(self, stated: Span) -> Option<u64> {
        let stated = stated.millis();
        if self.least > stated {
            return Some(self.least);
        }
        let is_below = self.is_whole && self.most > 0 && self.most < stated / 4 * 3;
        is_below.then_some(self.most)
    }
}

fn too_short(placed: &Placed<'_>) -> Option<Found> {
    let (stated, waits) = (placed.step.estimate?, waits(placed)?);
    if waits <= stated.millis() {
        return None;
    }
    let message = differ(&format!("`{}`", placed.step.id), "its window", stated, waits);
    Some(placed.found(&placed.at("estimate"), message).also(&placed.action(), hours(waits)))
}

fn differ(what: &str, parts: &str, stated: Span, sum: u64) -> String {
    let stated = hours(stated.millis());
    format!("{what} is said to take {stated}, and {parts} take {}", hours(sum))
}

/// In hours and not in days: nobody works around the clock.
fn hours(millis: u64) -> String {
    let (hours, rest) = (millis / 3_600_000, millis % 3_600_000);
    match (hours, rest) {
        (0, _) => Span::from_millis(rest).to_string(),
        (_, 0) => format!("{hours}h"),
        _ => format!("{hours}h {}", Span::from_millis(rest)),
    }
}
