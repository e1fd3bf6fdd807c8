//! An entry as bytes, and bytes as an entry. Side by side, because each is only worth what the
//! other makes of it: an entry counts only if rendering what was parsed gives the same bytes.

use super::facts;
use super::page::{Page, Reader, Step, Stop};
use super::seal::Seal;
use crate::session::{Entry, Event, Seq};
use crate::value::{Digest, Moment};

/// The entry with its seal, as it is appended; the last byte only parts it from the next one.
#[must_use]
pub fn render(entry: &Entry, previous: &Seal) -> (String, Seal) {
    let mut text = body(entry);
    let seal = previous.next(&text);
    text.push_str(&seal.to_string());
    text.push('\n');
    (text, seal)
}

/// The most bytes that an entry may have: runbooks are bounded elsewhere, outputs are cut.
#[must_use]
pub fn limit(event: &Event) -> usize {
    let carries_runbook = matches!(event, Event::Opened(_) | Event::RunbookChanged { .. });
    if carries_runbook { LONGEST } else { 1 << 20 }
}

/// No entry is longer than this: one that carries a runbook of 1 MiB, every character escaped.
pub(super) const LONGEST: usize = 8 << 20;

fn body(entry: &Entry) -> String {
    let heading = super::heading::heading(&entry.event);
    let mut page = Page::new(&format!("{} - {} - {heading}", entry.seq, entry.at));
    facts::write(&entry.event, &mut page);
    page.finish()
}

/// An entry as it was read.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) entry: Entry,
    /// The seal it bears, right or wrong.
    pub(super) seal: Seal,
    /// Its length up to the last character of its seal line.
    pub(super) len: usize,
    /// The length of what its seal covers of it.
    pub(super) body: usize,
}

/// Reads the entry of this number at the beginning of the text.
pub(super) fn parse(text: &str, seq: Seq) -> Step<Parsed> {
    let mut reader = Reader::new(text);
    reader.literal(&format!("\n### {seq} - "))?;
    let at: Moment = reader.fixed(24, in_moment, "a UTC time like 2026-03-14T09:02:11.204Z")?;
    reader.literal(" - ")?;
    let event = facts::read(&mut reader)?;
    reader.literal("\n")?;
    let covered = reader.at();
    reader.literal(&format!("`seal {seq} "))?;
    let digest: Digest = reader.fixed(64, in_digest, "64 lower-case hexadecimal digits")?;
    reader.literal("`")?;
    let entry = Entry { seq, at, event };
    let again = body(&entry);
    if again != text[..covered] {
        let same = again.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
        let wanted = "the one spelling that this entry has".to_owned();
        return Err(Stop::Bad { at: same, wanted });
    }
    Ok(Parsed { entry, seal: Seal::new(seq, digest), len: reader.at(), body: covered })
}

fn in_moment(at: usize, byte: u8) -> bool {
    match b"0000-00-00T00:00:00.000Z"[at] {
        b'0' => byte.is_ascii_digit(),
        fixed => byte == fixed,
    }
}

fn in_digest(_at: usize, byte: u8) -> bool {
    byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)
}
