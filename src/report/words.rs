//! Words that are used everywhere, so that one thing has one name.

use crate::check::Outcome;
use crate::session::{Answer, Close, Hold, Question, RollbackVerdict, Watch};
use crate::value::{Moment, Span};

/// The word that a person types for a decision.
#[must_use]
pub fn answer_word(answer: Answer) -> &'static str {
    match answer {
        Answer::Proceed => "proceed",
        Answer::Hold => "hold",
        Answer::Recheck => "check",
        Answer::Abort => "abort",
        Answer::Done => "done",
        Answer::Failed => "failed",
        Answer::Confirm => "yes",
        Answer::Deny => "no",
        Answer::Retry => "retry",
        Answer::Rerun => "rerun",
        Answer::Accept => "accept",
        Answer::Waive => "waive",
        Answer::Rollback => "rollback",
        Answer::Never => "never",
        Answer::Wait => "wait",
        Answer::Stop => "stop",
        Answer::Leave => "leave",
    }
}

/// What a decision does, for a person who has to choose. The same word may mean another thing to
/// another question, and while rolling back.
#[must_use]
pub fn answer_words(question: &Question, answer: Answer, rolling_back: bool) -> &'static str {
    match answer {
        Answer::Proceed if *question == Question::Rollback => "roll back, as the plan says",
        Answer::Proceed => "go on",
        Answer::Hold => "stop here, go on later with `holdpoint resume`",
        Answer::Recheck if *question == Question::Identity => {
            "look again, once the credentials are the right ones"
        }
        Answer::Recheck => "run the checks of this phase again",
        Answer::Abort if rolling_back => "break the rollback off, and end this session for good",
        Answer::Abort => "end this session for good, as it is now",
        Answer::Done | Answer::Never => of_fact(question, answer, rolling_back),
        Answer::Failed => "it could not be done",
        Answer::Confirm => "it is so",
        Answer::Deny if *question == Question::Rollback => "do not roll back",
        Answer::Deny => "it is not so",
        Answer::Retry => "try again what failed",
        Answer::Rerun => "run the step again from its start",
        Answer::Accept => "go on with the changed runbook",
        Answer::Waive => "go on as if it had passed: somebody answers for it, until a time",
        Answer::Rollback => "show the plan for rolling back; asks once more",
        Answer::Wait => "wait until they have ended",
        Answer::Stop => "end them: ask, wait a little, then kill",
        Answer::Leave => "leave them alone, and go on beside them",
    }
}

/// What a person says of an action: that it happened, or that it did not.
fn of_fact(question: &Question, answer: Answer, rolling_back: bool) -> &'static str {
    let (failed, doubt, is_undo) = match question {
        Question::Failure { .. } => (true, false, false),
        Question::Doubt { step } => (false, true, step.as_str().starts_with(UNDO)),
        Question::Gate { .. }
        | Question::Manual { .. }
        | Question::Attest { .. }
        | Question::Running { .. }
        | Question::Identity
        | Question::Rollback
        | Question::RunbookChange { .. } => (false, false, false),
    };
    match (answer, doubt && rolling_back, is_undo) {
        (Answer::Never, true, false) => "it never happened: there is nothing to take back",
        (Answer::Never, _, _) => "it never happened: it is run now",
        (_, true, false) => "it happened, all or some of it: it is taken back",
        (_, true, true) => "it happened: it is not run again",
        (_, false, _) if doubt => "it happened: go on with its checks",
        (_, false, _) if failed => "you did it by hand (you say what)",
        (_, false, _) => "it is done",
    }
}

/// What the names of the steps that take something back begin with.
pub(super) const UNDO: &str = "undo.";

/// How a session ended, in words.
#[must_use]
pub fn close_words(close: Close) -> &'static str {
    match close {
        Close::Finished => "finished",
        Close::Aborted => "aborted",
        Close::Failed => "failed",
        Close::RolledBack(RollbackVerdict::Verified) => "rolled back and verified",
        Close::RolledBack(RollbackVerdict::NotVerified) => "rolled back, not verified",
        Close::RolledBack(RollbackVerdict::Failed) => "rollback failed",
    }
}

/// How far a window has come: `12 of 31 samples, 2 failed (1 allowed), 3 told nothing`.
#[must_use]
pub fn window_words(watch: &Watch) -> String {
    let unknown = match watch.unknown {
        0 => String::new(),
        some => format!(", {some} told nothing"),
    };
    format!(
        "{} of {} samples, {} failed ({} allowed){unknown}",
        watch.covered(),
        watch.needed,
        watch.failed,
        watch.allowed
    )
}

/// The last samples of a window, one character each: `.` passed, `x` failed, `?` told nothing.
#[must_use]
pub fn trend(watch: &Watch) -> String {
    let shown = |outcome: &Outcome| match outcome {
        Outcome::Pass => '.',
        Outcome::Fail => 'x',
        Outcome::Unknown => '?',
    };
    watch.trend.iter().map(shown).collect()
}

/// Why a session is held, in words.
#[must_use]
pub fn hold_words(why: Option<Hold>) -> &'static str {
    match why {
        None => "a person decided to hold",
        Some(Hold::NoTerminal) => "there was no terminal to ask on",
        Some(Hold::TerminalLost) => {
            "the terminal's input ended (Ctrl-D, or a terminal that was closed)"
        }
        Some(Hold::Interrupt) => "Ctrl-C",
        Some(Hold::Terminate) => "a request to terminate (SIGTERM)",
        Some(Hold::HangUp) => "the terminal hung up (SIGHUP)",
        Some(Hold::Edited) => "the runbook was edited, and cannot be followed as it is",
    }
}

/// `1 step`, `2 steps`.
#[must_use]
pub fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// A span as people say it: two units at most, tenths of a second below ten seconds.
#[must_use]
pub fn rough(span: Span) -> String {
    let millis = span.millis();
    match millis {
        0..=999 => format!("{millis}ms"),
        1_000..=9_999 => format!("{}.{}s", millis / 1000, millis % 1000 / 100),
        _ => {
            let whole = Span::from_secs(millis / 1000).to_string();
            whole.split(' ').take(2).collect::<Vec<_>>().join(" ")
        }
    }
}

/// Time between two moments, as people say it. A clock that went back makes it `0ms`.
#[must_use]
pub fn age(from: Moment, to: Moment) -> String {
    let millis = u64::try_from(to.millis().saturating_sub(from.millis())).unwrap_or(0);
    rough(Span::from_millis(millis))
}

/// Which question waits, in words.
#[must_use]
pub fn question_words(question: &Question) -> String {
    match question {
        Question::Gate { to: Some(phase) } => format!("gate to phase {phase}"),
        Question::Gate { to: None } => "last gate".to_owned(),
        Question::Manual { step } => format!("manual step {step}"),
        Question::Attest { phase, number } => {
            format!("exit criterion {number} of phase {}", phase.number())
        }
        Question::Failure { step } => format!("failed step {step}"),
        Question::Doubt { step } => format!("step {step} in doubt"),
        Question::Running { step } => format!("processes of step {step} that still run"),
        Question::Identity => "AWS identity".to_owned(),
        Question::Rollback => "rollback".to_owned(),
        Question::RunbookChange { .. } => "changed runbook".to_owned(),
    }
}
