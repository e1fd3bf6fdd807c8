//! The shape of an entry's body: a list of facts, then blocks. One side writes it, the other
//! reads it piece by piece in the same order, and knows whether bytes that end too early could
//! have gone on. Knows nothing of events.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::str::FromStr;

use super::spell;

/// An entry in the making, from its heading on.
pub(super) struct Page {
    text: String,
    listing: bool,
}

impl Page {
    pub(super) fn new(heading: &str) -> Self {
        Self { text: format!("\n### {heading}\n"), listing: false }
    }

    /// `- key: ` and the value in a code span.
    pub(super) fn fact(&mut self, key: &str, value: &(impl ToString + ?Sized)) {
        self.spelled(key, &spell::span(&value.to_string()));
    }

    /// Two texts in one value, parted by a character that the other side of `open` cannot hold.
    pub(super) fn pair(&mut self, key: &str, value: &str) {
        self.spelled(key, value);
    }

    fn spelled(&mut self, key: &str, shown: &str) {
        if !self.listing {
            self.text.push('\n');
            self.listing = true;
        }
        writeln!(self.text, "- {key}: `{shown}`").expect("writing to a String cannot fail");
    }

    /// A fenced block with a gutter: two walls, of which either alone keeps the text inside.
    pub(super) fn block<'a>(&mut self, info: &str, lines: impl IntoIterator<Item = Cow<'a, str>>) {
        let mut inner = String::new();
        for line in lines {
            inner.push('|');
            if !line.is_empty() {
                inner.push(' ');
                inner.push_str(&line);
            }
            inner.push('\n');
        }
        let fence = "`".repeat(longest_run(&inner).max(2) + 1);
        write!(self.text, "\n{fence}{info}\n{inner}{fence}\n")
            .expect("writing to a String cannot fail");
    }

    /// The entry up to its seal line.
    pub(super) fn finish(mut self) -> String {
        self.text.push('\n');
        self.text
    }
}

fn longest_run(text: &str) -> usize {
    let (mut run, mut longest) = (0, 0);
    for byte in text.bytes() {
        run = if byte == b'`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Why reading ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The bytes are over, and everything up to here could be the beginning of an entry.
    Short,
    /// This is no entry.
    Bad {
        /// Where, in the text that is read.
        at: usize,
        /// What could have stood there.
        wanted: String,
    },
}

pub(super) type Step<T> = Result<T, Stop>;

/// Reads what [`Page`] writes.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    listing: bool,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, listing: false }
    }

    /// How far it has read.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn bad<T>(&self, wanted: impl Into<String>) -> Step<T> {
        Err(Stop::Bad { at: self.at, wanted: wanted.into() })
    }

    /// Exactly this text.
    pub(super) fn literal(&mut self, wanted: &str) -> Step<()> {
        if self.next_is(wanted)? {
            return Ok(());
        }
        let same = self.rest().bytes().zip(wanted.bytes()).take_while(|(a, b)| a == b).count();
        Err(Stop::Bad { at: self.at + same, wanted: format!("`{}`", wanted.trim()) })
    }

    /// Whether this text is next, and past it if so.
    pub(super) fn next_is(&mut self, wanted: &str) -> Step<bool> {
        let rest = self.rest();
        if rest.starts_with(wanted) {
            self.at += wanted.len();
            Ok(true)
        } else if wanted.starts_with(rest) {
            Err(Stop::Short)
        } else {
            Ok(false)
        }
    }

    /// A value of fixed length that reads as `T`; while it is short, every byte must be `legal`.
    pub(super) fn fixed<T: FromStr>(
        &mut self,
        len: usize,
        legal: fn(usize, u8) -> bool,
        wanted: &str,
    ) -> Step<T> {
        let rest = self.rest().as_bytes();
        let looks = rest.iter().take(len).enumerate().all(|(at, byte)| legal(at, *byte));
        if !looks {
            return self.bad(wanted);
        }
        if rest.len() < len {
            return Err(Stop::Short);
        }
        match self.rest()[..len].parse() {
            Ok(value) => {
                self.at += len;
                Ok(value)
            }
            Err(_other) => self.bad(wanted),
        }
    }

    /// Decimal digits, as many as there are.
    pub(super) fn digits(&mut self) -> Step<&'a str> {
        let rest = self.rest();
        let len = rest.bytes().take_while(u8::is_ascii_digit).count();
        if len == rest.len() {
            return Err(Stop::Short);
        }
        self.at += len;
        Ok(&rest[..len])
    }

    /// The rest of a code span, past its end.
    pub(super) fn raw_span(&mut self) -> Step<&'a str> {
        let rest = self.rest();
        let Some(len) = rest.find(['`', '\n']) else {
            let open = spell::may_go_on(rest, spell::span);
            return if open { Err(Stop::Short) } else { self.bad("a value in a code span") };
        };
        if rest.as_bytes()[len] == b'\n' {
            self.at += len;
            return self.bad("the end of a code span");
        }
        self.at += len + 1;
        Ok(&rest[..len])
    }

    /// What a code span holds.
    pub(super) fn span<T: FromStr>(&mut self, wanted: &str) -> Step<T> {
        let from = self.at;
        let raw = self.raw_span()?;
        let value = spell::read(raw).and_then(|text| text.parse().ok());
        value.ok_or_else(|| Stop::Bad { at: from, wanted: wanted.to_owned() })
    }

    /// The value of a fact, if that fact is next.
    pub(super) fn raw_if(&mut self, key: &str) -> Step<Option<&'a str>> {
        let gap = if self.listing { "" } else { "\n" };
        if !self.next_is(&format!("{gap}- {key}: `"))? {
            return Ok(None);
        }
        self.listing = true;
        let raw = self.raw_span()?;
        self.literal("\n")?;
        Ok(Some(raw))
    }

    /// The value of a fact, if that fact is next.
    pub(super) fn fact_if<T: FromStr>(&mut self, key: &str) -> Step<Option<T>> {
        let from = self.at;
        let Some(raw) = self.raw_if(key)? else { return Ok(None) };
        let value = spell::read(raw).and_then(|text| text.parse().ok());
        match value {
            Some(value) => Ok(Some(value)),
            None => Err(Stop::Bad { at: from, wanted: format!("a right value of `{key}`") }),
        }
    }

    /// The value of the fact that must be next.
    pub(super) fn fact<T: FromStr>(&mut self, key: &str) -> Step<T> {
        match self.fact_if(key)? {
            Some(value) => Ok(value),
            None => self.bad(format!("the fact `{key}`")),
        }
    }

    /// The value of the fact that must be next, as it is spelled.
    pub(super) fn raw(&mut self, key: &str) -> Step<&'a str> {
        match self.raw_if(key)? {
            Some(raw) => Ok(raw),
            None => self.bad(format!("the fact `{key}`")),
        }
    }

    /// The lines of a block, if that block is next, without their gutter.
    pub(super) fn block_if(
        &mut self,
        info: &str,
        open: fn(&str) -> bool,
    ) -> Step<Option<Vec<&'a str>>> {
        let from = self.at;
        if !self.next_is("\n```")? {
            return Ok(None);
        }
        let more = self.rest().bytes().take_while(|byte| *byte == b'`').count();
        self.at += more;
        if !self.next_is(&format!("{info}\n"))? {
            self.at = from;
            return Ok(None);
        }
        let fence = "`".repeat(more + 3) + "\n";
        let mut lines = Vec::new();
        while !self.next_is(&fence)? {
            self.literal("|")?;
            if self.next_is("\n")? {
                lines.push("");
            } else {
                self.literal(" ")?;
                lines.push(self.line(open)?);
            }
        }
        Ok(Some(lines))
    }

    fn line(&mut self, open: fn(&str) -> bool) -> Step<&'a str> {
        let rest = self.rest();
        let Some(len) = rest.find('\n') else {
            return if open(rest) { Err(Stop::Short) } else { self.bad("text without controls") };
        };
        self.at += len + 1;
        Ok(&rest[..len])
    }

    /// The text of a block, if that block is next.
    pub(super) fn text_if(&mut self, info: &str) -> Step<Option<String>> {
        let from = self.at;
        let open = |line: &str| spell::may_go_on(line, spell::line);
        let Some(lines) = self.block_if(info, open)? else { return Ok(None) };
        match spell::read_lines(lines) {
            Some(text) => Ok(Some(text)),
            None => Err(Stop::Bad { at: from, wanted: format!("a readable block `{info}`") }),
        }
    }
}
