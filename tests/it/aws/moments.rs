//! A session in which AWS is asked at every moment that there is, and what is answered at each:
//! well, with nothing in it, or with words that nobody knows.

use serde_json::{Value as Json, json};

use super::{head, phases};
use crate::aws_kit::ACCOUNT;

/// A moment of a session at which AWS is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Who asks: before there is a journal.
    Start,
    /// A check before the first gate.
    Prerequisite,
    /// Who asks: before a gate is put.
    Gate,
    /// Who asks: when a phase was entered.
    Entry,
    /// A check of a step.
    Check,
    /// A check that is asked until it passes.
    Until,
    /// A sample of a window.
    Sample,
    /// The probe of an action over which the program died.
    Probe,
    /// A check that is read again at a gate.
    Recheck,
    /// Who asks: in another process.
    Resume,
    /// The check of an undo.
    Undo,
    /// A check at the end of a rollback.
    Back,
}

impl Moment {
    /// In the order in which a session comes to them.
    pub const ALL: [Self; 12] = [
        Self::Start,
        Self::Prerequisite,
        Self::Gate,
        Self::Entry,
        Self::Check,
        Self::Until,
        Self::Sample,
        Self::Probe,
        Self::Recheck,
        Self::Resume,
        Self::Undo,
        Self::Back,
    ];

    /// Whether it is asked who asks.
    pub fn is_identity(self) -> bool {
        matches!(self, Self::Start | Self::Gate | Self::Entry | Self::Resume)
    }

    /// What its request names; nothing where it is asked who asks.
    pub fn mark(self) -> Option<String> {
        (!self.is_identity()).then(|| format!("m-{self:?}").to_lowercase())
    }
}

const DIGEST: &str = "2Chs6zDjmvKPUGqzVQZmJg3eaX9nPVwEYcSr5aCWFtQ=";

/// The runbook.
pub fn book() -> String {
    let prerequisite = r#"
[[prerequisite]]
title = "The bucket is ready"
timeout = "1s"
aws_resource = { type = "AWS::S3::Bucket", id = "m-prerequisite", expect = [{ path = "$.Ready", equals = "yes" }] }
"#;
    let first = format!(
        r#"
[[phase.step]]
id = "check"
title = "Check"
check = {{ timeout = "1s", aws_lambda = {{ function = "m-check", code_sha256 = "{DIGEST}" }} }}
[[phase.step]]
id = "until"
title = "Until"
needs = ["check"]
check = {{ timeout = "1s", until = {{ every = "50ms", within = "1s" }}, aws_alarm = {{ names = ["m-until"] }} }}
[[phase.exit]]
criterion = "It was seen"
proven_by = ["check"]

[[phase]]
name = "Environment Preparation"
[[phase.step]]
id = "act"
title = "Act"
run = ["touch", "acted"]
[phase.step.undo]
run = ["touch", "undone"]
check = {{ timeout = "1s", aws_access = {{ principal = "arn:aws:iam::{ACCOUNT}:role/m-undo", allowed = ["s3:GetObject"] }} }}
[[phase.step]]
id = "sample"
title = "Sample"
observe = {{ for = "100ms", every = "50ms" }}
check = {{ timeout = "1s", aws_alarm = {{ names = ["m-sample"] }} }}
[[phase.step]]
id = "recheck"
title = "Recheck"
check = {{ timeout = "1s", aws_stack = {{ name = "m-recheck" }} }}
[[phase.step]]
id = "dies"
title = "The program dies"
shell = "test -e died || {{ touch died; kill -9 $PPID; }}"
probe = {{ timeout = "1s", aws_api = {{ service = "ecs", operation = "DescribeClusters", input = {{ clusters = ["m-probe"] }}, expect = [{{ path = "$.clusters[0].status", equals = "ACTIVE" }}] }} }}
[[phase.exit]]
criterion = "It was seen again"
proven_by = ["recheck"]
"#
    );
    let back = r#"
[rollback]
when = ["It is down"]
[[rollback.step]]
id = "back"
title = "The old one serves"
check = { timeout = "1s", aws_logs = { groups = ["m-back"], pattern = "ERROR", at_most = 0, over = "5m" } }
"#;
    let phases = phases(&first).replacen(
        "[[phase]]\nname = \"Environment Preparation\"\nskip = \"not here\"\n",
        "",
        1,
    );
    [head(ACCOUNT), prerequisite.to_owned(), phases, back.to_owned()].concat()
}

/// What is answered at a moment: well, with its fields missing, and with a word that nobody knows.
pub fn answers(moment: Moment) -> [Json; 3] {
    match moment {
        Moment::Start | Moment::Gate | Moment::Entry | Moment::Resume => {
            [identity(ACCOUNT), json!({ "UserId": "AROAEXAMPLE:ada" }), identity("one-two-three")]
        }
        Moment::Prerequisite => {
            let resource = |properties: &str| {
                let description = json!({ "Identifier": "m", "Properties": properties });
                json!({ "TypeName": "AWS::S3::Bucket", "ResourceDescription": description })
            };
            let hollow = json!({ "TypeName": "AWS::S3::Bucket", "ResourceDescription": {} });
            [resource("{\"Ready\":\"yes\"}"), hollow, resource("{\"Ready\":\"perhaps\"}")]
        }
        Moment::Check => {
            let function = |state: &str| {
                json!({
                    "FunctionName": "m-check", "Version": "$LATEST", "CodeSha256": DIGEST,
                    "State": state, "LastUpdateStatus": "Successful",
                })
            };
            [function("Active"), json!({ "FunctionName": "m-check" }), function("Levitating")]
        }
        Moment::Until | Moment::Sample => {
            let alarm = |state: &str| {
                json!({ "MetricAlarms": [{
                    "AlarmName": moment.mark(), "StateValue": state, "ActionsEnabled": true,
                }] })
            };
            let hollow = json!({ "MetricAlarms": [{ "AlarmName": moment.mark() }] });
            [alarm("OK"), hollow, alarm("LEVITATING")]
        }
        Moment::Recheck => {
            let stack = |status: &str| {
                json!({ "Stacks": [{
                    "StackName": "m-recheck", "StackStatus": status,
                    "CreationTime": "2026-11-01T00:00:00Z",
                }] })
            };
            let hollow = json!({ "Stacks": [{ "StackName": "m-recheck" }] });
            [stack("UPDATE_COMPLETE"), hollow, stack("LEVITATING")]
        }
        Moment::Probe => {
            let cluster = |status: &str| json!({ "clusters": [{ "clusterName": "m-probe", "status": status }], "failures": [] });
            [cluster("ACTIVE"), json!({}), cluster("LEVITATING")]
        }
        Moment::Undo => {
            let decision = |decision: &str| {
                json!({ "EvaluationResults": [{
                    "EvalActionName": "s3:GetObject", "EvalResourceName": "*",
                    "EvalDecision": decision,
                }], "IsTruncated": false })
            };
            let hollow = json!({
                "EvaluationResults": [{ "EvalActionName": "s3:GetObject" }], "IsTruncated": false,
            });
            [decision("allowed"), hollow, decision("levitates")]
        }
        // No events at all is not the same as an answer without any word of events.
        Moment::Back => [
            json!({ "events": [], "searchedLogStreams": [] }),
            json!({}),
            json!({ "events": "levitating" }),
        ],
    }
}

/// Who asks, in this account.
pub fn identity(account: &str) -> Json {
    json!({
        "Account": account, "UserId": "AROAEXAMPLE:ada",
        "Arn": format!("arn:aws:sts::{account}:assumed-role/deployer/ada"),
    })
}
