//! Many starts of the real program at once on one target: one of them runs, all others name it and
//! start nothing. Also: whoever was killed leaves no lock behind.

use holdpoint::runbook::Phase;
use std::fs::{self, File, OpenOptions};
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use holdpoint::host::identity;
use holdpoint::host::lock::{Holder, Lock};
use holdpoint::journal::History;
use holdpoint::value::Moment;
use rustix::fs::{CWD, FileType, mknodat};
use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_holdpoint");

/// A wait that lasts longer is in vain.
const LIMIT: Duration = Duration::from_secs(30);

/// Its prerequisite says that it runs, and waits to be let go: whoever has the target keeps it.
const BOOK: &str = r#"format = 1
[runbook]
id = "started"
title = "A deployment that many start"
environment = "rehearsal"
component = "crowd"
owner = "us"
[[prerequisite]]
title = "Somebody lets it go"
command = { run = ["sh", "-c", "echo $PPID >> runs; test -e go || cat hold > hold.out"] }
timeout = "60s"
[[phase]]
name = "Pre-Deployment Analysis"
[[phase.step]]
id = "look"
title = "Look"
check.file = { path = "runs" }
[[phase.exit]]
criterion = "It was seen"
proven_by = ["look"]
"#;

/// A folder with the runbook and two FIFOs: one to start from, one to be held by.
struct Place(TempDir);

/// Processes that are gone when the test is.
struct Crowd(Vec<(Child, String)>);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        let skipped: String = Phase::ALL[1..]
            .iter()
            .map(|phase| format!("[[phase]]\nname = \"{}\"\nskip = \"no\"\n", phase.name()))
            .collect();
        fs::write(place.path().join("book.toml"), BOOK.to_owned() + &skipped).unwrap();
        for name in ["start", "hold"] {
            mknodat(CWD, place.path().join(name), FileType::Fifo, 0o600.into(), 0).unwrap();
        }
        place
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Starts the program behind the FIFO `start`, so that many begin in the same moment.
    fn starts(&self, number: usize, arguments: &[String]) -> (Child, String) {
        let told = format!("told-{number}");
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", ": < start; exec \"$0\" \"$@\"", PROGRAM, "run", "book.toml"]);
        shell.args(["--no-input", "--new"]).args(arguments).current_dir(self.path()).env_clear();
        shell.env("PATH", std::env::var_os("PATH").unwrap());
        shell.env("XDG_STATE_HOME", self.path().join("state"));
        shell.stdin(Stdio::null()).stdout(Stdio::null());
        shell.stderr(File::create(self.path().join(&told)).unwrap());
        (shell.spawn().unwrap(), told)
    }

    /// Opens a FIFO for as long as the file lives: whoever waits for it goes on.
    fn opens(&self, fifo: &str) -> File {
        OpenOptions::new().read(true).write(true).open(self.path().join(fifo)).unwrap()
    }

    fn read(&self, name: &str) -> String {
        let mut text = String::new();
        let file = File::open(self.path().join(name));
        file.and_then(|mut file| file.read_to_string(&mut text)).unwrap_or_default();
        text
    }

    /// The journals that are there.
    fn journals(&self) -> Vec<Vec<u8>> {
        let folders = [self.path().to_owned(), self.path().join("journals")];
        let entries = folders.iter().filter_map(|folder| fs::read_dir(folder).ok()).flatten();
        let paths = entries.map(|entry| entry.unwrap().path());
        let journals = paths.filter(|path| path.extension().is_some_and(|it| it == "md"));
        journals.map(|path| fs::read(path).unwrap()).collect()
    }
}

impl Crowd {
    /// Waits until all but one have ended, and returns how.
    fn all_but_one_end(&mut self, place: &Place) -> Vec<(ExitStatus, String)> {
        let (begun, all) = (Instant::now(), self.0.len());
        let mut ended = Vec::new();
        while ended.len() + 1 < all {
            self.0.retain_mut(|(child, told)| match child.try_wait().unwrap() {
                Some(status) => {
                    ended.push((status, place.read(told)));
                    false
                }
                None => true,
            });
            let left = self.0.len();
            assert!(begun.elapsed() < LIMIT, "{left} of {all} run, wanted one");
            std::thread::sleep(Duration::from_millis(1));
        }
        ended
    }

    /// The one that is left.
    fn last(&mut self) -> &mut Child {
        assert_eq!(self.0.len(), 1, "wanted one that runs");
        &mut self.0[0].0
    }
}

impl Drop for Crowd {
    fn drop(&mut self) {
        for (child, _) in &mut self.0 {
            let _gone = child.kill().and_then(|()| child.wait());
        }
    }
}

/// Fifty times twenty. Each has a journal of its own in every other round: only the lock of the
/// target is in their way then.
#[test]
fn of_twenty_starts_at_once_one_runs_and_a_killed_one_is_in_nobodys_way() {
    for round in 0..50 {
        let place = Place::new();
        let own = |number: usize| match round % 2 {
            0 => vec!["--journal".to_owned(), format!("j{number}.md")],
            _ => Vec::new(),
        };
        let mut crowd = Crowd((0..20).map(|number| place.starts(number, &own(number))).collect());
        let start = place.opens("start");
        let ended = crowd.all_but_one_end(&place);
        let winner = crowd.last().id();
        for (status, told) in &ended {
            assert_eq!(status.code(), Some(1), "{told}");
            let holder = format!("{} (process {winner}), since 20", identity::person());
            assert!(told.contains(&holder), "wanted {holder} in {told}");
        }
        waits_for("the one that runs", || place.read("runs").lines().count() > 0);
        assert_eq!(place.read("runs"), format!("{winner}\n"), "others ran, too");
        assert_eq!(place.journals().len(), 1, "who does not run writes no journal");
        crowd.last().kill().unwrap();
        crowd.last().wait().unwrap();
        fs::write(place.path().join("go"), "").unwrap();
        let mut next = Crowd(vec![place.starts(20, &own(20))]);
        let status = next.last().wait().unwrap();
        // Whatever the killed one left behind is let go, too.
        drop((start, place.opens("hold")));
        assert_eq!(status.code(), Some(4), "{}", place.read("told-20"));
        let histories = place.journals().into_iter().map(|bytes| History::read(&bytes).unwrap());
        let mut entries: Vec<usize> = histories.map(|history| history.entries.len()).collect();
        entries.sort_unstable();
        // Opened; and opened, checked, asked, held.
        assert_eq!(entries, [1, 4], "{}", place.read("told-20"));
    }
}

/// Killed while it started a command: until that one is another program it has a copy of the lock.
/// Whoever comes meanwhile waits for the moment that this lasts.
#[test]
fn a_lock_that_a_dead_process_left_to_a_child_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j.lock");
    let mut dead = Command::new("true").spawn().unwrap();
    dead.wait().unwrap();
    let since = Moment::from_millis(1_800_000_000_000);
    let by = |pid| Holder { pid, by: identity::person(), since, journal: "j.md".to_owned() };
    let left = Lock::take(&path, &by(dead.id())).unwrap();
    let told = std::thread::scope(|scope| {
        let taken = scope.spawn(|| Lock::take(&path, &by(std::process::id())).map(drop));
        waits_for("the lock to be tried", || !is_free(folder.path()) || taken.is_finished());
        drop(left);
        taken.join().unwrap()
    });
    told.unwrap();
}

/// Whether nobody is in the door of the folder's locks.
fn is_free(folder: &Path) -> bool {
    File::open(folder).unwrap().try_lock().is_ok()
}

fn waits_for(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < LIMIT, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}
