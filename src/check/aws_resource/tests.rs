//! What Cloud Control's answers are worth, branch by branch.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::*;
use crate::check::cloud::Cloud;
use crate::check::{Obstacle, Outcome};
use crate::value::Moment;

fn resource(rest: &str) -> AwsResource {
    toml::from_str(&format!("type = 'AWS::S3::Bucket'\nid = 'orders-data'\n{rest}")).unwrap()
}

fn now() -> When {
    When::at(Moment::from_millis(0))
}

fn answers_of(answers: Vec<Answer>) -> Reading {
    Reading::Answers { when: now(), answers }
}

fn said(said: Said) -> Reading {
    answers_of(vec![Answer { call: "cloudcontrol:GetResource".into(), request: None, said }])
}

fn found(nodes: &[(&str, Json)]) -> Reading {
    let mut found: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    for (path, value) in nodes {
        let values = value.as_array().expect("a list of what was found").clone();
        found.insert((*path).to_owned(), values);
    }
    said(Said::Found(found))
}

fn refused(code: &str) -> Reading {
    said(Said::Refused { code: code.into(), message: "says AWS".into() })
}

const ENCRYPTED: &str = "expect = [{ path = '$.Encryption', exists = true }, { path = '$.Versioning.Status', equals = 'Enabled' }]";

#[test]
fn asks_for_the_properties_and_no_more() {
    let Probe::Cloud(Cloud::Calls { calls, .. }) = resource(ENCRYPTED).ask(now()) else {
        panic!("no calls")
    };
    assert_eq!(calls.len(), 1);
    assert_eq!(calls[0].name(), "cloudcontrol:GetResource");
    assert_eq!(calls[0].input, json!({"TypeName": "AWS::S3::Bucket", "Identifier": "orders-data"}));
    assert_eq!(calls[0].inside.as_deref(), Some("$.ResourceDescription.Properties"));
    assert_eq!(calls[0].paths, ["$.Encryption", "$.Versioning.Status"]);
    let bare = resource("region = 'eu-north-1'").call();
    assert_eq!((bare.inside, bare.paths.as_slice()), (None, [IDENTIFIER.to_owned()].as_slice()));
    assert_eq!(bare.region.as_deref(), Some("eu-north-1"));
    let flawed = resource("exists = false\nexpect = [{ path = '$.a', exists = true }]");
    assert_eq!(flawed.ask(now()), Probe::Cloud(Cloud::Calls { when: now(), calls: vec![] }));
}

#[test]
fn judges_what_was_found() {
    let good = found(&[("$.Encryption", json!([{}])), ("$.Versioning.Status", json!(["Enabled"]))]);
    let verdict = resource(ENCRYPTED).judge(&good);
    assert_eq!(
        verdict,
        Verdict::Pass(
            r#"all 2 hold: $.Encryption exists, $.Versioning.Status is "Enabled""#.into()
        )
    );
    let bad = found(&[("$.Encryption", json!([])), ("$.Versioning.Status", json!(["Enabled"]))]);
    assert_eq!(
        resource(ENCRYPTED).judge(&bad),
        Verdict::Fail(
            "1 of 2 does not hold: no $.Encryption, wanted one. Hold: $.Versioning.Status".into()
        )
    );
    let half = found(&[("$.Encryption", json!([{}]))]);
    assert_eq!(resource(ENCRYPTED).judge(&half).outcome(), Outcome::Unknown);
    let there = found(&[(IDENTIFIER, json!(["orders-data"]))]);
    assert_eq!(
        resource("").judge(&there),
        Verdict::Pass("AWS::S3::Bucket `orders-data` exists".into())
    );
    assert_eq!(
        resource("exists = false").judge(&there),
        Verdict::Fail("AWS::S3::Bucket `orders-data` exists, wanted none".into())
    );
    for nothing in [found(&[(IDENTIFIER, json!([]))]), found(&[])] {
        assert_eq!(resource("").judge(&nothing).outcome(), Outcome::Unknown);
        let gone = resource("exists = false").judge(&nothing);
        assert_eq!(gone.outcome(), Outcome::Fail, "it was answered, so it is there");
    }
}

#[test]
fn judges_what_was_refused() {
    for (code, rest, outcome, part) in [
        (
            "ResourceNotFoundException",
            "",
            Outcome::Fail,
            "there is no AWS::S3::Bucket `orders-data`",
        ),
        ("ResourceNotFoundException", ENCRYPTED, Outcome::Fail, "there is no"),
        ("ResourceNotFoundException", "exists = false", Outcome::Pass, "there is no"),
        ("TypeNotFoundException", "exists = false", Outcome::Unknown, "no type `AWS::S3::Bucket`"),
        ("UnsupportedActionException", "", Outcome::Unknown, "use `aws_api`"),
        ("GeneralServiceException", "", Outcome::Unknown, "GeneralServiceException: says AWS"),
        ("InvalidRequestException", "exists = false", Outcome::Unknown, "says AWS"),
        ("", "exists = false", Outcome::Unknown, "an error without a code"),
    ] {
        let verdict = resource(rest).judge(&refused(code));
        assert_eq!(verdict.outcome(), outcome, "{code}: {verdict:?}");
        assert!(verdict.says().contains(part), "{code}: {verdict:?}");
    }
}

#[test]
fn what_is_no_answer_is_unknown() {
    for rest in ["", "exists = false", ENCRYPTED] {
        for reading in [
            Reading::Nothing(Obstacle::Timeout),
            answers_of(vec![]),
            Reading::Connected { millis: 1 },
            said(Said::NotMade),
        ] {
            let verdict = resource(rest).judge(&reading);
            assert_eq!(verdict.outcome(), Outcome::Unknown, "{rest}: {reading:?}");
        }
    }
}

#[test]
fn says_what_is_claimed() {
    assert_eq!(resource("").says(), "AWS::S3::Bucket orders-data exists");
    let gone = resource("exists = false\nregion = 'eu-north-1'");
    assert_eq!(gone.says(), "AWS::S3::Bucket orders-data in eu-north-1 does not exist");
    let told =
        r#"AWS::S3::Bucket orders-data: $.Encryption exists, $.Versioning.Status is "Enabled""#;
    assert_eq!(resource(ENCRYPTED).says(), told);
}

#[test]
fn flaws() {
    for (text, part) in [
        ("type = 'Bucket'\nid = 'x'", "like `AWS::S3::Bucket`"),
        ("type = 'AWS::S3'\nid = 'x'", "like `AWS::S3::Bucket`"),
        ("type = 'AWS::S3::'\nid = 'x'", "like `AWS::S3::Bucket`"),
        ("type = 'AWS::S3::Bucket'\nid = ' '", "primary identifier"),
        ("type = 'AWS::S3::Bucket'\nid = 'x'\nregion = ''", "leave it out"),
        (
            "type = 'AWS::S3::Bucket'\nid = 'x'\nexists = false\nexpect = [{ path = '$.a', count = 1 }]",
            "says nothing",
        ),
        (
            "type = 'AWS::S3::Bucket'\nid = 'x'\nexpect = [{ path = '$.a' }]",
            "`expect[0]` wants nothing",
        ),
    ] {
        let resource: AwsResource = toml::from_str(text).unwrap();
        let flaw = resource.flaw().unwrap_or_default();
        assert!(flaw.contains(part), "{text}: {flaw}");
        let verdict = resource.judge(&refused("ResourceNotFoundException"));
        assert_eq!(verdict.outcome(), Outcome::Unknown, "{text}");
    }
    let open: AwsResource = toml::from_str("type = '{{type}}'\nid = '{{id}}'").unwrap();
    assert_eq!(open.flaw(), None);
}

#[test]
fn permissions_name_the_call_and_what_its_handler_calls() {
    let all = resource("").permissions();
    assert_eq!(all[0], Permission::any("cloudformation:GetResource"));
    assert!(all[1..].iter().all(|one| one.via.as_deref() == Some("AWS::S3::Bucket")));
    assert!(all.iter().any(|one| one.action == "s3:GetEncryptionConfiguration"));
    let unknown: AwsResource = toml::from_str("type = 'AWS::Nobody::Knows'\nid = 'x'").unwrap();
    assert_eq!(unknown.permissions().len(), 1);
    assert!(!unknown.handler_is_known());
}
