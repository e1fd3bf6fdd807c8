//! One question on a terminal, until there is an answer that it takes.
//!
//! Answers are whole words on one line. Enter alone does nothing, and no single key decides: what
//! is typed in passing is asked about again, and of a paste of many lines nothing is taken. What
//! lets things go on in production is the environment's name. A word by name is asked for behind a
//! `yes`, with what was typed beyond that thrown away.

use std::io;

use console::Term;
use dialoguer::Editor;
use dialoguer::theme::{SimpleTheme, Theme as _};

use super::super::style::Look;
use super::keyboard::{Keyboard, Typed};
use super::said;
use crate::engine::Reply;
use crate::report::{Brief, Line, Tone, Word, answer_word};
use crate::session::Answer;

/// Lines after which a small screen no longer shows how a question began.
const LONG: usize = 12;

/// A terminal to talk on.
pub(super) struct Talk<'a> {
    pub(super) term: &'a Term,
    pub(super) look: Look,
    pub(super) keyboard: &'a Keyboard,
}

/// A variable that needs a value.
pub(super) struct Asked {
    pub(super) question: String,
    pub(super) default: Option<String>,
}

/// Shows what is known, then asks until there is an answer.
pub(super) fn hold(talk: &Talk<'_>, brief: &Brief) -> io::Result<Reply> {
    let mut lines = vec![Line::new(Tone::Plain, "")];
    lines.extend(brief.lines.iter().cloned());
    lines.push(Line::new(Tone::Plain, ""));
    if brief.lines.len() > LONG {
        lines.extend(brief.short());
    }
    lines.extend(choices(brief));
    talk.print(&lines)?;
    loop {
        let typed = talk.input("Your answer")?;
        if let Some(reply) = talk.reply(brief, typed.trim())? {
            return Ok(reply);
        }
        talk.print(&brief.short())?;
        talk.print(&choices(brief))?;
    }
}

/// What can be typed, one line each.
fn choices(brief: &Brief) -> Vec<Line> {
    let mut words: Vec<(&str, String)> = Vec::new();
    for answer in &brief.answers {
        let does = brief.does(*answer);
        words.push(match &brief.word {
            Word::Exactly(text) if *answer == Answer::Proceed => {
                let this = if brief.rehearsal { "only a rehearsal of" } else { "this is" };
                (text, format!("{does} ({this} {text})"))
            }
            Word::Name if said::is_signed(*answer) => {
                (answer_word(*answer), format!("{does}; then you sign with your name"))
            }
            Word::Exactly(_) | Word::Name | Word::Plain | Word::Text => {
                (answer_word(*answer), does.to_owned())
            }
        });
    }
    words.push(("note", "write into the journal".to_owned()));
    words.push(("learning", "write into the journal's Key Learnings".to_owned()));
    let width = words.iter().map(|(word, _)| word.len()).max().unwrap_or_default() + 2;
    let line =
        |(word, does): (&str, String)| Line::new(Tone::Plain, format!("  {word:width$}{does}"));
    let head = Line::new(Tone::Plain, "Type one of these words:");
    std::iter::once(head).chain(words.into_iter().map(line)).collect()
}

impl Talk<'_> {
    /// The reply that the typed words make, if they make one.
    fn reply(&self, brief: &Brief, typed: &str) -> io::Result<Option<Reply>> {
        if let "note" | "learning" = typed {
            let text = self.text("Text (or `edit` to open your editor)")?;
            return Ok(text.map(|text| Reply::Note { text, learning: typed == "learning" }));
        }
        let takes = |answer: &Answer| match &brief.word {
            Word::Exactly(text) if *answer == Answer::Proceed => typed == text,
            Word::Exactly(_) | Word::Name | Word::Plain | Word::Text => {
                typed == answer_word(*answer)
            }
        };
        let Some(answer) = brief.answers.iter().copied().find(takes) else {
            if !typed.is_empty() {
                let text = format!("`{typed}` is none of the answers.");
                self.print(&[Line::new(Tone::Doubt, text)])?;
            }
            return Ok(None);
        };
        let said = said::with(self, brief, answer)?;
        Ok(said.map(|said| Reply::Answer { answer, said }))
    }

    pub(super) fn text(&self, prompt: &str) -> io::Result<Option<String>> {
        let typed = self.input(prompt)?;
        let text = if typed.trim() == "edit" {
            Editor::new().extension(".md").edit("").map_err(io_error)?.unwrap_or_default()
        } else {
            typed
        };
        Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
    }

    /// One line, however often it takes.
    pub(super) fn input(&self, prompt: &str) -> io::Result<String> {
        let mut drawn = String::new();
        let drawing = SimpleTheme.format_input_prompt(&mut drawn, prompt, None);
        drawing.map_err(io::Error::other)?;
        drawn.push(' ');
        loop {
            let why = match self.keyboard.line(&drawn)? {
                Typed::Line(text) => return Ok(text),
                Typed::Many => "More than one line came at once: nothing of it was taken.",
                Typed::Keys => "There were keys in it that are no text: nothing was taken.",
            };
            self.print(&[Line::new(Tone::Doubt, why)])?;
        }
    }

    pub(super) fn tell(&self, tone: Tone, text: &str) -> io::Result<()> {
        self.print(&[Line::new(tone, text)])
    }

    pub(super) fn print(&self, lines: &[Line]) -> io::Result<()> {
        let mut term = self.term;
        self.look.write(&mut term, lines)
    }
}

/// Asks for a variable's value.
pub(super) fn value(talk: &Talk<'_>, asked: &Asked) -> io::Result<String> {
    let question = Line::new(Tone::Plain, &asked.question).text;
    let Some(default) = &asked.default else {
        loop {
            let typed = talk.input(&question)?;
            if !typed.is_empty() {
                return Ok(typed);
            }
        }
    };
    let shown = Line::new(Tone::Plain, default).text;
    let typed = talk.input(&format!("{question} [{shown}]"))?;
    Ok(if typed.is_empty() { default.clone() } else { typed })
}

fn io_error(error: dialoguer::Error) -> io::Error {
    let dialoguer::Error::IO(error) = error;
    error
}
