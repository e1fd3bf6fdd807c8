//! Recording a session and rehearsing it: the same questions in the same order, nothing started,
//! nothing asked of the world, and nothing that could be taken for the real thing.

#![expect(clippy::wildcard_enum_match_arm, reason = "each test looks at some events only")]

use std::fs;

use holdpoint::session::{Answer, Ending, Event, Finding, Question};
use holdpoint::tape::{Pen, Tape};

use crate::sitting_kit::{Place, book};
use crate::terminal_kit::Person;

mod taped;

const SECRET: &str = "hunter2-and-more";

/// Acts twice (the first try of `flaky` fails), waits, watches, asks by hand and for a word.
const STEPS: &str = r#"
[[phase.step]]
id = "act"
title = "Touch it"
run = ["sh", "-c", "echo made {{version}} with $token; touch ran-1"]
checks = [
  { file = { path = "ran-{{version}}" } },
  { command = { run = ["sh", "-c", "cat counted; echo {{token}}"], stdout_contains = "one" }, until = { every = "50ms", within = "20s" } },
]
[[phase.step]]
id = "flaky"
title = "Fails at first"
shell = "test -e flag || { touch flag; echo not yet; exit 3; }"
retry = { attempts = 2, backoff = "10ms" }
[[phase.step]]
id = "rest"
title = "Let it rest"
wait = "20ms"
[[phase.step]]
id = "watch"
title = "Watch it"
observe = { for = "40ms", every = "20ms" }
check.file = { path = "ran-1" }
[[phase.step]]
id = "hand"
title = "Write it down"
manual = "Write it down"
record = true
[[phase.exit]]
criterion = "The team knows"
attest = "I told the team"
"#;

const VARIABLES: &str =
    "version = { prompt = \"Version\" }\ntoken = { env = \"TOKEN\", secret = true }";

fn place() -> Place {
    let mut place = Place::with(&book(VARIABLES, STEPS));
    place.set("TOKEN", SECRET);
    place.write("counted", "one\n");
    place
}

const RECORDS: [&str; 6] = ["run", "book.toml", "--journal", "j.md", "--record", "r.tape"];

/// Everything from the first gate to the end.
fn goes_through(person: &mut Person) {
    person.sees("Gate to phase 1 of 8");
    person.answers("proceed");
    writes_and_signs(person);
}

fn writes_and_signs(person: &mut Person) {
    person.sees("By hand: Write it down");
    person.answers("done");
    person.sees("What was done");
    person.types("all of it\r");
    person.sees("Exit criterion: The team knows");
    person.answers("yes");
    person.sees("Your name");
    person.types("Ada\r");
    person.sees("Last gate");
    person.answers("proceed");
}

fn holds(person: &mut Person) {
    person.answers("hold");
    person.sees("Why");
    person.types("\r");
}

/// A place with the recording `r.tape` of a whole session.
fn recorded() -> Place {
    let place = place();
    let mut person = place.sits(&RECORDS);
    person.sees("Version");
    person.types("1\r");
    goes_through(&mut person);
    person.sees("Recording: r.tape");
    assert_eq!(person.leaves_with(), 0);
    assert!(place.path("ran-1").exists());
    place
}

/// Another place, with the runbook and the recording and nothing else: no secret, no files.
fn desk(recorded: &Place) -> Place {
    let desk = Place::with(&recorded.read("book.toml"));
    desk.write("r.tape", recorded.read("r.tape"));
    desk
}

const REHEARSES: [&str; 4] = ["run", "book.toml", "--rehearse", "r.tape"];

fn events(place: &Place, journal: &str) -> Vec<Event> {
    place.entries(journal).into_iter().map(|entry| entry.event).collect()
}

/// What was asked and answered, in its order.
fn talk(events: &[Event]) -> Vec<(&Question, Option<Answer>)> {
    fn one(event: &Event) -> Option<(&Question, Option<Answer>)> {
        match event {
            Event::Asked { question, .. } => Some((question, None)),
            Event::Answered(said) => Some((&said.question, Some(said.answer))),
            _ => None,
        }
    }
    events.iter().filter_map(one).collect()
}

/// How each action went, and what was printed.
fn acted(events: &[Event]) -> Vec<(String, Ending, String)> {
    let one = |event: &Event| match event {
        Event::Acted { step, ending, output, .. } => {
            Some((step.to_string(), ending.told().clone(), output.head.clone()))
        }
        _ => None,
    };
    events.iter().filter_map(one).collect()
}

fn seen(events: &[Event]) -> Vec<(String, Vec<Finding>)> {
    let one = |event: &Event| match event {
        Event::Checked { step, findings, .. } => Some((step.to_string(), findings.clone())),
        Event::Sampled(sample) => Some((sample.step.to_string(), sample.findings.clone())),
        _ => None,
    };
    events.iter().filter_map(one).collect()
}

/// The one journal of a place, which says in every way that it is a rehearsal's.
fn rehearsed(place: &Place) -> String {
    let listed = fs::read_dir(place.path("journals")).unwrap();
    let names = listed.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
    let [name] = &names[..] else { panic!("{names:?}") };
    assert!(name.ends_with("-stage-api-rehearsal.md"), "{name}");
    let journal = format!("journals/{name}");
    assert!(place.read(&journal).starts_with("# REHEARSAL of a deployment of `api`"));
    let events = events(place, &journal);
    let Event::Opened(opened) = &events[0] else { panic!("{:?}", events[0]) };
    let tape = Tape::read(place.read("r.tape").as_bytes()).unwrap();
    assert_eq!(opened.rehearsal.as_ref().unwrap().digest, tape.digest);
    for event in &events {
        match event {
            Event::Asked { shown, .. } => {
                assert!(shown[0].starts_with("REHEARSAL: nothing is started"), "{shown:?}");
            }
            Event::Started { does, .. } => assert!(does.starts_with("rehearsal, not started: ")),
            Event::Acted { ending, .. } => assert!(ending.is_rehearsed(), "{ending:?}"),
            _ => {}
        }
    }
    for file in ["ran-1", "flag"] {
        assert!(!place.path(file).exists(), "something was started");
    }
    place.runs(&["verify", &journal]).ends(0, &["a REHEARSAL with the recording r.tape"]);
    place.runs(&["status"]).ends(0, &["rehearsal: ", "nothing is real: it plays r.tape"]);
    let told = place.runs(&["status", "--format", "json"]);
    told.ends(0, &["\"rehearsal\": true", "\"state\": \"rehearsal-"]);
    journal
}

#[test]
fn a_recorded_session_is_rehearsed_at_a_desk() {
    let place = recorded();
    let desk = desk(&place);
    let mut person = desk.sits(&REHEARSES);
    person.sees("REHEARSAL: every answer is from `r.tape`");
    goes_through(&mut person);
    person.sees("REHEARSAL  The rehearsal is over. Nothing was deployed.");
    assert_eq!(person.leaves_with(), 0);
    let journal = rehearsed(&desk);

    let (real, played) = (events(&place, "j.md"), events(&desk, &journal));
    assert_eq!(talk(&real), talk(&played));
    assert_eq!(acted(&real), acted(&played), "as it went, first try and second");
    assert_eq!(seen(&real), seen(&played));
    let journals = [place.read("j.md"), desk.read(&journal), place.read("r.tape")];
    assert!(journals.iter().all(|text| !text.contains("hunter2") && text.contains("[secret]")));
}

/// A rehearsal that is killed at the first question behind the gate; its journal.
fn killed() -> (Place, String) {
    let desk = desk(&recorded());
    let mut person = desk.sits(&REHEARSES);
    person.sees("Gate to phase 1 of 8");
    person.answers("proceed");
    person.sees("By hand: Write it down");
    person.is_killed();
    let journal = rehearsed(&desk);
    (desk, journal)
}

#[test]
fn a_rehearsal_that_was_killed_goes_on_as_one() {
    let (desk, _journal) = killed();
    let mut person = desk.sits(&["resume"]);
    person.sees("REHEARSAL  Going on in phase 1 of 8");
    writes_and_signs(&mut person);
    person.sees("Nothing was deployed.");
    assert_eq!(person.leaves_with(), 0);
    let journal = rehearsed(&desk);
    assert_eq!(acted(&events(&desk, &journal)).len(), 4, "nothing is played twice");
}

#[test]
fn a_rehearsal_goes_on_with_its_own_recording_only() {
    let (desk, journal) = killed();
    let tape = desk.read("r.tape");
    fs::remove_file(desk.path("r.tape")).unwrap();
    let before = desk.read(&journal);
    for verb in ["resume", "rollback"] {
        desk.runs(&[verb, &journal]).ends(2, &["there is no recording", "begun with"]);
    }
    assert_eq!(before, desk.read(&journal));
    desk.write("r.tape", tape.replacen("not yet", "not now", 1));
    desk.refuses(&["resume", &journal], 2, &["it is not what was recorded", "begun with"]);
    desk.write("r.tape", tape.clone() + &Pen::behind(tape.as_bytes()).seal());
    desk.refuses(&["resume", &journal], 2, &["is another recording than the rehearsal was begun"]);
    desk.write("r.tape", &tape);
    desk.refuses(&["resume", &journal, "--record", "s.tape"], 2, &["the session is a rehearsal"]);

    let mut person = desk.sits(&["rollback", &journal]);
    person.sees("REHEARSAL: nothing is started");
    holds(&mut person);
    person.sees("REHEARSAL: nothing was started");
    assert_eq!(person.leaves_with(), 4);
    rehearsed(&desk);
}

#[test]
fn no_other_file_is_rehearsed() {
    let place = recorded();
    let desk = desk(&place);
    let whole = place.read("r.tape");
    let lines: Vec<&str> = whole.lines().collect();
    let without = |at: usize| -> String {
        let kept = lines.iter().enumerate().filter(|(line, _)| *line != at);
        kept.flat_map(|(_, line)| [line, "\n"]).collect()
    };
    let cases = [
        (String::new(), "it is no recording"),
        (place.read("j.md"), "it is no recording"),
        ("{\"recording\":{}}\n".to_owned(), "it is no recording"),
        (whole.replacen("\"format\":1", "\"format\":2", 1), "format 2, wanted format 1"),
        (whole.replacen("{\"code\":3}", "{\"code\":0}", 1), "is not what was recorded"),
        (without(2), "is not what was recorded"),
        (whole.replace('\n', "\r\n"), "is not what was recorded"),
        (without(lines.len() - 1), "its end is missing"),
        (whole.trim_end().to_owned(), "its end is missing"),
        (whole.clone() + lines[1] + "\n", "its end is missing"),
        (whole.clone() + "{}\n", "is not a line of a recording"),
    ];
    for (text, why) in cases {
        desk.write("r.tape", text);
        desk.refuses(&REHEARSES, 2, &["`r.tape`", why]);
    }
    desk.write("r.tape", &whole);
    desk.write("book.toml", place.read("book.toml").replacen("\"whole\"", "\"another\"", 1));
    desk.refuses(&REHEARSES, 2, &["of the runbook `whole`, wanted one of `another`"]);
    desk.refuses(&["run", "book.toml", "--rehearse", "no.tape"], 2, &["there is no recording"]);
    for more in [&["--record", "s.tape"][..], &["--new"]] {
        desk.refuses(&[&REHEARSES[..], more].concat(), 2, &["cannot be used with"]);
    }
    let record = ["run", "book.toml", "--var", "version=1", "--journal", "n.md", "--record"];
    let records = |file| [&record[..], &[file]].concat();
    place.refuses(&records("r.tape"), 2, &["`r.tape` exists already"]);
    place.refuses(&records("none/r.tape"), 2, &["there is no folder", "mkdir"]);
}

#[test]
fn what_a_recording_lacks_is_unknown_and_said() {
    let desk = desk(&recorded());
    let book = desk.read("book.toml").replacen("touch ran-1", "touch ran-2", 1);
    // The file that it asks for now is there: nobody looks.
    desk.write("book.toml", book.replacen("path = \"ran-{{version}}\"", "path = \"r.tape\"", 1));
    let mut person = desk.sits(&REHEARSES);
    person.sees("It is a recording of another edition of this runbook");
    person.sees("(another edition)");
    person.answers("proceed");
    person.sees("not run  Touch it: the recording does not have it");
    person.sees("UNKNOWN  Touch it");
    person.sees("the recording has no answer to this: record it again");
    holds(&mut person);
    assert_eq!(person.leaves_with(), 4);
    rehearsed(&desk);
}

#[test]
fn a_rehearsal_and_a_session_stand_in_nobody_s_way() {
    let place = recorded();
    let mut before = place.sits(&REHEARSES);
    before.sees("Gate to phase 1 of 8");
    let mut person = place.sits(&["run", "book.toml", "--var", "version=1"]);
    person.sees("Gate to phase 1 of 8");
    // Now the session holds the target.
    let mut after = place.sits(&[&REHEARSES[..], &["--journal", "after.md"]].concat());
    after.sees("Gate to phase 1 of 8");
    holds(&mut person);
    assert_eq!(person.leaves_with(), 4);
    assert!(!person.has_seen("REHEARSAL"));
    before.is_killed();
    after.is_killed();
    let mut person = place.sits(&["resume"]);
    person.sees("Gate to phase 1 of 8");
    assert!(!person.has_seen("REHEARSAL"), "the real one goes first");
    person.is_killed();
}

#[test]
fn a_session_is_recorded_over_a_death_and_a_hold() {
    let place = place();
    let mut person = place.sits(&[&RECORDS[..], &["--var", "version=1"]].concat());
    person.sees("Gate to phase 1 of 8");
    person.answers("proceed");
    person.sees("By hand: Write it down");
    person.is_killed();
    place.refuses(&REHEARSES, 2, &["its end is missing", "records the rest and seals it"]);
    let torn = place.read("r.tape") + "{\"asked\":{\"st";
    place.write("r.tape", torn);

    let other = Place::with(&place.read("book.toml"));
    other.runs(&["run", "book.toml", "--var", "version=1"]).ends(2, &["TOKEN"]);
    let goes_on = ["resume", "j.md", "--record", "r.tape"];
    let mut person = place.sits(&goes_on);
    holds(&mut person);
    person.sees("Go on with: holdpoint resume j.md --record r.tape");
    assert_eq!(person.leaves_with(), 4);
    Tape::read(place.read("r.tape").as_bytes()).unwrap();

    let mut person = place.sits(&goes_on);
    writes_and_signs(&mut person);
    person.sees("Recording: r.tape");
    assert_eq!(person.leaves_with(), 0);
    let desk = desk(&place);
    let mut person = desk.sits(&REHEARSES);
    goes_through(&mut person);
    assert_eq!(person.leaves_with(), 0);
    assert_eq!(acted(&events(&place, "j.md")), acted(&events(&desk, &rehearsed(&desk))));

    let another = recorded();
    place.write("r.tape", another.read("r.tape"));
    let told = ["is a recording of the session", "recorded from its beginning"];
    place.refuses(&["rollback", "j.md", "--record", "r.tape"], 2, &told);
}
