//! What holdpoint costs, beside the floor that it stands on, measured in the same run: a deployment
//! must never wait for the program. `cargo bench` prints the ratios.
#![expect(clippy::disallowed_methods, reason = "a benchmark touches the world")]
#![expect(clippy::print_stdout, reason = "a benchmark prints")]
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use holdpoint::host::identity::person;
use holdpoint::host::sweep::adopt_orphans;
use holdpoint::journal::{History, Journal};
use holdpoint::session::Event;
use holdpoint::value::{Digest, Moment};
use process_wrap::tokio::{CommandWrap, ProcessSession};

mod audits;
mod sitting;

use sitting::{Memory, book, opened, runtime, session};

const STEPS: usize = 200;

fn main() {
    let folder = std::env::temp_dir().join(format!("holdpoint-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    adopt_orphans().unwrap();
    steps_against_their_floor(&folder);
    checks_at_once(&folder);
    start_up();
    opening_a_long_journal();
    audits::audits(&folder);
    fs::remove_dir_all(&folder).unwrap();
}

/// 200 steps that do nothing, against 200 bare spawns and 400 synced appends. Goal: 1.2. The second
/// floor gives each process a session of its own, as holdpoint must: that needs code between fork
/// and exec, and so a fork instead of a spawn.
fn steps_against_their_floor(folder: &Path) {
    let book = book(STEPS, "run = [\"true\"]");
    let (mut ours, mut bare, mut own) = (Vec::new(), Vec::new(), Vec::new());
    // Turn by turn, so that a busy moment of the machine hits all.
    for turn in 0..5 {
        bare.push(floor(&folder.join(format!("bare-{turn}")), Session::Shared));
        own.push(floor(&folder.join(format!("own-{turn}")), Session::Own));
        ours.push(session(&book, &folder.join(format!("steps-{turn}.md")), 32));
    }
    let ours = median(ours);
    report("200 no-op steps", ours, "200 spawns + 400 synced appends", median(bare));
    report("200 no-op steps", ours, "the same, each process in its own session", median(own));
}

/// Whose session a process is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Session {
    Shared,
    Own,
}

/// What cannot be done without: a spawn for each step, and two synced appends of an entry's length.
fn floor(path: &Path, whose: Session) -> Duration {
    let mut file = OpenOptions::new().create(true).append(true).open(path).unwrap();
    let entry = [b'x'; 250];
    let runtime = runtime();
    let begun = Instant::now();
    runtime.block_on(async {
        for _ in 0..STEPS {
            file.write_all(&entry).unwrap();
            file.sync_data().unwrap();
            let mut command = CommandWrap::with_new("true", |command| {
                command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
            });
            if whose == Session::Own {
                command.wrap(ProcessSession);
            }
            assert!(command.spawn().unwrap().inner_mut().wait().await.unwrap().success());
            file.write_all(&entry).unwrap();
            file.sync_data().unwrap();
        }
    });
    begun.elapsed()
}

/// 200 checks of 100 ms that may all run at once, against 200 bare processes of 100 ms at once.
/// Goal: they end with the slowest.
fn checks_at_once(folder: &Path) {
    let check = "check.command = { run = [\"sleep\", \"0.1\"] }";
    let (mut ours, mut floors) = (Vec::new(), Vec::new());
    for turn in 0..5 {
        let begun = Instant::now();
        let sleep = || Command::new("sleep").arg("0.1").spawn().unwrap();
        let children: Vec<_> = (0..STEPS).map(|_| sleep()).collect();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        floors.push(begun.elapsed());
        ours.push(session(&book(STEPS, check), &folder.join(format!("checks-{turn}.md")), 256));
    }
    report("200 checks of 100 ms at once", median(ours), "200 `sleep 0.1` at once", median(floors));
}

/// `--version`, against a process that does nothing. Goal: under 5 ms.
fn start_up() {
    let time = |program: &str| {
        let run = || {
            let begun = Instant::now();
            Command::new(program).arg("--version").stdout(Stdio::null()).status().unwrap();
            begun.elapsed()
        };
        median((0..200).map(|_| run()).collect())
    };
    let ours = time(env!("CARGO_BIN_EXE_holdpoint"));
    report("`holdpoint --version`", ours, "`true`", time("true"));
}

/// Opening a journal of 10,000 entries, against hashing the same bytes. Goal: under a second.
fn opening_a_long_journal() {
    let book = book(1, "run = [\"true\"]");
    let at = Moment::from_millis(1_700_000_000_000);
    let head = |_: &_, _: &[_]| String::new();
    let mut journal = Journal::create(Memory, at, opened(&book), &head).unwrap();
    for count in 2..=10_000 {
        let text = format!("note {count}: all is well, and nothing else was to be expected");
        journal.record(at, Event::Noted { by: person(), text, learning: false }).unwrap();
    }
    let bytes = journal.image().to_vec();
    let (mut reads, mut hashes) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let begun = Instant::now();
        assert_eq!(History::read(&bytes).unwrap().entries.len(), 10_000);
        reads.push(begun.elapsed());
        let begun = Instant::now();
        std::hint::black_box(Digest::of(&bytes));
        hashes.push(begun.elapsed());
    }
    let what = format!("opening 10,000 entries ({} KiB)", bytes.len() / 1024);
    report(&what, median(reads), "SHA-256 of the same bytes", median(hashes));
}

fn report(what: &str, ours: Duration, floor_is: &str, floor: Duration) {
    let ratio = ours.as_secs_f64() / floor.as_secs_f64();
    println!("{what}: {ours:.2?}; {floor_is}: {floor:.2?}; ratio {ratio:.2}");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
