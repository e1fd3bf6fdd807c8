//! The recording that the project ships: a recording of the walk, in which the names of the
//! machine that it was made on are those of the sample. One line that takes minutes is added.

use std::collections::BTreeSet;

use holdpoint::check::cloud::{Point, SeriesSeen};
use holdpoint::check::{Check, Claim, Reading};
use holdpoint::runbook::{Runbook, Values};
use holdpoint::tape::{Pen, Tape};
use holdpoint::value::{Moment, Span};
use regex::Regex;
use serde_json::{Number, Value as Json};

use super::Walk;

/// As it was made, with other names, the shipped runbook's digest and a seal of its own.
pub fn edited(walk: &Walk, recorded: &str, shipped: &Runbook) -> String {
    let short = Runbook::parse("short", &walk.runbook).unwrap().source.digest.to_string();
    let endpoint = format!(",\"endpoint\":\"{}\"", walk.world.front.url());
    let pinned = |endpoint: &str| format!("user/deployer\"{endpoint}");
    let mut text = recorded.to_owned();
    let names: [(&str, &str); 8] = [
        (&pinned(&endpoint), &pinned(",\"endpoint\":\"aws\"")),
        (&endpoint, ""),
        (&walk.endpoint(), "orders.example.com:443"),
        (&walk.plain_endpoint(), "orders.example.com:80"),
        ("\"localhost\"", "\"orders.example.com\""),
        (&walk.world.id("balancer"), "app/orders/50dc6c495c0c9188"),
        (&walk.world.id("targets"), "orders-api/73e2d6bc24d8a067"),
        (&short, &shipped.source.digest.to_string()),
    ];
    for (ours, theirs) in names {
        text = text.replace(ours, theirs);
    }
    let unsealed = |line: &&str| !line.starts_with("{\"seal\"");
    let mut text: String = text.split_inclusive('\n').filter(unsealed).collect();
    text += &compared(shipped, &text);
    let seal = Pen::behind(text.as_bytes()).seal();
    text + &seal
}

/// The line of the one check that the walk has no minutes for: answers take as long after the
/// service was deployed as before, and two milliseconds.
fn compared(shipped: &Runbook, recorded: &str) -> String {
    let sealed = recorded.to_owned() + &Pen::behind(recorded.as_bytes()).seal();
    let begun = Tape::read(sealed.as_bytes()).unwrap().begun;
    let variables: Vec<(String, Option<String>)> = begun.variables.into_iter().collect();
    let step = "performance".parse().unwrap();
    let checks = &shipped.step(&step).unwrap().checks;
    let compares = |check: &&Check| {
        let Claim::AwsMetric(kind) = &check.claim else { return false };
        kind.percent_above_before.is_some()
    };
    let check = Values::known(&variables).show_check(checks.iter().find(compares).unwrap());
    let deployed = begun.at.millis() / MINUTE * MINUTE;
    let series = |from: i64, value: f64| SeriesSeen {
        from: Moment::from_millis(from),
        to: Moment::from_millis(from + 5 * MINUTE),
        period: Span::from_secs(60),
        points: (0..5)
            .map(|minute| Point {
                at: Moment::from_millis(from + minute * MINUTE),
                value: Number::from_f64(value).unwrap(),
            })
            .collect(),
        partial: None,
    };
    let seen = vec![series(deployed, 0.214), series(deployed - 5 * MINUTE, 0.212)];
    Pen::default().asked(&step, &check.claim, &Reading::Metrics(seen))
}

const MINUTE: i64 = 60_000;

/// Every question and every action that a recording knows.
pub fn knows(recording: &str) -> BTreeSet<String> {
    let lines = recording.lines().map(|line| serde_json::from_str::<Json>(line).unwrap());
    lines
        .filter_map(|line| {
            let (what, line) = line.as_object().unwrap().iter().next()?;
            let about = match what.as_str() {
                "asked" => &line["claim"],
                "acted" => &line["does"],
                _ => return None,
            };
            Some(format!("{} {about}", line["step"]))
        })
        .collect()
}

/// What is in it of the machine that it was made on, or opens a door.
pub fn private(recording: &str) -> Option<&str> {
    let names = r"127\.0\.0\.1|localhost|/tmp/|/home/|/root/|Bearer|Signature=";
    let private = Regex::new(&format!("{names}|(AKIA|ASIA)[0-9A-Z]{{16}}")).unwrap();
    private.find(recording).map(|found| found.as_str())
}
