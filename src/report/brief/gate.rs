//! The gate: evidence first, then what the next phase will do.

use super::View;
use crate::check::Outcome;
use crate::report::{Line, Tone, age, counted, rough};
use crate::runbook::{Action, Phase, Proof, Section, Step};
use crate::session::{ActionState, Finding, StepState};
use crate::value::Span;

/// Lines of commands shown of one step of the next phase.
const COMMAND_LINES: usize = 6;

pub(super) fn lines(view: &View<'_>, to: Option<Phase>) -> Vec<Line> {
    let mut lines = vec![title(to)];
    lines.push(Line::new(Tone::Plain, target(view)));
    match view.session.stage().phase() {
        Some(phase) => lines.extend(of_phase(view, phase)),
        None => lines.extend(of_prerequisites(view)),
    }
    lines.extend(skipped_phases(view, to));
    if let Some(phase) = to {
        lines.extend(ahead(view, phase));
    }
    lines
}

fn title(to: Option<Phase>) -> Line {
    let text = match to {
        Some(phase) => format!("Gate to phase {} of 8: {}", phase.number(), phase.name()),
        None => "Last gate: the deployment is complete".to_owned(),
    };
    Line::new(Tone::Heading, text)
}

fn target(view: &View<'_>) -> String {
    let book = view.book;
    let dry = if view.session.is_dry_run() { "dry run of " } else { "" };
    format!("{dry}{} to {} ({})", book.component, book.environment, book.title)
}

fn of_prerequisites(view: &View<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    if !view.book.prerequisites.is_empty() {
        lines.push(Line::new(Tone::Plain, "Prerequisites:"));
    }
    lines.extend(view.book.prerequisites.iter().flat_map(|step| of_step(view, step)));
    let estimate = sum(view.book.phases.iter().flat_map(|section| &section.steps));
    if let Some(estimate) = estimate {
        let text = format!("All eight phases are estimated at {}.", rough(estimate));
        lines.push(Line::new(Tone::Quiet, text));
    }
    lines
}

fn of_phase(view: &View<'_>, phase: Phase) -> Vec<Line> {
    let section = view.book.section(phase);
    let mut lines = vec![Line::new(Tone::Plain, format!("Phase {phase}{}", duration(view, phase)))];
    if let Some(goal) = &section.goal {
        lines.push(Line::new(Tone::Quiet, format!("  Goal: {goal}")));
    }
    lines.push(Line::new(Tone::Plain, "Exit criteria:"));
    for (number, criterion) in (1..).zip(&section.criteria) {
        lines.extend(of_criterion(view, phase, number, criterion));
    }
    lines.push(Line::new(Tone::Plain, "Steps:"));
    lines.extend(section.steps.iter().flat_map(|step| of_step(view, step)));
    lines
}

fn duration(view: &View<'_>, phase: Phase) -> String {
    let entered = view.session.phase(phase).entered;
    let took = entered.zip(view.session.last()).map(|(from, (_, to))| age(from, to));
    let estimate = sum(&view.book.section(phase).steps).map(rough);
    match (took, estimate) {
        (Some(took), Some(estimate)) => format!(", so far {took} (estimated {estimate})"),
        (Some(took), None) => format!(", so far {took}"),
        (None, _) => String::new(),
    }
}

fn sum<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Option<Span> {
    let estimates: Vec<u64> =
        steps.into_iter().filter_map(|step| step.estimate).map(Span::millis).collect();
    (!estimates.is_empty()).then(|| Span::from_millis(estimates.iter().sum()))
}

fn of_criterion(
    view: &View<'_>,
    phase: Phase,
    number: u32,
    criterion: &crate::runbook::Criterion,
) -> Vec<Line> {
    match &criterion.proof {
        Proof::Steps(ids) => {
            let states: Vec<StepState> = ids.iter().map(|id| view.session.step(id)).collect();
            let outcome = states.iter().map(outcome).max().unwrap_or(Outcome::Unknown);
            let names: Vec<String> = ids.iter().map(ToString::to_string).collect();
            let text = format!("{} (by {})", criterion.text, names.join(", "));
            vec![marked(outcome, &text)]
        }
        Proof::Attested(statement) => {
            let said = view.session.attested(phase, number).filter(|said| said.holds);
            let outcome = if said.is_some() { Outcome::Pass } else { Outcome::Unknown };
            let who = said.map_or_else(
                || "nobody has said so yet".to_owned(),
                |said| {
                    let name = said.name.clone().unwrap_or_default();
                    format!("{name} ({}) at {}", said.by, said.at.time_of_day())
                },
            );
            let statement = view.values.show(statement);
            let detail = format!("           said by {who}: \"{statement}\"");
            vec![marked(outcome, &criterion.text), Line::new(Tone::Quiet, detail)]
        }
    }
}

/// What a step came to; a step that was skipped proves nothing.
fn outcome(state: &StepState) -> Outcome {
    match (&state.action, state.checks) {
        _ if state.skipped.is_some() => Outcome::Unknown,
        (_, Some(outcome)) => outcome,
        (action, None) if action.is_good() => Outcome::Pass,
        (ActionState::Ended(_) | ActionState::Failed, None) => Outcome::Fail,
        (_, None) => Outcome::Unknown,
    }
}

fn marked(outcome: Outcome, text: &str) -> Line {
    let tone = match outcome {
        Outcome::Pass => Tone::Good,
        Outcome::Fail => Tone::Bad,
        Outcome::Unknown => Tone::Doubt,
    };
    Line::new(tone, format!("  {:<7}  {text}", outcome.to_string()))
}

fn of_step(view: &View<'_>, step: &Step) -> Vec<Line> {
    let state = view.session.step(&step.id);
    if let Some(why) = &state.skipped {
        return vec![Line::new(Tone::Doubt, format!("  skipped  {}: {why}", step.title))];
    }
    let mut facts = vec![rough(state.took)];
    facts.extend(step.estimate.map(|estimate| format!("estimated {}", rough(estimate))));
    if state.attempts > 1 {
        facts.push(format!("{} attempts", state.attempts));
    }
    if state.action == ActionState::Rehearsed && !step.is_read_only() {
        facts = vec!["not run".to_owned()];
    } else if matches!(step.action, Some(Action::Manual { .. })) {
        facts = vec!["by hand".to_owned()];
    }
    let mut lines =
        vec![marked(outcome(&state), &format!("{} ({})", step.title, facts.join(", ")))];
    lines.extend(state.findings.iter().map(|finding| of_finding(view, &state, finding)));
    lines
}

fn of_finding(view: &View<'_>, state: &StepState, finding: &Finding) -> Line {
    let when = state.at.zip(view.session.last());
    let ago = when.map_or_else(String::new, |(from, (_, to))| match to.millis() - from.millis() {
        ..1000 => ", just now".to_owned(),
        _ => format!(", {} ago", age(from, to)),
    });
    let text = format!("           {}: {}{ago}", finding.check.name(), finding.verdict.says());
    Line::new(Tone::Quiet, text)
}

/// Phases that do not apply: those behind us, and those that this yes goes past.
fn skipped_phases(view: &View<'_>, to: Option<Phase>) -> Vec<Line> {
    let end = to.map_or(8, Phase::index);
    let skipped = |phase: &&Phase| phase.index() < end;
    let line = |phase: &Phase| {
        let why = view.book.section(*phase).skip.as_ref()?;
        Some(Line::new(Tone::Doubt, format!("Skipped: phase {phase}: {why}")))
    };
    Phase::ALL.iter().filter(skipped).filter_map(line).collect()
}

fn ahead(view: &View<'_>, phase: Phase) -> Vec<Line> {
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
    let kind = if step.is_read_only() { "looks  " } else { "CHANGES" };
    let kind = if step.action.as_ref().is_some_and(Action::is_manual) { "by hand" } else { kind };
    let mut lines = vec![Line::new(Tone::Plain, format!("  {kind}  {}", step.title))];
    let Some(action) = &step.action else { return lines };
    let does = action.show(view.values);
    lines.extend(Line::many(Tone::Quiet, "           ", &does).take(COMMAND_LINES));
    let more = does.lines().count().saturating_sub(COMMAND_LINES);
    if more > 0 {
        let text = format!("           … {} more", counted(more, "line"));
        lines.push(Line::new(Tone::Quiet, text));
    }
    lines
}
