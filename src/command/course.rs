//! A session driven to its next stop, whatever happens to the runbook's file on the way: a change
//! that is noticed is offered before anything else starts.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::sitting::{self, Drive, Sitting};
use super::{Failure, fresh};
use crate::cli::Vars;
use crate::engine::{Clock as _, Driven};
use crate::host::files::Files;
use crate::host::folder;
use crate::host::identity::WallClock;
use crate::journal::Journal;
use crate::runbook::{Origin, Runbook, Values};
use crate::session::{Condition, Event, Hold, Session};
use crate::text::Mask;
use crate::value::Digest;

/// What is driven, and with what.
pub(super) struct Course<'a> {
    /// The runbook that the session follows.
    pub(super) book: Runbook,
    /// Another one, to be offered first.
    pub(super) change: Option<Runbook>,
    pub(super) values: Values,
    pub(super) mask: Mask,
    pub(super) vars: &'a Vars,
    /// The runbook's file, where a change of it is to be noticed.
    pub(super) file: Option<PathBuf>,
}

impl Course<'_> {
    /// Drives until the session is held or closed.
    pub(super) fn go(
        mut self,
        sitting: &Sitting,
        journal: &mut Journal<Files>,
    ) -> Result<Condition, Failure> {
        let opened = journal.session().opened().map(|opened| opened.session.clone());
        let name = opened.ok_or_else(|| Failure::usage("the journal holds no session"))?;
        loop {
            journal.keep_room(sitting::room_for(self.change.as_ref().unwrap_or(&self.book)));
            let drive = Drive {
                book: &self.book,
                change: self.change.as_ref(),
                values: &self.values,
                mask: self.mask.clone(),
                session: &name,
                file: self.file.as_deref(),
            };
            if let Driven::Stopped(condition) = sitting.drive(&drive, journal)? {
                return Ok(condition);
            }
            let followed = journal.session().runbook_digest();
            if let Some(change) = self.change.take().filter(|one| one.source.digest == followed) {
                self.book = change;
            }
            if let Err(failure) = self.read_again(sitting, journal.session()) {
                let held = Event::Held { why: Hold::Edited };
                journal
                    .record(WallClock.now(), held)
                    .map_err(|error| Failure::machine(error.to_string()))?;
                return Err(failure);
            }
        }
    }

    /// Reads the edited file, and what its variables need.
    fn read_again(&mut self, sitting: &Sitting, session: &Session) -> Result<(), Failure> {
        let Some(path) = &self.file else { return Ok(()) };
        let Some(change) = changed(path, session)? else { return Ok(()) };
        let known = known_values(session, &self.book, &change);
        self.values = fresh::values(&change, self.vars, &known, sitting)?;
        self.mask = fresh::mask(&change, &self.values)?;
        self.change = Some(change);
        Ok(())
    }
}

const AS_RECORDED: &str = "mend it, or follow it as the journal recorded it with --recorded";

/// The runbook in the file, if it is another one than the session follows.
pub(super) fn changed(path: &Path, session: &Session) -> Result<Option<Runbook>, Failure> {
    let bytes = folder::read(path, fresh::READ_LIMIT)
        .map_err(|error| Failure::file("read the runbook", path, &error).help(AS_RECORDED))?;
    if Digest::of(&bytes) == session.runbook_digest() {
        return Ok(None);
    }
    let name = session.opened().map_or_else(String::new, |opened| opened.runbook_path.clone());
    Runbook::from_bytes(&name, &bytes).map(Some).map_err(|problems| {
        Failure::problems(&problems)
            .help(format!("the runbook has changed since the session began: {AS_RECORDED}"))
    })
}

/// The values that the session has, but for those that a runbook itself tells and now tells
/// otherwise: whoever accepts the change accepts these too.
pub(super) fn known_values(
    session: &Session,
    old: &Runbook,
    new: &Runbook,
) -> BTreeMap<String, String> {
    let written = |book: &Runbook, name: &str| {
        let variable = book.variables.iter().find(|variable| variable.name == name)?;
        match &variable.origin {
            Origin::Literal(text) => Some(text.clone()),
            Origin::Prompt { .. } | Origin::Env(_) => None,
        }
    };
    let known = |(name, value): &(String, Option<String>)| {
        let value = value.clone()?;
        let (now, then) = (written(new, name), written(old, name));
        let retold = now.is_some() && now != then && then.as_ref() == Some(&value);
        (!retold).then(|| (name.clone(), value))
    };
    session.variables().iter().filter_map(known).collect()
}
