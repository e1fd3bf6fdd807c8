//! THE TABLE of check kinds: what a runbook may claim about the world.
//!
//! A check looks, and never changes anything. Each kind is one file with two pure functions:
//! [`Kind::ask`] says what to observe, [`Kind::judge`] says what the reading means. Deadline,
//! retry, masking and recording are written once, elsewhere. A new kind is one new file and one
//! row of the table below.

use std::fmt;
use std::sync::LazyLock;

use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::cloud::Permission;
use crate::value::Span;

pub mod cloud;
mod expectation;
mod reading;

pub use aws_access::AwsAccess;
pub use aws_identity::AwsIdentity;
pub use expectation::{Expect, JsonEquals};
pub use reading::{CertificateSeen, Exit, FileSeen, Obstacle, Probe, ProcessSeen, Reading, When};

/// Builds the modules, the [`Claim`] enum, the table's text and the dispatch from the rows.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $name:ident => $Type:ident,)+) => {
        $(mod $name;)+

        /// What is claimed: one variant for each row of the table.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Claim {
            $($(#[doc = $doc])+ $Type($name::$Type),)+
        }

        impl Claim {
            /// The kind, as the table names it.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$Type(_) => stringify!($name),)+
                }
            }

            /// The two functions behind the claim.
            #[must_use]
            pub fn kind(&self) -> &dyn Kind {
                match self {
                    $(Self::$Type(kind) => kind,)+
                }
            }
        }

        /// Where a check stands in a runbook: one key for each kind, of which exactly one is
        /// given. `check.http = { … }` and `checks = [{ http = { … } }]` both read into this.
        #[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct CheckTable {
            /// What a person calls the check.
            pub title: Option<String>,
            /// Ask again until it passes: `{ every = "5s", within = "3m" }`.
            pub until: Option<Until>,
            /// How long one observation may take. Default 30s.
            pub timeout: Option<Span>,
            /// Read before the first change, and compared after it and after a rollback: in checks
            /// of the steps of phases and of exit criteria. Default false.
            pub baseline: Option<bool>,
            $($(#[doc = $doc])+ pub $name: Option<$name::$Type>,)+
        }

        impl CheckTable {
            /// Every claim in the table: a table that is right has exactly one.
            #[must_use]
            pub fn claims(&self) -> Vec<Claim> {
                let mut claims = Vec::new();
                $(claims.extend(self.$name.clone().map(Claim::$Type));)+
                claims
            }
        }

        /// The kinds with what they say, in the table's order.
        pub const KINDS: &[(&str, &str)] =
            &[$((stringify!($name), concat!($($doc),+).trim_ascii()),)+];
    };
}

kinds! {
    /// A command that only looks ends with an exit code, and prints what it should.
    command => Command,
    /// A file exists, holds a text, has a digest, or is new enough; or does not exist.
    file => File,
    /// An HTTP server answers: status, headers, body, time.
    http => Http,
    /// A TCP port accepts connections, or does not.
    port => Port,
    /// A name resolves, and to what; or does not resolve.
    dns => Dns,
    /// A TLS server's certificate is trusted for a name, and for long enough.
    tls => Tls,
    /// A process runs, by name or pid file; or does not run.
    process => Process,
    /// A `JUnit` XML report: enough tests ran, and none failed.
    tests => Tests,
    /// The AWS account, region and role are the ones that `[aws]` names.
    aws_identity => AwsIdentity,
    /// A `CloudWatch` metric, or an expression over several, within a limit over a window.
    aws_metric => AwsMetric,
    /// `CloudWatch` alarms, by names or by prefix, are in a state.
    aws_alarm => AwsAlarm,
    /// A `CloudWatch` dashboard exists, and shows these metrics.
    aws_dashboard => AwsDashboard,
    /// Log groups hold at most, or at least, so many events that match since a step began.
    aws_logs => AwsLogs,
    /// A resource of any type, through Cloud Control, has these properties.
    aws_resource => AwsResource,
    /// Any read-only operation of any AWS service answers as expected.
    aws_api => AwsApi,
    /// A `CloudFormation` stack is in this state, of this template or change set, and not drifted.
    aws_stack => AwsStack,
    /// An ECS service runs this task definition or image, rolled out by this deployment.
    aws_ecs => AwsEcs,
    /// A Lambda alias points at this version or at this code.
    aws_lambda => AwsLambda,
    /// A principal is allowed these actions, and denied those.
    aws_access => AwsAccess,
    /// Spend since a date stays within a budget.
    aws_cost => AwsCost,
}

impl Claim {
    /// Whether it asks AWS, so that it must be known whom to ask there.
    #[must_use]
    pub fn asks_aws(&self) -> bool {
        self.name().starts_with("aws_")
    }
}

/// For `#[serde(default)]` of what is true unless the runbook says otherwise.
fn yes() -> bool {
    true
}

/// What a kind of check is: a question, and what its answer means. Both are pure.
pub trait Kind {
    /// What to observe.
    fn ask(&self, when: When) -> Probe;

    /// What the reading means. A reading that does not fit the question is `unknown`.
    fn judge(&self, reading: &Reading) -> Verdict;

    /// What is claimed, in a few words for a person: `GET https://… answers 200`.
    fn says(&self) -> String;

    /// Why this check could never tell anything, if so. A problem of the runbook.
    fn flaw(&self) -> Option<String> {
        None
    }

    /// The step with whose beginning the check's window opens, where it is not its own.
    fn since(&self) -> Option<&str> {
        None
    }

    /// What the principal must be allowed in AWS for it: the calls that it makes, and no more.
    fn permissions(&self) -> Vec<Permission> {
        Vec::new()
    }
}

/// One check of a runbook: a claim, and how patiently it is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What a person calls it, where the runbook says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What is claimed.
    pub claim: Claim,
    /// Ask again until it passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Until>,
    /// How long one observation may take.
    pub timeout: Span,
    /// Whether it is read before the first change, and compared after it and after a rollback.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub baseline: bool,
}

impl Check {
    /// How long one observation may take where the runbook does not say.
    pub const TIMEOUT: Span = Span::from_secs(30);

    /// The title, or what is claimed.
    #[must_use]
    pub fn name(&self) -> String {
        self.title.clone().unwrap_or_else(|| self.claim.kind().says())
    }

    /// The same, asked once and not until it passes.
    #[must_use]
    pub fn once(&self) -> Self {
        Self { until: None, ..self.clone() }
    }
}

/// Ask every so often, until it passes or the time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Until {
    /// From the end of one observation to the start of the next.
    pub every: Span,
    /// From the first observation on; the last verdict stands when it is over.
    pub within: Span,
}

/// What a check came to. `Unknown` is never a pass.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The claim holds: what was seen.
    Pass(String),
    /// The claim does not hold: what was wanted, and what was seen instead.
    Fail(String),
    /// Nobody knows: why.
    Unknown(String),
}

impl Verdict {
    /// What was seen, wanted or in the way.
    #[must_use]
    pub fn says(&self) -> &str {
        match self {
            Self::Pass(says) | Self::Fail(says) | Self::Unknown(says) => says,
        }
    }

    /// Whether the same was seen. How long something took, how old it is, the data points of a
    /// metric within its limits, are measurements and no values: they differ each time. What its
    /// holder calls a session means nothing.
    #[must_use]
    pub fn is_as(&self, other: &Self) -> bool {
        static MEASURED: LazyLock<Regex> = LazyLock::new(|| {
            let points =
                r"\b(worst|mean) \S+ of [0-9]+ points? from \S+ to \S+ UTC( \([0-9]+ missing\))?";
            let session = r"\bsession `[^`]*`";
            let span = r"[0-9]+(\.[0-9]+)? ?(ms|s|m|h|d|days?)\b";
            Regex::new(&format!("{points}|{session}|{span}")).expect("a pattern")
        });
        let value = |verdict: &Self| MEASURED.replace_all(verdict.says(), "").into_owned();
        self.outcome() == other.outcome() && value(self) == value(other)
    }

    /// The bare outcome.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Pass(_) => Outcome::Pass,
            Self::Fail(_) => Outcome::Fail,
            Self::Unknown(_) => Outcome::Unknown,
        }
    }
}

/// A verdict without its words. Ordered by how bad it is: the worst of many is their `max`.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It holds.
    Pass,
    /// Nobody knows.
    Unknown,
    /// It does not hold.
    Fail,
}

impl Outcome {
    /// Whether it is no worse than before the first change: it holds, or did not hold then either.
    #[must_use]
    pub fn is_as_good_as(self, before: Self) -> bool {
        matches!((before, self), (_, Self::Pass) | (Self::Fail, Self::Fail))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pass => "pass",
            Self::Unknown => "unknown",
            Self::Fail => "fail",
        })
    }
}
