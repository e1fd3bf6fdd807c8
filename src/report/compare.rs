//! What the baseline said before the first change, beside what the same checks say now.

use super::{Line, Tone};
use crate::check::Outcome;
use crate::runbook::{Baseline, Runbook};
use crate::session::{Finding, Session};
use crate::value::Name;

/// What a check said at two times, for a person.
pub(super) struct Pair {
    /// Before the first change.
    pub(super) before: Finding,
    /// Now.
    pub(super) now: Finding,
}

impl Pair {
    /// Both, below each other.
    pub(super) fn lines(&self, indent: &str) -> [Line; 2] {
        let before = format!("{indent}before:  {}", self.before.verdict.says());
        let now = format!("{indent}now:     {}", self.now.verdict.says());
        let tone = match (self.is_worse(), self.now.verdict.outcome()) {
            (false, _) => Tone::Quiet,
            (true, Outcome::Fail) => Tone::Bad,
            (true, _) => Tone::Doubt,
        };
        [Line::new(Tone::Quiet, before), Line::new(tone, now)]
    }

    /// Whether it does not hold now, and did, or nobody knows whether it did.
    pub(super) fn is_worse(&self) -> bool {
        !self.now.verdict.outcome().is_as_good_as(self.before.verdict.outcome())
    }
}

/// What the checks of a step's baseline said before the first change, in their order, for the step
/// itself and for the one that reads them again; nothing where they were not read.
pub(super) fn before(session: &Session, book: &Runbook, step: &Name) -> Vec<Finding> {
    let is_of = |baseline: &&Baseline| baseline.of == *step || baseline.after.id == *step;
    let baseline = book.baselines.iter().find(is_of);
    baseline.map_or_else(Vec::new, |baseline| session.step(&baseline.before.id).findings)
}

/// Each finding, with what its check said before the first change where it is of the baseline.
pub(super) fn with_before(
    before: Vec<Finding>,
    findings: &[Finding],
) -> impl Iterator<Item = (&Finding, Option<Pair>)> {
    let mut before = before.into_iter();
    findings.iter().map(move |now| {
        let before = if now.check.baseline { before.next() } else { None };
        (now, before.map(|before| Pair { before, now: now.clone() }))
    })
}

/// A baseline after a rollback: each of its checks, then and now.
pub(super) fn after(session: &Session, baseline: &Baseline) -> Vec<Pair> {
    let before = session.step(&baseline.before.id).findings;
    let now = session.step(&baseline.after.id).findings;
    before.into_iter().zip(now).map(|(before, now)| Pair { before, now }).collect()
}

/// What a rollback came to, seen from the baseline; nothing where it was not read again.
pub(super) fn told(session: &Session, book: &Runbook) -> Vec<Line> {
    let plan = session.plan(book);
    let mut lines = Vec::new();
    for baseline in plan.baselines {
        for pair in after(session, baseline) {
            let (tone, word) = match (pair.is_worse(), pair.now.verdict.outcome()) {
                (false, Outcome::Pass) => (Tone::Good, "pass   "),
                (false, _) => (Tone::Quiet, "as then"),
                (true, Outcome::Fail) => (Tone::Bad, "WORSE  "),
                (true, _) => (Tone::Doubt, "UNKNOWN"),
            };
            lines.push(Line::new(tone, format!("  {word}  {}", pair.now.check.name())));
            lines.extend(pair.lines("           "));
        }
    }
    if !lines.is_empty() {
        let told = "The baseline, before the first change and after the rollback:";
        lines.insert(0, Line::new(Tone::Plain, told));
    }
    lines
}
