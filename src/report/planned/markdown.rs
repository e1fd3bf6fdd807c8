//! A page as markdown, to be pasted into a ticket. A text is only ever text: whatever could begin
//! a link, an image, a heading, a table's cell or HTML is escaped, and what a ticket system would
//! make a link of by itself (addresses, mentions) stands in a code span.

use std::fmt::Write as _;

use super::page::Block;
use crate::text::visible;

pub(super) fn draw(page: &[Block]) -> String {
    let mut out = String::new();
    let mut in_list = false;
    for block in page {
        let item = matches!(block, Block::Fact(..) | Block::About(..) | Block::Box(..));
        let goes_on = item && in_list;
        if !(out.is_empty() || goes_on) {
            out.push('\n');
        }
        in_list = item;
        // Writing to a text cannot fail.
        let _ = draw_block(block, &mut out);
    }
    out
}

fn draw_block(block: &Block, out: &mut String) -> std::fmt::Result {
    match block {
        Block::Title(text) => writeln!(out, "# {}", inline(text)),
        Block::Chapter(text) => writeln!(out, "## {}", inline(text)),
        Block::Step { number, kind, title, .. } => {
            writeln!(out, "### {number}{kind}: {}", inline(title))
        }
        Block::Fact(key, text, _) | Block::About(key, text) => {
            writeln!(out, "{}", format!("- **{key}**: {}", inline(text)).trim_end())
        }
        Block::Code(text) => fenced(text, out),
        Block::Box(text, proof, _) => writeln!(out, "- [ ] {} ({})", inline(text), inline(proof)),
        Block::Text(text, _) => writeln!(out, "{}", inline(text)),
        Block::Table(head, rows) => {
            writeln!(out, "| {} |", head.join(" | "))?;
            writeln!(out, "|{}", " --- |".repeat(head.len()))?;
            for row in rows {
                let cells: Vec<String> = row.iter().map(|text| cell(text)).collect();
                writeln!(out, "| {} |", cells.join(" | "))?;
            }
            Ok(())
        }
    }
}

/// A block that its content cannot end.
fn fenced(text: &str, out: &mut String) -> std::fmt::Result {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    writeln!(out, "{fence}text")?;
    for line in text.lines() {
        writeln!(out, "{}", visible(line))?;
    }
    writeln!(out, "{fence}")
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// A text on one line.
fn inline(text: &str) -> String {
    escaped(text, false)
}

/// A text in a table: whoever divides the row into cells must not see its bars.
fn cell(text: &str) -> String {
    escaped(text, true)
}

fn escaped(text: &str, in_table: bool) -> String {
    let shown = visible(text.trim());
    let words = shown.split(' ').enumerate();
    let words: Vec<String> = words.map(|(at, word)| of_word(word, at == 0, in_table)).collect();
    words.join(" ")
}

fn of_word(word: &str, is_first: bool, in_table: bool) -> String {
    let linked = becomes_a_link(word);
    let divides = in_table && word.contains(['|', '\\', '`']);
    if linked && !divides {
        return code(word);
    }
    let mut out = String::with_capacity(word.len() + 8);
    for (at, c) in word.char_indices() {
        match c {
            '|' | '\\' if in_table => entity(c, &mut out),
            '@' | ':' if linked => entity(c, &mut out),
            // Only at the beginning of a line do these begin something.
            '+' | '-' | '=' | ':' if is_first && at == 0 => {
                out.push('\\');
                out.push(c);
            }
            '.' | ')' if is_first && word[..at].chars().all(|c| c.is_ascii_digit()) => {
                out.push('\\');
                out.push(c);
            }
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '!' | '|' | '~'
            | '&' | '$' | '^' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

fn entity(c: char, out: &mut String) {
    // Writing to a text cannot fail.
    let _ = write!(out, "&#{};", u32::from(c));
}

/// What a reader of markdown, or the system around it, makes a link of by itself.
fn becomes_a_link(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    word.contains('@')
        || word.starts_with('#')
        || ["://", "www.", "mailto:"].iter().any(|one| lower.contains(one))
}

fn code(word: &str) -> String {
    let run = longest_run(word);
    let ticks = "`".repeat(run + 1);
    if run == 0 { format!("{ticks}{word}{ticks}") } else { format!("{ticks} {word} {ticks}") }
}
