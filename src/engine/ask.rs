//! Puts one question to a person and records what comes of it.

use super::doubt::may_still_run;
use super::{News, Record, Reply, Said, Subject, World, note};
use crate::journal::Error;
use crate::report::{Brief, difference};
use crate::runbook::Runbook;
use crate::session::{Answer, Answered, Event, Question, Session};
use crate::value::Name;

/// Asks until there is an answer or nobody to give one. The question is on record, with what was
/// shown, before it is put; a question that a resumed session finds open is not recorded twice.
pub(super) async fn ask(
    question: Question,
    subject: Subject<'_>,
    record: &mut dyn Record,
    world: &World<'_>,
) -> Result<(), Error> {
    let mut brief = Brief::of(&question, record.session(), subject.runbook, subject.values);
    if let Some(step) = about_running(&question, subject, record.session()) {
        brief.add_left_running(&world.actor.left_running(step));
    }
    put(&brief, subject, record, world).await
}

/// The step whose earlier processes a person must know of, if the question is about one.
fn about_running<'a>(
    question: &'a Question,
    subject: Subject<'_>,
    session: &Session,
) -> Option<&'a Name> {
    match question {
        Question::Doubt { step } | Question::Running { step } => Some(step),
        Question::Failure { step } => may_still_run(step, subject.runbook, session).then_some(step),
        Question::Gate { .. }
        | Question::Manual { .. }
        | Question::Attest { .. }
        | Question::Identity
        | Question::Rollback
        | Question::RunbookChange { .. } => None,
    }
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
            Reply::Answer { answer, said } => {
                if let Some(why) = unfit(&question, answer, &said, world) {
                    world.screen.show(&News::Refused(why));
                    continue;
                }
                let by = subject.by.clone();
                let Said { name, text, waiver, criterion } = said;
                Event::Answered(Answered { question, answer, by, name, text, waiver, criterion })
            }
        };
        return note(record, world, event);
    }
}

/// Why an answer cannot be taken, if so.
fn unfit(
    question: &Question,
    answer: Answer,
    said: &Said,
    world: &World<'_>,
) -> Option<&'static str> {
    let failed = matches!(question, Question::Failure { .. });
    if failed && answer == Answer::Done && said.text.is_none() {
        return Some("what was done by hand must be said");
    }
    if answer != Answer::Waive {
        return None;
    }
    let now = world.clock.now().millis();
    match (&said.waiver, &said.text) {
        (None, _) => Some("a waiver needs an owner and an end"),
        (_, None) => Some("a waiver needs a reason"),
        (Some(terms), _) if terms.until.millis() <= now => Some("a waiver must end in the future"),
        (Some(_), Some(_)) => None,
    }
}
