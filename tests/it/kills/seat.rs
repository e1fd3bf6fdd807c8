//! A seat at a pseudo terminal on which the program runs, and the hand that kills it. It knows
//! what was asked and types what it is told; it decides and claims nothing.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_holdpoint");

/// No answer and no question for so long: the program hangs.
const HANGS: Duration = Duration::from_mins(1);

/// Above the words that a question takes, each time it is put.
const WORDS: &str = "Type one of these words:";

/// Behind them, where the answer is typed.
const ANSWER: &str = "Your answer";

/// What came next on the terminal.
pub enum Next {
    /// A question, with everything that was shown since the one before.
    Question(String),
    /// The program ended.
    End(u32),
    /// Nothing until the moment that was named.
    Nothing,
}

/// The program on a terminal of its own.
pub struct Seat {
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    _master: Box<dyn MasterPty + Send>,
    heard: Receiver<Vec<u8>>,
    /// What was shown, without what steers a terminal.
    shown: String,
    escape: Escape,
    /// How much of it belongs to questions that were answered.
    read: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Escape {
    None,
    Begun,
    Control,
    Command,
}

impl Seat {
    pub fn at(folder: &Path, arguments: &[&str]) -> Self {
        Self::with(folder, arguments, &[])
    }

    /// With more in its environment.
    pub fn with(folder: &Path, arguments: &[&str], more: &[(&str, &str)]) -> Self {
        let size = PtySize { rows: 50, cols: 200, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(PROGRAM);
        command.args(arguments);
        command.cwd(folder);
        command.env_clear();
        for (name, value) in environment(folder) {
            command.env(name, value);
        }
        for (name, value) in more {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        let writer = pair.master.take_writer().unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (tell, heard) = channel();
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(many @ 1..) = reader.read(&mut piece) {
                if tell.send(piece[..many].to_vec()).is_err() {
                    return;
                }
            }
        });
        let (shown, escape) = (String::new(), Escape::None);
        Self { child, writer, _master: pair.master, heard, shown, escape, read: 0 }
    }

    /// The next question, or what came instead.
    pub fn next(&mut self, until: Option<Instant>) -> Next {
        let end = loop {
            let words = self.shown[self.read..].find(WORDS).map(|at| self.read + at + WORDS.len());
            let asked = words.and_then(|words| Some(words + self.shown[words..].find(ANSWER)?));
            if let Some(end) = asked {
                break end;
            }
            if let Some(other) = self.hear(until) {
                return other;
            }
        };
        let question = self.shown[self.read..end].to_owned();
        self.read = end + ANSWER.len();
        Next::Question(question)
    }

    /// Waits for a text that asks for more; false where something else came first.
    pub fn sees(&mut self, text: &str, until: Option<Instant>) -> bool {
        while !self.shown[self.read..].contains(text) {
            if self.hear(until).is_some() {
                return false;
            }
        }
        true
    }

    /// Hears one piece of what is shown.
    fn hear(&mut self, until: Option<Instant>) -> Option<Next> {
        let most = until.map_or(HANGS, |at| at.saturating_duration_since(Instant::now()));
        match self.heard.recv_timeout(most) {
            Ok(piece) => self.take(&piece),
            Err(RecvTimeoutError::Disconnected) => {
                return Some(Next::End(self.child.wait().unwrap().exit_code()));
            }
            Err(RecvTimeoutError::Timeout) if until.is_some() => return Some(Next::Nothing),
            Err(RecvTimeoutError::Timeout) => {
                self.kill();
                panic!("it hangs, and shows:\n{}", self.shown);
            }
        }
        None
    }

    fn take(&mut self, piece: &[u8]) {
        let mut plain = Vec::new();
        for byte in piece {
            self.escape = match (self.escape, byte) {
                (_, 0x1b) => Escape::Begun,
                (Escape::Begun, b'[') => Escape::Control,
                (Escape::Begun, b']') => Escape::Command,
                (Escape::Begun, _) | (Escape::Command, 7) | (Escape::Control, 0x40..=0x7e) => {
                    Escape::None
                }
                (Escape::None, _) => {
                    plain.push(*byte);
                    Escape::None
                }
                (other, _) => other,
            };
        }
        self.shown.push_str(&String::from_utf8_lossy(&plain));
    }

    pub fn types(&mut self, text: &str) {
        // Where the program was killed meanwhile nobody reads it.
        let _ = write!(self.writer, "{text}\r").and_then(|()| self.writer.flush());
    }

    /// SIGKILL, now; returns when the process is gone. False where it had ended by itself.
    pub fn kill(&mut self) -> bool {
        let pid = self.child.process_id().unwrap().cast_signed();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        // It may have ended by itself a moment ago.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        self.child.wait().unwrap().signal().is_some()
    }

    /// Everything that was shown.
    pub fn shown(&self) -> &str {
        &self.shown
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.kill();
        }
    }
}

/// What the program finds in its environment: nothing of ours but programs.
pub fn environment(folder: &Path) -> Vec<(&'static str, std::ffi::OsString)> {
    vec![
        ("PATH", std::env::var_os("PATH").unwrap_or_default()),
        ("HOME", folder.into()),
        ("XDG_STATE_HOME", folder.join("state").into()),
        ("TERM", "xterm".into()),
        ("LANG", "C.UTF-8".into()),
    ]
}
