//! A runbook, valid by construction: whoever holds a [`Runbook`] has checked everything that can
//! be checked without looking at the world. It knows nothing of TOML, and never changes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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
pub use action::{Action, Window, command_line};
pub use phase::Phase;
pub(crate) use problem::labelled;
pub use problem::{Code, Label, PROBLEMS, Problem, Problems, Sheet, Style, quoted};
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
    /// How long all of it is thought to take.
    pub estimate: Option<Span>,
    /// In the order written.
    pub variables: Vec<Variable>,
    /// Where in AWS it goes, if its checks may ask there.
    pub aws: Option<Aws>,
    /// Whom to call, in this order.
    pub contacts: Vec<Contact>,
    /// Must hold before phase 1 is entered: read-only steps named `prerequisite.1`, ….
    pub prerequisites: Vec<Step>,
    /// A missing phase is not a value.
    pub phases: [Section; 8],
    /// How to get back.
    pub rollback: Rollback,
    /// What is read before the first change: one for each step with checks of the baseline.
    pub baselines: Vec<Baseline>,
    /// The text this was read from.
    pub source: Source,
}

/// Where in AWS a deployment goes. Another account, region or principal stops the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aws {
    /// Twelve digits.
    pub account: String,
    /// `eu-west-1`.
    pub region: String,
    /// Name of the role or user that asks: `deployer`. None: whoever began the session.
    pub role: Option<String>,
    /// The profile of the AWS configuration that credentials come from.
    pub profile: Option<String>,
    /// ARN of the role that is assumed before anything is asked.
    pub assume_role: Option<String>,
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
    /// How long it is thought to take.
    pub estimate: Option<Span>,
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
    /// What happens when its tries are spent.
    pub on_failure: OnFailure,
    /// Whether its action changes what a rollback would have to bring back.
    pub changes: bool,
    /// How its action is taken back: a step named `undo.` and this one's name.
    pub undo: Option<Box<Step>>,
    /// Why nothing can take its action back.
    pub irreversible: Option<String>,
    /// IAM actions that its action needs.
    pub needs_actions: Vec<String>,
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

/// What happens when a step has failed and its tries are spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnFailure {
    /// A person is asked.
    #[default]
    Ask,
    /// The session ends as failed.
    Stop,
    /// Rolling back is offered at once.
    Rollback,
    /// The session goes on, and the failure is an open deviation.
    Continue,
}

/// The checks of one step that are marked as baseline, as two read-only steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Baseline {
    /// The step that they stand in.
    pub of: Name,
    /// Read before the first change: `before.` and the step's name.
    pub before: Step,
    /// Read after a rollback: `after.` and the step's name.
    pub after: Step,
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

    /// The step of this name, wherever it stands: in a phase, in the rollback, or as an undo.
    #[must_use]
    pub fn step(&self, id: &Name) -> Option<&Step> {
        let undos = self.steps().filter_map(|step| step.undo.as_deref());
        let baselines = self.baselines.iter().flat_map(|one| [&one.before, &one.after]);
        let rest = undos.chain(&self.rollback.steps).chain(baselines);
        self.prerequisites.iter().chain(self.steps()).chain(rest).find(|step| step.id == *id)
    }

    /// The steps of all phases, in their order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.phases.iter().flat_map(|section| &section.steps)
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

    /// Whether it does anything but look, once or over a window.
    #[must_use]
    pub fn acts(&self) -> bool {
        !matches!(self.action, None | Some(Action::Observe(_)))
    }

    /// Whether the step only looks, so that it may run beside others and run again.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.action.is_none()
    }

    /// A step that does nothing yet: all that a runbook need not say is as if it did not say it.
    fn named(id: Name, title: String) -> Self {
        Self {
            id,
            title,
            why: None,
            owner: None,
            estimate: None,
            timeout: Self::TIMEOUT,
            retry: Retry::default(),
            action: None,
            checks: Vec::new(),
            needs: Vec::new(),
            when: None,
            on_failure: OnFailure::default(),
            changes: false,
            undo: None,
            irreversible: None,
            needs_actions: Vec::new(),
            probe: None,
            idempotent: false,
            leaves_running: false,
            deliverables: Vec::new(),
            docs: Vec::new(),
        }
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 1, backoff: Span::from_secs(1) }
    }
}
