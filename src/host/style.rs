//! Lines for a person on a terminal or in a file: wrapped, coloured where colour is wanted.

use std::io::{self, Write};

use console::{Style, Term};
use textwrap::{Options, WordSeparator, WordSplitter, wrap};

use crate::report::{Line, Tone};

/// Width of the widest first column: `skipped  `, `learning  `.
const FIRST_COLUMN: usize = 9;

/// How lines are written.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    /// Columns to a line.
    pub width: usize,
    /// Whether colours are used.
    pub colour: bool,
}

impl Look {
    /// As this terminal wants it; 80 columns where it does not say. `NO_COLOR`, `CLICOLOR` and
    /// dumb terminals are respected.
    #[must_use]
    pub fn of(term: &Term) -> Self {
        let width = if term.is_term() { usize::from(term.size().1) } else { 80 };
        Self {
            width: width.clamp(40, 120),
            colour: term.is_term() && console::colors_enabled_stderr(),
        }
    }

    /// As a result is written on standard output: 100 columns, or fewer where the terminal has
    /// fewer.
    #[must_use]
    pub fn of_result(term: &Term) -> Self {
        let width = if term.is_term() { usize::from(term.size().1) } else { 100 };
        let colour = term.is_term() && console::colors_enabled();
        Self { width: width.clamp(40, 100), colour }
    }

    /// The line as text, wrapped behind its own indent and gutter.
    #[must_use]
    pub fn text(&self, line: &Line) -> String {
        let indent = hanging(&line.text, self.width / 2);
        let options = Options::new(self.width)
            .subsequent_indent(&indent)
            .word_separator(WordSeparator::AsciiSpace)
            .word_splitter(WordSplitter::NoHyphenation);
        let wrapped = wrap(&line.text, options);
        let style = self.style(line.tone);
        let shown: Vec<String> =
            wrapped.iter().map(|piece| style.apply_to(piece.trim_end()).to_string()).collect();
        shown.join("\n")
    }

    /// Writes lines.
    ///
    /// # Errors
    /// Where the reader went away, or the disk is full.
    pub fn write(&self, to: &mut dyn Write, lines: &[Line]) -> io::Result<()> {
        for line in lines {
            writeln!(to, "{}", self.text(line))?;
        }
        to.flush()
    }

    fn style(&self, tone: Tone) -> Style {
        let style = match tone {
            Tone::Plain => Style::new(),
            Tone::Heading => Style::new().bold(),
            Tone::Good => Style::new().green(),
            Tone::Bad => Style::new().red().bold(),
            Tone::Doubt => Style::new().yellow(),
            Tone::Quiet => Style::new().dim(),
        };
        style.force_styling(self.colour)
    }
}

/// What the second line of a wrapped text begins with, so that it stands below the first: below
/// its second column, where it has one, and behind the gutter of what is quoted.
fn hanging(text: &str, most: usize) -> String {
    let bare = text.trim_start();
    let indent = text.len() - bare.len();
    if bare.starts_with("| ") {
        return format!("{}| ", " ".repeat(indent.min(most)));
    }
    let column = bare.find("  ").filter(|at| (1..=FIRST_COLUMN).contains(at));
    let second = column.map_or(0, |at| bare.len() - bare[at..].trim_start().len());
    " ".repeat((indent + second).min(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_lines_stand_below_what_they_belong_to() {
        let look = Look { width: 24, colour: false };
        let text = |text: &str| look.text(&Line::new(Tone::Plain, text));
        assert_eq!(
            text("  pass     The old one still serves"),
            ["  pass     The old one", "           still serves",].join("\n")
        );
        assert_eq!(
            text("learning  write something down"),
            "learning  write\n          something down"
        );
        assert_eq!(text("  | proceed proceed proceed"), "  | proceed proceed\n  | proceed");
        assert_eq!(text("Two  words and then many more"), "Two  words and then\n     many more");
        assert_eq!(text("No columns in here: a  b c d"), "No columns in here: a  b\nc d");
    }
}
