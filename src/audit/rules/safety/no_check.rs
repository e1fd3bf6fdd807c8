//! A change after which nobody looks whether it worked.

use super::acts;
use crate::audit::calls::Call;
use crate::audit::{Effect, Found, Level, Part, Placed, Rule, Subject, effect};

pub(super) const RULE: Rule = Rule {
    code: "HP205",
    name: "change-without-check",
    level: Level::Warning,
    meaning: "nothing looks whether a change worked",
    help: "add a `check` to the step: what is different, seen from outside, when it worked? An exit \
           code says only that the command ended",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for (at, placed) in subject.steps.iter().enumerate() {
        if placed.changes() && !looks_itself(placed) && !looked_at_later(subject, at) {
            let message = format!("nothing looks whether `{}` worked", placed.step.id);
            let here = "whatever it did, the deployment goes on";
            found.push(placed.found(&placed.action(), message).here(here));
        }
    }
}

/// Whether the step has a check, or its last command looks at what the others did.
fn looks_itself(placed: &Placed<'_>) -> bool {
    let waits = |call: &Call| call.has(&["--wait", "--atomic", "--wait-for-jobs"]);
    let looks = placed.done.iter().rev().take_while(|call| effect(call) <= Effect::Looks);
    let mut looks =
        looks.filter(|call| effect(call) == Effect::Looks && !SILENT.contains(&call.program()));
    !placed.step.checks.is_empty()
        || placed.done.iter().any(waits)
        || placed.done.len() > 1 && looks.next().is_some()
}

/// What prints, and judges nothing.
const SILENT: [&str; 22] = [
    "echo", "printf", "cat", "sleep", "date", "true", ":", "ls", "head", "tail", "cut", "tr",
    "uname", "hostname", "basename", "dirname", "pwd", "read", "seq", "awk", "sed", "sort",
];

/// Whether something looks behind it, in its phase or before the next phase's first change.
fn looked_at_later(subject: &Subject<'_>, at: usize) -> bool {
    let phase = subject.steps[at].phase();
    let later = subject.steps[at + 1..].iter().filter(|placed| !acts::is_way_back(placed));
    let mut until_next = later.take_while(|placed| placed.phase() == phase || !placed.changes());
    until_next.any(|placed| {
        let tries = placed.step.acts() && !placed.step.changes && acts::is_automatic(placed);
        let looks = !placed.step.checks.is_empty() || tries && !acts::backs_up(placed);
        looks && !matches!(placed.part, Part::Prerequisite)
    })
}
