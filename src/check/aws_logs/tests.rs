//! What counts of events are worth, branch by branch.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::*;
use crate::check::{Obstacle, Outcome};
use crate::value::Moment;

fn logs(rest: &str) -> AwsLogs {
    toml::from_str(&format!("groups = ['/ecs/orders', '/ecs/cart']\n{rest}")).unwrap()
}

fn when() -> When {
    When { began: Moment::from_millis(1_000_000), ..When::at(Moment::from_millis(5_000_000)) }
}

fn reading(said: Vec<Said>) -> Reading {
    let answer = |said| Answer { call: "logs:FilterLogEvents".into(), request: None, said };
    Reading::Answers { when: when(), answers: said.into_iter().map(answer).collect() }
}

/// So many events, from this time on, with the first three as they are shown.
fn events(count: i64, from: i64) -> Said {
    let at = |number: i64| from + number * 1000;
    let each = (0..count).map(|number| json!(at(number))).collect();
    let first = (0..count.min(3))
        .map(|number| json!({"timestamp": at(number), "message": format!("ERROR {number}\n")}))
        .collect();
    let none = if count == 0 { vec![json!([])] } else { vec![] };
    Said::Found(
        [(EACH, each), (FIRST, first), (NONE, none)]
            .map(|(path, nodes)| (path.to_owned(), nodes))
            .into(),
    )
}

#[test]
fn an_answer_without_events_is_told_from_one_that_speaks_of_none() {
    let path = serde_json_path::JsonPath::parse(NONE).unwrap();
    let selected = |answer: Json| path.query(&answer).len();
    assert_eq!(selected(json!({"events": []})), 1);
    assert_eq!(selected(json!({"events": [], "searchedLogStreams": []})), 2);
    for other in [
        json!({}),
        json!({"searchedLogStreams": []}),
        json!({"events": [{}]}),
        json!({"events": null}),
    ] {
        assert_eq!(selected(other.clone()), 0, "{other}");
    }
    let silent = [EACH, FIRST, NONE].map(|path| (path.to_owned(), Vec::new()));
    let reading = reading(vec![Said::Found(silent.into()), events(0, 0)]);
    let told = "the events of `/ecs/orders` were not told";
    assert_eq!(logs("at_most = 0").judge(&reading), Verdict::Unknown(told.into()));
}

fn refused(code: &str) -> Said {
    Said::Refused { code: code.into(), message: "says AWS".into() }
}

fn calls(check: &AwsLogs) -> Vec<Call> {
    match check.ask(when()) {
        Probe::Cloud(Cloud::Calls { calls, .. }) => calls,
        other => panic!("{other:?}"),
    }
}

#[test]
fn asks_each_group_for_the_window() {
    let asked = calls(&logs("pattern = 'ERROR'\nat_most = 0"));
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[0].name(), "logs:FilterLogEvents");
    assert_eq!(
        asked[1].input,
        json!({"logGroupName": "/ecs/cart", "startTime": 1_000_000, "endTime": 5_000_000, "limit": 100, "filterPattern": "ERROR"})
    );
    assert_eq!((asked[0].enough, asked[0].clip), (Some(100), Some(120)));
    let over = &calls(&logs("over = '1m'\nat_least = 20000"))[0];
    assert_eq!(over.input["startTime"], json!(4_940_000));
    assert_eq!(over.input["limit"], json!(10_000));
    assert_eq!(over.enough, Some(20_000), "the rest is on further pages");
    assert_eq!(over.input.get("filterPattern"), None);
    assert_eq!(calls(&logs("")), [], "a check with a flaw asks nothing");
}

#[test]
fn counts_what_matches() {
    for (rest, counts, wanted) in [
        ("at_most = 0", (0, 0), Verdict::Pass("0 events".into())),
        ("at_most = 3\npattern = 'x'", (1, 2), Verdict::Pass("3 events that match".into())),
        ("at_least = 3", (1, 2), Verdict::Pass("3 events".into())),
        ("at_least = 1", (1, 0), Verdict::Pass("1 event".into())),
        ("at_least = 1", (100, 0), Verdict::Pass("100 or more events".into())),
        ("at_least = 4", (1, 2), Verdict::Fail("3 events, wanted at least 4".into())),
        (
            "at_least = 1\nat_most = 5\npattern = 'x'",
            (0, 0),
            Verdict::Fail("0 events that match, wanted at least 1".into()),
        ),
    ] {
        let found = reading(vec![events(counts.0, 0), events(counts.1, 0)]);
        let verdict = logs(rest).judge(&found);
        assert_eq!(verdict, wanted, "{rest}");
    }
}

#[test]
fn shows_the_first_events_in_their_order() {
    let found = reading(vec![events(2, 3_000), events(200, 2_500)]);
    let verdict = logs("at_most = 1\npattern = 'ERROR'").judge(&found);
    assert_eq!(
        verdict,
        Verdict::Fail(
            "202 or more events that match, wanted at most 1: 00:00:02 `ERROR 0`; 00:00:03 `ERROR 0`; 00:00:03 `ERROR 1`"
                .into()
        )
    );
    let bare = Said::Found(BTreeMap::from([
        (EACH.to_owned(), vec![json!(1)]),
        (FIRST.to_owned(), vec![json!({})]),
    ]));
    let verdict = logs("at_most = 0").judge(&reading(vec![bare, events(0, 0)]));
    assert_eq!(verdict.says(), "1 event, wanted at most 0: `an event without a message`");
}

#[test]
fn what_was_not_told_is_never_a_pass() {
    let missing = || refused("ResourceNotFoundException");
    for (rest, said, outcome, part) in [
        (
            "at_most = 0",
            vec![missing(), events(0, 0)],
            Outcome::Fail,
            "there is no log group `/ecs/orders`",
        ),
        (
            "at_least = 1",
            vec![events(5, 0), missing()],
            Outcome::Fail,
            "there is no log group `/ecs/cart`",
        ),
        (
            "at_most = 0",
            vec![events(1, 0), missing()],
            Outcome::Fail,
            "wanted at most 0: 00:00:00 `ERROR 0`; there is no",
        ),
        (
            "at_most = 0",
            vec![refused("InvalidParameterException"), events(0, 0)],
            Outcome::Unknown,
            "says AWS",
        ),
        (
            "at_most = 0",
            vec![refused("InvalidParameterException"), events(1, 0)],
            Outcome::Fail,
            "wanted at most 0",
        ),
        ("at_least = 2", vec![refused("X"), events(1, 0)], Outcome::Unknown, "X: says AWS"),
        ("at_least = 1", vec![refused("X"), events(1, 0)], Outcome::Unknown, "X: says AWS"),
        ("at_most = 0", vec![Said::NotMade, events(0, 0)], Outcome::Unknown, "were not told"),
        (
            "at_most = 0",
            vec![Said::Found(BTreeMap::new()), events(0, 0)],
            Outcome::Unknown,
            "were not told",
        ),
        ("at_most = 0", vec![events(0, 0)], Outcome::Unknown, "2 calls were to be made"),
        ("at_most = 0", vec![], Outcome::Unknown, "2 calls were to be made"),
    ] {
        let verdict = logs(rest).judge(&reading(said));
        assert_eq!(verdict.outcome(), outcome, "{rest}: {verdict:?}");
        assert!(verdict.says().contains(part), "{rest}: {verdict:?}");
    }
    let nothing = Reading::Nothing(Obstacle::Error("no network".into()));
    assert_eq!(logs("at_most = 0").judge(&nothing), Verdict::Unknown("no network".into()));
}

#[test]
fn says_and_permits() {
    let check = logs("pattern = 'ERROR'\nat_most = 0\nsince = 'deploy'");
    assert_eq!(
        check.says(),
        "/ecs/orders, /ecs/cart: at most 0 events that match `ERROR` since deploy began"
    );
    assert_eq!(check.since(), Some("deploy"));
    let over = logs("at_least = 1\nat_most = 2\nover = '15m'");
    assert_eq!(over.says(), "/ecs/orders, /ecs/cart: at least 1, at most 2 events over 15m");
    let group = "arn:{partition}:logs:{region}:{account}:log-group:/ecs/cart:*";
    assert_eq!(check.permissions()[1], Permission::of("logs:FilterLogEvents", group.into()));
}

#[test]
fn flaws() {
    for (text, part) in [
        ("groups = []\nat_most = 0", "`groups` is empty"),
        ("groups = ['']\nat_most = 0", "no log group's name"),
        ("groups = ['arn:aws:logs:eu-west-1:1:log-group:x']\nat_most = 0", "no log group's name"),
        ("groups = ['a', 'b', 'a']\nat_most = 0", "`a` twice"),
        ("groups = ['a']", "nothing is wanted"),
        ("groups = ['a']\nat_least = 0", "no events would be enough"),
        ("groups = ['a']\nat_least = 2\nat_most = 1", "more than `at_most`"),
        ("groups = ['a']\nat_most = 0\npattern = ' '", "leave it out"),
        ("groups = ['a']\nat_most = 0\nover = '0s'", "nothing happens"),
        ("groups = ['a']\nat_most = 0\nover = '5m'\nsince = 'x'", "one is enough"),
    ] {
        let check: AwsLogs = toml::from_str(text).unwrap();
        let flaw = check.flaw().unwrap_or_default();
        assert!(flaw.contains(part), "{text}: {flaw}");
        let verdict = check.judge(&reading(vec![events(0, 0)]));
        assert_eq!(verdict.outcome(), Outcome::Unknown, "{text}");
    }
    let open: AwsLogs = toml::from_str("groups = ['/ecs/{{name}}']\nat_most = 0").unwrap();
    assert_eq!(open.flaw(), None);
}
