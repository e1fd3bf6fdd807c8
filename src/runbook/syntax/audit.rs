//! What a runbook says to the audit. The audit reads it where it stands, for the places; here is
//! its shape.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Line, texts};

/// How the audit judges this runbook.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct AuditTable {
    /// Levels of single rules: `{ HP204 = "error", HP601 = "off" }`.
    #[serde(default)]
    #[schemars(
        with = "Option<BTreeMap<String, LevelText>>",
        extend("propertyNames" = texts::rule_codes())
    )]
    #[expect(dead_code, reason = "the audit reads it where it stands")]
    pub levels: Option<BTreeMap<String, LevelText>>,
    /// Findings that somebody answers for, in the whole runbook.
    #[serde(default)]
    #[expect(dead_code, reason = "the audit reads it where it stands")]
    pub allow: Vec<AllowTable>,
}

/// What a finding of a rule is.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(in super::super) enum LevelText {
    /// It will stop the deployment, or do harm.
    Error,
    /// It is likely to.
    Warning,
    /// It could be better.
    Note,
    /// Not looked for.
    Off,
}

/// A finding of the audit that somebody answers for, at the place where it stands.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct AllowTable {
    /// The rule: `HP204`.
    #[schemars(required, extend("pattern" = texts::RULE_CODE))]
    #[expect(dead_code, reason = "the audit reads it where it stands")]
    pub code: Option<Line>,
    /// Why it is right here all the same.
    #[schemars(required)]
    #[expect(dead_code, reason = "the audit reads it where it stands")]
    pub why: Option<Line>,
    /// The last day on which it counts: `2027-01-01`. Default: for ever.
    #[schemars(with = "Option<String>", extend("format" = "date", "pattern" = texts::DAY))]
    #[expect(dead_code, reason = "the audit reads it where it stands")]
    pub until: Option<serde::de::IgnoredAny>,
}
