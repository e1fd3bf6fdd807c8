//! One command: assignments, redirections, words.

use super::parser::{Here, Parsed, Parser, fault};
use super::script::{Slot, Use};
use super::{Call, Redirect, Word};

/// What a command's redirections say.
#[derive(Default)]
pub(super) struct Redirected {
    pub(super) writes: Vec<Redirect>,
    pub(super) input: Option<Word>,
}

/// Redirections, the longer before the shorter.
const REDIRECTIONS: [&str; 12] =
    ["&>>", "&>", "<<<", "<<-", "<<", "<&", "<>", "<", ">>", ">|", ">&", ">"];

/// What sets variables by its arguments.
const DECLARE: [&str; 5] = ["export", "readonly", "local", "declare", "typeset"];

impl<'a> Parser<'a> {
    pub(super) fn simple(&mut self) -> Parsed {
        let (begin, first) = (self.at, self.calls.len());
        let mut call = Call::default();
        let (mut own, mut redirected) = (Vec::new(), Redirected::default());
        let (heres, uses) = (self.heres.len(), self.script.uses.len());
        loop {
            self.skip_blanks();
            if self.redirect(&mut redirected)? {
                continue;
            }
            let declares = DECLARE.contains(&call.program());
            if (call.words.is_empty() || declares) && self.assignment(&mut call)? {
                own.push(self.script.assigns.len() - 1);
                continue;
            }
            let slot = if call.words.is_empty() { Slot::Program } else { Slot::Argument };
            let Some(word) = self.word(slot)? else { break };
            call.words.push(word);
            if call.words.len() == 1 && self.is_function()? {
                let name = call.words[0].text.clone();
                return self.function(&name);
            }
        }
        if self.at == begin {
            return Err(self.unexpected());
        }
        if call.words.is_empty()
            && own.is_empty()
            && let Some(redirect) = redirected.writes.first()
        {
            // `> FILE` is `: > FILE`.
            let place = redirect.to.place.clone();
            call.words.push(Word { text: ":".to_owned(), place, ..Word::default() });
        }
        if call.program() == "echo" {
            let level = self.level;
            let own = |read: &&mut Use| read.level == level && read.slot == Slot::Argument;
            self.script.uses.iter_mut().skip(uses).filter(own).for_each(|it| it.slot = Slot::Said);
        }
        if let (Some(word), Some(last)) = (call.words.first(), call.words.last()) {
            call.place = word.place.start..last.place.end;
            let declares = DECLARE.contains(&call.program());
            for at in own {
                self.script.assigns[at].for_call = !declares;
                self.script.assigns[at].is_exported = call.program() == "export";
            }
            self.learn(&call);
            (call.writes, call.input) = (redirected.writes, redirected.input);
            self.call(first, call);
            for here in self.heres.iter_mut().skip(heres) {
                here.call.get_or_insert(first);
            }
        }
        Ok(())
    }

    /// Goes over the `()` of a function's definition.
    fn is_function(&mut self) -> Parsed<bool> {
        self.skip_blanks();
        if self.byte() != Some(b'(') {
            return Ok(false);
        }
        let behind = self.rest()[1..].trim_start_matches([' ', '\t']);
        if !behind.starts_with(')') {
            return Err(self.unexpected());
        }
        self.at = self.end - behind.len() + 1;
        Ok(true)
    }

    /// `NAME=value`, `NAME+=value`, `NAME=( … )`.
    fn assignment(&mut self, call: &mut Call) -> Parsed<bool> {
        let begin = self.at;
        let name = self.name();
        if self.byte() == Some(b'[')
            && let Some(index) = self.rest().find([']', '\n', ' '])
            && self.rest()[index..].starts_with("]=")
        {
            self.feature(begin..self.at, "an array");
            self.at += index + 1;
        }
        let adds = self.sees("+=");
        if name.is_empty() || !(adds || self.byte() == Some(b'=')) {
            self.at = begin;
            return Ok(false);
        }
        if adds {
            self.feature(self.at..self.at + 2, "`+=`");
            self.at += 1;
        }
        self.at += 1;
        let value = if self.byte() == Some(b'(') {
            self.feature(begin..self.at + 1, "an array");
            self.array()?;
            None
        } else {
            Some(self.word(Slot::Assigned)?.unwrap_or_default())
        };
        if call.words.is_empty() {
            call.assigns.push(name.to_owned());
        } else {
            let text = self.text[begin..self.at].to_owned();
            let expands = value.as_ref().is_none_or(|value| value.expands);
            let place = self.script.place(&(begin..self.at));
            call.words.push(Word { text, place, expands, is_quoted: false });
        }
        self.sets(begin..begin + name.len(), name, value);
        Ok(true)
    }

    fn array(&mut self) -> Parsed {
        let opener = self.at..self.at + 1;
        self.at += 1;
        loop {
            self.skip_lines()?;
            if self.word(Slot::Loop)?.is_none() {
                return self.expect(")", &opener);
            }
        }
    }

    /// A redirection, if one stands here.
    pub(super) fn redirect(&mut self, redirected: &mut Redirected) -> Parsed<bool> {
        let begin = self.at;
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).take(4).count();
        let rest = &self.rest()[digits..];
        let Some(sign) = REDIRECTIONS.into_iter().find(|sign| rest.starts_with(sign)) else {
            return Ok(false);
        };
        if digits == 0 && (rest.starts_with("<(") || rest.starts_with(">(")) {
            return Ok(false);
        }
        self.at += digits + sign.len();
        match sign {
            "&>" | "&>>" => self.feature(begin..self.at, "`&>`"),
            "<<<" => self.feature(begin..self.at, "`<<<`"),
            _ => {}
        }
        self.skip_blanks();
        let place = self.at;
        let Some(to) = self.word(Slot::Target)? else {
            let says = format!("`{sign}` leads to no file");
            return fault(begin..begin + digits + sign.len(), says);
        };
        let is_number = to.text.trim_end_matches('-').bytes().all(|b| b.is_ascii_digit());
        match sign {
            "<<" | "<<-" => {
                self.await_here(place, sign == "<<-", &to);
                redirected.input = Some(to);
            }
            "<" | "<<<" => redirected.input = Some(to),
            ">" | ">>" | ">|" | "&>" | "&>>" | "<>" => {
                redirected.writes.push(Redirect { to, appends: sign.ends_with(">>") });
            }
            ">&" if !is_number && !to.expands => {
                self.feature(begin..self.at, "`>& FILE`");
                redirected.writes.push(Redirect { to, appends: false });
            }
            _ => {}
        }
        Ok(true)
    }

    fn await_here(&mut self, begin: usize, strips_tabs: bool, end: &Word) {
        let place = begin..self.at;
        let is_literal = self.text[place.clone()].contains(['\'', '"', '\\']);
        let end = end.text.clone();
        self.heres.push(Here { end, strips_tabs, is_literal, place, call: None });
    }

    /// The name here; empty if there is none.
    pub(super) fn name(&mut self) -> &'a str {
        let rest = self.rest();
        let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let length = rest.bytes().take_while(|b| is_name(*b)).count();
        if rest.starts_with(|c: char| c.is_ascii_digit()) {
            return "";
        }
        self.at += length;
        &rest[..length]
    }

    /// What a call of the shell's own tells about the rest of the script.
    fn learn(&mut self, call: &Call) {
        let names = |skip: usize| call.arguments().iter().skip(skip).filter(|word| !word.expands);
        match call.program() {
            "set" => self.learn_set(call),
            "read" | "local" | "declare" | "typeset" | "readonly" | "mapfile" | "readarray" => {
                names(0).for_each(|word| self.learn_name(word));
            }
            "getopts" => {
                names(1).take(1).for_each(|word| self.learn_name(word));
                for name in ["OPTARG", "OPTIND"] {
                    self.sets(0..0, name, None);
                }
            }
            "printf" if call.has(&["-v"]) => {
                names(1).take(1).for_each(|word| self.learn_name(word));
            }
            _ => {}
        }
    }

    fn learn_name(&mut self, word: &Word) {
        let is_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        let mut bytes = word.text.bytes();
        if bytes.all(is_name) && !word.text.starts_with(|c: char| c.is_ascii_digit()) {
            self.sets(0..0, &word.text, None);
            if let Some(set) = self.script.assigns.last_mut() {
                set.place = word.place.clone();
            }
        }
    }

    fn learn_set(&mut self, call: &Call) {
        let texts: Vec<&str> = call.arguments().iter().map(|word| word.text.as_str()).collect();
        for (at, text) in texts.iter().enumerate() {
            let Some(letters) = text.strip_prefix('-').filter(|_| *text != "--") else { continue };
            let name = texts.get(at + 1).copied().filter(|_| letters.ends_with('o'));
            if letters.contains('e') || name == Some("errexit") {
                // The call itself stands before what is counted from.
                let from = self.calls.len() + 1;
                self.script.exits_from.get_or_insert(from);
            }
            self.script.stops_at_unset |= letters.contains('u') || name == Some("nounset");
            self.script.is_pipefail |= name == Some("pipefail");
        }
    }
}
