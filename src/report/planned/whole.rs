//! The whole plan, top to bottom.

use super::page::Block;
use super::words::{exactly, time};
use super::{gates, item, times};
use crate::plan::{Item, Plan, Stage, WayBack};
use crate::report::{Tone, counted};

pub(super) fn page(plan: &Plan) -> Vec<Block> {
    let mut page = head(plan);
    page.extend(variables(plan));
    page.extend(contacts(plan));
    page.push(Block::Chapter("Before phase 1".to_owned()));
    if plan.prerequisites.is_empty() {
        page.push(plain("Nothing is asked before the first gate."));
    }
    page.extend(items(&plan.prerequisites, "0"));
    page.push(gates::gate(&plan.gate));
    page.extend(plan.phases.iter().flat_map(stage));
    page.extend(way_back(plan));
    page.extend(times::blocks(plan));
    page
}

fn plain(text: impl Into<String>) -> Block {
    Block::Text(text.into(), Tone::Plain)
}

fn head(plan: &Plan) -> Vec<Block> {
    let head = &plan.runbook;
    let mut page = vec![Block::Title(format!("Plan: {}", head.title))];
    let production = if head.production { " (production: gates take its name)" } else { "" };
    let mut fact = |key, text: String| page.push(Block::About(key, text));
    fact("target", format!("{} to {}{production}", head.component, head.environment));
    if let Some(aws) = &plan.aws {
        let role = aws.role.as_ref().map(|role| format!(", as {role}")).unwrap_or_default();
        let assumed = aws.assume_role.as_ref().map(|role| format!(", through {role}"));
        let assumed = assumed.unwrap_or_default();
        fact("AWS", format!("account {}, region {}{role}{assumed}", aws.account, aws.region));
    }
    fact("owner", head.owner.clone().unwrap_or_else(|| "nobody is named".to_owned()));
    fact("runbook", format!("{}, SHA-256 {}", head.id, head.digest));
    for link in &head.references {
        fact("see", link.clone());
    }
    fact("time", times::shortest(&plan.time));
    page
}

fn variables(plan: &Plan) -> Vec<Block> {
    if plan.variables.is_empty() {
        return Vec::new();
    }
    let row = |one: &crate::plan::Told| {
        let value = match (&one.value, one.secret) {
            (Some(value), _) => value.clone(),
            (None, true) => "[secret]".to_owned(),
            (None, false) => "not known yet".to_owned(),
        };
        vec![one.name.clone(), value, one.from.clone()]
    };
    let rows = plan.variables.iter().map(row).collect();
    let head = &["Variable", "Value", "From"];
    vec![Block::Chapter("Variables".to_owned()), Block::Table(head, rows)]
}

fn contacts(plan: &Plan) -> Vec<Block> {
    if plan.contacts.is_empty() {
        return Vec::new();
    }
    let row = |one: &crate::plan::Call| {
        let then = one.escalate_after_ms.map_or_else(|| "-".to_owned(), exactly);
        vec![one.name.clone(), then, one.reach.clone()]
    };
    let rows = plan.contacts.iter().map(row).collect();
    let head = &["Contact", "Next", "Reach"];
    vec![Block::Chapter("Contacts".to_owned()), Block::Table(head, rows)]
}

/// Steps in their order; those that are asked together, as such.
fn items(items: &[Item], stage: &str) -> Vec<Block> {
    let mut page = Vec::new();
    let mut last = None;
    for (number, one) in (1..).zip(items) {
        if one.together != last && one.together.is_some() {
            let count = items.iter().filter(|other| other.together == one.together).count();
            let text =
                format!("The next {} only look, and are asked together:", counted(count, "step"));
            page.push(Block::Text(text, Tone::Quiet));
        }
        last = one.together;
        page.extend(item::blocks(one, &format!("{stage}.{number}")));
    }
    page
}

fn stage(stage: &Stage) -> Vec<Block> {
    let head = format!("Phase {} of 8: {}", stage.number, stage.name);
    if let Some(why) = &stage.skip {
        let text = format!("Skipped: {why}");
        return vec![Block::Chapter(head), Block::Text(text, Tone::Doubt)];
    }
    let mut page = vec![Block::Chapter(head)];
    page.extend(stage.goal.as_ref().map(|goal| plain(format!("Goal: {goal}"))));
    // What proves a criterion of its own stands with the criterion.
    let own = stage.steps.iter().filter(|step| !step.id.starts_with("exit."));
    let own: Vec<Item> = own.cloned().collect();
    page.extend(items(&own, &stage.number.to_string()));
    page.push(plain("Exit criteria:"));
    page.extend(stage.criteria.iter().map(gates::criterion));
    page.push(plain(format!(
        "Estimated {}, {} at least.",
        time(stage.time.total_ms),
        time(stage.time.shortest_ms)
    )));
    page.extend(stage.gate.as_ref().map(gates::gate));
    page
}

fn way_back(plan: &Plan) -> Vec<Block> {
    let WayBack { when, undone, kept, steps, time: spent } = &plan.rollback;
    let mut page = vec![Block::Chapter("The way back".to_owned())];
    if when.is_empty() {
        page.push(Block::Text("No criteria say when to roll back.".to_owned(), Tone::Doubt));
    }
    page.extend(when.iter().map(|one| Block::Fact("if", one.clone(), Tone::Plain)));
    let order = match undone.as_slice() {
        [] => "Nothing has an undo.".to_owned(),
        ids => format!("If everything ran, these are undone, newest first: {}.", ids.join(", ")),
    };
    page.push(plain(order));
    if !kept.is_empty() {
        let text = format!("Nothing takes back: {}.", kept.join(", "));
        page.push(Block::Text(text, Tone::Doubt));
    }
    if !steps.is_empty() {
        page.push(plain("Then:"));
    }
    page.extend(items(steps, "back"));
    if !plan.baseline.is_empty() {
        let ids = plan.baseline.join(", ");
        page.push(plain(format!(
            "Read before the first change, and compared at the end: what is marked in {ids}."
        )));
    }
    page.push(plain(format!("Estimated {} if everything ran.", time(spent.total_ms))));
    page
}
