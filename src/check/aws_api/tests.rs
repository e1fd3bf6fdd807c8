//! What answers and refusals are worth, branch by branch.

use std::collections::BTreeMap;

use super::*;
use crate::check::cloud::Cloud;
use crate::check::{Obstacle, Outcome};
use crate::value::Moment;

const ACTIVE: &str = "expect = [{ path = '$.clusters[0].status', equals = 'ACTIVE' }]";

fn api(rest: &str) -> AwsApi {
    toml::from_str(&format!("service = 'ecs'\noperation = 'DescribeClusters'\n{rest}")).unwrap()
}

fn now() -> When {
    When::at(Moment::from_millis(0))
}

fn answers_of(answers: Vec<Answer>) -> Reading {
    Reading::Answers { when: now(), answers }
}

fn said(said: Said) -> Reading {
    answers_of(vec![Answer { call: "ecs:DescribeClusters".into(), request: None, said }])
}

fn found(values: Json) -> Reading {
    let values = serde_json::from_value(values).unwrap();
    said(Said::Found(BTreeMap::from([("$.clusters[0].status".to_owned(), values)])))
}

fn refused(code: &str) -> Reading {
    said(Said::Refused { code: code.into(), message: "says AWS".into() })
}

#[test]
fn asks_once_with_the_input_as_it_is_written() {
    let rest = format!("input = {{ clusters = ['orders'] }}\nregion = 'eu-north-1'\n{ACTIVE}");
    let asked = api(&rest).ask(now());
    let call = Call {
        region: Some("eu-north-1".into()),
        ..Call::new(
            "ecs",
            "DescribeClusters",
            json!({"clusters": ["orders"]}),
            &["$.clusters[0].status"],
        )
    };
    assert_eq!(asked, Probe::Cloud(Cloud::Calls { when: now(), calls: vec![call] }));
    assert_eq!(api(ACTIVE).call().input, json!({}));
}

#[test]
fn what_may_change_something_is_never_asked() {
    let mut check = api(ACTIVE);
    check.operation = "DeleteCluster".into();
    assert_eq!(check.ask(now()), Probe::Cloud(Cloud::Calls { when: now(), calls: vec![] }));
    assert_eq!(check.judge(&found(json!(["ACTIVE"]))).outcome(), Outcome::Unknown);
}

#[test]
fn judges_what_was_found() {
    let verdict = |values: Json| api(ACTIVE).judge(&found(values));
    assert_eq!(
        verdict(json!(["ACTIVE"])),
        Verdict::Pass(r#"$.clusters[0].status is "ACTIVE""#.into())
    );
    let inactive = r#"$.clusters[0].status is "INACTIVE", wanted "ACTIVE""#;
    assert_eq!(verdict(json!(["INACTIVE"])), Verdict::Fail(inactive.into()));
    assert_eq!(
        verdict(json!([])),
        Verdict::Fail(r#"no $.clusters[0].status, wanted "ACTIVE""#.into())
    );
    let other = said(Said::Found(BTreeMap::new()));
    assert_eq!(api(ACTIVE).judge(&other).outcome(), Outcome::Unknown);
    let gone = api("error = 'ClusterNotFoundException'").judge(&found(json!([])));
    assert_eq!(
        gone,
        Verdict::Fail("it was answered, wanted the error `ClusterNotFoundException`".into())
    );
}

#[test]
fn judges_what_was_refused() {
    let absent = "expect = [{ path = '$.clusters[0]', exists = false }]";
    let wanted = "error = 'ClusterNotFoundException'";
    for (rest, code, outcome, says) in [
        (ACTIVE, "ClusterNotFoundException", Outcome::Fail, "ClusterNotFoundException: says AWS"),
        (absent, "ClusterNotFoundException", Outcome::Fail, "ClusterNotFoundException: says AWS"),
        (
            ACTIVE,
            "ValidationException",
            Outcome::Unknown,
            "AWS took no such call: ValidationException: says AWS",
        ),
        (
            absent,
            "ValidationException",
            Outcome::Unknown,
            "AWS took no such call: ValidationException: says AWS",
        ),
        (wanted, "ClusterNotFoundException", Outcome::Pass, "ClusterNotFoundException: says AWS"),
        (
            wanted,
            "ValidationException",
            Outcome::Fail,
            "ValidationException: says AWS; wanted the error `ClusterNotFoundException`",
        ),
    ] {
        let verdict = api(rest).judge(&refused(code));
        assert_eq!((verdict.outcome(), verdict.says()), (outcome, says), "{rest} {code}");
    }
}

#[test]
fn what_is_no_answer_is_unknown() {
    for rest in [ACTIVE, "error = 'X'", "expect = [{ path = '$.a', exists = false }]"] {
        for reading in [
            Reading::Nothing(Obstacle::Error("ecs:DescribeClusters: throttled".into())),
            answers_of(vec![]),
            Reading::Refused("no".into()),
            said(Said::NotMade),
        ] {
            assert_eq!(
                api(rest).judge(&reading).outcome(),
                Outcome::Unknown,
                "{rest}: {reading:?}"
            );
        }
    }
}

#[test]
fn says_and_permits() {
    assert_eq!(api(ACTIVE).says(), r#"ecs:DescribeClusters: $.clusters[0].status is "ACTIVE""#);
    let gone = api("error = 'X'\nregion = 'eu-north-1'");
    assert_eq!(gone.says(), "ecs:DescribeClusters in eu-north-1 answers X");
    assert_eq!(api(ACTIVE).permissions(), [Permission::any("ecs:DescribeClusters")]);
}

#[test]
fn flaws() {
    for (rest, part) in [
        ("", "nothing is wanted"),
        ("expect = []", "nothing is wanted"),
        ("error = ''", "`error` is empty"),
        ("error = 'X'\nexpect = [{ path = '$.a', exists = false }]", "says nothing of an error"),
        ("expect = [{ path = '$[', exists = true }]", "no JSON path"),
        ("expect = [{ path = '$.a' }]", "wants nothing"),
        ("error = 'X'\ninput = 'x'", "must be a table"),
        ("error = 'X'\ninput = { cluster = 'x' }", "did you mean `clusters`?"),
        ("error = 'X'\ninput = { clusters = [2026-01-01] }", "bare date"),
        ("error = 'X'\nregion = ''", "leave it out"),
    ] {
        let flaw = api(rest).flaw().unwrap_or_default();
        assert!(flaw.contains(part), "{rest}: {flaw}");
        assert_eq!(api(rest).judge(&refused("X")).outcome(), Outcome::Unknown, "{rest}");
    }
    assert_eq!(api("input = { clusters = ['{{cluster}}'] }\nerror = 'X'").flaw(), None);
}
