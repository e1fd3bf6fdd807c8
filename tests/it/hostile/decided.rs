//! What is asked, decided and watched, at its worst; and every fixed word there is.

use holdpoint::runbook::OnFailure;
use holdpoint::session::{
    Answer, Answered, Close, Event, Hold, Question, RollbackVerdict, Sampled, Terms,
};
use proptest::prelude::*;
use proptest::sample::select;

use super::{digest, findings, moment, name, person, phase, span, text};

pub const ANSWERS: [Answer; 17] = [
    Answer::Proceed,
    Answer::Hold,
    Answer::Recheck,
    Answer::Abort,
    Answer::Done,
    Answer::Failed,
    Answer::Confirm,
    Answer::Deny,
    Answer::Retry,
    Answer::Rerun,
    Answer::Accept,
    Answer::Waive,
    Answer::Rollback,
    Answer::Never,
    Answer::Wait,
    Answer::Stop,
    Answer::Leave,
];

pub const HOLDS: [Hold; 6] = [
    Hold::NoTerminal,
    Hold::TerminalLost,
    Hold::Interrupt,
    Hold::Terminate,
    Hold::HangUp,
    Hold::Edited,
];

pub const CLOSES: [Close; 6] = [
    Close::Finished,
    Close::Aborted,
    Close::Failed,
    Close::RolledBack(RollbackVerdict::Verified),
    Close::RolledBack(RollbackVerdict::NotVerified),
    Close::RolledBack(RollbackVerdict::Failed),
];

pub const POLICIES: [OnFailure; 4] =
    [OnFailure::Ask, OnFailure::Stop, OnFailure::Rollback, OnFailure::Continue];

pub fn question() -> BoxedStrategy<Question> {
    prop_oneof![
        prop::option::of(phase()).prop_map(|to| Question::Gate { to }),
        name().prop_map(|step| Question::Manual { step }),
        (phase(), any::<u32>()).prop_map(|(phase, number)| Question::Attest { phase, number }),
        name().prop_map(|step| Question::Failure { step }),
        name().prop_map(|step| Question::Doubt { step }),
        name().prop_map(|step| Question::Running { step }),
        Just(Question::Identity),
        Just(Question::Rollback),
        digest().prop_map(|digest| Question::RunbookChange { digest }),
    ]
    .boxed()
}

/// A text that is sometimes so long, or of so many lines, that it gets a block.
fn long() -> BoxedStrategy<String> {
    prop_oneof![3 => text(), 1 => text().prop_map(|text| text.repeat(20))].boxed()
}

pub fn answered() -> BoxedStrategy<Event> {
    let waiver = (long(), moment()).prop_map(|(owner, until)| Terms { owner, until });
    let maybe = || prop::option::of(long());
    let texts = (maybe(), maybe(), maybe());
    (question(), select(&ANSWERS[..]), person(), prop::option::of(waiver), texts)
        .prop_map(|(question, answer, by, waiver, (name, text, criterion))| {
            Event::Answered(Answered { question, answer, by, name, text, waiver, criterion })
        })
        .boxed()
}

pub fn sampled() -> BoxedStrategy<Event> {
    let counts = (any::<u32>(), any::<u32>(), any::<u32>());
    (name(), counts, prop::option::of(span()), span(), findings())
        .prop_map(|(step, (number, needed, allowed), gap, took, findings)| {
            Event::Sampled(Sampled { step, number, needed, allowed, gap, took, findings })
        })
        .boxed()
}
