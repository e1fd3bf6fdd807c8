//! `note`: adds an entry to a journal, whatever its session is doing.

use super::sitting::Sitting;
use super::{Exit, Failure};
use crate::cli::{Note, Pace};
use crate::engine::Clock as _;
use crate::host::files::Files;
use crate::host::identity::WallClock;
use crate::journal::Journal;
use crate::session::Event;

pub(super) fn run(options: &Note) -> Result<Exit, Failure> {
    if options.text.trim().is_empty() {
        return Err(Failure::usage("the note is empty").help("say what is to be written down"));
    }
    let sitting = Sitting::begin(&Pace { no_input: true, jobs: 1 })?;
    let path = &options.journal;
    let _lock = sitting.lock_existing(path)?;
    let (file, bytes) = Files::open(path).map_err(|unfit| Failure::unfit(&unfit))?;
    let failed = |error| Failure::journal(path, &error);
    let mut journal = Journal::resume(file, bytes, WallClock.now()).map_err(failed)?;
    let event = Event::Noted {
        by: sitting.by.clone(),
        text: options.text.clone(),
        learning: options.learning,
    };
    let seq = journal.record(WallClock.now(), event).map_err(failed)?.seq;
    if options.learning {
        // Key Learnings stand in the head. It is only a view: the entry is there either way.
        crate::engine::Record::redraw(&mut journal);
    }
    sitting.say(&format!("Recorded as entry {seq} of {}.", path.display()));
    Ok(Exit::Good)
}
