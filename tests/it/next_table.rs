//! What comes next, for every kind of step in every state that it can reach, against a table of
//! the rules that is written down here a second time, over a history that is kept here a second
//! time. `docs/decisions.md` has the same table in words.
#![expect(clippy::wildcard_enum_match_arm, reason = "whatever else comes fails the test")]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use holdpoint::check::{Exit, Verdict};
use holdpoint::runbook::{Phase, Runbook};
use holdpoint::session::{Answer, Condition, Ending, Entry, Event, Move, Question, Session, Task};
use holdpoint::value::{Digest, Moment};

use crate::scene::{book, name, parsed, step};
use crate::session_table::{acted, answered, asked, checked, finding, opened, resumed, started};

/// What happened to the step, as this suite remembers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Past {
    Started,
    Good,
    Bad,
    Interrupted,
    Saw(&'static str),
    Probed,
    Died,
    Decided(Answer),
    LookAgain,
}

/// A step of the runbook, by what the rules ask about it.
#[derive(Clone, Copy, Debug)]
struct Kind {
    what: &'static str,
    checks: bool,
    attempts: u32,
    safe: bool,
    probe: bool,
}

impl Kind {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for what in ["look", "run", "manual", "wait"] {
            for bits in 0..16 {
                let (checks, safe) = (bits & 1 == 1, bits & 2 == 2);
                let (probe, attempts) = (bits & 4 == 4, 1 + u32::from(bits & 8 == 8));
                let kind = Self { what, checks, attempts, safe, probe };
                let fits = match what {
                    "look" => checks && !safe && !probe,
                    "wait" => !safe && !probe,
                    "manual" => !safe,
                    _ => true,
                };
                all.extend(fits.then_some(kind));
            }
        }
        all
    }

    fn book(self) -> Runbook {
        let mut rest = match self.what {
            "run" => "run = ['do']\n",
            "manual" => "manual = 'Do it'\n",
            "wait" => "wait = '1s'\n",
            _ => "",
        }
        .to_owned();
        let _ = writeln!(rest, "retry = {{ attempts = {} }}", self.attempts);
        for (given, line) in [
            (self.safe, "idempotent = true\n"),
            (self.probe, "probe.file = { path = 'p' }\n"),
            (self.checks, "check.file = { path = 'x' }\n"),
        ] {
            rest.push_str(if given { line } else { "" });
        }
        parsed(&book(&[(1, &step("a", &rest))]))
    }
}

/// A pattern for each question that the rules ask, and what comes next. The first row counts.
type Rule = [&'static str; 7];

/// Kind, action, checks, a try is left, harmless twice, probe: what comes next.
const RULES: [Rule; 16] = [
    ["look", "*", "due", "*", "*", "*", "check"],
    ["look", "*", "pass", "*", "*", "*", "nothing"],
    ["look", "*", "fail|unknown", "yes", "*", "*", "check"],
    ["look", "*", "fail|unknown", "no", "*", "*", "ask failure"],
    ["manual", "due", "*", "*", "*", "*", "ask manual"],
    ["run|wait", "due", "*", "*", "*", "*", "act"],
    ["wait", "doubt", "*", "*", "*", "*", "act"],
    ["run", "doubt", "*", "*", "yes", "*", "act"],
    ["run", "doubt", "*", "*", "no", "unasked", "probe"],
    ["run", "doubt", "*", "*", "no", "none|asked", "ask doubt"],
    ["*", "interrupted|by hand failed", "*", "*", "*", "*", "ask failure"],
    ["run|wait", "bad", "*", "yes", "*", "*", "act"],
    ["run|wait", "bad", "*", "no", "*", "*", "ask failure"],
    ["*", "good", "none|pass", "*", "*", "*", "nothing"],
    ["*", "good", "due", "*", "*", "*", "check"],
    ["*", "good", "fail|unknown", "*", "*", "*", "ask failure"],
];

/// The answers to what the rules ask, from the kind and the history alone.
fn facts(kind: Kind, past: &[Past]) -> [&'static str; 6] {
    let (mut action, mut checks, mut tries, mut probed) = ("due", "due", 0, false);
    for event in past {
        match *event {
            Past::Started => (action, checks, probed) = ("runs", "due", false),
            Past::Good => action = "good",
            Past::Bad => (action, tries) = ("bad", tries + 1),
            Past::Interrupted => (action, tries) = ("interrupted", tries + 1),
            Past::Saw(outcome) => (checks, tries) = (outcome, tries + u32::from(outcome != "pass")),
            Past::Probed => probed = true,
            // Whatever a probe saw before, nobody was there since to know that it is still so.
            Past::Died => {
                action = if action == "runs" { "doubt" } else { action };
                probed = false;
            }
            Past::Decided(answer) => {
                let done = action == "good" && answer == Answer::Retry;
                action = match answer {
                    Answer::Done => "good",
                    Answer::Failed => "by hand failed",
                    _ if done => "good",
                    _ => "due",
                };
                (checks, tries) = ("due", 0);
            }
            Past::LookAgain => (checks, tries) = ("due", 0),
        }
    }
    let yes = |it| if it { "yes" } else { "no" };
    let probe = match (kind.probe, probed) {
        (false, _) => "none",
        (true, false) => "unasked",
        (true, true) => "asked",
    };
    let checks = if kind.checks { checks } else { "none" };
    [kind.what, action, checks, yes(tries < kind.attempts), yes(kind.safe), probe]
}

fn ruled(facts: [&'static str; 6]) -> &'static str {
    let fits = |rule: &&Rule| {
        let fits = |(wanted, found): (&&str, &str)| {
            *wanted == "*" || wanted.split('|').any(|one| one == found)
        };
        rule.iter().zip(facts).all(fits)
    };
    RULES.iter().find(fits).unwrap_or_else(|| panic!("no rule for {facts:?}"))[6]
}

fn moved(next: &Move<'_>) -> &'static str {
    match next {
        Move::Work(tasks) => match tasks.as_slice() {
            [Task::Act(_)] => "act",
            [Task::Check(_)] => "check",
            other => panic!("one step, and {other:?}"),
        },
        Move::Probe(_) => "probe",
        Move::Ask(Question::Failure { .. }) => "ask failure",
        Move::Ask(Question::Manual { .. }) => "ask manual",
        Move::Ask(Question::Doubt { .. }) => "ask doubt",
        Move::Ask(Question::Gate { .. }) => "nothing",
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

/// Everything that can become of a move.
fn outcomes(kind: Kind, (session, past): &State, next: &Move<'_>) -> Vec<State> {
    let state = session.step(&name("a"));
    let go = |events: Vec<Event>, more: &[Past]| {
        (after(session, events), [past.as_slice(), more].concat())
    };
    let verdicts = [
        ("pass", Verdict::Pass("x".to_owned())),
        ("fail", Verdict::Fail("x".to_owned())),
        ("unknown", Verdict::Unknown("x".to_owned())),
    ];
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
        Move::Work(_) => verdicts
            .into_iter()
            .map(|(word, verdict)| go(vec![checked("a", verdict)], &[Past::Saw(word)]))
            .collect(),
        Move::Probe(step) => verdicts
            .into_iter()
            .map(|(_, verdict)| {
                let event = Event::Probed { step: step.id.clone(), finding: finding(verdict) };
                go(vec![event], &[Past::Probed])
            })
            .collect(),
        Move::Ask(Question::Gate { to }) => {
            let gate = Question::Gate { to: *to };
            let again = vec![asked(&gate), answered(&gate, Answer::Recheck)];
            vec![go(again, &[Past::LookAgain])]
        }
        Move::Ask(question) => {
            let decided = |answer: &Answer| {
                let events = vec![asked(question), answered(question, *answer)];
                go(events, &[Past::Decided(*answer)])
            };
            let out = [Answer::Hold, Answer::Abort];
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
            let known = format!("{:?}", (&at.action, at.checks, at.probed.is_some()));
            let new = seen.insert((facts, known, at.failed_tries, at.attempts));
            if at.attempts > 5 || !new {
                continue;
            }
            states += 1;
            cells.insert(facts);
            let next = session.next(&book);
            let wanted = ruled(facts);
            assert_eq!(moved(&next), wanted, "{kind:?} {facts:?} after {past:?}");
            if let Move::Ask(question) = &next {
                leaves(&book, session, question);
            }
            open.extend(outcomes(kind, &state, &next));
            let died = [past.as_slice(), &[Past::Died]].concat();
            open.push((after(session, [resumed()]), died));
        }
    }
    assert!(cells.len() >= 100 && states >= 1_000, "{} cells, {states} states", cells.len());
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
