//! What can be wrong on the way back, and with what is waived: each is told, and leaves a state
//! from which one can go on.

use std::fs;
use std::path::PathBuf;

use holdpoint::session::{Answer, Close, Condition, Event, Question, RollbackVerdict};

use crate::sitting_kit::{Place, book};
use crate::terminal_kit::Person;

/// Leaves the file `out`, and its undo takes that away; the undo knows a secret.
fn undoable(undo: &str) -> String {
    let step = format!(
        "[[phase.step]]\nid = \"act\"\ntitle = \"Put it out\"\nrun = [\"touch\", \"out\"]\n\
         check.file = {{ path = \"out\" }}\n[phase.step.undo]\n{undo}\n\
         check.file = {{ path = \"out\", exists = false }}"
    );
    let when = "[rollback]\nwhen = [\"It is down\", \"It is slow\"]\n";
    book("key = { env = \"THE_KEY\", secret = true }", &step)
        .replace("[vars]", &format!("{when}[vars]"))
}

const TAKES_AWAY: &str = "run = [\"rm\", \"out\"]";

fn place(undo: &str) -> Place {
    let mut place = Place::with(&undoable(undo));
    place.set("THE_KEY", "correct horse battery");
    place
}

/// A session that went through to its last gate, and what was done there.
fn at_the_last_gate(place: &Place) -> Person {
    let mut person = place.sits(&["run", "book.toml", "--journal", "j.md"]);
    person.answers("proceed");
    person.sees("Last gate");
    person
}

fn finished(place: &Place) {
    let mut person = at_the_last_gate(place);
    person.answers("proceed");
    assert_eq!(person.leaves_with(), 0);
    assert!(place.path("out").exists());
}

/// Says yes to the plan, with a criterion and a reason.
fn says_yes(person: &mut Person) {
    person.sees("Roll back?");
    person.answers("proceed");
    person.sees("Which criterion applies");
    person.types("1\r");
    person.sees("Why (what did you see)");
    person.types("nobody gets an answer\r");
}

fn closed(place: &Place) -> Option<Condition> {
    let entries = place.entries("j.md");
    match entries.last().map(|entry| entry.event.clone()) {
        Some(Event::Closed { close }) => Some(Condition::Closed(close)),
        _ => None,
    }
}

fn back(verdict: RollbackVerdict) -> Option<Condition> {
    Some(Condition::Closed(Close::RolledBack(verdict)))
}

#[test]
fn a_deployment_that_had_finished_is_taken_back_once() {
    let place = place(TAKES_AWAY);
    finished(&place);
    // Without anybody to ask, the plan is put on record, and waits.
    place.runs(&["rollback", "j.md"]).ends(4, &["Roll back?", "rm out", "It is slow"]);
    assert!(place.path("out").exists());
    place.runs(&["status", "j.md"]).ends(0, &["held j.md", "at: rollback"]);
    let mut person = place.sits(&["resume", "j.md"]);
    says_yes(&mut person);
    assert_eq!(person.leaves_with(), 5);
    assert!(!place.path("out").exists());
    assert_eq!(closed(&place), back(RollbackVerdict::Verified));
    let decided = place.entries("j.md").into_iter().find_map(|entry| match entry.event {
        Event::Answered(said) if said.question == Question::Rollback => Some(said),
        _ => None,
    });
    let decided = decided.unwrap();
    assert_eq!(decided.criterion.as_deref(), Some("It is down"));
    assert_eq!(decided.text.as_deref(), Some("nobody gets an answer"));
    place.refuses(&["rollback", "j.md"], 2, &["was rolled back and verified", "nothing left"]);
    place.refuses(&["resume", "j.md"], 2, &["has ended: rolled back and verified"]);
    place.runs(&["verify", "j.md"]).ends(0, &["whole"]);
}

#[test]
fn a_no_leaves_a_finished_deployment_finished() {
    let place = place(TAKES_AWAY);
    finished(&place);
    let mut person = place.sits(&["rollback", "j.md"]);
    person.sees("Roll back?");
    person.answers("no");
    person.sees("Why");
    person.types("it was the network\r");
    assert_eq!(person.leaves_with(), 0);
    assert!(place.path("out").exists());
    assert_eq!(closed(&place), Some(Condition::Closed(Close::Finished)));
    // And one that was only held does not go on, since nobody asked for that.
    let held = self::place(TAKES_AWAY);
    let mut person = at_the_last_gate(&held);
    person.is_killed();
    let mut person = held.sits(&["rollback", "j.md"]);
    person.sees("Roll back?");
    person.answers("no");
    person.sees("Why");
    person.types("\r");
    assert_eq!(person.leaves_with(), 4);
    held.runs(&["resume", "j.md"]).ends(4, &["Last gate"]);
}

#[test]
fn an_undo_whose_variable_is_gone_starts_nothing_and_writes_nothing() {
    let mut place = place("run = [\"rm\", \"{{key}}\"]");
    finished(&place);
    let before = place.read("j.md");
    place.unset("THE_KEY");
    let told = ["variable `key` has no value", "THE_KEY", "--var key=VALUE"];
    place.refuses(&["rollback", "j.md"], 2, &told);
    assert_eq!(place.read("j.md"), before);
    assert!(place.path("out").exists());
    // A runbook that lost the variable meanwhile is refused, and the recorded one is followed.
    place.set("THE_KEY", "correct horse battery");
    let text = place.read("book.toml");
    let line = text.lines().find(|line| line.starts_with("key = ")).unwrap();
    place.write("book.toml", text.replace(line, "other = \"1\""));
    place.runs(&["rollback", "j.md"]).ends(4, &["Roll back?", "rm "]);
}

#[test]
fn a_runbook_that_lost_a_variable_under_a_held_session_is_told() {
    let place = place("run = [\"rm\", \"{{key}}\"]");
    place.runs(&["run", "book.toml", "--journal", "j.md"]).ends(4, &["Gate to phase 1"]);
    let text = place.read("book.toml");
    let line = text.lines().find(|line| line.starts_with("key = ")).unwrap();
    place.write("book.toml", text.replace(line, "other = \"1\""));
    let told = ["`key` is not declared", "--recorded"];
    place.refuses(&["resume", "j.md"], 2, &told);
    place.runs(&["resume", "j.md", "--recorded"]).ends(4, &["Gate to phase 1"]);
}

#[test]
fn an_undo_that_fails_waits_for_a_person_and_can_be_broken_off_and_taken_up_again() {
    let place = place("run = [\"sh\", \"-c\", \"test -e mended && rm out\"]");
    let mut person = at_the_last_gate(&place);
    person.answers("rollback");
    says_yes(&mut person);
    person.sees("Failed while rolling back");
    person.sees("exit code 1");
    person.answers("abort");
    person.sees("Why");
    person.types("\r");
    assert_eq!(person.leaves_with(), 3);
    assert_eq!(closed(&place), back(RollbackVerdict::Failed));
    assert!(place.path("out").exists());
    place.write("mended", "");
    let mut person = place.sits(&["rollback", "j.md"]);
    says_yes(&mut person);
    person.sees("Failed while rolling back");
    person.answers("retry");
    assert_eq!(person.leaves_with(), 5);
    assert_eq!(closed(&place), back(RollbackVerdict::Verified));
    assert!(!place.path("out").exists());
}

#[test]
fn waivers_without_an_end_or_with_one_that_is_over_are_asked_for_again() {
    let fails =
        book("", "[[phase.step]]\nid = \"act\"\ntitle = \"Look\"\ncheck.file = { path = \"no\" }");
    let place = Place::with(&fails);
    let mut person = place.sits(&["run", "book.toml", "--journal", "j.md"]);
    person.answers("proceed");
    person.sees("Failed: Look");
    person.answers("waive");
    person.sees("Who answers for it");
    person.types("nobody\r");
    person.sees("is no name");
    person.sees("Who answers for it");
    person.types("Grace Hopper\r");
    person.sees("Why (what is accepted");
    person.types(".\r");
    person.sees("tells nothing");
    person.sees("Why (what is accepted");
    person.types("the file comes tomorrow\r");
    person.sees("Until when");
    for bad in
        ["tomorrow", "2999-01-01", "2999-01-01T09:00", "2999-02-30T09:00Z", "2020-01-01T09:00Z"]
    {
        person.types(&format!("{bad}\r"));
        person.sees(if bad.starts_with("2020") { "is over" } else { "the whole date" });
        person.sees("Until when");
    }
    person.types("\r");
    person.sees("Nothing was answered");
    assert!(!place.entries("j.md").iter().any(|entry| {
        matches!(&entry.event, Event::Answered(said) if said.answer == Answer::Waive)
    }));
    person.answers("waive");
    person.sees("Who answers for it");
    person.types("Grace Hopper\r");
    person.sees("Why (what is accepted");
    person.types("the file comes tomorrow\r");
    person.sees("Until when");
    person.types("2999-01-01T09:00Z\r");
    person.sees("Last gate");
    person.sees("Grace Hopper");
    person.answers("proceed");
    person.sees("the file comes tomorrow");
    assert_eq!(person.leaves_with(), 0);
    let head = place.read("j.md");
    assert!(head.split("## Progress Log").next().unwrap().contains("## Open Deviations"));
}

#[test]
fn a_probe_that_hangs_says_that_it_told_nothing() {
    let step = "[[phase.step]]\nid = \"act\"\ntitle = \"Turn it\"\n\
                run = [\"sh\", \"-c\", \"touch begun; while [ ! -e go ]; do sleep 0.02; done\"]\n\
                probe = { command = { run = [\"sleep\", \"600\"] }, timeout = \"200ms\" }";
    let place = Place::with(&book("", step));
    let mut person = place.sits(&["run", "book.toml", "--journal", "j.md"]);
    person.answers("proceed");
    place.has("begun");
    person.is_killed();
    let mut person = place.sits(&["resume", "j.md"]);
    person.sees("still run");
    place.write("go", "");
    person.answers("wait");
    person.sees("In doubt: Turn it");
    person.sees("no answer within the timeout");
    person.sees("Your answer");
    person.types("\x04");
    assert_eq!(person.leaves_with(), 4);
}

#[test]
fn what_is_no_journal_or_is_in_use_is_not_rolled_back() {
    let place = place(TAKES_AWAY);
    place.refuses(&["rollback", "nope.md"], 2, &["`nope.md`"]);
    place.refuses(&["rollback", "book.toml"], 6, &["book.toml"]);
    let mut person = at_the_last_gate(&place);
    place.runs(&["rollback", "j.md"]).ends(1, &["is in use"]);
    person.sees("Your answer");
    person.types("\x04");
    assert_eq!(person.leaves_with(), 4);
    let journal: PathBuf = place.path("j.md");
    let text = fs::read_to_string(&journal).unwrap();
    fs::write(&journal, text.replacen("Put it out", "Put it in", 1)).unwrap();
    place.refuses(&["rollback", "j.md"], 6, &["j.md"]);
}
