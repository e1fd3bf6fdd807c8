//! One session that is killed again and again: who answers its questions, and what is looked at
//! after each kill.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use holdpoint::journal::{End, History, render};
use holdpoint::session::{Condition, Entry, Question};
use tempfile::TempDir;

use super::campaign::{Draw, Tally, Whole};
use super::proof::{Ledger, Outcomes, Reader, is_in_order};
use super::seat::{Next, PROGRAM, Seat, environment};

/// Waiting for what runs alone takes no longer than this.
const HANGS: Duration = Duration::from_mins(1);

/// A kill that is aimed comes this much later, at most.
const AIMS: Duration = Duration::from_millis(500);

/// A session in a folder of its own.
pub struct Ordeal<'a> {
    folder: TempDir,
    reader: Reader,
    tally: &'a mut Tally,
}

impl<'a> Ordeal<'a> {
    pub fn of(book: &str, tally: &'a mut Tally) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("book.toml"), book).unwrap();
        fs::write(folder.path().join("ledger"), "").unwrap();
        Self { folder, reader: Reader::default(), tally }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The session to its end, killed at the delays that are drawn from how much of it is over.
    pub fn goes_to_its_end(mut self, draw: &mut Draw<'_>) -> Whole<Outcomes> {
        let begun = Instant::now();
        loop {
            let entries =
                self.reader.reads(self.folder.path(), true).map_or(0, |it| it.entries.len());
            if let Some(whole) = self.goes_on(draw(entries)) {
                return Whole { took: begun.elapsed(), ..whole };
            }
        }
    }

    /// One process: until it ends or is killed.
    fn goes_on(&mut self, kill_after: Option<Duration>) -> Option<Whole<Outcomes>> {
        let resumes = self.path().join("j.md").exists();
        let run = ["run", "book.toml", "--journal", "j.md"];
        let arguments: &[&str] = if resumes { &["resume", "j.md"] } else { &run };
        let until = kill_after.map(|delay| Instant::now() + delay);
        let mut seat = Seat::at(self.path(), arguments);
        let mut killed = false;
        loop {
            match seat.next(until) {
                Next::Question(shown) => self.answers(&mut seat, &shown, until),
                Next::Nothing => {
                    aims(self.folder.path(), self.tally);
                    killed = seat.kill();
                    break;
                }
                Next::End(0 | 4) => break,
                Next::End(code) => panic!("it ended with {code}:\n{}", seat.shown()),
            }
        }
        let history = self.reader.reads(self.folder.path(), true);
        if killed {
            self.tally.count(place(history.as_ref()), history.as_ref());
            let tears = self.tally.kills == 2;
            if let Some(history) = history.as_ref().filter(|_| tears) {
                tear(self.folder.path(), history);
            }
        }
        let history = history.filter(|it| matches!(it.session.condition(), Condition::Closed(_)));
        history.map(|history| self.ends(&history))
    }

    /// Answers as somebody would who looks before they speak.
    fn answers(&mut self, seat: &mut Seat, shown: &str, until: Option<Instant>) {
        let history =
            self.reader.reads(self.folder.path(), false).expect("a question is on record");
        let pending = history.session.pending().expect("a question is on record before it is put");
        match pending {
            Question::Gate { .. } => seat.types("proceed"),
            Question::Manual { .. } => {
                seat.types("done");
                if seat.sees("What was done", until) {
                    seat.types("all of it");
                }
            }
            Question::Attest { .. } => {
                seat.types("yes");
                if seat.sees("Your name", until) {
                    seat.types("Ada Lovelace");
                }
            }
            Question::Doubt { step } => self.decides(seat, step.as_str(), shown, until),
            Question::Running { .. } => {
                assert!(shown.contains("still run"), "{shown}");
                self.tally.left_running += 1;
                seat.types(["wait", "stop", "leave"][self.tally.left_running % 3]);
            }
            Question::Failure { .. }
            | Question::Identity
            | Question::Rollback
            | Question::RunbookChange { .. } => {
                seat.kill();
                panic!("asked for no reason:\n{shown}");
            }
        }
    }

    /// In doubt: what still runs must be told, and only what neither happened nor runs is run
    /// again.
    fn decides(&mut self, seat: &mut Seat, step: &str, shown: &str, until: Option<Instant>) {
        self.tally.doubts += 1;
        let runs = still_runs(self.path(), step);
        // Not what was answered a moment ago, which is shown once more.
        let told = shown.contains("attempt still run:");
        assert!(told || !runs, "{step} still runs, and nobody is told:\n{shown}");
        assert_eq!(shown.contains("\n  rerun"), !told, "{shown}");
        self.tally.left_running += usize::from(told);
        if Ledger::read(self.path()).count("effect", step) > 0 {
            seat.types("done");
        } else if told {
            waits_for("what was left running", || !still_runs(self.path(), step));
            seat.types("hold");
            if seat.sees("Why (", until) {
                seat.types("something still ran");
            }
        } else {
            seat.types("rerun");
        }
    }

    /// The end: everything that must be so of a whole session.
    fn ends(&mut self, history: &History) -> Whole<Outcomes> {
        waits_for("what was left running", || {
            !history.session.steps().any(|(step, _)| still_runs(self.path(), step.as_str()))
        });
        is_in_order(&history.entries);
        let ledger = is_whole(self.folder.path(), history, &mut self.reader, self.tally);
        Whole {
            outcomes: Outcomes::of(&history.entries, &history.session, &ledger),
            entries: history.entries.len(),
            took: Duration::ZERO,
        }
    }
}

impl Drop for Ordeal<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.folder.disable_cleanup(true);
            let left = self.folder.path().display();
            let _ = writeln!(std::io::stderr(), "what is left of it: {left}");
        }
    }
}

fn place(history: Option<&History>) -> String {
    let phase = history.and_then(|history| history.session.stage().phase());
    phase.map_or_else(|| "before phase 1".to_owned(), |it| format!("phase {}", it.number()))
}

/// At the end: what must be so of each whole session. Tells what really happened.
pub fn is_whole(
    folder: &Path,
    history: &History,
    reader: &mut Reader,
    tally: &mut Tally,
) -> Ledger {
    reader.reads(folder, true);
    tally.torn_tails += reader.torn_tails;
    tally.sessions += 1;
    let ledger = Ledger::read(folder);
    for (step, _) in history.session.steps() {
        assert_eq!(ledger.count("overlap", step.as_str()), 0, "{step} ran beside itself");
    }
    verifies(folder);
    ledger
}

/// Between the end of an action and what its checks tell are a few milliseconds, which a random
/// delay hardly ever hits on a busy machine: some of the kills wait for that moment, for a while.
pub fn aims(folder: &Path, tally: &Tally) {
    let most = Instant::now() + AIMS;
    while tally.kills % 4 == 3 && Instant::now() < most {
        let text = fs::read(folder.join("j.md")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        if text.rsplit("\n### ").next().is_some_and(|last| last.contains("Z - step acted: ")) {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// A kill in the midst of a write leaves a beginning of the next entry. That is a matter of
/// microseconds, so it is helped along here.
pub fn tear(folder: &Path, history: &History) {
    let path = folder.join("j.md");
    let length = fs::metadata(&path).unwrap().len();
    if history.log.end != End::Clean || !fs::read(&path).unwrap().ends_with(b"`\n") {
        return;
    }
    let last = history.entries.last().unwrap();
    let next = Entry { seq: last.seq + 1, ..last.clone() };
    let (text, _) = render(&next, &history.log.seal);
    // Anywhere in it, but not behind the seal.
    let cut = 1 + usize::try_from(length).unwrap() * 7919 % (text.len() - 2);
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(&text.as_bytes()[..cut]).unwrap();
}

/// `holdpoint verify` finds nothing.
pub fn verifies(folder: &Path) {
    let mut verify = Command::new(PROGRAM);
    verify.args(["verify", "j.md"]).current_dir(folder).env_clear().envs(environment(folder));
    let told = verify.output().unwrap();
    assert_eq!(told.status.code(), Some(0), "{}", String::from_utf8_lossy(&told.stdout));
}

/// Whether any process has the descriptor that every run of this step opens: known without asking
/// the program.
pub fn still_runs(folder: &Path, step: &str) -> bool {
    let wanted = folder.join(format!("lock.{step}"));
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let mut links = entries.map(|entry| fs::read_link(entry.path().join("fd/9")));
    links.any(|link| link.is_ok_and(|link| link == wanted))
}

/// Waits for a condition of the world outside.
pub fn waits_for(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < HANGS, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
