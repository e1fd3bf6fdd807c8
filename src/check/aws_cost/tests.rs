//! What costs are worth, branch by branch.

use super::*;
use crate::check::cloud::Cloud;
use crate::check::{Obstacle, Outcome};

fn cost(rest: &str) -> AwsCost {
    toml::from_str(&format!("since = '2026-11-01'\nbudget = 10\n{rest}")).unwrap()
}

fn now() -> When {
    When::at("2026-11-03T10:00:00.000Z".parse().unwrap())
}

fn said(said: Said) -> Reading {
    let answer = Answer { call: "ce:GetCostAndUsage".into(), request: None, said };
    Reading::Answers { when: now(), answers: vec![answer] }
}

fn day(number: u32) -> Json {
    json!({"Start": format!("2026-11-{number:02}"), "End": format!("2026-11-{:02}", number + 1)})
}

fn usd(amount: &str) -> Json {
    json!({"Amount": amount, "Unit": "USD"})
}

fn found(days: &[Json], amounts: &[Json]) -> Reading {
    let nodes = [(AMOUNTS, amounts), (DAYS, days)];
    said(Said::Found(nodes.map(|(path, nodes)| (path.to_owned(), nodes.to_vec())).into()))
}

fn spent(amounts: [&str; 3]) -> Reading {
    found(&[day(1), day(2), day(3)], &amounts.map(usd))
}

fn call(check: &AwsCost) -> Call {
    match check.ask(now()) {
        Probe::Cloud(Cloud::Calls { mut calls, .. }) => calls.remove(0),
        other => panic!("{other:?}"),
    }
}

#[test]
fn asks_for_each_day_up_to_today() {
    let all = call(&cost(""));
    assert_eq!(all.name(), "ce:GetCostAndUsage");
    assert_eq!(
        all.input,
        json!({
            "TimePeriod": {"Start": "2026-11-01", "End": "2026-11-04"},
            "Granularity": "DAILY",
            "Metrics": ["UnblendedCost"],
        })
    );
    let one = call(&cost("service = 'AWS Lambda'")).input["Filter"].clone();
    let lambda = json!({"Dimensions": {"Key": "SERVICE", "Values": ["AWS Lambda"], "MatchOptions": ["EQUALS"]}});
    assert_eq!(one, lambda);
    let two = call(&cost("service = 'AWS Lambda'\ntag = { component = 'orders' }"));
    let tag =
        json!({"Tags": {"Key": "component", "Values": ["orders"], "MatchOptions": ["EQUALS"]}});
    assert_eq!(two.input["Filter"], json!({"And": [lambda, tag]}));
    let back = AwsCost { since: "30d".into(), ..cost("") };
    assert_eq!(call(&back).input["TimePeriod"]["Start"], json!("2026-10-04"));
}

#[test]
fn judges_the_sum() {
    for (amounts, wanted) in [
        (
            ["1.10", "2.204", "0"],
            Verdict::Pass("3.30 of 10 USD since 2026-11-01 (the data lags by up to a day)".into()),
        ),
        (
            ["9.9", "0.1", "0"],
            Verdict::Pass("10.00 of 10 USD since 2026-11-01 (the data lags by up to a day)".into()),
        ),
        (
            ["9.9", "0.1", "0.0000001"],
            Verdict::Fail(
                "10.0000001 USD spent since 2026-11-01, wanted at most 10 (the data lags by up to a day)"
                    .into(),
            ),
        ),
        (
            ["9.9", "20", "-1.5"],
            Verdict::Fail(
                "28.40 USD spent since 2026-11-01, wanted at most 10 (the data lags by up to a day)"
                    .into(),
            ),
        ),
    ] {
        assert_eq!(cost("").judge(&spent(amounts)), wanted);
    }
}

#[test]
fn no_cost_at_all_is_unknown() {
    let nothing = cost("").judge(&spent(["0", "0.00", "0"]));
    assert_eq!(nothing.outcome(), Outcome::Unknown);
    assert!(nothing.says().starts_with("no cost is told since 2026-11-01"), "{nothing:?}");
    let empty = cost("").judge(&found(&[], &[]));
    assert_eq!(empty, Verdict::Unknown("no data yet: Cost Explorer told no day".into()));
}

#[test]
fn what_was_not_told_whole_is_unknown() {
    let three = || [day(1), day(2), day(3)];
    for (reading, part) in [
        (found(&three(), &[usd("1"), usd("1")]), "the cost of a day is missing"),
        (found(&[day(2), day(3)], &[usd("1"), usd("1")]), "from 2026-11-01 on were not told"),
        (found(&[day(1), day(3)], &[usd("1"), usd("1")]), "from 2026-11-02 on were not told"),
        (found(&[json!({})], &[usd("1")]), "were not told"),
        (found(&three(), &[usd("1"), usd(""), usd("1")]), "no amount"),
        (found(&three(), &[usd("1"), json!({"Unit": "USD"}), usd("1")]), "no amount"),
        (
            found(&three(), &[usd("1"), json!({"Amount": "1", "Unit": "CNY"}), usd("1")]),
            "`CNY`, wanted USD",
        ),
        (found(&three(), &[usd("1"), json!({"Amount": "1"}), usd("1")]), "wanted USD"),
        (found(&three(), &[usd("1"), json!(null), usd("1")]), "wanted USD"),
        (said(Said::Found(BTreeMap::new())), "no costs were told"),
        (said(Said::NotMade), "no costs were told"),
        (
            said(Said::Refused { code: "DataUnavailableException".into(), message: String::new() }),
            "DataUnavailableException",
        ),
        (Reading::Nothing(Obstacle::Error("no network".into())), "no network"),
        (Reading::Answers { when: now(), answers: vec![] }, "1 calls were to be made"),
    ] {
        let verdict = cost("").judge(&reading);
        assert_eq!(verdict.outcome(), Outcome::Unknown, "{verdict:?}");
        assert!(verdict.says().contains(part), "{verdict:?}, wanted {part}");
    }
    let old = AwsCost { since: "2026-10-30".into(), ..cost("") };
    let day = json!({"Start": "2026-10-30", "End": "2026-10-31"});
    let verdict = old.judge(&found(&[day], &[usd("1")]));
    assert_eq!(verdict, Verdict::Unknown("the costs were told up to `2026-10-31` only".into()));
    let ahead = AwsCost { since: "2026-11-04".into(), ..cost("") };
    let verdict = ahead.judge(&spent(["1", "1", "1"]));
    assert_eq!(verdict, Verdict::Unknown("`since` is 2026-11-04, which is still to come".into()));
}

#[test]
fn says_and_permits() {
    let check = cost("service = 'AWS Lambda'\ntag = { component = 'orders' }\ncurrency = 'CNY'");
    assert_eq!(
        check.says(),
        "at most 10 CNY spent for AWS Lambda tagged component=orders since 2026-11-01"
    );
    let back = AwsCost { since: "30d".into(), ..cost("") };
    assert_eq!(back.says(), "at most 10 USD spent over 30 days");
    assert_eq!(back.permissions(), [Permission::any("ce:GetCostAndUsage")]);
    assert_eq!(Kind::since(&back), None, "`since` is a day here, and no step");
}

#[test]
fn flaws() {
    for (text, part) in [
        ("since = 'yesterday'\nbudget = 1", "like `2026-11-01`"),
        ("since = '2026-02-30'\nbudget = 1", "like `2026-11-01`"),
        ("since = '2026-11-1'\nbudget = 1", "like `2026-11-01`"),
        ("since = '2026-11-01T00:00'\nbudget = 1", "like `2026-11-01`"),
        ("since = '0d'\nbudget = 1", "like `30d`"),
        ("since = '400d'\nbudget = 1", "like `30d`"),
        ("since = '+3d'\nbudget = 1", "like `30d`"),
        ("since = '3d'\nbudget = 0", "more than 0"),
        ("since = '3d'\nbudget = -0.5", "more than 0"),
        ("since = '3d'\nbudget = 1\ncurrency = 'Euro'", "like `USD`"),
        ("since = '3d'\nbudget = 1\nservice = ''", "leave it out"),
        ("since = '3d'\nbudget = 1\ntag = { a = '' }", "no value for `a`"),
    ] {
        let check: AwsCost = toml::from_str(text).unwrap();
        let flaw = check.flaw().unwrap_or_default();
        assert!(flaw.contains(part), "{text}: {flaw}");
        assert_eq!(check.judge(&spent(["1", "1", "1"])).outcome(), Outcome::Unknown, "{text}");
        let asked = check.ask(now());
        assert_eq!(asked, Probe::Cloud(Cloud::Calls { when: now(), calls: vec![] }));
    }
    assert_eq!(AwsCost { since: "{{day}}".into(), ..cost("") }.flaw(), None);
}
