//! Every state of a session against every event: which may follow, written down as a table that
//! knows nothing of the code. What is refused changes nothing.

use holdpoint::check::cloud::Identity;
use holdpoint::check::{AwsIdentity, Check, CheckTable, Claim, Reading, Verdict};
use holdpoint::journal::Journal;
use holdpoint::runbook::Phase;
use holdpoint::session::{
    Answer, Answered, Close, Ending, Entry, Event, Finding, Opened, Question, Resumed, Sampled,
    Session, Target, Terms,
};
use holdpoint::text::Capture;
use holdpoint::value::{Digest, Moment, Span};

use crate::disk::{Disk, Shared};
use crate::scene::{ada, book, name, scene};

mod aws;
mod table;
mod words;

use table::TABLE;
use words::{ANSWERS, EVENTS, event};

const FIRST: Phase = Phase::PreDeploymentAnalysis;
const SECOND: Phase = Phase::EnvironmentPreparation;

fn at() -> Moment {
    Moment::from_millis(1_800_000_000_000)
}

fn check() -> Check {
    let table: CheckTable = toml::from_str("file = { path = 'x' }").expect("a check");
    let claim = table.claims().remove(0);
    Check { title: None, claim, until: None, timeout: Check::TIMEOUT, baseline: false }
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
        aws: None,
        variables: Vec::new(),
        rehearsal: None,
    }))
}

/// The same, with who asks AWS.
pub fn opened_with(aws: Identity) -> Event {
    let Event::Opened(opened) = opened("old", Digest::of(b"old")) else { panic!("it is opened") };
    Event::Opened(Box::new(Opened { aws: Some(aws), ..*opened }))
}

/// Who was seen to ask AWS, compared with the one of these suites.
pub fn identified(wanted: &Identity, reading: Reading, verdict: Verdict) -> Event {
    let claim = AwsIdentity {
        account: Some(wanted.account.clone()),
        region: Some(wanted.region.clone()),
        role: None,
        principal: Some(wanted.principal().to_owned()),
        endpoint: Some(AwsIdentity::AWS.to_owned()),
    };
    let check = Check { claim: Claim::AwsIdentity(claim), ..check() };
    Event::Identified { found: Finding { check, reading, verdict, tries: 1 } }
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

/// Somebody answers for it, long after every moment of these suites.
pub fn terms() -> Terms {
    Terms { owner: "Grace H.".to_owned(), until: Moment::from_millis(2_000_000_000_000) }
}

/// A sample: its number in the window, how many are needed and may fail, and what it saw.
pub fn sampled(step: &str, number: u32, (needed, allowed): (u32, u32), saw: Verdict) -> Event {
    let gap = (number > 1).then(|| Span::from_secs(1));
    let (took, findings) = (Span::from_millis(1), vec![finding(saw)]);
    Event::Sampled(Sampled { step: name(step), number, needed, allowed, gap, took, findings })
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
        text: matches!(answer, Answer::Waive | Answer::Done).then(|| "known".to_owned()),
        waiver: (answer == Answer::Waive).then(terms),
        criterion: None,
    })
}

pub fn made(path: &str) -> Session {
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
    for (state, path, legal) in TABLE.into_iter().chain(aws::TABLE) {
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
    assert_eq!(cells, (TABLE.len() + aws::TABLE.len()) * EVENTS.len());
    assert!(cells > 4_000, "{cells}");
}

#[test]
fn a_question_takes_its_answers_and_no_others() {
    let backwards = "open|asked rollback|rollback proceed|back";
    for (word, takes) in [
        ("gate", "proceed hold recheck rollback abort"),
        ("end", "proceed hold recheck rollback abort"),
        ("manual", "done failed hold rollback abort"),
        ("attest", "confirm deny hold rollback abort"),
        ("failure", "retry rerun done waive rollback hold abort"),
        ("doubt", "done rerun rollback hold abort"),
        ("running", "wait stop leave hold abort"),
        ("identity", "recheck hold abort"),
        ("rollback", "proceed deny hold abort"),
        ("change", "accept hold abort"),
    ] {
        for path in ["open", backwards] {
            let wrong = if word == "identity" { "|identified other" } else { "" };
            let session = made(&format!("{path}{wrong}|asked {word}"));
            let seq = session.last().unwrap().0 + 1;
            for given in ANSWERS.split(' ') {
                let entry = Entry { seq, at: at(), event: event(&format!("{word} {given}")) };
                let taken = takes.split(' ').any(|taken| taken == given);
                // Nobody rolls back twice, and only who does can say that something never was.
                let taken = match given {
                    "rollback" => taken && path == "open",
                    "never" => word == "doubt" && path != "open",
                    _ => taken,
                };
                assert_eq!(session.permits(&entry).is_ok(), taken, "{path}: {word}: {given}");
            }
        }
    }
}

#[test]
fn a_session_that_was_opened_again_ends_as_it_had_or_rolled_back() {
    let aborted = "open|asked gate|gate abort|close aborted|requested";
    let failed = "open|checked bad|policy stop|close failed|requested";
    let no = "asked rollback|rollback deny";
    let yes = "asked rollback|rollback proceed|back";
    let again = "asked failure|failure abort";
    let closes: Vec<&str> = EVENTS.into_iter().filter(|it| it.starts_with("close ")).collect();
    for (path, wanted) in [
        (aborted.to_owned(), ""),
        (failed.to_owned(), ""),
        (format!("{aborted}|{no}"), "close aborted"),
        (format!("{failed}|{no}"), "close failed"),
        (format!("{failed}|asked rollback|rollback abort"), "close failed"),
        (format!("{aborted}|{yes}"), "close not-verified"),
        (format!("{aborted}|{yes}|start 1"), ""),
        (format!("{aborted}|{yes}|{again}"), "close broken-off"),
        (format!("{aborted}|{yes}|start 1|acted bad|policy stop"), "close broken-off"),
        (format!("{failed}|{yes}|{again}|close broken-off|requested"), ""),
        (format!("{failed}|{yes}|{again}|close broken-off|requested|{yes}"), "close not-verified"),
    ] {
        let session = made(&path);
        let seq = session.last().unwrap().0 + 1;
        let legal =
            |words: &&&str| session.permits(&Entry { seq, at: at(), event: event(words) }).is_ok();
        let found: Vec<&str> = closes.iter().filter(legal).copied().collect();
        assert_eq!(found.join(" "), wanted, "{path}");
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
