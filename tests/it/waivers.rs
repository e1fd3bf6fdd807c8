//! Waivers: who answers, why, until when; carried along, and over when their time is.

use std::time::Duration;

use holdpoint::engine::{Reply, Said};
use holdpoint::runbook::Phase;
use holdpoint::session::Answer::{Abort, Done, Hold, Proceed, Retry, Waive};
use holdpoint::session::{Answer, Close, Condition, Event, Question, Terms};
use holdpoint::value::Moment;

use crate::scene::{ORIGIN, Played, Scene, book, looks, name, says, scene, step};
use crate::world::{done, exits, file};

const FINISHED: Option<Condition> = Some(Condition::Closed(Close::Finished));
const HOUR: i64 = 3_600_000;

/// Somebody answers for it until this moment.
pub fn waives(until: i64) -> Reply {
    waives_with("Grace H.", Some("The new limit is not there yet"), Some(until))
}

fn waives_with(owner: &str, why: Option<&str>, until: Option<i64>) -> Reply {
    let waiver =
        until.map(|until| Terms { owner: owner.into(), until: Moment::from_millis(until) });
    let said = Said { text: why.map(str::to_owned), waiver, ..Said::default() };
    Reply::Answer { answer: Waive, said }
}

/// Something that never passes in phase 4, a wait in phase 5, a look in phase 6.
fn long() -> Scene {
    let text = book(&[(4, &looks("a")), (5, &step("b", "wait = '3h'")), (6, &looks("c"))]);
    scene(text).reading("a", [file(false)])
}

fn failure(id: &str) -> Question {
    Question::Failure { step: name(id) }
}

fn gate(number: usize) -> Question {
    Question::Gate { to: Phase::of_number(number) }
}

#[test]
fn what_is_waived_is_gone_past_and_stays_on_show_to_the_end() {
    let replies =
        [says(Proceed), waives(ORIGIN + 9 * HOUR), says(Proceed), says(Proceed), says(Proceed)];
    let played = long().replies(replies).run();
    assert_eq!(played.condition, FINISHED);
    for (question, shown) in &played.asked[2..] {
        let told = shown.iter().any(|line| line.contains("Grace H."));
        assert!(told, "{question:?} does not tell of the waiver: {shown:#?}");
    }
    assert_eq!(played.session.waivers().count(), 1);
}

#[test]
fn what_is_no_waiver_is_not_taken_and_asked_again() {
    let late = ORIGIN + HOUR;
    for bad in [
        waives_with("Grace H.", None, Some(late)),
        waives_with("Grace H.", Some("why"), None),
        waives_with("Grace H.", Some("why"), Some(ORIGIN)),
        waives_with("Grace H.", Some("why"), Some(ORIGIN - HOUR)),
    ] {
        let played = long().replies([says(Proceed), bad.clone(), says(Abort)]).run();
        assert_eq!(played.questions(), [gate(4), failure("a"), failure("a")], "{bad:?}");
        assert_eq!(played.session.waivers().count(), 0);
    }
}

#[test]
fn when_its_time_is_over_it_has_failed_again_before_the_next_gate_opens() {
    let replies = [
        says(Proceed),
        waives(ORIGIN + 2 * HOUR), // over while phase 5 waits three hours
        says(Proceed),
        waives(ORIGIN + 9 * HOUR),
        says(Proceed),
        says(Proceed),
    ];
    let played = long().replies(replies).run();
    assert_eq!(played.condition, FINISHED);
    let asked =
        [gate(4), failure("a"), gate(5), failure("a"), gate(6), Question::Gate { to: None }];
    assert_eq!(played.questions(), asked);
    let expired = played.kinds().iter().position(|kind| *kind == "waiver expired").unwrap();
    let acted = played.kinds().iter().position(|kind| *kind == "step acted").unwrap();
    assert!(acted < expired, "what ran went on to its end");
}

#[test]
fn a_yes_that_was_given_on_it_is_void_when_it_ends() {
    let held = long().replies([says(Proceed), waives(ORIGIN + HOUR), says(Hold)]).run();
    assert_eq!(held.session.pending(), Some(&gate(5)));
    let later = held.resume().begins(ORIGIN + 2 * HOUR).reading("a", [file(true)]);
    let resumed = later.answers([Retry, Proceed, Proceed, Proceed]).run();
    assert_eq!(resumed.condition, FINISHED);
    assert_eq!(resumed.questions()[..2], [failure("a"), gate(5)]);
    assert_eq!(resumed.session.waivers().count(), 0);
}

#[test]
fn a_clock_that_goes_back_brings_no_time_back() {
    let held = long().replies([says(Proceed), waives(ORIGIN + HOUR), says(Hold)]).run();
    let over = held.resume().begins(ORIGIN + 2 * HOUR).answers([Hold]).run();
    assert_eq!(over.questions(), [failure("a")]);
    // What was over by the latest moment on record stays over, whatever the clock says now.
    let back = long().jump(Duration::from_secs(2), -5 * HOUR).slow("a", Duration::from_secs(3));
    let back = back.replies([says(Proceed), waives(ORIGIN - HOUR), says(Abort)]).run();
    assert_eq!(back.questions(), [gate(4), failure("a"), failure("a")]);
}

#[test]
fn marking_it_done_by_hand_is_on_record_with_what_was_done() {
    let steps = step("d", "run = ['do']\ncheck.file = { path = 'd' }");
    let by_hand = Said { text: Some("ran it on the second host".to_owned()), ..Said::default() };
    let played = scene(book(&[(4, &steps)]))
        .doing("d", [exits(1)])
        .replies([says(Proceed), Reply::Answer { answer: Done, said: by_hand }, says(Proceed)])
        .run();
    assert_eq!(played.condition, FINISHED);
    let told = played.entries.iter().any(|entry| {
        matches!(&entry.event, Event::Answered(answered)
            if answered.answer == Done && answered.text.as_deref() == Some("ran it on the second host"))
    });
    assert!(told);
    assert_eq!(crate::scene::times(&played, "d").len(), 1, "its checks are asked all the same");
}

fn ending(policy: &str, answers: &[Answer]) -> Played {
    let steps = step("d", &format!("run = ['do', 'd']\non_failure = '{policy}'"))
        + &step("e", "run = ['do', 'e']")
        + &step("f", "needs = ['d']\nrun = ['do', 'f']")
        + "\n[[phase.exit]]\ncriterion = 'Good'\nproven_by = ['e']\n";
    let failed = crate::world::Doing { happens: false, ..exits(1) };
    scene(book(&[(4, &steps)])).doing("d", [failed]).answers(answers.iter().copied()).run()
}

#[test]
fn policies_do_what_they_say() {
    let stopped = ending("stop", &[Proceed]);
    assert_eq!(stopped.condition, Some(Condition::Closed(Close::Failed)));
    assert_eq!(stopped.session.failed_step(), Some(&name("d")));
    let went_on = ending("continue", &[Proceed, Proceed]);
    assert_eq!(went_on.condition, FINISHED);
    assert_eq!(went_on.effects[1..], done(&["e"]), "and what needs it is skipped");
    assert!(went_on.session.step(&name("f")).skipped.is_some());
    let back = ending("rollback", &[Proceed, Answer::Deny, Answer::Rollback, Proceed]);
    let asked = [gate(4), Question::Rollback, failure("d"), Question::Rollback];
    assert_eq!(back.questions(), asked, "never by itself, and a no leads to the failure");
}
