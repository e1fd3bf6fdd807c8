//! How to get back: steps like others, without what would lead back from the way back.

use std::ops::Range;

use super::super::place::At;
use super::super::problem::{Code, Problem};
use super::super::syntax::{RollbackTable, StepTable};
use super::super::{OnFailure, Rollback, Step};
use super::checks::Stand;
use super::{Resolver, lines};

impl Resolver {
    pub(super) fn rollback(&mut self, table: RollbackTable) -> Rollback {
        let mut steps: Vec<Step> = Vec::new();
        for step in table.step {
            self.only_the_way_back(&step.value);
            steps.extend(self.step(step, Stand::Rollback));
        }
        Rollback { when: lines(table.when), steps }
    }

    fn only_the_way_back(&mut self, table: &StepTable) {
        let undo = table.undo.as_ref().map(|undo| &undo.span);
        let changes = table.changes.as_ref().map(|changes| &changes.span);
        for (key, place) in [("undo", undo), ("changes", changes)] {
            let Some(place) = place else { continue };
            let message = format!("`{key}` has no meaning in the rollback");
            self.report(
                Problem::new(Code::OutOfPlace, place, message)
                    .help("the steps of the rollback are themselves the way back"),
            );
        }
        if let Some(At { value: OnFailure::Rollback, span }) = &table.on_failure {
            self.rolls_back_again(span);
        }
    }

    fn rolls_back_again(&mut self, place: &Range<usize>) {
        let message = "a step of the rollback asks for a rollback when it fails";
        self.report(Problem::new(Code::RollbackAgain, place, message));
    }
}
