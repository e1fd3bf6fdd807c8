//! Why a verb failed: what happened, what to do next, and the exit code that goes with it.

use std::io::{ErrorKind, IsTerminal as _, Write as _, stderr};
use std::path::Path;

use super::Exit;
use crate::host::files::Unfit;
use crate::journal;
use crate::runbook::{Problems, Style};
use crate::text::visible;

/// Why a verb failed.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    message: Message,
    help: Option<String>,
}

/// What happened.
#[derive(Debug)]
enum Message {
    /// One line, which may hold anything.
    Line(String),
    /// Lines that are fit to be shown as they are.
    Shown(String),
}

impl Failure {
    /// The usage or what it names is wrong.
    pub(super) fn usage(message: impl Into<String>) -> Self {
        Self::line(Exit::Usage, message)
    }

    fn line(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: Message::Line(message.into()), help: None }
    }

    /// The machine failed us.
    pub(super) fn machine(message: impl Into<String>) -> Self {
        Self::line(Exit::Machine, message)
    }

    /// A person must decide first.
    pub(super) fn held(message: impl Into<String>) -> Self {
        Self::line(Exit::Held, message)
    }

    /// A file could not be used.
    pub(super) fn file(doing: &str, path: &Path, error: &std::io::Error) -> Self {
        Self::machine(format!("cannot {doing} `{}`: {error}", path.display()))
    }

    /// What to do next.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A runbook cannot be used.
    pub(super) fn problems(problems: &Problems) -> Self {
        Self::shown(problems.show(Self::style()))
    }

    /// How diagnostics are drawn on standard error.
    pub(super) fn style() -> Style {
        let colour = stderr().is_terminal() && console::colors_enabled_stderr();
        if colour { Style::Colour } else { Style::Plain }
    }

    /// The usage or what it names is wrong, told in lines that are fit to be shown.
    pub(super) fn shown(shown: String) -> Self {
        Self { exit: Exit::Usage, message: Message::Shown(shown), help: None }
    }

    /// A path cannot hold a journal.
    pub(super) fn unfit(unfit: &Unfit) -> Self {
        match unfit {
            Unfit::Io { source, .. } => {
                let failure = Self::machine(unfit.to_string());
                match source.kind() {
                    ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => failure.help(
                        "a journal must be writable by you: `ls -l`, `lsattr` and `mount` tell \
                         what forbids it",
                    ),
                    _ => failure,
                }
            }
            Unfit::Missing(_) => Self::usage(unfit.to_string())
                .help("`holdpoint status` lists the sessions in `journals`"),
            Unfit::NoFolder(folder) => Self::usage(unfit.to_string())
                .help(format!("make it with `mkdir -p {}`", folder.display())),
            Unfit::Kind { .. } | Unfit::Owner { .. } | Unfit::Exists(_) | Unfit::NoName(_) => {
                Self::usage(unfit.to_string())
            }
        }
    }

    /// A journal cannot be used.
    pub(super) fn journal(path: &Path, error: &journal::Error) -> Self {
        let message = format!("journal `{}`: {error}", path.display());
        match error {
            journal::Error::Damage(damage) if damage.is_foreign() => {
                Self::line(Exit::Damaged, message).help(
                    "nothing was changed; `holdpoint status` lists the sessions in `journals`",
                )
            }
            journal::Error::Damage(_) => Self::line(Exit::Damaged, message)
                .help("nothing was changed; compare the file with a copy, for example in git"),
            _ => Self::machine(message),
        }
    }

    /// Tells a person, on standard error.
    pub(super) fn tell(&self) -> Exit {
        let mut out = stderr().lock();
        let mut tell = |text: &str| {
            // Where standard error is gone there is nobody to tell.
            let _ = writeln!(out, "{text}");
        };
        match &self.message {
            Message::Shown(shown) => tell(shown),
            Message::Line(line) => tell(&format!("error: {}", visible(line))),
        }
        if let Some(help) = &self.help {
            tell(&format!("help: {}", visible(help)));
        }
        self.exit
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::machine(error.to_string())
    }
}
