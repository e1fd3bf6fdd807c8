//! The quickstart as a person goes through it: once with everything that can be said on the way,
//! again after runs that were ended in the middle, and taken back when it is long finished. A real
//! build, a real service on loopback.

use std::fs;

use crate::greeter_kit::Stage;
use crate::terminal_kit::Person;

fn quickstart() -> Stage {
    Stage::new("target/quickstart")
}

/// Starts it, and answers what comes before the first gate.
fn runs(stage: &Stage) -> Person {
    let mut person = stage.starts("runbooks/quickstart.toml");
    person.sees("Version to deploy [1.1.0]");
    person.types("\r");
    person
}

fn writes_the_scope(person: &mut Person) {
    person.sees("By hand: Write down what will change");
    person.answers("done");
    person.sees("What was done");
    person.types("greeter 1.1.0 takes over\r");
}

fn signs(person: &mut Person, criterion: &str) {
    person.sees(criterion);
    person.answers("yes");
    person.sees("Your name");
    person.types("Ada Lovelace\r");
}

/// To this phase, and past the failure that is rehearsed in the seventh.
fn goes_to(person: &mut Person, phase: usize) {
    passes_gate(person, phase);
    if phase == 7 {
        person.sees("the first try fails, and this line is what a failing command left");
        person.answers("retry");
        person.sees("the second try does not fail");
    }
}

fn passes_gate(person: &mut Person, phase: usize) {
    person.sees(&format!("Gate to phase {phase} of 8"));
    person.answers("proceed");
}

/// Everything from the first gate to the gate before this phase, which it comes to and not past.
fn comes_to(person: &mut Person, phase: usize) {
    goes_to(person, 1);
    writes_the_scope(person);
    signs(person, "Exit criterion: The way back is known");
    (2..phase).for_each(|phase| goes_to(person, phase));
    person.sees(&format!("Gate to phase {phase} of 8"));
}

fn goes_to_the_end(person: &mut Person) {
    signs(person, "Exit criterion: The team can be told");
    person.sees("Last gate");
    person.answers("proceed");
    person.sees("The deployment is finished.");
}

const WHOLE: [&str; 13] = [
    "gate to phase 1 Pre-Deployment Analysis proceed",
    "manual step scope done: greeter 1.1.0 takes over",
    "exit criterion 4 of phase 1 yes by Ada Lovelace",
    "gate to phase 2 Environment Preparation proceed",
    "gate to phase 3 Infrastructure Deployment proceed",
    "gate to phase 4 Application Deployment proceed",
    "gate to phase 5 Validation & Testing proceed",
    "gate to phase 6 Monitoring Setup proceed",
    "gate to phase 7 Rollback Preparation proceed",
    "failed step bad-day retry",
    "gate to phase 8 Post-Deployment proceed",
    "exit criterion 3 of phase 8 yes by Ada Lovelace",
    "last gate proceed",
];

fn is_whole(said: &[String]) {
    let (close, answers) = said.split_last().unwrap();
    assert_eq!((answers, close.as_str()), (&WHOLE.map(str::to_owned)[..], "Finished"));
}

/// A whole run, with everything that can be said on the way.
fn goes_through_with_a_hold(quickstart: &Stage) {
    let mut person = runs(quickstart);
    goes_to(&mut person, 1);
    person.sees("By hand: Write down what will change");
    person.answers("what do you mean?");
    person.sees("`what do you mean?` is none of the answers.");
    writes_the_scope_after_all(&mut person);
    person.sees("Exit criterion: The way back is known");
    person.answers("no");
    person.sees("Why");
    person.types("nobody told me yet\r");
    person.sees("Answered no");
    signs(&mut person, "nobody told me yet");
    person.sees("Gate to phase 2 of 8");
    person.answers("note");
    person.sees("Text");
    person.types("It rains.\r");
    person.answers("learning");
    person.sees("Text");
    person.types("Ask for the way back first.\r");
    person.answers("hold");
    person.sees("Why");
    person.types("lunch\r");
    assert_eq!(person.leaves_with(), 4);

    let mut person = quickstart.place.sits(&["resume"]);
    person.sees("Going on in phase 1 of 8");
    (2..=8).for_each(|phase| goes_to(&mut person, phase));
    goes_to_the_end(&mut person);
    assert_eq!(person.leaves_with(), 0);
}

fn writes_the_scope_after_all(person: &mut Person) {
    person.answers("done");
    person.sees("What was done");
    person.types("greeter 1.1.0 takes over\r");
}

#[test]
fn a_person_goes_through_with_a_no_a_hold_and_notes_and_then_once_more() {
    let quickstart = quickstart();
    goes_through_with_a_hold(&quickstart);
    assert!(!quickstart.serves(), "the service is taken away at the end");
    let report = fs::read_to_string(quickstart.place.path("target/quickstart/report.md")).unwrap();
    assert!(report.contains("greeter 1.1.0 is deployed"), "{report}");

    let mut person = runs(&quickstart);
    comes_to(&mut person, 8);
    assert!(quickstart.serves());
    person.answers("proceed");
    goes_to_the_end(&mut person);
    assert_eq!(person.leaves_with(), 0);
    assert!(!quickstart.serves());

    let [first, second] = &quickstart.journals()[..] else { panic!("two runs, two journals") };
    let mut wanted: Vec<&str> = WHOLE[..2].to_vec();
    wanted.push("exit criterion 4 of phase 1 no: nobody told me yet");
    wanted.push(WHOLE[2]);
    wanted.extend(["note: It rains.", "learning: Ask for the way back first."]);
    wanted.extend(["gate to phase 2 Environment Preparation hold: lunch", "resumed"]);
    wanted.extend(&WHOLE[3..]);
    wanted.push("Finished");
    assert_eq!(quickstart.said_in(first), wanted);
    is_whole(&quickstart.said_in(second));
    is_taken_back(&quickstart, second);
    let head = quickstart.head_of(first);
    assert!(head.contains("Ask for the way back first.") && head.contains("finished"), "{head}");
}

#[test]
fn what_was_ended_at_a_gate_is_gone_in_the_next_run() {
    let quickstart = quickstart();
    let ended_at = [3, 5, 8];
    for phase in ended_at {
        let mut person = runs(&quickstart);
        comes_to(&mut person, phase);
        assert!(quickstart.serves(), "something serves from phase 2 on");
        person.answers("abort");
        person.sees("Why");
        person.types("\r");
        assert_eq!(person.leaves_with(), 5);
    }
    assert!(quickstart.serves(), "ending a session changes nothing else");
    let mut person = runs(&quickstart);
    comes_to(&mut person, 8);
    person.answers("proceed");
    goes_to_the_end(&mut person);
    assert_eq!(person.leaves_with(), 0);
    assert!(!quickstart.serves());

    let journals = quickstart.journals();
    assert_eq!(journals.len(), ended_at.len() + 1);
    for (journal, phase) in journals.iter().zip(ended_at) {
        let said = quickstart.said_in(journal);
        let gate = format!("gate to phase {phase} ");
        let gate = WHOLE.iter().position(|text| text.starts_with(&gate)).unwrap();
        let mut wanted: Vec<String> = WHOLE[..gate].iter().map(|text| (*text).to_owned()).collect();
        let gate = WHOLE[gate].replace("proceed", "abort");
        wanted.extend([gate, "Aborted".to_owned()]);
        assert_eq!(said, wanted);
    }
    is_whole(&quickstart.said_in(&journals[3]));
}

/// What was finished, and even cleaned up, can still be taken back: by somebody who comes with the
/// journal, and after a first no.
fn is_taken_back(quickstart: &Stage, journal: &str) {
    let mut person = quickstart.place.sits(&["rollback", journal]);
    person.sees("undo     Let the new version take over (switch)");
    person.sees("undo     Lay the new release beside the old one (install)");
    person.answers("no");
    person.sees("Why (");
    person.types("\r");
    assert_eq!(person.leaves_with(), 0, "it ends as it had ended");
    assert!(!quickstart.serves(), "a no changes nothing");

    let mut person = quickstart.place.sits(&["rollback", journal]);
    person.answers("proceed");
    person.sees("Which criterion applies");
    person.types("1\r");
    person.sees("Why (");
    person.types("a user says so\r");
    person.sees("Rolled back and verified");
    assert_eq!(person.leaves_with(), 5);
    assert!(quickstart.says("/version").contains(r#""version":"1.0.0""#));

    let said = quickstart.said_in(journal);
    let wanted = [
        "Finished",
        "rollback requested",
        "rollback no",
        "Finished",
        "rollback requested",
        "rollback proceed as Greetings fail, or name another version: a user says so",
        "RolledBack(Verified)",
    ];
    assert_eq!(said[WHOLE.len()..], wanted);
    let told = quickstart.place.alone(&["rollback", journal]);
    assert_eq!(told.status.code(), Some(2), "there is nothing left to roll back");
}
