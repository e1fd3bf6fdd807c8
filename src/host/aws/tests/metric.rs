//! Metrics: how they are put together, and when they are not all there.

use std::collections::{BTreeMap, BTreeSet};

use super::scripted::{field, list, time};
use super::*;
use crate::check::cloud::{Point, Query, Series, SeriesSeen, What};
use crate::value::{Moment, Span};

/// Some whole minute.
const FROM: i64 = 1_700_000_040;

fn metric(id: &str, name: &str) -> Query {
    let what = What::Metric {
        namespace: "N".to_owned(),
        metric: name.to_owned(),
        dimensions: BTreeMap::from([("D".to_owned(), "d".to_owned())]),
        stat: "Sum".to_owned(),
    };
    Query { id: id.to_owned(), what }
}

fn series(queries: Vec<Query>) -> Series {
    let at = |seconds: i64| Moment::from_millis(seconds * 1_000);
    Series { queries, from: at(FROM), to: at(FROM + 300), period: Span::from_secs(60) }
}

/// Five points for each query that is to be answered: the metric's number, then one more each.
fn points(heard: &super::scripted::Heard) -> Vec<Cbor> {
    let answered = |query: &&Cbor| field(query, "ReturnData") == Some(&Cbor::Bool(true));
    let result = |query: &Cbor| {
        let id = field(query, "Id").unwrap().clone();
        let stat = field(query, "MetricStat").and_then(|stat| field(stat, "Metric"));
        let name = stat.and_then(|metric| field(metric, "MetricName")?.as_text());
        let first = name.map_or(0.0, |name| name.parse().unwrap());
        // Newest first, whatever was asked for.
        let times = (0..5).rev().map(|at| time(FROM + 60 * at)).collect();
        let values = (0..5).rev().map(|at| Cbor::Float(first + f64::from(at))).collect();
        map([
            ("Id", id),
            ("Label", "l".into()),
            ("Timestamps", Cbor::Array(times)),
            ("Values", Cbor::Array(values)),
            ("StatusCode", "Complete".into()),
        ])
    };
    heard.list("MetricDataQueries").iter().filter(answered).map(result).collect()
}

fn all_good() -> Scripted {
    Scripted::new(|heard| {
        let queries = heard.list("MetricDataQueries");
        assert!(queries.len() <= 500);
        let ids: BTreeSet<_> =
            queries.iter().map(|it| field(it, "Id").unwrap().as_text()).collect();
        assert_eq!(ids.len(), queries.len(), "each has a name of its own");
        good(&map([("MetricDataResults", Cbor::Array(points(heard)))]))
    })
}

fn seen(first: u32) -> SeriesSeen {
    let Series { from, to, period, .. } = series(Vec::new());
    let point = |at: u32| Point {
        at: Moment::from_millis((FROM + 60 * i64::from(at)) * 1_000),
        value: serde_json::Number::from_f64(f64::from(first + at)).unwrap(),
    };
    SeriesSeen { from, to, period, points: (0..5).map(point).collect(), partial: None }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn five_hundred_metrics_are_one_request() {
    for (count, requests) in [(1, 1), (500, 1), (501, 2), (1_200, 3)] {
        let scripted = all_good();
        let aws = scripted.aws();
        let one = |number: u32| {
            ask(&aws, Cloud::Metrics(vec![series(vec![metric("m", &number.to_string())])]))
        };
        let answers = join_all((0..count).map(one)).await;
        for (number, answer) in (0..count).zip(answers) {
            assert_eq!(answer, Ok(Reading::Metrics(vec![seen(number)])));
        }
        assert_eq!(scripted.count(), requests, "{count}");
    }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn each_window_is_one_request_and_expressions_keep_to_their_own() {
    let scripted = all_good();
    let aws = scripted.aws();
    let before = |of: Series| Series { from: Moment::from_millis(0), ..of };
    let sum = |number: u32| {
        let name = number.to_string();
        let text = What::Expression("errors / 2".to_owned());
        series(vec![metric("errors", &name), Query { id: "e".to_owned(), what: text }])
    };
    let own = |number| ask(&aws, Cloud::Metrics(vec![sum(number), before(sum(number))]));
    let answers = join_all((0..10).map(own)).await;
    assert!(answers.iter().all(|answer| {
        matches!(answer, Ok(Reading::Metrics(two)) if two.len() == 2 && two[0] == seen(0))
    }));
    let heard = scripted.heard.lock().unwrap();
    assert_eq!(heard.len(), 2);
    for heard in heard.iter() {
        let queries = heard.list("MetricDataQueries");
        assert_eq!(queries.len(), 20);
        for pair in queries.chunks(2) {
            let [errors, sum] = pair else { panic!() };
            let name = field(errors, "Id").unwrap().as_text().unwrap();
            let text = field(sum, "Expression").unwrap().as_text().unwrap();
            assert_eq!(text, format!("{name} / 2"));
        }
    }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn what_is_about_all_queries_is_asked_alone() {
    let scripted = all_good();
    let aws = scripted.aws();
    let sum = Query { id: "e".to_owned(), what: What::Expression("SUM(METRICS())".to_owned()) };
    let all = vec![series(vec![metric("m", "1"), sum])];
    let one = vec![series(vec![metric("m", "1")])];
    let (all, one) =
        futures_util::join!(ask(&aws, Cloud::Metrics(all)), ask(&aws, Cloud::Metrics(one)));
    assert!(all.is_ok() && one.is_ok());
    assert_eq!(scripted.count(), 2);
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn nothing_to_ask_asks_nobody() {
    let scripted = all_good();
    let aws = scripted.aws();
    assert_eq!(ask(&aws, Cloud::Metrics(Vec::new())).await, Ok(Reading::Metrics(Vec::new())));
    assert_eq!(scripted.count(), 0);
}

/// What becomes of one result, given its fields.
async fn partial(change: impl Fn(&mut Vec<(Cbor, Cbor)>) + Send + Sync + 'static) -> String {
    let scripted = Scripted::new(move |heard| {
        let results = points(heard).into_iter().map(|result| {
            let mut fields = result.into_map().unwrap();
            change(&mut fields);
            Cbor::Map(fields)
        });
        good(&map([("MetricDataResults", list(results))]))
    });
    let asked = Cloud::Metrics(vec![series(vec![metric("m", "1")])]);
    match scripted.ask(asked).await.unwrap() {
        Reading::Metrics(seen) => seen[0].partial.clone().expect("not taken for all of it"),
        other => panic!("{other:?}"),
    }
}

fn set(name: &'static str, value: Cbor) -> impl Fn(&mut Vec<(Cbor, Cbor)>) + Send + Sync {
    move |fields| {
        fields.retain(|(field, _)| field.as_text() != Some(name));
        fields.push((name.into(), value.clone()));
    }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn what_is_not_all_of_it_is_told() {
    for status in ["PartialData", "InternalError", "Forbidden", "Whatever"] {
        assert_eq!(partial(set("StatusCode", status.into())).await, format!("AWS says: {status}"));
    }
    let message = map([("Code", "Slow".into()), ("Value", "some are missing".into())]);
    let told = partial(set("Messages", Cbor::Array(vec![message]))).await;
    assert_eq!(told, "AWS says: Slow: some are missing");
    for (name, value, says) in [
        ("StatusCode", Cbor::Null, "does not say whether this is all"),
        ("Values", Cbor::Array(vec![1.5.into()]), "5 times and 1 values"),
        ("Values", Cbor::Array(vec![f64::NAN.into(); 5]), "a data point whose value is NaN"),
        ("Timestamps", Cbor::Array(vec![time(FROM); 5]), "two data points of one time"),
        ("Timestamps", list((1..6).map(|at| time(FROM + 60 * at))), "outside the window"),
        ("Id", "other".into(), "says nothing of it"),
    ] {
        let told = partial(set(name, value)).await;
        assert!(told.contains(says), "{told}");
    }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn several_series_under_one_name_are_not_mixed() {
    let scripted = Scripted::new(|heard| {
        let again = points(heard).into_iter().map(|result| {
            let mut fields = result.into_map().unwrap();
            set("Label", "other".into())(&mut fields);
            Cbor::Map(fields)
        });
        let results = list(points(heard).into_iter().chain(again));
        good(&map([("MetricDataResults", results)]))
    });
    let asked = Cloud::Metrics(vec![series(vec![metric("m", "1")])]);
    let Reading::Metrics(seen) = scripted.ask(asked).await.unwrap() else { panic!() };
    assert!(seen[0].partial.as_ref().unwrap().contains("gives 2 series, wanted one"));
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn pages_are_joined_and_the_last_one_says_whether_it_is_all() {
    for (last, whole) in [("Complete", true), ("PartialData", false)] {
        let scripted = Scripted::new(move |heard| {
            let second = heard.text("NextToken").is_some();
            let results = points(heard).into_iter().map(|result| {
                let mut fields = result.into_map().unwrap();
                for name in ["Timestamps", "Values"] {
                    let all = field(&Cbor::Map(fields.clone()), name).unwrap().clone();
                    let all = all.into_array().unwrap();
                    let half = if second { &all[2..] } else { &all[..2] };
                    set(name, Cbor::Array(half.to_vec()))(&mut fields);
                }
                let status = if second { last } else { "PartialData" };
                set("StatusCode", status.into())(&mut fields);
                Cbor::Map(fields)
            });
            let results = ("MetricDataResults".into(), list(results));
            let next = (!second).then(|| ("NextToken".into(), "2".into()));
            good(&Cbor::Map([results].into_iter().chain(next).collect()))
        });
        let asked = Cloud::Metrics(vec![series(vec![metric("m", "1")])]);
        let Reading::Metrics(got) = scripted.ask(asked).await.unwrap() else { panic!() };
        assert_eq!(got[0].points, seen(1).points);
        assert_eq!(got[0].partial.is_none(), whole);
        assert_eq!(scripted.count(), 2);
    }
}
