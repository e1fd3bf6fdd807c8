//! What a person sees go by while a session runs: one or a few lines for each entry.

use super::brief::folded;
use super::{Line, Tone, answer_word, hold_words, question_words, rough};
use crate::check::Outcome;
use crate::runbook::{Phase, Runbook, Step, Values};
use crate::session::{Answered, Close, Ending, Entry, Event, Finding, Recovered, Session, worst};
use crate::value::Name;

/// The lines for an entry. None for what a person has just seen in another way.
#[must_use]
pub fn progress(entry: &Entry, session: &Session, book: &Runbook) -> Vec<Line> {
    match &entry.event {
        Event::Opened(_) | Event::Asked { .. } => Vec::new(),
        Event::Started { attempt, .. } if *attempt < 2 => Vec::new(),
        Event::Resumed(resumed) => {
            vec![Line::new(Tone::Plain, format!("Resumed by {}.", resumed.by))]
        }
        Event::Recovered(recovered) => vec![recovery(recovered)],
        Event::RunbookChanged { .. } => {
            vec![Line::new(Tone::Plain, "Going on with the changed runbook.")]
        }
        Event::Entered { phase } => entered(*phase, book),
        Event::PhaseSkipped { phase, why } => {
            vec![Line::new(Tone::Doubt, format!("Phase {phase} skipped: {why}"))]
        }
        Event::Started { step, attempt, .. } => {
            let text = format!("         {}: attempt {attempt}", title(step, book));
            vec![Line::new(Tone::Quiet, text)]
        }
        Event::Acted { step, ending, took, output } => {
            let mut lines = vec![acted(&title(step, book), ending, &rough(*took))];
            if !is_asked_about(step, ending, session, book) {
                lines.extend(folded(output));
            }
            lines
        }
        Event::Checked { step, took, findings } => checked(step, &rough(*took), findings, book),
        Event::StepSkipped { step, why } => {
            vec![Line::new(Tone::Doubt, format!("skipped  {}: {why}", title(step, book)))]
        }
        Event::Probed { step, finding } => {
            let text = format!("probe    {}: {}", title(step, book), finding.verdict.says());
            vec![Line::new(Tone::Doubt, text)]
        }
        Event::Rehearsed { step, does, findings } => {
            rehearsed(step, does.as_deref(), findings, book)
        }
        Event::Answered(answered) if session.is_dry_run() => {
            let what = question_words(&answered.question);
            vec![Line::new(Tone::Quiet, format!("asked    {what}: a person decides here"))]
        }
        Event::Answered(answered) => vec![answer(answered)],
        Event::Held { why } => {
            vec![Line::new(Tone::Doubt, format!("Held: {}.", hold_words(Some(*why))))]
        }
        Event::Noted { learning, .. } => {
            let what = if *learning { "Key learning" } else { "Note" };
            vec![Line::new(Tone::Quiet, format!("{what} recorded as entry {}.", entry.seq))]
        }
        Event::Closed { close } => closed(*close, session, book),
    }
}

fn recovery(recovered: &Recovered) -> Line {
    let text = format!(
        "The journal ended in the middle of an entry that was never acknowledged: {} bytes were \
         set aside in {}.",
        recovered.bytes, recovered.kept_in
    );
    Line::new(Tone::Doubt, text)
}

fn title(step: &Name, book: &Runbook) -> String {
    book.step(step).map_or_else(|| step.to_string(), |step| step.title.clone())
}

fn entered(phase: Phase, book: &Runbook) -> Vec<Line> {
    let text = format!("Phase {} of 8: {}", phase.number(), phase.name());
    let mut lines = vec![Line::new(Tone::Plain, ""), Line::new(Tone::Heading, text)];
    let goal = book.section(phase).goal.as_ref();
    lines.extend(goal.map(|goal| Line::new(Tone::Quiet, format!("Goal: {goal}"))));
    lines
}

fn acted(title: &str, ending: &Ending, took: &str) -> Line {
    match ending {
        Ending::Exit(_) | Ending::Waited if ending.is_good() => {
            Line::new(Tone::Good, format!("done     {title} ({took})"))
        }
        Ending::Exit(exit) => Line::new(Tone::Bad, format!("FAILED   {title}: {exit} ({took})")),
        Ending::Timeout => {
            Line::new(Tone::Bad, format!("FAILED   {title}: its time was over ({took})"))
        }
        Ending::Interrupted => {
            Line::new(Tone::Bad, format!("STOPPED  {title}: interrupted ({took})"))
        }
        Ending::NotStarted(why) => {
            Line::new(Tone::Bad, format!("FAILED   {title}: never started: {why}"))
        }
        Ending::Waited => Line::new(Tone::Good, format!("done     {title}")),
    }
}

/// Whether the question that follows at once shows the output.
fn is_asked_about(step: &Name, ending: &Ending, session: &Session, book: &Runbook) -> bool {
    let tries = session.step(step).failed_tries;
    let spent = book.step(step).is_none_or(|step| tries >= step.retry.attempts);
    !ending.is_good() && *ending != Ending::Interrupted && spent
}

fn checked(step: &Name, took: &str, findings: &[Finding], book: &Runbook) -> Vec<Line> {
    let outcome = worst(findings);
    let mut lines = vec![marked(outcome, &format!("{} ({took})", title(step, book)))];
    lines.extend(findings.iter().map(of_finding));
    lines
}

fn of_finding(finding: &Finding) -> Line {
    let verdict = &finding.verdict;
    let tone = match verdict.outcome() {
        Outcome::Pass => Tone::Quiet,
        Outcome::Fail => Tone::Bad,
        Outcome::Unknown => Tone::Doubt,
    };
    Line::new(tone, format!("         {}: {}", finding.check.name(), verdict.says()))
}

fn marked(outcome: Outcome, text: &str) -> Line {
    match outcome {
        Outcome::Pass => Line::new(Tone::Good, format!("pass     {text}")),
        Outcome::Fail => Line::new(Tone::Bad, format!("FAILED   {text}")),
        Outcome::Unknown => Line::new(Tone::Doubt, format!("UNKNOWN  {text}")),
    }
}

fn rehearsed(step: &Name, does: Option<&str>, findings: &[Finding], book: &Runbook) -> Vec<Line> {
    let mut lines = match does {
        None => vec![marked(worst(findings), &title(step, book))],
        Some(does) => {
            let head = Line::new(Tone::Plain, format!("not run  {}", title(step, book)));
            std::iter::once(head).chain(Line::many(Tone::Quiet, "         ", does)).collect()
        }
    };
    lines.extend(findings.iter().map(|finding| {
        let now = if does.is_some() { "now, before it: " } else { "" };
        let line = of_finding(finding);
        Line { text: line.text.replacen("         ", &format!("         {now}"), 1), ..line }
    }));
    lines
}

fn answer(answered: &Answered) -> Line {
    let what = question_words(&answered.question);
    let by = answered.by.to_string();
    let who = answered.name.as_ref().map_or(by.clone(), |name| format!("{name} ({by})"));
    let word = answer_word(answered.answer);
    Line::new(Tone::Plain, format!("answered {what}: {word}, by {who}"))
}

fn closed(close: Close, session: &Session, book: &Runbook) -> Vec<Line> {
    match close {
        Close::Finished if session.is_dry_run() => {
            vec![Line::new(Tone::Good, "The dry run is over.")]
        }
        Close::Finished => vec![Line::new(Tone::Good, "The deployment is finished.")],
        Close::Aborted => {
            let ended = Line::new(Tone::Bad, "The session was ended for good by a person.");
            std::iter::once(ended).chain(left_behind(session, book)).collect()
        }
    }
}

/// What ran and was not taken back, newest first, with the way to take it back by hand.
fn left_behind(session: &Session, book: &Runbook) -> Vec<Line> {
    let ran = |step: &&Step| session.step(&step.id).attempts > 0;
    let steps = book.phases.iter().flat_map(|section| &section.steps).filter(ran);
    let values = Values::known(session.variables());
    let mut lines: Vec<Line> = Vec::new();
    for step in steps.collect::<Vec<_>>().into_iter().rev() {
        lines.push(Line::new(Tone::Plain, format!("  {} ({})", step.title, step.id)));
        let undo = step.undo.as_ref().map(|undo| undo.show(&values));
        let undo = undo.unwrap_or_else(|| "nothing in the runbook takes it back".to_owned());
        lines.extend(Line::many(Tone::Quiet, "    ", &undo));
    }
    if !lines.is_empty() {
        let told = "Nothing was taken back. These steps ran, newest first, with their undo:";
        lines.insert(0, Line::new(Tone::Doubt, told));
    }
    lines
}
