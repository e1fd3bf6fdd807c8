//! The phases, their gates and criteria, and the rollback.

use super::Risk::{Other, Riskier, Safer};
use super::criteria;
use super::log::{GUARD, Log, OTHER, Risks};
use super::steps::{self, Renamed};
use crate::runbook::{Phase, Runbook, Section};

pub(super) fn compare(old: &Runbook, new: &Runbook, renamed: &Renamed, log: &mut Log) {
    for phase in Phase::ALL {
        log.at(format!("phase {phase}"));
        section(old.section(phase), new.section(phase), log);
    }
    steps::compare(old, new, renamed, log);
    for phase in Phase::ALL {
        log.at(format!("phase {phase}"));
        criteria::compare(old.section(phase), new.section(phase), renamed, log);
    }
    log.at("the rollback");
    log.set("rollback-criterion", "criterion", (&old.rollback.when, &new.rollback.when), GUARD);
}

fn section(old: &Section, new: &Section, log: &mut Log) {
    let skip = Risks { added: Riskier, removed: Safer, changed: Other };
    log.option("phase-skipped", "skip", (old.skip.as_ref(), new.skip.as_ref()), skip);
    log.option("goal", "goal", (old.goal.as_ref(), new.goal.as_ref()), OTHER);
    log.option("section", "journal section", (old.fills.as_ref(), new.fills.as_ref()), OTHER);
    let estimates = (old.estimate.as_ref(), new.estimate.as_ref());
    log.option("estimate", "estimate of the phase", estimates, OTHER);
    let name = "gate: how old what it was opened on may be";
    match (old.gate.expires, new.gate.expires) {
        (Some(old), Some(new)) => log.span("gate-expires", name, (old, new), Riskier),
        (old, new) => log.option("gate-expires", name, (old.as_ref(), new.as_ref()), GUARD),
    }
}
