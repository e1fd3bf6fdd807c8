//! What AWS can be asked, and what it answers: as small as the question, so that the record holds
//! what was judged and nothing else. Nothing here knows a network or a credential.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value as Json};

use super::When;
use crate::value::{Moment, Span};

pub mod model;

/// A question to AWS that changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cloud {
    /// Who am I, and where?
    Identity,
    /// These calls, in order, each to the end of its pages.
    Calls {
        /// When it is asked, for the reading.
        when: When,
        /// None, where variables brought a flaw into the check: then AWS is not asked.
        calls: Vec<Call>,
    },
    /// These metrics over these windows. Asked together with those of other checks. None, where
    /// no window has a whole period yet: then AWS is not asked.
    Metrics(Vec<Series>),
    /// These alarms. Asked together with those of other checks.
    Alarms(Alarms),
    /// The body of a dashboard, as the paths of a call without input.
    Dashboard {
        /// Its name.
        name: String,
        /// What of its body is wanted, by RFC 9535 path.
        paths: Vec<String>,
    },
}

/// One call of a read-only operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The service as the AWS command line names it: `ecs`, `cloudformation`, `logs`.
    pub service: String,
    /// The operation as its reference names it: `DescribeServices`.
    pub operation: String,
    /// Its input, in the reference's names.
    pub input: Json,
    /// A region other than the target's.
    pub region: Option<String>,
    /// What of the output is wanted, by RFC 9535 path. Lists of several pages are joined first.
    pub paths: Vec<String>,
    /// Those of `paths` of which only a digest is kept: of each text found its SHA-256 in
    /// hexadecimal digits, as it was sent; of what is no text, null. They may be of any size.
    pub digest: Vec<String>,
    /// Input that earlier calls answered with. Where there is none the call is not made.
    pub given: Vec<Given>,
    /// Path of one text of the output that is JSON itself: then `paths` reach into that instead.
    /// Where there is not exactly one such text, or it is no JSON, nothing was observed.
    pub inside: Option<String>,
    /// No further pages are asked for once the first of `paths` selects so many.
    pub enough: Option<usize>,
    /// Texts in what is found are cut to so many characters, once they are masked: for what is
    /// only shown. Without it a text that is too long makes the reading unknown.
    pub clip: Option<usize>,
}

impl Call {
    /// A call in the target's region, with nothing taken from earlier ones.
    #[must_use]
    pub fn new(service: &str, operation: &str, input: Json, paths: &[&str]) -> Self {
        Self {
            service: service.to_owned(),
            operation: operation.to_owned(),
            input,
            region: None,
            paths: paths.iter().map(|&path| path.to_owned()).collect(),
            digest: Vec::new(),
            given: Vec::new(),
            inside: None,
            enough: None,
            clip: None,
        }
    }

    /// What it is called in policies and for people: `ecs:DescribeServices`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }
}

/// A field of a call's input that an earlier call answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Name of the field.
    pub field: String,
    /// Position of the earlier call.
    pub call: usize,
    /// One of the paths that it wanted. A list of all that was found there.
    pub path: String,
    /// How many of them one call takes: more become several calls, their answers joined.
    pub at_most: usize,
}

/// A metric, or several and an expression over them, in one window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The metrics, and the expression last where there is one: the last is what is wanted.
    pub queries: Vec<Query>,
    /// From here on: a whole number of periods.
    pub from: Moment,
    /// Up to here, without it: a whole number of periods.
    pub to: Moment,
    /// Length of one data point.
    pub period: Span,
}

/// One query of a series, named by a letter and what follows: `m1`, `e1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// What expressions call it.
    pub id: String,
    /// What it is.
    pub what: What,
}

/// What a query asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A metric.
    Metric {
        /// `AWS/ApplicationELB`.
        namespace: String,
        /// `TargetResponseTime`.
        metric: String,
        /// All its dimensions.
        dimensions: BTreeMap<String, String>,
        /// `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, `p99`, …
        stat: String,
    },
    /// Metric math over the other queries of the series.
    Expression(String),
}

/// Alarms by name, or by how their names begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarms {
    /// Just these.
    Named(Vec<String>),
    /// All whose name begins so.
    Prefix(String),
}

/// Who asks, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Twelve digits.
    pub account: String,
    /// The principal as AWS names it, its session's name included.
    pub arn: String,
    /// `eu-west-1`.
    pub region: String,
    /// Where this was asked, if that is not AWS itself: then nothing of it is proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

impl Identity {
    /// The principal without what its holder chose freely: of an assumed role the role. A
    /// session's name is shown, and never trusted.
    #[must_use]
    pub fn principal(&self) -> &str {
        match self.session() {
            Some(session) => &self.arn[..self.arn.len() - session.len() - 1],
            None => &self.arn,
        }
    }

    /// What the holder of an assumed role calls their session.
    #[must_use]
    pub fn session(&self) -> Option<&str> {
        let (_, session) = self.resource().strip_prefix("assumed-role/")?.split_once('/')?;
        Some(session)
    }

    /// What the principal is: `role`, `user`, `federated user`, or `principal`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.resource().split('/').next() {
            Some("assumed-role" | "role") => "role",
            Some("user" | "root") => "user",
            Some("federated-user") => "federated user",
            _ => "principal",
        }
    }

    fn resource(&self) -> &str {
        self.arn.splitn(6, ':').nth(5).unwrap_or_default()
    }

    /// Name of the role or user: `deployer`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.principal().rsplit(['/', ':']).next().unwrap_or_default()
    }
}

/// What came back of one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// `ecs:DescribeServices`.
    pub call: String,
    /// AWS's number of the request, for its support.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// What it said.
    pub said: Said,
}

/// What AWS said to a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// What was found at each path that was wanted, in the output's order.
    Found(BTreeMap<String, Vec<Json>>),
    /// A definite no, which is itself an observation: no such thing, not valid.
    Refused {
        /// The error's code: `ResourceNotFoundException`.
        code: String,
        /// In AWS's words.
        message: String,
    },
    /// It was not made: what it would have asked about was not there.
    NotMade,
}

impl Answer {
    /// What was found at a path, if the call was answered.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<&[Json]> {
        match &self.said {
            Said::Found(found) => found.get(path).map(Vec::as_slice),
            Said::Refused { .. } | Said::NotMade => None,
        }
    }
}

/// The data of one series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesSeen {
    /// From here on.
    pub from: Moment,
    /// Up to here.
    pub to: Moment,
    /// Length of one data point.
    pub period: Span,
    /// The points that there are, oldest first.
    pub points: Vec<Point>,
    /// Why this is not all of it, or nothing at all, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<String>,
}

/// One data point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// When its period began.
    pub at: Moment,
    /// Its value.
    pub value: Number,
}

/// An alarm as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmSeen {
    /// Its name.
    pub name: String,
    /// `OK`, `ALARM`, `INSUFFICIENT_DATA`, or whatever AWS says one day.
    pub state: String,
    /// Why, in AWS's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Moment>,
    /// Whether its actions are switched on.
    pub actions: bool,
}

/// What a principal must be allowed for a check: least, for a policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// `ecs:DescribeServices`.
    pub action: String,
    /// The resources' names, with `{partition}`, `{region}` and `{account}` still open; `*` where
    /// AWS takes no other for this action.
    pub resource: String,
    /// The resource type whose handler makes the call in the principal's name, if it is not we who
    /// make it.
    pub via: Option<String>,
}

impl Permission {
    /// For every resource, since AWS takes no other for this action, or none is known before.
    #[must_use]
    pub fn any(action: &str) -> Self {
        Self::of(action, "*".to_owned())
    }

    /// For one kind of resource.
    #[must_use]
    pub fn of(action: &str, resource: String) -> Self {
        Self { action: action.to_owned(), resource, via: None }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account {} · {} · {}", self.account, self.region, self.arn)
    }
}
