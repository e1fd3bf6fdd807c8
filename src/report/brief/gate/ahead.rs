//! What the next phase will do, commands with their variables filled in.

use super::super::View;
use super::sum;
use crate::report::{Line, Tone, counted, rough, way_back};
use crate::runbook::{OnFailure, Phase, Section, Step};
use crate::value::Name;

pub(super) fn lines(view: &View<'_>, phase: Phase) -> Vec<Line> {
    let section: &Section = view.book.section(phase);
    let coming = coming(view, section);
    let runs = || coming.iter().filter(|(_, skipped)| skipped.is_none()).map(|(step, _)| *step);
    let estimate = sum(runs()).map(rough);
    let about = estimate.map_or_else(String::new, |time| format!(", estimated {time}"));
    let count = counted(section.steps.len(), "step");
    let gone = coming.len() - runs().count();
    let gone = if gone == 0 { String::new() } else { format!(", {gone} of them skipped") };
    let mut lines =
        vec![Line::new(Tone::Plain, format!("Next: phase {phase}, {count}{gone}{about}"))];
    if let Some(goal) = &section.goal {
        lines.push(Line::new(Tone::Quiet, format!("  Goal: {goal}")));
    }
    for (step, skipped) in &coming {
        match skipped {
            Some(why) => {
                let text = format!("  skipped  {}: {why}", step.title);
                lines.push(Line::new(Tone::Doubt, text));
            }
            None => lines.extend(of_coming(view, step)),
        }
    }
    lines
}

/// Every step of the phase, and why it will be skipped, if it will: that is known by now.
fn coming<'a>(view: &View<'_>, section: &'a Section) -> Vec<(&'a Step, Option<String>)> {
    let mut coming: Vec<(&Step, Option<String>)> = Vec::new();
    for step in &section.steps {
        let gone = |id: &Name| coming.iter().any(|(other, why)| other.id == *id && why.is_some());
        let needed = step.needs.iter().find(|id| gone(id));
        let needed = needed.map(|id| format!("it needs {id}, which will be skipped"));
        let why = needed.or_else(|| view.session.condition_of(step));
        coming.push((step, why));
    }
    coming
}

fn of_coming(view: &View<'_>, step: &Step) -> Vec<Line> {
    let kind = way_back::kind(step, if step.changes { "CHANGES" } else { "runs   " });
    let mut lines = vec![Line::new(Tone::Plain, format!("  {kind}  {}", step.title))];
    lines.extend(way_back::command(step, view.values));
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
