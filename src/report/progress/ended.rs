//! The last lines of a session: how it ended, what was taken back, and what stays open.

use super::title;
use crate::report::{Line, Tone, age, close_words, compare, deviations, verdict, way_back};
use crate::runbook::{Runbook, Values};
use crate::session::{Close, RollbackVerdict, Session};

pub(super) fn closed(close: Close, session: &Session, book: &Runbook) -> Vec<Line> {
    let mut lines = match close {
        Close::Finished if session.is_dry_run() => {
            return vec![Line::new(Tone::Good, "The dry run is over.")];
        }
        Close::Finished if session.is_rehearsal() => {
            vec![Line::new(Tone::Good, "The rehearsal is over. Nothing was deployed.")]
        }
        Close::Finished => vec![Line::new(Tone::Good, "The deployment is finished.")],
        Close::Failed => failed(session, book),
        Close::RolledBack(verdict) => rolled_back(verdict, session, book),
        Close::Aborted => {
            let ended = Line::new(Tone::Bad, "The session was ended for good by a person.");
            std::iter::once(ended).chain(left_behind(session, book)).collect()
        }
    };
    lines.extend(deviations::lines(session, book));
    lines
}

fn failed(session: &Session, book: &Runbook) -> Vec<Line> {
    let why = session.failed_step().map_or_else(String::new, |step| {
        format!(": {} failed, and its on_failure is stop", title(step, book))
    });
    let mut lines = vec![Line::new(Tone::Bad, format!("The deployment failed{why}."))];
    lines.extend(left_behind(session, book));
    lines
}

/// What ran and was not taken back, newest first, with the way to take it back.
fn left_behind(session: &Session, book: &Runbook) -> Vec<Line> {
    let values = Values::known(session.variables());
    let mut lines = way_back::left(session, book, &values);
    if !lines.is_empty() {
        let told = "Nothing was taken back. These steps ran, newest first, with their undo:";
        lines.insert(0, Line::new(Tone::Doubt, told));
        let way = "`holdpoint rollback JOURNAL` shows the plan, asks, and takes them back.";
        lines.push(Line::new(Tone::Plain, way));
    }
    lines
}

fn rolled_back(close: RollbackVerdict, session: &Session, book: &Runbook) -> Vec<Line> {
    let plan = session.plan(book);
    let mut lines = vec![Line::new(Tone::Plain, ""), strong(close, session)];
    lines.extend(verdict::came_of(session, &plan));
    lines.extend(compare::told(session, book));
    lines.extend(verdict::because(close, session, book));
    if close == RollbackVerdict::Failed {
        let way = "`holdpoint rollback JOURNAL` goes on with what is left.";
        lines.push(Line::new(Tone::Plain, way));
    }
    lines
}

/// The verdict, with how long it took.
fn strong(verdict: RollbackVerdict, session: &Session) -> Line {
    let entered = session.back().and_then(|back| back.entered);
    let took = entered.zip(session.last()).map(|(from, (_, to))| age(from, to)).unwrap_or_default();
    let words = close_words(Close::RolledBack(verdict));
    let (tone, text) = match verdict {
        RollbackVerdict::Verified => (Tone::Good, format!("{}, in {took}.", upper(words))),
        RollbackVerdict::NotVerified => (Tone::Doubt, format!("{}, in {took}.", upper(words))),
        RollbackVerdict::Failed => {
            (Tone::Bad, format!("{}: it was broken off after {took}.", upper(words)))
        }
    };
    Line::new(tone, text)
}

fn upper(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>())
        + letters.as_str()
}
