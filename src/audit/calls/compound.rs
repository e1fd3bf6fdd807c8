//! Commands that hold others: `if`, `while`, `for`, `case`, `( … )`, `{ … }`, functions.

use std::ops::Range;

use super::Call;
use super::parser::{Parsed, Parser, fault};
use super::script::Slot;
use super::simple::Redirected;

/// A redirection behind a group counts for every call in it; a hostile script has thousands.
const MOST_REDIRECTS: usize = 4;

impl Parser<'_> {
    pub(super) fn command(&mut self) -> Parsed {
        self.nest(Self::one_command)
    }

    fn one_command(&mut self) -> Parsed {
        self.skip_blanks();
        let (begin, first) = (self.at, self.calls.len());
        let plain = self.plain();
        let opener = begin..begin + plain.len();
        match plain {
            "if" => self.if_command(&opener)?,
            "while" | "until" => self.loop_command(&opener)?,
            "for" | "select" => self.for_command(&opener)?,
            "case" => self.case_command(&opener)?,
            "{" => self.group(&opener, "}")?,
            "function" => return self.bash_function(&opener),
            "[[" => self.double_bracket(&opener)?,
            _ if self.sees("((") && self.sum_length(2).is_some() => {
                self.feature(begin..begin + 2, "`(( … ))`");
                self.sum(2)?;
            }
            _ if self.byte() == Some(b'(') => self.group(&(begin..begin + 1), ")")?,
            _ => return self.simple(),
        }
        let mut redirected = Redirected::default();
        self.skip_blanks();
        while self.redirect(&mut redirected)? {
            self.skip_blanks();
        }
        redirected.writes.truncate(MOST_REDIRECTS);
        let end = self.calls.len();
        self.mark(first..end, |call| {
            call.writes.extend(redirected.writes.iter().cloned());
            call.input = call.input.take().or_else(|| redirected.input.clone());
        });
        Ok(())
    }

    /// A list that must not be empty.
    fn some(&mut self) -> Parsed {
        match self.list()? {
            0 => Err(self.unexpected()),
            _ => Ok(()),
        }
    }

    fn condition(&mut self) -> Parsed {
        let begin = self.calls.len();
        self.some()?;
        let end = self.calls.len();
        self.mark(begin..end, |call| call.is_condition = true);
        Ok(())
    }

    /// A list that only runs where something else says so.
    fn guarded(&mut self) -> Parsed {
        let begin = self.calls.len();
        self.some()?;
        let end = self.calls.len();
        self.mark(begin..end, |call| call.is_guarded = true);
        Ok(())
    }

    fn group(&mut self, opener: &Range<usize>, closer: &str) -> Parsed {
        self.at = opener.end;
        self.some()?;
        self.expect(closer, opener)
    }

    fn if_command(&mut self, opener: &Range<usize>) -> Parsed {
        self.at = opener.end;
        loop {
            self.condition()?;
            self.expect("then", opener)?;
            self.guarded()?;
            self.skip_blanks();
            match self.plain() {
                "elif" => self.at += 4,
                "else" => {
                    self.at += 4;
                    self.guarded()?;
                    return self.expect("fi", opener);
                }
                _ => return self.expect("fi", opener),
            }
        }
    }

    fn loop_command(&mut self, opener: &Range<usize>) -> Parsed {
        self.at = opener.end;
        self.condition()?;
        self.do_group(opener)
    }

    fn do_group(&mut self, opener: &Range<usize>) -> Parsed {
        let begin = self.calls.len();
        self.expect("do", opener)?;
        self.some()?;
        let end = self.calls.len();
        self.mark(begin..end, |call| call.in_loop = true);
        self.expect("done", opener)
    }

    fn for_command(&mut self, opener: &Range<usize>) -> Parsed {
        self.at = opener.end;
        if &self.text[opener.clone()] == "select" {
            self.feature(opener.clone(), "`select`");
        }
        self.skip_blanks();
        if self.sees("((") {
            self.feature(self.at..self.at + 2, "`for (( … ))`");
            self.sum(2)?;
        } else {
            let begin = self.at;
            let name = self.name();
            if name.is_empty() {
                return Err(self.unexpected());
            }
            let place = begin..self.at;
            self.skip_lines()?;
            let mut words = Vec::new();
            if self.plain() == "in" {
                self.at += 2;
                self.skip_blanks();
                while let Some(word) = self.word(Slot::Loop)? {
                    words.push(word);
                    self.skip_blanks();
                }
            }
            // The value that tells least of what it may be.
            let vague =
                words.iter().position(|word| word.expands || word.text.contains(['*', '?']));
            let value = words.into_iter().nth(vague.unwrap_or_default());
            self.sets(place, name, value);
        }
        self.skip_blanks();
        if self.byte() == Some(b';') {
            self.at += 1;
        }
        self.skip_lines()?;
        self.do_group(opener)
    }

    fn case_command(&mut self, opener: &Range<usize>) -> Parsed {
        self.at = opener.end;
        self.skip_blanks();
        if self.word(Slot::Case)?.is_none() {
            return Err(self.unexpected());
        }
        self.skip_lines()?;
        self.expect("in", opener)?;
        loop {
            self.skip_lines()?;
            if self.plain() == "esac" || self.at == self.end {
                return self.expect("esac", opener);
            }
            self.case_item(opener)?;
        }
    }

    fn case_item(&mut self, opener: &Range<usize>) -> Parsed {
        if self.byte() == Some(b'(') {
            self.at += 1;
        }
        loop {
            self.skip_blanks();
            if self.word(Slot::Case)?.is_none() {
                return Err(self.unexpected());
            }
            self.skip_blanks();
            match self.byte() {
                Some(b'|') => self.at += 1,
                Some(b')') => break,
                _ => return Err(self.unexpected()),
            }
        }
        self.at += 1;
        let begin = self.calls.len();
        self.list()?;
        let end = self.calls.len();
        self.mark(begin..end, |call| call.is_guarded = true);
        if self.sees(";;&") || self.sees(";&") {
            let length = if self.sees(";;&") { 3 } else { 2 };
            self.feature(self.at..self.at + length, "`;&`");
            self.at += length;
        } else if self.sees(";;") {
            self.at += 2;
        } else if self.plain() != "esac" {
            return self.expect("esac", opener);
        }
        Ok(())
    }

    fn bash_function(&mut self, opener: &Range<usize>) -> Parsed {
        self.feature(opener.clone(), "`function`");
        self.at = opener.end;
        self.skip_blanks();
        let Some(name) = self.word(Slot::Case)? else { return Err(self.unexpected()) };
        self.skip_blanks();
        if self.sees("()") {
            self.at += 2;
        }
        self.function(&name.text)
    }

    /// The body of a function.
    pub(super) fn function(&mut self, name: &str) -> Parsed {
        self.script.functions.insert(name.to_owned());
        self.skip_lines()?;
        self.functions += 1;
        self.apart(Self::one_command)?;
        self.functions -= 1;
        Ok(())
    }

    fn double_bracket(&mut self, opener: &Range<usize>) -> Parsed {
        self.feature(opener.clone(), "`[[ … ]]`");
        let begin = self.calls.len();
        let mut words = Vec::new();
        loop {
            self.skip_lines()?;
            match self.word(Slot::Test)? {
                Some(word) => words.push(word),
                None => {
                    return fault(opener.clone(), "`[[` without its `]]`");
                }
            }
            if words.last().is_some_and(|word| word.text == "]]" && !word.is_quoted) {
                break;
            }
        }
        let place = self.script.place(&(opener.start..self.at));
        self.call(begin, Call { words, place, ..Call::default() });
        Ok(())
    }
}
