//! What is kept of an output: its head and its tail, and how much was left out between.

use serde::{Deserialize, Serialize};

mod collector;
mod lines;

pub use collector::{Collector, Decoder};
pub use lines::Lines;

/// An output, whole or cut in the middle. Masked before it was cut.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capture {
    /// The beginning; everything, when nothing was left out.
    pub head: String,
    /// The end; empty when nothing was left out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tail: String,
    /// Bytes of the output that stand neither in `head` nor in `tail`, those of lines that were cut
    /// among them (a mark stands in their place).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left_out: u64,
}

/// What stands for the rest of a line.
fn mark(cut: u64) -> String {
    format!("… [{cut} characters left out]")
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Capture {
    /// A text that is kept whole.
    #[must_use]
    pub fn whole(text: impl Into<String>) -> Self {
        Self { head: text.into(), ..Self::default() }
    }

    /// The text, if nothing of it was left out.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        (self.left_out == 0).then_some(self.head.as_str())
    }

    /// Whether there was no output at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.head.is_empty() && self.left_out == 0
    }

    /// The same output within smaller bounds.
    #[must_use]
    pub fn cut_to(self, limits: Limits) -> Self {
        let Self { head, tail, left_out } = self;
        if tail.is_empty() {
            let cut = Self::of(&head, limits);
            return Self { left_out: cut.left_out + left_out, ..cut };
        }
        let first = Self::of(&head, Limits { tail: 0, ..limits });
        let last = Self::of(&tail, Limits { head: 0, ..limits });
        // Where the tail fits as it is, the collector has it in its head: nothing was left out.
        let tail = if last.tail.is_empty() { last.head } else { last.tail };
        let left_out = left_out + first.left_out + last.left_out;
        Self { head: first.head, tail, left_out }
    }

    fn of(text: &str, limits: Limits) -> Self {
        let mut collector = Collector::new(limits);
        collector.push_text(text);
        collector.finish()
    }
}

/// How much is kept of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes kept of the beginning.
    pub head: usize,
    /// Bytes kept of the end. An output of at most `head + tail` bytes is kept whole.
    pub tail: usize,
    /// Characters kept of one line, with the mark that stands for the rest of it.
    pub line: usize,
}

impl Limits {
    /// What a check judges: up to 1 MiB, in one piece as far as it goes. No line is cut: the
    /// answer of a program is often a single one.
    pub const JUDGED: Self = Self { head: 1 << 20, tail: 64 << 10, line: usize::MAX };
    /// What a journal keeps of one action's output.
    pub const ACTION: Self = Self { head: 8 << 10, tail: 8 << 10, line: 2_000 };
    /// What a journal keeps of one check's reading.
    pub const READING: Self = Self { head: 1 << 10, tail: 512, line: 2_000 };
}

#[cfg(test)]
mod tests;
