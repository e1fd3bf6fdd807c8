//! What changed between two versions of a runbook, those first that a reviewer must look at first.

use super::page::Block;
use super::words::time;
use crate::plan::{Change, Diff, Risk};
use crate::report::{Tone, counted};

pub(super) fn page(diff: &Diff) -> Vec<Block> {
    let mut page = vec![Block::Title("Changes of meaning".to_owned())];
    let version = |one: &crate::plan::Version| format!("{}, SHA-256 {}", one.id, one.digest);
    page.push(Block::About("from", version(&diff.old)));
    page.push(Block::About("to", version(&diff.new)));
    if diff.changes.is_empty() {
        let text = "Both mean the same: nothing changed but, at most, words and layout.";
        page.push(Block::Text(text.to_owned(), Tone::Good));
        return page;
    }
    if (diff.old.total_ms, diff.old.shortest_ms) != (diff.new.total_ms, diff.new.shortest_ms) {
        let text = format!(
            "estimates: was {}, is {}; shortest: was {}, is {}",
            time(diff.old.total_ms),
            time(diff.new.total_ms),
            time(diff.old.shortest_ms),
            time(diff.new.shortest_ms)
        );
        page.push(Block::About("time", text));
    }
    for (risk, tone, head) in [
        (Risk::Riskier, Tone::Bad, "Look at first: riskier, or nobody can tell"),
        (Risk::Safer, Tone::Good, "Safer"),
        (Risk::Other, Tone::Plain, "Other"),
    ] {
        let changes: Vec<&Change> = diff.of(risk).collect();
        if !changes.is_empty() {
            let count = counted(changes.len(), "change");
            page.push(Block::Chapter(format!("{head} ({count})")));
            page.extend(changes.iter().flat_map(|change| blocks(change, tone)));
        }
    }
    page
}

fn blocks(change: &Change, tone: Tone) -> Vec<Block> {
    let mut page = vec![Block::Text(format!("{}: {}", change.place, change.what), tone)];
    for (key, value) in [("was", &change.before), ("is", &change.after)] {
        let Some(value) = value else { continue };
        if value.contains('\n') {
            page.push(Block::Fact(key, String::new(), Tone::Quiet));
            page.push(Block::Code(value.clone()));
        } else {
            page.push(Block::Fact(key, value.clone(), Tone::Quiet));
        }
    }
    page
}
