//! The rollback drill as a person goes through it: a bad release is noticed, taken back, and seen
//! to be gone. A real build with a flaw, a real service on loopback, a real window.

use std::fs;

use holdpoint::check::Outcome;
use holdpoint::session::{Entry, Event};

use crate::greeter_kit::Stage;
use crate::terminal_kit::Person;

mod killed;
mod ordeal;
mod proof;

fn drill() -> Stage {
    Stage::new("target/drill")
}

fn passes_gates(person: &mut Person, phases: std::ops::RangeInclusive<usize>) {
    for phase in phases {
        person.sees(&format!("Gate to phase {phase} of 8"));
        person.answers("proceed");
    }
}

/// From the start to the failure that the window ends in.
fn notices(drill: &Stage) -> Person {
    let mut person = drill.starts("runbooks/rollback-drill.toml");
    passes_gates(&mut person, 1..=1);
    person.sees("By hand: Write down when you would go back");
    person.answers("done");
    person.sees("What was done");
    person.types("one greeting in ten fails\r");
    passes_gates(&mut person, 2..=3);
    person.sees("Before the first change: Watch it, longer than a quick look");
    person.sees("By hand: Ask the others to keep their hands off");
    person.answers("done");
    passes_gates(&mut person, 4..=4);
    // A bad release looks good from here to the window.
    passes_gates(&mut person, 5..=6);
    assert!(drill.says("/health").contains(r#""status":"ok","version":"1.2.0""#));
    person.sees("status 500, wanted 200");
    person
}

/// Reads the plan, says why, does the part by hand, and stays to the verdict.
fn rolls_back(person: &mut Person) {
    person.sees("Roll back?");
    for part in [
        "no undo  Announce the new version (announce)",
        "undo     Let the new version take over (switch)",
        "switch 1.1.0",
        "undo     Lay the new release beside the old one (install)",
        "by hand  Ask the others to keep their hands off (hands-off)",
        "Set the announcement right",
        "Watch it, as the bad version was watched",
        "1. Greetings fail, or are not those of the new version",
    ] {
        person.sees(part);
    }
    person.answers("proceed");
    person.sees("Which criterion applies");
    person.types("1\r");
    person.sees("Why (");
    person.types("a greeting in three fails\r");
    person.sees("By hand: Undo: Ask the others to keep their hands off");
    person.answers("done");
    person.sees("After the rollback: Watch it, longer than a quick look");
    person.sees("Rolled back and verified");
}

const NOTICED: [&str; 9] = [
    "gate to phase 1 Pre-Deployment Analysis proceed",
    "manual step when-back done: one greeting in ten fails",
    "gate to phase 2 Environment Preparation proceed",
    "gate to phase 3 Infrastructure Deployment proceed",
    "manual step hands-off done",
    "gate to phase 4 Application Deployment proceed",
    "gate to phase 5 Validation & Testing proceed",
    "gate to phase 6 Monitoring Setup proceed",
    "failed step watch rollback",
];

const WENT_BACK: [&str; 3] = [
    "rollback proceed as Greetings fail, or are not those of the new version: \
     a greeting in three fails",
    "manual step undo.hands-off done",
    "RolledBack(Verified)",
];

/// The outcome of each sample that was taken of a step.
fn samples(entries: &[Entry], wanted: &str) -> Vec<Vec<Outcome>> {
    let of = |entry: &Entry| match &entry.event {
        Event::Sampled(sample) if sample.step.as_str() == wanted => {
            Some(sample.findings.iter().map(|finding| finding.verdict.outcome()).collect())
        }
        _ => None,
    };
    entries.iter().filter_map(of).collect()
}

/// The steps whose actions were started, in that order.
fn started(entries: &[Entry]) -> Vec<&str> {
    entries.iter().filter_map(|entry| start_of(&entry.event)).collect()
}

fn start_of(event: &Event) -> Option<&str> {
    match event {
        Event::Started { step, .. } => Some(step.as_str()),
        _ => None,
    }
}

#[test]
fn a_person_notices_rolls_back_and_sees_it_proven() {
    let drill = drill();
    let mut person = notices(&drill);
    person.answers("rollback");
    rolls_back(&mut person);
    assert_eq!(person.leaves_with(), 5);
    assert!(drill.says("/version").contains(r#""version":"1.1.0""#), "the old version serves");
    assert!(!drill.place.path("target/drill/releases/1.2.0").exists());
    let told = fs::read_to_string(drill.place.path("target/drill/announcements")).unwrap();
    assert_eq!(told, "greeter 1.2.0 is out: enjoy\ngreeter 1.2.0 was taken back; 1.1.0 serves\n");

    let [journal] = &drill.journals()[..] else { panic!("one run, one journal") };
    assert_eq!(drill.said_in(journal), [&NOTICED[..], &WENT_BACK[..]].concat());
    let entries = drill.place.entries(journal);
    // It is well at every sample, and greets at the first two only.
    let (good, bad) = (vec![Outcome::Pass; 2], vec![Outcome::Pass, Outcome::Fail]);
    let wanted = [good.clone(), good.clone(), bad.clone(), bad];
    assert_eq!(samples(&entries, "watch"), wanted);
    assert_eq!(samples(&entries, "watch-again"), vec![good; 4]);
    let wanted = [
        "clean-start",
        "start-previous",
        "build",
        "self-test",
        "install",
        "switch",
        "announce",
        "undo.switch",
        "undo.install",
        "set-right",
    ];
    assert_eq!(started(&entries), wanted);
    let head = drill.head_of(journal);
    assert!(head.contains("rolled back and verified"), "{head}");

    drill.deploys(&["clean"]);
    assert!(!drill.serves(), "nothing is left running");
}

/// Whoever waives it goes on to the end, with a debt; and can still go back from there.
#[test]
fn what_was_waived_is_carried_to_the_end_and_taken_back_later() {
    let drill = drill();
    let mut person = notices(&drill);
    person.answers("waive");
    person.sees("Who answers for it");
    person.types("Ada Lovelace\r");
    person.sees("Why (");
    person.types("the greetings are only for us\r");
    person.sees("Until when");
    person.types("2999-01-01T00:00Z\r");
    passes_gates(&mut person, 8..=8);
    person.sees("Exit criterion: What is left open is known");
    person.answers("yes");
    person.sees("Your name");
    person.types("Ada Lovelace\r");
    person.sees("Last gate");
    person.sees("Ada Lovelace");
    person.answers("proceed");
    person.sees("the greetings are only for us");
    assert_eq!(person.leaves_with(), 0);
    assert!(!drill.serves());

    let [journal] = &drill.journals()[..] else { panic!("one run, one journal") };
    let mut person = drill.place.sits(&["rollback", journal]);
    rolls_back(&mut person);
    assert_eq!(person.leaves_with(), 5);
    assert!(drill.says("/version").contains(r#""version":"1.1.0""#), "the old version serves");
    let said = drill.said_in(journal);
    assert_eq!(said[said.len() - 3..], WENT_BACK);
}
