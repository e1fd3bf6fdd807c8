//! The plan of a runbook and the changes between two versions of one, for people: as lines for a
//! terminal, and as markdown for a ticket. Both are drawn from the same page.

use super::Line;
use crate::plan::{Diff, Plan};

mod changes;
mod gates;
mod item;
mod markdown;
mod page;
mod times;
mod whole;
mod words;

/// The plan as lines.
#[must_use]
pub fn planned(plan: &Plan) -> Vec<Line> {
    page::lines(&whole::page(plan))
}

/// The plan as markdown. Nothing in a runbook's text becomes a link, an image or a heading.
#[must_use]
pub fn planned_markdown(plan: &Plan) -> String {
    markdown::draw(&whole::page(plan))
}

/// The changes as lines.
#[must_use]
pub fn changed(diff: &Diff) -> Vec<Line> {
    page::lines(&changes::page(diff))
}

/// The changes as markdown.
#[must_use]
pub fn changed_markdown(diff: &Diff) -> String {
    markdown::draw(&changes::page(diff))
}
