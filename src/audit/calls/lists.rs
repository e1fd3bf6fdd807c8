//! Lists of commands: `;`, `&`, `&&`, `||`, `!` and pipes.

use super::Call;
use super::parser::{Parsed, Parser};

/// What makes good whatever failed before `||`.
const FORGIVE: [&str; 4] = ["true", ":", "echo", "printf"];

/// What decides whether the command behind `&&` runs.
const TESTS: [&str; 6] = ["[", "[[", "test", "grep", "command", "which"];

impl Parser<'_> {
    /// Commands up to something that ends them; how many.
    pub(super) fn list(&mut self) -> Parsed<usize> {
        let (mut count, mut last) = (0, self.calls.len());
        loop {
            self.skip_lines()?;
            if self.is_over() {
                return Ok(count);
            }
            let begin = self.calls.len();
            self.mark(last..begin, |call| call.is_followed = true);
            last = begin;
            self.and_or()?;
            count += 1;
            self.skip_blanks();
            match self.byte() {
                Some(b';') if self.is_over() => {}
                Some(b';') => self.at += 1,
                Some(b'&') => {
                    self.at += 1;
                    let end = self.calls.len();
                    self.mark(begin..end, |call| call.is_background = true);
                }
                Some(b'\n') | None => {}
                // `if (a) then`: behind a group a word of the shell needs nothing before it.
                Some(_) if self.is_over() => {}
                Some(_) => return Err(self.unexpected()),
            }
        }
    }

    /// `a && b || c`.
    fn and_or(&mut self) -> Parsed {
        let begin = self.calls.len();
        let mut is_guarded = false;
        loop {
            let last = self.calls.len();
            self.pipeline()?;
            let end = self.calls.len();
            self.mark(last..end, |call| call.is_guarded |= is_guarded);
            self.skip_blanks();
            let is_or = self.sees("||");
            if !is_or && !self.sees("&&") {
                return Ok(());
            }
            self.at += 2;
            let is_test = |call: &Call| TESTS.contains(&call.program()) || call.is_condition;
            is_guarded |= is_or || self.calls[last..end].first().is_some_and(is_test);
            self.mark(last..end, |call| call.is_condition = true);
            self.skip_lines()?;
            if is_or && FORGIVE.contains(&self.plain()) && self.is_last_command() {
                self.mark(begin..end, |call| call.is_forgiven = true);
            }
        }
    }

    /// Whether the command here ends the list of `&&` and `||`. Looks no further than its line.
    fn is_last_command(&self) -> bool {
        let line = self.rest().lines().next().unwrap_or_default();
        let line = line.char_indices().nth(400).map_or(line, |(at, _)| &line[..at]);
        !line.contains("&&") && !line.contains("||")
    }

    fn pipeline(&mut self) -> Parsed {
        self.skip_blanks();
        let begin = self.calls.len();
        let mut is_negated = false;
        while self.plain() == "!" {
            is_negated = true;
            self.at += 1;
            self.skip_blanks();
        }
        if self.plain() == "time" {
            self.at += 4;
            self.skip_blanks();
        }
        let mut last = begin;
        self.command()?;
        self.skip_blanks();
        while self.byte() == Some(b'|') && !self.sees("||") {
            if self.sees("|&") {
                self.feature(self.at..self.at + 2, "`|&`");
                self.at += 1;
            }
            self.at += 1;
            let end = self.calls.len();
            self.mark(last..end, |call| call.pipes_on = true);
            self.mark(begin..end, |call| call.pipe = begin + 1);
            self.skip_lines()?;
            last = end;
            self.command()?;
            let end = self.calls.len();
            self.mark(last..end, |call| {
                call.is_piped = true;
                call.pipe = begin + 1;
            });
            self.skip_blanks();
        }
        if is_negated {
            let end = self.calls.len();
            self.mark(begin..end, |call| {
                call.is_condition = true;
                call.is_negated = true;
            });
        }
        Ok(())
    }

    /// Puts a call in the place that it has in the order of what is written: before the calls in
    /// its own words.
    pub(super) fn call(&mut self, begin: usize, mut call: Call) {
        call.level = self.level;
        call.in_script = true;
        call.in_function = self.functions > 0;
        self.calls.insert(begin, call);
    }
}
