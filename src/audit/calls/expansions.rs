//! What a shell fills in: variables, commands, sums.

use super::Word;
use super::parser::{Parsed, Parser, fault};
use super::script::Slot;

/// A sum is not longer; what looks like one and is, is two groups.
const LONGEST_SUM: usize = 1_000;

impl<'a> Parser<'a> {
    /// What begins with `$`.
    pub(super) fn dollar(&mut self, word: &mut Word, quoted: bool, slot: Slot) -> Parsed {
        let begin = self.at;
        match self.ahead(1) {
            Some(b'(') if self.ahead(2) == Some(b'(') && self.sum_length(3).is_some() => {
                self.sum(3)?;
            }
            Some(b'(') => {
                self.at += 2;
                self.commands(begin)?;
            }
            Some(b'{') => self.nest(|parser| parser.braces(quoted, slot))?,
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => {
                self.at += 1;
                let name = self.name();
                self.uses(begin..self.at, name, quoted, slot);
            }
            Some(b'0'..=b'9' | b'@' | b'*' | b'#' | b'?' | b'-' | b'$' | b'!') => {
                self.at += 2;
                let name = &self.text[begin + 1..begin + 2];
                self.uses(begin..self.at, name, quoted, slot);
            }
            Some(b'\'') if !quoted => return self.c_string(word),
            Some(b'"') if !quoted => {
                self.feature(begin..begin + 2, "`$\"…\"`");
                self.at += 1;
                return self.double(word, slot);
            }
            _ => {
                self.at += 1;
                word.text.push('$');
                return Ok(());
            }
        }
        word.text.push_str(&self.text[begin..self.at]);
        word.expands = true;
        Ok(())
    }

    /// The commands of `$( … )`, behind what opens it.
    fn commands(&mut self, begin: usize) -> Parsed {
        let opener = begin..self.at;
        self.apart(Self::substituted)?;
        self.expect(")", &opener)
    }

    fn substituted(&mut self) -> Parsed {
        let begin = self.calls.len();
        self.list()?;
        let end = self.calls.len();
        self.mark(begin..end, |call| call.is_substituted = true);
        Ok(())
    }

    /// `<( … )` and `>( … )` of bash.
    pub(super) fn process(&mut self, word: &mut Word) -> Parsed {
        let begin = self.at;
        self.feature(begin..begin + 2, "`<( … )`");
        self.at += 2;
        self.commands(begin)?;
        word.text.push_str(&self.text[begin..self.at]);
        word.expands = true;
        Ok(())
    }

    /// The old way to write `$( … )`. With escapes in it, it is not looked into.
    pub(super) fn backtick(&mut self, word: &mut Word) -> Parsed {
        let begin = self.at;
        let mut close = begin + 1;
        loop {
            match self.text.as_bytes()[..self.end].get(close) {
                None => return fault(begin..begin + 1, "this backtick is never closed"),
                Some(b'`') => break,
                Some(b'\\') => close += 2,
                Some(_) => close += 1,
            }
        }
        if !self.text[begin..close].contains('\\') {
            let end = std::mem::replace(&mut self.end, close);
            self.at += 1;
            self.apart(Self::substituted)?;
            if self.at < self.end {
                return Err(self.unexpected());
            }
            self.end = end;
        }
        self.at = close + 1;
        word.text.push_str(&self.text[begin..self.at]);
        word.expands = true;
        Ok(())
    }

    /// `$'…'` of bash.
    fn c_string(&mut self, word: &mut Word) -> Parsed {
        let begin = self.at;
        self.feature(begin..begin + 2, "`$'…'`");
        let mut close = begin + 2;
        loop {
            match self.text.as_bytes()[..self.end].get(close) {
                None => return fault(begin + 1..begin + 2, "this quote is never closed"),
                Some(b'\'') => break,
                Some(b'\\') => close += 2,
                Some(_) => close += 1,
            }
        }
        word.text.push_str(&self.text[begin + 2..close]);
        self.at = close + 1;
        Ok(())
    }

    /// `${ … }`.
    fn braces(&mut self, quoted: bool, slot: Slot) -> Parsed {
        let begin = self.at;
        self.at += 2;
        if self.byte() == Some(b'#') && !matches!(self.ahead(1), Some(b'}' | b':' | b'-' | b'+')) {
            self.at += 1;
        } else if self.byte() == Some(b'!') && self.ahead(1) != Some(b'}') {
            self.feature(begin..self.at + 1, "`${!x}`");
            self.at += 1;
        }
        let name = self.parameter();
        if name.is_empty() {
            return fault(begin..self.at, "no name of a variable stands in these braces");
        }
        if self.byte() == Some(b'[') {
            self.feature(begin..self.at + 1, "an array");
            self.at += self.rest().find([']', '\n']).map_or(1, |length| length + 1);
        }
        let at = self.script.uses.len();
        self.uses(begin..self.at, name, quoted, slot);
        self.behind_name(begin, name, quoted)?;
        let place = self.script.place(&(begin..self.at));
        self.script.uses[at].place = place;
        let operator = &self.text[begin..self.at];
        let operator = operator.split_once(name).map_or("", |(_, rest)| rest);
        let operator = operator.strip_prefix(':').unwrap_or(operator);
        self.script.uses[at].has_default = operator.starts_with(['-', '=', '?', '+']);
        self.script.uses[at].is_replaced = operator.starts_with('+');
        Ok(())
    }

    fn parameter(&mut self) -> &'a str {
        let begin = self.at;
        if !self.name().is_empty() {
            return &self.text[begin..self.at];
        }
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == begin && self.byte().is_some_and(|byte| b"@*#?-$!".contains(&byte)) {
            self.at += 1;
        }
        &self.text[begin..self.at]
    }

    /// What braces say of the variable.
    fn behind_name(&mut self, begin: usize, name: &str, quoted: bool) -> Parsed {
        let opener = begin..begin + 2;
        match self.byte() {
            None => return fault(opener, "`${` without its `}`"),
            Some(b'}') => {}
            Some(b'-' | b'?' | b'+' | b'%' | b'#') => self.at += 1,
            Some(b'=') => self.sets(begin..self.at, name, None),
            Some(b':') => match self.ahead(1) {
                Some(b'-' | b'?' | b'+') => self.at += 2,
                Some(b'=') => {
                    self.sets(begin..self.at, name, None);
                    self.at += 2;
                }
                _ => self.feature(begin..self.at + 1, "`${x:1}`"),
            },
            Some(b'/') => self.feature(begin..self.at + 1, "`${x/a/b}`"),
            Some(b'^' | b',') => self.feature(begin..self.at + 1, "`${x^}`"),
            Some(b'@') => self.feature(begin..self.at + 1, "`${x@Q}`"),
            Some(b'*') if self.text[begin..self.at].contains('!') => {}
            Some(_) => {
                self.step();
                return fault(begin..self.at, "a shell cannot fill this in");
            }
        }
        let is_value = self.text[begin..self.at].ends_with(['-', '+', '=', '?']);
        self.in_braces(opener, quoted && is_value)
    }

    fn in_braces(&mut self, opener: std::ops::Range<usize>, single_is_plain: bool) -> Parsed {
        let mut inner = Word::default();
        while let Some(byte) = self.byte() {
            match byte {
                b'}' => {
                    self.at += 1;
                    return Ok(());
                }
                b'\\' => {
                    self.at += 1;
                    self.step();
                }
                b'\'' if !single_is_plain => self.single(&mut inner)?,
                b'"' => self.double(&mut inner, Slot::Inner)?,
                b'$' => self.dollar(&mut inner, true, Slot::Inner)?,
                b'`' => self.backtick(&mut inner)?,
                _ => self.step(),
            }
        }
        fault(opener, "`${` without its `}`")
    }

    /// How long the sum here is, with its parentheses, if it is one.
    pub(super) fn sum_length(&self, opener: usize) -> Option<usize> {
        let bytes = self.text.as_bytes().get(self.at..self.end)?;
        let mut depth = 0;
        for (at, byte) in bytes.iter().enumerate().take(LONGEST_SUM).skip(opener) {
            match byte {
                b'(' => depth += 1,
                b')' if depth > 0 => depth -= 1,
                b')' => return (bytes.get(at + 1) == Some(&b')')).then_some(at + 2),
                _ => {}
            }
        }
        None
    }

    /// A sum: the variables in it.
    pub(super) fn sum(&mut self, opener: usize) -> Parsed {
        let close = self.at + self.sum_length(opener).unwrap_or(opener + 2);
        self.at += opener;
        self.nest(|parser| parser.in_sum(close - 2))?;
        self.at = close.max(self.at);
        Ok(())
    }

    fn in_sum(&mut self, close: usize) -> Parsed {
        let mut inner = Word::default();
        while self.at < close.min(self.end) {
            let begin = self.at;
            match self.byte() {
                Some(b'$') => self.dollar(&mut inner, true, Slot::Sum)?,
                Some(b'`') => self.backtick(&mut inner)?,
                Some(byte) if byte.is_ascii_digit() => {
                    while self.byte().is_some_and(|byte| byte.is_ascii_alphanumeric()) {
                        self.at += 1;
                    }
                }
                Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => {
                    let name = self.name();
                    let rest = self.rest().trim_start();
                    if rest.starts_with('=') && !rest.starts_with("==") {
                        self.sets(begin..self.at, name, None);
                    } else {
                        self.uses(begin..self.at, name, true, Slot::Sum);
                    }
                }
                _ => self.step(),
            }
        }
        Ok(())
    }
}
