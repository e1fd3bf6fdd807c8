//! AWS through the real program: it talks HTTP to real servers on loopback, or to a front that
//! answers badly in their place. What a person sees is told word by word.

use std::time::{SystemTime, UNIX_EPOCH};

use holdpoint::runbook::Phase;
use holdpoint::session::{Event, Finding};
use holdpoint::value::{Moment, Span};
use serde_json::{Map, Value as Json};

use crate::aws_kit::{ACCOUNT, Front, REGION};
use crate::sitting_kit::Place;

mod bad_input;
mod cases;
mod counts;
mod faults;
mod kinds;
mod link;
mod moments;
mod signed;

/// What nobody looks at, as a secret.
pub const SECRET: &str = "a-secret-of-tests";

/// The head of a runbook that goes to this account.
pub fn head(account: &str) -> String {
    format!(
        "format = 1\n[runbook]\nid = \"cloud\"\ntitle = \"To AWS\"\nenvironment = \"stage\"\n\
         component = \"api\"\n[aws]\naccount = \"{account}\"\nregion = \"{REGION}\"\n"
    )
}

/// Eight phases: the first with these lines, the others skipped.
pub fn phases(first: &str) -> String {
    let mut text = format!("[[phase]]\nname = \"{}\"\n{first}\n", Phase::ALL[0].name());
    for name in Phase::ALL[1..].iter().map(|phase| phase.name()) {
        text.push_str(&format!("[[phase]]\nname = \"{name}\"\nskip = \"not here\"\n"));
    }
    text
}

/// A folder whose program asks a front instead of AWS, as this key.
pub fn place(front: &str, key: &str, book: &str) -> Place {
    let mut place = Place::with(book);
    for (name, value) in environment(front, key) {
        place.set(name, value);
    }
    place
}

/// Who asks, and where.
pub fn environment<'a>(front: &'a str, key: &'a str) -> [(&'static str, &'a str); 7] {
    [
        ("AWS_ENDPOINT_URL", front),
        ("AWS_ACCESS_KEY_ID", key),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        // Whoever runs the tests has credentials of their own.
        ("AWS_CONFIG_FILE", "no-config"),
        ("AWS_SHARED_CREDENTIALS_FILE", "no-credentials"),
        // A proxy of this machine has no business with loopback.
        ("NO_PROXY", "127.0.0.1"),
    ]
}

/// What the program finds for these checks, each a piece of TOML like `aws_alarm = { … }`: they
/// are prerequisites, which are asked together before the first gate.
#[track_caller]
pub fn finds(front: &Front, key: &str, checks: &[String]) -> Vec<Finding> {
    finds_with(front, (key, SECRET), checks)
}

/// The same as whoever has this key and this secret.
#[track_caller]
pub fn finds_with(front: &Front, (key, secret): (&str, &str), checks: &[String]) -> Vec<Finding> {
    let account = if key.len() == 12 { key } else { ACCOUNT };
    let mut book = head(account);
    for (number, check) in checks.iter().enumerate() {
        book.push_str(&format!("[[prerequisite]]\ntitle = \"Number {number}\"\n{check}\n"));
    }
    book.push_str(&phases(
        "[[phase.step]]\nid = \"act\"\ntitle = \"Act\"\nrun = [\"true\"]\n\
         [[phase.exit]]\ncriterion = \"It was done\"\nproven_by = [\"act\"]",
    ));
    let mut place = place(&front.url(), key, &book);
    place.set("AWS_SECRET_ACCESS_KEY", secret);
    place.runs(&["run", "book.toml", "--journal", "j.md"]).ends(4, &[]);
    let mut found = vec![None; checks.len()];
    for entry in place.entries("j.md") {
        let Event::Checked { step, findings, .. } = entry.event else { continue };
        let number = step.as_str().strip_prefix("prerequisite.").expect("only prerequisites");
        found[number.parse::<usize>().unwrap() - 1] = findings.into_iter().next();
    }
    found.into_iter().map(|found| found.expect("every prerequisite was asked")).collect()
}

/// The input of a call with the times in it filled in: `{ "$ago" = "90s" }` is seconds of the
/// epoch, `{ "$ago_ms" = "90s" }` milliseconds, `{ "$day" = "90s" }` the day that was then.
pub fn timed(value: &Json) -> Json {
    let ago = |span: &Json| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let span: Span = span.as_str().unwrap().parse().unwrap();
        now - span.duration()
    };
    match value {
        Json::Object(map) => match (map.get("$ago"), map.get("$ago_ms"), map.get("$day")) {
            (Some(span), ..) => ago(span).as_secs().into(),
            (_, Some(span), _) => u64::try_from(ago(span).as_millis()).unwrap().into(),
            (.., Some(span)) => {
                Moment::from_millis(ago(span).as_millis().try_into().unwrap()).date().into()
            }
            _ => map.iter().map(|(k, v)| (k.clone(), timed(v))).collect::<Map<_, _>>().into(),
        },
        Json::Array(items) => items.iter().map(timed).collect(),
        other => other.clone(),
    }
}
