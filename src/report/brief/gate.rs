//! The gate: evidence first, then what the next phase will do.

use super::failure::of_window;
use super::short::SKIPPED;
use super::{View, identity};
use crate::check::Outcome;
use crate::report::{Line, Tone, age, compare, deviations, rough};
use crate::runbook::{Action, Criterion, Phase, Proof, Step};
use crate::session::{ActionState, Finding, Stage, StepState};
use crate::value::Span;

mod ahead;

pub(super) fn lines(view: &View<'_>, to: Option<Phase>) -> Vec<Line> {
    let mut lines = vec![title(to)];
    lines.push(Line::new(Tone::Plain, target(view)));
    lines.extend(identity::seen(view));
    let behind = view.session.gate_stands_on(to);
    if view.session.reopens_gate(to) {
        lines.extend(void(view, behind));
    }
    match behind.phase() {
        Some(phase) => lines.extend(of_phase(view, phase)),
        None => lines.extend(of_prerequisites(view)),
    }
    lines.extend(deviations::lines(view.session, view.book));
    lines.extend(skipped_phases(view, to));
    if let Some(phase) = to {
        lines.extend(ahead::lines(view, phase));
    }
    lines
}

/// What became otherwise since the gate was passed.
fn void(view: &View<'_>, stage: Stage) -> Vec<Line> {
    let steps = match stage {
        Stage::Before => &view.book.prerequisites,
        Stage::In(phase) => &view.book.section(phase).steps,
    };
    let changes: Vec<Line> = steps.iter().flat_map(|step| changes_of(view, step)).collect();
    let what =
        if changes.is_empty() { "the runbook has changed" } else { "what it stood on has changed" };
    let head = Line::new(Tone::Bad, format!("The answer to this gate is void: {what}."));
    std::iter::once(head).chain(changes).collect()
}

fn changes_of(view: &View<'_>, step: &Step) -> Vec<Line> {
    let state = view.session.step(&step.id);
    let Some(before) = &state.seen_before else { return Vec::new() };
    let changed = before.iter().zip(&state.findings);
    let changed = changed.filter(|(was, now)| !was.verdict.is_as(&now.verdict));
    let lines = changed.flat_map(|(was, now)| {
        [
            Line::new(Tone::Doubt, format!("  {}: {}", step.title, now.check.name())),
            Line::new(Tone::Quiet, format!("           was  {}", was.verdict.says())),
            Line::new(Tone::Doubt, format!("           now  {}", now.verdict.says())),
        ]
    });
    lines.collect()
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

fn of_criterion(view: &View<'_>, phase: Phase, number: u32, criterion: &Criterion) -> Vec<Line> {
    match &criterion.proof {
        Proof::Steps(ids) => {
            let worth = ids.iter().map(|id| Worth::of(&view.session.step(id))).max();
            let names: Vec<String> = ids.iter().map(ToString::to_string).collect();
            let text = format!("{} (by {})", criterion.text, names.join(", "));
            vec![worth.unwrap_or(Worth::Unknown).marks(&text)]
        }
        Proof::Attested(statement) => {
            let said = view.session.attested(phase, number).filter(|said| said.holds);
            let worth = if said.is_some() { Worth::Pass } else { Worth::Unknown };
            let who = said.map_or_else(
                || "nobody has said so yet".to_owned(),
                |said| {
                    let name = said.name.clone().unwrap_or_default();
                    format!("{name} ({}) at {}", said.by, said.at.time_of_day())
                },
            );
            let statement = view.values.show(statement);
            let detail = format!("           said by {who}: \"{statement}\"");
            vec![worth.marks(&criterion.text), Line::new(Tone::Quiet, detail)]
        }
    }
}

/// What a step is worth as evidence. Ordered by how bad it is: the worst of many is their `max`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    Pass,
    Waived,
    Unknown,
    Fail,
}

impl Worth {
    /// A step that was skipped proves nothing, and a waiver is no pass.
    fn of(state: &StepState) -> Self {
        match (&state.action, state.checks) {
            _ if state.skipped.is_some() => Self::Unknown,
            _ if state.waived.is_some() => Self::Waived,
            (_, Some(Outcome::Pass)) => Self::Pass,
            (action, None) if action.is_good() => Self::Pass,
            (_, Some(Outcome::Fail)) | (ActionState::Ended(_) | ActionState::Failed, None) => {
                Self::Fail
            }
            (_, Some(Outcome::Unknown) | None) => Self::Unknown,
        }
    }

    fn marks(self, text: &str) -> Line {
        let (tone, word) = match self {
            Self::Pass => (Tone::Good, "pass"),
            Self::Waived => (Tone::Doubt, "waived"),
            Self::Unknown => (Tone::Doubt, "unknown"),
            Self::Fail => (Tone::Bad, "fail"),
        };
        Line::new(tone, format!("  {word:<7}  {text}"))
    }
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
    let text = format!("{} ({})", step.title, facts.join(", "));
    let mut lines = vec![Worth::of(&state).marks(&text)];
    lines.extend(of_window(&state, "           "));
    let before = compare::before(view.session, view.book, &step.id);
    for (finding, pair) in compare::with_before(before, &state.findings) {
        let ago = ago(view, &state);
        match pair {
            None => {
                let text = format!("           {}{ago}", of_finding(finding));
                lines.push(Line::new(Tone::Quiet, text));
            }
            Some(pair) => {
                let text = format!("           {}{ago}", finding.check.name());
                lines.push(Line::new(Tone::Quiet, text));
                lines.extend(pair.lines("             "));
            }
        }
    }
    lines
}

fn of_finding(finding: &Finding) -> String {
    format!("{}: {}", finding.check.name(), finding.verdict.says())
}

/// How long ago the step's checks were read.
fn ago(view: &View<'_>, state: &StepState) -> String {
    let when = state.at.zip(view.session.last());
    when.map_or_else(String::new, |(from, (_, to))| match to.millis() - from.millis() {
        ..1000 => ", just now".to_owned(),
        _ => format!(", {} ago", age(from, to)),
    })
}

/// Phases that do not apply: those behind us, and those that this yes goes past.
fn skipped_phases(view: &View<'_>, to: Option<Phase>) -> Vec<Line> {
    let end = to.map_or(8, Phase::index);
    let skipped = |phase: &&Phase| phase.index() < end;
    let line = |phase: &Phase| {
        let why = view.book.section(*phase).skip.as_ref()?;
        Some(Line::new(Tone::Doubt, format!("{SKIPPED} {phase}: {why}")))
    };
    Phase::ALL.iter().filter(skipped).filter_map(line).collect()
}
