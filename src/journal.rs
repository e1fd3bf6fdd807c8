//! The journal: one markdown file, people's record and the program's only state.
//!
//! [`History`] reads it and believes nothing that does not verify; [`Journal`] appends to it and
//! believes nothing that is not durable. `docs/journal.md` has the format. It knows no file
//! system ([`Storage`] does) and does not decide what may happen ([`Session::apply`] does).
#![warn(clippy::wildcard_enum_match_arm)] // a new event must be thought about everywhere

use std::io;

use crate::session::{Entry, Event, Opened, Recovered, Seq, Session};
use crate::value::{Digest, Moment};

mod answers;
mod damage;
mod entry;
mod error;
mod facts;
mod heading;
mod history;
mod judged;
mod opening;
mod page;
mod seal;
mod spell;
mod torn;
mod words;

pub use damage::{Damage, What};
pub use entry::{limit, render};
pub use error::Error;
pub use history::{End, History, Log, scan};
pub use judged::Judged;
pub use seal::{LOG, Seal};

/// Where a journal's bytes live. The journal owns the protocol, the storage owns the system calls.
pub trait Storage {
    /// Appends all of these bytes to the file: a short write or an interruption is carried on, any
    /// other error leaves the file as long as it happens to be.
    ///
    /// # Errors
    /// Whatever the file system says; [`Unreliable`] inside where the file is no longer the one
    /// that was opened (moved, replaced, shortened, or grown by somebody else).
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Makes everything appended durable. After an error this file is never synced again.
    ///
    /// # Errors
    /// Whatever the file system says.
    fn sync(&mut self) -> io::Result<()>;
    /// Cuts the file to this length and makes that durable.
    ///
    /// # Errors
    /// Whatever the file system says.
    fn truncate(&mut self, len: u64) -> io::Result<()>;
    /// Reserves room for this many bytes past the end, without changing the size.
    ///
    /// # Errors
    /// Where there is no room.
    fn reserve(&mut self, bytes: u64) -> io::Result<()>;
    /// Puts a whole new file in this one's place: written aside, synced, renamed, folder synced.
    /// On error the old file stands as it was.
    ///
    /// # Errors
    /// Whatever the file system says; [`Unreliable`] inside where nobody knows which of the two
    /// files would be there after a loss of power.
    fn replace(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Keeps bytes in a new file beside the journal (`NAME.SUFFIX`), synced; gives its name. Bytes
    /// that are kept there already are not kept twice.
    ///
    /// # Errors
    /// Whatever the file system says.
    fn set_aside(&mut self, suffix: &str, bytes: &[u8]) -> io::Result<String>;
}

/// Inside an [`io::Error`]: this storage cannot be used any more, not even to tidy up.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreliable(pub String);

impl From<Unreliable> for io::Error {
    fn from(why: Unreliable) -> Self {
        Self::other(why)
    }
}

/// Draws what stands above the log, from what the log says. Never read back.
pub type Head<'a> = &'a dyn Fn(&Session, &[Entry]) -> String;

/// A journal that is open for writing, under a lock that the caller holds.
#[derive(Debug)]
pub struct Journal<S> {
    storage: S,
    /// The whole file as it is durable: head and log.
    image: Vec<u8>,
    history: History,
    room: u64,
    /// Up to where room is reserved.
    reserved: u64,
    stopped: Option<String>,
}

impl<S: Storage> Journal<S> {
    /// Room that is kept behind every entry, so that an action's end can be recorded on a disk
    /// that filled up meanwhile.
    pub const ROOM: u64 = 256 << 10;

    /// Begins a journal: its first entry is there whole, or the journal is not there.
    ///
    /// # Errors
    /// Where the file could not be put in its place.
    pub fn create(storage: S, at: Moment, opened: Opened, head: Head<'_>) -> Result<Self, Error> {
        let entry = Entry { seq: 1, at, event: Event::Opened(Box::new(opened)) };
        let mut session = Session::default();
        session.apply(&entry)?;
        let (text, _) = checked(&entry, &Seal::START)?;
        let mut image = head_above(&head(&session, std::slice::from_ref(&entry))).into_bytes();
        image.extend_from_slice(text.as_bytes());
        let history = History::read(&image)?;
        if history.entries != [entry] {
            return Err(Error::Unreadable(1));
        }
        let mut journal = Self::with(storage, image, history);
        let placed = journal.storage.replace(&journal.image);
        placed.map_err(|source| Error::Write { seq: 1, source })?;
        Ok(journal)
    }

    /// Goes on with a journal whose file holds these bytes. A torn end is set aside and accounted
    /// for in a new entry; both happen whole or not at all, however often they are interrupted.
    ///
    /// # Errors
    /// Where the journal is damaged, or its file cannot be made durable.
    pub fn resume(storage: S, bytes: Vec<u8>, at: Moment) -> Result<Self, Error> {
        let history = History::read(&bytes)?;
        let mut journal = Self::with(storage, bytes, history);
        match journal.history.log.end {
            End::Clean => journal.settle()?,
            End::Torn { at: from, .. } => journal.recover(at, from)?,
        }
        Ok(journal)
    }

    fn with(storage: S, image: Vec<u8>, history: History) -> Self {
        let reserved = image.len() as u64;
        Self { storage, image, history, room: Self::ROOM, reserved, stopped: None }
    }

    /// Whoever wrote the last entry may have died before it was durable.
    fn settle(&mut self) -> Result<(), Error> {
        if self.storage.sync().is_err() {
            self.storage.replace(&self.image).map_err(Error::Recovery)?;
        }
        Ok(())
    }

    fn recover(&mut self, at: Moment, from: usize) -> Result<(), Error> {
        let seq = self.next_seq();
        let torn = self.image[from..].to_vec();
        let suffix = format!("torn-{seq}");
        let kept_in = self.storage.set_aside(&suffix, &torn).map_err(Error::Recovery)?;
        let digest = Digest::of(&torn);
        let event = Event::Recovered(Recovered { bytes: torn.len() as u64, digest, kept_in });
        let next = self.prepare(at, event)?;
        let mut image = self.image[..from].to_vec();
        image.extend_from_slice(&next.bytes);
        self.storage.replace(&image).map_err(Error::Recovery)?;
        self.image.truncate(from);
        self.reserved = image.len() as u64;
        self.believe(next);
        Ok(())
    }

    /// Records an event: legal, written, durable, and only then believed.
    ///
    /// # Errors
    /// Where it is not recorded. After [`Error::Stopped`] nothing more can be.
    pub fn record(&mut self, at: Moment, event: Event) -> Result<&Entry, Error> {
        if let Some(why) = self.stopped.clone() {
            return Err(self.stop(why));
        }
        let next = self.prepare(at, event)?;
        self.make_room(&next)?;
        if let Err(source) = self.storage.append(&next.bytes) {
            return Err(self.undo_append(source));
        }
        if self.storage.sync().is_err() {
            self.save_elsewhere(&next)?;
        }
        self.believe(next);
        Ok(self.history.entries.last().expect("it was just put there"))
    }

    /// Draws the head anew, in a new file that takes the old one's place.
    ///
    /// # Errors
    /// Where it could not be drawn: the record is as it was. [`Error::Stopped`] ends the journal.
    pub fn redraw(&mut self, head: Head<'_>) -> Result<(), Error> {
        if let Some(why) = self.stopped.clone() {
            return Err(self.stop(why));
        }
        let drawn = head_above(&head(&self.history.session, &self.history.entries));
        if drawn.as_bytes() == &self.image[..self.history.log.begins] {
            return Ok(());
        }
        let log = drawn.len();
        let mut image = drawn.into_bytes();
        image.extend_from_slice(&self.image[self.history.log.begins..]);
        if let Err(source) = self.storage.replace(&image) {
            return Err(if is_unreliable(&source) {
                self.stop(source.to_string())
            } else {
                Error::Head(source)
            });
        }
        self.reserved = image.len() as u64;
        self.history.log.ends = image.len();
        self.history.log.begins = log;
        self.image = image;
        Ok(())
    }

    /// What is true now.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.history.session
    }

    /// Everything that happened.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.history.entries
    }

    /// The whole file, head and log, as it is durable.
    #[must_use]
    pub fn image(&self) -> &[u8] {
        &self.image
    }

    /// The last seal.
    #[must_use]
    pub fn seal(&self) -> Seal {
        self.history.log.seal
    }

    /// Keeps at least this much room behind the next entries, where the end of an action may need
    /// more than [`Journal::ROOM`].
    pub fn keep_room(&mut self, bytes: u64) {
        self.room = bytes.max(Self::ROOM);
    }

    fn next_seq(&self) -> Seq {
        self.history.log.seal.seq() + 1
    }

    /// Everything that can be known to be wrong before a byte is written.
    fn prepare(&self, at: Moment, event: Event) -> Result<Next, Error> {
        let entry = Entry { seq: self.next_seq(), at, event };
        self.history.session.permits(&entry)?;
        let (text, seal) = checked(&entry, &self.history.log.seal)?;
        let parted =
            self.image.get(..self.history.log.ends).is_some_and(|all| all.ends_with(b"\n"));
        let bytes = [if parted { "" } else { "\n" }, &text].concat().into_bytes();
        Ok(Next { entry, seal, bytes })
    }

    /// Before an action starts there must be room for its end; anything else is only tried.
    fn make_room(&mut self, next: &Next) -> Result<(), Error> {
        let needed = next.bytes.len() as u64 + self.room;
        if self.image.len() as u64 + needed <= self.reserved {
            return Ok(());
        }
        let reserved = self
            .storage
            .reserve(needed + Self::ROOM)
            .map(|()| needed + Self::ROOM)
            .or_else(|_no_room_to_spare| self.storage.reserve(needed).map(|()| needed));
        match reserved {
            Ok(bytes) => self.reserved = self.image.len() as u64 + bytes,
            Err(source) if matches!(next.entry.event, Event::Started { .. }) => {
                return Err(Error::NoRoom { seq: next.entry.seq, bytes: needed, source });
            }
            Err(_not_needed) => {}
        }
        Ok(())
    }

    /// Takes away what an append left before it failed.
    fn undo_append(&mut self, source: io::Error) -> Error {
        if is_unreliable(&source) {
            return self.stop(source.to_string());
        }
        self.reserved = self.image.len() as u64;
        if self.storage.truncate(self.image.len() as u64).is_ok() {
            return Error::Write { seq: self.next_seq(), source };
        }
        match self.storage.replace(&self.image) {
            Ok(()) => Error::Write { seq: self.next_seq(), source },
            Err(_also) => self.stop(source.to_string()),
        }
    }

    /// A sync that failed may have dropped what it was to keep, and the next one would not tell:
    /// everything goes to a new file, from memory.
    fn save_elsewhere(&mut self, next: &Next) -> Result<(), Error> {
        let image = [self.image.as_slice(), &next.bytes].concat();
        match self.storage.replace(&image) {
            Ok(()) => {
                self.reserved = image.len() as u64;
                Ok(())
            }
            Err(source) => Err(self.stop(format!("it could not be made durable: {source}"))),
        }
    }

    fn stop(&mut self, why: String) -> Error {
        self.stopped = Some(why.clone());
        Error::Stopped { last: self.history.log.seal.seq(), why }
    }

    fn believe(&mut self, next: Next) {
        self.image.extend_from_slice(&next.bytes);
        self.history.log.ends = self.image.len();
        self.history.log.seal = next.seal;
        self.history.session.apply(&next.entry).expect("it was permitted a moment ago");
        self.history.entries.push(next.entry);
        self.history.log.end = End::Clean;
    }
}

/// An entry that is about to be written.
struct Next {
    entry: Entry,
    seal: Seal,
    bytes: Vec<u8>,
}

/// The entry's text, which reads back as the entry.
fn checked(entry: &Entry, previous: &Seal) -> Result<(String, Seal), Error> {
    let (text, seal) = render(entry, previous);
    let limit = limit(&entry.event);
    if text.len() > limit {
        return Err(Error::TooLong { seq: entry.seq, bytes: text.len(), limit });
    }
    match entry::parse(&text, entry.seq) {
        Ok(parsed) if parsed.entry == *entry => Ok((text, seal)),
        _ => Err(Error::Unreadable(entry.seq)),
    }
}

/// The head with the line that ends it, as it stands in the file. No line above looks like that
/// one.
#[must_use]
pub fn head_above(drawn: &str) -> String {
    let mut head = String::with_capacity(drawn.len() + LOG.len() + 2);
    for line in drawn.lines() {
        if line == LOG.trim_end() {
            head.push('\\');
        }
        head.push_str(line);
        head.push('\n');
    }
    if !head.is_empty() && !head.ends_with("\n\n") {
        head.push('\n');
    }
    head + LOG
}

fn is_unreliable(error: &io::Error) -> bool {
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Unreliable>)
}
