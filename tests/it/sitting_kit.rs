//! What the suites of the whole program share: a folder of its own for each test, the real binary
//! in it with or without a terminal, and what came of that. It claims nothing.

use holdpoint::runbook::Phase;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use holdpoint::session::{Entry, Event};

use crate::terminal_kit::{self, PROGRAM, Person};

/// A runbook whose first phase has these variables and steps; one of them is `act`.
pub fn book(variables: &str, steps: &str) -> String {
    let mut text = format!(
        "format = 1\n[runbook]\nid = \"whole\"\ntitle = \"A rehearsal\"\nenvironment = \"stage\"\n\
         component = \"api\"\n[vars]\n{variables}\n[[phase]]\nname = \"Pre-Deployment Analysis\"\n\
         {steps}\n[[phase.exit]]\ncriterion = \"It was done\"\nproven_by = [\"act\"]\n"
    );
    for name in Phase::ALL[1..].iter().map(|phase| phase.name()) {
        text.push_str(&format!("[[phase]]\nname = \"{name}\"\nskip = \"not here\"\n"));
    }
    text
}

/// A runbook with one action, which leaves the file `ran-1`.
pub fn touching() -> String {
    book(
        "version = { value = \"1\", pattern = '\\d+' }",
        "[[phase.step]]\nid = \"act\"\ntitle = \"Touch it\"\nrun = [\"touch\", \"ran-{{version}}\"]",
    )
}

/// A folder with everything that a session touches.
pub struct Place {
    place: terminal_kit::Place,
    environment: BTreeMap<&'static str, String>,
}

impl Place {
    /// With this runbook as `book.toml`.
    pub fn with(book: &str) -> Self {
        let place = terminal_kit::Place::with(book);
        let of = |name: &str| place.path(name).display().to_string();
        let environment = BTreeMap::from([
            ("PATH", std::env::var("PATH").unwrap()),
            ("HOME", of("home")),
            ("XDG_STATE_HOME", of("state")),
            ("TERM", "xterm-256color".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
        ]);
        Self { place, environment }
    }

    /// With the journal `j.md` of a session that is held at its first gate.
    pub fn held() -> Self {
        let place = Self::with(&touching());
        place.runs(&["run", "book.toml", "--journal", "j.md"]).ends(4, &["Gate to phase 1 of 8"]);
        place
    }

    pub fn set(&mut self, name: &'static str, value: &str) {
        self.environment.insert(name, value.to_owned());
    }

    pub fn unset(&mut self, name: &str) {
        self.environment.remove(name);
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.place.path(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.path(name), bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// A command in this place that has no terminal.
    pub fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        if cfg!(target_os = "linux") {
            // A session of its own has no controlling terminal, whoever starts the tests.
            command = Command::new("setsid");
            command.args(["--wait", program]);
        }
        command.args(arguments);
        command.current_dir(self.path("")).env_clear().envs(&self.environment).stdin(Stdio::null());
        command
    }

    /// The program with nobody to ask, to its end.
    pub fn runs(&self, arguments: &[&str]) -> Ran {
        Ran::of(&self.command(PROGRAM, arguments).output().unwrap(), arguments)
    }

    /// A shell command line in which `"$0"` is the program.
    pub fn shell(&self, line: &str) -> Ran {
        Ran::of(&self.command("sh", &["-c", line, PROGRAM]).output().unwrap(), &[line])
    }

    /// The same in a mount namespace of its own; none where this machine has none for us.
    pub fn shell_with_mounts(&self, line: &str) -> Option<Ran> {
        let ways: [&[&str]; 2] = [&["--mount"], &["--mount", "--map-root-user"]];
        let tries = |way: &[&str], argv: &[&str]| {
            self.command("unshare", &[way, argv].concat()).output().unwrap()
        };
        let mounts = ["mount", "-t", "tmpfs", "none", "/mnt"];
        let way = ways.into_iter().find(|way| tries(way, &mounts).status.success())?;
        Some(Ran::of(&tries(way, &["sh", "-c", line, PROGRAM]), &[line]))
    }

    /// The program on a terminal.
    pub fn sits(&self, arguments: &[&str]) -> Person {
        let mut terminal = self.place.terminal();
        for (name, value) in &self.environment {
            terminal = terminal.with(name, value);
        }
        terminal.starts_program(arguments)
    }

    /// The program does not do this: it says why in these words, and changes nothing at all.
    /// Waits for a file that a command leaves.
    pub fn has(&self, name: &str) {
        self.place.has(name);
    }

    pub fn refuses(&self, arguments: &[&str], code: i32, parts: &[&str]) {
        let before = self.everything();
        self.runs(arguments).ends(code, parts);
        assert_eq!(before, self.everything(), "{arguments:?} changed something");
    }

    /// Every path in here but for the locks of targets, with what is there.
    pub fn everything(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.path("")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let entry = entry.unwrap();
                let (path, kind) = (entry.path(), entry.file_type().unwrap());
                let lock_of_target = path.starts_with(self.path("state"));
                if kind.is_dir() && !lock_of_target {
                    folders.push(path.clone());
                }
                let bytes = if kind.is_file() { fs::read(&path).unwrap() } else { Vec::new() };
                if !lock_of_target {
                    found.insert(path, bytes);
                }
            }
        }
        found
    }

    /// Everything in a journal, which must be whole.
    pub fn entries(&self, journal: &str) -> Vec<Entry> {
        self.place.entries(journal)
    }

    /// Whether any step's action was ever started.
    pub fn acted(&self, journal: &str) -> bool {
        self.entries(journal).iter().any(|entry| matches!(entry.event, Event::Started { .. }))
    }
}

/// What came of a run of the program.
#[derive(Debug)]
pub struct Ran {
    what: String,
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: &Output, arguments: &[&str]) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            what: arguments.join(" "),
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// It ended with this code and said all of this, and nothing of it acts on a terminal.
    pub fn ends(&self, code: i32, parts: &[&str]) -> &Self {
        let Self { what, out, err, .. } = self;
        assert_eq!(self.code, Some(code), "{what}\n--- out\n{out}--- err\n{err}");
        // Lines for a person are wrapped: a line end counts as a space.
        let joined = format!("{out}\n{err}").split_whitespace().collect::<Vec<_>>().join(" ");
        for part in parts {
            assert!(joined.contains(part), "{what}: no `{part}`\n--- out\n{out}--- err\n{err}");
        }
        let acts = |text: &str| text.contains(|c: char| c.is_control() && c != '\n');
        assert!(!acts(out) && !acts(err), "{what}: something acts in {out:?} {err:?}");
        assert!(!err.contains("panicked"), "{what}: {err}");
        self
    }
}
