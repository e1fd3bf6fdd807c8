//! Rolling back: what is taken back and what is not, in which order, with what care, and what it
//! is called at the end.

use holdpoint::session::Answer::{
    Abort, Confirm, Deny, Done, Hold, Never, Proceed, Recheck, Rerun, Retry, Rollback,
};
use holdpoint::session::RollbackVerdict::{Failed, NotVerified, Verified};
use holdpoint::session::{Close, Condition, Ending, Event, Question, RollbackVerdict};

use crate::scene::{ORIGIN, Played, Scene, book, looks, name, runs, says, scene, step};
use crate::waivers::waives;
use crate::world::{Doing, Effect, Fate, exits, file};

fn back(verdict: RollbackVerdict) -> Option<Condition> {
    Some(Condition::Closed(Close::RolledBack(verdict)))
}

/// A step with an undo that is looked after.
fn undoable(id: &str) -> String {
    step(
        id,
        &format!(
            "run = ['do', '{id}']\n\
             undo = {{ run = ['undo', '{id}'], check.file = {{ path = 'undone-{id}' }} }}"
        ),
    )
}

/// What a rollback ends with.
const THEN: &str = "\n[rollback]\nwhen = ['It is down']\n\n[[rollback.step]]\nid = 'old'\n\
                    title = 'The old one serves'\ncheck.file = { path = 'old' }\n";

/// Two that can be taken back and one that cannot in phase 3; one in phase 4; one in phase 5.
fn text() -> String {
    let three = [undoable("a"), runs("b"), undoable("c"), looks("l")].concat();
    book(&[(3, &three), (4, &undoable("d")), (5, &undoable("e"))]) + THEN
}

fn began(played: &Played) -> Vec<String> {
    let begun = |effect: &Effect| match effect {
        Effect::Begun(step) => Some(step.clone()),
        Effect::Happened(_) => None,
    };
    played.effects.iter().filter_map(begun).collect()
}

fn failure(id: &str) -> Question {
    Question::Failure { step: name(id) }
}

fn doubt(id: &str) -> Question {
    Question::Doubt { step: name(id) }
}

#[test]
fn what_ran_is_taken_back_newest_first_and_nothing_else() {
    let played = scene(text()).answers([Proceed, Proceed, Rollback, Proceed]).run();
    assert_eq!(played.condition, back(Verified));
    assert_eq!(began(&played), ["a", "b", "c", "d", "undo.d", "undo.c", "undo.a"]);
    assert_eq!(played.asked[3].0, Question::Rollback);
    let looked: Vec<&str> = played.observed.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(looked, ["l", "undone-d", "undone-c", "undone-a", "old"]);
}

#[test]
fn a_gate_that_is_refused_rolls_nothing_back_and_neither_does_a_no_to_the_plan() {
    for end in [Abort, Hold] {
        let played = scene(text()).answers([Proceed, end]).run();
        assert_eq!(began(&played), ["a", "b", "c"], "{end:?}");
    }
    let no = scene(text()).answers([Proceed, Rollback, Deny, Proceed, Abort]).run();
    assert_eq!(began(&no), ["a", "b", "c", "d"]);
    assert_eq!(no.condition, Some(Condition::Closed(Close::Aborted)));
    assert!(!no.kinds().contains(&"rollback entered"));
}

#[test]
fn every_question_on_the_way_can_lead_back() {
    let manual = step("m", "manual = 'Do it'");
    let exit = "\n[[phase.exit]]\ncriterion = 'Sure'\nattest = 'I am sure'\n";
    let text = book(&[(3, &undoable("a")), (4, &(manual + exit))]) + THEN;
    for (answers, begun) in [
        (vec![Proceed, Rollback, Proceed], vec!["a", "undo.a"]), // a gate
        (vec![Proceed, Proceed, Rollback, Proceed], vec!["a", "undo.a"]), // by hand
        (vec![Proceed, Proceed, Done, Rollback, Proceed], vec!["a", "undo.a"]), // a word
        (vec![Proceed, Proceed, Done, Confirm, Rollback, Proceed], vec!["a", "undo.a"]), // the last
    ] {
        let played = scene(text.clone()).answers(answers.clone()).run();
        assert_eq!(began(&played), begun, "{answers:?}");
        assert_eq!(played.condition, back(Verified), "{answers:?}");
    }
}

#[test]
fn what_failed_may_have_happened_in_part_and_what_never_started_did_not() {
    for (ending, begun) in [
        (Ending::Timeout, vec!["a", "b", "c", "undo.c", "undo.a"]),
        (exits(1).ending, vec!["a", "b", "c", "undo.c", "undo.a"]),
        (Ending::NotStarted("no such program".to_owned()), vec!["a", "b", "undo.a"]),
    ] {
        let doing = Doing { ending: ending.clone(), happens: false, ..Doing::default() };
        let answers = [Proceed, Rollback, Proceed];
        let played = scene(text()).doing("c", [doing]).answers(answers).run();
        assert_eq!(began(&played), begun, "{ending:?}");
        assert_eq!(played.condition, back(Verified));
    }
}

#[test]
fn nothing_is_taken_back_of_which_nobody_knows_whether_it_happened() {
    // The process dies while `c` runs; whoever comes wants to go back.
    let dies = (0..200).find(|dies| {
        let first = scene(text()).fate(Fate::new(Some(*dies))).mind(|_| says(Proceed)).run();
        first.condition.is_none() && first.effects.last() == Some(&Effect::Begun("c".to_owned()))
    });
    for (settled, undone) in [(Done, vec!["undo.c", "undo.a"]), (Never, vec!["undo.a"])] {
        let fate = Fate::new(dies);
        let first = scene(text()).fate(fate).mind(|_| says(Proceed)).run();
        let second = first.resume().answers([Rollback, Proceed, settled]).run();
        assert_eq!(second.questions(), [doubt("c"), Question::Rollback, doubt("c")]);
        assert_eq!(second.condition, back(Verified));
        let begun = began(&second);
        assert_eq!(begun[begun.len() - undone.len()..], undone, "{settled:?}");
    }
}

#[test]
fn an_undo_that_fails_asks_and_the_rest_waits() {
    let fails = || Doing { happens: false, ..exits(1) };
    let to_c = [Proceed, Rollback, Proceed];
    let retried = scene(text())
        .doing("undo.c", [fails(), Doing::default()])
        .answers(to_c.into_iter().chain([Retry]))
        .run();
    assert_eq!(retried.condition, back(Verified));
    assert_eq!(retried.questions()[3], failure("undo.c"));
    let broken_off =
        scene(text()).doing("undo.c", [fails()]).answers(to_c.into_iter().chain([Abort])).run();
    assert_eq!(broken_off.condition, back(Failed));
    assert_eq!(began(&broken_off), ["a", "b", "c", "undo.c"], "nothing goes on by itself");
    let later = ORIGIN + 3_600_000;
    let waived = [says(Proceed), says(Rollback), says(Proceed), waives(later)];
    let waived = scene(text()).doing("undo.c", [fails()]).replies(waived).run();
    assert_eq!(waived.condition, back(NotVerified), "what was let pass proves nothing");
    let check = [file(false), file(true)];
    let again = scene(text()).reading("undone-c", check).answers(to_c.into_iter().chain([Rerun]));
    assert_eq!(began(&again.run()), ["a", "b", "c", "undo.c", "undo.c", "undo.a"]);
}

#[test]
fn the_verdict_needs_somebody_who_looked() {
    let unseen = step("a", "run = ['do', 'a']\nundo = { run = ['undo', 'a'] }");
    let bare = book(&[(3, &unseen)]);
    let answers = [Proceed, Rollback, Proceed];
    assert_eq!(scene(bare).answers(answers).run().condition, back(NotVerified));
    let seen = book(&[(3, &undoable("a"))]);
    assert_eq!(scene(seen).answers(answers).run().condition, back(Verified));
    let beside = book(&[(3, &(undoable("a") + &runs("b")))]);
    assert_eq!(scene(beside).answers(answers).run().condition, back(NotVerified), "b is left");
    let then = book(&[(3, &(unseen + &runs("b")))]) + THEN;
    assert_eq!(scene(then).answers(answers).run().condition, back(Verified), "`old` was seen");
}

#[test]
fn a_part_of_the_rollback_that_does_not_run_proves_nothing_and_a_window_does() {
    let mode = "\n[vars]\nmode = 'fast'\n";
    let then = |steps: &str, rest: &str| {
        let text = book(&[(0, mode), (3, steps)]);
        format!(
            "{text}\n[[rollback.step]]\nid = 'old'\ntitle = 'Old'\n{rest}\ncheck.file = {{ path = 'old' }}\n"
        )
    };
    let answers = [Proceed, Rollback, Proceed];
    let left = undoable("a") + &runs("b");
    let skipped = scene(then(&left, "when = { mode = ['slow'] }")).answers(answers).run();
    assert_eq!(skipped.condition, back(NotVerified), "`b` is left, and nobody looked");
    // Nothing but the window looks.
    let window = then(&runs("b"), "observe = { for = '2s', every = '1s' }");
    assert_eq!(scene(window).answers(answers).run().condition, back(Verified));
}

#[test]
fn what_changes_nothing_is_not_in_the_plan() {
    let steps = step("build", "run = ['do']\nchanges = false") + &undoable("a");
    let played = scene(book(&[(3, &steps)]) + THEN).answers([Proceed, Rollback, Proceed]).run();
    assert_eq!(began(&played), ["build", "a", "undo.a"]);
    let plan = played
        .session
        .plan(&crate::scene::parsed(&(book(&[(3, &steps)]) + THEN)))
        .ran
        .into_iter()
        .map(|planned| planned.id.to_string())
        .collect::<Vec<_>>();
    assert_eq!(plan, ["a"]);
}

/// What a person would do who looks at the ledger before they speak.
fn honest(
    first: &Scene,
) -> impl FnMut(&holdpoint::report::Brief) -> holdpoint::engine::Reply + use<> {
    let ledger = first.ledger_of();
    let mut gates = 0;
    move |brief| {
        says(match &brief.question {
            Question::Gate { .. } if gates == 0 => {
                gates += 1;
                Proceed
            }
            Question::Gate { .. } => Rollback,
            Question::Doubt { step } => {
                let happened = Effect::Happened(step.to_string());
                let undo = step.as_str().starts_with("undo.");
                match (ledger.borrow().contains(&happened), undo) {
                    (true, _) => Done,
                    (false, true) => Rerun,
                    (false, false) if brief.answers.contains(&Never) => Never,
                    (false, false) => Rerun,
                }
            }
            _ => Proceed,
        })
    }
}

#[test]
fn killed_at_any_moment_it_goes_on_and_takes_nothing_back_twice() {
    for dies in 0..400 {
        let scene = scene(text()).fate(Fate::new(Some(dies)));
        let mind = honest(&scene);
        let first = scene.mind(mind).run();
        let disk = first.disk.as_ref().expect("no dry run");
        if disk.seen().is_none() {
            continue;
        }
        let entered = first.session.phase(holdpoint::runbook::Phase::InfrastructureDeployment);
        if first.condition.is_some() {
            assert_eq!(first.condition, back(Verified));
            return;
        }
        let resumed = first.resume();
        let mut mind = honest(&resumed);
        let gate_passed = entered.entered.is_some();
        let second = resumed
            .mind(move |brief| match &brief.question {
                Question::Gate { .. } if gate_passed => says(Rollback),
                _ => mind(brief),
            })
            .run();
        assert!(matches!(second.condition, Some(Condition::Closed(_))), "{:?}", second.condition);
        for step in ["a", "c"] {
            let times =
                |effect: Effect| second.effects.iter().filter(|one| **one == effect).count();
            let happened = times(Effect::Happened(step.to_owned()));
            let undone = times(Effect::Happened(format!("undo.{step}")));
            assert!(
                happened <= 1 && undone <= happened,
                "{step}, died at {dies}: {:?}",
                second.effects
            );
        }
    }
    panic!("it never came to its end");
}

#[test]
fn the_baseline_is_read_before_the_first_change_and_must_be_as_good_after_a_rollback() {
    let health = step("h", "check = { file = { path = 'health' }, baseline = true }");
    let build = step("build", "run = ['do']\nchanges = false");
    let text = book(&[(2, &build), (3, &undoable("a")), (5, &health)]);
    let answers = [Proceed, Proceed, Proceed, Rollback, Proceed];
    let played = scene(text.clone()).answers(answers).run();
    assert_eq!(played.condition, back(Verified));
    let kinds: Vec<String> = played
        .entries
        .iter()
        .filter_map(|entry| match &entry.event {
            Event::Started { step, .. } | Event::Checked { step, .. } => Some(step.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(kinds, ["build", "before.h", "a", "h", "undo.a", "undo.a", "after.h"]);
    // Worse than before: a person decides, and it is not verified.
    let seen = [file(true), file(true), file(false)];
    let worse = answers.into_iter().map(says).chain([waives(ORIGIN + 3_600_000)]);
    let worse = scene(text.clone()).reading("health", seen).replies(worse).run();
    assert_eq!(worse.questions()[5], failure("after.h"));
    assert_eq!(worse.condition, back(NotVerified));
    // As bad as before is as before; it was bad before anybody changed anything.
    let ill = [file(false), file(true), file(false)];
    let played = scene(text).reading("health", ill).answers(answers).run();
    assert_eq!(played.condition, back(Verified));
}

#[test]
fn a_look_again_at_a_gate_does_not_read_the_baseline_again() {
    let health = step("h", "check = { file = { path = 'health' }, baseline = true }");
    let text = book(&[(3, &undoable("a")), (5, &health)]);
    let played = scene(text).answers([Proceed, Recheck, Proceed, Proceed]).run();
    let before = |entry: &&holdpoint::session::Entry| matches!(&entry.event, Event::Checked { step, .. } if *step == name("before.h"));
    assert_eq!(played.entries.iter().filter(before).count(), 1);
}
