//! Exit criteria and prerequisites. A check of their own becomes a read-only step.

use std::collections::HashMap;
use std::ops::Range;

use super::super::place::At;
use super::super::problem::{Code, Problem, quoted};
use super::super::syntax::{CriterionTable, Id};
use super::super::{Criterion, Phase, Proof, Step, Template};
use super::Resolver;
use super::checks::Stand;
use super::ids::{ROLLBACK, exit_id, prerequisite_id};
use crate::check::{Check, CheckTable};
use crate::value::Name;

impl Resolver {
    /// The criteria of a phase, and the steps that their own checks become.
    pub(super) fn criteria(
        &mut self,
        phase: Phase,
        tables: Vec<At<CriterionTable>>,
    ) -> (Vec<Criterion>, Vec<Step>) {
        let mut criteria = Vec::new();
        let mut steps = Vec::new();
        let mut seen: HashMap<String, Range<usize>> = HashMap::new();
        for (at, table) in tables.into_iter().enumerate() {
            if let Some(text) = &table.value.criterion
                && let Some(first) = seen.insert(text.value.0.clone(), text.span.clone())
            {
                let message = format!("the criterion {} stands here twice", quoted(&text.value.0));
                let problem = Problem::new(Code::CriterionTwice, &text.span, message);
                self.report(problem.also(&first, "first here"));
            }
            self.one_proof(&table);
            let table = table.value;
            let text = table.criterion.map(|criterion| criterion.value.0).unwrap_or_default();
            let proof = if let Some(check) = table.check {
                self.here = self.ids.rank(&exit_id(phase, at + 1));
                let step = self
                    .check(check, Stand::Phase)
                    .and_then(|check| read_only(&exit_id(phase, at + 1), text.clone(), check));
                let proof = step.as_ref().map(|step| Proof::Steps(vec![step.id.clone()]));
                steps.extend(step);
                proof
            } else if let Some(ids) = table.proven_by {
                Some(Proof::Steps(self.proving_steps(phase, &ids)))
            } else {
                let attest = table.attest.and_then(|text| Template::parse(&text.0).ok());
                attest.map(Proof::Attested)
            };
            criteria.extend(proof.map(|proof| Criterion { text, proof }));
        }
        (criteria, steps)
    }

    fn one_proof(&mut self, table: &At<CriterionTable>) {
        let criterion = &table.value;
        let proofs: Vec<&str> = [
            ("proven_by", criterion.proven_by.is_some()),
            ("check", criterion.check.is_some()),
            ("attest", criterion.attest.is_some()),
        ]
        .into_iter()
        .filter_map(|(key, given)| given.then_some(key))
        .collect();
        let message = match proofs.as_slice() {
            [_] => return,
            [] if self.is_damaged(table) => return,
            [] => "a criterion is proven by nothing".to_owned(),
            several => {
                format!("a criterion is proven in {} ways: {}", several.len(), several.join(", "))
            }
        };
        let place = criterion.criterion.as_ref().map_or(&table.span, |text| &text.span);
        self.report(Problem::new(Code::ProofCount, place, message));
    }

    fn proving_steps(&mut self, phase: Phase, ids: &[At<Id>]) -> Vec<Name> {
        let mut names: Vec<Name> = Vec::new();
        for id in ids {
            let Some((name, (stage, _))) = self.known_step(id, Code::ProofUnknown) else {
                continue;
            };
            if stage > phase.number() {
                let whose = match Phase::of_number(stage) {
                    Some(later) if stage < ROLLBACK => format!("phase {later}"),
                    _ => "the rollback".to_owned(),
                };
                let message = format!("the step {} belongs to {whose}", quoted(&id.value.0));
                self.report(Problem::new(Code::ProofLater, &id.span, message));
            } else if let Some(place) = self.ids.may_fail(&id.value.0) {
                let message =
                    format!("the session goes on without the step {}", quoted(&id.value.0));
                let problem = Problem::new(Code::ProofMayFail, &id.span, message);
                let problem = problem.here("proves this criterion");
                let place = place.clone();
                self.report(problem.also(&place, "whether it passes or not"));
            } else if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// What must hold before phase 1, as read-only steps.
    pub(super) fn prerequisites(&mut self, tables: Vec<At<CheckTable>>) -> Vec<Step> {
        let mut steps = Vec::new();
        for (at, table) in tables.into_iter().enumerate() {
            self.here = self.ids.rank(&prerequisite_id(at + 1));
            let Some(mut check) = self.check(table, Stand::Prerequisite) else { continue };
            let title = check.title.take().unwrap_or_else(|| check.name());
            steps.extend(read_only(&prerequisite_id(at + 1), title, check));
        }
        steps
    }
}

/// A step that is one check and nothing else.
fn read_only(id: &str, title: String, check: Check) -> Option<Step> {
    Some(Step { checks: vec![check], ..Step::named(id.parse().ok()?, title) })
}
