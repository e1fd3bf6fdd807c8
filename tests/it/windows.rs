//! Windows that are observed, in paused time and with clocks that jump: they are counted in
//! samples, so whatever happens makes them longer and never shorter.

use std::time::Duration;

use holdpoint::check::Reading;
use holdpoint::session::Answer::{Accept, Hold, Proceed, Recheck, Retry};
use holdpoint::session::{Close, Condition, Event, Question};

use crate::scene::{ORIGIN, Played, Scene, book, name, says, scene, step, times};
use crate::waivers::waives;
use crate::world::{Fate, file, unknown};

const FINISHED: Option<Condition> = Some(Condition::Closed(Close::Finished));
const SECOND: Duration = Duration::from_secs(1);
const TEN_YEARS: i64 = 10 * 366 * 86_400_000;

/// A phase that only observes this window.
fn window(observe: &str) -> Scene {
    scene(text(observe))
}

fn text(observe: &str) -> String {
    let rest = format!("observe = {{ {observe} }}\ncheck.file = {{ path = 'w' }}");
    book(&[(4, &step("w", &rest))])
}

/// The numbers of all samples on record.
fn numbers(played: &Played) -> Vec<u32> {
    let number = |event: &Event| match event {
        Event::Sampled(sample) => Some(sample.number),
        _ => None,
    };
    played.entries.iter().filter_map(|entry| number(&entry.event)).collect()
}

fn good() -> Reading {
    file(true)
}

#[test]
fn a_window_is_sampled_from_its_beginning_to_its_end() {
    let played = window("for = '10s', every = '2s'").answers([Proceed, Proceed]).run();
    assert_eq!(played.condition, FINISHED);
    assert_eq!(times(&played, "w"), [0, 2, 4, 6, 8, 10]);
    let odd = window("for = '10s', every = '4s'").answers([Proceed, Proceed]).run();
    assert_eq!(times(&odd, "w"), [0, 4, 8, 12], "what does not divide is rounded up");
}

#[test]
fn one_failure_too_many_ends_it_at_once_and_a_retry_begins_it_anew() {
    let played = window("for = '10s', every = '2s', allow_failures = 1")
        .reading("w", [file(false), good(), file(false), good()])
        .answers([Proceed, Retry, Proceed])
        .run();
    assert_eq!(played.condition, FINISHED);
    assert_eq!(numbers(&played), [1, 2, 3, 1, 2, 3, 4, 5, 6]);
    assert_eq!(played.questions()[1], Question::Failure { step: name("w") });
    let allowed = window("for = '10s', every = '2s', allow_failures = 1")
        .reading("w", [good(), file(false), good()])
        .answers([Proceed, Proceed])
        .run();
    assert_eq!(numbers(&allowed), [1, 2, 3, 4, 5, 6], "what may fail counts as looked at");
}

#[test]
fn what_tells_nothing_only_makes_it_longer_until_there_is_too_much_of_it() {
    let played = window("for = '4s', every = '2s'")
        .reading("w", [unknown(), good(), unknown(), good()])
        .answers([Proceed, Proceed])
        .run();
    assert_eq!(times(&played, "w"), [0, 2, 4, 6, 8], "three that tell something");
    let blind = window("for = '4s', every = '2s'")
        .reading("w", [good(), unknown()])
        .replies([says(Proceed), waives(ORIGIN + 3_600_000), says(Proceed)])
        .run();
    assert_eq!(numbers(&blind), [1, 2, 3, 4]);
    assert_eq!(blind.questions()[1], Question::Failure { step: name("w") });
}

#[test]
fn a_clock_that_jumps_never_shortens_it() {
    for millis in [TEN_YEARS, -TEN_YEARS, 3_000, -3_000] {
        let at = SECOND * 5;
        let plain =
            window("for = '10s', every = '2s'").jump(at, millis).answers([Proceed, Proceed]).run();
        assert_eq!(times(&plain, "w"), [0, 2, 4, 6, 8, 10], "{millis}");
        let gap = window("for = '10s', every = '2s', max_gap = '4s'").jump(at, millis);
        let anew = gap.answers([Proceed, Proceed]).run();
        assert_eq!(anew.condition, FINISHED);
        assert_eq!(numbers(&anew), [1, 2, 3, 1, 2, 3, 4, 5, 6], "{millis}: nobody looked, maybe");
    }
}

#[test]
fn a_hold_keeps_what_was_seen_and_a_whole_pause_comes_before_the_next_sample() {
    let held =
        window("for = '10s', every = '2s'").answers([Proceed]).stopped_after(SECOND * 5).run();
    assert!(matches!(held.condition, Some(Condition::Held(Some(_)))), "{:?}", held.condition);
    let resumed = held.resume().begins(ORIGIN + 3_600_000).answers([Proceed]).run();
    assert_eq!(resumed.condition, FINISHED);
    assert_eq!(times(&resumed, "w"), [2, 4, 6], "three were there, six are needed");
    let near = window("for = '10s', every = '2s', max_gap = '1m'")
        .answers([Proceed])
        .stopped_after(SECOND * 5)
        .run();
    let late = near.resume().begins(ORIGIN + 3_600_000).answers([Proceed]).run();
    assert_eq!(times(&late, "w"), [2, 4, 6, 8, 10, 12], "an hour was too long: anew");
}

#[test]
fn a_death_at_any_moment_loses_no_sample_and_wins_none() {
    for dies in 0..60 {
        let scene = window("for = '6s', every = '2s'").fate(Fate::new(Some(dies)));
        let first = scene.mind(|_| says(Proceed)).run();
        let disk = first.disk.as_ref().expect("no dry run");
        if first.condition.is_some() || disk.seen().is_none() {
            continue;
        }
        let second = first.resume().mind(|_| says(Proceed)).run();
        assert_eq!(second.condition, FINISHED, "died at {dies}");
        assert_eq!(numbers(&second), [1, 2, 3, 4], "died at {dies}");
    }
}

#[test]
fn another_window_or_another_check_begins_it_anew() {
    let held =
        window("for = '10s', every = '2s'").answers([Proceed]).stopped_after(SECOND * 5).run();
    // Nothing of the phase has begun but looking, so its gate is asked again.
    let accept = [Accept, Proceed, Proceed];
    let longer = held.resume().changed(text("for = '12s', every = '2s'")).answers(accept).run();
    assert_eq!(longer.condition, FINISHED);
    assert_eq!(numbers(&longer), [1, 2, 3, 1, 2, 3, 4, 5, 6, 7]);
}

#[test]
fn a_window_that_was_observed_stands_at_a_look_again() {
    let answers = [Proceed, Recheck, Hold];
    let played = window("for = '4s', every = '2s'").answers(answers).run();
    assert_eq!(numbers(&played), [1, 2, 3]);
    assert!(!played.questions().iter().any(|asked| matches!(asked, Question::Failure { .. })));
}
