//! One step, before and after.

use super::Risk::{Other, Riskier, Safer};
use super::log::{GUARD, Log, OTHER, Risks};
use super::steps::Renamed;
use super::{Risk, action, checks};
use crate::check::Check;
use crate::runbook::{Condition, OnFailure, Step};

pub(super) fn compare(old: &Step, new: &Step, renamed: &Renamed, log: &mut Log) {
    log.value("title", "title", (&old.title, &new.title), Other);
    log.option("why", "why", (old.why.as_ref(), new.why.as_ref()), OTHER);
    log.option("owner", "owner", (old.owner.as_ref(), new.owner.as_ref()), GUARD);
    work(old, new, renamed, log);
    let needs: Vec<String> = old.needs.iter().map(|id| renamed.new_name(id)).collect();
    let now: Vec<String> = new.needs.iter().map(ToString::to_string).collect();
    log.set("needs", "step that it needs", (&needs, &now), GUARD);
    when(old, new, log);
    on_failure(old.on_failure, new.on_failure, log);
    let yes = (Safer, "its action counts as a change now: a rollback takes it back");
    let no = (Riskier, "its action no longer counts as a change: a rollback leaves it");
    if old.action.is_some() && new.action.is_some() {
        log.flag("changes", (old.changes, new.changes), (yes, no));
    }
    undo(old, new, renamed, log);
    let actions = (&old.needs_actions[..], &new.needs_actions[..]);
    let more = Risks { added: Riskier, removed: Safer, changed: Other };
    log.set("needs-actions", "IAM action that it needs", actions, more);
    log.set("deliverable", "deliverable", (&old.deliverables, &new.deliverables), OTHER);
    log.set("docs", "link", (&old.docs, &new.docs), OTHER);
}

/// What a step and an undo have in common.
fn work(old: &Step, new: &Step, renamed: &Renamed, log: &mut Log) {
    action::compare(old, new, log);
    log.option("estimate", "estimate", (old.estimate.as_ref(), new.estimate.as_ref()), OTHER);
    log.span("timeout", "how long it may take", (old.timeout, new.timeout), Other);
    let attempts = (old.retry.attempts, new.retry.attempts);
    let words = (attempts.0.to_string(), attempts.1.to_string());
    log.amount("attempts", "how often it is tried", attempts, words, Riskier);
    let backoff = (old.retry.backoff, new.retry.backoff);
    log.span("backoff", "the pause before the second try", backoff, Other);
    checks::compare(&old.checks, &new.checks, renamed, log);
    probe(old.probe.as_ref(), new.probe.as_ref(), renamed, log);
    let yes = (Riskier, "idempotent now: after a crash it is started again without asking");
    let no = (Safer, "no longer idempotent: after a crash a person is asked");
    log.flag("idempotent", (old.idempotent, new.idempotent), (yes, no));
    let yes = (Riskier, "processes that it starts may outlive it now");
    let no = (Safer, "processes that it starts may no longer outlive it");
    log.flag("leaves-running", (old.leaves_running, new.leaves_running), (yes, no));
}

fn probe(old: Option<&Check>, new: Option<&Check>, renamed: &Renamed, log: &mut Log) {
    match (old, new) {
        (None, None) => {}
        (None, Some(_)) => log.say(Safer, "probe", "probe: added"),
        (Some(_), None) => log.say(Riskier, "probe", "probe: removed"),
        (Some(old), Some(new)) => {
            let place = log.place();
            log.at(format!("{place}: probe"));
            checks::compare(std::slice::from_ref(old), std::slice::from_ref(new), renamed, log);
            log.at(place);
        }
    }
}

fn undo(old: &Step, new: &Step, renamed: &Renamed, log: &mut Log) {
    match (&old.undo, &new.undo) {
        (None, None) => {}
        (None, Some(_)) => log.say(Safer, "undo-added", "undo: added"),
        (Some(_), None) => log.say(Riskier, "undo-removed", "undo: removed"),
        (Some(old), Some(new)) => {
            let place = log.place();
            log.at(format!("{place}: undo"));
            work(old, new, renamed, log);
            log.at(place);
        }
    }
    let reasons = (old.irreversible.as_ref(), new.irreversible.as_ref());
    log.option("irreversible", "why nothing takes it back", reasons, OTHER);
}

fn when(old: &Step, new: &Step, log: &mut Log) {
    let text = |when: &Condition| format!("{} is {}", when.variable, sorted(&when.is).join(" or "));
    let (before, after) = (old.when.as_ref().map(text), new.when.as_ref().map(text));
    let removed = if new.changes { Riskier } else { Safer };
    let risks = Risks { added: Riskier, removed, changed: Other };
    log.option("when", "when it runs at all", (before.as_ref(), after.as_ref()), risks);
}

fn sorted(values: &[String]) -> Vec<String> {
    let mut values = values.to_vec();
    values.sort();
    values.dedup();
    values
}

fn on_failure(old: OnFailure, new: OnFailure, log: &mut Log) {
    let word = |policy: OnFailure| match policy {
        OnFailure::Ask => "a person is asked",
        OnFailure::Stop => "the session ends as failed",
        OnFailure::Rollback => "rolling back is asked about at once",
        OnFailure::Continue => "the session goes on all the same",
    };
    let risk: Risk = match (old, new) {
        (_, OnFailure::Continue) => Riskier,
        (OnFailure::Continue, _) => Safer,
        (_, OnFailure::Ask | OnFailure::Stop | OnFailure::Rollback) => Other,
    };
    log.value("on-failure", "when it fails", (&word(old), &word(new)), risk);
}
