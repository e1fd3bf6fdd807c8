//! A step failed, and a person decides: everything they need to know, on one screen.

use super::View;
use super::step::{about, done_before, folded, gone, tone_of};
use crate::check::Outcome;
use crate::report::{Line, Tone, compare, deviations, trend, way_back, window_words, words::UNDO};
use crate::runbook::{Action, Contact, OnFailure, Step};
use crate::session::{ActionState, Ending, Finding, StepState};
use crate::value::{Moment, Name};

pub(super) fn lines(view: &View<'_>, id: &Name) -> Vec<Line> {
    let Some(step) = view.book.step(id) else { return gone(id) };
    let state = view.session.step(id);
    let mut lines = vec![heading(view, step)];
    lines.extend(state.lapsed.iter().map(|waiver| {
        let text = format!("T{}: it has failed again.", &deviations::lapsed_words(waiver)[1..]);
        Line::new(Tone::Bad, text)
    }));
    lines.extend(policy(view, &state));
    lines.extend(evidence(view, step, &state));
    if view.session.is_rolling_back() {
        lines.extend(instructions(view, step));
    } else {
        lines.extend(done_before(view, id));
    }
    lines.extend(way_back::hint(view.session, &view.session.plan(view.book)));
    lines.extend(contacts(&view.book.contacts, state.at));
    lines
}

/// What failed, how, and whom to call: for a question that its failure put without asking first.
pub(super) fn told(view: &View<'_>, id: &Name) -> Vec<Line> {
    let Some(step) = view.book.step(id) else { return gone(id) };
    let state = view.session.step(id);
    let mut lines = evidence(view, step, &state);
    lines.extend(contacts(&view.book.contacts, state.at));
    lines
}

fn evidence(view: &View<'_>, step: &Step, state: &StepState) -> Vec<Line> {
    let mut lines = about(step);
    lines.extend(of_action(view, step, state));
    lines.extend(of_findings(view, step, state));
    lines
}

fn heading(view: &View<'_>, step: &Step) -> Line {
    let when = if view.session.is_rolling_back() { "Failed while rolling back" } else { "Failed" };
    Line::new(Tone::Heading, format!("{when}: {} ({})", step.title, step.id))
}

/// What the runbook's `on_failure` had said before a person was asked.
fn policy(view: &View<'_>, state: &StepState) -> Option<Line> {
    let text = match state.policy? {
        OnFailure::Rollback if !view.session.is_rolling_back() => {
            "Its on_failure is rollback; a person said not to roll back."
        }
        OnFailure::Rollback => "Its on_failure is rollback, and a rollback goes on already.",
        OnFailure::Stop => "Its on_failure is stop.",
        OnFailure::Continue => "Its on_failure is continue.",
        OnFailure::Ask => return None,
    };
    Some(Line::new(Tone::Doubt, text))
}

fn of_action(view: &View<'_>, step: &Step, state: &StepState) -> Vec<Line> {
    let Some(action) = &step.action else { return Vec::new() };
    let mut lines: Vec<Line> = Line::many(Tone::Plain, "  ", &action.show(view.values)).collect();
    if let Action::Observe(_) = action {
        lines.extend(of_window(state, "  "));
        return lines;
    }
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
        Ending::Rehearsed(None) => "not started: this is a rehearsal".to_owned(),
        Ending::Rehearsed(Some(recorded)) => {
            format!("{} (as it was recorded)", ending_words(recorded, step))
        }
    }
}

/// How far a window came, and its last samples.
pub(super) fn of_window(state: &StepState, indent: &str) -> Vec<Line> {
    let Some(watch) = &state.watch else { return Vec::new() };
    let tone = match watch.outcome() {
        Some(Outcome::Pass) => Tone::Quiet,
        Some(Outcome::Fail) => Tone::Bad,
        Some(Outcome::Unknown) | None => Tone::Doubt,
    };
    vec![
        Line::new(tone, format!("{indent}{}", window_words(watch))),
        Line::new(Tone::Quiet, format!("{indent}{}  (. pass, x fail, ? unknown)", trend(watch))),
    ]
}

fn of_findings(view: &View<'_>, step: &Step, state: &StepState) -> Vec<Line> {
    let before = compare::before(view.session, view.book, &step.id);
    let mut lines = Vec::new();
    if state.watch.is_some() && !state.findings.is_empty() {
        lines.push(Line::new(Tone::Plain, "The last sample:"));
    }
    for (finding, pair) in compare::with_before(before, &state.findings) {
        let tone = if state.checks.is_none() { Tone::Quiet } else { tone_of(&finding.verdict) };
        lines.push(Line::new(tone, format!("  {}", of_finding(finding))));
        lines.extend(pair.map(|pair| {
            let says = pair.before.verdict.says();
            Line::new(Tone::Quiet, format!("    before the first change: {says}"))
        }));
    }
    lines
}

fn of_finding(finding: &Finding) -> String {
    let tries = match finding.tries {
        1 => String::new(),
        tries => format!(" (asked {tries} times)"),
    };
    let (outcome, says) = (finding.verdict.outcome(), finding.verdict.says());
    format!("{outcome}: {}: {says}{tries}", finding.check.name())
}

/// An undo that failed: where to read more about what it was to take back.
fn instructions(view: &View<'_>, step: &Step) -> Vec<Line> {
    let of = step.id.as_str().strip_prefix(UNDO);
    let steps = view.book.steps().find(|other| Some(other.id.as_str()) == of);
    let links = steps.into_iter().flat_map(|step| &step.docs);
    links.map(|link| Line::new(Tone::Quiet, format!("See {link}"))).collect()
}

/// Whom to call, and from when on whom instead, as times that one can compare with a clock.
fn contacts(contacts: &[Contact], failed: Option<Moment>) -> Vec<Line> {
    let mut lines = Vec::new();
    // None once nobody says when to go on to the next one.
    let mut from = failed;
    for (at, contact) in contacts.iter().enumerate() {
        let until = from.zip(contact.escalate_after).map(|(from, span)| from.after(span));
        let who = format!("{}, {}", contact.name, contact.reach);
        let when = match from.zip(failed) {
            Some((from, failed)) => format!("Call from {}: {who}", clock(from, failed)),
            None => format!("Call next: {who}"),
        };
        let next = match (until.zip(failed), contacts.get(at + 1)) {
            (Some((until, failed)), Some(next)) => {
                let until = clock(until, failed);
                format!("; nobody answers by {until} -> next: {}", next.name)
            }
            _ => String::new(),
        };
        lines.push(Line::new(Tone::Plain, format!("{when}{next}")));
        from = until;
    }
    lines
}

/// The time of day in UTC, with its date where that is another one.
fn clock(at: Moment, failed: Moment) -> String {
    if at.date() == failed.date() { format!("{} UTC", at.clock()) } else { at.minute() }
}
