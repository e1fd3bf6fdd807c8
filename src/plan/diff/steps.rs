//! Which steps are the same, which came, went, moved, or have another name now.

use std::collections::BTreeMap;

use super::Risk::{Other, Riskier, Safer};
use super::log::Log;
use super::{Risk, step};
use crate::runbook::{Action, Phase, Runbook, Step};
use crate::value::Name;

/// Steps that do the same under another name: old id → new id.
#[derive(Default)]
pub(super) struct Renamed(BTreeMap<Name, Name>);

/// A step, and where it stands: 0 to 7 for the phases, 8 for the rollback.
type Placed<'a> = (usize, &'a Step);

impl Renamed {
    pub fn between(old: &Runbook, new: &Runbook) -> Self {
        let (old, new) = (all(old), all(new));
        let mut renamed = BTreeMap::new();
        let lacks = |all: &[Placed<'_>], id: &Name| !all.iter().any(|(_, step)| step.id == *id);
        let mut come: Vec<Placed<'_>> =
            new.iter().copied().filter(|(_, step)| lacks(&old, &step.id)).collect();
        for (stage, gone) in old.iter().filter(|(_, step)| lacks(&new, &step.id)) {
            let same = |same_stage: bool| {
                come.iter().position(|(other, step)| {
                    (!same_stage || other == stage) && does_the_same(gone, step)
                })
            };
            if let Some(at) = same(true).or_else(|| same(false)) {
                renamed.insert(gone.id.clone(), come.remove(at).1.id.clone());
            }
        }
        Self(renamed)
    }

    /// What a step of the earlier version is called in the later one.
    pub fn new_name(&self, old: &Name) -> String {
        self.0.get(old).unwrap_or(old).to_string()
    }

    /// The same for a name that is a text.
    pub fn new_text(&self, old: &str) -> Option<String> {
        self.0.iter().find(|(name, _)| name.as_str() == old).map(|(_, new)| new.to_string())
    }
}

fn does_the_same(old: &Step, new: &Step) -> bool {
    old.action == new.action && (old.action.is_some() || old.checks == new.checks)
}

/// The steps that have a name in the file. Those of criteria are judged with these.
fn all(book: &Runbook) -> Vec<Placed<'_>> {
    let of_phases = (0..)
        .zip(&book.phases)
        .flat_map(|(stage, section)| section.steps.iter().map(move |step| (stage, step)));
    let named = of_phases.filter(|(_, step)| !step.id.as_str().starts_with("exit."));
    named.chain(book.rollback.steps.iter().map(|step| (8, step))).collect()
}

fn place(stage: usize) -> String {
    Phase::ALL
        .get(stage)
        .map_or_else(|| "the rollback".to_owned(), |phase| format!("phase {phase}"))
}

pub(super) fn compare(old: &Runbook, new: &Runbook, renamed: &Renamed, log: &mut Log) {
    let (before, after) = (all(old), all(new));
    let matches =
        |(_, one): &Placed<'_>, other: &Step| renamed.new_name(&one.id) == other.id.as_str();
    for gone in &before {
        if !after.iter().any(|(_, step)| matches(gone, step)) {
            log.at(format!("{}: step {}", place(gone.0), gone.1.id));
            log.say(Riskier, "step-removed", format!("removed: {}", gone.1.title));
        }
    }
    let mut pairs = Vec::new();
    for &(stage, step) in &after {
        log.at(format!("{}: step {}", place(stage), step.id));
        match before.iter().position(|one| matches(one, step)) {
            None => log.say(of_added(stage, step), "step-added", format!("added: {}", step.title)),
            Some(at) => {
                let (was, old_step) = before[at];
                if old_step.id != step.id {
                    log.value("step-renamed", "its name", (&old_step.id, &step.id), Other);
                }
                if was == stage {
                    pairs.push((at, stage, step));
                } else {
                    let (from, to) = (place(was), place(stage));
                    let what = format!("moved to {to}");
                    log.add(Riskier, "step-moved", what, Some(from), Some(to));
                }
                step::compare(old_step, step, renamed, log);
            }
        }
    }
    moved(&pairs, log);
}

fn of_added(stage: usize, step: &Step) -> Risk {
    match &step.action {
        _ if step.changes && stage < 8 => Riskier,
        None | Some(Action::Observe(_)) => Safer,
        Some(_) if stage == 8 => Safer,
        Some(_) => Other,
    }
}

/// Those that stand in the same phase as before, and in another order: the fewest that explain it.
fn moved(pairs: &[(usize, usize, &Step)], log: &mut Log) {
    for stage in 0..=8 {
        let here: Vec<(usize, &Step)> = pairs
            .iter()
            .filter(|(_, other, _)| *other == stage)
            .map(|(was, _, step)| (*was, *step))
            .collect();
        let stays = longest_run(&here.iter().map(|(was, _)| *was).collect::<Vec<_>>());
        for (at, (was, step)) in here.iter().enumerate().filter(|(at, _)| !stays.contains(at)) {
            let passed = here.iter().enumerate().filter(|(other, (other_was, _))| {
                (*other < at) != (other_was < was) && *other != at
            });
            let acts = |step: &Step| step.action.is_some();
            let risky = passed.into_iter().any(|(_, (_, other))| acts(other) || acts(step));
            log.at(format!("{}: step {}", place(stage), step.id));
            let behind = at.checked_sub(1).map(|before| here[before].1.id.to_string());
            let behind =
                behind.map_or_else(|| "first now".to_owned(), |id| format!("behind {id} now"));
            let risk = if risky { Riskier } else { Other };
            log.say(risk, "step-moved", format!("moved: it comes {behind}"));
        }
    }
}

/// The places of the longest ascending run in a list of different numbers.
fn longest_run(list: &[usize]) -> Vec<usize> {
    let mut best: Vec<(usize, Option<usize>)> = Vec::new();
    for (at, value) in list.iter().enumerate() {
        let before =
            (0..at).filter(|other| list[*other] < *value).max_by_key(|other| best[*other].0);
        best.push((before.map_or(1, |before| best[before].0 + 1), before));
    }
    let mut at = (0..list.len()).max_by_key(|at| best[*at].0);
    let mut run = Vec::new();
    while let Some(here) = at {
        run.push(here);
        at = best[here].1;
    }
    run
}
