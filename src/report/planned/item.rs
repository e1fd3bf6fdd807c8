//! One step of a plan.

use super::page::Block;
use super::words::{check, exactly, kind, time, titled};
use crate::plan::{Item, Kind, Undo};
use crate::report::{Tone, counted};
use crate::runbook::OnFailure;

/// A step, whatever its phase calls it.
pub(super) fn blocks(item: &Item, number: &str) -> Vec<Block> {
    let number = if number.is_empty() { String::new() } else { format!("{number} ") };
    if let Some(why) = &item.skipped {
        let title = titled(&item.title, &item.id);
        let title = format!("{title}: will be skipped, because {why}");
        return vec![Block::Step { number, kind: "skipped", title, tone: Tone::Doubt }];
    }
    let title = titled(&item.title, &item.id);
    let mut page =
        vec![Block::Step { number, kind: kind(item.kind, item.changes), title, tone: Tone::Plain }];
    page.extend(work(item));
    page.extend(around(item));
    page.extend(undo(item));
    page
}

fn fact(key: &'static str, text: impl Into<String>) -> Block {
    Block::Fact(key, text.into(), Tone::Quiet)
}

/// What is done and what must hold: what a step and an undo have in common.
fn work(item: &Item) -> Vec<Block> {
    let mut page = Vec::new();
    page.extend(item.does.clone().map(Block::Code));
    for (name, value) in &item.environment {
        page.push(fact("with", format!("{name} = {value}")));
    }
    page.push(fact("by", who(item)));
    page.extend(item.checks.iter().map(|one| fact("check", check(one))));
    page.extend(patience(item));
    if let Some(probe) = &item.probe {
        page.push(fact(
            "probe",
            format!("after a crash it is asked whether it happened: {}", check(probe)),
        ));
    }
    let policies = [
        (item.idempotent, "after a crash it is started again without asking"),
        (item.leaves_running, "processes that it starts may outlive it"),
    ];
    page.extend(policies.iter().filter(|(so, _)| *so).map(|(_, text)| fact("note", *text)));
    page
}

/// Who does it, and how long it is thought to take.
fn who(item: &Item) -> String {
    let how = match item.kind {
        Kind::ByHand => "by hand",
        Kind::Looks | Kind::Runs | Kind::Waits | Kind::Watches => "by machine",
    };
    let owner = item.owner.as_ref().map_or_else(|| "nobody is named".to_owned(), String::clone);
    let estimate = match (item.estimate_ms, item.waits_ms) {
        (Some(ms), _) => format!("; estimated {}", time(ms)),
        (None, Some(ms)) => format!("; takes {}", time(ms)),
        (None, None) if item.kind == Kind::Looks => String::new(),
        (None, None) => "; no estimate".to_owned(),
    };
    format!("{owner}, {how}{estimate}")
}

/// Tries and time, where they are not as everywhere.
fn patience(item: &Item) -> Vec<Block> {
    let mut page = Vec::new();
    if item.attempts > 1 {
        let tries = counted(item.attempts as usize, "time");
        let backoff = exactly(item.backoff_ms);
        page.push(fact(
            "retry",
            format!(
                "tried up to {tries}, {backoff} before the second, then twice as long each time"
            ),
        ));
    }
    if let Some(ms) = item.timeout_ms.filter(|ms| *ms != crate::runbook::Step::TIMEOUT.millis()) {
        page.push(fact("timeout", exactly(ms)));
    }
    page
}

/// Why, when, and what if not.
fn around(item: &Item) -> Vec<Block> {
    let mut page = Vec::new();
    page.extend(item.why.as_ref().map(|why| fact("why", why.trim())));
    if let Some(when) = &item.when {
        let is = when.is.join(" or ");
        let known = match when.holds {
            Some(true) => "which it is",
            Some(false) => "which it is not",
            None => "which is not known yet",
        };
        page.push(fact("when", format!("only if {} is {is}, {known}", when.variable)));
    }
    if !item.needs.is_empty() {
        page.push(fact("needs", item.needs.join(", ")));
    }
    page.extend(failure(item.on_failure).map(|text| fact("failure", text)));
    if !item.needs_actions.is_empty() {
        page.push(fact("IAM", format!("needs {}", item.needs_actions.join(", "))));
    }
    page.extend(item.deliverables.iter().map(|one| fact("makes", one.as_str())));
    page.extend(item.docs.iter().map(|one| fact("see", one.as_str())));
    page
}

fn failure(policy: OnFailure) -> Option<&'static str> {
    match policy {
        OnFailure::Ask => None,
        OnFailure::Stop => Some("the session ends as failed; nothing is undone"),
        OnFailure::Rollback => Some("rolling back is asked about at once"),
        OnFailure::Continue => Some("the session goes on, and the failure is an open deviation"),
    }
}

fn undo(item: &Item) -> Vec<Block> {
    match &item.undo {
        Undo::NothingToUndo => Vec::new(),
        Undo::None => {
            let text = "none: nothing in the runbook takes it back";
            vec![Block::Fact("undo", text.to_owned(), Tone::Doubt)]
        }
        Undo::Irreversible { why } => {
            vec![Block::Fact("undo", format!("irreversible: {why}"), Tone::Doubt)]
        }
        Undo::By { step } => {
            let unchecked = "it is taken back like this, and no check says that it worked:";
            let checked = "it is taken back like this, and checked:";
            let text = if step.checks.is_empty() { unchecked } else { checked };
            let mut page = vec![fact("undo", text)];
            page.extend(work(step));
            page
        }
    }
}
