//! The two things that keep a session's record: a journal, and the memory of a dry run.

use super::Record;
use crate::journal::{Error, Journal, Storage};
use crate::report::head;
use crate::runbook::Runbook;
use crate::session::{Entry, Event, Session};
use crate::value::Moment;

impl<S: Storage> Record for Journal<S> {
    fn session(&self) -> &Session {
        Journal::session(self)
    }

    fn record(&mut self, at: Moment, event: Event) -> Result<(), Error> {
        Journal::record(self, at, event).map(|_entry| ())
    }

    fn last(&self) -> Option<&Entry> {
        self.entries().last()
    }

    fn redraw(&mut self) {
        if let Err(error) = Journal::redraw(self, &draw_head) {
            // The log is whole; a journal that cannot go on says so at its next entry.
            tracing::warn!(%error, "the head was not drawn");
        }
    }
}

/// The head of a session's journal, drawn from its log alone.
#[must_use]
pub fn draw_head(session: &Session, _entries: &[Entry]) -> String {
    let book = Runbook::parse("the recorded runbook", session.runbook_text()).ok();
    head(session, book.as_ref())
}

/// The record of a dry run: memory that nobody keeps.
#[derive(Debug)]
pub struct DryRecord {
    session: Session,
    entries: Vec<Entry>,
}

impl Default for DryRecord {
    fn default() -> Self {
        Self { session: Session::dry_run(), entries: Vec::new() }
    }
}

impl DryRecord {
    /// Everything that a real run would have recorded in some way.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

impl Record for DryRecord {
    fn session(&self) -> &Session {
        &self.session
    }

    fn record(&mut self, at: Moment, event: Event) -> Result<(), Error> {
        let entry = Entry { seq: self.entries.len() as u64 + 1, at, event };
        self.session.apply(&entry)?;
        self.entries.push(entry);
        Ok(())
    }

    fn last(&self) -> Option<&Entry> {
        self.entries.last()
    }

    fn redraw(&mut self) {}
}
