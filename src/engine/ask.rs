//! Puts one question to a person and records what comes of it.

use super::{Record, Reply, Subject, World, note};
use crate::journal::Error;
use crate::report::{Brief, difference};
use crate::runbook::Runbook;
use crate::session::{Answered, Event, Question};

/// Asks until there is an answer or nobody to give one. The question is on record, with what was
/// shown, before it is put; a question that a resumed session finds open is not recorded twice.
pub(super) async fn ask(
    question: Question,
    subject: Subject<'_>,
    record: &mut dyn Record,
    world: &World<'_>,
) -> Result<(), Error> {
    let mut brief = Brief::of(&question, record.session(), subject.runbook, subject.values);
    if let Question::Doubt { step } = &question {
        brief.add_left_running(&world.actor.left_running(step));
    }
    put(&brief, subject, record, world).await
}

/// Offers a changed runbook: what is different, and what going on with it means. When it is
/// accepted, that is on record before anything runs.
///
/// # Errors
/// Where something could not be recorded.
pub async fn offer_change(
    book: &Runbook,
    subject: Subject<'_>,
    record: &mut dyn Record,
    world: &World<'_>,
) -> Result<(), Error> {
    let question = Question::RunbookChange { digest: book.source.digest };
    let mut brief = Brief::of(&question, record.session(), subject.runbook, subject.values);
    brief.add(difference(record.session().runbook_text(), &book.source.text));
    put(&brief, subject, record, world).await?;
    if record.session().accepted() == Some(book.source.digest) {
        let text = book.source.text.clone();
        let variables = subject.values.recorded(book);
        note(record, world, Event::RunbookChanged { text, variables })?;
        record.redraw();
    }
    Ok(())
}

async fn put(
    brief: &Brief,
    subject: Subject<'_>,
    record: &mut dyn Record,
    world: &World<'_>,
) -> Result<(), Error> {
    let question = brief.question.clone();
    if record.session().pending() != Some(&question) {
        let shown = brief.text();
        note(record, world, Event::Asked { question: question.clone(), shown })?;
    }
    loop {
        let event = match world.prompter.ask(brief, world.stop).await {
            Reply::Note { text, learning } => {
                note(record, world, Event::Noted { by: subject.by.clone(), text, learning })?;
                continue;
            }
            Reply::Nobody(why) => Event::Held { why },
            Reply::Answer { answer, name, text } => {
                let by = subject.by.clone();
                Event::Answered(Answered { question, answer, by, name, text })
            }
        };
        return note(record, world, event);
    }
}
