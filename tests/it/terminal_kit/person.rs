//! The scripted person: looks, types, pastes, sends signals, walks away.

use std::fs::File;
use std::io::Write;
use std::num::NonZeroU16;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::Instant;

use portable_pty::{Child, MasterPty, PtySize};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

use super::LIMIT;
use super::seen::{Seen, Told};

const LEFT: &str = "-- the program has left --";

/// Somebody at a terminal on which a program runs.
pub struct Person {
    desk: Option<Desk>,
    seen: Arc<Seen>,
    exit: Receiver<u32>,
    pid: Pid,
    /// How much of the text that went by was looked for already.
    read: usize,
    ended: bool,
}

/// The terminal itself; who leaves it, closes it.
struct Desk {
    master: Box<dyn MasterPty + Send>,
    writer: Box<dyn Write + Send>,
    tty: File,
    reading: JoinHandle<()>,
}

impl Person {
    pub(super) fn new(
        master: Box<dyn MasterPty + Send>,
        writer: Box<dyn Write + Send>,
        tty: File,
        child: Box<dyn Child + Send + Sync>,
        size: (u16, u16),
    ) -> Self {
        let pid = Pid::from_raw(child.process_id().unwrap().cast_signed()).unwrap();
        let reader = master.try_clone_reader().unwrap();
        let seen = Arc::new(Seen::new(size));
        let reading = std::thread::spawn({
            let seen = Arc::clone(&seen);
            move || seen.read(reader)
        });
        let desk = Some(Desk { master, writer, tty, reading });
        Self { desk, seen, exit: wait_for(child), pid, read: 0, ended: false }
    }

    fn desk(&mut self) -> &mut Desk {
        self.desk.as_mut().expect("the terminal was closed")
    }

    /// Waits until this text has gone by, and looks only behind it from then on.
    pub fn sees(&mut self, text: &str) {
        let wanted = text.as_bytes();
        let begun = Instant::now();
        let mut told = self.seen.told();
        loop {
            let found = told.plain[self.read..].windows(wanted.len()).position(|at| at == wanted);
            if let Some(at) = found {
                self.read += at + wanted.len();
                return;
            }
            let left = LIMIT.checked_sub(begun.elapsed());
            let screen = || tail(&told);
            let left = left.unwrap_or_else(|| panic!("never saw `{text}` in:\n{}", screen()));
            let waited = self.seen.changed.wait_timeout(told, left);
            told = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Whether this text went by at any time.
    pub fn has_seen(&self, text: &str) -> bool {
        self.seen.told().plain.windows(text.len()).any(|at| at == text.as_bytes())
    }

    /// Every byte that the terminal was sent.
    pub fn raw(&self) -> Vec<u8> {
        self.seen.told().raw.clone()
    }

    /// What stands on the screen now.
    pub fn screen(&self) -> String {
        self.seen.told().screen.screen().contents()
    }

    /// What the terminal was made to do to the world around it: title, clipboard, bell.
    pub fn acts(&self) -> Vec<String> {
        self.seen.told().screen.callbacks().0.clone()
    }

    /// Types or pastes these characters; Enter is `\r`.
    pub fn types(&mut self, text: &str) {
        let writer = &mut self.desk().writer;
        writer.write_all(text.as_bytes()).and_then(|()| writer.flush()).unwrap();
    }

    /// Types a word at the question that comes next, and Enter.
    pub fn answers(&mut self, word: &str) {
        self.sees("Your answer");
        self.types(&format!("{word}\r"));
    }

    /// Pastes into a terminal that marks what is pasted.
    pub fn pastes_marked(&mut self, text: &str) {
        self.types(&format!("\x1b[200~{text}\x1b[201~"));
    }

    pub fn resizes(&mut self, columns: u16, rows: u16) {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        self.desk().master.resize(size).unwrap();
        let size = |cells| NonZeroU16::new(cells).unwrap();
        self.seen.told().screen.set_size(size(rows), size(columns));
    }

    pub fn signals(&self, signal: Signal) {
        kill_process(self.pid, signal).unwrap();
    }

    /// Ends the program without giving it a chance.
    pub fn is_killed(&mut self) {
        self.signals(Signal::KILL);
        self.exit.recv_timeout(LIMIT).expect("a killed program is over");
        self.ended = true;
    }

    /// The program's process.
    pub fn pid(&self) -> u32 {
        self.pid.as_raw_nonzero().get().cast_unsigned()
    }

    /// Closes the terminal under the program. Nothing is typed by that.
    pub fn walks_away(&mut self) {
        let mut desk = self.desk.take().expect("the terminal is closed already");
        let mut mode = tcgetattr(&desk.tty).unwrap();
        // Without this the writer types Enter and Ctrl-D when it is dropped.
        mode.special_codes[SpecialCodeIndex::VEOF] = 0;
        tcsetattr(&desk.tty, OptionalActions::Now, &mode).unwrap();
        // The reader holds the terminal open until it reads something.
        self.seen.told().closing = true;
        desk.tty.write_all(b" ").unwrap();
        desk.reading.join().unwrap();
    }

    /// Waits for the program's end and tells its exit code; it must leave the terminal as it
    /// should be.
    pub fn leaves_with(&mut self) -> u32 {
        let code = self.exit.recv_timeout(LIMIT).unwrap_or_else(|_| {
            panic!("the program does not end; it shows:\n{}", tail(&self.seen.told()))
        });
        self.ended = true;
        if let Some(desk) = &mut self.desk {
            // Behind everything that the program wrote.
            desk.tty.write_all(LEFT.as_bytes()).unwrap();
            self.sees(LEFT);
        }
        if let Some(desk) = &self.desk {
            let mode = tcgetattr(&desk.tty).unwrap().local_modes;
            let wanted = LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG;
            assert!(mode.contains(wanted), "the terminal is left with {mode:?}");
            assert!(!self.seen.told().screen.screen().hide_cursor(), "the cursor stays hidden");
        }
        code
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        if !self.ended {
            let _gone = kill_process(self.pid, Signal::KILL);
        }
    }
}

fn tail(told: &Told) -> String {
    let text = String::from_utf8_lossy(&told.plain);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(60)..].join("\n")
}

/// Opens a terminal without making it that of the tests.
pub(super) fn open(path: &Path) -> File {
    File::from(rustix::fs::open(path, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap())
}

fn wait_for(mut child: Box<dyn Child + Send + Sync>) -> Receiver<u32> {
    let (tell, exit) = channel();
    std::thread::spawn(move || tell.send(child.wait().unwrap().exit_code()));
    exit
}
