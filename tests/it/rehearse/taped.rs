//! Recordings that are made by hand: what no test could wait for, and what none may hold.

use std::collections::BTreeMap;

use holdpoint::check::{Claim, Exit, FileSeen, Reading};
use holdpoint::runbook::Runbook;
use holdpoint::session::{Ending, Entry, Event, Opened, Rehearsal, Session};
use holdpoint::tape::{Begun, Key, Pen};
use holdpoint::text::Capture;
use holdpoint::value::{Digest, Moment, Name, Span};

use super::{REHEARSES, STEPS, VARIABLES, events, rehearsed, seen};
use crate::hostile::{self, Source};
use crate::sitting_kit::{Place, book};

#[test]
fn production_is_typed_in_full_and_told_apart() {
    let text = book(VARIABLES, STEPS).replacen("\"stage\"", "\"production\"", 1);
    let place = Place::with(&text);
    let tape = taped(&text, &[]);
    place.write("r.tape", tape);
    let mut person = place.sits(&[&REHEARSES[..], &["--var", "version=1"]].concat());
    person.sees("(only a rehearsal of production)");
    person.answers("proceed");
    person.sees("`proceed` is none of the answers.");
    person.answers("production");
    person.sees("REHEARSAL  Phase 1 of 8");
    person.is_killed();
}

/// A recording of a runbook in which these files are seen to be there, once for each step.
fn taped(text: &str, seen: &[(&str, &str)]) -> String {
    let book = Runbook::from_bytes("book.toml", text.as_bytes()).unwrap();
    let mut pen = Pen::default();
    let mut tape = pen.begun(Begun {
        format: 1,
        runbook: book.id,
        digest: book.source.digest,
        environment: book.environment,
        component: book.component,
        variables: BTreeMap::new(),
        program: "holdpoint 0.1.0".to_owned(),
        at: Moment::from_millis(1_800_000_000_000),
        session: "a-session".parse().unwrap(),
    });
    for (step, path) in seen {
        let claim = serde_json::json!({ "file": { "path": path, "exists": true } });
        let claim: Claim = serde_json::from_value(claim).unwrap();
        let file = FileSeen { bytes: 1, age_seconds: 1, sha256: None, text: None };
        tape += &pen.asked(&step.parse().unwrap(), &claim, &Reading::File(Some(file)));
    }
    tape + &pen.seal()
}

#[test]
fn hours_pass_in_no_time_and_every_sample_is_taken() {
    let steps = r#"
[[phase.step]]
id = "act"
title = "Rest"
wait = "9h"
[[phase.step]]
id = "late"
title = "Never there"
checks = [{ file = { path = "never" }, until = { every = "1h", within = "300h" } }]
retry = { attempts = 2, backoff = "1h" }
[[phase.step]]
id = "day"
title = "Watch a day"
observe = { for = "24h", every = "5m" }
check.file = { path = "there" }
"#;
    let text = book("", steps);
    let place = Place::with(&text);
    place.write("r.tape", taped(&text, &[("day", "there")]));
    let mut person = place.sits(&REHEARSES);
    person.sees("Gate to phase 1 of 8");
    person.answers("proceed");
    person.sees("UNKNOWN  Never there");
    person.sees("Type one of these words:");
    person.answers("waive");
    person.sees("Who answers for it");
    person.types("Ada\r");
    person.sees("Why");
    person.types("only a rehearsal\r");
    person.sees("Until when");
    person.types("2999-01-01T00:00Z\r");
    person.sees("Last gate");
    person.sees("289 of 289 samples");
    person.is_killed();
    let journal = rehearsed(&place);
    let events = events(&place, &journal);
    let tries: Vec<u32> = seen(&events)
        .into_iter()
        .filter(|(step, _)| step == "late")
        .map(|(_, findings)| findings[0].tries)
        .collect();
    assert_eq!(tries, [301, 301], "as many as there would have been");
    assert_eq!(seen(&events).iter().filter(|(step, _)| step == "day").count(), 289);
}

#[test]
fn no_header_that_opens_a_door_is_recorded() {
    let step = "s".parse().unwrap();
    let claim = |token: &str| -> Claim {
        let headers = serde_json::json!({ "Authorization": token, "accept": "text/plain" });
        let claim = serde_json::json!({ "http": { "url": "http://h/", "headers": headers } });
        serde_json::from_value(claim).unwrap()
    };
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let reading = Reading::Http {
        status: 200,
        headers: vec![
            header("x-amz-security-token", "CANARY-1"),
            header("set-cookie", "CANARY-2"),
            header("content-type", "text/plain"),
        ],
        body: Capture::whole("fine"),
        millis: 3,
    };
    let line = Pen::default().asked(&step, &claim("Bearer CANARY-3"), &reading);
    assert!(!line.contains("CANARY"), "{line}");
    assert!(line.contains("text/plain") && line.contains("accept"), "{line}");
    let same = Key::of_claim(&step, &claim("a")) == Key::of_claim(&step, &claim("b"));
    assert!(same, "and it is known again without it");
}

#[test]
fn nothing_real_can_stand_in_a_rehearsal_nor_the_other_way_round() {
    let ends = |rehearsal: Option<Rehearsal>, ending: Ending| {
        let opened = Opened { rehearsal, ..Source::new(1).draw(&hostile::opened()) };
        let step: Name = "s".parse().unwrap();
        let started = Event::Started { step: step.clone(), attempt: 1, does: "it".to_owned() };
        let (took, output) = (Span::from_secs(1), Capture::default());
        let events = [
            Event::Opened(Box::new(Opened { aws: None, ..opened })),
            started,
            Event::Acted { step, ending, took, output },
        ];
        let mut session = Session::default();
        let at = Moment::from_millis(0);
        let entries = (1..).zip(events).map(|(seq, event)| Entry { seq, at, event });
        entries.map(|entry| session.apply(&entry)).last().unwrap()
    };
    let (digest, recorded) = (Digest::of(b""), Moment::from_millis(0));
    let rehearsal =
        Some(Rehearsal { recording: "r".to_owned(), digest, recorded, runbook: digest });
    for real in [Ending::Exit(Exit::Code(0)), Ending::Waited, Ending::Timeout] {
        let rehearsed = Ending::Rehearsed(Some(Box::new(real.clone())));
        assert_eq!(ends(None, real.clone()), Ok(()));
        assert_eq!(ends(rehearsal.clone(), rehearsed.clone()), Ok(()));
        assert!(ends(None, rehearsed).is_err());
        assert!(ends(rehearsal.clone(), real).is_err());
    }
    assert!(ends(None, Ending::Rehearsed(None)).is_err());
}
