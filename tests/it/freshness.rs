//! Right before the first action of a phase: what its gate was opened on is still so, or it is
//! read again, and where it differs, or the runbook does, the answer is void.

use std::time::Duration;

use holdpoint::runbook::Phase;
use holdpoint::session::Answer::{Accept, Confirm, Done, Hold, Proceed, Recheck};
use holdpoint::session::{Close, Condition, Question};

use crate::scene::{ORIGIN, Scene, book, name, runs, scene, step, times};
use crate::world::{done, file, unknown};

const FINISHED: Option<Condition> = Some(Condition::Closed(Close::Finished));
const HOUR: i64 = 3_600_000;

/// Phase 3 looks at `x`, and its gate is good for ten minutes; phase 4 asks for something by hand
/// and then runs `d`.
fn text() -> String {
    let looks = step("a", "check.file = { path = 'x' }") + "\n[phase.gate]\nexpires = '10m'\n";
    book(&[(3, &looks), (4, &(step("m", "manual = 'Do it'") + &runs("d")))])
}

fn gate(number: usize) -> Question {
    Question::Gate { to: Phase::of_number(number) }
}

fn manual() -> Question {
    Question::Manual { step: name("m") }
}

/// The gate to phase 4 is open for an answer, and an hour passes.
fn an_hour_later() -> Scene {
    let held = scene(text()).answers([Proceed, Hold]).run();
    assert_eq!(held.session.pending(), Some(&gate(4)));
    held.resume().begins(ORIGIN + HOUR)
}

#[test]
fn what_is_as_it_was_is_read_again_and_the_answer_stands() {
    let played = an_hour_later().answers([Proceed, Done, Proceed]).run();
    assert_eq!(played.condition, FINISHED);
    assert_eq!(times(&played, "x").len(), 1, "once more, before the first action");
    assert!(played.kinds().contains(&"gate expired"));
    assert_eq!(played.questions(), [gate(4), manual(), Question::Gate { to: None }]);
}

#[test]
fn what_is_young_enough_is_not_read_again() {
    let played = scene(text()).answers([Proceed, Proceed, Done, Proceed]).run();
    assert_eq!(played.condition, FINISHED);
    assert_eq!(times(&played, "x").len(), 1);
    assert!(!played.kinds().contains(&"gate expired"));
}

#[test]
fn a_value_that_changed_voids_the_answer() {
    // It is there all the same, but it is another one: its size is another.
    let other = |bytes| {
        holdpoint::check::Reading::File(Some(holdpoint::check::FileSeen {
            bytes,
            age_seconds: 0,
            sha256: None,
            text: None,
        }))
    };
    let later = an_hour_later().reading("x", [other(2)]);
    let played = later.answers([Proceed, Proceed, Done, Proceed]).run();
    assert_eq!(played.condition, FINISHED);
    assert_eq!(played.questions()[..3], [gate(4), gate(4), manual()]);
    let entered = played.kinds().iter().filter(|kind| **kind == "phase entered").count();
    assert_eq!(entered, 2, "the phase is not entered twice");
    // A look again at the gate that was put again looks at what it stands on.
    let later = an_hour_later().reading("x", [other(2)]);
    let again = later.answers([Proceed, Recheck, Proceed, Done, Proceed]).run();
    assert_eq!(times(&again, "x").len(), 2);
    assert_eq!(again.condition, FINISHED);
}

#[test]
fn what_does_not_hold_any_more_is_a_failure_first() {
    for bad in [file(false), unknown()] {
        let later = an_hour_later().reading("x", [bad, file(true)]);
        let retry = holdpoint::session::Answer::Retry;
        let played = later.answers([Proceed, retry, Done, Proceed]).run();
        assert_eq!(played.questions()[1], Question::Failure { step: name("a") });
        assert_eq!(played.condition, FINISHED, "and when it holds as before, so does the answer");
    }
}

#[test]
fn words_are_said_again_when_they_are_too_old() {
    let exit = "\n[[phase.exit]]\ncriterion = 'Sure'\nattest = 'I am sure'\n";
    let looks =
        step("a", "check.file = { path = 'x' }") + exit + "\n[phase.gate]\nexpires = '10m'\n";
    let text = book(&[(3, &looks), (4, &runs("d"))]);
    let held = scene(text).answers([Proceed, Confirm, Hold]).run();
    let later = held.resume().begins(ORIGIN + HOUR).answers([Proceed, Confirm, Proceed]).run();
    let word = Question::Attest { phase: Phase::InfrastructureDeployment, number: 1 };
    assert_eq!(later.questions(), [gate(4), word, Question::Gate { to: None }]);
    assert_eq!(later.effects, done(&["d"]));
}

#[test]
fn a_phase_that_was_entered_and_held_looks_back_before_its_first_action_only() {
    let held = scene(text()).answers([Proceed, Proceed, Hold]).run();
    assert_eq!(held.session.pending(), Some(&manual()));
    // The question was put already: nothing had to be read again for it.
    let later = held.resume().begins(ORIGIN + HOUR).answers([Done, Proceed]).run();
    assert_eq!(later.condition, FINISHED);
    assert_eq!(times(&later, "x").len(), 0, "something of the phase has begun by then");
}

#[test]
fn a_clock_that_goes_back_makes_evidence_old() {
    let played = scene(text())
        .jump(Duration::from_secs(0), -HOUR)
        .answers([Proceed, Proceed, Done, Proceed])
        .run();
    assert_eq!(played.condition, FINISHED);
    let held = scene(text()).answers([Proceed, Hold]).run();
    let earlier = held.resume().begins(ORIGIN - HOUR).answers([Proceed, Done, Proceed]).run();
    assert_eq!(times(&earlier, "x").len(), 1, "nobody knows how old it is");
}

#[test]
fn a_runbook_that_was_edited_meanwhile_is_offered_before_anything_starts() {
    let edited = text().replace("title = 'Step d'", "title = 'Step d, another way'");
    let played = scene(text())
        .edited(edited.clone())
        .answers([Proceed, Accept, Proceed, Proceed, Done, Proceed])
        .run();
    assert_eq!(played.condition, FINISHED);
    let change = |question: &Question| matches!(question, Question::RunbookChange { .. });
    assert!(change(&played.questions()[1]), "{:?}", played.questions());
    assert_eq!(played.questions()[2], gate(3), "the yes was to another runbook");
    let declined = scene(text()).edited(edited).answers([Proceed, Hold]).run();
    assert_eq!(declined.condition, Some(Condition::Held(None)));
    assert_eq!(declined.effects, []);
}
