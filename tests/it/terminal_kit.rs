//! What the terminal suites share: a scripted person on a pseudo terminal, in a folder of their
//! own. It claims nothing.
//!
//! Every wait is for a condition, and a test whose condition does not come true in time fails.

use holdpoint::runbook::Phase;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use holdpoint::journal::{End, History};
use holdpoint::session::Entry;
use portable_pty::{CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};
use tempfile::TempDir;

mod person;
mod seen;

pub use person::Person;

/// What a wait may take on a machine that has much else to do.
const LIMIT: Duration = Duration::from_mins(1);

/// The program under test.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_holdpoint");

/// A runbook with one phase that applies, in this environment.
pub fn runbook(environment: &str, steps: &str, exits: &str) -> String {
    let mut text = format!(
        "format = 1\n[runbook]\nid = \"terminal\"\ntitle = \"A rehearsal\"\n\
         environment = \"{environment}\"\ncomponent = \"stage\"\nowner = \"us\"\n\
         [[phase]]\nname = \"Pre-Deployment Analysis\"\n\
         [[phase.step]]\nid = \"look\"\ntitle = \"Look\"\ncheck.file = {{ path = \"book.toml\" }}\n\
         {steps}\n[[phase.exit]]\ncriterion = \"It was seen\"\nproven_by = [\"look\"]\n{exits}\n"
    );
    for name in Phase::ALL[1..].iter().map(|phase| phase.name()) {
        text.extend(["[[phase]]\nname = \"", name, "\"\nskip = \"not on this stage\"\n"]);
    }
    text
}

/// A folder with everything that a session touches.
pub struct Place(TempDir);

impl Place {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// With this runbook as `book.toml`.
    pub fn with(book: &str) -> Self {
        let place = Self::new();
        place.write("book.toml", book);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Waits until a file is there.
    pub fn has(&self, name: &str) {
        until(&format!("the file {name}"), || self.path(name).exists());
    }

    /// What a process in here finds in its environment.
    fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        let of = |name: &str| std::env::var_os(name).map(PathBuf::from);
        let home = of("HOME").unwrap_or_default();
        vec![
            ("PATH", of("PATH").unwrap_or_default()),
            ("HOME", self.path("home")),
            ("XDG_STATE_HOME", self.path("state")),
            ("RUSTUP_HOME", of("RUSTUP_HOME").unwrap_or_else(|| home.join(".rustup"))),
            ("CARGO_HOME", of("CARGO_HOME").unwrap_or_else(|| home.join(".cargo"))),
            ("RUSTUP_TOOLCHAIN", of("RUSTUP_TOOLCHAIN").unwrap_or_else(|| "stable".into())),
            ("TERM", "xterm-256color".into()),
            ("LANG", "C.UTF-8".into()),
        ]
    }

    /// A person who starts the program and stays.
    pub fn sits(&self, arguments: &[&str]) -> Person {
        self.terminal().starts_program(arguments)
    }

    /// A person who types this command line, in which `"$0"` is the program.
    pub fn sits_in_a_shell(&self, line: &str) -> Person {
        self.terminal().starts_shell(line)
    }

    /// A terminal on which nothing runs yet, wide and high enough to see a whole gate.
    pub fn terminal(&self) -> Terminal<'_> {
        Terminal::new(self, 120, 160)
    }

    /// The program with nobody to ask, to its end.
    pub fn alone(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(PROGRAM);
        command.args(arguments).current_dir(self.0.path()).env_clear().envs(self.environment());
        command.stdin(Stdio::null()).output().unwrap()
    }

    /// Everything in a journal, which must be whole.
    pub fn entries(&self, journal: &str) -> Vec<Entry> {
        let history = History::read(&fs::read(self.path(journal)).unwrap()).unwrap();
        assert_eq!(history.log.end, End::Clean, "{journal} ends in the middle of an entry");
        history.entries
    }

    /// `holdpoint verify` finds nothing.
    pub fn verifies(&self, journal: &str) {
        let told = self.alone(&["verify", journal]);
        assert_eq!(told.status.code(), Some(0), "{}", String::from_utf8_lossy(&told.stdout));
    }
}

/// A pseudo terminal.
pub struct Terminal<'a> {
    place: &'a Place,
    master: Box<dyn MasterPty + Send>,
    slave: Box<dyn SlavePty + Send>,
    writer: Box<dyn std::io::Write + Send>,
    environment: Vec<(&'static str, PathBuf)>,
    controls: bool,
    size: (u16, u16),
}

impl<'a> Terminal<'a> {
    pub fn new(place: &'a Place, columns: u16, rows: u16) -> Self {
        let size = PtySize { rows, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let writer = pair.master.take_writer().unwrap();
        let environment = place.environment();
        let (master, slave) = (pair.master, pair.slave);
        Self { place, master, slave, writer, environment, controls: true, size: (columns, rows) }
    }

    /// Typed before the program is even started.
    pub fn typed(mut self, text: &str) -> Self {
        self.writer.write_all(text.as_bytes()).unwrap();
        self
    }

    /// One more variable in the environment.
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// What is started draws here, but has no terminal that it could ask on.
    pub fn without_control(mut self) -> Self {
        self.controls = false;
        self
    }

    pub fn path(&self) -> PathBuf {
        self.master.tty_name().unwrap()
    }

    pub fn starts_program(self, arguments: &[&str]) -> Person {
        self.starts(&[&[PROGRAM], arguments].concat())
    }

    /// A shell with this command line, in which `"$0"` is the program.
    pub fn starts_shell(self, line: &str) -> Person {
        self.starts(&["sh", "-c", line, PROGRAM])
    }

    fn starts(self, argv: &[&str]) -> Person {
        let mut command = CommandBuilder::from_argv(argv.iter().map(Into::into).collect());
        command.env_clear();
        command.cwd(self.place.0.path());
        command.set_controlling_tty(self.controls);
        for (name, value) in &self.environment {
            command.env(name, value);
        }
        let tty = person::open(&self.path());
        let child = self.slave.spawn_command(command).unwrap();
        Person::new(self.master, self.writer, tty, child, self.size)
    }
}

/// Waits for a condition of the world outside.
pub fn until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < LIMIT, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
