//! Questions to a person, on a terminal that the program opened itself.
//!
//! Standard input is never read: a pipe cannot answer. Children have no terminal: they cannot
//! answer either. What was typed before a question stood there is thrown away. End of input, an
//! interruption and a closed terminal are never a yes.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;

use console::Term;
use futures_util::future::{FutureExt as _, LocalBoxFuture};
use rustix::termios::{InputModes, LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::sync::oneshot;

use super::signal;
use super::style::Look;
use crate::engine::{Prompter, Reply, Stop, StopLevel, Stopper};
use crate::report::{Brief, Line, Tone, hold_words};
use crate::session::Hold;

mod conversation;
mod keyboard;
mod said;

use conversation::{Asked, Talk};
use keyboard::Keyboard;

/// The controlling terminal.
#[derive(Debug)]
pub struct Terminal {
    tty: File,
    mode: Termios,
}

impl Terminal {
    /// Opens the controlling terminal.
    ///
    /// # Errors
    /// Where the process has none.
    #[expect(clippy::disallowed_methods, reason = "this is the edge: the terminal is a file")]
    pub fn open() -> io::Result<Self> {
        let tty = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
        let mode = tcgetattr(&tty)?;
        Ok(Self { tty, mode })
    }

    /// A handle for the libraries that draw.
    ///
    /// # Errors
    /// Where the process has no more file descriptors.
    pub fn term(&self) -> io::Result<Term> {
        Ok(Term::read_write_pair(self.tty.try_clone()?, self.tty.try_clone()?))
    }

    /// Makes the terminal edit lines and turn Ctrl-C into a signal, however it was found. What is
    /// typed is shown, unless it is a secret.
    fn prepare(&self, echo: Echo) {
        let mut mode = self.mode.clone();
        mode.input_modes.insert(InputModes::ICRNL);
        mode.local_modes
            .insert(LocalModes::ICANON | LocalModes::ISIG | LocalModes::ECHO | LocalModes::ECHONL);
        if echo == Echo::Off {
            mode.local_modes.remove(LocalModes::ECHO);
        }
        // A terminal that is gone is found out by the read that follows.
        let _ = tcsetattr(self.tty.as_fd(), OptionalActions::Now, &mode);
    }

    /// Puts the terminal back as it was found: echo on, cursor shown.
    fn restore(&self) {
        let _ = tcsetattr(self.tty.as_fd(), OptionalActions::Now, &self.mode);
        if let Ok(term) = self.term() {
            let _ = term.show_cursor();
        }
    }

    /// Runs a conversation on a thread of its own, because reading a terminal blocks; when the
    /// session is asked to stop first, the thread is abandoned. It only ever reads and writes, so
    /// it cannot spoil the terminal that is put right here.
    async fn converse<T: Send + 'static>(
        &self,
        stop: &Stop,
        echo: Echo,
        talk: impl FnOnce(&Talk<'_>) -> io::Result<T> + Send + 'static,
    ) -> Result<T, Hold> {
        let lost = |_ignored| Hold::TerminalLost;
        let term = self.term().map_err(lost)?;
        let keyboard = Keyboard::new(self.tty.try_clone().map_err(lost)?);
        let (done, answer) = oneshot::channel();
        self.prepare(echo);
        let thread = std::thread::Builder::new().name("prompt".to_owned());
        let started = thread.spawn(move || {
            let talk_on = Talk { term: &term, look: Look::of(&term), keyboard: &keyboard };
            let _ = done.send(talk(&talk_on));
        });
        let result = tokio::select! {
            biased;
            () = stop.reached(StopLevel::Polite) => {
                // What is said next does not belong on the prompt's line.
                let _ = (&self.tty).write_all(b"\n");
                Err(stop.why().unwrap_or(Hold::Interrupt))
            }
            answer = answer => match answer {
                Ok(Ok(reply)) if started.is_ok() => Ok(reply),
                _ => Err(Hold::TerminalLost),
            },
        };
        self.restore();
        result
    }
}

/// Whether what is typed is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Echo {
    On,
    Off,
}

impl Prompter for Terminal {
    fn ask<'a>(&'a self, brief: &'a Brief, stop: &'a Stop) -> LocalBoxFuture<'a, Reply> {
        let brief = brief.clone();
        async move {
            let talk = move |talk: &Talk<'_>| conversation::hold(talk, &brief);
            self.converse(stop, Echo::On, talk).await.unwrap_or_else(Reply::Nobody)
        }
        .boxed_local()
    }
}

/// Nobody to ask: every question holds the session.
#[derive(Clone, Copy, Debug, Default)]
pub struct Absent;

impl Prompter for Absent {
    fn ask<'a>(&'a self, brief: &'a Brief, _stop: &'a Stop) -> LocalBoxFuture<'a, Reply> {
        let term = Term::stderr();
        let mut lines = vec![Line::new(Tone::Plain, "")];
        lines.extend(brief.lines.iter().cloned());
        let _ = Look::of(&term).write(&mut io::stderr().lock(), &lines);
        std::future::ready(Reply::Nobody(Hold::NoTerminal)).boxed_local()
    }
}

/// Asks for a variable's value before a session begins.
///
/// # Errors
/// Where nobody answers: why.
pub fn ask_value(
    terminal: &Terminal,
    question: &str,
    default: Option<&str>,
    secret: bool,
) -> io::Result<String> {
    let asked = Asked { question: question.to_owned(), default: default.map(str::to_owned) };
    let echo = if secret { Echo::Off } else { Echo::On };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (stopper, stop) = Stopper::new();
    let value = runtime.block_on(async {
        let _signals = signal::listen(stopper)?;
        let talk = move |talk: &Talk<'_>| conversation::value(talk, &asked);
        let value = terminal.converse(&stop, echo, talk).await;
        value.map_err(|why| io::Error::other(hold_words(Some(why))))
    });
    // A prompt that was abandoned still waits for a line on its thread.
    runtime.shutdown_background();
    value
}
