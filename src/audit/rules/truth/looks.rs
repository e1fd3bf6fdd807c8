//! What rules about the truth of checks share: every script, what ends it, and what is asked of a
//! command.

use std::ops::Range;

use crate::audit::{Call, Found, Part, Placed, PlacedCheck, Script, Subject, Table};
use crate::check::Claim;

/// What is called in one place: by a step's action, or by a check.
pub(super) struct Calls<'s, 'a> {
    /// The step.
    pub placed: &'s Placed<'a>,
    /// The check, if it is one that calls.
    pub check: Option<PlacedCheck<'a>>,
}

impl Calls<'_, '_> {
    /// What is called, in the order written.
    pub fn calls(&self) -> &[Call] {
        self.check.as_ref().map_or(&self.placed.calls, |check| &check.calls)
    }

    /// The same without `sudo`, `timeout` and their like, with what inner scripts call.
    pub fn done(&self) -> &[Call] {
        self.check.as_ref().map_or(&self.placed.done, |check| &check.done)
    }

    /// The script among what is called.
    pub fn script(&self) -> Option<&Script> {
        self.check.as_ref().map_or(self.placed.script.as_ref(), |check| check.script.as_ref())
    }

    /// Whether the text that is printed is judged: then the exit code is not all.
    pub fn judges_output(&self) -> bool {
        self.check.as_ref().is_some_and(|check| judges_output(check.kind))
    }

    /// Something about it.
    pub fn found(&self, place: &Range<usize>, message: impl Into<String>) -> Found {
        self.placed.found(place, message)
    }
}

/// Every place that calls programs.
pub(super) fn all_calls<'s, 'a>(subject: &'s Subject<'a>) -> Vec<Calls<'s, 'a>> {
    let mut all = Vec::new();
    for placed in &subject.steps {
        if !placed.calls.is_empty() {
            all.push(Calls { placed, check: None });
        }
        let checks = placed.checks().into_iter().filter(|check| !check.calls.is_empty());
        all.extend(checks.map(|check| Calls { placed, check: Some(check) }));
    }
    all
}

/// Every check and probe with its step.
pub(super) fn all_checks<'s, 'a>(
    subject: &'s Subject<'a>,
) -> impl Iterator<Item = (&'s Placed<'a>, PlacedCheck<'a>)> + use<'s, 'a> {
    let steps = subject.steps.iter();
    steps.flat_map(|placed| placed.checks().into_iter().map(move |check| (placed, check)))
}

/// Whether something is wanted of what a `command` prints.
pub(super) fn judges_output(kind: Table<'_>) -> bool {
    ["stdout_contains", "stdout_matches", "json"].iter().any(|key| kind.has(key))
}

/// Whether the step stands in the rollback, or takes something back.
pub(super) fn goes_back(placed: &Placed<'_>) -> bool {
    matches!(placed.part, Part::Undo(_) | Part::Rollback)
}

/// What a claim says, with `{{name}}` for its variables.
pub(super) fn claimed(claim: &Claim) -> String {
    serde_json::to_string(claim).unwrap_or_default()
}

/// Where a script ends well whatever happened before, if it does.
pub(super) fn ends_well(script: &Script, calls: &[Call]) -> Option<Range<usize>> {
    let gives_up = |call: &Call| {
        let stops = ["exit", "return"].contains(&call.program());
        (stops && !call.has(&["0"])) || call.program() == "false"
    };
    if !script.is_whole || calls.iter().any(gives_up) {
        return None;
    }
    let own = |call: &&Call| call.in_script && !call.is_substituted && !call.in_function;
    let own: Vec<&Call> = calls.iter().filter(own).collect();
    let (last, before) = own.split_last()?;
    let text = script.text.trim_end_matches([' ', '\n', '\t', ';']);
    let good = ["true", ":", "exit 0", "exit"].iter().find_map(|word| text.strip_suffix(word));
    let rest = good.map(|rest| rest.trim_end_matches([' ', '\t']));
    let says = ["echo", "printf"].contains(&last.program());
    if rest.is_some_and(|rest| rest.ends_with("||")) || (says && before.last()?.is_forgiven) {
        let first = before.len() - before.iter().rev().take_while(|call| call.is_condition).count();
        // Under `set -e` what comes before can still fail.
        let alone = before[..first].iter().all(|call| call.program() == "set");
        return (alone || script.exits_from.is_none())
            .then(|| before.get(first).map(|call| call.place.start..last.place.end))?;
    }
    let stands_alone = rest.is_some_and(|rest| rest.ends_with(['\n', ';']));
    let stops_early = script.exits_from.is_some() || before.is_empty() || text.ends_with(" exit");
    (stands_alone && !stops_early).then(|| last.place.clone())
}
