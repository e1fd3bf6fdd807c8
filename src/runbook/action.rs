//! What a step does, and how it looks with its variables filled in. Nothing is started here.

use std::borrow::Cow;
use std::fmt;

use super::{Template, Values};
use crate::value::{Name, Span};

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Runs a program with arguments. No shell sees them.
    Run(Vec<Template>),
    /// Runs a script with `/bin/sh`, which finds the variables in its environment.
    Shell(String),
    /// A person does it.
    Manual {
        /// What is to be done.
        text: Template,
        /// Whether what the person writes goes into the journal's section of the phase.
        record: bool,
    },
    /// Nothing happens for this long.
    Wait(Span),
    /// The step's checks are asked again and again, and must pass each time.
    Observe(Window),
}

/// A window that is observed: so many samples, so far apart. No clock is believed: what is
/// counted are samples, each taken a pause after the one before, so that sleep, crashes and
/// clocks that jump can only make it longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// What the samples must cover.
    pub length: Span,
    /// The pause before each sample but the first.
    pub every: Span,
    /// Two samples further apart than this begin the window anew. None: however far.
    pub max_gap: Option<Span>,
    /// How many samples may fail.
    pub allow_failures: u32,
}

impl Window {
    /// Samples that cover it: one at its beginning, and one behind each pause.
    #[must_use]
    pub fn samples(&self) -> u32 {
        u32::try_from(self.pauses()).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Pauses that cover it.
    pub(super) fn pauses(&self) -> u64 {
        self.length.millis().div_ceil(self.every.millis().max(1))
    }
}

impl Action {
    /// Program and arguments with every variable filled in; none for what no program does.
    ///
    /// A value is one argument or a part of one, never read by a shell: a script finds its
    /// variables in its environment.
    #[must_use]
    pub fn argv(&self, step: &Name, values: &Values) -> Option<Vec<String>> {
        match self {
            Self::Run(argv) => Some(argv.iter().map(|piece| values.fill(piece)).collect()),
            Self::Shell(script) => {
                let shell = ["/bin/sh", "-c", script, step.as_str()];
                Some(shell.map(str::to_owned).to_vec())
            }
            Self::Manual { .. } | Self::Wait(_) | Self::Observe(_) => None,
        }
    }

    /// What it does, for people: variables filled in, secrets hidden.
    #[must_use]
    pub fn show(&self, values: &Values) -> String {
        match self {
            Self::Run(argv) => {
                let shown: Vec<String> = argv.iter().map(|piece| values.show(piece)).collect();
                format!("run: {}", command_line(&shown))
            }
            Self::Shell(script) => format!("shell: {}", script.trim()),
            Self::Manual { text, .. } => format!("by hand: {}", values.show(text).trim()),
            Self::Wait(span) => format!("wait: {span}"),
            Self::Observe(window) => window.to_string(),
        }
    }

    /// Whether a person does it.
    #[must_use]
    pub fn is_manual(&self) -> bool {
        matches!(self, Self::Manual { .. })
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { length, every, max_gap, allow_failures } = self;
        write!(f, "observe: for {length}, every {every} ({} samples)", self.samples())?;
        if let Some(gap) = max_gap {
            write!(f, ", anew after a gap of more than {gap}")?;
        }
        match allow_failures {
            0 => Ok(()),
            1 => f.write_str(", 1 of them may fail"),
            some => write!(f, ", {some} of them may fail"),
        }
    }
}

/// A command as one could type it. Only for reading: it never goes to a shell.
#[must_use]
pub fn command_line<T: AsRef<str>>(argv: &[T]) -> String {
    argv.iter().map(|word| quoted(word.as_ref())).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> Cow<'_, str> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
    }
}
