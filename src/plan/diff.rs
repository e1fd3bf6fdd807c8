//! What changed between two versions of a runbook, in meaning and not in text: comments, order of
//! keys and layout are no changes.
//!
//! Each change has a class, by what a reviewer must look at first. [`Risk::Riskier`] is what makes
//! the deployment riskier, and what nobody can tell: another command, another question.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Plan;
use crate::runbook::{Runbook, Value, Values};

mod action;
mod allow;
mod checks;
mod criteria;
mod fields;
mod head;
mod log;
mod phases;
mod script;
mod step;
mod steps;

use log::Log;

/// What a change does to the risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    /// The deployment is riskier, or nobody can tell from the runbook alone.
    Riskier,
    /// It is safer.
    Safer,
    /// Neither.
    Other,
}

/// One change of meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it does to the risk.
    pub risk: Risk,
    /// What changed, for programs: `step-removed`.
    pub kind: &'static str,
    /// Where: `phase 4 Application Deployment: step deploy-api`.
    pub place: String,
    /// What, for people.
    pub what: String,
    /// As it was, where that is a value.
    pub before: Option<String>,
    /// As it is now.
    pub after: Option<String>,
}

/// One of the two versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Version {
    /// The runbook's id.
    pub id: String,
    /// SHA-256 of the file.
    pub digest: String,
    /// The estimates in all.
    pub total_ms: u64,
    /// The shortest time.
    pub shortest_ms: u64,
}

/// What changed between two versions of a runbook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// The shape of this: [`Plan::FORMAT`].
    pub format: u32,
    /// The earlier version.
    pub old: Version,
    /// The later version.
    pub new: Version,
    /// Those to look at first, first.
    pub changes: Vec<Change>,
}

impl Diff {
    /// The changes of a class, in the order of the runbook.
    pub fn of(&self, risk: Risk) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.risk == risk)
    }
}

/// What changed in meaning.
#[must_use]
pub fn diff(old: &Runbook, new: &Runbook) -> Diff {
    let mut log = Log::default();
    head::compare(old, new, &mut log);
    let renamed = steps::Renamed::between(old, new);
    phases::compare(old, new, &renamed, &mut log);
    allow::compare(old, new, &renamed, &mut log);
    let mut changes = log.changes;
    changes.sort_by_key(|change| change.risk);
    Diff { format: Plan::FORMAT, old: version(old), new: version(new), changes }
}

fn version(book: &Runbook) -> Version {
    let unknown = |name: &String| Value { text: format!("{{{{{name}}}}}"), secret: false };
    let names: BTreeSet<String> = book.variables.iter().map(|one| one.name.clone()).collect();
    let values = Values(names.iter().map(|name| (name.clone(), unknown(name))).collect());
    let time = Plan::of(book, &values, &names).time;
    Version {
        id: book.id.to_string(),
        digest: book.source.digest.to_string(),
        total_ms: time.total_ms,
        shortest_ms: time.shortest_ms,
    }
}
