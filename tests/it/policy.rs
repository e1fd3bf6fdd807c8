//! The policy that a runbook needs: all of it as it is printed, and that no kind calls anything
//! that it does not list, or lists what it does not call.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use holdpoint::check::cloud::{Cloud, model};
use holdpoint::check::{CheckTable, Claim, KINDS, Probe, When};
use holdpoint::value::Moment;
use serde_json::Value as Json;

use crate::sitting_kit::{Place, book, touching};

/// Every kind once, and checks wherever checks can stand.
fn every_kind() -> String {
    let steps = r#"
[[phase.step]]
id = "act"
title = "Act"
run = ["true"]
checks = [
  { aws_metric = { namespace = "AWS/ApplicationELB", metric = "RequestCount", stat = "Sum", dimensions = { LoadBalancer = "app/orders/1" }, over = "5m", at_least = 1 } },
  { aws_alarm = { prefix = "orders-" }, baseline = true },
  { aws_dashboard = { name = "orders" } },
  { aws_logs = { groups = ["/ecs/{{service}}", "/ecs/cart"], at_most = 0 } },
  { aws_logs = { groups = ["/ecs/cart"], at_least = 1 } },
  { aws_resource = { type = "AWS::DynamoDB::Table", id = "{{table}}" } },
  { aws_resource = { type = "AWS::Nobody::Knows", id = "x" } },
]
undo = { run = ["true"], check.aws_api = { service = "elbv2", operation = "DescribeTags", input = { ResourceArns = ["x"] }, expect = [{ path = "$.TagDescriptions[0]", exists = true }] } }
probe.aws_ecs = { cluster = "orders", service = "{{service}}", task_definition = "orders:7" }

[[phase.step]]
id = "look"
title = "Look"
checks = [
  { aws_stack = { name = "orders" } },
  { aws_lambda = { function = "orders", alias = "live", version = "7" } },
  { aws_cost = { since = "30d", budget = 500 } },
]
"#;
    let rest = r#"
[aws]
account = "123456789012"
region = "cn-north-1"
assume_role = "arn:aws-cn:iam::123456789012:role/deployer"

[[prerequisite]]
title = "We are who we are"
aws_identity = {}

[rollback]
when = ["It is broken"]

[[rollback.step]]
id = "back"
title = "Back"
check.aws_access = { principal = "arn:aws-cn:iam::123456789012:role/{{role}}", allowed = ["s3:GetObject"] }
"#;
    let variables = "service = \"orders\"\ntable = { prompt = \"Which?\" }\nrole = { env = \"ROLE\", secret = true }";
    book(variables, steps) + rest
}

fn golden() -> Json {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/policy.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn a_runbook_with_every_kind_needs_this_and_no_more() {
    let text = every_kind();
    for (kind, _) in KINDS.iter().filter(|(kind, _)| kind.starts_with("aws_")) {
        assert!(text.contains(&format!("{kind} = ")), "{kind} is not in the runbook");
    }
    let place = Place::with(&text);
    let ran = place.runs(&["plan", "book.toml", "--iam-policy"]);
    let notes = [
        "note: sts:GetCallerIdentity needs no permission",
        "note: the policy is for arn:aws-cn:iam::123456789012:role/deployer;",
        "note: Cloud Control reads a resource with the caller's own permissions",
        "--type-name AWS::Nobody::Knows",
        "note: `*` stands where table, role would",
    ];
    for note in notes {
        assert!(ran.err.contains(note), "no {note} in {}", ran.err);
    }
    assert_eq!(ran.code, Some(0));
    let found: Json = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(found, golden(), "the policy is now:\n{found:#}");

    let told = place.runs(&["plan", "book.toml", "--iam-policy", "--var", "table=orders"]);
    assert!(told.out.contains("arn:aws-cn:dynamodb:cn-north-1:123456789012:table/orders\""));
    assert!(told.err.contains("`*` stands where role would"), "{}", told.err);
    let secret = place.runs(&["plan", "book.toml", "--iam-policy", "--var", "role=hunter2hunter2"]);
    assert!(!secret.out.contains("hunter2") && !secret.err.contains("hunter2"));
}

#[test]
fn what_cannot_have_a_policy_is_told() {
    let place = Place::with(&touching());
    place.runs(&["plan", "book.toml", "--iam-policy"]).ends(2, &["has no `[aws]`"]);
    place.runs(&["plan", "book.toml", "--iam-policy", "--format", "json"]).ends(2, &["--format"]);
    place.runs(&["plan", "nowhere.toml", "--iam-policy"]).ends(2, &["there is no runbook"]);
    let unknown = ["plan", "book.toml", "--iam-policy", "--var", "x=1"];
    place.runs(&unknown).ends(2, &["no variable `x`"]);
}

/// The example in the help text of a kind.
fn example(kind: &str) -> Claim {
    let all = schemars::schema_for!(CheckTable).to_value();
    let field = all["properties"][kind].to_string();
    let (_, rest) = field.split_once("#/$defs/").unwrap();
    let text = all["$defs"][rest.split('"').next().unwrap()]["description"].as_str().unwrap();
    let toml = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let toml = toml.trim().strip_prefix("check.").unwrap();
    let table: CheckTable = toml::from_str(toml).unwrap();
    table.claims().remove(0)
}

#[test]
fn every_kind_lists_what_it_calls() {
    for (kind, _) in KINDS.iter().filter(|(kind, _)| kind.starts_with("aws_")) {
        let claim = example(kind);
        let called: BTreeSet<String> = match claim.kind().ask(When::at(Moment::from_millis(0))) {
            Probe::Cloud(Cloud::Identity) => ["sts:GetCallerIdentity".to_owned()].into(),
            Probe::Cloud(Cloud::Metrics(_)) => ["cloudwatch:GetMetricData".to_owned()].into(),
            Probe::Cloud(Cloud::Alarms(_)) => ["cloudwatch:DescribeAlarms".to_owned()].into(),
            Probe::Cloud(Cloud::Dashboard { .. }) => ["cloudwatch:GetDashboard".to_owned()].into(),
            Probe::Cloud(Cloud::Calls { calls, .. }) => {
                for call in &calls {
                    let later: Vec<&str> =
                        call.given.iter().map(|given| given.field.as_str()).collect();
                    let flaw = model::flaw(&call.service, &call.operation, &call.input, &later);
                    assert_eq!(flaw, None, "{kind}");
                }
                calls.iter().map(|call| model::action(&call.service, &call.operation)).collect()
            }
            other => panic!("{kind} asks {other:?}"),
        };
        assert!(!called.is_empty(), "{kind}");
        let listed = claim.kind().permissions().into_iter().filter(|one| one.via.is_none());
        let listed: BTreeSet<String> = listed.map(|one| one.action).collect();
        assert_eq!(listed, called, "{kind}");
    }
}
