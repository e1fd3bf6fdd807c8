//! A runbook, valid by construction: whoever holds a [`Runbook`] has checked everything that can
//! be checked without looking at the world. It knows nothing of TOML, and never changes.

use crate::check::Check;
use crate::value::{Digest, Name, Span};

mod action;
mod phase;
mod place;
mod problem;
mod resolve;
mod schema;
mod shape;
mod source;
mod syntax;
mod values;

pub use crate::text::{Template, TemplateError, is_variable_name};
pub use action::{Action, command_line};
pub use phase::Phase;
pub use problem::{Code, Label, PROBLEMS, Problem, Problems, Style};
pub use schema::schema;
pub use values::{Value, Values};

/// Eight ordered phases and what they need.
#[derive(Clone, Debug, PartialEq)]
pub struct Runbook {
    /// Stable name of the runbook.
    pub id: Name,
    /// One line for people.
    pub title: String,
    /// Where to; `production` makes the gates stricter.
    pub environment: Name,
    /// What is deployed.
    pub component: Name,
    /// The team that answers for it.
    pub owner: Option<String>,
    /// Links for people.
    pub references: Vec<String>,
    /// In the order written.
    pub variables: Vec<Variable>,
    /// Whom to call, in this order.
    pub contacts: Vec<Contact>,
    /// Must hold before phase 1 is entered: read-only steps named `prerequisite.1`, ….
    pub prerequisites: Vec<Step>,
    /// A missing phase is not a value.
    pub phases: [Section; 8],
    /// How to get back.
    pub rollback: Rollback,
    /// The text this was read from.
    pub source: Source,
}

/// The text of a runbook, which the journal keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// The TOML as written.
    pub text: String,
    /// Its digest.
    pub digest: Digest,
}

/// One of the eight phases, as this runbook fills it.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// What is true when it is over.
    pub goal: Option<String>,
    /// The journal section that its summary fills.
    pub fills: Option<String>,
    /// Why it does not apply; then it has no steps and no criteria.
    pub skip: Option<String>,
    /// In the order written. Criteria with a check of their own follow as read-only steps named
    /// `exit.PHASE.NUMBER` (both counted from 1).
    pub steps: Vec<Step>,
    /// What must hold before the phase is left.
    pub criteria: Vec<Criterion>,
    /// The gate at its end.
    pub gate: Gate,
}

/// An exit criterion. There is no third way to prove one.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    /// The criterion, for people; unique within its phase.
    pub text: String,
    /// What proves it.
    pub proof: Proof,
}

/// What proves a criterion.
#[derive(Clone, Debug, PartialEq)]
pub enum Proof {
    /// All of these steps passed.
    Steps(Vec<Name>),
    /// A person says this, by name.
    Attested(Template),
}

/// A gate's conditions.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Gate {
    /// How long an answer is good for before the next phase has begun.
    pub expires: Option<Span>,
}

/// One step: at most one action and any number of checks, at least one of either.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Unique in the runbook.
    pub id: Name,
    /// One line for people.
    pub title: String,
    /// Why it is done.
    pub why: Option<String>,
    /// Who does it.
    pub owner: Option<String>,
    /// How long it is thought to take.
    pub estimate: Option<Span>,
    /// How long its action may take.
    pub timeout: Span,
    /// How often it is tried before a person is asked.
    pub retry: Retry,
    /// What it changes. None: the step is read-only.
    pub action: Option<Action>,
    /// What must hold afterwards.
    pub checks: Vec<Check>,
    /// Earlier steps that must have passed.
    pub needs: Vec<Name>,
    /// Runs only where a variable has one of these values.
    pub when: Option<Condition>,
    /// How its action is taken back.
    pub undo: Option<Action>,
    /// Tells, after a crash, whether its action happened.
    pub probe: Option<Check>,
    /// Whether its action may be started again without asking.
    pub idempotent: bool,
    /// Whether processes that its action started may outlive it.
    pub leaves_running: bool,
    /// What it makes.
    pub deliverables: Vec<String>,
    /// Links for people.
    pub docs: Vec<String>,
}

/// How often a step is tried, counting the first time, and the pause before the second try,
/// doubled for each one after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// At least 1.
    pub attempts: u32,
    /// Before the second attempt.
    pub backoff: Span,
}

/// A variable has one of these values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The variable.
    pub variable: String,
    /// The values.
    pub is: Vec<String>,
}

/// A value that is told when the session begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Matches `[a-z][a-z0-9_]{0,63}`, so that it can be an environment variable.
    pub name: String,
    /// Where it comes from, unless `--var` tells it.
    pub origin: Origin,
    /// What the whole value must match.
    pub pattern: Option<String>,
    /// Whether it is kept out of sight.
    pub secret: bool,
}

/// Where a variable's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is written in the runbook.
    Literal(String),
    /// The person is asked, with this value offered if they only press Enter.
    Prompt {
        /// The question.
        text: String,
        /// The value offered.
        default: Option<String>,
    },
    /// The environment variable of this name.
    Env(String),
}

/// Somebody to call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Who.
    pub name: String,
    /// How.
    pub reach: String,
    /// After how long to go on to the next one.
    pub escalate_after: Option<Span>,
}

/// How to get back.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Rollback {
    /// The criteria that make somebody decide for it.
    pub when: Vec<String>,
    /// Run after the undos of what really ran.
    pub steps: Vec<Step>,
}

impl Runbook {
    /// What this runbook says of a phase.
    #[must_use]
    pub fn section(&self, phase: Phase) -> &Section {
        &self.phases[phase.index()]
    }

    /// The step of this name, wherever it stands outside the rollback.
    #[must_use]
    pub fn step(&self, id: &Name) -> Option<&Step> {
        let phases = self.phases.iter().flat_map(|section| &section.steps);
        self.prerequisites.iter().chain(phases).find(|step| step.id == *id)
    }

    /// Where a step stands: its phase, its number there counted from 1, and how many there are.
    #[must_use]
    pub fn place(&self, id: &Name) -> Option<(Phase, usize, usize)> {
        Phase::ALL.into_iter().find_map(|phase| {
            let steps = &self.section(phase).steps;
            let at = steps.iter().position(|step| step.id == *id)?;
            Some((phase, at + 1, steps.len()))
        })
    }

    /// Whether gates ask for the environment's name.
    #[must_use]
    pub fn is_production(&self) -> bool {
        self.environment.as_str() == "production"
    }
}

impl Step {
    /// How long an action may take where the runbook does not say.
    pub const TIMEOUT: Span = Span::from_secs(600);

    /// Whether the step only looks, so that it may run beside others and run again.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.action.is_none()
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 1, backoff: Span::from_secs(1) }
    }
}
