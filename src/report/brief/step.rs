//! What a person must know about one step: to do it by hand, or to decide after it failed or
//! after nobody knows whether it happened.

use super::View;
use crate::report::{Line, Tone};
use crate::runbook::{Action, Step};
use crate::session::{ActionState, Ending, StepState};
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

pub(super) fn failure(view: &View<'_>, id: &Name) -> Vec<Line> {
    let Some(step) = view.book.step(id) else { return gone(id) };
    let state = view.session.step(id);
    let mut lines = vec![Line::new(Tone::Heading, format!("Failed: {} ({id})", step.title))];
    lines.extend(about(step));
    lines.extend(of_action(view, step, &state));
    for finding in &state.findings {
        let verdict = &finding.verdict;
        let tone = if state.checks.is_none() { Tone::Quiet } else { tone_of(verdict) };
        let tries = match finding.tries {
            1 => String::new(),
            tries => format!(" (asked {tries} times)"),
        };
        let outcome = verdict.outcome();
        let text = format!("  {outcome}: {}: {}{tries}", finding.check.name(), verdict.says());
        lines.push(Line::new(tone, text));
    }
    lines.extend(done_before(view, id));
    lines.extend(undo_hint(view, step));
    lines.extend(contacts(view));
    lines
}

pub(super) fn doubt(view: &View<'_>, id: &Name) -> Vec<Line> {
    let Some(step) = view.book.step(id) else { return gone(id) };
    let state = view.session.step(id);
    let mut lines = vec![Line::new(Tone::Heading, format!("In doubt: {} ({id})", step.title))];
    let text = "holdpoint was killed while this ran. Nobody knows whether it happened.";
    lines.push(Line::new(Tone::Bad, text));
    if let Some(action) = &step.action {
        lines.extend(Line::many(Tone::Plain, "  ", &action.show(view.values)));
    }
    match &state.probed {
        Some(finding) => {
            let text = format!("Its probe says: {}", finding.verdict.says());
            lines.push(Line::new(tone_of(&finding.verdict), text));
        }
        None if step.probe.is_some() => {
            lines.push(Line::new(Tone::Quiet, "Its probe was not asked: it may be run again."));
        }
        None => lines.push(Line::new(Tone::Quiet, "It has no probe that could tell.")),
    }
    lines.extend(done_before(view, id));
    lines
}

fn gone(id: &Name) -> Vec<Line> {
    vec![Line::new(Tone::Bad, format!("The runbook no longer has the step {id}."))]
}

fn about(step: &Step) -> Vec<Line> {
    let why = step.why.iter().map(|why| Line::new(Tone::Quiet, format!("  Why: {why}")));
    let owner = step.owner.iter().map(|owner| Line::new(Tone::Quiet, format!("  Owner: {owner}")));
    why.chain(owner).collect()
}

fn of_action(view: &View<'_>, step: &Step, state: &StepState) -> Vec<Line> {
    let Some(action) = &step.action else { return Vec::new() };
    let mut lines: Vec<Line> = Line::many(Tone::Plain, "  ", &action.show(view.values)).collect();
    let (tone, told) = match &state.action {
        ActionState::Ended(ending) if ending.is_good() => (Tone::Good, "it ended well".to_owned()),
        ActionState::Ended(ending) => (Tone::Bad, ending_words(ending, step)),
        ActionState::Failed => (Tone::Bad, "a person could not do it".to_owned()),
        ActionState::Done | ActionState::Rehearsed => (Tone::Good, "done by hand".to_owned()),
        ActionState::Due | ActionState::Running | ActionState::Doubtful => {
            (Tone::Doubt, "not done".to_owned())
        }
    };
    let attempts =
        if state.attempts > 1 { format!(" (attempt {})", state.attempts) } else { String::new() };
    lines.push(Line::new(tone, format!("  {told}{attempts}")));
    lines.extend(state.text.iter().map(|text| Line::new(Tone::Plain, format!("  \"{text}\""))));
    lines.extend(folded(&state.output));
    lines
}

fn ending_words(ending: &Ending, step: &Step) -> String {
    match ending {
        Ending::Exit(exit) => exit.to_string(),
        Ending::Timeout => format!("stopped: not done within {}", step.timeout),
        Ending::Interrupted => "stopped, because the session was".to_owned(),
        Ending::NotStarted(why) => format!("never started: {why}"),
        Ending::Waited => "waited".to_owned(),
    }
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

fn tone_of(verdict: &crate::check::Verdict) -> Tone {
    use crate::check::Verdict;
    match verdict {
        Verdict::Pass(_) => Tone::Good,
        Verdict::Fail(_) => Tone::Bad,
        Verdict::Unknown(_) => Tone::Doubt,
    }
}

/// What already changed the world in this phase.
fn done_before(view: &View<'_>, id: &Name) -> Vec<Line> {
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

fn undo_hint(view: &View<'_>, step: &Step) -> Vec<Line> {
    let Some(undo) = &step.undo else { return Vec::new() };
    let mut lines = vec![Line::new(Tone::Quiet, "Taken back by hand with:")];
    lines.extend(Line::many(Tone::Quiet, "  ", &undo.show(view.values)));
    lines
}

fn contacts(view: &View<'_>) -> Vec<Line> {
    let line = |contact: &crate::runbook::Contact| {
        let after = contact.escalate_after.map(|span| format!(", then escalate after {span}"));
        let after = after.unwrap_or_default();
        Line::new(Tone::Quiet, format!("Call: {}, {}{after}", contact.name, contact.reach))
    };
    view.book.contacts.iter().map(line).collect()
}
