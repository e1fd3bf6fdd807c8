//! Lines that a person types: one at a time, edited by the terminal itself, so that the terminal
//! is never in a state that somebody must put right. Does not know what a line means.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{QueueSelector, tcflush};

/// A paste over a slow line comes in pieces: what comes within this time belongs together.
const QUIET: Duration = Duration::from_millis(50);

/// Who never stops typing is asked all the same.
const MOST_PIECES: usize = 40;

/// The terminal as something to read from.
#[derive(Debug)]
pub(super) struct Keyboard(File);

/// What was typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Typed {
    /// One line, without control characters.
    Line(String),
    /// More than one line at once, which nobody types.
    Many,
    /// A line with keys in it that are no text, such as arrows.
    Keys,
}

impl Keyboard {
    pub(super) fn new(tty: File) -> Self {
        Self(tty)
    }

    /// Shows a prompt and waits for a line. What was typed before the prompt stood there is thrown
    /// away, and so is what comes together with the line, behind it.
    ///
    /// # Errors
    /// At the end of input (Ctrl-D, or a terminal that was closed).
    pub(super) fn line(&self, prompt: &str) -> io::Result<Typed> {
        self.throw_away()?;
        let mut tty = &self.0;
        tty.write_all(prompt.as_bytes())?;
        // Longer than any line that a terminal edits.
        let mut line = [0; 8192];
        let length = loop {
            match tty.read(&mut line) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        // The terminal hands out whole lines; one without an end was cut by Ctrl-D.
        let Some(line) = line[..length].strip_suffix(b"\n") else {
            tty.write_all(b"\n")?;
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        let more = self.throw_away()?;
        let text = String::from_utf8_lossy(line).replace('\t', " ");
        Ok(if more {
            Typed::Many
        } else if text.contains(char::is_control) {
            Typed::Keys
        } else {
            Typed::Line(text)
        })
    }

    /// Throws away what was typed, until nothing more comes. Says whether there was a line.
    fn throw_away(&self) -> io::Result<bool> {
        let mut any = false;
        for _piece in 0..MOST_PIECES {
            let mut ready = [PollFd::new(&self.0, PollFlags::IN)];
            let quiet = Timespec { tv_sec: 0, tv_nsec: i64::from(QUIET.subsec_nanos()) };
            let lines = match poll(&mut ready, Some(&quiet)) {
                Err(rustix::io::Errno::INTR) => continue,
                other => other?,
            };
            // A line that was begun is seen by nobody, but it is thrown away too.
            tcflush(&self.0, QueueSelector::IFlush)?;
            if lines == 0 {
                break;
            }
            any = true;
        }
        Ok(any)
    }
}
