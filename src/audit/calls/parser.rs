//! The reader of scripts: its state, and what every part of it needs. It goes from left to right,
//! as a shell does, and never back by more than a few characters, so it takes no longer than the
//! script is long. Nesting is limited: what nobody could have written is not followed.

use std::ops::Range;

use super::script::{Assign, Fault, Feature, Script, Slot, Use};
use super::{Call, Word};

/// How deep commands, substitutions and braces may be nested.
const DEEPEST: u32 = 48;

/// After so many faults the rest is not read.
const MOST_FAULTS: usize = 10;

/// Words that end a list of commands.
const CLOSERS: [&str; 8] = ["then", "else", "elif", "fi", "do", "done", "esac", "}"];

/// Why reading stopped.
pub(super) enum Stop {
    /// A shell would not go on, either.
    Fault(Range<usize>, String),
    /// It is nested too deeply to be followed.
    TooDeep,
}

pub(super) type Parsed<T = ()> = Result<T, Stop>;

/// What a shell would not go on behind.
pub(super) fn fault<T>(part: Range<usize>, message: impl Into<String>) -> Parsed<T> {
    Err(Stop::Fault(part, message.into()))
}

/// A here-document whose text is still to come.
pub(super) struct Here {
    pub(super) end: String,
    pub(super) strips_tabs: bool,
    pub(super) is_literal: bool,
    pub(super) place: Range<usize>,
    /// The call that reads it, if it is one.
    pub(super) call: Option<usize>,
}

/// Reads a script.
pub(super) struct Parser<'a> {
    pub(super) text: &'a str,
    /// Where reading is.
    pub(super) at: usize,
    /// Where it ends.
    pub(super) end: usize,
    /// How many substitutions and functions are around.
    pub(super) level: u32,
    /// How many functions.
    pub(super) functions: u32,
    pub(super) heres: Vec<Here>,
    pub(super) calls: Vec<Call>,
    pub(super) script: Script,
    depth: u32,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &'a str, script: Script) -> Self {
        let (heres, calls) = (Vec::new(), Vec::new());
        let end = text.len();
        Self { text, at: 0, end, level: 0, functions: 0, heres, calls, script, depth: 0 }
    }

    /// Reads all of it; behind a fault it goes on with the next line.
    pub(super) fn run(mut self) -> (Vec<Call>, Script) {
        while self.at < self.end {
            let read = self.list().and_then(|_| match self.at < self.end {
                true => Err(self.unexpected()),
                false => Ok(()),
            });
            match read {
                Ok(()) => break,
                Err(Stop::TooDeep) => {
                    self.script.is_whole = false;
                    break;
                }
                Err(Stop::Fault(part, message)) => {
                    let place = self.script.place(&part);
                    self.script.faults.push(Fault { place, message });
                    if self.script.faults.len() == MOST_FAULTS {
                        break;
                    }
                    self.skip_line(part.end);
                }
            }
        }
        (self.calls, self.script)
    }

    fn skip_line(&mut self, from: usize) {
        let from = from.max(self.at);
        self.end = self.text.len();
        let line = self.text[from..].find('\n');
        self.at = line.map_or(self.end, |line| from + line + 1);
        (self.level, self.functions, self.depth) = (0, 0, 0);
        self.heres.clear();
    }

    /// Goes one deeper.
    pub(super) fn nest<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Stop::TooDeep);
        }
        let done = read(self)?;
        self.depth -= 1;
        Ok(done)
    }

    /// Reads commands whose failures and pipes are their own.
    pub(super) fn apart<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.level += 1;
        let done = self.nest(read)?;
        self.level -= 1;
        Ok(done)
    }

    pub(super) fn byte(&self) -> Option<u8> {
        self.ahead(0)
    }

    pub(super) fn ahead(&self, by: usize) -> Option<u8> {
        let at = self.at + by;
        if at < self.end { self.text.as_bytes().get(at).copied() } else { None }
    }

    pub(super) fn sees(&self, wanted: &str) -> bool {
        self.rest().starts_with(wanted)
    }

    /// What is left to read.
    pub(super) fn rest(&self) -> &'a str {
        self.text.get(self.at..self.end).unwrap_or_default()
    }

    /// Steps over one character.
    pub(super) fn step(&mut self) {
        let char = self.rest().chars().next();
        self.at += char.map_or(0, char::len_utf8);
    }

    /// What stands here has no business here.
    pub(super) fn unexpected(&self) -> Stop {
        let rest = self.rest();
        if rest.is_empty() || rest.starts_with('\n') {
            let line = self.text[..self.at].trim_end_matches([' ', '\t', '\n', '\\']);
            let before = line.char_indices().next_back().map_or(0, |(at, _)| at);
            return Stop::Fault(before..line.len(), "something is missing behind this".to_owned());
        }
        let operators = [";;", "&&", "||", "<<", ">>"];
        let operator = operators.into_iter().find(|operator| rest.starts_with(operator));
        let is_end = |c: char| c.is_whitespace() || ";&|<>()".contains(c);
        let length = operator.map_or_else(|| rest.find(is_end).unwrap_or(rest.len()), str::len);
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let part = self.at..self.at + length.max(first);
        let what = &self.text[part.clone()];
        Stop::Fault(part, format!("`{what}` is not expected here"))
    }

    /// Blanks, folded lines and comments.
    pub(super) fn skip_blanks(&mut self) {
        loop {
            match self.byte() {
                Some(b' ' | b'\t') => self.at += 1,
                Some(b'\r') if matches!(self.ahead(1), Some(b'\n') | None) => self.at += 1,
                Some(b'\\') if self.sees("\\\n") => self.at += 2,
                Some(b'\\') if self.sees("\\\r\n") => self.at += 3,
                Some(b'#') => {
                    let begin = self.at;
                    self.at += self.rest().find('\n').unwrap_or(self.end - self.at);
                    self.aside(begin..self.at);
                }
                _ => return,
            }
        }
    }

    /// Line ends too, with the here-documents behind them.
    pub(super) fn skip_lines(&mut self) -> Parsed {
        loop {
            self.skip_blanks();
            if self.byte() != Some(b'\n') {
                return Ok(());
            }
            self.at += 1;
            if !self.heres.is_empty() {
                self.here_documents()?;
            }
        }
    }

    /// The plain word here, if a shell would take it for one of its own.
    pub(super) fn plain(&self) -> &'a str {
        let rest = self.rest();
        let is_end = |c: char| " \t\r\n;&|<>()'\"$`\\".contains(c);
        // No word of the shell is longer.
        let window = rest.char_indices().nth(12).map_or(rest, |(at, _)| &rest[..at]);
        let Some(at) = window.find(is_end) else {
            return if window.len() == rest.len() { rest } else { "" };
        };
        match rest.as_bytes()[at] {
            b'\'' | b'"' | b'$' | b'`' | b'\\' => "",
            _ => &rest[..at],
        }
    }

    /// Whether a list of commands is over here.
    pub(super) fn is_over(&self) -> bool {
        let over = matches!(self.byte(), None | Some(b')')) || self.sees(";;") || self.sees(";&");
        over || CLOSERS.contains(&self.plain())
    }

    /// What must come here; `opener` began it.
    pub(super) fn expect(&mut self, wanted: &str, opener: &Range<usize>) -> Parsed {
        self.skip_blanks();
        let plain = self.plain();
        if plain == wanted || (wanted == ")" && self.byte() == Some(b')')) {
            self.at += wanted.len();
            return Ok(());
        }
        if self.at < self.end {
            return Err(self.unexpected());
        }
        let began = &self.text[opener.clone()];
        fault(opener.clone(), format!("`{began}` without its `{wanted}`"))
    }

    /// What is no command.
    pub(super) fn aside(&mut self, part: Range<usize>) {
        let place = self.script.place(&part);
        self.script.asides.push(place);
    }

    pub(super) fn feature(&mut self, part: Range<usize>, what: &'static str) {
        let place = self.script.place(&part);
        self.script.features.push(Feature { place, what });
    }

    /// A variable is read.
    pub(super) fn uses(&mut self, part: Range<usize>, name: &str, quoted: bool, slot: Slot) {
        let place = self.script.place(&part);
        let name = name.to_owned();
        let read = Use {
            name,
            place,
            is_quoted: quoted,
            has_default: false,
            is_replaced: false,
            in_function: self.functions > 0,
            slot,
            level: self.level,
        };
        self.script.uses.push(read);
    }

    /// A variable is set.
    pub(super) fn sets(&mut self, part: Range<usize>, name: &str, value: Option<Word>) {
        let place = self.script.place(&part);
        let name = name.to_owned();
        let set = Assign { name, place, value, for_call: false, is_exported: false };
        self.script.assigns.push(set);
    }

    /// Says something of all calls since then that stand where we are.
    pub(super) fn mark(&mut self, since: Range<usize>, say: impl Fn(&mut Call)) {
        let level = self.level;
        self.calls[since].iter_mut().filter(|call| call.level == level).for_each(say);
    }
}
