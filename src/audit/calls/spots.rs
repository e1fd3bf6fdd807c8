//! Where each byte of a text's content stands in the file: a TOML text may hold escapes.

use std::ops::Range;

/// Where the bytes of a content stand.
#[derive(Clone, Debug)]
pub(in crate::audit) struct Spots {
    /// All of the value, quotes included.
    whole: Range<usize>,
    /// For each byte of the content, and for its end, where it stands; none: nobody knows.
    bytes: Vec<usize>,
    /// Whether a `"` must be escaped in it.
    escapes: bool,
}

impl Spots {
    /// `raw`: the value as it is written, beginning at `begin`.
    pub(in crate::audit) fn new(raw: &str, begin: usize, content: &str) -> Self {
        let whole = begin..begin + raw.len();
        let quotes = ["'''", "\"\"\"", "'", "\""].into_iter().find(|quote| raw.starts_with(quote));
        let quote = quotes.unwrap_or_default();
        let escapes = quote.starts_with('"');
        let inner = raw.strip_prefix(quote).and_then(|inner| inner.strip_suffix(quote));
        let bytes = inner.and_then(|inner| bytes(inner, begin + quote.len(), content, escapes));
        Self { whole, bytes: bytes.unwrap_or_default(), escapes }
    }

    /// Of a text that stands by itself.
    pub(in crate::audit) fn plain(content: &str) -> Self {
        Self { whole: 0..content.len(), bytes: (0..=content.len()).collect(), escapes: false }
    }

    /// Where a part of the content stands; all of the value where that cannot be told.
    pub(in crate::audit) fn place(&self, part: &Range<usize>) -> Range<usize> {
        match (self.bytes.get(part.start), self.bytes.get(part.end)) {
            (Some(begin), Some(end)) => *begin..*end,
            _ => self.whole.clone(),
        }
    }

    /// How a `"` is written in this text; none where nobody knows what stands where.
    pub(in crate::audit) fn quote(&self) -> Option<&'static str> {
        let known = !self.bytes.is_empty();
        known.then_some(if self.escapes { "\\\"" } else { "\"" })
    }
}

/// Goes through what is written and what it means side by side.
fn bytes(inner: &str, begin: usize, content: &str, escapes: bool) -> Option<Vec<usize>> {
    let mut found = Vec::with_capacity(content.len() + 1);
    // The line end right behind three quotes is no content.
    let mut at = ["\r\n", "\n"].into_iter().find(|end| inner.starts_with(end)).map_or(0, str::len);
    for char in content.chars() {
        let mut rest = inner.get(at..)?;
        while escapes && is_fold(rest) {
            let folded = rest[1..].trim_start_matches([' ', '\t', '\r', '\n']);
            at += rest.len() - folded.len();
            rest = folded;
        }
        if char != '\r' && rest.starts_with("\r\n") {
            at += 1;
            rest = &rest[1..];
        }
        let length = match rest.strip_prefix('\\') {
            Some(escape) if escapes => 1 + escape_length(escape),
            _ if rest.starts_with(char) => char.len_utf8(),
            _ => return None,
        };
        found.extend(std::iter::repeat_n(begin + at, char.len_utf8()));
        at += length;
    }
    found.push(begin + at);
    Some(found)
}

/// Whether a backslash at the end of a line begins it: that line goes on.
fn is_fold(rest: &str) -> bool {
    let behind = rest.strip_prefix('\\').map(|rest| rest.trim_start_matches([' ', '\t', '\r']));
    behind.is_some_and(|behind| behind.starts_with('\n'))
}

fn escape_length(escape: &str) -> usize {
    match escape.as_bytes().first() {
        Some(b'u') => 5,
        Some(b'U') => 9,
        Some(b'x') => 3,
        _ => 1,
    }
}
