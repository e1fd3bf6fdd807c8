//! The head of a journal: what the log below it comes to, for a reader who opens the file.
//!
//! A pure function of the log, drawn again whole whenever a phase begins or ends, never read as
//! state. Free text stands in code spans or behind a gutter only, so that nothing in it can be a
//! heading, a link, a mention or an image.

use std::fmt::Write as _;

use super::{age, close_words, hold_words, principal_words, unproven_words, window_words};
use crate::check::Outcome;
use crate::runbook::{Phase, Runbook, Step};
use crate::session::{ActionState, Condition, Session, StepState};
use crate::text::visible;
use crate::value::Name;

mod back;

/// The sections that a phase's summary can fill, in the journal's order.
pub const FILLED: [&str; 4] =
    ["Deployment Plan", "Infrastructure Changes", "Application Deployment", "Validation Results"];

/// Draws the head: everything above the line `## Progress Log`.
#[must_use]
pub fn head(session: &Session, book: Option<&Runbook>) -> String {
    let mut out = String::new();
    let Some(opened) = session.opened() else { return out };
    let target = &opened.target;
    let _ = writeln!(
        out,
        "# {}eployment of {} to {}\n",
        if session.is_rehearsal() { "REHEARSAL of a d" } else { "D" },
        code(target.component.as_str()),
        code(target.environment.as_str())
    );
    let seq = session.last().map_or(0, |(seq, _)| seq);
    let _ = writeln!(
        out,
        "_Drawn at entry {seq}. The Progress Log is the record; all above it is drawn from it._\n"
    );
    rehearsal(&mut out, session);
    current_phase(&mut out, session);
    references(&mut out, session);
    for name in FILLED {
        section(&mut out, session, book, name);
    }
    back::deviations(&mut out, session, book);
    back::rollback(&mut out, session, book);
    learnings(&mut out, session);
    contacts(&mut out, book);
    out
}

fn rehearsal(out: &mut String, session: &Session) {
    let Some(rehearsal) = session.rehearsal() else { return };
    let _ = writeln!(
        out,
        "**This is a rehearsal: nothing was started, and every answer is from the recording {}, \
         SHA-256 {}, of {}.**\n",
        code(&rehearsal.recording),
        code(&rehearsal.digest.short()),
        rehearsal.recorded.minute()
    );
}

fn current_phase(out: &mut String, session: &Session) {
    let place = match session.stage().phase() {
        Some(phase) => format!("Phase {} of 8, {}", phase.number(), phase.name()),
        None => "Before phase 1".to_owned(),
    };
    let back = if session.is_rolling_back() { "rolling back, " } else { "" };
    let state = match session.condition() {
        Condition::Running if session.pending().is_some() => format!("{back}a person is asked"),
        Condition::Running => format!("{back}in progress"),
        Condition::Held(why) => format!("{back}held: {}", hold_words(why)),
        Condition::Closed(close) => close_words(close).to_owned(),
    };
    let marked = if session.is_rehearsal() { "a rehearsal, " } else { "" };
    let _ = writeln!(out, "## Current Phase\n\n**{place}**: {marked}{state}\n");
    for phase in Phase::ALL {
        let known = session.phase(phase);
        let mark = if known.left.is_some() { "x" } else { " " };
        let told = match (&known.skipped, known.entered, known.left) {
            (Some(why), _, _) => format!(", skipped: {}", code(why)),
            (None, Some(from), Some(to)) => format!(", {}", age(from, to)),
            (None, Some(_), None) => ", entered".to_owned(),
            (None, None, _) => String::new(),
        };
        let _ = writeln!(out, "- [{mark}] {} {}{told}", phase.number(), markdown_name(phase));
    }
    out.push('\n');
}

fn references(out: &mut String, session: &Session) {
    let Some(opened) = session.opened() else { return };
    out.push_str("## Git References\n\n");
    match &opened.git {
        Some(git) => {
            let dirty = if git.dirty { ", with changes that no commit holds" } else { "" };
            let _ = writeln!(out, "- Branch: {}", code(&git.branch));
            let _ = writeln!(out, "- Commit: {}{dirty}", code(&git.commit));
        }
        None => out.push_str("- Not in a git work tree\n"),
    }
    let _ = writeln!(out, "\n## Deployment Target\n");
    let _ = writeln!(out, "- Environment: {}", code(opened.target.environment.as_str()));
    let _ = writeln!(out, "- Component: {}", code(opened.target.component.as_str()));
    let _ = writeln!(
        out,
        "- Runbook: {}, SHA-256 {}",
        code(&opened.runbook_path),
        code(&session.runbook_digest().short())
    );
    let _ = writeln!(out, "- Started by: {}", code(&opened.by.to_string()));
    if let Some(aws) = session.pinned_identity() {
        let _ = writeln!(out, "- AWS: {}", code(&principal_words(aws)));
        if let Some(words) = unproven_words(aws) {
            let _ = writeln!(out, "- AWS {}", code(&words));
        }
    }
    for (name, value) in session.variables() {
        let value = value.as_ref().map_or_else(|| "(secret)".to_owned(), |value| code(value));
        let _ = writeln!(out, "- Variable {}: {value}", code(name));
    }
    out.push('\n');
}

/// One of the sections that phases fill: their steps with outcomes, and what people wrote.
fn section(out: &mut String, session: &Session, book: Option<&Runbook>, name: &str) {
    let _ = writeln!(out, "## {name}\n");
    let before = out.len();
    let undone: Vec<Name> = book.map_or_else(Vec::new, |book| {
        let ran = session.plan(book).ran.into_iter();
        ran.filter(|planned| planned.undone).map(|planned| planned.id).collect()
    });
    for phase in Phase::ALL {
        let Some(filling) = book.map(|book| book.section(phase)) else { continue };
        let fills = filling.fills.as_deref().or(phase.default_journal_section());
        if fills == Some(name) {
            for step in &filling.steps {
                of_step(out, session, step, undone.contains(&step.id));
            }
        }
    }
    if out.len() == before {
        out.push_str("Nothing recorded yet.\n");
    }
    out.push('\n');
}

fn of_step(out: &mut String, session: &Session, step: &Step, undone: bool) {
    let state = session.step(&step.id);
    if state == StepState::default() {
        return;
    }
    let mut told = told(&state);
    if session.is_rehearsal() {
        told.insert_str(0, "rehearsed: ");
    }
    if undone {
        told.push_str(", taken back");
    }
    let _ = writeln!(out, "- {}: {told}", code(&step.title));
    if let Some(text) = &state.text {
        block(out, text);
    }
}

fn told(state: &StepState) -> String {
    let window = state.watch.as_ref().map(|watch| format!(": {}", window_words(watch)));
    let window = window.unwrap_or_default();
    match (&state.skipped, &state.waived, &state.action, state.checks) {
        (Some(why), _, _, _) => format!("skipped: {}", code(why)),
        (_, Some(_), _, _) => "failed, waived".to_owned(),
        (_, _, ActionState::Running, _) => "running".to_owned(),
        (_, _, ActionState::Doubtful, _) => "in doubt".to_owned(),
        (_, _, action, None) if action.is_good() => "done".to_owned(),
        (_, _, _, Some(Outcome::Pass)) => format!("done, verified{window}"),
        (_, _, _, Some(outcome)) => format!("checks: {outcome}{window}"),
        (_, _, _, None) => format!("not done{window}"),
    }
}

fn learnings(out: &mut String, session: &Session) {
    out.push_str("## Key Learnings\n\n");
    let learnings: Vec<_> = session.notes().iter().filter(|note| note.learning).collect();
    for note in &learnings {
        let when = note.at.date();
        let by = code(&note.by.to_string());
        let _ = writeln!(out, "- {when}, {by}: {}", code(&note.text));
    }
    out.push_str(if learnings.is_empty() { "None recorded yet.\n\n" } else { "\n" });
}

fn contacts(out: &mut String, book: Option<&Runbook>) {
    out.push_str("## Emergency Contacts\n\n");
    let contacts = book.map(|book| book.contacts.as_slice()).unwrap_or_default();
    for contact in contacts {
        let after = contact.escalate_after.map(|span| format!(", escalate after {span}"));
        let after = after.unwrap_or_default();
        let _ = writeln!(out, "- {}: {}{after}", code(&contact.name), code(&contact.reach));
    }
    out.push_str(if contacts.is_empty() { "The runbook names none.\n\n" } else { "\n" });
}

/// The name with the one character that markdown reads escaped.
fn markdown_name(phase: Phase) -> String {
    phase.name().replace('&', "&amp;")
}

/// Text on one line as a code span: nothing in it can be read as markdown.
fn code(text: &str) -> String {
    let shown = visible(text).replace('`', "'");
    let shown = shown.trim();
    if shown.is_empty() { "(empty)".to_owned() } else { format!("`{shown}`") }
}

/// Text of several lines in a fenced block behind a gutter.
fn block(out: &mut String, text: &str) {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = writeln!(out, "\n{fence}text");
    for line in text.lines() {
        let _ = writeln!(out, "{}", format!("| {}", visible(line)).trim_end());
    }
    let _ = writeln!(out, "{fence}\n");
}
