//! One session of the drill that is killed again and again: who answers its questions, and what is
//! looked at after each kill.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use holdpoint::journal::History;
use holdpoint::runbook::Phase;
use holdpoint::session::{Condition, Question, Session, Stage};
use tempfile::TempDir;

use super::proof::{Outcomes, is_in_order};
use crate::greeter_kit::{copy, free_port};
use crate::kills::campaign::{Draw, Random, Tally, Whole};
use crate::kills::ordeal::{aims, is_whole, still_runs, tear, waits_for};
use crate::kills::proof::{Ledger, Reader};
use crate::kills::seat::{Next, Seat};

/// A session in a folder of its own.
pub struct Ordeal<'a> {
    folder: TempDir,
    port: u16,
    reader: Reader,
    /// Makes choices where several are right.
    person: &'a mut Random,
    tally: &'a mut Tally,
    /// When the last gate before the window was passed, and how many entries there were then.
    watched: Option<(Instant, usize)>,
}

impl<'a> Ordeal<'a> {
    pub fn of(prepared: &Path, person: &'a mut Random, tally: &'a mut Tally) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(prepared, folder.path());
        let (port, reader) = (free_port(), Reader::default());
        Self { folder, port, reader, person, tally, watched: None }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The session to its end, killed at the delays that are drawn from how much of it is over.
    /// Entries and time count from the window that fails on.
    pub fn goes_to_its_end(mut self, draw: &mut Draw<'_>) -> Whole<Outcomes> {
        loop {
            if let Some(whole) = self.goes_on(draw) {
                return whole;
            }
        }
    }

    /// One process: until it ends or is killed, which it is only from the window on.
    fn goes_on(&mut self, draw: &mut Draw<'_>) -> Option<Whole<Outcomes>> {
        let resumes = self.path().join("j.md").exists();
        let port = format!("port={}", self.port);
        let run = ["run", "book.toml", "--journal", "j.md", "--var", &port];
        let arguments: &[&str] = if resumes { &["resume", "j.md"] } else { &run };
        let mut until = self.watched.and_then(|_| self.draws(draw, true));
        let mut seat = Seat::at(self.folder.path(), arguments);
        let mut killed = false;
        loop {
            match seat.next(until) {
                Next::Question(shown) => {
                    let before = self.watched.is_some();
                    self.answers(&mut seat, &shown, until);
                    if !before && self.watched.is_some() {
                        until = self.draws(draw, false);
                    }
                }
                Next::Nothing => {
                    aims(self.folder.path(), self.tally);
                    killed = seat.kill();
                    break;
                }
                Next::End(4 | 5) => break,
                Next::End(code) => panic!("it ended with {code}:\n{}", seat.shown()),
            }
        }
        let history = self.reader.reads(self.folder.path(), true)?;
        if killed {
            self.tally.count(place(&history.session), Some(&history));
            if self.tally.kills == 2 {
                tear(self.folder.path(), &history);
            }
        }
        let closed = matches!(history.session.condition(), Condition::Closed(_));
        closed.then(|| self.ends(&history))
    }

    /// The moment of the next kill. `is_dead`: nobody writes the journal now.
    fn draws(&mut self, draw: &mut Draw<'_>, is_dead: bool) -> Option<Instant> {
        let history = self.reader.reads(self.folder.path(), is_dead)?;
        let before = self.watched.map_or(0, |(_, entries)| entries);
        draw(history.entries.len() - before).map(|delay| Instant::now() + delay)
    }

    /// Answers as somebody would who looks before they speak.
    fn answers(&mut self, seat: &mut Seat, shown: &str, until: Option<Instant>) {
        let history =
            self.reader.reads(self.folder.path(), false).expect("a question is on record");
        let pending = history.session.pending().expect("a question is on record before it is put");
        match pending {
            Question::Gate { to } => {
                if *to == Some(Phase::MonitoringSetup) {
                    self.watched = Some((Instant::now(), history.entries.len()));
                }
                seat.types("proceed");
            }
            Question::Manual { step } => {
                seat.types("done");
                if step.as_str() == "when-back" && seat.sees("What was done", until) {
                    seat.types("one in ten");
                }
            }
            Question::Failure { step } if step.as_str() == "watch" => seat.types("rollback"),
            Question::Rollback => says_why(seat, until),
            Question::Running { step } => self.looks_after(seat, step.as_str(), shown),
            Question::Doubt { step } => self.decides(seat, step.as_str(), shown, until),
            Question::Failure { .. }
            | Question::Attest { .. }
            | Question::Identity
            | Question::RunbookChange { .. } => {
                seat.kill();
                panic!("asked for no reason:\n{shown}");
            }
        }
    }

    /// Something of the step still runs: the service that it leaves, or the step itself.
    fn looks_after(&mut self, seat: &mut Seat, step: &str, shown: &str) {
        self.tally.left_running += 1;
        assert!(!shown.contains("\n  never") && !shown.contains("\n  rerun"), "{shown}");
        // Nobody waits for the end of a service.
        let ends = step != "undo.switch";
        match self.person.fraction() {
            chance if chance < 0.5 => seat.types("stop"),
            _ if ends => seat.types("wait"),
            _ => {
                waits_for("what was left running", || !still_runs(self.path(), step));
                seat.types("leave");
            }
        }
    }

    /// In doubt, and nothing of it runs that does anything to the ledger.
    fn decides(&mut self, seat: &mut Seat, step: &str, shown: &str, until: Option<Instant>) {
        self.tally.doubts += 1;
        assert!(!still_runs(self.path(), step), "{step} still runs, and nobody is told:\n{shown}");
        if Ledger::read(self.path()).count("effect", step) > 0 {
            seat.types("done");
        } else if shown.contains("\n  never") {
            seat.types("never");
        } else {
            // What it left is to be stopped before it may begin again.
            seat.types("hold");
            if seat.sees("Why (", until) {
                seat.types("something still ran");
            }
        }
    }

    /// The end: everything that must be so of a whole session.
    fn ends(&mut self, history: &History) -> Whole<Outcomes> {
        let (watched, before) = self.watched.expect("it was watched before it was rolled back");
        let took = watched.elapsed();
        is_in_order(&history.entries);
        let ledger = is_whole(self.folder.path(), history, &mut self.reader, self.tally);
        let outcomes = Outcomes::of(&history.entries, &history.session, &ledger);
        Whole { outcomes, entries: history.entries.len() - before, took }
    }
}

fn says_why(seat: &mut Seat, until: Option<Instant>) {
    seat.types("proceed");
    if seat.sees("Which criterion applies", until) {
        seat.types("1");
    }
    if seat.sees("Why (", until) {
        seat.types("a greeting in three fails");
    }
}

fn place(session: &Session) -> &'static str {
    let is_behind = |id: &str| session.steps().any(|(step, _)| step.as_str() == id);
    match session.stage() {
        _ if is_behind("watch-again") => "in the window behind",
        _ if session.is_rolling_back() => "rolling back",
        _ if session.back().is_some() || session.pending().is_some() => "before rolling back",
        Stage::In(Phase::MonitoringSetup) => "in the window that fails",
        _ => "before the window",
    }
}

impl Drop for Ordeal<'_> {
    fn drop(&mut self) {
        let mut clean = Command::new("sh");
        clean.args(["runbooks/quickstart/deploy.sh", "--in", "target/drill", "stop"]);
        let _told = clean.current_dir(self.path()).output();
        if std::thread::panicking() {
            self.folder.disable_cleanup(true);
            let left = self.folder.path().display();
            let _ = writeln!(std::io::stderr(), "what is left of it: {left}");
        } else {
            let _gone = fs::remove_file(self.path().join("target/drill/greeter.pid"));
        }
    }
}
