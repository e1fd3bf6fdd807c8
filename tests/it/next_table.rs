//! What comes next, for every kind of step in every state that it can reach, against a table of
//! the rules that is written down here a second time, over a history that is kept here a second
//! time. `ARCHITECTURE.md` has the same table in words.
#![expect(clippy::wildcard_enum_match_arm, reason = "whatever else comes fails the test")]

use std::collections::BTreeSet;

use holdpoint::check::{Exit, Verdict};
use holdpoint::runbook::{OnFailure, Phase, Runbook};
use holdpoint::session::{Answer, Condition, Ending, Entry, Event, Move, Question, Session, Task};
use holdpoint::value::{Digest, Moment};

use crate::scene::{book, name, parsed, step};
use crate::session_table::{
    acted, answered, asked, checked, finding, opened, resumed, sampled, started,
};

mod rules;

use rules::{Kind, Past, facts, ruled};

fn moved(next: &Move<'_>) -> &'static str {
    match next {
        Move::Work(tasks) => match tasks.as_slice() {
            [Task::Act(_)] => "act",
            [Task::Check(_)] => "check",
            other => panic!("one step, and {other:?}"),
        },
        Move::Probe(_) => "probe",
        Move::Sample(_) => "sample",
        Move::Apply(_, OnFailure::Stop) => "apply stop",
        Move::Apply(_, OnFailure::Rollback) => "apply rollback",
        Move::Apply(_, OnFailure::Continue) => "apply continue",
        Move::Ask(Question::Failure { .. }) => "ask failure",
        Move::Ask(Question::Manual { .. }) => "ask manual",
        Move::Ask(Question::Doubt { .. }) => "ask doubt",
        Move::Ask(Question::Attest { .. } | Question::Gate { .. }) => "nothing",
        other => panic!("{other:?}"),
    }
}

fn take(session: &mut Session, event: Event) {
    let seq = session.last().map_or(1, |(seq, _)| seq + 1);
    let at = Moment::from_millis(0);
    session.apply(&Entry { seq, at, event }).expect("it may follow");
}

pub fn after(session: &Session, events: impl IntoIterator<Item = Event>) -> Session {
    let mut session = session.clone();
    events.into_iter().for_each(|event| take(&mut session, event));
    session
}

/// In phase 1, with nothing done.
pub fn begun(book: &Runbook) -> Session {
    let text = &book.source.text;
    let gate = Question::Gate { to: Some(Phase::PreDeploymentAnalysis) };
    let enter = Event::Entered { phase: Phase::PreDeploymentAnalysis };
    let open = opened(text, Digest::of(text.as_bytes()));
    let yes = answered(&gate, Answer::Proceed);
    after(&Session::default(), [open, asked(&gate), yes, enter])
}

type State = (Session, Vec<Past>);

/// What a sample or a look may see.
fn verdicts() -> [(&'static str, Verdict); 3] {
    [
        ("pass", Verdict::Pass("x".to_owned())),
        ("fail", Verdict::Fail("x".to_owned())),
        ("unknown", Verdict::Unknown("x".to_owned())),
    ]
}

/// Everything that can become of a move.
fn outcomes(kind: Kind, (session, past): &State, next: &Move<'_>) -> Vec<State> {
    let state = session.step(&name("a"));
    let go = |events: Vec<Event>, more: &[Past]| {
        (after(session, events), [past.as_slice(), more].concat())
    };
    match next {
        Move::Work(tasks) if matches!(tasks[0], Task::Act(_)) => {
            let good =
                if kind.what == "wait" { Ending::Waited } else { Ending::Exit(Exit::Code(0)) };
            let start = || started("a", state.attempts + 1);
            [
                (good, Past::Good),
                (Ending::Exit(Exit::Code(1)), Past::Bad),
                (Ending::Exit(Exit::Signal(9)), Past::Bad),
                (Ending::Timeout, Past::Bad),
                (Ending::NotStarted("x".to_owned()), Past::Bad),
                (Ending::Interrupted, Past::Interrupted),
            ]
            .into_iter()
            .map(|(ending, is)| go(vec![start(), acted("a", ending)], &[Past::Started, is]))
            .chain([go(vec![start(), resumed()], &[Past::Started, Past::Died])])
            .collect()
        }
        Move::Work(_) => verdicts()
            .into_iter()
            .map(|(word, verdict)| go(vec![checked("a", verdict)], &[Past::Saw(word)]))
            .collect(),
        Move::Sample(_) => verdicts()
            .into_iter()
            .map(|(word, verdict)| {
                let taken = state.watch.as_ref().map_or(0, |watch| watch.taken);
                go(vec![sampled("a", taken + 1, (2, 1), verdict)], &[Past::Sampled(word)])
            })
            .collect(),
        Move::Probe(step) => verdicts()
            .into_iter()
            .map(|(_, verdict)| {
                let event = Event::Probed { step: step.id.clone(), finding: finding(verdict) };
                go(vec![event], &[Past::Probed])
            })
            .collect(),
        Move::Apply(step, policy) => {
            let event = Event::PolicyApplied { step: step.id.clone(), policy: *policy };
            vec![go(vec![event], &[Past::Applied])]
        }
        Move::Ask(Question::Attest { phase, number }) => {
            // The gate behind it, and a look again.
            let word = Question::Attest { phase: *phase, number: *number };
            let gate = Question::Gate { to: None };
            let said = vec![asked(&word), answered(&word, Answer::Confirm)];
            let again = vec![asked(&gate), answered(&gate, Answer::Recheck)];
            vec![go([said, again].concat(), &[Past::LookAgain])]
        }
        Move::Ask(Question::Gate { to }) => {
            let gate = Question::Gate { to: *to };
            vec![go(vec![asked(&gate), answered(&gate, Answer::Recheck)], &[Past::LookAgain])]
        }
        Move::Ask(question) => {
            let decided = |answer: &Answer| {
                let events = vec![asked(question), answered(question, *answer)];
                go(events, &[Past::Decided(*answer)])
            };
            // Never is said only while rolling back; the rest leaves the step as it is.
            let out = [Answer::Hold, Answer::Abort, Answer::Rollback, Answer::Never];
            question.answers().iter().filter(|it| !out.contains(it)).map(decided).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// A question can be left in three ways that decide nothing about the step.
fn leaves(book: &Runbook, session: &Session, question: &Question) {
    let held = after(session, [asked(question), answered(question, Answer::Hold)]);
    assert_eq!(held.next(book), Move::Stop(Condition::Held(None)));
    let again = after(&held, [resumed()]);
    let probe_first = matches!(again.next(book), Move::Probe(_));
    let doubted = matches!(question, Question::Doubt { .. }) && probe_first;
    assert!(doubted || again.next(book) == Move::Ask(question.clone()), "{question:?}");
    let ended = after(session, [asked(question), answered(question, Answer::Abort)]);
    let close = Move::Close(holdpoint::session::Close::Aborted);
    assert_eq!(ended.next(book), close);
    assert_eq!(after(&ended, [resumed()]).next(book), close);
    let back = after(session, [asked(question), answered(question, Answer::Rollback)]);
    assert_eq!(back.next(book), Move::Ask(Question::Rollback));
    let no =
        after(&back, [asked(&Question::Rollback), answered(&Question::Rollback, Answer::Deny)]);
    assert_eq!(no.next(book), Move::Ask(question.clone()), "a no leads back to where it was");
}

/// What was let pass for a time has failed again when that time is over.
fn waiver_over((session, past): &State) -> Option<State> {
    session.step(&name("a")).waived?;
    let over = Event::WaiverExpired { step: name("a") };
    Some((after(session, [over]), [past.as_slice(), &[Past::WaiverOver]].concat()))
}

/// A policy that ends the forward way: the session ends, or a person sees the plan for rolling
/// back, and after a no the step is asked about.
fn behind_a_policy(book: &Runbook, state: State, policy: OnFailure) -> Option<State> {
    let (session, past) = state;
    let stop = Move::Close(holdpoint::session::Close::Failed);
    match policy {
        OnFailure::Stop => {
            assert_eq!(session.next(book), stop);
            assert_eq!(after(&session, [resumed()]).next(book), stop);
            None
        }
        OnFailure::Rollback => {
            assert_eq!(session.next(book), Move::Ask(Question::Rollback));
            let no = [asked(&Question::Rollback), answered(&Question::Rollback, Answer::Deny)];
            Some((after(&session, no), [past.as_slice(), &[Past::Decided(Answer::Deny)]].concat()))
        }
        OnFailure::Ask | OnFailure::Continue => Some((session, past)),
    }
}

#[test]
fn what_comes_next_is_what_the_rules_say_in_every_state_that_can_be_reached() {
    let mut cells = BTreeSet::new();
    let mut states = 0;
    for kind in Kind::all() {
        let book = kind.book();
        let mut seen = BTreeSet::new();
        let mut open: Vec<State> = vec![(begun(&book), Vec::new())];
        while let Some(state) = open.pop() {
            let (session, past) = &state;
            let facts = facts(kind, past);
            let at = session.step(&name("a"));
            let known = format!("{:?}", (&at.action, at.checks, at.probed.is_some(), &at.watch));
            let new = seen.insert((facts, known, at.failed_tries, at.attempts));
            if at.attempts > 5 || past.len() > 40 || !new {
                continue;
            }
            states += 1;
            cells.insert(facts);
            let next = session.next(&book);
            let wanted = ruled(facts);
            assert_eq!(moved(&next), wanted, "{kind:?} {facts:?} after {past:?}");
            let word = |question: &Question| matches!(question, Question::Attest { .. });
            let about_the_step = matches!(&next, Move::Ask(question) if !word(question));
            if let Move::Ask(question) = &next
                && about_the_step
            {
                leaves(&book, session, question);
            }
            let policy = match &next {
                Move::Apply(_, policy) => *policy,
                _ => OnFailure::Ask,
            };
            let after_it = outcomes(kind, &state, &next).into_iter();
            open.extend(after_it.filter_map(|state| behind_a_policy(&book, state, policy)));
            open.extend(waiver_over(&state));
            let died = [past.as_slice(), &[Past::Died]].concat();
            open.push((after(session, [resumed()]), died));
        }
    }
    assert!(cells.len() >= 400 && states >= 4_000, "{} cells, {states} states", cells.len());
    println!("{} cells of the table in {states} states", cells.len());
}

#[test]
fn when_and_needs_are_looked_at_before_anything_else_and_never_after() {
    for kind in ["run = ['do']", "check.file = { path = 'x' }", "manual = 'Do it'", "wait = '1s'"] {
        for (mode, first_runs) in [("fast", true), ("slow", false)] {
            let vars = format!("\n[vars]\nmode = '{mode}'\n");
            let steps = step("a", &format!("when = {{ mode = ['fast', 'faster'] }}\n{kind}"))
                + &step("b", &format!("needs = ['a']\n{kind}"));
            let text = book(&[(0, &vars), (1, &steps)]);
            let book = parsed(&text);
            let mut session = begun(&book);
            let mut open = session.opened().unwrap().clone();
            open.variables = vec![("mode".to_owned(), Some(mode.to_owned()))];
            let gate = Question::Gate { to: Some(Phase::PreDeploymentAnalysis) };
            session = after(
                &Session::default(),
                [
                    Event::Opened(Box::new(open)),
                    asked(&gate),
                    answered(&gate, Answer::Proceed),
                    Event::Entered { phase: Phase::PreDeploymentAnalysis },
                ],
            );
            if first_runs {
                assert!(!matches!(session.next(&book), Move::SkipStep(..)), "{kind}");
                continue;
            }
            for id in ["a", "b"] {
                let Move::SkipStep(step, why) = session.next(&book) else { panic!("{kind}: {id}") };
                assert_eq!(step.id, name(id));
                let event = Event::StepSkipped { step: step.id.clone(), why };
                session = after(&session, [event]);
            }
            assert!(matches!(session.next(&book), Move::Ask(Question::Gate { to: None })));
        }
    }
}
