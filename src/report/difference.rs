//! What changed between two texts, as a person compares them.

use similar::{ChangeTag, TextDiff};

use super::{Line, Tone};

/// Lines shown at most; the rest is counted.
const MOST: usize = 200;

/// The lines that differ, with two lines around them.
#[must_use]
pub fn difference(old: &str, new: &str) -> Vec<Line> {
    let diff = TextDiff::from_lines(old, new);
    let mut lines = Vec::new();
    for group in diff.grouped_ops(2) {
        if !lines.is_empty() {
            lines.push(Line::new(Tone::Quiet, "  ..."));
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let (sign, tone) = match change.tag() {
                ChangeTag::Equal => (' ', Tone::Quiet),
                ChangeTag::Delete => ('-', Tone::Bad),
                ChangeTag::Insert => ('+', Tone::Good),
            };
            let text = change.value().trim_end_matches(['\n', '\r']);
            lines.push(Line::new(tone, format!("  {sign} {text}")));
        }
    }
    let more = lines.len().saturating_sub(MOST);
    lines.truncate(MOST);
    if more > 0 {
        lines.push(Line::new(Tone::Quiet, format!("  ... and {more} lines more")));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_changed_and_what_stands_around_it() {
        let lines = difference("a\nb\nc\nd\ne\nf\n", "a\nb\nc\nx\x1b[2J\ne\nf\n");
        let text: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(text, ["    b", "    c", "  - d", "  + x\\u{1b}[2J", "    e", "    f"]);
        assert!(difference("a\n", "a\n").is_empty());
    }

    #[test]
    fn counts_what_is_too_much() {
        let new: String = (0..500).map(|n| format!("{n}\n")).collect();
        let lines = difference("", &new);
        assert_eq!(lines.last().map(|line| line.text.as_str()), Some("  ... and 300 lines more"));
    }
}
