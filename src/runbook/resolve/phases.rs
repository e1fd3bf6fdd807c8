//! The eight phases: which table is which, whether all are there and in their order, and what
//! each of them holds.

use super::super::place::At;
use super::super::problem::{Code, Problem, quoted};
use super::super::shape::nearest;
use super::super::syntax::PhaseTable;
use super::super::{Gate, Phase, Section};
use super::checks::Stand;
use super::{Resolver, line};

/// Which phase each table is; none where its name is not near any. Reports names, order, gaps.
pub(super) fn order(
    resolver: &mut Resolver,
    tables: &[At<PhaseTable>],
    root_damaged: bool,
) -> Vec<Option<Phase>> {
    let order: Vec<Option<Phase>> = tables.iter().map(|table| which(resolver, table)).collect();
    let mut found: Vec<(Phase, &At<PhaseTable>)> = Vec::new();
    for (phase, table) in order.iter().zip(tables) {
        let Some(phase) = *phase else { continue };
        let place = &name_place(table);
        if let Some((_, first)) = found.iter().find(|(other, _)| *other == phase) {
            let message = format!("the phase {} stands in the file twice", quoted(phase.name()));
            let problem = Problem::new(Code::PhaseTwice, place, message);
            resolver.report(problem.also(&name_place(first), "first here"));
        } else if let Some((late, other)) = found.iter().find(|(other, _)| *other > phase) {
            let message = format!("phase {phase} stands after phase {late}");
            let problem = Problem::new(Code::PhaseOrder, place, message);
            resolver.report(problem.also(&name_place(other), "this one comes later"));
        }
        found.push((phase, table));
    }
    let nameless = order.iter().filter(|phase| phase.is_none()).count();
    let missing: Vec<Phase> = Phase::ALL
        .into_iter()
        .filter(|phase| !found.iter().any(|(other, _)| other == phase))
        .collect();
    if missing.len() > nameless && !(root_damaged && tables.is_empty()) {
        resolver.report(missing_phases(&missing, &found, tables));
    }
    order
}

fn which(resolver: &mut Resolver, table: &At<PhaseTable>) -> Option<Phase> {
    let name = table.value.name.as_ref()?;
    let of_name = |text: &str| Phase::ALL.into_iter().find(|phase| phase.name() == text);
    if let Some(phase) = of_name(&name.value) {
        return Some(phase);
    }
    let near = nearest(&name.value, Phase::ALL.iter().map(|phase| phase.name()));
    let message = format!("there is no phase {}", quoted(&name.value));
    let problem = Problem::new(Code::PhaseUnknown, &name.span, message);
    resolver.report(match near {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None => problem,
    });
    near.and_then(of_name)
}

fn missing_phases(
    missing: &[Phase],
    found: &[(Phase, &At<PhaseTable>)],
    tables: &[At<PhaseTable>],
) -> Problem {
    let mut before = found.iter().filter(|(phase, _)| *phase < missing[0]).map(|(_, table)| *table);
    let place = before.next_back().or(tables.first()).map_or(0..0, name_place);
    let names: Vec<String> = missing.iter().map(|phase| format!("`{}`", phase.name())).collect();
    let (phases, are) = if missing.len() == 1 { ("phase", "is") } else { ("phases", "are") };
    let message = format!("the {phases} {} {are} missing", names.join(", "));
    Problem::new(Code::PhaseMissing, &place, message).here(format!("{} goes beside this", names[0]))
}

/// The name of a phase, or the head of its table.
fn name_place(table: &At<PhaseTable>) -> std::ops::Range<usize> {
    table.value.name.as_ref().map_or_else(|| table.span.clone(), |name| name.span.clone())
}

impl Resolver {
    /// The eight sections, if there is one for each phase.
    pub(super) fn phases(
        &mut self,
        tables: Vec<At<PhaseTable>>,
        order: &[Option<Phase>],
    ) -> Option<[Section; 8]> {
        let mut sections = Vec::with_capacity(tables.len());
        for (table, phase) in tables.into_iter().zip(order) {
            sections.push(self.section(table, phase.unwrap_or(Phase::PreDeploymentAnalysis)));
        }
        sections.try_into().ok()
    }

    fn section(&mut self, table: At<PhaseTable>, phase: Phase) -> Section {
        self.skipped_or_filled(&table);
        let table = table.value;
        let mut steps: Vec<_> =
            table.step.into_iter().filter_map(|step| self.step(step, Stand::Phase)).collect();
        let (criteria, proofs) = self.criteria(phase, table.exit);
        steps.extend(proofs);
        Section {
            estimate: table.estimate,
            goal: table.goal.map(|goal| goal.0.trim_end().to_owned()),
            fills: table.section.or_else(|| phase.default_journal_section().map(str::to_owned)),
            skip: line(table.skip.map(|skip| skip.value)),
            steps,
            criteria,
            gate: Gate { expires: table.gate.expires },
        }
    }

    fn skipped_or_filled(&mut self, table: &At<PhaseTable>) {
        let phase = &table.value;
        let place = name_place(table);
        let name = phase.name.as_ref().map_or_else(
            || "the phase".to_owned(),
            |name| format!("the phase {}", quoted(&name.value)),
        );
        match &phase.skip {
            Some(skip) if !phase.step.is_empty() || !phase.exit.is_empty() => {
                let held = if phase.step.is_empty() { "exit criteria" } else { "steps" };
                let message = format!("{name} is skipped and has {held}");
                self.report(Problem::new(Code::PhaseSkippedAndFilled, &skip.span, message));
            }
            None if phase.step.is_empty() && !self.is_damaged(table) => {
                let message = format!("{name} has neither steps nor a reason to be skipped");
                self.report(Problem::new(Code::PhaseEmpty, &place, message));
            }
            None if phase.exit.is_empty() && !self.is_damaged(table) => {
                let message = format!("{name} has no exit criteria");
                self.report(Problem::new(Code::PhaseWithoutCriteria, &place, message));
            }
            Some(_) | None => {}
        }
    }
}
