//! A text that sends people to a step or a phase that is not there.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::Phase;

pub(super) const RULE: Rule = Rule {
    code: "HP116",
    name: "reference-to-nothing",
    level: Level::Warning,
    meaning: "a text names a step or a phase that the runbook does not have",
    help: "correct it: steps are named by their ids, phases are 1 to 8",
    look,
};

static PHASE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\bphase (\d{1,4})\b").expect("a regular expression"));

/// `step 4.3`: the third of phase 4. Not one of another document: `step 4.3 of the guide`.
static NUMBERED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\bstep (\d{1,3})\.(\d{1,3})\b( (of|in|from)\b)?")
        .expect("a regular expression")
});

/// A step's id in back quotes: step `deploy-api`.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    let id = "`([a-z0-9][a-z0-9._-]*)`";
    Regex::new(&format!(r"(?i)\bsteps? {id}|{id} step\b")).expect("a regular expression")
});

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let ids: HashSet<&str> = subject.steps.iter().map(|placed| placed.step.id.as_str()).collect();
    for prose in &subject.prose {
        for (part, message) in lost(subject, &ids, prose.text) {
            found.push(prose.found(&part, message).here("there is none"));
        }
    }
}

fn lost(subject: &Subject<'_>, ids: &HashSet<&str>, text: &str) -> Vec<(Range<usize>, String)> {
    let mut lost = Vec::new();
    for named in PHASE.captures_iter(text) {
        let known = named[1].parse().ok().and_then(Phase::of_number);
        if let (Some(whole), None) = (named.get(0), known) {
            lost.push((whole.range(), format!("there is no phase {}", &named[1])));
        }
    }
    for named in NUMBERED.captures_iter(text).filter(|named| named.get(3).is_none()) {
        let (phase, step) = (&named[1], &named[2]);
        let ends = |id: &&str| {
            [format!("{phase}.{step}"), format!("{phase}-{step}")].iter().any(|it| id.ends_with(it))
        };
        let phase_of = phase.parse().ok().and_then(Phase::of_number);
        let there = phase_of.map_or(0, |phase| subject.phase(phase).tables("step").len());
        let number = step.parse().unwrap_or(usize::MAX);
        let is_there = (1..=there).contains(&number) || ids.iter().any(ends);
        if let (Some(whole), false) = (named.get(0), is_there) {
            lost.push((whole.range(), format!("there is no step {phase}.{step}")));
        }
    }
    for named in NAMED.captures_iter(text) {
        let Some(id) = named.get(1).or(named.get(2)) else { continue };
        if !ids.contains(id.as_str()) {
            lost.push((id.range(), format!("there is no step `{}`", id.as_str())));
        }
    }
    lost
}
