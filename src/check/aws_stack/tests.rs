//! What state a stack is in, of what it was made, and whether it still is.

use serde_json::{Value as Json, json};

use super::*;
use crate::check::{Obstacle, Outcome};

const NOW: &str = "2026-03-14T09:00:00.000Z";
const ARN: &str = "arn:aws:cloudformation:eu-west-1:123456789012:changeSet/release-7/0a1b";
const SHA: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn stack(text: &str) -> AwsStack {
    toml::from_str(&format!("name = 'orders'\n{text}")).unwrap()
}

fn found(call: &str, nodes: &[(&str, Json)]) -> Answer {
    let all = [STATUS, REASON, CHANGE_SET, UPDATED, DRIFT, LOOKED];
    let mut found: std::collections::BTreeMap<String, Vec<Json>> =
        all.map(|path| (path.to_owned(), Vec::new())).into();
    for (path, node) in nodes {
        found.entry((*path).to_owned()).or_default().push(node.clone());
    }
    Answer { call: format!("cloudformation:{call}"), request: None, said: Said::Found(found) }
}

fn refused(code: &str, message: &str) -> Answer {
    let said = Said::Refused { code: code.to_owned(), message: message.to_owned() };
    Answer { call: "cloudformation:DescribeStacks".to_owned(), request: None, said }
}

fn judge(text: &str, answers: Vec<Answer>) -> Verdict {
    let when = When::at(NOW.parse().unwrap());
    stack(text).judge(&Reading::Answers { when, answers })
}

fn described(text: &str, nodes: &[(&str, Json)]) -> Verdict {
    let status = [(STATUS, json!("UPDATE_COMPLETE"))];
    let has_status = nodes.iter().any(|(path, _)| *path == STATUS);
    let all: Vec<_> = nodes.iter().chain(status.iter().filter(|_| !has_status)).cloned().collect();
    judge(text, vec![found("DescribeStacks", &all)])
}

#[test]
fn every_status_has_one_meaning() {
    for status in STATUSES {
        let verdict = described("", &[(STATUS, json!(status))]);
        let wanted = match status {
            "CREATE_COMPLETE" | "UPDATE_COMPLETE" | "IMPORT_COMPLETE" => Outcome::Pass,
            "CREATE_IN_PROGRESS"
            | "UPDATE_IN_PROGRESS"
            | "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
            | "IMPORT_IN_PROGRESS"
            | "DELETE_IN_PROGRESS"
            | "REVIEW_IN_PROGRESS" => Outcome::Unknown,
            _ => Outcome::Fail,
        };
        assert_eq!(verdict.outcome(), wanted, "{status}: {verdict:?}");
        let itself = described(&format!("status = ['{status}']"), &[(STATUS, json!(status))]);
        assert_eq!(itself.outcome(), Outcome::Pass, "{status}");
    }
    for odd in [json!("UPDATE_PAUSED"), json!("update_complete"), json!(""), json!(7), json!(null)]
    {
        let verdict = described("", &[(STATUS, odd.clone())]);
        assert_eq!(verdict.outcome(), Outcome::Unknown, "{odd}");
    }
    let two = [(STATUS, json!("UPDATE_COMPLETE")), (STATUS, json!("UPDATE_COMPLETE"))];
    assert_eq!(described("", &two).outcome(), Outcome::Unknown);
    let none = judge("", vec![found("DescribeStacks", &[])]);
    assert_eq!(none, Verdict::Unknown("AWS tells no status of the stack".into()));
}

#[test]
fn a_rollback_fails_with_its_reason() {
    let reason = (REASON, json!("Resource creation failed: [Table]"));
    let nodes = [(STATUS, json!("UPDATE_ROLLBACK_COMPLETE")), reason];
    let says = "the stack is UPDATE_ROLLBACK_COMPLETE, wanted UPDATE_COMPLETE: \
                Resource creation failed: [Table]";
    assert_eq!(described("status = ['UPDATE_COMPLETE']", &nodes), Verdict::Fail(says.into()));
    let going = described("", &[(STATUS, json!("UPDATE_IN_PROGRESS"))]);
    assert_eq!(going.says(), "the stack is UPDATE_IN_PROGRESS: ask again with `until`");
}

#[test]
fn the_change_set_is_known_by_name_or_arn() {
    let of = |wanted: &str, seen: &str| {
        described(&format!("change_set = '{wanted}'"), &[(CHANGE_SET, json!(seen))])
    };
    for wanted in ["release-7", ARN] {
        assert_eq!(of(wanted, ARN).outcome(), Outcome::Pass, "{wanted}");
    }
    let says = "the stack is UPDATE_COMPLETE, of change set `release-7`";
    assert_eq!(of("release-7", ARN), Verdict::Pass(says.into()));
    for wanted in
        ["release", "0a1b", "release-70", "arn:aws:cloudformation:x:y:changeSet/release-7/1"]
    {
        assert_eq!(of(wanted, ARN).outcome(), Outcome::Fail, "{wanted}");
    }
    assert_eq!(of("release-8", ARN).says(), "of change set `release-7`, wanted `release-8`");
    assert_eq!(of("release-7", "odd").outcome(), Outcome::Fail);
    assert_eq!(described("change_set = 'a'", &[]).outcome(), Outcome::Unknown);
}

#[test]
fn the_template_is_known_by_its_digest() {
    let of = |template: &[(&str, Json)]| {
        let stack = found("DescribeStacks", &[(STATUS, json!("UPDATE_COMPLETE"))]);
        let text = format!("template_sha256 = '{}'", SHA.to_uppercase());
        judge(&text, vec![stack, found("GetTemplate", template)])
    };
    let pass = Verdict::Pass("the stack is UPDATE_COMPLETE, of template ba7816bf8f01…".into());
    assert_eq!(of(&[(TEMPLATE, json!(SHA))]), pass);
    let other = of(&[(TEMPLATE, json!(SHA.replace('a', "b")))]);
    assert_eq!(other.outcome(), Outcome::Fail);
    assert_eq!(other.says(), "of template bb7816bf8f01…, wanted BA7816BF8F01…");
    for odd in [json!(null), json!({"Resources": {}}), json!("AWSTemplateFormatVersion"), json!("")]
    {
        let verdict = of(&[(TEMPLATE, odd.clone())]);
        assert_eq!(verdict.outcome(), Outcome::Unknown, "{odd}");
    }
    assert_eq!(of(&[]).outcome(), Outcome::Unknown);
}

#[test]
fn drift_is_what_was_looked_for_lately() {
    let day_ago = json!("2026-03-13T09:00:00.000Z");
    for (drift, looked, updated, wanted) in [
        (Some("IN_SYNC"), Some(day_ago.clone()), None, Outcome::Pass),
        (Some("IN_SYNC"), Some(json!("2026-03-13T08:59:58.999Z")), None, Outcome::Unknown),
        (Some("IN_SYNC"), Some(json!("2026-03-15T09:00:00.000Z")), None, Outcome::Pass),
        (Some("IN_SYNC"), Some(day_ago.clone()), Some(day_ago.clone()), Outcome::Pass),
        (Some("IN_SYNC"), Some(day_ago.clone()), Some(json!(NOW)), Outcome::Unknown),
        (Some("IN_SYNC"), None, None, Outcome::Unknown),
        (Some("IN_SYNC"), Some(json!("lately")), None, Outcome::Unknown),
        (Some("DRIFTED"), Some(day_ago.clone()), None, Outcome::Fail),
        (Some("NOT_CHECKED"), None, None, Outcome::Unknown),
        (Some("UNKNOWN"), Some(day_ago.clone()), None, Outcome::Unknown),
        (Some("FLOATING"), Some(day_ago.clone()), None, Outcome::Unknown),
        (None, Some(day_ago), None, Outcome::Unknown),
    ] {
        let drift = drift.map(|drift| (DRIFT, json!(drift)));
        let looked = looked.map(|at| (LOOKED, at));
        let updated = updated.map(|at| (UPDATED, at));
        let nodes: Vec<_> = drift.into_iter().chain(looked).chain(updated).collect();
        let verdict = described("drift = 'IN_SYNC'", &nodes);
        assert_eq!(verdict.outcome(), wanted, "{nodes:?}: {verdict:?}");
    }
    let nodes = [(DRIFT, json!("IN_SYNC")), (LOOKED, json!("2026-03-14T08:00:00.000Z"))];
    let says = "the stack is UPDATE_COMPLETE, in sync 1h ago";
    assert_eq!(described("drift = 'IN_SYNC'", &nodes), Verdict::Pass(says.into()));
    let short = described("drift = 'IN_SYNC'\ndrift_age = '30m'", &nodes);
    let says = "drift was last looked for 1h ago, wanted at most 30m: \
                run `aws cloudformation detect-stack-drift`";
    assert_eq!(short, Verdict::Unknown(says.into()));
}

#[test]
fn what_is_not_there_fails_and_what_is_not_told_is_unknown() {
    let gone = || refused("ValidationError", "Stack with id orders does not exist");
    let both = format!("template_sha256 = '{SHA}'");
    let stack_seen = || found("DescribeStacks", &[(STATUS, json!("UPDATE_COMPLETE"))]);
    for (text, answers) in
        [("", vec![gone()]), (&both, vec![gone(), gone()]), (&both, vec![stack_seen(), gone()])]
    {
        let verdict = judge(text, answers);
        assert_eq!(verdict, Verdict::Fail("there is no stack `orders`".into()));
    }
    for (text, answers) in [
        ("", vec![]),
        ("", vec![refused("ValidationError", "1 validation error detected")]),
        ("", vec![refused("Throttling", "does not exist")]),
        ("", vec![Answer { said: Said::NotMade, ..gone() }]),
        ("", vec![Answer { said: Said::Found([].into()), ..gone() }]),
        ("", vec![stack_seen(), stack_seen()]),
        (&both, vec![stack_seen()]),
    ] {
        let verdict = judge(text, answers.clone());
        assert_eq!(verdict.outcome(), Outcome::Unknown, "{answers:?}: {verdict:?}");
    }
    for reading in [Reading::Nothing(Obstacle::Timeout), Reading::Connected { millis: 1 }] {
        assert_eq!(stack("").judge(&reading).outcome(), Outcome::Unknown);
    }
}

#[test]
fn asks_for_no_more_than_it_judges() {
    let asked = |text: &str| {
        let probe = stack(text).ask(When::at(NOW.parse().unwrap()));
        let Probe::Cloud(Cloud::Calls { calls, .. }) = probe else { panic!("{probe:?}") };
        let actions: Vec<String> = calls.iter().map(Call::name).collect();
        let needed: Vec<String> =
            stack(text).permissions().into_iter().map(|permission| permission.action).collect();
        assert_eq!(actions, needed, "{text}");
        calls
    };
    assert_eq!(asked("")[0].paths, [STATUS, REASON]);
    assert_eq!(asked("drift = 'IN_SYNC'")[0].paths, [STATUS, REASON, UPDATED, DRIFT, LOOKED]);
    let with_template = asked(&format!("template_sha256 = '{SHA}'"));
    assert_eq!(with_template[1].digest, with_template[1].paths);
}

#[test]
fn flaws() {
    for bad in [
        "status = ['UPDATE_DONE']",
        "status = ['']",
        "change_set = ''",
        "template_sha256 = 'abc'",
        "drift_age = '1h'",
    ] {
        assert!(stack(bad).flaw().is_some(), "{bad}");
        assert_eq!(described(bad, &[]).outcome(), Outcome::Unknown, "{bad}");
    }
    assert!(AwsStack { name: String::new(), ..stack("") }.flaw().is_some());
    assert!(toml::from_str::<AwsStack>("name = 'a'\ndrift = 'DRIFTED'").is_err());
    for good in ["", "template_sha256 = '{{digest}}'", "drift = 'IN_SYNC'\ndrift_age = '1h'"] {
        assert_eq!(stack(good).flaw(), None, "{good}");
    }
    assert_eq!(stack("drift = 'IN_SYNC'").says(), "stack orders is complete, in sync");
}
