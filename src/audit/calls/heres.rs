//! Here-documents: texts behind the line that asks for them.

use super::Word;
use super::parser::{Here, Parsed, Parser, fault};
use super::script::Slot;

impl Parser<'_> {
    /// Reads the texts of all here-documents that the line before asked for.
    pub(super) fn here_documents(&mut self) -> Parsed {
        for here in std::mem::take(&mut self.heres) {
            let begin = self.at;
            let Some(end) = self.skip_text(&here) else {
                let says = format!("no line `{}` ends this here-document", here.end);
                return fault(here.place, says);
            };
            self.aside(begin..end);
            let place = self.script.place(&(begin..end));
            let text = self.text[begin..end].to_owned();
            if let Some(call) = here.call.and_then(|at| self.calls.get_mut(at)) {
                call.input = Some(Word { text, place, ..Word::default() });
            }
            if !here.is_literal {
                self.expand_text(begin, end)?;
            }
        }
        Ok(())
    }

    /// Goes behind the line that ends it; where its text ends.
    fn skip_text(&mut self, here: &Here) -> Option<usize> {
        while self.at < self.end {
            let begin = self.at;
            let line = self.rest().split('\n').next().unwrap_or_default();
            self.at = (begin + line.len() + 1).min(self.end);
            let tabs: &[char] = if here.strips_tabs { &['\t'] } else { &[] };
            if line.trim_start_matches(tabs).trim_end_matches('\r') == here.end {
                // The line end stays: it also ends the command.
                self.at = begin + line.len();
                return Some(begin);
            }
        }
        None
    }

    /// What is filled in between these places.
    fn expand_text(&mut self, begin: usize, close: usize) -> Parsed {
        let (at, end) = (self.at, self.end);
        (self.at, self.end) = (begin, close);
        let mut inner = Word::default();
        while let Some(byte) = self.byte() {
            match byte {
                b'$' => self.dollar(&mut inner, true, Slot::Here)?,
                b'`' => self.backtick(&mut inner)?,
                b'\\' => {
                    self.at += 1;
                    self.step();
                }
                _ => self.step(),
            }
        }
        (self.at, self.end) = (at, end);
        Ok(())
    }
}
