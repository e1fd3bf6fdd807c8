//! What a phase must show, and the gate at its end.

use super::page::Block;
use super::words::{check, exactly};
use crate::plan::{Criterion, Gate, Proof};
use crate::report::Tone;

pub(super) fn criterion(criterion: &Criterion) -> Block {
    let proof = match &criterion.proof {
        Proof::Steps { ids } => format!("proven by {}", ids.join(", ")),
        Proof::Check { check: own, .. } => format!("proven by a check: {}", check(own)),
        Proof::Word { statement } => {
            format!("no check proves it: a person says, by name, \"{statement}\"")
        }
    };
    match &criterion.unproven {
        None => Block::Box(criterion.text.clone(), proof, Tone::Plain),
        Some(why) => {
            let proof = format!("{proof}; {why}");
            Block::Box(criterion.text.clone(), proof, Tone::Bad)
        }
    }
}

pub(super) fn gate(gate: &Gate) -> Block {
    let to = match gate.to {
        Some(number) => format!("Gate to phase {number}"),
        None => "Last gate".to_owned(),
    };
    let expires = match gate.expires_ms {
        Some(ms) => {
            let ms = exactly(ms);
            format!(" What it was opened on is good for {ms}; then it is read again.")
        }
        None => String::new(),
    };
    Block::Text(format!("{to}: a person types \"{}\".{expires}", gate.word), Tone::Plain)
}
