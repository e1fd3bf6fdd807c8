//! What a step does, and how it looks with its variables filled in. Nothing is started here.

use std::borrow::Cow;

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
            Self::Manual { .. } | Self::Wait(_) => None,
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
        }
    }

    /// Whether a person does it.
    #[must_use]
    pub fn is_manual(&self) -> bool {
        matches!(self, Self::Manual { .. })
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
