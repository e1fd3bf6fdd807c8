//! The question whether to roll back: why it is put, and the plan.

use super::{View, failure, identity};
use crate::report::{Line, Tone, age, way_back};
use crate::session::{Planned, Stage};

pub(super) fn lines(view: &View<'_>) -> Vec<Line> {
    let (session, book) = (view.session, view.book);
    let plan = session.plan(book);
    let mut lines = vec![Line::new(Tone::Heading, "Roll back?")];
    let target = format!("{} to {} ({})", book.component, book.environment, book.title);
    lines.push(Line::new(Tone::Plain, target));
    lines.extend(identity::seen(view));
    lines.extend(cause(view));
    lines.push(Line::new(Tone::Plain, place(view)));
    lines.extend(since(view, &plan.ran));
    lines.extend(way_back::whole(session, &plan, view.values));
    if !book.rollback.when.is_empty() {
        lines.push(Line::new(Tone::Plain, "The runbook says to roll back when:"));
        let numbered = (1..).zip(&book.rollback.when);
        lines.extend(
            numbered.map(|(number, when)| Line::new(Tone::Plain, format!("  {number}. {when}"))),
        );
    }
    lines
}

/// The step whose `on_failure` put the question, and what there is to know of its failure.
fn cause(view: &View<'_>) -> Vec<Line> {
    let cause = view.session.back().and_then(|back| back.cause.as_ref());
    let Some(step) = cause else { return Vec::new() };
    let title = view.book.step(step).map_or_else(|| step.to_string(), |step| step.title.clone());
    let text = format!("{title} ({step}) failed, and its on_failure is rollback.");
    let mut lines = vec![Line::new(Tone::Bad, text)];
    lines.extend(failure::told(view, step));
    lines
}

/// Where the deployment stands, or when it ended: one can roll back long after.
fn place(view: &View<'_>) -> String {
    let ended = view.session.closed_at().zip(view.session.last());
    match (view.session.stage(), ended) {
        (_, Some((ended, (_, now)))) => {
            format!("The session had ended at {}, {} ago.", ended.minute(), age(ended, now))
        }
        (Stage::Before, None) => "The deployment stands before phase 1.".to_owned(),
        (Stage::In(phase), None) => format!("The deployment stands in phase {phase}."),
    }
}

/// How long ago the oldest of what would be taken back was begun.
fn since(view: &View<'_>, ran: &[Planned<'_>]) -> Option<Line> {
    let (_, now) = view.session.last()?;
    let begun = ran.iter().filter_map(|planned| view.session.step(&planned.id).begun);
    let first = begun.min_by_key(|at| at.millis())?;
    let text =
        format!("The first change was begun at {}, {} ago.", first.minute(), age(first, now));
    Some(Line::new(Tone::Plain, text))
}
