//! One session at a time, for each journal and each target. The kernel frees a lock when its
//! holder dies, so there is nothing to clean up and no age at which a lock counts as left behind.
//!
//! A lock works between processes of one machine. On network file systems it may not.
#![expect(clippy::disallowed_methods, reason = "this is the edge: lock files")]

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

use super::identity;
use crate::text::{escape, unescape};
use crate::value::{Moment, Name, Person};

/// A lock, held until it is dropped or the process ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
    path: PathBuf,
}

/// Who holds a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Process id.
    pub pid: u32,
    /// Account and machine.
    pub by: Person,
    /// Since when.
    pub since: Moment,
    /// The journal of the session.
    pub journal: String,
}

impl Holder {
    /// Whether it was a process of this machine that has ended. If it was killed in the moment in
    /// which it started a command, that one has a copy of the lock until it is another program.
    fn is_gone(&self) -> bool {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        let has_ended = pid.is_some_and(|pid| test_kill_process(pid) == Err(Errno::SRCH));
        has_ended && self.by.host == identity::person().host
    }
}

/// Why a lock was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another session has it.
    #[error("{} holds `{path}`: end or hold that session first", told(by.as_ref()))]
    Held {
        /// The lock.
        path: PathBuf,
        /// Who has it; none where the disk was too full to say.
        by: Option<Holder>,
    },
    /// The system says no.
    #[error("cannot lock `{path}`: {source}")]
    Io {
        /// The lock.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

fn told(by: Option<&Holder>) -> String {
    by.map_or_else(
        || "another session".to_owned(),
        |Holder { pid, by, since, journal }| {
            format!("{by} (process {pid}), since {since}, with the journal `{journal}`,")
        },
    )
}

/// How often something that lasts moments is tried again, and the pause between.
const TRIES: u32 = 500;
const PAUSE: Duration = Duration::from_millis(10);

impl Lock {
    /// The lock of a journal: `.NAME.lock` beside it.
    #[must_use]
    pub fn of_journal(journal: &Path) -> PathBuf {
        let name = journal.file_name().unwrap_or_default().to_string_lossy();
        journal.with_file_name(format!(".{name}.lock"))
    }

    /// The lock of a target, under the folder where this account keeps its state.
    #[must_use]
    pub fn of_target(state: &Path, environment: &Name, component: &Name) -> PathBuf {
        // No name holds a plus sign, so no two targets share a file.
        state.join("locks").join(format!("{environment}+{component}.lock"))
    }

    /// Takes a lock, and writes into its file who has it. The file is made where there is none,
    /// and stays for ever: whoever deleted it could let a second session in.
    ///
    /// # Errors
    /// Where another session has it, or the file cannot be used.
    pub fn take(path: &Path, holder: &Holder) -> Result<Self, LockError> {
        let io = |source| LockError::Io { path: path.to_owned(), source };
        let folder = folder_of(path);
        fs::create_dir_all(folder).map_err(io)?;
        let mut ghost = None;
        for _ in 0..TRIES {
            // Whoever is in the door finds every holder's name written and no one writing it:
            // names are written in the door, too.
            let _door = door(folder).map_err(io)?;
            let mut file = open(path).map_err(io)?;
            match file.try_lock() {
                Ok(()) if !is_at(&file, path) => {}
                Ok(()) => {
                    // A lock that cannot say whose it is, on a full disk, still locks.
                    let _ = sign(&mut file, holder);
                    return Ok(Self { file, path: path.to_owned() });
                }
                Err(TryLockError::Error(error)) => return Err(io(error)),
                Err(TryLockError::WouldBlock) => match read(&mut file).map_err(io)? {
                    Some(by) if by.is_gone() => {
                        ghost = Some(by);
                        std::thread::sleep(PAUSE);
                    }
                    None if is_free_soon(&file) => {}
                    by => return Err(LockError::Held { path: path.to_owned(), by }),
                },
            }
        }
        Err(LockError::Held { path: path.to_owned(), by: ghost })
    }

    /// Who holds the lock now, if anyone does. Looking takes nothing away from anyone: it is done
    /// in the door, where nobody takes a lock meanwhile.
    #[must_use]
    pub fn holder(path: &Path) -> Option<Holder> {
        let _door = door(folder_of(path)).ok()?;
        let mut file = File::open(path).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => read(&mut file).ok().flatten(),
            Ok(()) | Err(TryLockError::Error(_)) => None,
        }
    }

    /// Takes the lock's file away, where what it was to guard never came to be. Whoever has it
    /// open already finds out that it is no longer the one that others see.
    pub fn discard(self) {
        let _door = door(folder_of(&self.path));
        let _ = fs::remove_file(&self.path);
    }

    /// The file that is locked.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The name goes before the lock does. If it stays, nobody is misled: it is read only
        // while somebody holds the lock, and that one writes its own name first.
        let _ = self.file.set_len(0);
    }
}

/// Nobody's name is in a lock that somebody is letting go of, or that was taken on a full disk.
fn is_free_soon(file: &File) -> bool {
    std::thread::sleep(PAUSE);
    file.metadata().is_ok_and(|about| about.len() == 0)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The folder itself, locked for the moments that taking a lock lasts. Where somebody else keeps
/// it locked, we go on without: the lock proper is another one.
fn door(folder: &Path) -> io::Result<File> {
    let door = File::open(folder)?;
    for _ in 0..TRIES {
        match door.try_lock() {
            Ok(()) | Err(TryLockError::Error(_)) => break,
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
        }
    }
    Ok(door)
}

fn open(path: &Path) -> io::Result<File> {
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
    let flags = i32::try_from(flags).expect("flags of open(2) fit an int");
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).custom_flags(flags);
    options.open(path)
}

/// Whether the locked file is still the one that others would find.
fn is_at(file: &File, path: &Path) -> bool {
    let found = fs::symlink_metadata(path).map(|about| (about.dev(), about.ino()));
    let ours = file.metadata().map(|about| (about.dev(), about.ino()));
    matches!((found, ours), (Ok(found), Ok(ours)) if found == ours)
}

fn sign(file: &mut File, holder: &Holder) -> io::Result<()> {
    let Holder { pid, by, since, journal } = holder;
    let by = escape(&by.to_string()).into_owned();
    let text = format!("pid: {pid}\nby: {by}\nsince: {since}\njournal: {}\n", escape(journal));
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(text.as_bytes())
}

/// Who signed, if anyone did.
fn read(file: &mut File) -> io::Result<Option<Holder>> {
    let mut text = Vec::new();
    file.rewind()?;
    file.take(64 << 10).read_to_end(&mut text)?;
    Ok(holder(&String::from_utf8_lossy(&text)))
}

fn holder(text: &str) -> Option<Holder> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let mut value = |key: &str| lines.next()?.strip_prefix(key)?.strip_prefix(": ");
    Some(Holder {
        pid: value("pid")?.parse().ok()?,
        by: unescape(value("by")?)?.parse().ok()?,
        since: value("since")?.parse().ok()?,
        journal: unescape(value("journal")?)?,
    })
}
