//! Words that are used everywhere, so that one thing has one name.

use crate::session::{Answer, Hold, Question};
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
    }
}

/// What a decision does, for a person who has to choose.
#[must_use]
pub fn answer_words(answer: Answer) -> &'static str {
    match answer {
        Answer::Proceed => "go on",
        Answer::Hold => "stop here, go on later with `holdpoint resume`",
        Answer::Recheck => "run the checks of this phase again",
        Answer::Abort => "end this session for good",
        Answer::Done => "it is done",
        Answer::Failed => "it could not be done",
        Answer::Confirm => "it is so",
        Answer::Deny => "it is not so",
        Answer::Retry => "try again what failed",
        Answer::Rerun => "run the step again from its start",
        Answer::Accept => "go on with the changed runbook",
    }
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
        Question::RunbookChange { .. } => "changed runbook".to_owned(),
    }
}
