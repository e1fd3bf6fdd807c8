//! What a person is asked, and that nothing goes on without them: answers, holds, ends, changed
//! runbooks, doubts after a death. What runs in between is in `engine`.

use holdpoint::engine::Reply;
use holdpoint::runbook::Phase;
use holdpoint::session::Answer::{
    Abort, Accept, Confirm, Deny, Done, Failed, Hold, Proceed, Recheck, Rerun, Retry,
};
use holdpoint::session::{self, Answer, Close, Condition, Event, Question};

use crate::scene::{Scene, ada, book, looks, name, runs, says, scene, step, times};
use crate::world::{Effect, Fate, done, exits, file};

const FINISHED: Option<Condition> = Some(Condition::Closed(Close::Finished));
const ABORTED: Option<Condition> = Some(Condition::Closed(Close::Aborted));
const HELD: Option<Condition> = Some(Condition::Held(None));

/// One phase, the fourth, with a gate before it and a gate behind.
fn one(steps: &str) -> Scene {
    scene(book(&[(4, steps)]))
}

#[test]
fn a_recheck_looks_again_and_acts_never_again() {
    let steps = [looks("a"), step("b", "run = ['do']\ncheck.file = { path = 'b' }")].concat();
    let answers = [Proceed, Recheck, Retry, Proceed];
    let played =
        one(&steps).answers(answers).reading("b", [file(true), file(false), file(true)]).run();
    assert_eq!(played.condition, FINISHED);
    assert_eq!(played.effects, done(&["b"]));
    assert_eq!((times(&played, "a").len(), times(&played, "b").len()), (2, 3));
}

#[test]
fn a_recheck_looks_at_its_own_phase_and_leaves_what_others_saw() {
    let proven = "\n[[phase.exit]]\ncriterion = 'Good'\nproven_by = ['a', 'b']\n";
    let text = book(&[(4, &looks("a")), (5, &(looks("b") + proven))]);
    let played = scene(text).answers([Proceed, Proceed, Recheck, Proceed]).run();
    assert_eq!((times(&played, "a").len(), times(&played, "b").len()), (1, 2));
    let shown = &played.asked[3].1;
    assert!(shown.iter().any(|line| line.contains("pass     Good (by a, b)")), "{shown:#?}");
}

#[test]
fn a_denied_criterion_is_asked_until_it_is_confirmed() {
    let exit = "\n[[phase.exit]]\ncriterion = 'Sure'\nattest = 'I am sure'\n";
    let steps = looks("a") + exit;
    let played = one(&steps).answers([Proceed, Deny, Deny, Confirm, Proceed]).run();
    assert_eq!(played.condition, FINISHED);
    let said = played.session.attested(Phase::ApplicationDeployment, 1).unwrap();
    assert!(said.holds);
    assert_eq!(said.name.as_deref(), Some("Ada L."));
    let kinds = played.kinds();
    let confirmed = kinds.iter().rposition(|kind| *kind == "asked").unwrap();
    assert!(confirmed > kinds.iter().position(|kind| *kind == "step checked").unwrap());
}

/// A session in which every kind of question is asked, with the answers that lead to its end.
fn all_questions() -> (String, Vec<(&'static str, Vec<Answer>)>) {
    let steps =
        [step("m", "manual = 'Do it'"), step("r", "run = ['do']\ncheck.file = { path = 'r' }")]
            .concat()
            + "\n[[phase.exit]]\ncriterion = 'Sure'\nattest = 'I am sure'\n";
    let script = vec![
        ("gate", vec![Proceed]),
        ("manual", vec![Failed]),
        ("failure of what is done by hand", vec![Retry]),
        ("manual again", vec![Done]),
        ("failure of an action", vec![Retry]),
        ("failure of a check", vec![Rerun]),
        ("failure of a check again", vec![Retry]),
        ("attest", vec![Confirm]),
        ("last gate", vec![Proceed]),
    ];
    (book(&[(4, &steps)]), script)
}

fn staged(text: &str) -> Scene {
    scene(text)
        .doing("r", [exits(1), exits(0)])
        .reading("r", [file(false), file(false), file(true)])
}

#[test]
fn every_question_can_be_held_at_and_is_asked_again() {
    let (text, script) = all_questions();
    let whole: Vec<Answer> = script.iter().flat_map(|(_, answers)| answers.clone()).collect();
    assert_eq!(staged(&text).answers(whole.clone()).run().condition, FINISHED);
    for at in 0..whole.len() {
        let mut first = whole[..at].to_vec();
        first.push(Hold);
        let held = staged(&text).answers(first).run();
        let (what, _) = script[at];
        assert_eq!(held.condition, HELD, "{what}");
        let rest: Vec<Answer> = whole[at..].to_vec();
        let mut scene = held.resume().answers(rest);
        // What was seen and done before is not seen and done again.
        let seen = held.observed.len().min(2);
        let done = held.works.len().min(1);
        scene = scene.doing("r", [exits(1), exits(0)].into_iter().skip(done));
        scene = scene.reading("r", [file(false), file(false), file(true)].into_iter().skip(seen));
        let resumed = scene.run();
        let before = held.questions();
        // A release is good in one process: only a gate is not answered by what was said before.
        assert_eq!(resumed.questions().first(), before.last(), "{what}");
        assert_eq!(resumed.condition, FINISHED, "{what}");
    }
}

#[test]
fn every_question_can_end_the_session() {
    let (text, script) = all_questions();
    let whole: Vec<Answer> = script.iter().flat_map(|(_, answers)| answers.clone()).collect();
    for at in 0..whole.len() {
        let mut answers = whole[..at].to_vec();
        answers.push(Abort);
        let played = staged(&text).answers(answers).run();
        assert_eq!(played.condition, ABORTED, "{}", script[at].0);
        assert_eq!(played.kinds().last(), Some(&"session closed"));
    }
}

#[test]
fn a_question_that_nobody_can_answer_holds_and_notes_do_not_answer_it() {
    let note = Reply::Note { text: "wait for the mail".to_owned(), learning: false };
    let learning = Reply::Note { text: "start earlier".to_owned(), learning: true };
    let nobody = Reply::Nobody(session::Hold::TerminalLost);
    let played = one(&looks("a")).replies([note.clone(), says(Proceed), learning, nobody]).run();
    assert_eq!(played.condition, Some(Condition::Held(Some(session::Hold::TerminalLost))));
    assert_eq!(played.session.notes().len(), 2);
    assert!(played.session.notes()[1].learning);
    let asked = played.kinds().iter().filter(|kind| **kind == "asked").count();
    assert_eq!(asked, 2, "a question is recorded once, however often it is put");
    assert_eq!(played.resume().answers([Proceed]).run().condition, FINISHED);
}

#[test]
fn a_changed_runbook_runs_only_when_it_was_accepted() {
    let old = book(&[(4, &(looks("a") + &runs("b")))]);
    let new = book(&[(4, &(looks("a") + &runs("b") + &runs("c")))]);
    let held = scene(old).answers([Proceed, Hold]).run();
    assert_eq!(held.effects, done(&["b"]));
    let declined = held.resume().changed(new.clone()).answers([Hold]).run();
    assert_eq!(declined.condition, HELD);
    let shown = &declined.asked[0].1;
    assert!(shown.iter().any(|line| line.contains("id = 'c'")), "the diff is shown: {shown:?}");
    let accepted = declined.resume().changed(new.clone()).answers([Accept, Proceed]).run();
    assert_eq!(accepted.condition, FINISHED);
    assert_eq!(accepted.effects, done(&["b", "c"]), "what was done stays done");
    assert_eq!(accepted.session.runbook_text(), new);
    let aborted = declined.resume().changed(new).answers([Abort]).run();
    assert_eq!(aborted.condition, ABORTED);
}

#[test]
fn a_release_is_good_in_one_process_only() {
    let text = book(&[(1, &looks("a")), (2, &looks("b"))]);
    let held = scene(text).answers([Hold]).run();
    let mut session = held.session.clone();
    let seq = session.last().unwrap().0;
    let to = Some(Phase::PreDeploymentAnalysis);
    let answered = session::Answered {
        question: Question::Gate { to },
        answer: Proceed,
        by: ada(),
        name: None,
        text: None,
        waiver: None,
        criterion: None,
    };
    let resumed = || {
        Event::Resumed(session::Resumed {
            by: ada(),
            program: "p".to_owned(),
            directory: "/".to_owned(),
        })
    };
    let entered = Event::Entered { phase: Phase::PreDeploymentAnalysis };
    let at = session.last().unwrap().1;
    let events = [resumed(), Event::Answered(answered), resumed()];
    for (offset, event) in (1..).zip(events) {
        session.apply(&session::Entry { seq: seq + offset, at, event }).unwrap();
    }
    session.apply(&session::Entry { seq: seq + 4, at, event: entered }).unwrap_err();
}

#[test]
fn in_doubt_a_probe_is_asked_then_a_person_and_nothing_runs_by_itself() {
    let probe = "run = ['do']\nprobe.file = { path = 'happened/r' }";
    let text = book(&[(4, &(step("r", probe) + &runs("s")))]);
    // Found by counting: the boundary right behind the effect, before its end is recorded.
    let mut doubted = 0;
    for after in 0..120 {
        let fate = Fate::new(Some(after));
        let died = scene(text.clone()).mind(|_| says(Proceed)).fate(fate).run();
        if died.condition.is_some() || died.disk.as_ref().is_none_or(|disk| disk.seen().is_none()) {
            continue;
        }
        let begun = died.effects.contains(&Effect::Begun("r".to_owned()));
        let happened = died.effects.contains(&Effect::Happened("r".to_owned()));
        let mind = move |brief: &holdpoint::report::Brief| {
            let Question::Doubt { step } = &brief.question else { return says(Proceed) };
            if step.as_str() != "r" {
                return says(Done);
            }
            let text = brief.text().join("\n");
            let told = text.contains("Its probe says: exists");
            assert_eq!(told, happened, "the probe tells: {text}");
            says(if happened { Done } else { Rerun })
        };
        let resumed = died.resume().mind(mind).run();
        assert_eq!(resumed.condition, FINISHED, "died after {after}");
        let doubt = Question::Doubt { step: name("r") };
        let asked = resumed.questions().contains(&doubt);
        doubted += usize::from(asked);
        let times =
            resumed.effects.iter().filter(|it| **it == Effect::Happened("r".into())).count();
        assert_eq!(times, 1, "died after {after}, begun {begun}, asked {asked}");
    }
    assert!(doubted >= 4, "only {doubted} deaths left a doubt");
}

#[test]
fn while_processes_of_a_doubtful_attempt_run_it_is_not_run_again() {
    let text = book(&[(4, &runs("r"))]);
    let died = (0..).map(|after| {
        let fate = Fate::new(Some(after));
        scene(text.clone()).mind(|_| says(Proceed)).fate(fate).run()
    });
    let died = died.take(120).find(|played| played.kinds().last() == Some(&"step started"));
    let resumed = died.unwrap().resume().left_running(&["4711 do"]).mind(|brief| {
        assert!(!brief.answers.contains(&Rerun), "{:?}", brief.answers);
        assert!(brief.text().iter().any(|line| line.contains("4711 do")));
        says(Hold)
    });
    assert_eq!(resumed.run().condition, HELD);
}
