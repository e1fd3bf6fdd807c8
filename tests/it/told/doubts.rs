//! What is told where nobody knows what happened, or whether what was known is still so.

use holdpoint::session::Answer::{
    Abort, Done, Hold, Leave, Never, Proceed, Recheck, Rerun, Rollback, Stop, Wait,
};
use holdpoint::session::{Answer, Question};

use super::{UNDO, brief, goes_back, plain, reply, risky, shown};
use crate::scene::{ORIGIN, Played, book, looks, runs, says, scene};
use crate::world::{Fate, file};

/// A session that died while an action ran, with everything answered by a yes before.
fn died_in(text: &str, step: &str) -> Played {
    let dies = |after| {
        let fate = Fate::new(Some(after));
        scene(text.to_owned()).mind(yes).fate(fate).run()
    };
    let begun = |played: &Played| {
        let last = played.entries.last().map(|entry| format!("{:?}", entry.event));
        last.is_some_and(|last| last.starts_with(&format!("Started {{ step: Name(\"{step}\")")))
    };
    (0..400).map(dies).find(begun).expect("a death in the middle of it")
}

fn yes(brief: &holdpoint::report::Brief) -> holdpoint::engine::Reply {
    says(match brief.question {
        Question::Manual { .. } => Done,
        Question::Gate { to: None } => Rollback,
        _ => Proceed,
    })
}

#[test]
fn processes_that_still_run_are_asked_about_before_anything_else() {
    let died = died_in(&risky(UNDO), "deploy");
    let held = died.resume().left_running(&["4711 deploy"]).mind(|brief| {
        assert_eq!(brief.answers, [Wait, Stop, Leave, Hold, Abort]);
        assert_eq!(
            shown(&brief.lines),
            "\
# Processes of Step deploy still run (deploy)
- holdpoint was killed while this ran. What it had started goes on without it.
    run: deploy
~   begun at 2027-01-15 08:00 UTC, 0ms ago
~ Once they are gone, or left alone, it is found out whether the step happened.
- These run:
    4711 deploy
"
        );
        says(Hold)
    });
    held.run();
}

#[test]
fn what_was_left_alone_is_asked_about_again_by_the_next_process() {
    let died = died_in(&risky(UNDO), "deploy");
    let runs_on = ["4711 deploy"];
    let held = died.resume().left_running(&runs_on).replies(plain(&[Leave, Hold])).run();
    let again = held.resume().left_running(&runs_on).replies(plain(&[Stop, Rerun, Hold])).run();
    let step = || "deploy".parse().unwrap();
    let wanted = [Question::Running { step: step() }, Question::Doubt { step: step() }];
    assert_eq!(again.questions()[..2], wanted);
}

#[test]
fn a_doubt_while_rolling_back_asks_whether_there_is_something_to_take_back() {
    let died = died_in(&risky(UNDO), "deploy");
    let forward = brief(&died.resume().replies(plain(&[Hold])).run());
    assert_eq!(forward.answers, [Done, Rerun, Rollback, Hold, Abort]);
    let mut replies = goes_back(&[Hold]);
    let plan = died.resume().replies([replies.remove(0), reply(Hold, Default::default())]).run();
    let told = shown(&brief(&plan).lines);
    let doubt = "    undo     Step deploy (deploy)\n\
                 ?            in doubt: a person is asked first whether it happened\n\
                 ~            run: undeploy\n";
    assert!(told.contains(doubt), "{told}");
    let back = brief(&died.resume().replies(goes_back(&[Hold])).run());
    assert_eq!(back.answers, [Done, Never, Hold, Abort]);
    let mut left = back.clone();
    left.add_left_running(&["4711 deploy".to_owned()]);
    assert_eq!(left.answers, [Done, Hold, Abort], "what runs is not over");
    let hint = "then `hold` and resume, to say that it never happened.\n";
    assert!(shown(&left.lines).ends_with(hint), "{}", shown(&left.lines));
    let told = shown(&back.lines);
    assert!(told.contains("? The rollback takes it back only if it happened"), "{told}");
}

#[test]
fn the_words_of_an_answer_are_those_of_its_question() {
    use holdpoint::report::answer_words;
    let doubt = |step: &str| Question::Doubt { step: step.parse().unwrap() };
    let failure = Question::Failure { step: "a".parse().unwrap() };
    let rows = [
        (Question::Rollback, Answer::Deny, false, "do not roll back"),
        (Question::Rollback, Proceed, false, "roll back, as the plan says"),
        (failure.clone(), Done, false, "you did it by hand (you say what)"),
        (failure, Abort, true, "break the rollback off, and end this session for good"),
        (doubt("a"), Done, false, "it happened: go on with its checks"),
        (doubt("a"), Done, true, "it happened, all or some of it: it is taken back"),
        (doubt("a"), Never, true, "it never happened: there is nothing to take back"),
        (doubt("undo.a"), Done, true, "it happened: it is not run again"),
        (doubt("undo.a"), Never, true, "it never happened: it is run now"),
    ];
    for (question, answer, back, words) in rows {
        assert_eq!(answer_words(&question, answer, back), words, "{question:?} {answer:?}");
    }
}

#[test]
fn a_gate_whose_answer_is_void_says_what_has_changed() {
    let gate = "\n[phase.gate]\nexpires = '10m'\n";
    let text = book(&[(3, &(looks("there") + gate)), (4, &runs("deploy"))]);
    let held = scene(text).replies(plain(&[Proceed, Hold])).run();
    // The yes comes an hour later, and the file is gone by then.
    let void = held.resume().begins(ORIGIN + 3_600_000);
    let void = void.reading("there", [file(false)]);
    let asked = void.mind({
        let mut answers = [Proceed, Answer::Waive].into_iter();
        move |_brief| {
            answers.next().map_or_else(
                || says(Hold),
                |answer| match answer {
                    Answer::Waive => super::waives(holdpoint::value::Span::from_secs(90_000)),
                    other => says(other),
                },
            )
        }
    });
    let played = asked.run();
    let told = shown(&brief(&played).lines);
    assert!(
        told.starts_with(
            "\
# Gate to phase 4 of 8: Application Deployment
  thing to local (Test)
- The answer to this gate is void: what it stood on has changed.
?   Step there: there exists
~            was  exists, 1 bytes
?            now  there is no such file
  Phase 3 Infrastructure Deployment"
        ),
        "{told}"
    );
    let answers = brief(&played).answers;
    assert_eq!(answers, [Proceed, Hold, Recheck, Abort], "nothing ran yet");
    // Somebody comes back to the same gate: its evidence is still that of the phase behind it.
    let again = shown(&brief(&played.resume().begins(ORIGIN).replies(plain(&[Hold])).run()).lines);
    assert!(again.contains("The answer to this gate is void: what it stood on"), "{again}");
}
