//! Why a journal cannot be believed, and where. Nothing here repairs anything: whatever happened
//! to the file, the person who finds out should have all of it.

use crate::session::{Illegal, Opened, Seq};

/// The first place at which a journal is not what was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entry {entry}, line {line}, byte {byte}: {what}")]
pub struct Damage {
    /// The entry that is or should be there.
    pub entry: Seq,
    /// Line of the file, counted from 1.
    pub line: usize,
    /// Byte of the file, counted from 0.
    pub byte: usize,
    /// What is wrong there.
    pub what: What,
}

/// What is wrong with a journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum What {
    /// Nothing in it says that it is a journal.
    #[error("not a journal: no line reads `## Progress Log`")]
    NoLog,
    /// The file was converted to UTF-16.
    #[error("the file was converted to UTF-16, wanted the bytes as they were written (UTF-8)")]
    Utf16,
    /// A byte order mark hides the line that the log begins with.
    #[error("a byte order mark was put before the first line: remove these three bytes")]
    ByteOrderMark,
    /// Line ends were converted.
    #[error(
        "lines end with CR LF, wanted LF: an editor or git converted the file, convert it back"
    )]
    LineEnds,
    /// Two versions were merged by git.
    #[error("git left a conflict here: take one side whole, two records cannot be merged")]
    Conflict,
    /// Some other program's file, or one that ends before its first entry does.
    #[error("no session begins behind `## Progress Log`: {0}")]
    NoSession(String),
    /// Written by a version that this one does not know.
    #[error("the journal has format {0}, this program reads format {known}", known = Opened::FORMAT)]
    Format(String),
    /// An entry with another number than the one that must follow.
    #[error("found entry {0} here: an entry was taken out, put in twice or moved")]
    Order(Seq),
    /// Not an entry.
    #[error("found {found}, wanted {wanted}: the entry was changed after it was written")]
    Shape {
        /// What stands there.
        found: String,
        /// What could stand there.
        wanted: String,
    },
    /// An entry that is well formed, but not the one that was sealed.
    #[error("the seal does not fit: this entry was changed after it was written, or one before it")]
    Seal,
    /// Bytes are missing in a way that no loss of power explains.
    #[error("zero bytes that no interrupted write explains: a part of the record is lost")]
    Hole,
    /// More than one entry can have.
    #[error("{0} bytes behind the last entry, more than any entry has")]
    TooLong(usize),
    /// A well-formed, sealed entry that cannot follow the ones before it.
    #[error("this cannot have happened here: {0}")]
    Illegal(Illegal),
}

impl Damage {
    /// Whether this is some other program's file rather than a journal that came to harm.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        matches!(self.what, What::NoLog)
    }
}
