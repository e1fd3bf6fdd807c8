//! How long it takes: per phase, in all, and what the shortest time is mostly made of.

use super::page::Block;
use super::words::time;
use crate::plan::{Effort, Link, Plan, Time};
use crate::report::{Tone, counted};

/// Parts of the shortest time that are named.
const NAMED: usize = 3;

pub(super) fn blocks(plan: &Plan) -> Vec<Block> {
    let mut page = vec![Block::Chapter("Time".to_owned())];
    let mut rows = Vec::new();
    for stage in plan.phases.iter().filter(|stage| stage.skip.is_none()) {
        rows.push(row(&format!("{} {}", stage.number, stage.name), &stage.time, stage.stated_ms));
    }
    rows.push(row("In all", &plan.time, plan.stated_ms));
    page.push(Block::Table(
        &["Phase", "Machine", "Waiting", "People", "Sum", "Shortest", "Runbook says"],
        rows,
    ));
    page.push(Block::Text(shortest(&plan.time), Tone::Plain));
    page.extend(dominant(&plan.time));
    page.push(Block::Text(unknown(plan), Tone::Quiet));
    page.extend(unestimated(&plan.time));
    page
}

fn row(name: &str, spent: &Time, stated: Option<u64>) -> Vec<String> {
    let mut cells = vec![name.to_owned()];
    cells.extend(
        [spent.machine_ms, spent.waiting_ms, spent.people_ms, spent.total_ms, spent.shortest_ms]
            .map(time),
    );
    cells.push(stated.map_or_else(|| "-".to_owned(), time));
    cells
}

/// One line for the head of the page.
pub(super) fn shortest(spent: &Time) -> String {
    let Time { machine_ms, waiting_ms, people_ms, .. } = spent;
    format!(
        "It takes {} at least, gates not counted: estimates of {} for the machine and {} for \
         people, and {} in which time must pass.",
        time(spent.shortest_ms),
        time(*machine_ms),
        time(*people_ms),
        time(*waiting_ms)
    )
}

fn dominant(spent: &Time) -> Option<Block> {
    let links = spent.dominant(NAMED);
    if links.is_empty() {
        return None;
    }
    let of = |link: &&Link| {
        let percent = link.ms.saturating_mul(100) / spent.shortest_ms.max(1);
        let who = match link.effort {
            Effort::Machine => "machine",
            Effort::Waiting => "waiting",
            Effort::People => "people",
        };
        format!("{} ({}, {who}) {}, {percent} %", link.title, link.id, time(link.ms))
    };
    let named: Vec<String> = links.iter().map(of).collect();
    Some(Block::Text(format!("Most of it: {}.", named.join("; ")), Tone::Plain))
}

/// What no estimate knows.
fn unknown(plan: &Plan) -> String {
    let gates = 1 + plan.phases.iter().filter(|stage| stage.gate.is_some()).count();
    let words = plan.phases.iter().flat_map(|stage| &stage.criteria);
    let words = words.filter(|one| matches!(one.proof, crate::plan::Proof::Word { .. })).count();
    format!(
        "Nobody knows how long people take at {} and for {} by name.",
        counted(gates, "gate"),
        counted(words, "word")
    )
}

fn unestimated(spent: &Time) -> Option<Block> {
    if spent.unestimated.is_empty() {
        return None;
    }
    let text =
        format!("Counted as nothing, without an estimate: {}.", spent.unestimated.join(", "));
    Some(Block::Text(text, Tone::Doubt))
}
