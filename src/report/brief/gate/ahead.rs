//! What the next phase will do, commands with their variables filled in.

use super::super::View;
use super::sum;
use crate::report::{Line, Tone, counted, plan, rough};
use crate::runbook::{OnFailure, Phase, Section, Step};

pub(super) fn lines(view: &View<'_>, phase: Phase) -> Vec<Line> {
    let section: &Section = view.book.section(phase);
    let estimate = sum(&section.steps).map(rough);
    let about = estimate.map_or_else(String::new, |time| format!(", estimated {time}"));
    let count = counted(section.steps.len(), "step");
    let mut lines = vec![Line::new(Tone::Plain, format!("Next: phase {phase}, {count}{about}"))];
    if let Some(goal) = &section.goal {
        lines.push(Line::new(Tone::Quiet, format!("  Goal: {goal}")));
    }
    for step in &section.steps {
        lines.extend(of_coming(view, step));
    }
    lines
}

fn of_coming(view: &View<'_>, step: &Step) -> Vec<Line> {
    let kind = plan::kind(step, if step.changes { "CHANGES" } else { "runs   " });
    let mut lines = vec![Line::new(Tone::Plain, format!("  {kind}  {}", step.title))];
    lines.extend(plan::command(step, view.values));
    lines.extend(policies(step));
    lines
}

/// What happens when it fails, where nobody is asked first, and that nothing takes it back.
fn policies(step: &Step) -> Option<Line> {
    let fails = match step.on_failure {
        OnFailure::Ask => None,
        OnFailure::Stop => Some("if it fails, the session ends as failed"),
        OnFailure::Rollback => Some("if it fails, rolling back is asked about at once"),
        OnFailure::Continue => Some("if it fails, the session goes on all the same"),
    };
    let undo = (step.changes && step.undo.is_none()).then_some("no undo");
    let told: Vec<&str> = undo.into_iter().chain(fails).collect();
    let text = format!("           ({})", told.join("; "));
    (!told.is_empty()).then(|| Line::new(Tone::Quiet, text))
}
