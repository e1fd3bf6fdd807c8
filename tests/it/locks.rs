//! Locks and files of a real file system: one session at a time, and only in a file that is what
//! it seems.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};

use holdpoint::host::files::{Files, Unfit};
use holdpoint::host::lock::{Holder, Lock, LockError};
use holdpoint::journal::{Error, History, Journal};
use holdpoint::session::{Event, Opened};
use holdpoint::value::{Moment, Person};

use crate::hostile::{self, Source};

fn holder(number: u32) -> Holder {
    let by = Person { user: format!("user{number}"), host: "laptop".to_owned() };
    let since = Moment::from_millis(1_800_000_000_000 + i64::from(number));
    Holder { pid: number, by, since, journal: format!("journals/{number}.md") }
}

/// Fifty times twenty at once: one has the lock, and every other can say who.
#[test]
fn of_twenty_that_start_at_once_one_runs_and_all_others_name_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("locks/production+orders-api.lock");
    for round in 0..50 {
        let (start, told) = (Barrier::new(20), Barrier::new(20));
        let running = AtomicUsize::new(0);
        let outcomes: Vec<Result<u32, Option<Holder>>> = std::thread::scope(|scope| {
            let one = |number: u32| {
                let (path, start, told, running) = (&path, &start, &told, &running);
                scope.spawn(move || {
                    start.wait();
                    let taken = Lock::take(path, &holder(round * 20 + number));
                    if taken.is_ok() {
                        assert_eq!(running.fetch_add(1, Ordering::SeqCst), 0);
                    }
                    told.wait();
                    match &taken {
                        Ok(_lock) => Ok(round * 20 + number),
                        Err(LockError::Held { by, .. }) => Err(by.clone()),
                        Err(other) => panic!("{other}"),
                    }
                })
            };
            let all: Vec<_> = (0..20).map(one).collect();
            all.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let winners: Vec<u32> =
            outcomes.iter().filter_map(|one| one.as_ref().ok().copied()).collect();
        let [winner] = winners[..] else { panic!("{winners:?} run in round {round}") };
        for outcome in outcomes.iter().filter_map(|one| one.as_ref().err()) {
            assert_eq!(*outcome, Some(holder(winner)), "round {round}");
        }
    }
}

#[test]
fn what_a_dead_holder_wrote_neither_blocks_nor_misleads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(".j.md.lock");
    fs::write(&path, "pid: 1\nby: eve@old\nsince: 2020-01-01T00:00:00.000Z\njournal: x\n").unwrap();
    let lock = Lock::take(&path, &holder(7)).unwrap();
    let told = Lock::take(&path, &holder(8)).unwrap_err();
    assert!(matches!(&told, LockError::Held { by: Some(by), .. } if *by == holder(7)), "{told}");
    assert!(told.to_string().contains("user7@laptop (process 7)"), "{told}");
    drop(lock);
    assert!(path.exists());
    Lock::take(&path, &holder(9)).unwrap();
}

fn opened() -> Opened {
    Source::new(1).draw(&hostile::opened())
}

fn now() -> Moment {
    Moment::from_millis(1_800_000_000_000)
}

fn note(text: &str) -> Event {
    let by = Person { user: "ada".to_owned(), host: "laptop".to_owned() };
    Event::Noted { by, text: text.to_owned(), learning: false }
}

fn begin(path: &Path) -> Journal<Files> {
    let files = Files::create(path).unwrap();
    Journal::create(files, now(), opened(), &|_, _| "# Deployment\n".to_owned()).unwrap()
}

#[test]
fn a_journal_lives_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("j.md");
    let mut journal = begin(&path);
    journal.record(now(), note("one")).unwrap();
    journal.redraw(&|_, entries| format!("# {} entries\n", entries.len())).unwrap();
    journal.record(now(), note("two")).unwrap();
    assert!(matches!(Files::create(&path), Err(Unfit::Exists(_))));
    drop(journal);
    let mut bytes = fs::read(&path).unwrap();
    assert_eq!(History::read(&bytes).unwrap().entries.len(), 3);
    assert!(bytes.starts_with(b"# 2 entries\n\n## Progress Log\n\n### 1 - "));
    bytes.truncate(bytes.len() - 9);
    fs::write(&path, &bytes).unwrap();
    let (files, bytes) = Files::open(&path).unwrap();
    let mut journal = Journal::resume(files, bytes, now()).unwrap();
    journal.record(now(), note("on")).unwrap();
    assert_eq!(journal.entries().len(), 4);
    assert_eq!(History::read(&fs::read(&path).unwrap()).unwrap().entries, journal.entries());
    let names: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|at| at.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(folder.path().join("j.md.torn-3").exists());
}

#[test]
fn what_is_no_plain_file_of_its_own_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    drop(begin(&at("j.md")));
    symlink(at("j.md"), at("link.md")).unwrap();
    fs::create_dir_all(at("folder.md")).unwrap();
    drop(begin(&at("twice.md")));
    fs::hard_link(at("twice.md"), at("second.md")).unwrap();
    let fifo = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, at("fifo.md"), fifo, 0o600.into(), 0).unwrap();
    let socket = std::os::unix::net::UnixListener::bind(at("socket.md")).unwrap();
    for (name, what) in [
        ("link.md", "a symbolic link"),
        ("folder.md", "a directory"),
        ("second.md", "several names"),
        ("fifo.md", "a FIFO"),
        ("socket.md", "a socket"),
    ] {
        let told = Files::open(&at(name)).unwrap_err().to_string();
        assert!(told.contains(what) && told.contains(name), "{told}");
        assert!(matches!(Files::create(&at(name)), Err(Unfit::Exists(_))), "{name}");
    }
    drop(socket);
    let device = Files::open(Path::new("/dev/null")).unwrap_err().to_string();
    assert!(device.contains("a device"), "{device}");
    let missing = Files::open(&at("missing.md")).unwrap_err().to_string();
    assert!(missing.contains("there is no journal"), "{missing}");
    assert!(matches!(Files::create(&at("..")), Err(Unfit::NoName(_))));
}

/// Whatever somebody else does to the file: the session stops, and touches nothing of theirs.
#[test]
fn a_file_that_changes_under_the_session_stops_it() {
    type Deed = fn(&Path);
    let deeds: [(&str, Deed); 5] = [
        ("was deleted", |path| fs::remove_file(path).unwrap()),
        ("was replaced", |path| {
            fs::write(path.with_extension("new"), "theirs").unwrap();
            fs::rename(path.with_extension("new"), path).unwrap();
        }),
        ("was shortened", |path| fs::write(path, "").unwrap()),
        ("was replaced", |path| {
            let bytes = fs::read(path).unwrap();
            fs::write(path.with_extension("new"), bytes).unwrap();
            fs::rename(path.with_extension("new"), path).unwrap();
        }),
        ("was written to", |path| {
            use std::io::Write as _;
            let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
            file.write_all(b"theirs").unwrap();
        }),
    ];
    for (what, deed) in deeds {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j.md");
        let mut journal = begin(&path);
        deed(&path);
        let theirs = fs::read(&path).ok();
        let told = journal.record(now(), note("late")).unwrap_err();
        assert!(matches!(told, Error::Stopped { last: 1, .. }), "{told}");
        assert!(told.to_string().contains(what), "{told}");
        assert!(matches!(journal.record(now(), note("later")), Err(Error::Stopped { .. })));
        assert!(journal.redraw(&|_, _| String::new()).is_err());
        assert_eq!(fs::read(&path).ok(), theirs);
    }
}

/// A disk of 4 MiB that fills up while an action runs: its end is recorded, in the room that was
/// kept for it. Needs the right to mount, and says so where that is missing.
#[cfg(target_os = "linux")]
#[test]
fn on_a_full_disk_the_end_of_an_action_is_still_recorded() {
    use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};
    let folder = tempfile::tempdir().unwrap();
    let mounted = mount("tmpfs", folder.path(), "tmpfs", MountFlags::empty(), Some(c"size=4m"));
    if let Err(error) = mounted {
        println!("skipped: a tmpfs cannot be mounted here ({error}); run as root to try this");
        return;
    }
    let outcome = std::panic::catch_unwind(|| fill_up(folder.path()));
    unmount(folder.path(), UnmountFlags::DETACH).unwrap();
    outcome.unwrap();
}

#[cfg(target_os = "linux")]
fn fill_up(folder: &Path) {
    use std::io::Write as _;
    let path = folder.join("j.md");
    for round in 0..20 {
        let _ = fs::remove_file(&path);
        let mut journal = begin(&path);
        journal.record(now(), note("an action starts")).unwrap();
        let mut other = fs::File::create(folder.join("other")).unwrap();
        while other.write_all(&[7; 4096]).is_ok() {}
        // Without room kept not even one more page would be there.
        let mut probe = fs::File::create(folder.join("probe")).unwrap();
        assert!(probe.write_all(&[7; 8192]).is_err(), "the disk is not full");
        journal.record(now(), note(&"output\n".repeat(1_000 * (round + 1)))).unwrap();
        let read = History::read(&fs::read(&path).unwrap()).unwrap();
        assert_eq!(read.entries.len(), 3);
        // And once the room is used up, the next one says so and leaves nothing behind.
        let mut told = None;
        for _ in 0..64 {
            if let Err(error) = journal.record(now(), note(&"output\n".repeat(20_000))) {
                told = Some(error);
                break;
            }
        }
        assert!(matches!(told, Some(Error::Write { .. })), "{told:?}");
        let left = fs::read(&path).unwrap();
        assert_eq!(History::read(&left).unwrap().entries, journal.entries());
        fs::remove_file(folder.join("other")).unwrap();
        fs::remove_file(folder.join("probe")).unwrap();
        journal.record(now(), note("there is room again")).unwrap();
    }
}
