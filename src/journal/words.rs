//! The fixed words of an entry's facts. Written entries hold them for ever: words may be added,
//! none may change.

use super::page::{Reader, Step, Stop};
use crate::check::Exit;
use crate::runbook::OnFailure;
use crate::session::{Answer, Close, Ending, Hold, RollbackVerdict};

pub(super) const ANSWERS: [(Answer, &str); 17] = [
    (Answer::Proceed, "proceed"),
    (Answer::Hold, "hold"),
    (Answer::Recheck, "recheck"),
    (Answer::Abort, "abort"),
    (Answer::Done, "done"),
    (Answer::Failed, "failed"),
    (Answer::Confirm, "confirm"),
    (Answer::Deny, "deny"),
    (Answer::Retry, "retry"),
    (Answer::Rerun, "rerun"),
    (Answer::Accept, "accept"),
    (Answer::Waive, "waive"),
    (Answer::Rollback, "rollback"),
    (Answer::Never, "never happened"),
    (Answer::Wait, "wait"),
    (Answer::Stop, "stop"),
    (Answer::Leave, "leave"),
];

pub(super) const HOLDS: [(Hold, &str); 6] = [
    (Hold::NoTerminal, "no terminal"),
    (Hold::TerminalLost, "terminal lost"),
    (Hold::Interrupt, "interrupt"),
    (Hold::Terminate, "terminate"),
    (Hold::HangUp, "hang-up"),
    (Hold::Edited, "edited runbook"),
];

pub(super) const CLOSES: [(Close, &str); 6] = [
    (Close::Finished, "finished"),
    (Close::Aborted, "aborted"),
    (Close::Failed, "failed"),
    (Close::RolledBack(RollbackVerdict::Verified), "rolled back and verified"),
    (Close::RolledBack(RollbackVerdict::NotVerified), "rolled back, not verified"),
    (Close::RolledBack(RollbackVerdict::Failed), "rollback failed"),
];

pub(super) const POLICIES: [(OnFailure, &str); 4] = [
    (OnFailure::Ask, "ask"),
    (OnFailure::Stop, "stop"),
    (OnFailure::Rollback, "rollback"),
    (OnFailure::Continue, "continue"),
];

pub(super) const CHANGES: [(bool, &str); 2] = [(false, "none"), (true, "uncommitted")];

/// The word for a value.
pub(super) fn word<T: PartialEq>(words: &[(T, &'static str)], value: &T) -> &'static str {
    let found = words.iter().find(|(other, _)| other == value);
    found.map(|(_, word)| *word).expect("each table has every value, which a test shows")
}

/// The value of a fact that is one of these words.
pub(super) fn fact_of<T: Copy>(reader: &mut Reader<'_>, key: &str, words: &[(T, &str)]) -> Step<T> {
    let from = reader.at();
    let found: String = reader.fact(key)?;
    let value = words.iter().find(|(_, word)| *word == found).map(|(value, _)| *value);
    value.ok_or_else(|| {
        let all: Vec<&str> = words.iter().map(|(_, word)| *word).collect();
        Stop::Bad { at: from, wanted: format!("`{key}` to be one of {}", all.join(", ")) }
    })
}

/// How an action ended, in words.
pub(super) fn ending(ending: &Ending) -> String {
    match ending {
        Ending::Exit(Exit::Code(code)) => format!("exit code {code}"),
        Ending::Exit(Exit::Signal(signal)) => format!("signal {signal}"),
        Ending::Timeout => "timeout".to_owned(),
        Ending::Interrupted => "interrupted".to_owned(),
        Ending::NotStarted(_) => "not started".to_owned(),
        Ending::Waited => "waited".to_owned(),
        Ending::Rehearsed(None) => format!("{REHEARSED}nothing recorded"),
        Ending::Rehearsed(Some(recorded)) => format!("{REHEARSED}{}", self::ending(recorded)),
    }
}

/// What the ending of an action begins with of which nothing was started.
const REHEARSED: &str = "rehearsed: ";

/// Reads [`ending`], and the reason where it has one.
pub(super) fn read_ending(reader: &mut Reader<'_>) -> Step<Ending> {
    let from = reader.at();
    let words: String = reader.fact("ending")?;
    let Some(recorded) = words.strip_prefix(REHEARSED) else {
        return read_words(reader, from, &words);
    };
    if recorded == "nothing recorded" {
        return Ok(Ending::Rehearsed(None));
    }
    let recorded = read_words(reader, from, recorded)?;
    Ok(Ending::Rehearsed(Some(Box::new(recorded))))
}

fn read_words(reader: &mut Reader<'_>, from: usize, words: &str) -> Step<Ending> {
    let number = |prefix: &str| words.strip_prefix(prefix).and_then(|rest| rest.parse().ok());
    Ok(match words {
        "timeout" => Ending::Timeout,
        "interrupted" => Ending::Interrupted,
        "waited" => Ending::Waited,
        "not started" => Ending::NotStarted(reader.fact("why")?),
        _ => match (number("exit code "), number("signal ")) {
            (Some(code), _) => Ending::Exit(Exit::Code(code)),
            (_, Some(signal)) => Ending::Exit(Exit::Signal(signal)),
            _ => return Err(Stop::Bad { at: from, wanted: "words for an ending".to_owned() }),
        },
    })
}
