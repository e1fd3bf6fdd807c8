//! Right before a phase is entered, and right before its first action: is what the gate was opened
//! on still so? An edited runbook and evidence that is too old are found here; what they mean is
//! the session's business.

use super::World;
use crate::runbook::{Gate, Phase, Runbook};
use crate::session::{Move, Question, Session, Stage, Task};

/// Whether the next phase, or its first action, may begin.
pub(super) enum Entry {
    /// Nothing stands against it, or nothing is about to begin.
    Good,
    /// The runbook's file holds another text now.
    Edited,
    /// What this phase was entered on must be read again.
    Expired(Phase),
}

pub(super) fn look(next: &Move<'_>, session: &Session, book: &Runbook, world: &World<'_>) -> Entry {
    if session.is_dry_run() || session.back().is_some() {
        return Entry::Good;
    }
    let enters = matches!(next, Move::Enter(_));
    let starts = |task: &Task<'_>| matches!(task, Task::Act(_));
    let acts = matches!(next, Move::Work(tasks) if tasks.iter().any(starts))
        || matches!(next, Move::Sample(step) if session.step(&step.id).watch.is_none())
        || matches!(next, Move::Ask(Question::Manual { .. }) if session.pending().is_none());
    let from = session.unproven_entry().filter(|_| acts);
    if (enters || from.is_some()) && world.shelf.is_edited(session.runbook_digest()) {
        return Entry::Edited;
    }
    match (from, session.stage()) {
        (Some(from), Stage::In(phase)) if is_too_old(session, book, from, world) => {
            Entry::Expired(phase)
        }
        _ => Entry::Good,
    }
}

/// Whether the evidence of a stage is older than its gate allows. Where the clock has gone back
/// nobody knows how old it is.
fn is_too_old(session: &Session, book: &Runbook, from: Stage, world: &World<'_>) -> bool {
    let gate: Option<&Gate> = from.phase().map(|phase| &book.section(phase).gate);
    let (Some(expires), Some(oldest)) =
        (gate.and_then(|gate| gate.expires), session.oldest_evidence(from))
    else {
        return false;
    };
    let age = world.clock.now().millis() - oldest.millis();
    u64::try_from(age).map_or(true, |age| age > expires.millis())
}
