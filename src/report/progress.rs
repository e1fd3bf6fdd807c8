//! What a person sees go by while a session runs: one or a few lines for each entry.

use super::brief::folded;
use super::{
    Line, Tone, age, answer_word, deviations, hold_words, identity_words, in_rehearsal,
    question_words, rough, unproven_words, window_words,
};
use crate::check::{Outcome, Reading};
use crate::runbook::{Action, OnFailure, Phase, Runbook};
use crate::session::{
    Answered, Ending, Entry, Event, Finding, Recovered, Sampled, Session, Watch, worst,
};
use crate::value::{Moment, Name};

mod ended;

/// The lines for an entry. None for what a person has just seen in another way.
#[must_use]
pub fn progress(entry: &Entry, session: &Session, book: &Runbook) -> Vec<Line> {
    in_rehearsal(told(entry, session, book), session)
}

fn told(entry: &Entry, session: &Session, book: &Runbook) -> Vec<Line> {
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
        Event::Identified { found } => vec![identified(found)],
        Event::StepSkipped { step, why } => {
            vec![Line::new(Tone::Doubt, format!("skipped  {}: {why}", title(step, book)))]
        }
        Event::Probed { step, finding } => {
            let text = format!("probe    {}: {}", title(step, book), finding.verdict.says());
            vec![Line::new(Tone::Doubt, text)]
        }
        Event::Sampled(sample) => sampled(sample, session, book),
        Event::PolicyApplied { step, policy } => vec![applied(step, *policy, book)],
        Event::WaiverExpired { step } => vec![lapsed(step, session, book)],
        Event::GateExpired { phase } => vec![expired(*phase)],
        Event::RollbackRequested(resumed) => {
            vec![Line::new(Tone::Plain, format!("Opened by {}, to roll back.", resumed.by))]
        }
        Event::RollbackEntered => rolling_back(session),
        Event::Rehearsed { step, does, findings } => {
            rehearsed(step, does.as_deref(), findings, book)
        }
        Event::Answered(answered) if session.is_dry_run() => {
            let what = question_words(&answered.question);
            vec![Line::new(Tone::Quiet, format!("asked    {what}: a person decides here"))]
        }
        Event::Answered(answered) => answer(answered, entry.at),
        Event::Held { why } => {
            vec![Line::new(Tone::Doubt, format!("Held: {}.", hold_words(Some(*why))))]
        }
        Event::Noted { learning, .. } => {
            let what = if *learning { "Key learning" } else { "Note" };
            vec![Line::new(Tone::Quiet, format!("{what} recorded as entry {}.", entry.seq))]
        }
        Event::Closed { close } => ended::closed(*close, session, book),
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
        Ending::Rehearsed(None) => {
            Line::new(Tone::Doubt, format!("not run  {title}: the recording does not have it"))
        }
        Ending::Rehearsed(Some(recorded)) => {
            if recorded.is_good() {
                let text = format!("not run  {title}: it ended well when it was recorded");
                return Line::new(Tone::Good, text);
            }
            acted(title, recorded, "as it was recorded")
        }
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
    !ending.is_good() && *ending.told() != Ending::Interrupted && spent
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
        outcome @ (Outcome::Fail | Outcome::Unknown) => tone_of(outcome),
    };
    Line::new(tone, format!("         {}: {}", finding.check.name(), verdict.says()))
}

fn tone_of(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Pass => Tone::Good,
        Outcome::Fail => Tone::Bad,
        Outcome::Unknown => Tone::Doubt,
    }
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

fn answer(answered: &Answered, at: Moment) -> Vec<Line> {
    let what = question_words(&answered.question);
    let by = answered.by.to_string();
    let who = answered.name.as_ref().map_or(by.clone(), |name| format!("{name} ({by})"));
    let word = answer_word(answered.answer);
    let mut lines = vec![Line::new(Tone::Plain, format!("answered {what}: {word}, by {who}"))];
    lines.extend(answered.waiver.iter().map(|terms| {
        let (owner, until) = (&terms.owner, terms.until.minute());
        let left = age(at, terms.until);
        let text = format!("         {owner} answers for it until {until}, for {left}");
        Line::new(Tone::Doubt, text)
    }));
    lines
}

/// A sample is a line only where it tells something new: the window begins, begins anew, or ends,
/// or its checks say something else than the time before.
fn sampled(sample: &Sampled, session: &Session, book: &Runbook) -> Vec<Line> {
    let state = session.step(&sample.step);
    let title = title(&sample.step, book);
    let Some(watch) = &state.watch else { return Vec::new() };
    let findings = || sample.findings.iter().map(of_finding);
    if let Some(outcome) = state.checks {
        let head = marked(outcome, &format!("{title}: {}", window_words(watch)));
        let worth = outcome != Outcome::Pass;
        return std::iter::once(head).chain(findings().filter(|_| worth)).collect();
    }
    let now = worst(&sample.findings);
    let mut lines = begins(sample, &title, book);
    if now != before(watch).unwrap_or(Outcome::Pass) {
        let (number, needed) = (sample.number, sample.needed);
        let text = match now {
            Outcome::Pass => format!("watch    {title}: sample {number} passes again"),
            Outcome::Fail => format!("watch    {title}: sample {number} FAILED"),
            Outcome::Unknown => format!("watch    {title}: sample {number} told nothing"),
        };
        lines.push(Line::new(tone_of(now), format!("{text}, {needed} are needed")));
        lines.extend(findings().filter(|_| now != Outcome::Pass));
    }
    lines
}

/// What the sample before said, in the same window.
fn before(watch: &Watch) -> Option<Outcome> {
    watch.trend.len().checked_sub(2).and_then(|at| watch.trend.get(at)).copied()
}

fn begins(sample: &Sampled, title: &str, book: &Runbook) -> Vec<Line> {
    let window = match book.step(&sample.step).and_then(|step| step.action.as_ref()) {
        Some(Action::Observe(window)) => window.to_string(),
        _ => format!("{} samples", sample.needed),
    };
    match (sample.number, sample.gap) {
        (1, None) => vec![Line::new(Tone::Plain, format!("watch    {title}: {window}"))],
        (1, Some(gap)) => {
            let text =
                format!("watch    {title}: begun anew, {} after the last sample", rough(gap));
            vec![Line::new(Tone::Doubt, text), Line::new(Tone::Quiet, format!("         {window}"))]
        }
        (_, _) => Vec::new(),
    }
}

/// Who asks AWS. What is wrong with it is told again by the question that follows.
fn identified(found: &Finding) -> Line {
    let outcome = found.verdict.outcome();
    match (&found.reading, outcome) {
        (Reading::Identity(identity), Outcome::Pass) => {
            let unproven = unproven_words(identity).map(|words| format!(", {words}"));
            let tone = if unproven.is_some() { Tone::Doubt } else { Tone::Quiet };
            let unproven = unproven.unwrap_or_default();
            Line::new(tone, format!("AWS      {}{unproven}", identity_words(identity)))
        }
        (_, _) => marked(outcome, &format!("AWS identity: {}", found.verdict.says())),
    }
}

fn expired(phase: Phase) -> Line {
    let text = format!("What phase {phase} was entered on is too old: it is read again.");
    Line::new(Tone::Doubt, text)
}

fn applied(step: &Name, policy: OnFailure, book: &Runbook) -> Line {
    let then = match policy {
        OnFailure::Ask => "ask: a person is asked",
        OnFailure::Stop => "stop: the session ends as failed",
        OnFailure::Rollback => "rollback: the plan for rolling back is shown",
        OnFailure::Continue => "continue: the session goes on, and this stays open",
    };
    let text = format!("FAILED   {}: its on_failure is {then}", title(step, book));
    Line::new(Tone::Bad, text)
}

fn lapsed(step: &Name, session: &Session, book: &Runbook) -> Line {
    let told = session.step(step).lapsed.map_or_else(
        || "its waiver is over".to_owned(),
        |waiver| deviations::lapsed_words(&waiver),
    );
    Line::new(Tone::Bad, format!("LAPSED   {}: {told}; it has failed again", title(step, book)))
}

fn rolling_back(session: &Session) -> Vec<Line> {
    let mut lines = vec![Line::new(Tone::Plain, ""), Line::new(Tone::Heading, "Rolling back")];
    let Some(back) = session.back() else { return lines };
    let criterion = back.criterion.iter().map(|text| format!("Because: {text}"));
    let why = back.why.iter().map(|text| format!("Why: {text}"));
    let told = criterion.chain(why);
    lines.extend(told.map(|text| Line::new(Tone::Quiet, text.lines().next().unwrap_or_default())));
    lines
}
