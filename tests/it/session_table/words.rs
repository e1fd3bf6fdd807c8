//! Events in a word or three: what the table of legal events is written in.

use holdpoint::check::cloud::Identity;
use holdpoint::check::{Reading, Verdict};
use holdpoint::runbook::{OnFailure, Phase};
use holdpoint::session::{
    Answer, Answered, Close, Ending, Event, Hold, Question, Recovered, Resumed, RollbackVerdict,
    Sampled, Terms,
};
use holdpoint::value::{Digest, Moment, Person, Span};

use super::{
    FIRST, SECOND, acted, asked, at, checked, finding, identified, opened, opened_with, resumed,
    started,
};
use crate::hostile::ANSWERS as ALL;
use crate::scene::{ada, name};
use crate::world::{jane, unknown};

/// Every answer there is.
pub const ANSWERS: &str = "proceed hold recheck abort done failed confirm deny retry rerun accept \
                           waive rollback never wait stop leave";

/// Every event that is tried in every state.
pub const EVENTS: [&str; 103] = [
    "open",
    "open-aws",
    "identified",
    "identified other",
    "identified unknown",
    "identified forged",
    "asked identity",
    "identity recheck",
    "identity abort",
    "identity proceed",
    "open-forged",
    "resume",
    "requested",
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
    "acted stopped",
    "checked",
    "checked bad",
    "checked unknown",
    "sampled 1",
    "sampled 1 gap",
    "sampled 2",
    "sampled 2 gap",
    "sampled 3 gap",
    "policy ask",
    "policy stop",
    "policy rollback",
    "policy continue",
    "waiver-over",
    "gate-over 1",
    "gate-over 2",
    "back",
    "stepskip",
    "probed",
    "rehearsed",
    "asked gate",
    "asked end",
    "asked manual",
    "asked attest",
    "asked failure",
    "asked doubt",
    "asked running",
    "asked rollback",
    "asked change",
    "gate proceed",
    "gate hold",
    "gate recheck",
    "gate rollback",
    "gate abort",
    "gate done",
    "gate terms",
    "gate criterion",
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
    "failure waive",
    "failure waive-past",
    "failure waive-now",
    "failure waive-bare",
    "failure waive-why",
    "failure rollback",
    "failure abort",
    "doubt done",
    "doubt rerun",
    "doubt never",
    "doubt retry",
    "running wait",
    "running stop",
    "running leave",
    "running done",
    "rollback proceed",
    "rollback criterion",
    "rollback deny",
    "rollback rollback",
    "change accept",
    "change proceed",
    "held",
    "note",
    "close finished",
    "close aborted",
    "close failed",
    "close verified",
    "close not-verified",
    "close broken-off",
];

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
        "running" => Question::Running { step },
        "identity" => Question::Identity,
        "rollback" => Question::Rollback,
        "change" => Question::RunbookChange { digest: Digest::of(b"new") },
        other => panic!("{other}"),
    }
}

/// An answer in a word; a second one says what is odd about it.
fn answered(to: &str, words: &str) -> Event {
    let (word, odd) = match words {
        "terms" | "criterion" => ("proceed", words),
        _ => words.split_once('-').unwrap_or((words, "")),
    };
    let found = ALL.into_iter().find(|it| format!("{it:?}").eq_ignore_ascii_case(word));
    let answer = found.unwrap_or_else(|| panic!("{words}"));
    let ends = at().millis() + if odd == "past" { -1 } else { i64::from(odd != "now") };
    let has_terms = (answer == Answer::Waive && odd != "bare") || odd == "terms";
    let has_why = matches!(answer, Answer::Waive | Answer::Done) && odd != "why";
    Event::Answered(Answered {
        question: question(to),
        answer,
        by: ada(),
        name: None,
        text: has_why.then(|| "known".to_owned()),
        waiver: has_terms
            .then(|| Terms { owner: "ops".to_owned(), until: Moment::from_millis(ends) }),
        criterion: (odd == "criterion").then(|| "It is broken".to_owned()),
    })
}

/// A sample of a window of two, none of which may fail.
fn sampled(number: &str, gap: bool, verdict: Verdict) -> Event {
    let second = Span::from_millis(1_000);
    Event::Sampled(Sampled {
        step: name("a"),
        number: number.parse().expect("a number"),
        needed: 2,
        allowed: 0,
        gap: gap.then_some(second),
        took: second,
        findings: vec![finding(verdict)],
    })
}

fn verdict(word: &str) -> Verdict {
    match word {
        "ok" => Verdict::Pass("ok".to_owned()),
        "bad" => Verdict::Fail("bad".to_owned()),
        "unknown" => Verdict::Unknown("nobody knows".to_owned()),
        other => panic!("{other}"),
    }
}

/// Who was seen to ask AWS. The forged one is compared with somebody else.
fn seen(word: &str) -> Event {
    let other = Identity { account: "999999999999".to_owned(), ..jane() };
    let found = |identity: &Identity| Reading::Identity(identity.clone());
    match word {
        "ok" => identified(&jane(), found(&jane()), verdict("ok")),
        "other" => identified(&jane(), found(&other), verdict("bad")),
        "unknown" => identified(&jane(), unknown(), verdict("unknown")),
        "forged" => {
            let arn = jane().arn.replace("deployer", "admin");
            let admin = Identity { arn, ..jane() };
            identified(&admin, found(&admin), verdict("ok"))
        }
        other => panic!("{other}"),
    }
}

fn policy(word: &str) -> OnFailure {
    match word {
        "ask" => OnFailure::Ask,
        "stop" => OnFailure::Stop,
        "rollback" => OnFailure::Rollback,
        "continue" => OnFailure::Continue,
        other => panic!("{other}"),
    }
}

fn close(word: &str) -> Close {
    match word {
        "finished" => Close::Finished,
        "aborted" => Close::Aborted,
        "failed" => Close::Failed,
        "verified" => Close::RolledBack(RollbackVerdict::Verified),
        "not-verified" => Close::RolledBack(RollbackVerdict::NotVerified),
        "broken-off" => Close::RolledBack(RollbackVerdict::Failed),
        other => panic!("{other}"),
    }
}

/// An event in a word or three: `asked gate`, `gate proceed`, `start 1`.
pub fn event(words: &str) -> Event {
    let person = || Person { user: "bob".to_owned(), host: "laptop".to_owned() };
    let torn = Recovered { bytes: 3, digest: Digest::of(b"abc"), kept_in: "x.torn-2".to_owned() };
    let change =
        |text: &str| Event::RunbookChanged { text: text.to_owned(), variables: Vec::new() };
    let skip = |phase| Event::PhaseSkipped { phase, why: "no".to_owned() };
    let step = || name("a");
    let came = Resumed { by: ada(), program: "test".to_owned(), directory: "/".to_owned() };
    match words.split(' ').collect::<Vec<_>>().as_slice() {
        ["open"] => opened("old", Digest::of(b"old")),
        ["open-aws"] => opened_with(jane()),
        ["identified"] => seen("ok"),
        ["identified", word] => seen(word),
        ["open-forged"] => opened("old", Digest::of(b"older")),
        ["resume"] => resumed(),
        ["requested"] => Event::RollbackRequested(came),
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
        ["acted", "stopped"] => acted("a", Ending::Interrupted),
        ["checked"] => checked("a", verdict("ok")),
        ["checked", word] => checked("a", verdict(word)),
        ["sampled", number] => sampled(number, false, verdict("ok")),
        ["sampled", number, "gap"] => sampled(number, true, verdict("ok")),
        ["sampled", number, word] => sampled(number, *number != "1", verdict(word)),
        ["policy", word] => Event::PolicyApplied { step: step(), policy: policy(word) },
        ["waiver-over"] => Event::WaiverExpired { step: step() },
        ["gate-over", "1"] => Event::GateExpired { phase: FIRST },
        ["gate-over", _] => Event::GateExpired { phase: SECOND },
        ["back"] => Event::RollbackEntered,
        ["stepskip"] => Event::StepSkipped { step: step(), why: "no".to_owned() },
        ["probed"] => Event::Probed { step: step(), finding: finding(verdict("ok")) },
        ["rehearsed"] => Event::Rehearsed { step: step(), does: None, findings: Vec::new() },
        ["asked", word] => asked(&question(word)),
        ["held"] => Event::Held { why: Hold::Interrupt },
        ["note"] => Event::Noted { by: person(), text: "hm".to_owned(), learning: false },
        ["close", word] => Event::Closed { close: close(word) },
        [to, words] => answered(to, words),
        other => panic!("{other:?}"),
    }
}
