//! The plan: what a runbook would do, phase by phase, with its variables filled in as far as they
//! are known; and what changed in meaning between two versions of one.
//!
//! Made from the runbook alone. The types are the shape of `holdpoint plan --format json`: fields
//! may be added to it, none may change its meaning without another [`Plan::FORMAT`].

use std::collections::BTreeSet;

use serde::Serialize;

use crate::runbook::{OnFailure, Phase, Runbook, Values};

mod build;
mod diff;
mod time;

use build::names;
pub use diff::{Change, Diff, Risk, Version, diff};
pub use time::{Effort, Link, Time};

/// What a runbook would do.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// The shape of this: [`Plan::FORMAT`].
    pub format: u32,
    /// Whose plan it is.
    pub runbook: Head,
    /// In the order written.
    pub variables: Vec<Told>,
    /// Where in AWS it goes.
    pub aws: Option<Target>,
    /// Whom to call, in this order.
    pub contacts: Vec<Call>,
    /// Must hold before phase 1 is entered.
    pub prerequisites: Vec<Item>,
    /// The gate to the first phase.
    pub gate: Gate,
    /// All eight.
    pub phases: Vec<Stage>,
    /// What is read before the first change, and compared after a rollback: the steps' ids.
    pub baseline: Vec<String>,
    /// How to get back.
    pub rollback: WayBack,
    /// How long all phases take.
    pub time: Time,
    /// How long the runbook says that it takes.
    pub stated_ms: Option<u64>,
}

/// Whose plan it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Head {
    /// Stable name of the runbook.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// Where to.
    pub environment: String,
    /// Whether its gates are stricter.
    pub production: bool,
    /// What is deployed.
    pub component: String,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// Links for people.
    pub references: Vec<String>,
    /// SHA-256 of the file.
    pub digest: String,
}

/// A variable, and its value as far as it is known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Told {
    /// The variable.
    pub name: String,
    /// None where nobody knows it yet, and for every secret.
    pub value: Option<String>,
    /// Where it comes from, in words, unless it was told.
    pub from: String,
    /// Whether it is kept out of sight.
    pub secret: bool,
}

/// Where in AWS it goes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Target {
    /// Twelve digits.
    pub account: String,
    /// `eu-west-1`.
    pub region: String,
    /// Who must ask.
    pub role: Option<String>,
    /// The role that is assumed.
    pub assume_role: Option<String>,
}

/// Somebody to call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Call {
    /// Who.
    pub name: String,
    /// How.
    pub reach: String,
    /// After how long to go on to the next one.
    pub escalate_after_ms: Option<u64>,
}

/// A phase.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stage {
    /// Which.
    pub phase: Phase,
    /// 1 to 8.
    pub number: usize,
    /// As people call it.
    pub name: &'static str,
    /// What is true when it is over.
    pub goal: Option<String>,
    /// Why it does not apply.
    pub skip: Option<String>,
    /// In the order written, behind them the checks of exit criteria.
    pub steps: Vec<Item>,
    /// What must hold before it is left.
    pub criteria: Vec<Criterion>,
    /// The gate at its end. None where it is skipped.
    pub gate: Option<Gate>,
    /// How long it takes.
    pub time: Time,
    /// How long the runbook says that it takes.
    pub stated_ms: Option<u64>,
}

/// A gate: a person decides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gate {
    /// The number of the phase behind it. None: the end.
    pub to: Option<usize>,
    /// What is typed to open it.
    pub word: String,
    /// How old what it was opened on may be when the next action starts.
    pub expires_ms: Option<u64>,
}

/// What proves a criterion.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Proof {
    /// These steps: all must pass.
    Steps {
        /// Their ids.
        ids: Vec<String>,
    },
    /// A check of its own.
    Check {
        /// The id of the step that it became.
        id: String,
        /// What it claims.
        check: Check,
    },
    /// A person's word, by name.
    Word {
        /// What they say.
        statement: String,
    },
}

/// An exit criterion.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Criterion {
    /// For people.
    pub text: String,
    /// What proves it.
    pub proof: Proof,
    /// Why nothing will prove it, if that is known: a step that should is skipped.
    pub unproven: Option<String>,
}

/// What a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It only looks.
    Looks,
    /// A program does it.
    Runs,
    /// A person does it.
    ByHand,
    /// Nothing happens for a while.
    Waits,
    /// Its checks are asked over a window.
    Watches,
}

/// A check, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// The kind's name.
    pub kind: &'static str,
    /// What a person calls it.
    pub title: Option<String>,
    /// What it claims.
    pub says: String,
    /// Asked again until it passes: the pause, and for how long.
    pub until_ms: Option<(u64, u64)>,
    /// How long one observation may take, where that is not the default.
    pub timeout_ms: Option<u64>,
    /// Whether it is compared with how it was before the first change.
    pub baseline: bool,
}

/// When a step runs at all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct When {
    /// The variable.
    pub variable: String,
    /// The values for which it runs.
    pub is: Vec<String>,
    /// Whether it has one of them. None: its value is not known yet.
    pub holds: Option<bool>,
}

/// How what a step did is taken back.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "how", rename_all = "kebab-case")]
pub enum Undo {
    /// There is nothing to take back.
    NothingToUndo,
    /// By this.
    By {
        /// What is done.
        step: Box<Item>,
    },
    /// Nothing can.
    Irreversible {
        /// Why.
        why: String,
    },
    /// Nobody said how.
    None,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// Unique in the runbook.
    pub id: String,
    /// One line for people.
    pub title: String,
    /// What it is.
    pub kind: Kind,
    /// Why it is done.
    pub why: Option<String>,
    /// Who does it: the step's owner, else the runbook's.
    pub owner: Option<String>,
    /// Whether it changes what a rollback would have to bring back.
    pub changes: bool,
    /// What it does, with variables filled in.
    pub does: Option<String>,
    /// The variables that its script finds in its environment, with their values.
    pub environment: Vec<(String, String)>,
    /// What must hold afterwards.
    pub checks: Vec<Check>,
    /// Steps of the same number in a phase are asked together. None: alone.
    pub together: Option<usize>,
    /// When it runs at all.
    pub when: Option<When>,
    /// Why it will be skipped, if that is known.
    pub skipped: Option<String>,
    /// Earlier steps that must have passed.
    pub needs: Vec<String>,
    /// How it is taken back.
    pub undo: Undo,
    /// What happens when its tries are spent.
    pub on_failure: OnFailure,
    /// How often it is tried, and the first pause between two tries.
    pub attempts: u32,
    /// The pause before the second try, doubled for each one after.
    pub backoff_ms: u64,
    /// How long its action may take. None where nothing is started.
    pub timeout_ms: Option<u64>,
    /// Tells, after a crash, whether its action happened.
    pub probe: Option<Check>,
    /// Whether its action may be started again without asking.
    pub idempotent: bool,
    /// Whether processes that it started may outlive it.
    pub leaves_running: bool,
    /// IAM actions that it needs.
    pub needs_actions: Vec<String>,
    /// What it makes.
    pub deliverables: Vec<String>,
    /// Links for people.
    pub docs: Vec<String>,
    /// How long it is thought to take.
    pub estimate_ms: Option<u64>,
    /// How long must pass in any case: of `wait` and `observe`.
    pub waits_ms: Option<u64>,
}

/// How to get back.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WayBack {
    /// The criteria that make somebody decide for it.
    pub when: Vec<String>,
    /// The ids of the steps that are taken back if all of them ran, newest first.
    pub undone: Vec<String>,
    /// The ids of those that change something and are not taken back.
    pub kept: Vec<String>,
    /// Run after the undos.
    pub steps: Vec<Item>,
    /// How long it takes if everything ran.
    pub time: Time,
}

impl Plan {
    /// The shape of the JSON.
    pub const FORMAT: u32 = 1;

    /// The plan of a runbook. `open` are the variables that have no value yet: what stands for
    /// them in `values` is only shown.
    #[must_use]
    pub fn of(book: &Runbook, values: &Values, open: &BTreeSet<String>) -> Self {
        build::plan(book, values, open)
    }

    /// The step of this id in a phase.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Item> {
        self.phases.iter().flat_map(|stage| &stage.steps).find(|step| step.id == id)
    }
}
