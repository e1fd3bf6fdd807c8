//! Takes an output piece by piece, and keeps its head and its tail in bounded memory.

use std::borrow::Cow;
use std::mem;

use super::{Capture, Limits};

/// Characters of a line that may turn out to be in the way of the mark that stands for its rest.
const MARK_ROOM: usize = 48;

/// Takes an output piece by piece in bounded memory.
#[derive(Debug)]
pub struct Collector {
    limits: Limits,
    decoder: Decoder,
    line: Line,
    head: String,
    /// Once the head is full, everything goes here.
    full: bool,
    tail: String,
    /// Bytes that were in neither.
    dropped: u64,
    /// Bytes of lines that were cut.
    cut: u64,
}

/// The line that has not ended yet.
#[derive(Debug, Default)]
struct Line {
    /// Characters seen of it.
    chars: usize,
    /// Those that give way to the mark, should the line become too long.
    held: String,
    /// Characters left out of it.
    cut: u64,
}

impl Collector {
    /// One that has seen nothing.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            decoder: Decoder::default(),
            line: Line::default(),
            head: String::new(),
            full: false,
            tail: String::new(),
            dropped: 0,
            cut: 0,
        }
    }

    /// Takes the next bytes; what is no UTF-8 becomes U+FFFD.
    pub fn push(&mut self, bytes: &[u8]) {
        let mut decoder = mem::take(&mut self.decoder);
        self.push_text(&decoder.push(bytes));
        self.decoder = decoder;
    }

    /// Takes the next characters.
    pub fn push_text(&mut self, text: &str) {
        if self.limits.line == usize::MAX {
            return self.keep(text);
        }
        for piece in text.split_inclusive('\n') {
            match piece.strip_suffix('\n') {
                Some(line) => {
                    self.part_of_line(line);
                    self.end_of_line();
                    self.keep("\n");
                }
                None => self.part_of_line(piece),
            }
        }
    }

    /// What was kept.
    #[must_use]
    pub fn finish(mut self) -> Capture {
        let rest = mem::take(&mut self.decoder).finish();
        self.push_text(rest);
        self.end_of_line();
        let Self { limits, mut head, mut tail, mut dropped, cut, .. } = self;
        if dropped == 0 && head.len() + tail.len() <= limits.head + limits.tail {
            head.push_str(&tail);
            return Capture { head, tail: String::new(), left_out: cut };
        }
        let start = tail_start(&tail, limits.tail);
        dropped += start as u64;
        tail.drain(..start);
        Capture { head, tail, left_out: dropped + cut }
    }

    fn part_of_line(&mut self, text: &str) {
        let most = self.limits.line;
        let sure = most.saturating_sub(MARK_ROOM);
        // A character has at least one byte: no need to count those of a short line.
        if text.len() <= sure.saturating_sub(self.line.chars) {
            self.line.chars += text.chars().count();
            return self.keep(text);
        }
        let (now, later) = split_at_char(text, sure.saturating_sub(self.line.chars));
        self.line.chars += now.chars().count();
        self.keep(now);
        let (held, rest) = split_at_char(later, most.saturating_sub(self.line.chars));
        if self.line.cut == 0 && rest.is_empty() {
            self.line.chars += held.chars().count();
            return self.line.held.push_str(held);
        }
        let given_way = mem::take(&mut self.line.held);
        for lost in [&given_way, later] {
            self.line.cut += lost.chars().count() as u64;
            self.cut += lost.len() as u64;
        }
        self.line.chars = most;
    }

    fn end_of_line(&mut self) {
        let line = mem::take(&mut self.line);
        if line.cut > 0 {
            self.keep(&super::mark(line.cut));
        } else if !line.held.is_empty() {
            self.keep(&line.held);
        }
    }

    fn keep(&mut self, text: &str) {
        if self.full {
            return self.keep_in_tail(text);
        }
        let room = self.limits.head - self.head.len();
        if text.len() <= room {
            return self.head.push_str(text);
        }
        let (now, later) = text.split_at(text.floor_char_boundary(room));
        self.head.push_str(now);
        self.full = true;
        let end = head_end(&self.head);
        self.tail = self.head.split_off(end);
        self.keep_in_tail(later);
    }

    fn keep_in_tail(&mut self, text: &str) {
        // A little more than is kept in the end: it shows whether a line begins there.
        let wanted = self.limits.tail + 4;
        let most = self.limits.head + 2 * wanted;
        if text.len() > most {
            let start = text.floor_char_boundary(text.len() - wanted);
            self.dropped += (self.tail.len() + start) as u64;
            self.tail.clear();
            return self.tail.push_str(&text[start..]);
        }
        self.tail.push_str(text);
        // Seldom, and then much: so that each byte is moved about once.
        if self.tail.len() > most {
            let start = self.tail.floor_char_boundary(self.tail.len() - wanted);
            self.dropped += start as u64;
            self.tail.drain(..start);
        }
    }
}

/// Where a head that is full ends: with a line, if one ends in its second half.
fn head_end(head: &str) -> usize {
    let end = head.rfind('\n').map_or(0, |at| at + 1);
    if end * 2 > head.len() { end } else { head.len() }
}

/// Where a tail of at most `most` bytes begins: with a line, if one begins in its first half.
fn tail_start(tail: &str, most: usize) -> usize {
    if tail.len() <= most {
        return 0;
    }
    let start = tail.ceil_char_boundary(tail.len() - most);
    if tail[..start].ends_with('\n') {
        return start;
    }
    match tail[start..].find('\n') {
        Some(at) if 2 * at < most => start + at + 1,
        _ => start,
    }
}

/// The first so many characters, and the rest.
fn split_at_char(text: &str, chars: usize) -> (&str, &str) {
    if text.len() <= chars {
        return (text, "");
    }
    let at = text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
    text.split_at(at)
}

/// Makes text of bytes that come in pieces: what is no UTF-8 becomes U+FFFD, and a character that
/// is cut by the end of a piece stays whole.
#[derive(Debug, Default)]
pub struct Decoder {
    held: Vec<u8>,
}

impl Decoder {
    /// Takes the next bytes and gives the characters that are complete.
    pub fn push<'a>(&mut self, bytes: &'a [u8]) -> Cow<'a, str> {
        if self.held.is_empty() {
            let (whole, begun) = bytes.split_at(bytes.len() - begun(bytes));
            self.held.extend_from_slice(begun);
            return String::from_utf8_lossy(whole);
        }
        let mut all = mem::take(&mut self.held);
        all.extend_from_slice(bytes);
        self.held = all.split_off(all.len() - begun(&all));
        Cow::Owned(String::from_utf8_lossy(&all).into_owned())
    }

    /// What stands for a character that never became complete.
    #[must_use]
    pub fn finish(self) -> &'static str {
        if self.held.is_empty() { "" } else { "\u{fffd}" }
    }
}

/// How many bytes at the end may be the beginning of one character.
fn begun(bytes: &[u8]) -> usize {
    let last = bytes.len().min(3);
    (1..=last)
        .find(|count| {
            let end = std::str::from_utf8(&bytes[bytes.len() - count..]);
            end.is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
        })
        .unwrap_or(0)
}
