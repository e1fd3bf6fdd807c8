//! `run --dry-run`: the same loop over the same session, with hands that do nothing and a record
//! that nobody keeps. Read-only checks are asked; what would change something is only shown.

use futures_util::future::{FutureExt as _, LocalBoxFuture};

use super::sitting::{Drive, Sitting};
use super::{Exit, Failure};
use crate::check::Outcome;
use crate::engine::{Clock as _, Driven, DryRecord, Prompter, Record as _, Reply, Said, Stop};
use crate::host::identity::WallClock;
use crate::report::{Brief, Line, Tone, counted};
use crate::runbook::{Runbook, Values};
use crate::session::{Answer, Event, Finding, Hold, Opened, Question, worst};
use crate::text::Mask;

pub(super) fn run(
    book: &Runbook,
    values: &Values,
    mask: Mask,
    opened: Opened,
    sitting: &Sitting,
) -> Result<Exit, Failure> {
    let session = opened.session.clone();
    let mut record = DryRecord::default();
    record
        .record(WallClock.now(), Event::Opened(Box::new(opened)))
        .map_err(|error| Failure::machine(error.to_string()))?;
    sitting.say("Dry run: nothing is changed, and no journal is written.");
    let drive = Drive { book, change: None, values, mask, session: &session, file: None };
    let driven = sitting.drive(&drive, &mut record)?;
    sitting.print(&summary(&record));
    Ok(match driven {
        Driven::Stopped(condition) => condition.into(),
        Driven::Edited => Exit::Held,
    })
}

/// What the dry run did not do, and what its checks said.
fn summary(record: &DryRecord) -> Vec<Line> {
    let mut not_run = 0;
    let mut asked = [0; 3];
    for entry in record.entries() {
        if let Event::Rehearsed { does, findings, .. } = &entry.event {
            not_run += usize::from(does.is_some());
            for finding in findings {
                asked[index(finding)] += 1;
            }
        }
    }
    let [pass, unknown, fail] = asked;
    vec![
        Line::new(Tone::Plain, ""),
        Line::new(
            Tone::Heading,
            format!(
                "Not done: {}, every gate's answer and every word by name; nothing was written.",
                counted(not_run, "action")
            ),
        ),
        Line::new(
            Tone::Plain,
            format!(
                "Asked now, before any action: {pass} pass, {fail} fail, {unknown} unknown. \
                 Checks of what an action brings about are expected to fail before it."
            ),
        ),
    ]
}

fn index(finding: &Finding) -> usize {
    match worst(std::slice::from_ref(finding)) {
        Outcome::Pass => 0,
        Outcome::Unknown => 1,
        Outcome::Fail => 2,
    }
}

/// Answers for nobody: goes past words by name; gates are put to the person, where there is one.
pub(super) struct DryPrompter<'a> {
    pub(super) person: Option<&'a dyn Prompter>,
}

impl Prompter for DryPrompter<'_> {
    fn ask<'a>(&'a self, brief: &'a Brief, stop: &'a Stop) -> LocalBoxFuture<'a, Reply> {
        let past = |answer| Reply::Answer { answer, said: Said::default() };
        match (&brief.question, self.person) {
            (Question::Gate { .. } | Question::Identity, Some(person)) => person.ask(brief, stop),
            // Nobody is here to put the credentials right.
            (Question::Identity, None) => {
                std::future::ready(Reply::Nobody(Hold::NoTerminal)).boxed_local()
            }
            (Question::Gate { .. }, None) => {
                std::future::ready(past(Answer::Proceed)).boxed_local()
            }
            (Question::Attest { .. }, _) => std::future::ready(past(Answer::Confirm)).boxed_local(),
            (
                Question::Manual { .. }
                | Question::Failure { .. }
                | Question::Doubt { .. }
                | Question::Running { .. }
                | Question::Rollback
                | Question::RunbookChange { .. },
                _,
            ) => std::future::ready(past(Answer::Abort)).boxed_local(),
        }
    }
}
