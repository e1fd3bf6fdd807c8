//! Where an alias points, and at what.

use serde_json::{Value as Json, json};

use super::*;
use crate::check::cloud::Said;
use crate::check::{Obstacle, Outcome};
use crate::value::Moment;

const BASE64: &str = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
const HEX: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn lambda(text: &str) -> AwsLambda {
    toml::from_str(&format!("function = 'export'\n{text}")).unwrap()
}

fn answer(call: &str, nodes: &[(&str, Option<Json>)]) -> Answer {
    let node = |(path, node): &(&str, Option<Json>)| {
        ((*path).to_owned(), node.clone().into_iter().collect())
    };
    let said = Said::Found(nodes.iter().map(node).collect());
    Answer { call: format!("lambda:{call}"), request: None, said }
}

fn alias(version: Option<&str>, weights: Option<Json>) -> Answer {
    let version = version.map(|version| json!(version));
    answer("GetAlias", &[(POINTS_AT, version), (SHARES, weights)])
}

fn function(version: &str, changes: &[(&str, Option<Json>)]) -> Answer {
    let mut nodes = vec![
        (VERSION, Some(json!(version))),
        (CODE, Some(json!(BASE64))),
        (STATE, Some(json!("Active"))),
        (STATE_REASON, None),
        (UPDATE, Some(json!("Successful"))),
        (UPDATE_REASON, None),
    ];
    for (path, node) in changes {
        nodes.retain(|(known, _)| known != path);
        nodes.push((path, node.clone()));
    }
    answer("GetFunctionConfiguration", &nodes)
}

fn refused(code: &str) -> Answer {
    let said = Said::Refused { code: code.to_owned(), message: "no".to_owned() };
    Answer { call: "lambda:GetAlias".to_owned(), request: None, said }
}

fn judge(text: &str, answers: Vec<Answer>) -> Verdict {
    let when = When::at(Moment::from_millis(0));
    lambda(text).judge(&Reading::Answers { when, answers })
}

const LIVE: &str = "alias = 'live'\nversion = '7'";

#[test]
fn an_alias_points_at_one_version() {
    let seven = || function("7", &[]);
    let pass = Verdict::Pass("it is version 7".into());
    assert_eq!(judge(LIVE, vec![alias(Some("7"), None), seven()]), pass);
    for weights in [json!({}), json!(null)] {
        assert_eq!(judge(LIVE, vec![alias(Some("7"), Some(weights)), seven()]), pass);
    }
    let old = judge(LIVE, vec![alias(Some("6"), None), function("6", &[])]);
    assert_eq!(old, Verdict::Fail("it is version 6, wanted 7".into()));
    let shared = judge(LIVE, vec![alias(Some("7"), Some(json!({"6": 0.1}))), seven()]);
    let says = "it shares its traffic with version 6: weight 0.1";
    assert_eq!(shared, Verdict::Fail(says.into()));
    // It was pointed elsewhere between the two calls.
    for (one, other) in [("7", "6"), ("6", "7")] {
        let verdict = judge(LIVE, vec![alias(Some(one), None), function(other, &[])]);
        assert_eq!(verdict.outcome(), Outcome::Fail, "{one} {other}");
    }
}

#[test]
fn the_code_is_compared_in_either_spelling() {
    for wanted in [BASE64, HEX, &HEX.to_uppercase()] {
        let verdict = judge(&format!("code_sha256 = '{wanted}'"), vec![function("$LATEST", &[])]);
        assert_eq!(verdict.outcome(), Outcome::Pass, "{verdict:?}");
        let text = format!("{LIVE}\ncode_sha256 = '{wanted}'");
        let both = judge(&text, vec![alias(Some("7"), None), function("7", &[])]);
        assert!(both.says().starts_with("it is version 7, its code is"), "{both:?}");
        let other = [(CODE, Some(json!("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")))];
        let verdict = judge(&text, vec![alias(Some("7"), None), function("7", &other)]);
        assert_eq!(verdict.outcome(), Outcome::Fail, "{verdict:?}");
        for odd in [None, Some(json!("")), Some(json!("short")), Some(json!(7))] {
            let changes = [(CODE, odd)];
            let verdict = judge(&text, vec![alias(Some("7"), None), function("7", &changes)]);
            assert_eq!(verdict.outcome(), Outcome::Unknown, "{changes:?}");
        }
    }
}

#[test]
fn digests() {
    assert_eq!(bytes_of(BASE64), bytes_of(HEX));
    assert_eq!(bytes_of(HEX).map(|bytes| bytes.len()), Some(32));
    let odd = BASE64.replace("0=", "1=");
    for bad in [
        "",
        "=",
        HEX.split_at(2).1,
        BASE64.split_at(4).1,
        odd.as_str(),
        &"-".repeat(44),
        &"ä".repeat(32),
    ] {
        assert_eq!(bytes_of(bad), None, "{bad}");
    }
}

#[test]
fn a_function_must_be_ready() {
    for (path, state, wanted) in [
        (STATE, Some("Active"), Outcome::Pass),
        (STATE, Some("Inactive"), Outcome::Pass),
        (STATE, Some("Pending"), Outcome::Unknown),
        (STATE, Some("Failed"), Outcome::Fail),
        (STATE, Some("Dreaming"), Outcome::Unknown),
        (STATE, None, Outcome::Unknown),
        (UPDATE, Some("Successful"), Outcome::Pass),
        (UPDATE, Some("InProgress"), Outcome::Unknown),
        (UPDATE, Some("Failed"), Outcome::Fail),
        (UPDATE, Some("Dreaming"), Outcome::Unknown),
        (UPDATE, None, Outcome::Unknown),
    ] {
        let changes = [(path, state.map(|state| json!(state)))];
        let verdict = judge(LIVE, vec![alias(Some("7"), None), function("7", &changes)]);
        assert_eq!(verdict.outcome(), wanted, "{changes:?}: {verdict:?}");
    }
    let changes = [(STATE, Some(json!("Failed"))), (STATE_REASON, Some(json!("no subnet")))];
    let verdict = judge(LIVE, vec![alias(Some("7"), None), function("7", &changes)]);
    assert_eq!(verdict, Verdict::Fail("the function is Failed: no subnet".into()));
}

#[test]
fn what_is_not_there_fails_and_what_is_not_told_is_unknown() {
    let gone = || refused("ResourceNotFoundException");
    for answers in [vec![gone(), gone()], vec![alias(Some("7"), None), gone()]] {
        let verdict = judge(LIVE, answers);
        assert_eq!(verdict, Verdict::Fail("there is no function or alias `export:live`".into()));
    }
    let code = format!("code_sha256 = '{HEX}'");
    let verdict = judge(&code, vec![gone()]);
    assert_eq!(verdict, Verdict::Fail("there is no function `export`".into()));
    for answers in [
        vec![],
        vec![function("7", &[])],
        vec![alias(None, None), function("7", &[])],
        vec![alias(Some("7"), Some(json!([1]))), function("7", &[])],
        vec![alias(Some("7"), None), function("7", &[(VERSION, None)])],
        vec![alias(Some("7"), None), answer("GetFunctionConfiguration", &[])],
        vec![answer("GetAlias", &[]), function("7", &[])],
        vec![refused("InvalidParameterValueException"), function("7", &[])],
        vec![alias(Some("7"), None), Answer { said: Said::NotMade, ..refused("") }],
        vec![alias(Some("7"), None), function("7", &[]), function("7", &[])],
    ] {
        let verdict = judge(LIVE, answers.clone());
        assert_eq!(verdict.outcome(), Outcome::Unknown, "{answers:?}: {verdict:?}");
    }
    for reading in [Reading::Nothing(Obstacle::Timeout), Reading::Connected { millis: 1 }] {
        assert_eq!(lambda(LIVE).judge(&reading).outcome(), Outcome::Unknown);
    }
}

#[test]
fn flaws() {
    for bad in [
        "",
        "alias = 'live'",
        "version = '7'",
        "alias = ''\nversion = '7'",
        "alias = 'live'\nversion = '$LATEST'",
        "alias = 'live'\nversion = ''",
        "code_sha256 = 'abc'",
    ] {
        assert!(lambda(bad).flaw().is_some(), "{bad}");
        assert_eq!(judge(bad, vec![function("7", &[])]).outcome(), Outcome::Unknown, "{bad}");
    }
    for name in [
        "",
        "export:live",
        "123456789012:function:export",
        "arn:aws:lambda:eu-west-1:123456789012:function:export:live",
    ] {
        let lambda = AwsLambda { function: name.to_owned(), ..lambda(LIVE) };
        assert!(lambda.flaw().is_some(), "{name}");
    }
    for name in ["export", "{{function}}", "arn:aws:lambda:eu-west-1:123456789012:function:export"]
    {
        let lambda = AwsLambda { function: name.to_owned(), ..lambda(LIVE) };
        assert_eq!(lambda.flaw(), None, "{name}");
    }
    assert_eq!(lambda("alias = 'live'\nversion = '{{version}}'").flaw(), None);
    assert_eq!(lambda(LIVE).says(), "export:live is version 7");
}
