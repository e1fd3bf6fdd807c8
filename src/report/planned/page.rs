//! A page: what is told, top to bottom, before it is known whether a terminal or a ticket shows it.

use crate::report::{Line, Tone};

/// A piece of a page. Its texts are told as they are; who draws them makes them harmless.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Block {
    /// What the page is about.
    Title(String),
    /// Something about the whole, with what it is.
    About(&'static str, String),
    /// A chapter.
    Chapter(String),
    /// A step: its number, what it is, its title with its id, and how it is meant.
    Step { number: String, kind: &'static str, title: String, tone: Tone },
    /// Something about what stands above it, with what it is.
    Fact(&'static str, String, Tone),
    /// A command or a script, as it is.
    Code(String),
    /// Something to tick off, and how it is proven.
    Box(String, String, Tone),
    /// A sentence.
    Text(String, Tone),
    /// Rows below a head.
    Table(&'static [&'static str], Vec<Vec<String>>),
}

/// Text that a person reads on a terminal.
pub(super) fn lines(page: &[Block]) -> Vec<Line> {
    page.iter().flat_map(block).collect()
}

fn block(block: &Block) -> Vec<Line> {
    match block {
        Block::Title(text) => vec![Line::new(Tone::Heading, text)],
        Block::Chapter(text) => vec![Line::new(Tone::Plain, ""), Line::new(Tone::Heading, text)],
        Block::About(key, text) => vec![Line::new(Tone::Plain, format!("  {key:<7}  {text}"))],
        Block::Step { kind, title, tone, .. } => {
            vec![Line::new(*tone, format!("  {kind:<7}  {title}"))]
        }
        Block::Fact(key, text, tone) => {
            vec![Line::new(*tone, format!("           {key:<7}  {text}"))]
        }
        Block::Code(text) => Line::many(Tone::Plain, "           | ", text).collect(),
        Block::Box(text, proof, tone) => vec![
            Line::new(*tone, format!("  [ ]      {text}")),
            Line::new(Tone::Quiet, format!("           {proof}")),
        ],
        Block::Text(text, tone) => vec![Line::new(*tone, format!("  {text}"))],
        Block::Table(head, rows) => table(head, rows),
    }
}

/// Columns that a line has.
const WIDTH: usize = 100;

/// Columns of the same width; where a row would not fit on a line, each cell has its own.
fn table(head: &[&str], rows: &[Vec<String>]) -> Vec<Line> {
    let width = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.chars().count());
        cells.chain([head[at].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let fits = widths.iter().sum::<usize>() + 2 * widths.len() <= WIDTH;
    if !fits {
        return rows.iter().flat_map(|row| listed(head, row)).collect();
    }
    let line = |cells: Vec<&str>| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())))
            .collect();
        format!("  {}", padded.join("  ").trim_end())
    };
    let mut lines = vec![Line::new(Tone::Quiet, line(head.to_vec()))];
    lines.extend(
        rows.iter()
            .map(|row| Line::new(Tone::Plain, line(row.iter().map(String::as_str).collect()))),
    );
    lines
}

fn listed(head: &[&str], row: &[String]) -> Vec<Line> {
    let mut cells = head.iter().zip(row);
    let first = cells.next().map(|(_, cell)| Line::new(Tone::Plain, format!("  {cell}")));
    let told = |(name, cell): (&&str, &String)| {
        Line::new(Tone::Quiet, format!("           {:<7}  {cell}", name.to_lowercase()))
    };
    first.into_iter().chain(cells.map(told)).collect()
}
