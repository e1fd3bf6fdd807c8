//! Every step of a runbook by its id, with its place in the order of things, so that references
//! can be judged before the steps themselves are read.

use std::collections::HashMap;
use std::ops::Range;

use super::super::place::At;
use super::super::problem::{Code, Problem, quoted};
use super::super::shape::nearest;
use super::super::syntax::{Document, Id, PhaseTable, StepTable};
use super::super::{OnFailure, Phase};
use super::Resolver;
use crate::value::Name;

/// Where the rollback stands in the order: after all phases.
pub(super) const ROLLBACK: usize = 9;

/// How the ids begin that the program gives.
const RESERVED: [&str; 5] = ["exit.", "prerequisite.", UNDO, BEFORE, AFTER];
/// Before the id of the step whose action is taken back.
pub(super) const UNDO: &str = "undo.";
/// Before the id of the step whose baseline is read before the first change.
pub(super) const BEFORE: &str = "before.";
/// Before the id of the step whose baseline is read after a rollback.
pub(super) const AFTER: &str = "after.";

/// A place in the order: 0 for prerequisites, 1 to 8 for phases, then the place there.
pub(super) type Rank = (usize, usize);

/// The steps that exist.
#[derive(Default)]
pub(super) struct Ids {
    known: HashMap<String, Rank>,
    /// Those that the session goes on without, with the place that says so.
    may_fail: HashMap<String, Range<usize>>,
    /// Whether some ids could not be read, so that none can be called unknown.
    lost: bool,
}

impl Ids {
    pub fn rank(&self, id: &str) -> Option<Rank> {
        self.known.get(id).copied()
    }

    /// Where it is said that the session goes on without this step, if so.
    pub fn may_fail(&self, id: &str) -> Option<&Range<usize>> {
        self.may_fail.get(id)
    }

    fn nearest(&self, id: &str) -> Option<&str> {
        nearest(id, self.known.keys().map(String::as_str))
    }
}

/// The id of the step that a criterion's own check becomes.
pub(super) fn exit_id(phase: Phase, number: usize) -> String {
    format!("exit.{}.{number}", phase.number())
}

/// The id of the step that a prerequisite becomes.
pub(super) fn prerequisite_id(number: usize) -> String {
    format!("prerequisite.{number}")
}

/// Collects the ids of a document and reports those that cannot stand.
pub(super) fn collect(
    resolver: &mut Resolver,
    document: &Document,
    order: &[Option<Phase>],
) -> Ids {
    let mut ids = Ids::default();
    let mut places: HashMap<String, Range<usize>> = HashMap::new();
    for at in 0..document.prerequisite.len() {
        ids.known.insert(prerequisite_id(at + 1), (0, at));
    }
    let mut add = |ids: &mut Ids, stage: usize, steps: &[At<StepTable>]| {
        for (at, step) in steps.iter().enumerate() {
            let Some(id) = &step.value.id else {
                ids.lost = true;
                continue;
            };
            if let Some(problem) = unfit(id, &mut places) {
                resolver.report(problem);
            } else {
                ids.known.insert(id.value.0.clone(), (stage, at));
                let policy = step.value.on_failure.as_ref();
                if let Some(policy) = policy.filter(|policy| policy.value == OnFailure::Continue) {
                    ids.may_fail.insert(id.value.0.clone(), policy.span.clone());
                }
            }
        }
    };
    for (at, phase) in document.phase.iter().enumerate() {
        let stage = order[at].map_or(at + 1, Phase::number).min(ROLLBACK - 1);
        add(&mut ids, stage, &phase.value.step);
        for (number, exit) in phase.value.exit.iter().enumerate() {
            if let (Some(phase_of), Some(_)) = (order[at], &exit.value.check) {
                let rank = (stage, phase.value.step.len() + number);
                ids.known.insert(exit_id(phase_of, number + 1), rank);
            }
        }
    }
    add(&mut ids, ROLLBACK, &document.rollback.step);
    let lost = |phase: &At<PhaseTable>| phase.value.step.is_empty() && resolver.is_damaged(phase);
    ids.lost |= document.phase.is_empty() || document.phase.iter().any(lost);
    ids
}

fn unfit(id: &At<Id>, places: &mut HashMap<String, Range<usize>>) -> Option<Problem> {
    let text = &id.value.0;
    if RESERVED.iter().any(|prefix| text.starts_with(prefix)) {
        let message = format!("the id {} begins like one of the program's own", quoted(text));
        return Some(Problem::new(Code::IdReserved, &id.span, message));
    }
    let first = places.insert(text.clone(), id.span.clone())?;
    let message = format!("two steps have the id {}", quoted(text));
    Some(Problem::new(Code::IdTwice, &id.span, message).also(&first, "first here"))
}

impl Resolver {
    /// The step that is meant, or a problem with this code.
    pub(super) fn known_step(&mut self, id: &At<Id>, code: Code) -> Option<(Name, Rank)> {
        let text = &id.value.0;
        if let Some(rank) = self.ids.rank(text) {
            return text.parse().ok().map(|name| (name, rank));
        }
        if !self.ids.lost {
            let message = format!("there is no step {}", quoted(text));
            let problem = Problem::new(code, &id.span, message);
            let problem = match self.ids.nearest(text) {
                Some(near) => problem.help(format!("did you mean `{near}`?")),
                None => problem,
            };
            self.report(problem);
        }
        None
    }
}
