//! Questions and answers below their headings: what was asked, who decided what, and on which
//! terms.

use super::facts::{write_long, write_short};
use super::heading::Asking;
use super::opening::{read_person, write_person};
use super::page::{Page, Reader, Step};
use super::words::{ANSWERS, fact_of, word};
use crate::session::{Answered, Question, Terms};
use crate::value::{Digest, Moment};

pub(super) fn write_digest(question: &Question, page: &mut Page) {
    if let Question::RunbookChange { digest } = question {
        page.fact("runbook digest", digest);
    }
}

pub(super) fn read_question(reader: &mut Reader<'_>, asking: Asking) -> Step<Question> {
    match asking {
        Asking::Whole(question) => Ok(question),
        Asking::RunbookChange => {
            let digest: Digest = reader.fact("runbook digest")?;
            Ok(Question::RunbookChange { digest })
        }
    }
}

pub(super) fn write_answered(answered: &Answered, page: &mut Page) {
    write_digest(&answered.question, page);
    page.fact("answer", word(&ANSWERS, &answered.answer));
    write_person(&answered.by, page);
    if let Some(terms) = &answered.waiver {
        page.fact("until", &terms.until);
    }
    let texts = [
        ("owner", answered.waiver.as_ref().map(|terms| &terms.owner)),
        ("criterion", answered.criterion.as_ref()),
        ("name", answered.name.as_ref()),
        ("text", answered.text.as_ref()),
    ];
    write_short(&texts, page);
    write_long(&texts, page);
}

pub(super) fn read_answered(reader: &mut Reader<'_>, asking: Asking) -> Step<Answered> {
    let question = read_question(reader, asking)?;
    let answer = fact_of(reader, "answer", &ANSWERS)?;
    let by = read_person(reader)?;
    let until: Option<Moment> = reader.fact_if("until")?;
    let mut texts: [Option<String>; 4] = [const { None }; 4];
    // A waiver has an end and an owner, or is none.
    let keys = ["owner", "criterion", "name", "text"];
    let has = |key: &str| key != "owner" || until.is_some();
    for (text, key) in texts.iter_mut().zip(keys).filter(|(_, key)| has(key)) {
        *text = reader.fact_if(key)?;
    }
    for (text, key) in texts.iter_mut().zip(keys).filter(|(_, key)| has(key)) {
        if text.is_none() {
            *text = reader.text_if(&format!("text {key}"))?;
        }
    }
    let [owner, criterion, name, text] = texts;
    let waiver = match (until, owner) {
        (Some(until), Some(owner)) => Some(Terms { owner, until }),
        (Some(_), None) => return reader.bad("the owner of a waiver"),
        (None, _) => None,
    };
    Ok(Answered { question, answer, by, name, text, waiver, criterion })
}
