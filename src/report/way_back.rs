//! What a rollback takes back: as a plan that a person is asked about, and as a hint beside a
//! failure.

use super::{Line, Tone};
use crate::runbook::{Action, Runbook, Step, Values};
use crate::session::{Plan, Planned, Session, StepState};

/// Lines of a command shown of one step. What a person does by hand is shown whole.
const COMMAND_LINES: usize = 6;

/// How things stand with something that ran.
pub(super) enum Standing<'a> {
    /// The runbook does not have it any more.
    Gone,
    /// Nothing takes it back.
    NoUndo(&'a Step),
    /// It is taken back.
    Undone(&'a Step),
    /// Somebody answers for it that it was not shown to be taken back.
    Waived(String),
    /// Its undo was begun, and is not done.
    Begun(&'a Step),
    /// Its undo is still to come.
    Due(&'a Step),
}

pub(super) fn standing<'a>(session: &Session, planned: &Planned<'a>) -> Standing<'a> {
    let Some(step) = planned.step else { return Standing::Gone };
    let Some(undo) = planned.undo() else { return Standing::NoUndo(step) };
    let state = session.step(&undo.id);
    match &state.waived {
        Some(waiver) => Standing::Waived(waiver.terms.owner.clone()),
        None if planned.undone => Standing::Undone(undo),
        None if state.attempts > 0 || state.ran => Standing::Begun(undo),
        None => Standing::Due(undo),
    }
}

/// What it is called, for people.
pub(super) fn title(planned: &Planned<'_>) -> String {
    let named = |step: &Step| format!("{} ({})", step.title, step.id);
    planned.step.map_or_else(|| planned.id.to_string(), named)
}

/// The whole plan, in its order, for the person who decides on it.
pub(super) fn whole(session: &Session, plan: &Plan<'_>, values: &Values) -> Vec<Line> {
    let mut lines = Vec::new();
    if plan.ran.is_empty() {
        lines.push(Line::new(Tone::Plain, "Nothing that ran changed anything."));
    } else {
        lines.push(Line::new(Tone::Plain, "Taken back, newest first:"));
    }
    for planned in &plan.ran {
        lines.extend(of_planned(session, planned, values));
    }
    if !plan.then.is_empty() {
        lines.push(Line::new(Tone::Plain, "Then:"));
        lines.extend(plan.then.iter().flat_map(|step| of_then(session, step, values)));
    }
    if !plan.baselines.is_empty() {
        lines.push(Line::new(Tone::Plain, "Then the baseline is read again, and compared with:"));
        for baseline in &plan.baselines {
            for finding in session.step(&baseline.before.id).findings {
                let (name, says) = (finding.check.name(), finding.verdict.says());
                lines.push(Line::new(Tone::Quiet, format!("  before:  {name}: {says}")));
            }
        }
    }
    lines
}

fn of_planned(session: &Session, planned: &Planned<'_>, values: &Values) -> Vec<Line> {
    let title = title(planned);
    let mut lines = match standing(session, planned) {
        Standing::Gone => {
            let why = "the runbook no longer has it, and nobody knows how to take it back";
            return vec![Line::new(Tone::Bad, format!("  gone     {title}: {why}"))];
        }
        Standing::NoUndo(step) => return without_undo(step, &title, planned.doubtful, values),
        Standing::Undone(_) => {
            return vec![Line::new(Tone::Quiet, format!("  undone   {title}: already taken back"))];
        }
        Standing::Waived(owner) => {
            let text = format!("  waived   {title}: {owner} answers for it");
            return vec![Line::new(Tone::Doubt, text)];
        }
        Standing::Begun(undo) => {
            let mut lines = of_undo(undo, &title, values);
            let told = "           begun already, and not done";
            lines.insert(1, Line::new(Tone::Doubt, told));
            lines
        }
        Standing::Due(undo) => of_undo(undo, &title, values),
    };
    if planned.doubtful {
        lines.insert(1, doubt(planned.step));
    }
    lines
}

fn doubt(step: Option<&Step>) -> Line {
    let probe = step.is_some_and(|step| step.probe.is_some());
    let first =
        if probe { "its probe is asked, then a person, " } else { "a person is asked first " };
    Line::new(Tone::Doubt, format!("           in doubt: {first}whether it happened"))
}

fn of_undo(undo: &Step, title: &str, values: &Values) -> Vec<Line> {
    let mut lines = vec![Line::new(Tone::Plain, format!("  {}  {title}", kind(undo, "undo   ")))];
    lines.extend(command(undo, values));
    let shown = undo.checks.iter().map(|check| values.show_check(check).name());
    let checks: Vec<String> = shown.collect();
    lines.push(match checks.is_empty() {
        true => Line::new(Tone::Quiet, "           no check says that it worked"),
        false => Line::new(Tone::Quiet, format!("           then checks: {}", checks.join("; "))),
    });
    lines
}

fn without_undo(step: &Step, title: &str, doubtful: bool, values: &Values) -> Vec<Line> {
    let text = format!("  no undo  {title}: nothing in the runbook takes it back");
    let mut lines = vec![Line::new(Tone::Doubt, text)];
    if doubtful {
        lines.push(doubt(Some(step)));
    }
    lines.push(Line::new(Tone::Quiet, "           what it did:"));
    lines.extend(command(step, values));
    let links = step.docs.iter();
    lines.extend(links.map(|link| Line::new(Tone::Quiet, format!("           See {link}"))));
    lines
}

fn of_then(session: &Session, step: &Step, values: &Values) -> Vec<Line> {
    let over = session.step(&step.id) != StepState::default();
    let begun = if over { " (begun already)" } else { "" };
    let head = format!("  {}  {}{begun}", kind(step, "runs   "), step.title);
    let mut lines = vec![Line::new(Tone::Plain, head)];
    lines.extend(command(step, values));
    lines
}

/// What a step is, in one column; `runs` is the word for a program.
pub(super) fn kind<'a>(step: &Step, runs: &'a str) -> &'a str {
    match &step.action {
        None => "looks  ",
        Some(Action::Manual { .. }) => "by hand",
        Some(Action::Wait(_)) => "waits  ",
        Some(Action::Observe(_)) => "watches",
        Some(Action::Run(_) | Action::Shell(_)) => runs,
    }
}

/// What a step does, below its title.
pub(super) fn command(step: &Step, values: &Values) -> Vec<Line> {
    let Some(action) = &step.action else { return Vec::new() };
    let does = action.show(values);
    let most = if action.is_manual() { usize::MAX } else { COMMAND_LINES };
    let mut lines: Vec<Line> = Line::many(Tone::Quiet, "           ", &does).take(most).collect();
    let more = does.lines().count().saturating_sub(most);
    if more > 0 {
        let text = format!("           … {} more", super::counted(more, "line"));
        lines.push(Line::new(Tone::Quiet, text));
    }
    lines
}

/// What a rollback would take back now, one line each, newest first.
pub(super) fn hint(session: &Session, plan: &Plan<'_>) -> Vec<Line> {
    let rolling = session.is_rolling_back();
    let mut lines = Vec::new();
    for planned in &plan.ran {
        let title = title(planned);
        let doubtful = if planned.doubtful { ", in doubt" } else { "" };
        let (tone, text) = match standing(session, planned) {
            Standing::Gone => (Tone::Doubt, format!("  gone     {title}")),
            Standing::NoUndo(_) => (Tone::Doubt, format!("  no undo  {title}{doubtful}")),
            Standing::Undone(_) => (Tone::Good, format!("  undone   {title}")),
            Standing::Waived(owner) => (Tone::Doubt, format!("  waived   {title}: by {owner}")),
            Standing::Begun(_) => (Tone::Doubt, format!("  begun    {title}")),
            Standing::Due(undo) => {
                (Tone::Plain, format!("  {}  {title}{doubtful}", kind(undo, "undo   ")))
            }
        };
        lines.push(Line::new(tone, text));
    }
    let head = match (lines.is_empty(), rolling) {
        (true, _) => return vec![Line::new(Tone::Quiet, "A rollback has nothing to take back.")],
        (false, true) => "How far the rollback is, newest first:",
        (false, false) => "A rollback would take back, newest first:",
    };
    lines.insert(0, Line::new(Tone::Plain, head));
    lines
}

/// What ran and was not taken back, newest first, with what takes it back.
pub(super) fn left(session: &Session, book: &Runbook, values: &Values) -> Vec<Line> {
    let mut plan = session.plan(book);
    plan.ran.retain(|planned| !planned.undone);
    plan.ran.iter().flat_map(|planned| of_planned(session, planned, values)).collect()
}
