//! A runbook that is another one when its session goes on, and values that would be others: nothing
//! runs before a person has seen the difference and put their name to it.

use std::fs;

use holdpoint::session::{Answer, Event, Question};

use crate::sitting_kit::{Place, book, touching};

fn changed() -> Place {
    let place = Place::held();
    place.write("book.toml", touching().replace("Touch it", "Touch it twice"));
    place
}

#[test]
fn a_changed_runbook_holds_the_session_until_a_person_signs() {
    let place = changed();
    let parts = [
        "The runbook has changed since it was last accepted",
        "- title = \"Touch it\"",
        "+ title = \"Touch it twice\"",
        "Held: there was no terminal to ask on.",
        "Go on with: holdpoint resume j.md",
    ];
    place.runs(&["resume", "j.md"]).ends(4, &parts);
    place.runs(&["status", "j.md"]).ends(0, &["held j.md", "at: changed runbook"]);
    assert!(!place.acted("j.md") && !place.path("ran-1").exists());

    let mut person = place.sits(&["resume", "j.md"]);
    person.sees("+ title = \"Touch it twice\"");
    person.answers("proceed");
    person.sees("is none of the answers");
    person.answers("accept");
    person.sees("Your name");
    person.types("yes\r");
    person.sees("is no name: nothing was answered");
    person.answers("accept");
    person.sees("Your name");
    person.types("Ada Lovelace\r");
    person.sees("Gate to phase 1");
    person.sees("Touch it twice");
    person.answers("proceed");
    person.answers("hold");
    person.sees("Why");
    person.types("\r");
    assert_eq!(person.leaves_with(), 4);
    assert!(place.path("ran-1").exists());
    let entries = place.entries("j.md");
    let at = |wanted: &dyn Fn(&Event) -> bool| entries.iter().position(|one| wanted(&one.event));
    let signed = at(&|event| match event {
        Event::Answered(said) => {
            matches!(said.question, Question::RunbookChange { .. })
                && said.answer == Answer::Accept
                && said.name.as_deref() == Some("Ada Lovelace")
        }
        _ => false,
    });
    let started = at(&|event| matches!(event, Event::Started { .. }));
    assert!(signed.unwrap() < started.unwrap());
    place.runs(&["verify", "j.md"]).ends(0, &["whole"]);
}

#[test]
fn a_changed_runbook_with_problems_ends_nothing() {
    let place = Place::held();
    place.write("book.toml", touching().replace("run = [", "rnu = ["));
    let parts = [
        "HP010",
        "`rnu`",
        "did you mean `run`?",
        "mend it, or follow it as the journal recorded it",
        "--recorded",
    ];
    place.refuses(&["resume", "j.md"], 2, &parts);
    place.runs(&["resume", "j.md", "--recorded"]).ends(4, &["Gate to phase 1", "run: touch ran-1"]);
    fs::remove_file(place.path("book.toml")).unwrap();
    let told = "There is no book.toml here; following the runbook as recorded.";
    place.runs(&["resume", "j.md"]).ends(4, &[told, "Gate to phase 1"]);
    fs::create_dir(place.path("book.toml")).unwrap();
    let parts = ["cannot read the runbook", "book.toml", "it is a folder", "--recorded"];
    place.refuses(&["resume", "j.md"], 1, &parts);
}

#[test]
fn the_runbook_as_recorded_is_followed_where_that_is_asked_for() {
    let place = changed();
    let ran = place.runs(&["resume", "j.md", "--recorded"]);
    ran.ends(4, &["Gate to phase 1", "CHANGES Touch it"]);
    assert!(!ran.err.contains("twice"));
}

#[test]
fn a_session_keeps_its_values() {
    let place = Place::held();
    let told = ["has `1` for the variable `version`, and keeps it", "help: leave `--var version`"];
    place.refuses(&["resume", "j.md", "--var", "version=2"], 2, &told);
    place.refuses(&["resume", "j.md", "--var", "nope=2"], 2, &["no variable `nope`"]);
    place.runs(&["resume", "j.md", "--var", "version=1"]).ends(4, &["run: touch ran-1"]);
    // A value that a changed runbook no longer takes.
    place.write(
        "book.toml",
        touching().replace("value = \"1\"", "prompt = \"?\"").replace("d+", "d\\d"),
    );
    let parts = ["variable `version`: `1` does not match the pattern", "--recorded"];
    place.refuses(&["resume", "j.md"], 2, &parts);
    place.runs(&["resume", "j.md", "--recorded"]).ends(4, &["run: touch ran-1"]);
}

/// What the changed runbook itself says is part of what is accepted; what was told is not.
#[test]
fn an_accepted_runbook_brings_its_own_values() {
    let text = |value: &str| {
        let step = "[[phase.step]]\nid = \"act\"\ntitle = \"Touch it\"\n\
                    run = [\"touch\", \"{{kept}}-{{written}}\"]";
        book(&format!("kept = \"old\"\nwritten = \"{value}\""), step)
    };
    let place = Place::with(&text("one"));
    let run = ["run", "book.toml", "--journal", "j.md", "--var", "kept=told"];
    place.runs(&run).ends(4, &["run: touch told-one"]);
    place.write("book.toml", text("two"));
    let mut person = place.sits(&["resume", "j.md"]);
    person.answers("accept");
    person.sees("Your name");
    person.types("Ada Lovelace\r");
    person.sees("run: touch told-two");
    person.answers("proceed");
    person.answers("hold");
    person.sees("Why");
    person.types("\r");
    assert_eq!(person.leaves_with(), 4);
    assert!(place.path("told-two").exists() && !place.path("told-one").exists());
}
