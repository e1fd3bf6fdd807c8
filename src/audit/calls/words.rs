//! Words: what stands between blanks, with its quotes.

use super::Word;
use super::parser::{Parsed, Parser, fault};
use super::script::{Dialect, Slot};

impl Parser<'_> {
    /// The word here; none where something else stands.
    pub(super) fn word(&mut self, slot: Slot) -> Parsed<Option<Word>> {
        let begin = self.at;
        let mut word = Word::default();
        let mut is_bare = false;
        if slot == Slot::Test && self.is_closing_bracket() {
            self.at += 2;
            let place = self.script.place(&(begin..self.at));
            return Ok(Some(Word { text: "]]".to_owned(), place, ..word }));
        }
        while let Some(byte) = self.byte() {
            match byte {
                b'\'' => self.single(&mut word)?,
                b'"' => self.double(&mut word, slot)?,
                b' ' | b'\t' | b'\n' => break,
                b'\r' if matches!(self.ahead(1), Some(b'\n') | None) => break,
                b'$' => {
                    is_bare |= !matches!(self.ahead(1), Some(b'\'' | b'"'));
                    self.dollar(&mut word, false, slot)?;
                }
                b'`' => {
                    is_bare = true;
                    self.backtick(&mut word)?;
                }
                b'\\' => {
                    is_bare = true;
                    self.escape(&mut word);
                }
                b'<' | b'>' if self.ahead(1) == Some(b'(') && slot != Slot::Test => {
                    is_bare = true;
                    self.process(&mut word)?;
                }
                b'(' if self.is_extended_glob(&word) => self.extended_glob(&mut word)?,
                b';' | b'&' | b'|' | b'<' | b'>' | b'(' | b')' if slot != Slot::Test => break,
                _ => {
                    is_bare = true;
                    self.bare(&mut word);
                }
            }
        }
        if self.at == begin {
            return Ok(None);
        }
        word.is_quoted = !is_bare;
        word.place = self.script.place(&(begin..self.at));
        Ok(Some(word))
    }

    fn is_closing_bracket(&self) -> bool {
        let ends = |byte: u8| b" \t\r\n;&|<>()".contains(&byte);
        self.sees("]]") && self.ahead(2).is_none_or(ends)
    }

    fn bare(&mut self, word: &mut Word) {
        let begin = self.at;
        if self.byte() == Some(b'{') && self.is_alternatives() {
            self.feature(begin..begin + 1, "`{a,b}`");
        }
        self.step();
        word.text.push_str(&self.text[begin..self.at]);
    }

    /// Whether `{a,b}` or `{1..3}` stands here.
    fn is_alternatives(&self) -> bool {
        let window = self
            .rest()
            .char_indices()
            .nth(80)
            .map_or(self.rest(), |(at, _)| self.rest().get(..at).unwrap_or_default());
        let Some(end) = window.find('}') else { return false };
        let inner = &window[1..end];
        let plain = !inner.contains([' ', '\t', '\n', '"', '\'', '$', '{', ';']);
        plain && (inner.contains(',') || inner.contains(".."))
    }

    fn escape(&mut self, word: &mut Word) {
        self.at += 1;
        if self.byte() == Some(b'\n') {
            self.at += 1;
        } else if self.at < self.end {
            let begin = self.at;
            self.step();
            word.text.push_str(&self.text[begin..self.at]);
        }
    }

    pub(super) fn single(&mut self, word: &mut Word) -> Parsed {
        let begin = self.at + 1;
        let Some(length) = self.text[begin..self.end].find('\'') else {
            return fault(self.at..begin, "this quote is never closed");
        };
        word.text.push_str(&self.text[begin..begin + length]);
        self.at = begin + length + 1;
        Ok(())
    }

    pub(super) fn double(&mut self, word: &mut Word, slot: Slot) -> Parsed {
        let opener = self.at..self.at + 1;
        self.at += 1;
        while let Some(byte) = self.byte() {
            match byte {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'$' => self.dollar(word, true, slot)?,
                b'`' => self.backtick(word)?,
                b'\\' if matches!(self.ahead(1), Some(b'"' | b'$' | b'`' | b'\\' | b'\n')) => {
                    self.escape(word);
                }
                _ => {
                    let begin = self.at;
                    self.step();
                    word.text.push_str(&self.text[begin..self.at]);
                }
            }
        }
        fault(opener, "this quote is never closed")
    }

    /// `@(a|b)` of bash.
    fn is_extended_glob(&self, word: &Word) -> bool {
        self.script.dialect != Dialect::Sh && word.text.ends_with(['@', '?', '*', '+', '!'])
    }

    fn extended_glob(&mut self, word: &mut Word) -> Parsed {
        let begin = self.at;
        let Some(length) = self.rest().find([')', '\n']) else { return Err(self.unexpected()) };
        self.at += length + 1;
        word.text.push_str(&self.text[begin..self.at]);
        Ok(())
    }
}
