//! The sections of the head that only a session has in which something went wrong.

use std::fmt::Write as _;

use super::{block, code};
use crate::report::deviations::{self, Kind};
use crate::report::{Line, age, close_words, compare, verdict};
use crate::runbook::Runbook;
use crate::session::{Close, Condition, Session, Waiver};

/// What the session went on in spite of.
pub(super) fn deviations(out: &mut String, session: &Session, book: Option<&Runbook>) {
    let open = deviations::of(session, book);
    if open.is_empty() {
        return;
    }
    out.push_str("## Open Deviations\n\n");
    for deviation in &open {
        let title = code(&deviation.title);
        let _ = match &deviation.kind {
            Kind::Waived(waiver) => writeln!(out, "- {title}: waived {}", terms(waiver)),
            Kind::Lapsed(waiver) => {
                writeln!(out, "- {title}: failed again; it was waived {}", terms(waiver))
            }
            Kind::WentOn => writeln!(out, "- {title}: failed, and the runbook went on"),
            Kind::ByHand(_) => writeln!(out, "- {title}: done by hand"),
            Kind::Vouched => writeln!(out, "- {title}: a person says that it happened"),
        };
        if let Kind::ByHand(text) = &deviation.kind {
            block(out, text);
        }
    }
    end(out);
}

fn terms(waiver: &Waiver) -> String {
    let owner = code(&waiver.terms.owner);
    format!("by {owner} until {}: {}", waiver.terms.until.minute(), code(&waiver.why))
}

/// What was taken back, why, and what that came to.
pub(super) fn rollback(out: &mut String, session: &Session, book: Option<&Runbook>) {
    let Some(back) = session.back() else { return };
    let Some(entered) = back.entered else { return };
    out.push_str("## Rollback\n\n");
    let by =
        back.by.as_ref().map_or_else(String::new, |by| format!(", by {}", code(&by.to_string())));
    let _ = writeln!(out, "- Begun: {}{by}", entered.minute());
    if let Some(cause) = &back.cause {
        let _ = writeln!(out, "- Cause: {} failed", code(cause.as_str()));
    }
    if let Some(criterion) = &back.criterion {
        let _ = writeln!(out, "- Criterion: {}", code(criterion));
    }
    if let Some(why) = &back.why {
        let _ = writeln!(out, "- Why: {}", code(why));
    }
    if let (Condition::Closed(close @ Close::RolledBack(_)), Some((ended, _))) =
        (session.condition(), session.closed_at().zip(session.last()))
    {
        let _ = writeln!(out, "- Verdict: **{}**, in {}", close_words(close), age(entered, ended));
    }
    if let Some(book) = book {
        let came_of = verdict::came_of(session, &session.plan(book));
        let because = match session.condition() {
            Condition::Closed(Close::RolledBack(close)) => verdict::because(close, session, book),
            Condition::Closed(_) | Condition::Running | Condition::Held(_) => None,
        };
        lines(out, came_of.iter().chain(&compare::told(session, book)).chain(&because));
    }
    end(out);
}

/// One empty line behind a section, whatever it ends with.
fn end(out: &mut String) {
    if !out.ends_with("\n\n") {
        out.push('\n');
    }
}

/// Lines as they stand on the screen, where nothing in them is markdown.
fn lines<'a>(out: &mut String, lines: impl Iterator<Item = &'a Line>) {
    let text: Vec<&str> = lines.map(|line| line.text.as_str()).collect();
    if !text.is_empty() {
        block(out, &text.join("\n"));
    }
}
