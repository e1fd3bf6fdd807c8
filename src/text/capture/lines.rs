//! The lines of an output as they come, for the screen. Keeps no more than one, and of that no
//! more than a person could read.

/// Cuts text that comes in pieces into lines, ended by a line feed, a carriage return (as progress
/// bars do) or both. A line that is too long is cut; a blank one is not told.
#[derive(Debug, Default)]
pub struct Lines {
    line: String,
    cut: u64,
}

impl Lines {
    /// Characters kept of a line.
    pub const MOST: usize = 2_000;

    /// Takes the next characters, and tells each line that ends in them.
    pub fn push(&mut self, text: &str, tell: &mut dyn FnMut(&str)) {
        for piece in text.split_inclusive('\n') {
            let ended = piece.strip_suffix('\n');
            for part in ended.unwrap_or(piece).split_inclusive('\r') {
                self.add(part.strip_suffix('\r').unwrap_or(part));
                if part.ends_with('\r') {
                    self.end(tell);
                }
            }
            if ended.is_some() {
                self.end(tell);
            }
        }
    }

    /// Tells the line that never ended, if any.
    pub fn finish(mut self, tell: &mut dyn FnMut(&str)) {
        self.end(tell);
    }

    fn add(&mut self, text: &str) {
        // Bytes, not characters: this bounds memory, and the count is only for the person.
        let room = Self::MOST.saturating_sub(self.line.len());
        let (kept, cut) = text.split_at(text.floor_char_boundary(room));
        self.line.push_str(kept);
        self.cut += cut.chars().count() as u64;
    }

    fn end(&mut self, tell: &mut dyn FnMut(&str)) {
        if self.cut > 0 {
            self.line.push_str(&super::mark(self.cut));
        }
        if !self.line.trim().is_empty() {
            tell(&self.line);
        }
        self.line.clear();
        self.cut = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&str]) -> Vec<String> {
        let mut told = Vec::new();
        let mut lines = Lines::default();
        for piece in pieces {
            lines.push(piece, &mut |line| told.push(line.to_owned()));
        }
        lines.finish(&mut |line| told.push(line.to_owned()));
        told
    }

    #[test]
    fn ends_lines_where_a_terminal_would() {
        assert_eq!(
            lines(&["on", "e\r", "\ntwo\rthr", "ee\n\n  \nend"]),
            ["one", "two", "three", "end"]
        );
    }

    #[test]
    fn cuts_what_nobody_can_read() {
        let told = lines(&["é".repeat(3_000).as_str(), "x", "\nnext\n"]);
        assert_eq!(told[0], format!("{}… [2001 characters left out]", "é".repeat(1_000)));
        assert_eq!(told[1], "next");
    }
}
