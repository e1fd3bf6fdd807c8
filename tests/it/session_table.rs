//! Every state of a session against every event: which may follow, written down as a table that
//! knows nothing of the code. What is refused changes nothing.

use holdpoint::check::{Check, CheckTable, Reading, Verdict};
use holdpoint::journal::Journal;
use holdpoint::runbook::Phase;
use holdpoint::session::{
    Answer, Answered, Close, Ending, Entry, Event, Finding, Hold, Opened, Question, Recovered,
    Resumed, Session, Target,
};
use holdpoint::text::Capture;
use holdpoint::value::{Digest, Moment, Person, Span};

use crate::disk::{Disk, Shared};
use crate::scene::{ada, book, name, scene};

const FIRST: Phase = Phase::PreDeploymentAnalysis;
const SECOND: Phase = Phase::EnvironmentPreparation;

fn at() -> Moment {
    Moment::from_millis(1_800_000_000_000)
}

fn check() -> Check {
    let table: CheckTable = toml::from_str("file = { path = 'x' }").expect("a check");
    Check { title: None, claim: table.claims().remove(0), until: None, timeout: Check::TIMEOUT }
}

/// A finding that passes, fails, or tells nothing.
pub fn finding(verdict: Verdict) -> Finding {
    Finding { check: check(), reading: Reading::File(None), verdict, tries: 1 }
}

pub fn opened(text: &str, digest: Digest) -> Event {
    let target = Target { environment: name("local"), component: name("thing") };
    Event::Opened(Box::new(Opened {
        format: Opened::FORMAT,
        session: name("s"),
        program: "holdpoint test".to_owned(),
        by: ada(),
        directory: "/srv".to_owned(),
        runbook_path: "test.toml".to_owned(),
        runbook_digest: digest,
        runbook_text: text.to_owned(),
        target,
        git: None,
        variables: Vec::new(),
    }))
}

pub fn resumed() -> Event {
    Event::Resumed(Resumed { by: ada(), program: "test".to_owned(), directory: "/".to_owned() })
}

pub fn acted(step: &str, ending: Ending) -> Event {
    let (took, output) = (Span::from_millis(1), Capture::default());
    Event::Acted { step: name(step), ending, took, output }
}

pub fn started(step: &str, attempt: u32) -> Event {
    Event::Started { step: name(step), attempt, does: "run: do".to_owned() }
}

pub fn checked(step: &str, verdict: Verdict) -> Event {
    Event::Checked {
        step: name(step),
        took: Span::from_millis(1),
        findings: vec![finding(verdict)],
    }
}

pub fn asked(question: &Question) -> Event {
    Event::Asked { question: question.clone(), shown: Vec::new() }
}

pub fn answered(question: &Question, answer: Answer) -> Event {
    Event::Answered(Answered {
        question: question.clone(),
        answer,
        by: ada(),
        name: None,
        text: None,
    })
}

fn question(word: &str) -> Question {
    let step = name("a");
    match word {
        "gate" => Question::Gate { to: Some(FIRST) },
        "gate-2" => Question::Gate { to: FIRST.next() },
        "end" => Question::Gate { to: None },
        "manual" => Question::Manual { step },
        "attest" => Question::Attest { phase: FIRST, number: 1 },
        "failure" => Question::Failure { step },
        "doubt" => Question::Doubt { step },
        "change" => Question::RunbookChange { digest: Digest::of(b"new") },
        other => panic!("{other}"),
    }
}

fn answer(word: &str) -> Answer {
    use Answer::{
        Abort, Accept, Confirm, Deny, Done, Failed, Hold, Proceed, Recheck, Rerun, Retry,
    };
    let all = [Abort, Accept, Confirm, Deny, Done, Failed, Hold, Proceed, Recheck, Rerun, Retry];
    let found = all.into_iter().find(|it| format!("{it:?}").eq_ignore_ascii_case(word));
    found.unwrap_or_else(|| panic!("{word}"))
}

/// An event in a word or three: `asked gate`, `gate proceed`, `start 1`.
fn event(words: &str) -> Event {
    let person = || Person { user: "bob".to_owned(), host: "laptop".to_owned() };
    let torn = Recovered { bytes: 3, digest: Digest::of(b"abc"), kept_in: "x.torn-2".to_owned() };
    let change =
        |text: &str| Event::RunbookChanged { text: text.to_owned(), variables: Vec::new() };
    let skip = |phase| Event::PhaseSkipped { phase, why: "no".to_owned() };
    let pass = || Verdict::Pass("ok".to_owned());
    let step = || name("a");
    match words.split(' ').collect::<Vec<_>>().as_slice() {
        ["open"] => opened("old", Digest::of(b"old")),
        ["open-forged"] => opened("old", Digest::of(b"older")),
        ["resume"] => resumed(),
        ["recover"] => Event::Recovered(torn),
        ["change"] => change("new"),
        ["change-other"] => change("other"),
        ["enter-1"] => Event::Entered { phase: FIRST },
        ["enter-2"] => Event::Entered { phase: SECOND },
        ["enter-3"] => Event::Entered { phase: Phase::InfrastructureDeployment },
        ["skip-1"] => skip(FIRST),
        ["skip-2"] => skip(SECOND),
        ["start", attempt] => started("a", attempt.parse().expect("a number")),
        ["acted", "ok"] => acted("a", Ending::Waited),
        ["acted", "bad"] => acted("a", Ending::Timeout),
        ["checked"] => checked("a", pass()),
        ["stepskip"] => Event::StepSkipped { step: step(), why: "no".to_owned() },
        ["probed"] => Event::Probed { step: step(), finding: finding(pass()) },
        ["rehearsed"] => Event::Rehearsed { step: step(), does: None, findings: Vec::new() },
        ["asked", word] => asked(&question(word)),
        ["held"] => Event::Held { why: Hold::Interrupt },
        ["note"] => Event::Noted { by: person(), text: "hm".to_owned(), learning: false },
        ["close", "finished"] => Event::Closed { close: Close::Finished },
        ["close", "aborted"] => Event::Closed { close: Close::Aborted },
        [to, word] => answered(&question(to), answer(word)),
        other => panic!("{other:?}"),
    }
}

const EVENTS: [&str; 52] = [
    "open",
    "open-forged",
    "resume",
    "recover",
    "change",
    "change-other",
    "enter-1",
    "enter-2",
    "enter-3",
    "skip-1",
    "skip-2",
    "start 1",
    "start 2",
    "start 3",
    "acted ok",
    "acted bad",
    "checked",
    "stepskip",
    "probed",
    "rehearsed",
    "asked gate",
    "asked end",
    "asked manual",
    "asked attest",
    "asked failure",
    "asked doubt",
    "asked change",
    "gate proceed",
    "gate hold",
    "gate recheck",
    "gate abort",
    "gate done",
    "end proceed",
    "manual done",
    "manual failed",
    "manual hold",
    "manual proceed",
    "attest confirm",
    "attest deny",
    "attest proceed",
    "failure retry",
    "failure rerun",
    "failure done",
    "doubt done",
    "doubt rerun",
    "doubt retry",
    "change accept",
    "change proceed",
    "held",
    "note",
    "close finished",
    "close aborted",
];

/// What may follow anywhere before the end, and whatever waits.
const ALWAYS: &str = "resume|recover|held|note";
/// What may be asked where nothing runs and nothing is asked.
const ASK: &str =
    "asked gate|asked end|asked manual|asked attest|asked failure|asked doubt|asked change";
/// Work on a step that nothing has happened to.
const FRESH: &str = "start 1|checked|stepskip";

/// A state, by the events that lead there, and what may follow.
type Row = (&'static str, &'static str, &'static [&'static str]);

const TABLE: [Row; 25] = [
    ("nothing", "", &["open"]),
    ("open", "open", &[ALWAYS, ASK, FRESH]),
    (
        "a gate is asked",
        "open|asked gate",
        &[ALWAYS, "asked change|gate proceed|gate hold|gate recheck|gate abort"],
    ),
    ("released", "open|asked gate|gate proceed", &[ALWAYS, ASK, FRESH, "enter-1"]),
    ("released past a phase", "open|asked gate-2|gate-2 proceed", &[ALWAYS, ASK, FRESH, "skip-1"]),
    (
        "gone past a phase",
        "open|asked gate-2|gate-2 proceed|skip-1",
        &[ALWAYS, ASK, FRESH, "enter-2"],
    ),
    ("released and resumed", "open|asked gate|gate proceed|resume", &[ALWAYS, ASK, FRESH]),
    ("to be looked at again", "open|asked gate|gate recheck", &[ALWAYS, ASK, FRESH]),
    ("entered", "open|asked gate|gate proceed|enter-1", &[ALWAYS, ASK, FRESH]),
    ("an action runs", "open|start 1", &[ALWAYS, "acted ok|acted bad"]),
    ("an action ended well", "open|start 1|acted ok", &[ALWAYS, ASK, "checked"]),
    ("an action ended badly", "open|start 1|acted bad", &[ALWAYS, ASK, "start 2"]),
    ("in doubt", "open|start 1|resume", &[ALWAYS, ASK, "start 2|probed"]),
    ("in doubt, probed", "open|start 1|resume|probed", &[ALWAYS, ASK, "start 2|probed"]),
    (
        "doubt is asked",
        "open|start 1|resume|asked doubt",
        &[ALWAYS, "asked change|doubt done|doubt rerun"],
    ),
    ("it was done", "open|start 1|resume|asked doubt|doubt done", &[ALWAYS, ASK, "checked"]),
    (
        "it is to be run again",
        "open|start 1|resume|asked doubt|doubt rerun",
        &[ALWAYS, ASK, "start 2|checked"],
    ),
    (
        "by hand is asked",
        "open|asked manual",
        &[ALWAYS, "asked change|manual done|manual failed|manual hold"],
    ),
    ("a word is asked", "open|asked attest", &[ALWAYS, "asked change|attest confirm|attest deny"]),
    (
        "a failure is asked",
        "open|checked|asked failure",
        &[ALWAYS, "asked change|failure retry|failure rerun"],
    ),
    ("a step is skipped", "open|stepskip", &[ALWAYS, ASK, "start 1|checked"]),
    ("held", "open|asked gate|gate hold", &["resume|recover|note"]),
    ("a change is accepted", "open|asked change|change accept", &[ALWAYS, ASK, FRESH, "change"]),
    ("ended by a person", "open|asked gate|gate abort", &[ALWAYS, "asked change|close aborted"]),
    ("closed", "open|asked gate|gate abort|close aborted", &["recover|note"]),
];

fn made(path: &str) -> Session {
    let mut session = Session::default();
    for (seq, words) in (1..).zip(path.split('|').filter(|words| !words.is_empty())) {
        let entry = Entry { seq, at: at(), event: event(words) };
        session.apply(&entry).unwrap_or_else(|illegal| panic!("{path}: {illegal}"));
    }
    session
}

#[test]
fn what_may_follow_is_what_the_table_says() {
    let mut cells = 0;
    for (state, path, legal) in TABLE {
        let legal: Vec<&str> = legal.iter().flat_map(|words| words.split('|')).collect();
        for word in &legal {
            assert!(EVENTS.contains(word), "{state}: `{word}` is never tried");
        }
        for words in EVENTS {
            let before = made(path);
            let seq = before.last().map_or(1, |(seq, _)| seq + 1);
            let entry = Entry { seq, at: at(), event: event(words) };
            let mut after = before.clone();
            let permitted = before.permits(&entry).is_ok();
            let applied = after.apply(&entry);
            assert_eq!(permitted, applied.is_ok(), "{state}: {words}: {applied:?}");
            assert_eq!(applied.is_ok(), legal.contains(&words), "{state}: {words}: {applied:?}");
            if applied.is_err() {
                assert_eq!(after, before, "{state}: {words} was refused and changed something");
            } else {
                assert_eq!(after.last(), Some((seq, at())));
            }
            for wrong in [0, seq + 1, seq.wrapping_sub(1), u64::MAX] {
                let entry = Entry { seq: wrong, ..entry.clone() };
                assert!(before.permits(&entry).is_err(), "{state}: {words} as number {wrong}");
            }
            cells += 1;
        }
    }
    assert_eq!(cells, 25 * 52);
}

#[test]
fn a_question_takes_its_answers_and_no_others() {
    let all = "proceed hold recheck abort done failed confirm deny retry rerun accept";
    for word in ["gate", "end", "manual", "attest", "failure", "doubt", "change"] {
        let takes = match word {
            "gate" | "end" => "proceed hold recheck abort",
            "manual" => "done failed hold abort",
            "attest" => "confirm deny hold abort",
            "failure" => "retry rerun hold abort",
            "doubt" => "done rerun hold abort",
            _ => "accept hold abort",
        };
        let session = made(&format!("open|asked {word}"));
        for given in all.split(' ') {
            let entry = Entry { seq: 3, at: at(), event: event(&format!("{word} {given}")) };
            let taken = takes.split(' ').any(|taken| taken == given);
            assert_eq!(session.permits(&entry).is_ok(), taken, "{word}: {given}");
        }
    }
}

#[test]
fn only_the_eighth_phase_leads_to_the_end() {
    let mut session = made("open");
    let mut seq = 1;
    let mut take = |session: &mut Session, event: Event| {
        seq += 1;
        session.apply(&Entry { seq, at: at(), event })
    };
    for phase in Phase::ALL {
        let gate = Question::Gate { to: Some(phase) };
        take(&mut session, asked(&gate)).unwrap();
        take(&mut session, answered(&gate, Answer::Proceed)).unwrap();
        let mut early = session.clone();
        let close = Event::Closed { close: Close::Finished };
        let seq = session.last().unwrap().0 + 1;
        early.apply(&Entry { seq, at: at(), event: close }).unwrap_err();
        take(&mut session, Event::Entered { phase }).unwrap();
    }
    let end = Question::Gate { to: None };
    take(&mut session, asked(&end)).unwrap();
    take(&mut session, answered(&end, Answer::Proceed)).unwrap();
    take(&mut session, Event::Closed { close: Close::Finished }).unwrap();
}

#[test]
fn what_was_done_or_said_survives_a_changed_runbook_and_what_was_seen_does_not() {
    let before = made("open|start 1|acted ok|checked|asked change|change accept|change");
    let state = before.step(&name("a"));
    assert!(state.action.is_good());
    assert_eq!(state.checks, None);
    assert_eq!(before.runbook_text(), "new");
    // Accepted in one process, not yet followed, and asked again in the next.
    let resumed = made("open|asked change|change accept|resume");
    assert_eq!(resumed.accepted(), None);
    let entry = Entry { seq: 5, at: at(), event: event("change") };
    assert!(resumed.permits(&entry).is_err());
    let declined = made("open|asked gate|asked change|resume");
    assert_eq!(declined.pending(), None, "the question is put anew, and the gate after it");
}

#[test]
fn a_note_that_was_torn_behind_the_end_does_not_end_all_notes() {
    let closed = scene(book(&[])).answers([Answer::Abort]).run();
    let whole = closed.bytes();
    let mut journal =
        Journal::resume(Shared::new(Disk::holding(&whole)), whole.clone(), at()).unwrap();
    journal.record(at(), event("note")).unwrap();
    let noted = journal.image().to_vec();
    for cut in whole.len()..=noted.len() {
        let bytes = noted[..cut].to_vec();
        let disk = Shared::new(Disk::holding(&bytes));
        let mut journal = Journal::resume(disk, bytes, at()).unwrap();
        journal.record(at(), event("note")).unwrap();
    }
}
