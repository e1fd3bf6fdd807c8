//! What a person says with an answer: why, who answers for it, until when, which criterion applies.
//!
//! A line that cannot be meant is asked for again. An empty one gives the whole answer up, so that
//! nobody is caught in a question that they came to by mistake.

use std::io;

use super::super::identity::WallClock;
use super::conversation::Talk;
use crate::engine::{Clock as _, Said};
use crate::report::{Brief, Line, Tone, Word, age};
use crate::session::{Answer, Question, Terms};
use crate::value::Moment;

/// Letters without which a reason is none.
const REASON: usize = 3;

/// What goes with the answer; none where the person gave the answer up.
pub(super) fn with(talk: &Talk<'_>, brief: &Brief, answer: Answer) -> io::Result<Option<Said>> {
    let mut said = Said::default();
    if brief.word == Word::Name && is_signed(answer) {
        let Some(name) = name(talk)? else { return Ok(None) };
        said.name = Some(name);
    }
    match (answer, &brief.question) {
        (Answer::Waive, _) => return waiver(talk),
        (Answer::Proceed, Question::Rollback) => return decision(talk, &brief.criteria),
        (Answer::Done, Question::Failure { .. }) => {
            let Some(text) = reason(talk, "What was done (one line, or `edit`)")? else {
                return Ok(None);
            };
            said.text = Some(text);
        }
        (Answer::Done, _) if brief.word == Word::Text => {
            said.text = Some(what_was_done(talk)?);
        }
        (Answer::Hold | Answer::Abort | Answer::Deny | Answer::Failed, _) => {
            said.text = talk.text("Why (Enter for no reason)")?;
        }
        (_, _) => {}
    }
    Ok(Some(said))
}

/// Whether the answer is a word by name, where one is asked for.
pub(super) fn is_signed(answer: Answer) -> bool {
    matches!(answer, Answer::Confirm | Answer::Accept)
}

fn what_was_done(talk: &Talk<'_>) -> io::Result<String> {
    loop {
        let what = "What was done (one line, or `edit` to open your editor)";
        if let Some(text) = talk.text(what)? {
            return Ok(text);
        }
    }
}

fn waiver(talk: &Talk<'_>) -> io::Result<Option<Said>> {
    talk.tell(Tone::Quiet, "An empty line takes the answer back.")?;
    let Some(owner) = owner(talk)? else { return Ok(None) };
    let why = "Why (what is accepted, and until what is mended)";
    let Some(text) = reason(talk, why)? else { return Ok(None) };
    let Some(until) = until(talk)? else { return Ok(None) };
    let waiver = Some(Terms { owner, until });
    Ok(Some(Said { text: Some(text), waiver, ..Said::default() }))
}

fn decision(talk: &Talk<'_>, criteria: &[String]) -> io::Result<Option<Said>> {
    talk.tell(Tone::Quiet, "An empty line takes the answer back.")?;
    let criterion = if criteria.is_empty() {
        None
    } else {
        let numbered = (1..).zip(criteria);
        let lines: Vec<Line> = numbered
            .map(|(number, text)| Line::new(Tone::Plain, format!("  {number}. {text}")))
            .collect();
        talk.print(&lines)?;
        let Some(number) = number(talk, criteria)? else { return Ok(None) };
        number.checked_sub(1).and_then(|at| criteria.get(at)).cloned()
    };
    let Some(text) = reason(talk, "Why (what did you see)")? else { return Ok(None) };
    Ok(Some(Said { text: Some(text), criterion, ..Said::default() }))
}

/// The person's own name, or none when what they typed is no name.
fn name(talk: &Talk<'_>) -> io::Result<Option<String>> {
    let typed = talk.input("Your name, to sign with")?;
    let name = name_in(typed.trim());
    if name.is_none() {
        let text = format!("`{}` is no name: nothing was answered.", typed.trim());
        talk.tell(Tone::Doubt, &text)?;
    }
    Ok(name)
}

fn owner(talk: &Talk<'_>) -> io::Result<Option<String>> {
    asked(talk, "Who answers for it", |typed| {
        name_in(typed).ok_or_else(|| format!("`{typed}` is no name of somebody who could answer."))
    })
}

/// A text that says something.
fn reason(talk: &Talk<'_>, prompt: &str) -> io::Result<Option<String>> {
    loop {
        let Some(text) = talk.text(prompt)? else { return given_up(talk) };
        if text.chars().filter(|c| c.is_alphabetic()).count() >= REASON {
            return Ok(Some(text));
        }
        talk.tell(Tone::Doubt, &format!("`{text}` tells nothing to who reads it later."))?;
    }
}

fn until(talk: &Talk<'_>) -> io::Result<Option<Moment>> {
    let prompt = "Until when, in UTC, like 2026-11-22T09:00Z";
    let until = asked(talk, prompt, |typed| {
        let until = Moment::from_typed(typed)
            .map_err(|error| format!("`{typed}` is {error}: the whole date, the time, and a Z."))?;
        let now = WallClock.now();
        if until.millis() > now.millis() {
            Ok(until)
        } else {
            Err(format!("`{typed}` is over: it is {} now.", now.minute()))
        }
    })?;
    if let Some(until) = until {
        talk.tell(Tone::Quiet, &format!("That is in {}.", age(WallClock.now(), until)))?;
    }
    Ok(until)
}

fn number(talk: &Talk<'_>, criteria: &[String]) -> io::Result<Option<usize>> {
    let count = criteria.len();
    let prompt = format!("Which criterion applies (1-{count}, or 0 for none of them)");
    asked(talk, &prompt, |typed| match typed.parse::<usize>() {
        Ok(number) if number <= count => Ok(number),
        _ => Err(format!("`{typed}` is none of the numbers 0 to {count}.")),
    })
}

/// One line that means something; none where the person gave up.
fn asked<T>(
    talk: &Talk<'_>,
    prompt: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> io::Result<Option<T>> {
    loop {
        let line = talk.input(prompt)?;
        let typed = line.trim();
        if typed.is_empty() {
            return given_up(talk);
        }
        match read(typed) {
            Ok(value) => return Ok(Some(value)),
            Err(why) => talk.tell(Tone::Doubt, &why)?,
        }
    }
}

fn given_up<T>(talk: &Talk<'_>) -> io::Result<Option<T>> {
    talk.print(&[Line::new(Tone::Doubt, "Nothing was answered.")])?;
    Ok(None)
}

/// A person's name: at least two letters in it, and none of the words that mean something else.
fn name_in(typed: &str) -> Option<String> {
    const WORDS: [&str; 24] = [
        "yes", "y", "no", "n", "ok", "okay", "true", "false", "note", "learning", "proceed",
        "hold", "check", "abort", "accept", "done", "quit", "exit", "retry", "rerun", "waive",
        "rollback", "none", "nobody",
    ];
    let letters = typed.chars().filter(|c| c.is_alphabetic()).count();
    let means_else = WORDS.contains(&typed.to_lowercase().as_str());
    (letters >= 2 && !means_else && typed.chars().count() <= 80).then(|| typed.to_owned())
}
