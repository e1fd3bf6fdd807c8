//! Windows, points, limits and what was before.

use serde_json::{Value as Json, json};

use super::*;
use crate::check::cloud::Point;
use crate::check::{Obstacle, Outcome};
use crate::value::Moment;

const METRIC: &str = "namespace = 'N'\nmetric = 'Errors'\nstat = 'Sum'\n";

fn metric(text: &str) -> AwsMetric {
    toml::from_str(&format!("{METRIC}{text}")).unwrap()
}

fn math(text: &str) -> AwsMetric {
    let one = |name: &str| format!("{{ namespace = 'N', metric = '{name}', stat = 'Sum' }}");
    let (errors, requests) = (one("Errors"), one("Requests"));
    let metrics = format!("metrics = {{ errors = {errors}, requests = {requests} }}\n");
    toml::from_str(&format!("{metrics}{text}")).unwrap()
}

fn at(time: &str) -> Moment {
    format!("2026-03-14T{time}.000Z").parse().unwrap()
}

fn when(began: &str, now: &str) -> When {
    When { began: at(began), ..When::at(at(now)) }
}

fn asked(check: &AwsMetric, when: When) -> Vec<Series> {
    let Probe::Cloud(Cloud::Metrics(series)) = check.ask(when) else { panic!("{check:?}") };
    series
}

/// The windows that are asked for, as times of day.
fn windows(text: &str, began: &str, now: &str) -> Vec<String> {
    let window = |series: &Series| {
        assert_eq!(series.period, metric(text).period());
        format!("{}-{}", series.from.time_of_day(), series.to.time_of_day())
    };
    asked(&metric(text), when(began, now)).iter().map(window).collect()
}

/// One value for each minute from nine o'clock on; null where there is none.
fn series(minutes: i64, values: &Json) -> SeriesSeen {
    let nine = at("09:00:00").millis();
    let minute =
        |number: usize| Moment::from_millis(nine + 60_000 * i64::try_from(number).unwrap());
    let values = values.as_array().unwrap().iter().enumerate();
    let points = values.filter_map(|(number, value)| {
        let value = value.as_number()?.clone();
        Some(Point { at: minute(number), value })
    });
    SeriesSeen {
        from: minute(0),
        to: Moment::from_millis(nine + 60_000 * minutes),
        period: Span::from_secs(60),
        points: points.collect(),
        partial: None,
    }
}

fn judge(text: &str, values: &Json) -> Verdict {
    metric(text).judge(&Reading::Metrics(vec![series(5, values)]))
}

fn compared(text: &str, values: &Json, before: &Json) -> Verdict {
    metric(text).judge(&Reading::Metrics(vec![series(5, values), series(5, before)]))
}

#[test]
fn a_window_ends_at_the_last_whole_period() {
    assert_eq!(windows("at_most = 1", "08:00:00", "09:10:59"), ["09:05:00-09:10:00"]);
    assert_eq!(windows("at_most = 1\nover = '2m'", "09:10:30", "09:10:59"), ["09:08:00-09:10:00"]);
    let five = "at_most = 1\nover = '10m'\nperiod = '5m'";
    assert_eq!(windows(five, "08:00:00", "09:14:59"), ["09:00:00-09:10:00"]);
    let seconds = "at_most = 1\nover = '1m'\nperiod = '10s'";
    assert_eq!(windows(seconds, "08:00:00", "09:14:59"), ["09:13:50-09:14:50"]);
}

#[test]
fn a_window_since_a_step_opens_with_its_first_whole_period() {
    let since = "at_most = 1\nsince = 'deploy'";
    assert_eq!(windows(since, "09:00:01", "09:04:59"), ["09:01:00-09:04:00"]);
    assert_eq!(windows(since, "09:00:00", "09:04:59"), ["09:00:00-09:04:00"]);
    let none: [&str; 0] = [];
    assert_eq!(windows(since, "09:00:01", "09:01:59"), none);
    assert_eq!(windows(since, "09:05:00", "09:00:00"), none, "the clock was set back");
    let verdict = metric(since).judge(&Reading::Metrics(Vec::new()));
    let says = "no whole period of 1m has passed since the step began: ask again with `until`";
    assert_eq!(verdict, Verdict::Unknown(says.into()));
}

#[test]
fn what_was_before_ends_right_before_the_step() {
    let over = "percent_above_before = 20";
    assert_eq!(windows(over, "09:00:30", "09:10:59"), ["09:05:00-09:10:00", "08:55:00-09:00:00"]);
    let since = "percent_above_before = 20\nsince = 'deploy'";
    assert_eq!(windows(since, "09:00:30", "09:03:59"), ["09:01:00-09:03:00", "08:58:00-09:00:00"]);
    // Nothing from before the step is counted as after it.
    assert_eq!(windows(over, "09:00:30", "09:03:59"), ["09:01:00-09:03:00", "08:55:00-09:00:00"]);
    let short = series(2, &json!([1, 1]));
    let verdict =
        metric(over).judge(&Reading::Metrics(vec![short, series(5, &json!([1, 1, 1, 1, 1]))]));
    let says = "only 2m of 5m have passed since the step began: ask again with `until`";
    assert_eq!(verdict, Verdict::Unknown(says.into()));
}

#[test]
fn a_window_that_grew_too_long_is_unknown() {
    let check = metric("at_most = 1\nsince = 'deploy'");
    let late =
        When { began: at("00:00:00"), ..When::at("2026-03-20T00:00:00.000Z".parse().unwrap()) };
    let asked = asked(&check, late);
    assert_eq!(asked[0].to.millis() - asked[0].from.millis(), 1441 * 60_000);
    let verdict = check.judge(&Reading::Metrics(vec![series(1441, &json!([0]))]));
    assert_eq!(verdict.outcome(), Outcome::Unknown);
    assert!(verdict.says().contains("more than 1440"), "{verdict:?}");
}

#[test]
fn every_point_keeps_the_limits() {
    let all = json!([1, 2, 3, 2.5, 0]);
    for (text, wanted) in [
        ("at_most = 3", Outcome::Pass),
        ("at_most = 2.9", Outcome::Fail),
        ("at_least = 0", Outcome::Pass),
        ("at_least = 0.1", Outcome::Fail),
        ("at_least = 0\nat_most = 3", Outcome::Pass),
        ("at_least = 1\nat_most = 3", Outcome::Fail),
        ("at_least = 0\nat_most = 2", Outcome::Fail),
        ("at_least = -5\nat_most = -1", Outcome::Fail),
    ] {
        assert_eq!(judge(text, &all).outcome(), wanted, "{text}");
    }
    let says = "worst 3 of 5 points from 09:00:00 to 09:05:00 UTC, wanted at most 3";
    assert_eq!(judge("at_most = 3", &all), Verdict::Pass(says.into()));
    let says = "worst 0 of 5 points from 09:00:00 to 09:05:00 UTC, wanted at least 1 and at most 9";
    assert_eq!(judge("at_least = 1\nat_most = 9", &all), Verdict::Fail(says.into()));
}

#[test]
fn numbers_are_compared_by_their_worth() {
    let five = |value: Json| json!([value, value, value, value, value]);
    for (limit, value, wanted) in [
        ("1e300", json!(1e301), Outcome::Fail),
        ("1e301", json!(1e300), Outcome::Pass),
        ("9007199254740992", json!(9_007_199_254_740_992_u64), Outcome::Pass),
        ("0.1", json!(0.1), Outcome::Pass),
        ("0.1", json!(0.100_000_000_000_001), Outcome::Fail),
        ("0", json!(-0.0), Outcome::Pass),
        ("0", json!(u64::MAX), Outcome::Fail),
        ("0", json!(i64::MIN), Outcome::Pass),
        ("0", json!(f64::MIN_POSITIVE), Outcome::Fail),
    ] {
        let verdict = judge(&format!("at_most = {limit}"), &five(value.clone()));
        assert_eq!(verdict.outcome(), wanted, "{value}: {verdict:?}");
        assert!(verdict.says().chars().count() <= 160);
    }
    let huge = judge("at_most = 1e300", &five(json!(1.5e301)));
    assert!(huge.says().starts_with("worst 1.5e301 of 5 points"), "{huge:?}");
    for bad in ["nan", "inf", "-inf"] {
        let check = toml::from_str::<AwsMetric>(&format!("{METRIC}at_most = {bad}"));
        let judged =
            check.map(|check| check.judge(&Reading::Metrics(vec![series(5, &five(json!(1)))])));
        assert!(judged.is_err() || judged.is_ok_and(|one| one.outcome() == Outcome::Unknown));
    }
}

#[test]
fn missing_points_are_counted_and_no_data_is_unknown() {
    let some = json!([1, null, 1, null, 1]);
    assert_eq!(judge("at_most = 3\nmissing = 2", &some).outcome(), Outcome::Pass);
    let told = judge("at_most = 3\nmissing = 2", &some);
    let says = "worst 1 of 3 points from 09:00:00 to 09:05:00 UTC (2 missing), wanted at most 3";
    assert_eq!(told, Verdict::Pass(says.into()));
    let few = judge("at_most = 3\nmissing = 1", &some);
    let says = "2 of 5 points are missing from 09:00:00 to 09:05:00 UTC, may be 1";
    assert_eq!(few, Verdict::Unknown(says.into()));
    assert_eq!(judge("at_most = 3", &some).outcome(), Outcome::Unknown);
    // A point that is there and bad is bad, whatever the others would be.
    assert_eq!(judge("at_most = 0", &some).outcome(), Outcome::Fail);
    for text in ["at_most = 3", "at_most = 3\nmissing = 5", "at_least = 0\nmissing = 1000"] {
        let verdict = judge(text, &json!([]));
        let says = "no data from 09:00:00 to 09:05:00 UTC";
        assert_eq!(verdict, Verdict::Unknown(says.into()), "{text}");
    }
}

#[test]
fn an_answer_that_does_not_fit_is_unknown() {
    let good = || series(5, &json!([1, 1, 1, 1, 1]));
    let with = |change: &dyn Fn(&mut SeriesSeen)| {
        let mut seen = good();
        change(&mut seen);
        vec![seen]
    };
    let point =
        |time: &str, value: Json| Point { at: at(time), value: value.as_number().unwrap().clone() };
    let check = metric("at_most = 3");
    for readings in [
        vec![],
        vec![good(), good()],
        with(&|seen| seen.partial = Some("InternalError".into())),
        with(&|seen| seen.period = Span::from_secs(300)),
        with(&|seen| seen.period = Span::from_secs(0)),
        with(&|seen| seen.to = seen.from),
        with(&|seen| seen.to = at("08:00:00")),
        with(&|seen| seen.points.push(point("09:05:00", json!(1)))),
        with(&|seen| seen.points.push(point("08:59:59", json!(1)))),
        with(&|seen| seen.points.push(point("09:04:30", json!(1)))),
    ] {
        let verdict = check.judge(&Reading::Metrics(readings.clone()));
        assert_eq!(verdict.outcome(), Outcome::Unknown, "{readings:?}: {verdict:?}");
    }
    for reading in [
        Reading::Nothing(Obstacle::Timeout),
        Reading::Alarms(Vec::new()),
        Reading::Refused("no".into()),
    ] {
        assert_eq!(check.judge(&reading).outcome(), Outcome::Unknown, "{reading:?}");
    }
    let one =
        compared("percent_above_before = 5", &json!([1, 1, 1, 1, 1]), &json!([1, 1, 1, 1, 1]));
    assert_eq!(one.outcome(), Outcome::Pass);
    let alone = metric("percent_above_before = 5").judge(&Reading::Metrics(vec![good()]));
    assert_eq!(alone.outcome(), Outcome::Unknown);
}

#[test]
fn the_mean_is_compared_with_the_one_before() {
    let ten = json!([10, 10, 10, 10, 10]);
    for (now, before, wanted) in [
        (json!([12, 12, 12, 12, 12]), ten.clone(), Outcome::Pass),
        (json!([12, 12, 12, 12, 13]), ten.clone(), Outcome::Fail),
        (json!([0, 0, 0, 0, 60]), ten.clone(), Outcome::Pass),
        (json!([1, 1, 1, 1, 1]), ten.clone(), Outcome::Pass),
        (json!([-8, -8, -8, -8, -8]), json!([-10, -10, -10, -10, -10]), Outcome::Pass),
        (json!([-7, -8, -8, -8, -8]), json!([-10, -10, -10, -10, -10]), Outcome::Fail),
        (json!([0, 0, 0, 0, 0]), json!([0, 0, 0, 0, 0]), Outcome::Unknown),
        (json!([1, 1, 1, 1, 1]), json!([0, 0, 0, 0, 0]), Outcome::Unknown),
        (ten.clone(), json!([]), Outcome::Unknown),
        (json!([]), ten.clone(), Outcome::Unknown),
        (ten.clone(), json!([10, 10, 10, 10]), Outcome::Unknown),
        (json!([10, 10, 10, 10]), ten.clone(), Outcome::Unknown),
        (
            json!([1.6e308, 1.6e308, 1.6e308, 1.6e308, 1.6e308]),
            json!([1.6e308, 1.6e308, 1.6e308, 1.6e308, 1.6e308]),
            Outcome::Unknown,
        ),
    ] {
        let verdict = compared("percent_above_before = 20", &now, &before);
        assert_eq!(verdict.outcome(), wanted, "{now} {before}: {verdict:?}");
    }
    let verdict = compared("percent_above_before = 20", &json!([12, 12, 12, 12, 13]), &ten);
    let says = "mean 12.2 of 5 points from 09:00:00 to 09:05:00 UTC, before mean 10 of 5 points \
                from 09:00:00 to 09:05:00 UTC, wanted at most 20 % above";
    assert_eq!(verdict, Verdict::Fail(says.into()));
    let allowed = "percent_above_before = 20\nmissing = 1";
    assert_eq!(compared(allowed, &json!([10, 10, 10, 10]), &ten).outcome(), Outcome::Pass);
    // Both are wanted, and a limit that is not kept fails whatever was before.
    let both = "percent_above_before = 20\nat_most = 5";
    assert_eq!(compared(both, &ten, &ten).outcome(), Outcome::Fail);
    assert_eq!(compared(both, &ten, &json!([])).outcome(), Outcome::Fail);
    assert_eq!(compared(both, &json!([1, 1, 1, 1, 1]), &json!([])).outcome(), Outcome::Unknown);
}

#[test]
fn other_points_within_the_limits_are_no_other_value() {
    let one = judge("at_most = 3", &json!([1, 2, 1, 1, 1]));
    let other = judge("at_most = 3\nmissing = 1", &json!([3, 1, 1, 1]));
    assert!(one.is_as(&other), "{one:?} {other:?}");
    assert!(!one.is_as(&judge("at_most = 4", &json!([1, 2, 1, 1, 1]))));
    assert!(!one.is_as(&judge("at_most = 3", &json!([4, 2, 1, 1, 1]))));
    let compare = |now: &Json| compared("percent_above_before = 20", now, &json!([9, 9, 9, 9, 9]));
    assert!(compare(&json!([1, 1, 1, 1, 1])).is_as(&compare(&json!([2, 2, 2, 2, 2]))));
}

#[test]
fn queries_have_the_expression_last() {
    let queries = asked(&metric("at_most = 1\ndimensions = { A = 'b' }"), When::at(at("09:00:00")));
    let [Query { id, what: What::Metric { dimensions, stat, .. } }] = queries[0].queries.as_slice()
    else {
        panic!("{queries:?}")
    };
    assert_eq!((id.as_str(), stat.as_str(), dimensions["A"].as_str()), ("m1", "Sum", "b"));
    let check = math("expression = '100 * errors / requests'\nat_most = 1");
    let queries = &asked(&check, When::at(at("09:00:00")))[0].queries;
    let ids: Vec<&str> = queries.iter().map(|query| query.id.as_str()).collect();
    assert_eq!(ids, ["errors", "requests", "e1"]);
    assert_eq!(queries[2].what, What::Expression("100 * errors / requests".to_owned()));
    assert_eq!(check.says(), "100 * errors / requests is at most 1 over 5m");
}

#[test]
fn flaws() {
    let flawed = |check: &AwsMetric, text: &str, part: &str| {
        let flaw = check.flaw();
        assert!(flaw.as_ref().is_some_and(|flaw| flaw.contains(part)), "{text}: {flaw:?}");
        let judged = check.judge(&Reading::Metrics(vec![series(5, &json!([1, 1, 1, 1, 1]))]));
        assert_eq!(judged.outcome(), Outcome::Unknown, "{text}");
        assert_eq!(asked(check, When::at(at("09:00:00"))), [], "{text}");
    };
    for (text, part) in [
        ("", "nothing is wanted"),
        ("at_least = 2\nat_most = 1", "more than `at_most`"),
        ("percent_above_before = -1", "negative"),
        ("at_most = 1\nperiod = '2s'", "`period` is 2s"),
        ("at_most = 1\nperiod = '90s'", "whole minutes"),
        ("at_most = 1\nperiod = '0s'", "`period` is 0s"),
        ("at_most = 1\nover = '90s'", "no whole number of periods"),
        ("at_most = 1\nover = '0s'", "no whole number of periods"),
        ("at_most = 1\nover = '1d 1m'", "1441 periods"),
        ("at_most = 1\nover = '30m'\nperiod = '1s'", "make `period` longer"),
        ("at_most = 1\nover = '5m'\nsince = 'a'", "one beginning"),
        ("at_most = 1\nexpression = 'm1'", "both `namespace` and `expression`"),
        ("at_most = 1\ndimensions = { A = '' }", "`A` without a value"),
        (
            "at_most = 1\nmetrics = { a = { namespace = 'N', metric = 'M', stat = 'Sum' } }",
            "no `expression`",
        ),
    ] {
        flawed(&metric(text), text, part);
    }
    for (text, part) in [
        ("expression = 'errors'\nat_most = 1", "`metrics` names `requests`"),
        ("expression = 'errors / request'\nat_most = 1", "names `request`"),
        ("expression = 'SUM(METRICS())'\nat_most = 1", "METRICS()"),
        ("expression = '\"errors\" + requests'\nat_most = 1", "`metrics` names `errors`"),
        ("at_most = 1", "no `expression`"),
        ("expression = 'errors / requests'\nat_most = 1\ndimensions = { A = 'b' }", "`dimensions`"),
        ("expression = 'errors / requests'", "nothing is wanted"),
    ] {
        flawed(&math(text), text, part);
    }
    for (text, part) in [
        ("at_most = 1", "neither a metric nor an expression"),
        ("namespace = 'N'\nstat = 'Sum'\nat_most = 1", "`metric` is missing"),
        ("namespace = 'N'\nmetric = 'M'\nat_most = 1", "`stat` is missing"),
        ("namespace = 'N'\nmetric = 'M'\nstat = 'Mean'\nat_most = 1", "`stat` is `Mean`"),
        ("namespace = ''\nmetric = 'M'\nstat = 'Sum'\nat_most = 1", "`namespace` is empty"),
        ("expression = '1'\nat_most = 1", "no `metrics`"),
        (
            "expression = 'A'\nat_most = 1\nmetrics = { A = { namespace = 'N', metric = 'M', stat = 'Sum' } }",
            "small letter",
        ),
        (
            "expression = 'a'\nat_most = 1\nmetrics = { a = { namespace = 'N', metric = '', stat = 'Sum' } }",
            "`metrics.a.metric`",
        ),
    ] {
        flawed(&toml::from_str(text).unwrap(), text, part);
    }
}

#[test]
fn what_is_in_order_has_no_flaw() {
    for text in [
        "at_most = 1",
        "at_least = 1\nat_most = 1",
        "at_most = 1\nover = '1d'",
        "at_most = 1\nover = '24m'\nperiod = '1s'",
        "percent_above_before = 0\nover = '10m'\nsince = 'deploy'",
        "at_most = 300\nover = '30m'\nperiod = '5m'\nmissing = 6",
    ] {
        assert_eq!(metric(text).flaw(), None, "{text}");
    }
    for text in
        ["100 * FILL(errors, 0) / requests", "IF(requests > 1e3, errors, 0)", "{{expression}}"]
    {
        assert_eq!(math(&format!("expression = '{text}'\nat_most = 1")).flaw(), None, "{text}");
    }
    for stat in [
        "Average",
        "SampleCount",
        "p99",
        "p99.9",
        "p100",
        "tm90",
        "IQM",
        "PR(:300)",
        "TM(2%:98%)",
        "{{stat}}",
    ] {
        let check = AwsMetric { stat: Some(stat.to_owned()), ..metric("at_most = 1") };
        assert_eq!(check.flaw(), None, "{stat}");
    }
    for stat in ["", "average", "p", "p1000", "99", "Sum ", "TM(1"] {
        let check = AwsMetric { stat: Some(stat.to_owned()), ..metric("at_most = 1") };
        assert!(check.flaw().is_some(), "{stat}");
    }
    assert_eq!(metric("at_most = 5\nsince = 'api'").says(), "Sum of Errors is at most 5 since api");
    let check = metric("percent_above_before = 20\nover = '10m'\nsince = 'api'");
    assert_eq!(check.says(), "Sum of Errors is at most 20 % above before over 10m");
    assert_eq!(check.since(), Some("api"));
}
