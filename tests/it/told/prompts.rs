//! What is asked for with an answer, on a real terminal: a line that cannot be meant is asked for
//! again, and an empty one takes the answer back.

use holdpoint::session::{Answer, Answered, Event};

use crate::terminal_kit::{Person, Place, runbook};

fn place() -> Place {
    let steps = "[[phase.step]]\nid = \"first\"\ntitle = \"First\"\nrun = [\"true\"]\n\
                 [[phase.step]]\nid = \"bad\"\ntitle = \"Bad\"\nrun = [\"false\"]\n";
    let back = "[rollback]\nwhen = [\"Errors above 1 %\", \"Orders are lost\"]\n";
    Place::with(&(runbook("staging", steps, "") + back))
}

/// Comes to the failed step.
fn sits(place: &Place) -> Person {
    let mut person = place.sits(&["run", "book.toml", "--journal", "j.md"]);
    person.answers("proceed");
    person.sees("Failed: Bad (bad)");
    person
}

fn says(person: &mut Person, prompt: &str, line: &str) {
    person.sees(prompt);
    person.types(&format!("{line}\r"));
}

fn answers(place: &Place) -> Vec<Answered> {
    let answered =
        |event| if let Event::Answered(answered) = event { Some(answered) } else { None };
    place.entries("j.md").into_iter().filter_map(|entry| answered(entry.event)).collect()
}

#[test]
fn a_waiver_asks_who_why_and_until_when() {
    let place = place();
    let mut person = sits(&place);
    person.answers("waive");
    says(&mut person, "Who answers for it", "nobody");
    person.sees("`nobody` is no name");
    says(&mut person, "Who answers for it", "Grace H.");
    says(&mut person, "Why (what is accepted", ".");
    person.sees("`.` tells nothing");
    says(&mut person, "Why (what is accepted", "a mirror is down");
    for (typed, told) in [
        ("tomorrow", "`tomorrow` is not a date and time in UTC"),
        ("2999-02-30T09:00Z", "`2999-02-30T09:00Z` is not a date"),
        ("2020-01-01T09:00Z", "`2020-01-01T09:00Z` is over"),
    ] {
        says(&mut person, "Until when, in UTC", typed);
        person.sees(told);
    }
    says(&mut person, "Until when, in UTC", "");
    person.sees("Nothing was answered.");
    person.answers("waive");
    says(&mut person, "Who answers for it", "Grace H.");
    says(&mut person, "Why (what is accepted", "a mirror is down");
    says(&mut person, "Until when, in UTC", "2999-01-01 09:00Z");
    person.sees("That is in ");
    person.sees("Open deviations:");
    person.answers("hold");
    says(&mut person, "Why (Enter", "");
    assert_eq!(person.leaves_with(), 4);
    let told = answers(&place);
    assert_eq!(told.len(), 3, "{told:#?}");
    assert_eq!(
        (told[1].answer, told[1].text.as_deref()),
        (Answer::Waive, Some("a mirror is down"))
    );
    let terms = told[1].waiver.as_ref().unwrap();
    assert_eq!(terms.owner, "Grace H.");
    assert_eq!(terms.until.to_string(), "2999-01-01T09:00:00.000Z");
    place.verifies("j.md");
}

#[test]
fn a_rollback_asks_which_criterion_applies_and_what_was_seen() {
    let place = place();
    let mut person = sits(&place);
    person.answers("done");
    says(&mut person, "What was done", "");
    person.sees("Nothing was answered.");
    person.answers("rollback");
    person.sees("Roll back?");
    person.answers("proceed");
    person.sees("  2. Orders are lost");
    says(&mut person, "Which criterion applies (1-2", "3");
    person.sees("`3` is none of the numbers 0 to 2.");
    says(&mut person, "Which criterion applies (1-2", "2");
    says(&mut person, "Why (what did you see)", "");
    person.sees("Nothing was answered.");
    person.answers("proceed");
    says(&mut person, "Which criterion applies (1-2", "2");
    says(&mut person, "Why (what did you see)", "they vanish");
    person.sees("Because: Orders are lost");
    person.sees("Rolled back, not verified, in ");
    assert_eq!(person.leaves_with(), 3);
    let told = answers(&place);
    let yes = told.last().unwrap();
    assert_eq!(yes.criterion.as_deref(), Some("Orders are lost"));
    assert_eq!(yes.text.as_deref(), Some("they vanish"));
    place.verifies("j.md");
}
