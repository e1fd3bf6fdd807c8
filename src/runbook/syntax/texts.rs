//! The kinds of text that a runbook holds. The `format` of each tells the check of the shape what
//! to look for, and JSON Schema tools ignore the ones they do not know.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::super::Phase;
use crate::value::Name;

macro_rules! texts {
    ($($(#[$attribute:meta])+ $name:ident;)+) => {
        $(
            #[derive(Clone, Debug, Deserialize, JsonSchema)]
            $(#[$attribute])+
            #[serde(transparent)]
            #[schemars(inline)]
            pub(in super::super) struct $name(pub String);
        )+
    };
}

texts! {
    /// A name: 1 to 64 of a-z, 0-9, `.`, `_` and `-`, beginning with a letter or digit.
    #[schemars(extend("format" = "name", "pattern" = Name::PATTERN))]
    Id;
    /// One line for people.
    #[schemars(extend("format" = "line", "pattern" = LINE))]
    Line;
    /// Text for people.
    #[schemars(extend("format" = "prose", "pattern" = PROSE))]
    Prose;
    /// Text with `{{name}}` in it.
    #[schemars(extend("format" = "template", "pattern" = SOMETHING))]
    TemplateText;
    /// Text that is taken as it is.
    #[schemars(extend("format" = "plain", "pattern" = PLAIN))]
    Plain;
    /// A script for `/bin/sh`.
    #[schemars(extend("format" = "script", "pattern" = PLAIN_SOMETHING))]
    Script;
    /// A regular expression.
    #[schemars(extend("format" = "regex"))]
    PatternText;
    /// An AWS account: twelve digits.
    #[schemars(extend("format" = "aws-account", "pattern" = r"^[0-9]{12}$"))]
    AccountText;
    /// An AWS region: `eu-west-1`.
    #[schemars(extend("format" = "aws-region", "pattern" = r"^[a-z]{2,8}(-[a-z]+)+-[0-9]{1,2}$"))]
    RegionText;
    /// An IAM action, with `*` for any: `ecs:UpdateService`.
    #[schemars(extend("pattern" = r"^[a-z0-9-]+:[A-Za-z0-9*?]+$"))]
    IamActionText;
    /// Name of an IAM role or user.
    #[schemars(extend("format" = "aws-principal", "pattern" = r"^[A-Za-z0-9_+=,.@-]{1,64}$"))]
    PrincipalText;
    /// ARN of an IAM role.
    #[schemars(extend("format" = "aws-role", "pattern" = ROLE))]
    RoleText;
}

/// With the partition, the account, and the path that a role's name may have.
const ROLE: &str = r"^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role(/[!-.0-~]+)*/[A-Za-z0-9_+=,.@-]{1,64}$";

/// No control characters, something that shows, and no `{{`.
const LINE: &str = r"^(\{?[^\u0000-\u001f\u007f-\u009f{])*\{?$";
/// Like a line, with line ends and tabs.
const PROSE: &str = r"^(\{?[^\u0000-\u0008\u000b-\u001f\u007f-\u009f{])*\{?$";
/// Not empty.
const SOMETHING: &str = r"[^\s]";
/// No `{{`.
const PLAIN: &str = r"^(\{?[^{])*\{?$";
/// No `{{`, and not empty.
const PLAIN_SOMETHING: &str = r"^(\{?[^{])+\{?$";

/// The sections of a journal that a phase's summary can fill.
pub(super) const SECTIONS: [&str; 4] =
    ["Deployment Plan", "Infrastructure Changes", "Application Deployment", "Validation Results"];

/// Names that mean something to the programs that a step starts.
pub(in super::super) const TAKEN: [&str; 5] =
    ["http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"];

/// The code of a rule of the audit.
pub(super) const RULE_CODE: &str = r"^HP[1-9][0-9]{2}$";
/// A day: `2027-01-01`.
pub(super) const DAY: &str = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";

pub(super) fn rule_codes() -> Json {
    json!({ "pattern": RULE_CODE })
}

pub(super) fn phase_names() -> Json {
    json!(Phase::ALL.map(Phase::name))
}

/// Which name stands where; beside `items`, because `prefixItems` would take its place.
pub(super) fn phases_in_order() -> Json {
    let named = |phase: Phase| json!({ "properties": { "name": { "const": phase.name() } } });
    json!([{ "prefixItems": Phase::ALL.map(named) }])
}

/// What a variable may be called.
pub(super) fn variable_names() -> Json {
    json!({
        "format": "variable-name",
        "pattern": "^[a-z][a-z0-9_]{0,63}$",
        "not": { "enum": TAKEN },
    })
}

pub(super) fn values_of_a_condition() -> Json {
    json!({
        "type": "array",
        "minItems": 1,
        "items": { "type": "string", "format": "plain", "pattern": PLAIN },
    })
}
