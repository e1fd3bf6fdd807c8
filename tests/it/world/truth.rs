//! What is really so, in true time: for those who play the world, and for those who judge what
//! came of it. What clocks say of it is another matter.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use holdpoint::check::{Outcome, Reading};
use holdpoint::value::Moment;
use tokio::time::Instant;

use super::{Effect, Ledger};

/// A session that has so many entries goes round in a circle.
const TOO_MANY: u64 = 5_000;

/// Somebody looked at a path, and what was there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    pub path: String,
    pub at: i64,
    pub outcome: Outcome,
}

/// An action whose process outlived the one that started it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    pub step: String,
    /// It has happened then.
    pub until: i64,
}

/// Times are milliseconds; true time begins at 0 with the first process.
#[derive(Debug, Default)]
pub struct Truth {
    /// When the present process began, and its own clock then.
    base: Cell<i64>,
    began: Cell<Option<Instant>>,
    slept: Cell<i64>,
    /// What clocks say more than is true.
    skew: Cell<i64>,
    /// When the clock was set back.
    pub set_back: RefCell<Vec<i64>>,
    pub looks: RefCell<Vec<Look>>,
    /// When each entry was written, or tried to be, the last time, and how many looks were before.
    written: RefCell<BTreeMap<u64, (i64, usize)>>,
    pub left: RefCell<Option<Left>>,
    /// Whether the session is rolling back, as whoever sits before it knows.
    pub rolling_back: Cell<bool>,
}

impl Truth {
    /// A process begins, and its clock says this.
    pub fn begin(&self, wall: i64) {
        self.began.set(Some(Instant::now()));
        let skew = wall - self.now();
        self.changed(skew - self.skew.replace(skew));
    }

    /// The process is over. Time goes on.
    pub fn end(&self) {
        self.base.set(self.now());
        self.slept.set(0);
        self.began.set(None);
    }

    /// So much time passes, and no process of ours sees it.
    pub fn sleep(&self, millis: i64) {
        self.slept.set(self.slept.get() + millis);
    }

    /// Somebody sets the clock.
    pub fn jump(&self, millis: i64) {
        self.skew.set(self.skew.get() + millis);
        self.changed(millis);
    }

    fn changed(&self, millis: i64) {
        if millis < 0 {
            self.set_back.borrow_mut().push(self.now());
        }
    }

    pub fn now(&self) -> i64 {
        let elapsed = self.began.get().map_or(0, |began| began.elapsed().as_millis());
        let elapsed = i64::try_from(elapsed).expect("not that long");
        self.base.get() + self.slept.get() + elapsed
    }

    /// What clocks say now.
    pub fn wall(&self) -> Moment {
        Moment::from_millis(self.now() + self.skew.get())
    }

    pub fn looked(&self, path: &str, reading: &Reading) {
        let outcome = match reading {
            Reading::File(Some(_)) => Outcome::Pass,
            Reading::File(None) => Outcome::Fail,
            _ => Outcome::Unknown,
        };
        self.looks.borrow_mut().push(Look { path: path.to_owned(), at: self.now(), outcome });
    }

    /// What was left running ends by itself, some time.
    pub fn settle(&self, ledger: &Ledger) {
        let mut left = self.left.borrow_mut();
        if let Some(Left { step, .. }) = left.take_if(|left| left.until <= self.now()) {
            ledger.borrow_mut().push(Effect::Happened(step));
        }
    }

    pub fn is_left(&self, step: &str) -> bool {
        self.left.borrow().as_ref().is_some_and(|left| left.step == step)
    }

    /// An entry is about to be written.
    pub fn writes(&self, seq: u64) {
        assert!(seq < TOO_MANY, "it never ends");
        let now = (self.now(), self.looks.borrow().len());
        self.written.borrow_mut().insert(seq, now);
    }

    /// An entry is found, and nobody knows here who wrote it, but that it was not after now.
    pub fn finds(&self, seq: u64) {
        if !self.written.borrow().contains_key(&seq) {
            self.writes(seq);
        }
    }

    /// When an entry was written.
    pub fn of_entry(&self, seq: u64) -> i64 {
        self.entry(seq).0
    }

    /// How many looks were before an entry.
    pub fn looks_before(&self, seq: u64) -> usize {
        self.entry(seq).1
    }

    fn entry(&self, seq: u64) -> (i64, usize) {
        *self.written.borrow().get(&seq).unwrap_or_else(|| panic!("who wrote entry {seq}?"))
    }

    /// Whether the clock was set back after the one moment and until the other.
    pub fn was_set_back(&self, after: i64, until: i64) -> bool {
        self.set_back.borrow().iter().any(|at| *at >= after && *at <= until)
    }
}
