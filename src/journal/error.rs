//! Why something was not recorded, and what is left: told to a person in mid-deployment.

use std::io;

use super::Damage;
use crate::session::{Illegal, Seq};

/// Why something was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The journal cannot be believed.
    #[error(transparent)]
    Damage(#[from] Damage),
    /// The event cannot follow. Nothing was written.
    #[error("this cannot follow in the journal: {0}")]
    Illegal(#[from] Illegal),
    /// A bug: outputs are cut and runbooks are bounded before they come here.
    #[error("entry {seq} would have {bytes} bytes, wanted at most {limit}: this is a bug")]
    TooLong {
        /// The entry.
        seq: Seq,
        /// Its length.
        bytes: usize,
        /// The most it may have.
        limit: usize,
    },
    /// A bug: what was about to be written would not have been read back.
    #[error("entry {0} would not read back as it was meant: this is a bug")]
    Unreadable(Seq),
    /// There is no room for the entry that would have to follow.
    #[error("no room for {bytes} bytes that entry {seq} may need behind it: {source}")]
    NoRoom {
        /// The entry.
        seq: Seq,
        /// What it needs.
        bytes: u64,
        /// What the file system says.
        source: io::Error,
    },
    /// Writing failed, and nothing of the entry was kept: it can be tried again.
    #[error("entry {seq} was not written to the journal: {source}")]
    Write {
        /// The entry.
        seq: Seq,
        /// What the file system says.
        source: io::Error,
    },
    /// The new head was not drawn; the record is as it was.
    #[error("the head of the journal was not drawn anew: {0}")]
    Head(io::Error),
    /// What the last process left could not be put in order; the file is as it was.
    #[error("the journal's torn end was not set aside: {0}")]
    Recovery(io::Error),
    /// What was recorded before stands; nothing more can be.
    #[error("the journal stopped behind entry {last}: {why}; fix the disk, then resume")]
    Stopped {
        /// The last entry that is known to be durable.
        last: Seq,
        /// Why.
        why: String,
    },
}
