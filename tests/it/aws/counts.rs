//! How often AWS is asked: what is due at one moment is asked together, pages are followed once
//! each, and the rest goes on side by side within a bound.

use std::time::{Duration, Instant};

use holdpoint::check::Outcome;
use holdpoint::session::{Event, Finding};
use serde_json::{Value as Json, json};

use super::moments::identity;
use super::{environment, finds, head, phases, place};
use crate::aws_kit::{self, ACCOUNT, Answer, Front, in_moto};
use crate::kills::seat::{Next, Seat};

fn count(front: &Front, action: &str) -> usize {
    front.calls().iter().filter(|call| *call == action).count()
}

/// The program looks at a step of phase 1 with these checks; what it found.
fn looks(front: &Front, checks: &[String]) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let step = format!(
        "[[phase.step]]\nid = \"look\"\ntitle = \"Look\"\nchecks = [\n{}\n]\n\
         [[phase.exit]]\ncriterion = \"It was seen\"\nproven_by = [\"look\"]",
        checks.join(",\n")
    );
    let book = head(ACCOUNT) + &phases(&step);
    std::fs::write(folder.path().join("book.toml"), book).unwrap();
    let url = front.url();
    let run = ["run", "book.toml", "--journal", "j.md"];
    let mut seat = Seat::with(folder.path(), &run, &environment(&url, "counter"));
    let mut questions = 0;
    loop {
        match seat.next(None) {
            Next::Question(_) if questions == 0 => seat.types("proceed"),
            Next::Question(_) => {
                seat.types("hold");
                assert!(seat.sees("Why (", None), "{}", seat.shown());
                seat.types("");
            }
            Next::End(4) => break,
            Next::End(code) => panic!("it ended with {code}:\n{}", seat.shown()),
            Next::Nothing => unreachable!("there is no deadline"),
        }
        questions += 1;
    }
    let bytes = std::fs::read(folder.path().join("j.md")).unwrap();
    let entries = holdpoint::journal::History::read(&bytes).unwrap().entries;
    let checked = entries.into_iter().find_map(|entry| match entry.event {
        Event::Checked { findings, .. } => Some(findings),
        _ => None,
    });
    checked.expect("the step was checked")
}

#[test]
fn five_hundred_metrics_are_one_request() {
    const MANY: usize = 500;
    let ago = |minutes: usize| super::timed(&json!({ "$ago": format!("{minutes}m") }));
    let point = |number: usize, minutes: usize| {
        json!({
            "MetricName": "Load", "Dimensions": [{ "Name": "N", "Value": number.to_string() }],
            "Timestamp": ago(minutes), "Value": number,
        })
    };
    // A call takes a thousand points at the most.
    for minutes in 1..4 {
        let data: Json = (0..MANY).map(|number| point(number, minutes)).collect();
        let input = json!({ "Namespace": "Count", "MetricData": data });
        in_moto().one("cloudwatch", "PutMetricData", input);
    }
    let check = |number: usize| {
        // One of them is too high.
        let most = if number == 321 { 320 } else { number };
        format!(
            "{{ aws_metric = {{ namespace = 'Count', metric = 'Load', dimensions = {{ N = \
             '{number}' }}, stat = 'Maximum', over = '5m', at_most = {most}, missing = 4 }} }}"
        )
    };
    let front = Front::of(aws_kit::moto());
    let checks: Vec<String> = (0..MANY).map(check).collect();
    let found = looks(&front, &checks);
    assert_eq!(count(&front, "cloudwatch:GetMetricData"), 1, "{:?}", front.calls());
    assert_eq!(found.len(), MANY);
    for (number, finding) in found.iter().enumerate() {
        let wanted = if number == 321 { Outcome::Fail } else { Outcome::Pass };
        assert_eq!(finding.verdict.outcome(), wanted, "{number}: {:?}", finding.verdict);
    }
}

/// The alarms of a page, and how to ask for the next one.
fn page(numbers: std::ops::Range<usize>, token: Option<&str>) -> Answer {
    let alarm = |number: usize| {
        let name = format!("orders-{number:03}");
        json!({ "AlarmName": name, "StateValue": "OK", "ActionsEnabled": true })
    };
    let alarms: Json = numbers.map(alarm).collect();
    Answer::Said(match token {
        Some(token) => json!({ "MetricAlarms": alarms, "NextToken": token }),
        None => json!({ "MetricAlarms": alarms }),
    })
}

/// moto tells all alarms on one page, AWS a hundred.
#[test]
fn the_pages_of_many_alarms_are_followed_once_each() {
    let front = Front::alone(|heard| match heard.operation().as_str() {
        "DescribeAlarms" if heard.text().contains("page-2") => page(100..120, None),
        "DescribeAlarms" => page(0..100, Some("page-2")),
        _ => Answer::Said(identity(ACCOUNT)),
    });
    let check = "aws_alarm = { prefix = 'orders-', at_least = 120 }".to_owned();
    // Twice the same question is one.
    let found = finds(&front, "counter", &[check.clone(), check]);
    for finding in &found {
        assert_eq!(finding.verdict.says(), "all 120 alarms are OK");
        assert_eq!(finding.verdict.outcome(), Outcome::Pass);
    }
    assert_eq!(count(&front, "cloudwatch:DescribeAlarms"), 2, "{:?}", front.calls());
}

const MANY: usize = 200;
const LATE: Duration = Duration::from_millis(100);

/// Every cluster is active, and says so late.
fn late() -> Front {
    Front::alone(|heard| match heard.operation().as_str() {
        "DescribeClusters" => {
            let cluster = json!({ "status": "ACTIVE" });
            let said = Answer::Said(json!({ "clusters": [cluster], "failures": [] }));
            Answer::Late(LATE, Box::new(said))
        }
        _ => Answer::Said(identity(ACCOUNT)),
    })
}

fn cluster(number: usize) -> String {
    format!(
        "aws_api = {{ service = 'ecs', operation = 'DescribeClusters', input = {{ clusters = \
         ['c-{number}'] }}, expect = [{{ path = '$.clusters[0].status', equals = 'ACTIVE' }}] }}"
    )
}

#[test]
fn two_hundred_checks_are_asked_side_by_side_within_the_bound() {
    let front = late();
    let checks: Vec<String> = (0..MANY).map(cluster).collect();
    let found = finds(&front, "counter", &checks);
    assert!(found.iter().all(|finding| finding.verdict.outcome() == Outcome::Pass), "{found:?}");
    asked_side_by_side(&front);
}

/// Half of the steps have an action: a dry run starts none, so it need not wait for any.
#[test]
fn a_dry_run_asks_as_many_side_by_side() {
    let front = late();
    let step = |number: usize| {
        let action = if number.is_multiple_of(2) { "run = [\"touch\", \"done\"]\n" } else { "" };
        let check = cluster(number);
        format!("[[phase.step]]\nid = \"s-{number}\"\ntitle = \"S\"\n{action}check.{check}\n")
    };
    let steps: String = (0..MANY).map(step).collect();
    let exit = "[[phase.exit]]\ncriterion = \"It was seen\"\nproven_by = [\"s-1\"]";
    let place = place(&front.url(), "counter", &(head(ACCOUNT) + &phases(&(steps + exit))));
    let begun = Instant::now();
    place.runs(&["run", "book.toml", "--dry-run", "--no-input"]).ends(0, &["200 pass, 0 fail"]);
    println!("{MANY} checks of {LATE:?} in a dry run took {:?}", begun.elapsed());
    assert!(!place.path("done").exists());
    asked_side_by_side(&front);
}

fn asked_side_by_side(front: &Front) {
    assert_eq!(count(front, "ecs:DescribeClusters"), MANY);
    // With so many side by side it would end in time, however slow this machine is.
    let rounds = MANY.div_ceil(front.most_at_once());
    assert!(LATE * u32::try_from(rounds).unwrap() < Duration::from_secs(2), "{rounds} rounds");
    assert!(front.most_at_once() <= 64, "{} at once", front.most_at_once());
}
