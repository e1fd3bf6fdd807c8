//! THE DECLARATION of the runbook format, as it is written: the JSON Schema, the check of the
//! shape and the reading itself all come from these types. What keys mean together is not known
//! here: see `resolve`.
//!
//! Every key is optional here, so that a runbook with faults is still read as far as it goes.
//! `#[schemars(required)]` says which keys must be there; `x-partial` says that a table is kept
//! when a part of it is not; `x-resolved` says that `resolve` judges the value, because it has
//! more to say.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::OnFailure;
use super::place::At;
use crate::check::CheckTable;
use crate::value::Span;

mod audit;
mod texts;
mod variable;

use audit::{AllowTable, AuditTable};
pub(super) use texts::{
    AccountText, IamActionText, Id, Line, PatternText, Plain, PrincipalText, Prose, RegionText,
    RoleText, Script, TAKEN, TemplateText,
};
pub(super) use variable::{Sources, VariableTable};

/// A deployment runbook: eight ordered phases, verified by checks, released by people at gates.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "holdpoint runbook", extend("x-partial" = true))]
pub(super) struct Document {
    /// The format that the file is written in: 1.
    #[schemars(required, extend("const" = 1, "x-resolved" = true))]
    pub format: Option<At<i64>>,
    /// What is deployed, and where to.
    #[schemars(required)]
    pub runbook: Option<HeadTable>,
    /// Variables: told when a session begins, used as `{{name}}` in commands and checks.
    #[serde(default)]
    #[schemars(
        with = "Option<BTreeMap<String, VariableTable>>",
        extend("propertyNames" = texts::variable_names(), "x-partial" = true)
    )]
    pub vars: Option<At<BTreeMap<Spanned<String>, At<VariableTable>>>>,
    /// Where in AWS it goes: another account, region or role stops the session.
    pub aws: Option<At<AwsTable>>,
    /// Whom to call, in this order.
    #[serde(default)]
    pub contact: Vec<ContactTable>,
    /// Checks that must pass before phase 1 is entered.
    #[serde(default)]
    pub prerequisite: Vec<At<CheckTable>>,
    /// The eight phases, all of them, in their order.
    #[serde(default)]
    #[schemars(
        required,
        extend(
            "minItems" = 8, "maxItems" = 8, "allOf" = texts::phases_in_order(), "x-resolved" = true
        )
    )]
    pub phase: Vec<At<PhaseTable>>,
    /// How to get back.
    #[serde(default)]
    pub rollback: RollbackTable,
    /// How the audit judges this runbook.
    #[expect(dead_code, reason = "the audit reads it where it stands")]
    pub audit: Option<AuditTable>,
}

/// What is deployed, and where to.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-partial" = true))]
pub(super) struct HeadTable {
    /// Stable name of the runbook.
    #[schemars(required)]
    pub id: Option<Id>,
    /// One line for people.
    #[schemars(required)]
    pub title: Option<Line>,
    /// Where to; `production` makes the gates stricter.
    #[schemars(required)]
    pub environment: Option<Id>,
    /// What is deployed.
    #[schemars(required)]
    pub component: Option<Id>,
    /// The team that answers for it.
    pub owner: Option<Line>,
    /// Links for people.
    #[serde(default)]
    pub references: Vec<Line>,
    /// How long all of it is thought to take.
    pub estimate: Option<Span>,
}

/// Where in AWS it goes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-partial" = true))]
pub(super) struct AwsTable {
    /// Number of the account: twelve digits.
    #[schemars(required)]
    pub account: Option<At<AccountText>>,
    /// Name of the region: `eu-west-1`.
    #[schemars(required)]
    pub region: Option<RegionText>,
    /// Name of the role or user that asks, without path: `deployer`.
    pub role: Option<At<PrincipalText>>,
    /// Profile of the AWS configuration that credentials come from. Default: what the environment
    /// says.
    pub profile: Option<Line>,
    /// ARN of a role that is assumed before anything is asked.
    pub assume_role: Option<At<RoleText>>,
}

/// Somebody to call.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-partial" = true))]
pub(super) struct ContactTable {
    /// Who.
    #[schemars(required)]
    pub name: Option<Line>,
    /// How to reach them: a channel, a number, an address.
    #[schemars(required)]
    pub reach: Option<Line>,
    /// After how long to go on to the next contact.
    pub escalate_after: Option<Span>,
}

/// One of the eight phases.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-partial" = true))]
pub(super) struct PhaseTable {
    /// The phase's name: one of the eight.
    #[schemars(required, extend("enum" = texts::phase_names(), "x-resolved" = true))]
    pub name: Option<At<String>>,
    /// What is true when it is over.
    pub goal: Option<Prose>,
    /// The journal section that its summary fills.
    #[schemars(extend("enum" = texts::SECTIONS))]
    pub section: Option<String>,
    /// How long the phase is thought to take.
    pub estimate: Option<Span>,
    /// Findings of the audit in this phase that somebody answers for.
    #[serde(default)]
    #[expect(dead_code, reason = "the audit reads it where it stands")]
    pub allow: Vec<AllowTable>,
    /// Why the phase does not apply. Then it has no steps and no exit criteria.
    pub skip: Option<At<Line>>,
    /// What is done, in this order.
    #[serde(default)]
    pub step: Vec<At<StepTable>>,
    /// What must hold before the phase is left.
    #[serde(default)]
    pub exit: Vec<At<CriterionTable>>,
    /// The gate at its end.
    #[serde(default)]
    pub gate: GateTable,
}

/// An exit criterion, proven in exactly one of three ways.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-partial" = true))]
pub(super) struct CriterionTable {
    /// What must hold, for people. Unique within its phase.
    #[schemars(required)]
    pub criterion: Option<At<Line>>,
    /// The steps that prove it: all of them must pass.
    #[schemars(length(min = 1))]
    pub proven_by: Option<Vec<At<Id>>>,
    /// The check that proves it: `check.KIND = { … }`.
    pub check: Option<At<CheckTable>>,
    /// What a person says, by name, because nothing can check it.
    pub attest: Option<TemplateText>,
}

/// The gate at the end of a phase.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-partial" = true))]
pub(super) struct GateTable {
    /// How many people must answer: 1 in this version.
    #[schemars(range(min = 1, max = 1))]
    #[expect(dead_code, reason = "one value is legal, and the shape has seen to it")]
    pub approvers: Option<u32>,
    /// How old what the gate was opened on may be when the next phase's first action starts; older
    /// is read again.
    pub expires: Option<Span>,
}

/// One step: at most one action (run, shell, manual, wait or observe) and any number of checks, at
/// least one of either.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-partial" = true))]
pub(super) struct StepTable {
    /// Name of the step, unique in the runbook.
    #[schemars(required)]
    pub id: Option<At<Id>>,
    /// One line for people.
    #[schemars(required)]
    pub title: Option<Line>,
    /// Why it is done.
    pub why: Option<Prose>,
    /// Who does it.
    pub owner: Option<Line>,
    /// How long it is thought to take.
    pub estimate: Option<Span>,
    /// How long its action may take. Default 10m.
    pub timeout: Option<At<Span>>,
    /// How often it is tried before it has failed. Default once.
    pub retry: Option<At<RetryTable>>,
    /// What happens when it has failed and its tries are spent. Default ask.
    pub on_failure: Option<At<OnFailure>>,
    /// Action: a program and its arguments. No shell sees them.
    #[schemars(length(min = 1))]
    pub run: Option<At<Vec<At<TemplateText>>>>,
    /// Action: a script for `/bin/sh`, which finds the variables in its environment.
    pub shell: Option<At<Script>>,
    /// Action: what a person is to do.
    pub manual: Option<At<TemplateText>>,
    /// Action: nothing happens for this long.
    pub wait: Option<At<Span>>,
    /// Action: its checks are asked again and again, and must pass each time.
    pub observe: Option<At<ObserveTable>>,
    /// With `manual`: what the person writes goes into the phase's section of the journal.
    pub record: Option<At<bool>>,
    /// What must hold afterwards, as one check: `check.KIND = { … }`.
    pub check: Option<At<CheckTable>>,
    /// What must hold afterwards, as several checks.
    #[schemars(length(min = 1))]
    pub checks: Option<At<Vec<At<CheckTable>>>>,
    /// Whether its action changes what a rollback would have to bring back. Default true.
    pub changes: Option<At<bool>>,
    /// How its action is taken back.
    pub undo: Option<At<UndoTable>>,
    /// Why nothing can take its action back.
    pub irreversible: Option<At<Line>>,
    /// IAM actions that its action needs: `ecs:UpdateService`. `audit --live` asks IAM for them.
    #[serde(default)]
    pub needs_actions: Vec<IamActionText>,
    /// Findings of the audit in this step that somebody answers for.
    #[serde(default)]
    #[expect(dead_code, reason = "the audit reads it where it stands")]
    pub allow: Vec<AllowTable>,
    /// Tells, after a crash, whether its action happened: `probe.KIND = { … }`.
    pub probe: Option<At<CheckTable>>,
    /// Earlier steps that must have passed.
    #[serde(default)]
    pub needs: Vec<At<Id>>,
    /// Runs only where a variable has one of these values: `{ variable = ["value", …] }`.
    #[schemars(
        with = "Option<BTreeMap<String, Vec<Plain>>>",
        extend(
            "minProperties" = 1,
            "maxProperties" = 1,
            "additionalProperties" = texts::values_of_a_condition()
        )
    )]
    pub when: Option<BTreeMap<Spanned<String>, Vec<String>>>,
    /// Whether its action may be started again without asking. Default false.
    pub idempotent: Option<At<bool>>,
    /// Whether processes that its action started may outlive it. Default false.
    pub leaves_running: Option<At<bool>>,
    /// What it makes.
    #[serde(default)]
    pub deliverables: Vec<Line>,
    /// Links for people.
    #[serde(default)]
    pub docs: Vec<Line>,
}

/// How often a step is tried.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-partial" = true))]
pub(super) struct RetryTable {
    /// How often in all, counting the first time.
    #[schemars(required, range(min = 1, max = 100))]
    pub attempts: Option<u32>,
    /// Pause before the second attempt, doubled for each one after. Default 1s.
    #[schemars(
        with = "Option<String>",
        extend("format" = "duration-or-zero", "pattern" = Span::PATTERN)
    )]
    pub backoff: Option<Span>,
}

/// A window that is observed: the step's checks are asked at its beginning and after each pause.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-partial" = true))]
pub(super) struct ObserveTable {
    /// How long what is observed must hold.
    #[serde(rename = "for")]
    #[schemars(required)]
    pub length: Option<At<Span>>,
    /// Pause between two samples.
    #[schemars(required)]
    pub every: Option<At<Span>>,
    /// Two samples further apart than this begin the window anew. Default: however far.
    pub max_gap: Option<At<Span>>,
    /// How many samples may fail. Default 0.
    pub allow_failures: Option<At<u32>>,
}

/// How an action is taken back: exactly one of run, shell and manual, and what must hold
/// afterwards.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-partial" = true, "minProperties" = 1, "x-resolved" = true))]
pub(super) struct UndoTable {
    /// A program and its arguments. No shell sees them.
    #[schemars(length(min = 1))]
    pub run: Option<At<Vec<At<TemplateText>>>>,
    /// A script for `/bin/sh`, which finds the variables in its environment.
    pub shell: Option<At<Script>>,
    /// What a person is to do.
    pub manual: Option<At<TemplateText>>,
    /// How long it is thought to take.
    pub estimate: Option<Span>,
    /// How long it may take. Default 10m.
    pub timeout: Option<At<Span>>,
    /// How often it is tried before a person is asked. Default once.
    pub retry: Option<At<RetryTable>>,
    /// What must hold when it is taken back, as one check: `check.KIND = { … }`.
    pub check: Option<At<CheckTable>>,
    /// What must hold when it is taken back, as several checks.
    #[schemars(length(min = 1))]
    pub checks: Option<At<Vec<At<CheckTable>>>>,
    /// Tells, after a crash, whether it happened: `probe.KIND = { … }`.
    pub probe: Option<At<CheckTable>>,
    /// Whether it may be started again without asking. Default false.
    pub idempotent: Option<At<bool>>,
    /// Whether processes that it started may outlive it. Default false.
    pub leaves_running: Option<At<bool>>,
}

/// Taking back is a step of its own, read as any other.
impl From<UndoTable> for StepTable {
    fn from(undo: UndoTable) -> Self {
        Self {
            run: undo.run,
            shell: undo.shell,
            manual: undo.manual,
            estimate: undo.estimate,
            timeout: undo.timeout,
            retry: undo.retry,
            check: undo.check,
            checks: undo.checks,
            probe: undo.probe,
            idempotent: undo.idempotent,
            leaves_running: undo.leaves_running,
            ..Self::default()
        }
    }
}

/// How to get back.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-partial" = true))]
pub(super) struct RollbackTable {
    /// The criteria that make somebody decide for it.
    #[serde(default)]
    pub when: Vec<Line>,
    /// Steps that run after the undos of what really ran.
    #[serde(default)]
    pub step: Vec<At<StepTable>>,
}
