//! The engine's loop over a played world, in paused time: what runs at once and what does not,
//! what is waited for, which phases are gone past, and that a dry run changes nothing. What a
//! person is asked is in `asking`.

use std::time::Duration;

use holdpoint::check::Outcome;
use holdpoint::runbook::Phase;
use holdpoint::session::Answer::{Confirm, Hold, Proceed, Retry};
use holdpoint::session::{self, Close, Condition, Ending, Event, Question, Stage};

use crate::scene::{Played, Scene, book, looks, name, runs, says, scene, step, times};
use crate::world::{Doing, done, exits, file, unknown};

const SECOND: Duration = Duration::from_secs(1);
const FINISHED: Option<Condition> = Some(Condition::Closed(Close::Finished));

fn check(path: &str) -> String {
    format!("check.file = {{ path = '{path}' }}")
}

/// One phase, the fourth, with a gate before it and a gate behind.
fn one(steps: &str) -> Scene {
    scene(book(&[(4, steps)]))
}

#[test]
fn adjacent_looks_run_at_once_and_end_with_the_slowest() {
    let steps: String = (1..=10).map(|at| looks(&format!("s{at}"))).collect();
    let mut scene = one(&steps).answers([Proceed, Proceed]);
    for at in 1..=10 {
        scene = scene.slow(&format!("s{at}"), SECOND * at);
    }
    let played = scene.run();
    assert_eq!(played.condition, FINISHED);
    assert_eq!((played.most_at_once, played.took), (10, SECOND * 10));
}

#[test]
fn no_more_observations_than_jobs_go_on_at_once() {
    for jobs in [1, 2, 3, 7] {
        let steps: String = (1..=6).map(|at| looks(&format!("s{at}"))).collect();
        let mut scene = one(&steps).answers([Proceed, Proceed]).jobs(jobs);
        for at in 1..=6 {
            scene = scene.slow(&format!("s{at}"), SECOND);
        }
        let played = scene.run();
        assert_eq!(played.most_at_once, jobs.min(6));
        let rounds = u32::try_from(6_usize.div_ceil(jobs)).unwrap();
        assert_eq!(played.took, SECOND * rounds, "{jobs} jobs");
    }
}

#[test]
fn actions_run_alone_and_in_order_and_looks_do_not_pass_them() {
    let steps = [looks("a"), runs("b"), runs("c"), looks("d"), looks("e"), runs("f")].concat();
    let slow = Doing { takes: SECOND, ..Doing::default() };
    let played = one(&steps)
        .answers([Proceed, Proceed])
        .slow("a", SECOND)
        .slow("d", SECOND)
        .slow("e", SECOND)
        .doing("b", [slow.clone()])
        .doing("c", [slow.clone()])
        .doing("f", [slow])
        .run();
    assert_eq!(played.condition, FINISHED);
    assert_eq!(played.effects, done(&["b", "c", "f"]));
    let began: Vec<u64> = played.works.iter().map(|(_, at)| at.as_secs()).collect();
    assert_eq!(began, [1, 2, 4]);
    assert_eq!((times(&played, "d"), times(&played, "e")), (vec![3], vec![3]));
}

#[test]
fn a_look_waits_for_what_it_needs() {
    let steps = [looks("a"), step("b", &format!("needs = ['a']\n{}", check("b"))), looks("c")];
    let played =
        one(&steps.concat()).answers([Proceed, Proceed]).slow("a", SECOND).slow("b", SECOND).run();
    assert_eq!(times(&played, "b"), [1], "b was asked before a had passed");
    assert_eq!(played.took, SECOND * 2);
}

#[test]
fn what_a_step_needs_and_was_skipped_skips_it_too() {
    let vars = "\n[vars]\nmode = 'fast'\n";
    let steps = [
        step("a", &format!("when = {{ mode = ['slow'] }}\n{}", check("a"))),
        step("b", "needs = ['a']\nrun = ['do', 'b']"),
        looks("c"),
    ];
    let text = book(&[(0, vars), (4, &steps.concat())]);
    let played = scene(text.clone()).answers([Proceed, Proceed]).run();
    assert_eq!(played.effects, []);
    assert!(played.session.step(&name("a")).skipped.unwrap().contains("the step is for slow"));
    assert_eq!(played.session.step(&name("b")).skipped.unwrap(), "it needs a, which was skipped");
    let played = scene(text).var("mode", "slow").answers([Proceed, Proceed]).run();
    assert_eq!(played.effects, done(&["b"]));
}

#[test]
fn a_check_is_asked_until_it_passes_or_its_time_is_over() {
    let until = "checks = [{ file = { path = 'x' }, until = { every = '5s', within = '20s' } }]";
    let played = one(&step("a", until))
        .answers([Proceed, Proceed])
        .reading("x", [file(false), unknown(), file(true)])
        .run();
    assert_eq!(times(&played, "x"), [0, 5, 10]);
    assert_eq!(played.session.step(&name("a")).findings[0].tries, 3);
    let played = one(&step("a", until)).answers([Proceed, Hold]).reading("x", [file(false)]).run();
    assert_eq!(times(&played, "x"), [0, 5, 10, 15, 20]);
    assert_eq!(played.session.step(&name("a")).checks, Some(Outcome::Fail));
    let never = one(&step("a", until)).answers([Proceed, Hold]).reading("x", [unknown()]).run();
    assert_eq!(never.session.step(&name("a")).checks, Some(Outcome::Unknown));
}

#[test]
fn a_retry_waits_twice_as_long_each_time_then_asks() {
    let retry = format!("retry = {{ attempts = 4, backoff = '10s' }}\n{}", check("x"));
    let played = one(&step("a", &retry)).answers([Proceed, Hold]).reading("x", [file(false)]).run();
    assert_eq!(times(&played, "x"), [0, 10, 30, 70]);
    assert_eq!(played.questions().last(), Some(&Question::Failure { step: name("a") }));
    let run = "retry = { attempts = 3, backoff = '10s' }\nrun = ['do']";
    let played = one(&step("a", run))
        .answers([Proceed, Proceed])
        .doing("a", [exits(1), exits(2), exits(0)])
        .run();
    let began: Vec<u64> = played.works.iter().map(|(_, at)| at.as_secs()).collect();
    assert_eq!((began, played.condition), (vec![0, 10, 30], FINISHED));
    let forever = "retry = { attempts = 10, backoff = '2m' }\nrun = ['do']";
    let played = one(&step("a", forever)).answers([Proceed, Hold]).doing("a", [exits(1)]).run();
    assert_eq!(played.took, SECOND * (120 + 240 + 7 * 300), "a pause is at most five minutes");
}

#[test]
fn timeouts_end_actions_and_observations_and_never_pass() {
    let late = Doing { takes: SECOND * 60, ..Doing::default() };
    let played = one(&step("a", "timeout = '7s'\nrun = ['do']"))
        .answers([Proceed, Hold])
        .doing("a", [late])
        .run();
    assert_eq!(played.took, SECOND * 7);
    let state = played.session.step(&name("a"));
    assert_eq!(state.action, session::ActionState::Ended(Ending::Timeout));
    let checked = "checks = [{ file = { path = 'x' }, timeout = '3s' }]";
    let played = one(&step("a", checked)).answers([Proceed, Hold]).slow("x", SECOND * 60).run();
    assert_eq!(played.took, SECOND * 3);
    assert_eq!(played.session.step(&name("a")).checks, Some(Outcome::Unknown));
}

#[test]
fn a_wait_takes_its_time_and_a_stop_ends_it() {
    let played = one(&step("a", "wait = '3h'")).answers([Proceed, Proceed]).run();
    assert_eq!((played.condition, played.took), (FINISHED, SECOND * 3 * 3600));
    let stopped = one(&step("a", "wait = '3h'")).answers([Proceed]).stopped_after(SECOND).run();
    assert_eq!(stopped.condition, Some(Condition::Held(Some(session::Hold::Interrupt))));
    assert_eq!(stopped.took, SECOND);
    let again = stopped.resume().answers([Retry, Proceed]).run();
    assert_eq!((again.condition, again.took), (FINISHED, SECOND * 3 * 3600));
}

#[test]
fn a_stop_holds_whatever_runs_and_what_it_cut_short_is_asked_again() {
    let played =
        one(&looks("a")).answers([Proceed]).slow("a", SECOND * 9).stopped_after(SECOND).run();
    assert_eq!(played.condition, Some(Condition::Held(Some(session::Hold::Interrupt))));
    assert_eq!(played.session.step(&name("a")).checks, None);
    assert_eq!(played.resume().answers([Proceed]).run().condition, FINISHED);
    let slow = Doing { takes: SECOND * 9, ..Doing::default() };
    let played = one(&step("a", "retry = { attempts = 5 }\nrun = ['do']"))
        .answers([Proceed])
        .doing("a", [slow])
        .stopped_after(SECOND)
        .run();
    // It was interrupted by us: whether it is run again is a person's decision.
    let resumed = played.resume().answers([Retry, Proceed]).run();
    let failure = Question::Failure { step: name("a") };
    assert_eq!(resumed.questions()[0], failure);
    assert_eq!(resumed.condition, FINISHED);
}

fn skipped(played: &Played) -> Vec<usize> {
    let number = |phase: &Phase| played.session.phase(*phase).skipped.is_some();
    Phase::ALL.iter().filter(|phase| number(phase)).map(|phase| phase.number()).collect()
}

#[test]
fn skipped_phases_are_gone_past_by_one_yes_and_are_on_record() {
    let all: Vec<(usize, String)> =
        (1..=8).map(|number| (number, looks(&format!("p{number}")))).collect();
    for present in 0_u32..256 {
        let filled: Vec<(usize, &str)> = all
            .iter()
            .filter(|(number, _)| present >> (number - 1) & 1 == 1)
            .map(|(number, steps)| (*number, steps.as_str()))
            .collect();
        let gates = filled.len() + 1;
        let played = scene(book(&filled)).answers(vec![Proceed; gates]).run();
        assert_eq!(played.condition, FINISHED, "{present:b}");
        let wanted: Vec<usize> =
            (1..=8).filter(|number| filled.iter().all(|(there, _)| there != number)).collect();
        assert_eq!(skipped(&played), wanted, "{present:b}");
        for (number, _) in &filled {
            let phase = Phase::of_number(*number).unwrap();
            assert!(played.session.phase(phase).entered.is_some());
            assert!(played.session.phase(phase).left.is_some());
        }
    }
}

#[test]
fn prerequisites_hold_before_the_first_gate() {
    let text = book(&[(0, "\n[[prerequisite]]\nfile = { path = 'ready' }\n"), (1, &looks("a"))]);
    let played = scene(text.clone()).answers([Hold]).reading("ready", [file(false)]).run();
    assert_eq!(played.questions(), [Question::Failure { step: name("prerequisite.1") }]);
    assert_eq!(played.session.stage(), Stage::Before);
    let seen = [file(false), file(true)];
    let played = scene(text).answers([Retry, Proceed, Proceed]).reading("ready", seen).run();
    assert_eq!(played.condition, FINISHED);
}

#[test]
fn a_dry_run_acts_never_and_shows_every_action() {
    let vars = "\n[vars]\nversion = '1.2.3'\n";
    let steps = [
        step("a", "run = ['deploy', '--version', '{{version}}']"),
        step("b", "shell = 'echo $version'"),
        step("c", "manual = 'Tell them of {{version}}'"),
        step("d", "wait = '2h'"),
        step("e", &format!("run = ['x']\n{}", check("after"))),
        looks("f"),
        "\n[[phase.exit]]\ncriterion = 'Sure'\nattest = 'I am sure'\n".to_owned(),
    ];
    let text = book(&[(0, vars), (4, &steps.concat())]);
    let mind = |brief: &holdpoint::report::Brief| {
        let attest = matches!(brief.question, Question::Attest { .. });
        says(if attest { Confirm } else { Proceed })
    };
    let played = scene(text).dry().mind(mind).reading("after", [file(false)]).run();
    assert_eq!(played.condition, FINISHED);
    assert_eq!(played.effects, []);
    assert!(played.disk.is_none());
    assert_eq!(played.took, Duration::ZERO);
    let does: Vec<String> = played
        .entries
        .iter()
        .filter_map(|entry| {
            let Event::Rehearsed { does, .. } = &entry.event else { return None };
            does.clone()
        })
        .collect();
    let wanted = [
        "run: deploy --version 1.2.3",
        "shell: echo $version",
        "by hand: Tell them of 1.2.3",
        "wait: 2h",
        "run: x",
    ];
    assert_eq!(does, wanted);
    let shown: Vec<String> = played.asked.iter().flat_map(|(_, lines)| lines.clone()).collect();
    for action in wanted {
        assert!(shown.iter().any(|line| line.contains(action)), "{action} was not shown");
    }
    assert_eq!(times(&played, "f").len(), 1);
}

#[test]
fn a_dry_run_asks_a_whole_phase_at_once_and_tells_it_in_order() {
    let acts = |id: &str| step(id, &format!("run = ['do', '{id}']\n{}", check(id)));
    let needs = step("c", &format!("needs = ['b']\n{}", check("c")));
    let first = [looks("a"), acts("b"), needs, acts("d")].concat();
    let text = book(&[(4, &first), (5, &looks("e"))]);
    let mut scene = scene(text).dry().answers([Proceed, Proceed, Proceed]);
    for (id, seconds) in [("a", 5), ("b", 4), ("c", 3), ("d", 2), ("e", 1)] {
        scene = scene.slow(id, SECOND * seconds);
    }
    let played = scene.run();
    assert_eq!((played.condition, played.effects.len()), (FINISHED, 0));
    // What is behind a gate waits for it.
    assert_eq!((played.most_at_once, played.took), (4, SECOND * 6));
    let told: Vec<&str> = played
        .entries
        .iter()
        .filter_map(|entry| {
            let Event::Rehearsed { step, .. } = &entry.event else { return None };
            Some(step.as_str())
        })
        .collect();
    assert_eq!(told, ["a", "b", "c", "d", "e"]);
}
