//! A journal, read and believed: every entry parsed, rendered again, sealed, in order and legal.
//! It cannot append.

use super::damage::{Damage, What};
use super::entry::{Parsed, parse};
use super::seal::{LOG, Seal};
use super::torn::{NotTorn, shape, torn};
use crate::session::{Entry, Event, Illegal, Opened, Seq, Session};

/// What a journal says.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// The entries in order; at least one.
    pub entries: Vec<Entry>,
    /// What is true after them.
    pub session: Session,
    /// Where in the file they stand.
    pub log: Log,
}

/// Where the entries of a journal stand, and what seals them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    /// Where the log begins: behind the line `## Progress Log`. Nothing before is state.
    pub begins: usize,
    /// Where the entries end, with the line feed that parts the last one from the next, if it is
    /// there.
    pub ends: usize,
    /// The last seal.
    pub seal: Seal,
    /// What stands behind the entries.
    pub end: End,
}

/// How a journal's file ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With an entry.
    Clean,
    /// With a part of an entry that was never acknowledged.
    Torn {
        /// Where it begins.
        at: usize,
        /// How long it is.
        bytes: usize,
    },
}

impl History {
    /// Reads a journal whole, in time linear in its length.
    ///
    /// # Errors
    /// At the first byte that is not what was written, unless an interrupted append explains it.
    pub fn read(bytes: &[u8]) -> Result<Self, Damage> {
        let (mut entries, mut session) = (Vec::new(), Session::default());
        let log = scan(bytes, &mut |entry| {
            session.apply(&entry)?;
            entries.push(entry);
            Ok(())
        })?;
        Ok(Self { entries, session, log })
    }
}

/// Verifies a journal and hands out its entries one by one, each before the next is looked at.
///
/// # Errors
/// At the first byte that is not what was written, unless an interrupted append explains it, and
/// at the first entry that is refused.
pub fn scan(
    bytes: &[u8],
    each: &mut dyn FnMut(Entry) -> Result<(), Illegal>,
) -> Result<Log, Damage> {
    let begins = find_log(bytes).map_err(|(at, what)| damage(bytes, 0, at, what))?;
    let mut log = Log { begins, ends: begins, seal: Seal::START, end: End::Clean };
    // Text up to the first byte that no text has; what is wrong there is told later.
    let text = match std::str::from_utf8(&bytes[begins..]) {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&bytes[begins..begins + error.valid_up_to()])
            .expect("valid up to there"),
    };
    while log.ends < bytes.len() {
        let rest = text.get(log.ends - begins..).unwrap_or_default();
        match parse(rest, log.seal.seq() + 1) {
            Ok(parsed) => each(log.take(bytes, rest, parsed)?).map_err(|illegal| {
                damage(bytes, log.seal.seq(), log.ends, What::Illegal(illegal))
            })?,
            Err(_stop) => {
                log.finish(bytes)?;
                break;
            }
        }
    }
    if log.seal == Seal::START {
        let why = What::NoSession("the file ends there".to_owned());
        return Err(damage(bytes, 1, bytes.len(), why));
    }
    Ok(log)
}

impl Log {
    fn take(&mut self, bytes: &[u8], rest: &str, parsed: Parsed) -> Result<Entry, Damage> {
        let Parsed { entry, seal, len, body } = parsed;
        if let Event::Opened(opened) = &entry.event
            && opened.format != Opened::FORMAT
        {
            // Before the seal: another format may seal in another way.
            let what = What::Format(opened.format.to_string());
            return Err(damage(bytes, entry.seq, self.ends + 1, what));
        }
        if self.seal.next(&rest[..body]) != seal {
            return Err(damage(bytes, entry.seq, self.ends + 1, What::Seal));
        }
        self.ends += len;
        self.ends += usize::from(bytes.get(self.ends) == Some(&b'\n'));
        self.seal = seal;
        Ok(entry)
    }

    /// What follows the last entry is torn or damaged.
    fn finish(&mut self, bytes: &[u8]) -> Result<(), Damage> {
        let rest = &bytes[self.ends..];
        let seq = self.seal.seq() + 1;
        let (at, what) = match torn(rest, self.ends, seq) {
            Ok(()) if seq > 1 => {
                self.end = End::Torn { at: self.ends, bytes: rest.len() };
                return Ok(());
            }
            Ok(()) => (0, What::NoSession("its first entry was never written whole".to_owned())),
            Err(told) => told,
        };
        let (at, what) = named(rest, seq, (at, what));
        Err(damage(bytes, seq, self.ends + at, what))
    }
}

/// Damage that has a better name than the grammar gives it.
fn named(rest: &[u8], seq: Seq, (at, what): NotTorn) -> NotTorn {
    if matches!(what, What::Hole | What::TooLong(_) | What::NoSession(_)) {
        return (at, what);
    }
    let from = rest[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |lf| lf + 1);
    let line = rest[from..].split(|byte| *byte == b'\n').next().unwrap_or_default();
    let conflict = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"];
    if line.ends_with(b"\r") {
        return (from + line.len() - 1, What::LineEnds);
    }
    if conflict.iter().any(|mark| line.starts_with(mark.as_bytes())) {
        return (from, What::Conflict);
    }
    if let Some(found) = number_in_heading(line).filter(|found| *found != seq) {
        return (from, What::Order(found));
    }
    if seq == 1 {
        if let Some(format) = format_of(rest).filter(|format| format != "1") {
            return (from, What::Format(format));
        }
        if from <= 1 {
            return (at, What::NoSession(shape(line, "entry 1".to_owned()).to_string()));
        }
    }
    (at, what)
}

fn number_in_heading(line: &[u8]) -> Option<Seq> {
    let text = std::str::from_utf8(line).ok()?.strip_prefix("### ")?;
    text.split_once(" - ")?.0.parse().ok()
}

/// The format that the first entry names, whatever else that format may look like.
fn format_of(rest: &[u8]) -> Option<String> {
    let front = String::from_utf8_lossy(&rest[..rest.len().min(4096)]).into_owned();
    let line = front.lines().take(8).find_map(|line| line.strip_prefix("- format: `"))?;
    Some(line.strip_suffix('`')?.to_owned())
}

/// Where the log begins.
fn find_log(bytes: &[u8]) -> Result<usize, NotTorn> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err((0, What::Utf16));
    }
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let bare = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        if line == LOG.as_bytes() {
            return Ok(at + line.len());
        } else if bare == b"## Progress Log\r\n" {
            return Err((at + line.len() - 2, What::LineEnds));
        } else if bare == LOG.as_bytes() {
            return Err((at, What::ByteOrderMark));
        }
        at += line.len();
    }
    Err((0, What::NoLog))
}

fn damage(bytes: &[u8], entry: Seq, byte: usize, what: What) -> Damage {
    let before = &bytes[..byte.min(bytes.len())];
    let line = before.split(|byte| *byte == b'\n').count();
    Damage { entry, line, byte, what }
}
