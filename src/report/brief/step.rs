//! What a person must know about one step: to do it by hand, or to decide after nobody knows
//! whether it happened, or while something of it still runs.

use super::View;
use crate::report::words::UNDO;
use crate::report::{Line, Tone, age, way_back};
use crate::runbook::{Action, Step};
use crate::session::{ActionState, StepState};
use crate::text::Capture;
use crate::value::Name;

/// Lines of an output shown at its beginning and at its end.
const HEAD: usize = 4;
const TAIL: usize = 12;

pub(super) fn manual(view: &View<'_>, id: &Name) -> Vec<Line> {
    let Some(step) = view.book.step(id) else { return gone(id) };
    let mut lines = vec![Line::new(Tone::Heading, format!("By hand: {}", step.title))];
    lines.extend(about(step));
    if let Some(Action::Manual { text, .. }) = &step.action {
        lines.extend(Line::many(Tone::Plain, "  ", &view.values.show(text)));
    }
    lines.extend(step.docs.iter().map(|link| Line::new(Tone::Quiet, format!("See {link}"))));
    lines
}

pub(super) fn doubt(view: &View<'_>, id: &Name) -> Vec<Line> {
    let Some(step) = view.book.step(id) else { return gone(id) };
    let state = view.session.step(id);
    let mut lines = vec![Line::new(Tone::Heading, format!("In doubt: {} ({id})", step.title))];
    let text = "holdpoint was killed while this ran. Nobody knows whether it happened.";
    lines.push(Line::new(Tone::Bad, text));
    if view.session.is_rolling_back() {
        lines.push(Line::new(Tone::Doubt, back(step)));
    }
    if let Some(action) = &step.action {
        lines.extend(Line::many(Tone::Plain, "  ", &action.show(view.values)));
    }
    lines.extend(begun(view, &state));
    lines.push(probed(step, &state));
    if view.session.is_rolling_back() {
        lines.extend(way_back::hint(view.session, &view.session.plan(view.book)));
    } else {
        lines.extend(done_before(view, id));
    }
    lines
}

/// What the answer means for a rollback that goes on.
fn back(step: &Step) -> &'static str {
    if step.id.as_str().starts_with(UNDO) {
        "It takes something back. What it has done already is not done twice unless you say so."
    } else if step.undo.is_some() {
        "The rollback takes it back only if it happened, all or some of it."
    } else {
        "Nothing in the runbook takes it back, whatever you answer."
    }
}

fn probed(step: &Step, state: &StepState) -> Line {
    match &state.probed {
        Some(finding) => {
            let text = format!("Its probe says: {}", finding.verdict.says());
            Line::new(tone_of(&finding.verdict), text)
        }
        None if step.probe.is_some() => {
            Line::new(Tone::Quiet, "Its probe was not asked: it may be run again.")
        }
        None => Line::new(Tone::Quiet, "It has no probe that could tell."),
    }
}

/// When its action was begun the last time.
fn begun(view: &View<'_>, state: &StepState) -> Option<Line> {
    let (from, (_, now)) = state.begun.zip(view.session.last())?;
    let attempt =
        if state.attempts > 1 { format!(", attempt {}", state.attempts) } else { String::new() };
    let text = format!("  begun at {}, {} ago{attempt}", from.minute(), age(from, now));
    Some(Line::new(Tone::Quiet, text))
}

pub(super) fn running(view: &View<'_>, id: &Name) -> Vec<Line> {
    let Some(step) = view.book.step(id) else { return gone(id) };
    let text = format!("Processes of {} still run ({id})", step.title);
    let mut lines = vec![Line::new(Tone::Heading, text)];
    let state = view.session.step(id);
    let doubtful = state.action == ActionState::Doubtful;
    let told = match doubtful {
        true => "holdpoint was killed while this ran. What it had started goes on without it.",
        false => "It is over itself. What it had started goes on without it.",
    };
    lines.push(Line::new(Tone::Bad, told));
    if let Some(action) = &step.action {
        lines.extend(Line::many(Tone::Plain, "  ", &action.show(view.values)));
    }
    lines.extend(begun(view, &state));
    let then = match doubtful {
        true => "Once they are gone, or left alone, it is found out whether the step happened.",
        false => "Once they are gone, or left alone, it is decided what to do about the step.",
    };
    lines.push(Line::new(Tone::Quiet, then));
    lines
}

pub(super) fn gone(id: &Name) -> Vec<Line> {
    vec![Line::new(Tone::Bad, format!("The runbook no longer has the step {id}."))]
}

pub(super) fn about(step: &Step) -> Vec<Line> {
    let why = step.why.iter().map(|why| Line::new(Tone::Quiet, format!("  Why: {why}")));
    let owner = step.owner.iter().map(|owner| Line::new(Tone::Quiet, format!("  Owner: {owner}")));
    why.chain(owner).collect()
}

/// An output as a person reads it: its beginning and its end.
pub(in crate::report) fn folded(output: &Capture) -> Vec<Line> {
    let shown = |line: &str| Line::new(Tone::Plain, format!("  | {line}"));
    let head: Vec<&str> = output.head.lines().collect();
    let tail: Vec<&str> = output.tail.lines().collect();
    let all: Vec<&str> = head.iter().chain(&tail).copied().collect();
    if output.left_out == 0 && all.len() <= HEAD + TAIL {
        return all.into_iter().map(shown).collect();
    }
    let mut lines: Vec<Line> = all.iter().take(HEAD).map(|line| shown(line)).collect();
    let end = all.len().saturating_sub(TAIL).max(HEAD);
    let bytes = match output.left_out {
        0 => String::new(),
        bytes => format!(" and {bytes} bytes that were not kept"),
    };
    let text = format!("  | … {} lines{bytes} left out; the journal has more", end - HEAD.min(end));
    lines.push(Line::new(Tone::Quiet, text));
    lines.extend(all[end.min(all.len())..].iter().map(|line| shown(line)));
    lines
}

pub(super) fn tone_of(verdict: &crate::check::Verdict) -> Tone {
    use crate::check::Verdict;
    match verdict {
        Verdict::Pass(_) => Tone::Good,
        Verdict::Fail(_) => Tone::Bad,
        Verdict::Unknown(_) => Tone::Doubt,
    }
}

/// What already changed the world in this phase.
pub(super) fn done_before(view: &View<'_>, id: &Name) -> Vec<Line> {
    let Some(phase) = view.session.stage().phase() else { return Vec::new() };
    let steps = &view.book.section(phase).steps;
    let done: Vec<&str> = steps
        .iter()
        .take_while(|step| step.id != *id)
        .filter(|step| !step.is_read_only() && view.session.step(&step.id).action.is_good())
        .map(|step| step.id.as_str())
        .collect();
    if done.is_empty() {
        return vec![Line::new(Tone::Quiet, "Nothing was changed in this phase before it.")];
    }
    vec![Line::new(Tone::Plain, format!("Done in this phase before it: {}", done.join(", ")))]
}
