//! Alarms: pages, chunks, types.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::scripted::{list, time};
use super::*;
use crate::check::cloud::AlarmSeen;
use crate::value::Moment;

fn alarm(name: &str) -> Cbor {
    map([
        ("AlarmName", name.into()),
        ("StateValue", "OK".into()),
        ("StateReason", "fine".into()),
        ("StateTransitionedTimestamp", time(1_700_000_000)),
        ("ActionsEnabled", true.into()),
    ])
}

fn seen(name: &str) -> AlarmSeen {
    AlarmSeen {
        name: name.to_owned(),
        state: "OK".to_owned(),
        reason: "fine".to_owned(),
        since: Some(Moment::from_millis(1_700_000_000_000)),
        actions: true,
    }
}

/// Has `a0` to `a249`, the even ones metric alarms, the odd ones composite.
fn many() -> Scripted {
    Scripted::new(|heard| {
        assert_eq!(heard.operation, "DescribeAlarms");
        assert_eq!(heard.list("AlarmTypes").len(), 3);
        let names = heard.list("AlarmNames");
        assert!((1..=100).contains(&names.len()));
        let number = |name: &Cbor| name.as_text()?.strip_prefix('a')?.parse::<u32>().ok();
        let found = |even: bool| {
            let numbers = names.iter().filter_map(number);
            let some = numbers.filter(|number| *number < 250 && (number % 2 == 0) == even);
            Cbor::Array(some.map(|number| alarm(&format!("a{number}"))).collect())
        };
        good(&map([("MetricAlarms", found(true)), ("CompositeAlarms", found(false))]))
    })
}

fn named(names: &[&str]) -> Cloud {
    Cloud::Alarms(Alarms::Named(names.iter().map(|&name| name.to_owned()).collect()))
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn all_names_of_one_moment_are_asked_for_by_the_hundred() {
    let scripted = many();
    let aws = scripted.aws();
    let asks = (0..250).map(|number| {
        let aws = &aws;
        async move { ask(aws, named(&[&format!("a{number}"), "a7", "gone"])).await }
    });
    for (number, answer) in join_all(asks).await.into_iter().enumerate() {
        let mut wanted = vec![seen(&format!("a{number}")), seen("a7")];
        wanted.sort_by(|one, other| one.name.cmp(&other.name));
        wanted.dedup();
        assert_eq!(answer, Ok(Reading::Alarms(wanted)));
    }
    assert_eq!(scripted.count(), 3, "251 names");
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn pages_are_followed_once_each() {
    let scripted = Scripted::new(|heard| {
        assert_eq!(heard.text("AlarmNamePrefix"), Some("orders-"));
        let first = heard.text("NextToken").map_or(0, |token| token.parse::<usize>().unwrap());
        let page = (first..120.min(first + 50)).map(|at| alarm(&format!("orders-{at:03}")));
        let mut fields = vec![("MetricAlarms".into(), Cbor::Array(page.collect()))];
        if first + 50 < 120 {
            fields.push(("NextToken".into(), (first + 50).to_string().into()));
        }
        good(&Cbor::Map(fields))
    });
    let aws = scripted.aws();
    let prefix = || Cloud::Alarms(Alarms::Prefix("orders-".to_owned()));
    let (one, other) = futures_util::join!(ask(&aws, prefix()), ask(&aws, prefix()));
    let wanted: Vec<_> = (0..120).map(|at| seen(&format!("orders-{at:03}"))).collect();
    assert_eq!(one, Ok(Reading::Alarms(wanted)));
    assert_eq!(one, other);
    let tokens: Vec<Option<String>> = scripted
        .heard
        .lock()
        .unwrap()
        .iter()
        .map(|heard| heard.text("NextToken").map(str::to_owned))
        .collect();
    assert_eq!(tokens, [None, Some("50".to_owned()), Some("100".to_owned())]);
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_page_that_fails_makes_all_unknown() {
    let asked = AtomicUsize::new(0);
    let scripted = Scripted::new(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => {
            let page = Cbor::Array(vec![alarm("a")]);
            good(&map([("MetricAlarms", page), ("NextToken", "next".into())]))
        }
        _ => bad(500, "InternalServiceFault", "oh"),
    });
    assert!(scripted.ask(Cloud::Alarms(Alarms::Prefix("a".to_owned()))).await.is_err());
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn what_an_alarm_lacks_is_not_made_up() {
    for lacks in ["AlarmName", "StateValue", "ActionsEnabled"] {
        let mut fields = alarm("a").into_map().unwrap();
        fields.retain(|(name, _)| name.as_text() != Some(lacks));
        let page = Cbor::Array(vec![Cbor::Map(fields)]);
        let scripted = Scripted::in_turn([good(&map([("MetricAlarms", page)]))]);
        let told = words(scripted.ask(named(&["a"])).await);
        assert!(told.contains("an alarm without"), "{lacks}: {told}");
    }
}

#[tokio::test(flavor = "current_thread", start_paused = true)]
async fn a_name_that_is_refused_spoils_no_other() {
    fn one(name: &Cbor) -> Cbor {
        alarm(name.as_text().unwrap())
    }
    let scripted = Scripted::new(|heard| {
        let names = heard.list("AlarmNames");
        match names.iter().any(|name| name.as_text() == Some("")) {
            true => bad(400, "ValidationError", "too short"),
            false => good(&map([("MetricAlarms", list(names.iter().map(one)))])),
        }
    });
    let aws = scripted.aws();
    let (fine, refused) = (named(&["a"]), named(&[""]));
    let (good, bad) = futures_util::join!(ask(&aws, fine), ask(&aws, refused));
    assert_eq!(good, Ok(Reading::Alarms(vec![seen("a")])));
    assert!(words(bad).contains("ValidationError"));
}
