//! A window that is observed, as its samples make it. Counts, and never compares times.

use super::{Sampled, worst};
use crate::check::Outcome;

/// How many outcomes are remembered, for people.
const TREND: usize = 40;

/// The samples of a window so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// Samples taken.
    pub taken: u32,
    /// Samples that failed.
    pub failed: u32,
    /// Samples that told nothing. They only make the window longer.
    pub unknown: u32,
    /// How many that pass or fail are needed.
    pub needed: u32,
    /// How many of them may fail.
    pub allowed: u32,
    /// The last outcomes, oldest first.
    pub trend: Vec<Outcome>,
}

impl Watch {
    pub(super) fn with(mut self, sample: &Sampled) -> Self {
        let outcome = worst(&sample.findings);
        self.taken += 1;
        self.failed += u32::from(outcome == Outcome::Fail);
        self.unknown += u32::from(outcome == Outcome::Unknown);
        (self.needed, self.allowed) = (sample.needed, sample.allowed);
        self.trend.push(outcome);
        if self.trend.len() > TREND {
            let _oldest = self.trend.remove(0);
        }
        self
    }

    /// Samples that passed or failed: those that cover something.
    #[must_use]
    pub fn covered(&self) -> u32 {
        self.taken - self.unknown
    }

    /// What it came to; none while more samples are needed. Too many failures end it at once;
    /// as many samples that tell nothing as are needed to tell something end it as unknown.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        if self.failed > self.allowed {
            Some(Outcome::Fail)
        } else if self.covered() >= self.needed {
            Some(Outcome::Pass)
        } else {
            (self.unknown >= self.needed).then_some(Outcome::Unknown)
        }
    }
}
