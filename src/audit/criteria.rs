//! The exit criteria of a runbook where they stand, and what kind of proof each of them has.

use std::ops::Range;

use super::places::Table;
use super::{Found, Placed, Subject};
use crate::runbook::{Action, Criterion, Phase, Proof};

/// A criterion and where it stands.
pub struct PlacedCriterion<'a> {
    /// The phase that it closes.
    pub phase: Phase,
    /// The criterion.
    pub criterion: &'a Criterion,
    /// Its table.
    pub table: Table<'a>,
    /// Where its text stands.
    pub place: Range<usize>,
}

impl<'a> Subject<'a> {
    /// The criteria of all phases, in their order.
    #[must_use]
    pub fn criteria(&self) -> Vec<PlacedCriterion<'a>> {
        let of_phase = |phase: Phase| {
            let tables = self.phase(phase).tables("exit").into_iter();
            self.book.section(phase).criteria.iter().zip(tables).map(move |(criterion, table)| {
                let place = table.place("criterion").unwrap_or_default();
                PlacedCriterion { phase, criterion, table, place }
            })
        };
        Phase::ALL.into_iter().flat_map(of_phase).collect()
    }

    /// The steps that prove a criterion; none for what a person says.
    #[must_use]
    pub fn proof_of(&self, criterion: &Criterion) -> Vec<&Placed<'a>> {
        match &criterion.proof {
            Proof::Steps(names) => {
                names.iter().filter_map(|name| self.step(name.as_str())).collect()
            }
            Proof::Attested(_) => Vec::new(),
        }
    }
}

impl PlacedCriterion<'_> {
    /// Whether a person says it, and nothing more.
    #[must_use]
    pub fn is_attested(&self) -> bool {
        matches!(self.criterion.proof, Proof::Attested(_))
    }

    /// Where a part of its text stands.
    #[must_use]
    pub fn at(&self, part: &Range<usize>) -> Range<usize> {
        self.table.inside(&self.place, &self.criterion.text, part)
    }

    /// Something about this criterion.
    #[must_use]
    pub fn found(&self, place: &Range<usize>, message: impl Into<String>) -> Found {
        Found::new(super::Scope::Phase(self.phase), place, message)
    }
}

impl Placed<'_> {
    /// Whether nothing but a person's word tells how it went, and nothing of it is kept.
    #[must_use]
    pub fn is_only_said(&self) -> bool {
        let said = match &self.step.action {
            Some(Action::Manual { record, .. }) => !record,
            Some(Action::Wait(_)) => true,
            Some(Action::Run(_) | Action::Shell(_) | Action::Observe(_)) | None => false,
        };
        said && self.step.checks.is_empty()
    }
}
