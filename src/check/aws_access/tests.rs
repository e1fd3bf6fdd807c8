//! What simulated decisions are worth, branch by branch.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::check::{Obstacle, Outcome};
use crate::value::Moment;

const ROLE: &str = "arn:aws:iam::123456789012:role/orders-task";

fn access(rest: &str) -> AwsAccess {
    toml::from_str(&format!("principal = '{ROLE}'\n{rest}")).unwrap()
}

fn now() -> When {
    When::at(Moment::from_millis(0))
}

fn reading(said: Vec<Said>) -> Reading {
    let answer = |said| Answer { call: "iam:SimulatePrincipalPolicy".into(), request: None, said };
    Reading::Answers { when: now(), answers: said.into_iter().map(answer).collect() }
}

fn found(results: Json) -> Said {
    let results = serde_json::from_value(results).unwrap();
    Said::Found(BTreeMap::from([(RESULTS.to_owned(), results)]))
}

fn decided(action: &str, decision: &str) -> Json {
    json!({"EvalActionName": action, "EvalResourceName": "*", "EvalDecision": decision})
}

fn verdict(rest: &str, results: Json) -> Verdict {
    access(rest).judge(&reading(vec![found(results)]))
}

const BOTH: &str = "allowed = ['s3:GetObject']\ndenied = ['s3:DeleteBucket']";

#[test]
fn asks_once_for_each_resource() {
    let rest = format!(
        "{BOTH}\nresources = ['arn:aws:s3:::a', 'arn:aws:s3:::b']\ncontext = {{ 'aws:SourceIp' = '10.0.0.1' }}"
    );
    let Probe::Cloud(Cloud::Calls { calls, .. }) = access(&rest).ask(now()) else { panic!() };
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[0].name(), "iam:SimulatePrincipalPolicy");
    assert_eq!(
        calls[1].input,
        json!({
            "PolicySourceArn": ROLE,
            "ActionNames": ["s3:GetObject", "s3:DeleteBucket"],
            "ResourceArns": ["arn:aws:s3:::b"],
            "ContextEntries": [{"ContextKeyName": "aws:SourceIp", "ContextKeyType": "string", "ContextKeyValues": ["10.0.0.1"]}],
        })
    );
    let Probe::Cloud(Cloud::Calls { calls, .. }) = access(BOTH).ask(now()) else { panic!() };
    assert_eq!(calls[0].input["ResourceArns"], json!(["*"]));
    assert_eq!(calls[0].input.get("ContextEntries"), None);
}

#[test]
fn judges_both_lists() {
    let good =
        json!([decided("S3:getobject", "allowed"), decided("s3:DeleteBucket", "implicitDeny")]);
    assert_eq!(verdict(BOTH, good), Verdict::Pass("1 allowed, 1 denied, as wanted".into()));
    let explicit =
        json!([decided("s3:GetObject", "allowed"), decided("s3:DeleteBucket", "explicitDeny")]);
    assert_eq!(verdict(BOTH, explicit).outcome(), Outcome::Pass);
    let wide = json!([decided("s3:GetObject", "allowed"), decided("s3:DeleteBucket", "allowed")]);
    assert_eq!(
        verdict(BOTH, wide),
        Verdict::Fail("s3:DeleteBucket is allowed, wanted denied".into())
    );
    let narrow =
        json!([decided("s3:GetObject", "implicitDeny"), decided("s3:DeleteBucket", "allowed")]);
    assert_eq!(
        verdict(BOTH, narrow),
        Verdict::Fail(
            "s3:GetObject is allowed by no policy, wanted allowed; s3:DeleteBucket is allowed, wanted denied"
                .into()
        )
    );
}

#[test]
fn tells_the_fence_that_is_in_the_way() {
    let mut denied = decided("s3:GetObject", "explicitDeny");
    denied["OrganizationsDecisionDetail"] = json!({"AllowedByOrganizations": false});
    denied["PermissionsBoundaryDecisionDetail"] = json!({"AllowedByPermissionsBoundary": false});
    let told = verdict("allowed = ['s3:GetObject']", json!([denied]));
    assert_eq!(
        told,
        Verdict::Fail(
            "s3:GetObject is denied by a policy (its permissions boundary does not allow it, the organization does not allow it), wanted allowed"
                .into()
        )
    );
    let mut allowed = decided("s3:GetObject", "implicitDeny");
    allowed["PermissionsBoundaryDecisionDetail"] = json!({"AllowedByPermissionsBoundary": true});
    let told = verdict("allowed = ['s3:GetObject']", json!([allowed]));
    assert_eq!(told.says(), "s3:GetObject is allowed by no policy, wanted allowed");
}

#[test]
fn what_is_not_decided_is_unknown() {
    let one = "allowed = ['s3:GetObject']";
    let mut open = decided("s3:GetObject", "allowed");
    open["MissingContextValues"] = json!(["aws:SourceIp"]);
    open["ResourceSpecificResults"] = json!([{"EvalResourceDecision": "allowed", "MissingContextValues": ["aws:SourceVpce", "aws:SourceIp"]}]);
    for (results, part) in [
        (json!([]), "no decision on s3:GetObject"),
        (json!([decided("s3:PutObject", "allowed")]), "no decision on s3:GetObject"),
        (json!([{"EvalActionName": "s3:GetObject"}]), "no decision on s3:GetObject"),
        (json!([{"EvalDecision": "allowed"}]), "no decision on s3:GetObject"),
        (json!([decided("s3:GetObject", "maybe")]), "is `maybe`, whatever that means"),
        (json!([decided("s3:GetObject", "Allowed")]), "whatever that means"),
        (
            json!([decided("s3:GetObject", "allowed"), decided("s3:GetObject", "implicitDeny")]),
            "two decisions",
        ),
        (
            json!([open.clone()]),
            "depends on aws:SourceIp, aws:SourceVpce: give a value in `context`",
        ),
    ] {
        let verdict = verdict(one, results);
        assert_eq!(verdict.outcome(), Outcome::Unknown, "{verdict:?}");
        assert!(verdict.says().contains(part), "{verdict:?}, wanted {part}");
    }
    open["EvalDecision"] = json!("explicitDeny");
    let verdict = verdict("denied = ['s3:GetObject']", json!([open]));
    assert_eq!(verdict.outcome(), Outcome::Unknown, "a denial may hang on the missing key too");
}

#[test]
fn every_resource_must_be_as_wanted() {
    let check =
        access("denied = ['s3:GetObject']\nresources = ['arn:aws:s3:::a', 'arn:aws:s3:::b']");
    let denied = || found(json!([decided("s3:GetObject", "implicitDeny")]));
    let allowed = found(json!([decided("s3:GetObject", "allowed")]));
    let good = check.judge(&reading(vec![denied(), denied()]));
    assert_eq!(good, Verdict::Pass("1 denied on each of 2 resources, as wanted".into()));
    let bad = check.judge(&reading(vec![denied(), allowed]));
    assert_eq!(
        bad,
        Verdict::Fail("s3:GetObject on `arn:aws:s3:::b` is allowed, wanted denied".into())
    );
    assert_eq!(check.judge(&reading(vec![denied()])).outcome(), Outcome::Unknown);
}

#[test]
fn refusals_and_obstacles() {
    let refused = |code: &str| Said::Refused { code: code.into(), message: "says AWS".into() };
    let judge = |said| access(BOTH).judge(&reading(vec![said]));
    assert_eq!(judge(refused("NoSuchEntity")), Verdict::Fail("NoSuchEntity: says AWS".into()));
    assert_eq!(judge(refused("InvalidInput")), Verdict::Unknown("InvalidInput: says AWS".into()));
    for said in [Said::NotMade, Said::Found(BTreeMap::new())] {
        assert_eq!(judge(said).outcome(), Outcome::Unknown);
    }
    let nothing = Reading::Nothing(Obstacle::Timeout);
    assert_eq!(access(BOTH).judge(&nothing).outcome(), Outcome::Unknown);
}

#[test]
fn says_and_permits() {
    let check = access(&format!("{BOTH}\nresources = ['arn:aws:s3:::a']"));
    assert_eq!(
        check.says(),
        format!("{ROLE} is allowed s3:GetObject, is denied s3:DeleteBucket on arn:aws:s3:::a")
    );
    let wanted = Permission::of("iam:SimulatePrincipalPolicy", ROLE.into());
    assert_eq!(check.permissions(), [wanted]);
}

#[test]
fn flaws() {
    for (rest, part) in [
        ("", "nothing is wanted"),
        ("allowed = ['s3:*']", "without `*`"),
        ("allowed = ['GetObject']", "like `s3:GetObject`"),
        ("denied = ['s3:']", "like `s3:GetObject`"),
        ("allowed = ['s3:GetObject']\ndenied = ['s3:getobject']", "allowed and denied"),
        ("allowed = ['s3:GetObject']\nresources = ['orders-data']", "no ARN"),
        ("allowed = ['s3:GetObject']\ncontext = { 'aws:SourceIp' = '' }", "no value"),
    ] {
        let flaw = access(rest).flaw().unwrap_or_default();
        assert!(flaw.contains(part), "{rest}: {flaw}");
        let verdict = access(rest).judge(&reading(vec![found(json!([]))]));
        assert_eq!(verdict.outcome(), Outcome::Unknown, "{rest}");
    }
    for bad in [
        "orders-task",
        "arn:aws:sts::123456789012:assumed-role/a/b",
        "arn:aws:iam::123456789012:root",
        "arn:aws:iam::123456789012:role/",
    ] {
        let check = AwsAccess { principal: bad.into(), ..access(BOTH) };
        assert!(check.flaw().unwrap_or_default().contains("user, group or role"), "{bad}");
    }
    assert_eq!(AwsAccess { principal: "{{role}}".into(), ..access(BOTH) }.flaw(), None);
}
