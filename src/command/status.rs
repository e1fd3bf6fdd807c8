//! `status`: which sessions there are, and what each waits for.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::output::{print, print_json};
use super::{Exit, Failure};
use crate::cli::{Format, Status};
use crate::host::folder;
use crate::host::lock::{Holder, Lock};
use crate::journal::{Damage, History};
use crate::report::{close_words, counted, hold_words, question_words};
use crate::runbook::Phase;
use crate::session::{Close, Condition, Question, RollbackVerdict, Session};
use crate::text::visible;

pub(super) fn run(options: &Status) -> Result<Exit, Failure> {
    let mut rows = Vec::new();
    for path in &options.paths {
        // Before the first session there is no folder, and that is no mistake.
        if !folder::exists(path) && path == Path::new(super::run::JOURNALS) {
            continue;
        }
        let files = folder::markdown_in(path).map_err(|error| refused(path, &error))?;
        let alone = files.as_slice() == [path.clone()];
        let found: Vec<Row> = files.into_iter().filter_map(Row::of).collect();
        if alone && found.is_empty() {
            return Err(Failure::usage(format!("`{}` is no journal", path.display()))
                .help("name journals, or folders with journals"));
        }
        rows.extend(found);
    }
    match options.format {
        Format::Text => print(&text(&rows))?,
        Format::Json => print_json(&json!({
            "format": 1,
            "sessions": rows.iter().map(Row::json).collect::<Vec<_>>(),
        }))?,
    }
    let worst = |wanted: fn(&Found) -> bool| rows.iter().any(|row| wanted(&row.found));
    Ok(if worst(|found| matches!(found, Found::Damage(_))) {
        Exit::Damaged
    } else if worst(|found| matches!(found, Found::Unread(_))) {
        Exit::Machine
    } else {
        Exit::Good
    })
}

fn refused(path: &Path, error: &std::io::Error) -> Failure {
    match error.kind() {
        std::io::ErrorKind::NotFound => Failure::usage(format!("there is no `{}`", path.display()))
            .help("name journals, or folders with journals"),
        std::io::ErrorKind::InvalidInput => {
            Failure::usage(format!("cannot list `{}`: {error}", path.display()))
                .help("name journals, or folders with journals")
        }
        _ => Failure::file("list", path, error),
    }
}

/// What is in a file.
enum Found {
    Session(Box<History>),
    Damage(Damage),
    Unread(String),
}

/// One journal.
struct Row {
    path: PathBuf,
    found: Found,
    holder: Option<Holder>,
}

impl Row {
    /// None for markdown that is no journal at all.
    fn of(path: PathBuf) -> Option<Self> {
        let found = match folder::read(&path, u64::MAX).map(|bytes| History::read(&bytes)) {
            Ok(Err(damage)) if damage.is_foreign() => return None,
            Ok(Err(damage)) => Found::Damage(damage),
            Ok(Ok(history)) => Found::Session(Box::new(history)),
            Err(error) => Found::Unread(error.to_string()),
        };
        let holder = Lock::holder(&Lock::of_journal(&path));
        Some(Self { path, found, holder })
    }

    fn session(&self) -> Option<&Session> {
        match &self.found {
            Found::Session(history) => Some(&history.session),
            Found::Damage(_) | Found::Unread(_) => None,
        }
    }

    fn state(&self) -> (&'static str, String) {
        let session = match &self.found {
            Found::Damage(damage) => return ("damaged", damage.to_string()),
            Found::Unread(why) => return ("unread", format!("cannot be read: {why}")),
            Found::Session(history) => &history.session,
        };
        let rolling = goes_back(session);
        let (state, detail) = match (session.condition(), &self.holder) {
            (Condition::Closed(close), _) => (closed(close), ended(session, close)),
            (_, Some(holder)) => {
                let since = holder.since.time_of_day();
                let by = format!("by {} (process {}) since {since}", holder.by, holder.pid);
                let state = if rolling { "rolling-back" } else { "running" };
                (state, format!("{by}{}", waits(session)))
            }
            (Condition::Held(why), None) => {
                let back = if rolling { "while rolling back: " } else { "" };
                ("held", format!("{back}{}{}", hold_words(why), waits(session)))
            }
            (Condition::Running, None) => {
                let back = if rolling { " while rolling back" } else { "" };
                ("crashed", format!("its process is gone{back}{}", waits(session)))
            }
        };
        let told = [rehearsal(session), detail, waived(session)];
        (state, told.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; "))
    }

    /// The state for a person, and more about it.
    fn told(&self) -> (&Self, String, String) {
        let (state, detail) = self.state();
        let state = match self.session().map(Session::condition) {
            Some(Condition::Closed(close)) => close_words(close).to_owned(),
            Some(Condition::Running | Condition::Held(_)) | None => state.replace('-', " "),
        };
        let rehearses = self.session().is_some_and(Session::is_rehearsal);
        let state = if rehearses { format!("rehearsal: {state}") } else { state };
        (self, state, detail)
    }

    /// Whether it is a session that has ended. Those are told last.
    fn has_ended(&self) -> bool {
        matches!(self.session().map(Session::condition), Some(Condition::Closed(_)))
    }

    fn json(&self) -> Value {
        let (state, detail) = self.state();
        let session = self.session();
        let opened = session.and_then(Session::opened);
        // Who does not know of rehearsals must not take one for the real thing either.
        let rehearsal = session.is_some_and(Session::is_rehearsal);
        json!({
            "journal": self.path.to_string_lossy(),
            "state": if rehearsal { format!("rehearsal-{state}") } else { state.to_owned() },
            "rehearsal": rehearsal,
            "detail": detail,
            "session": opened.map(|opened| &opened.session),
            "environment": opened.map(|opened| &opened.target.environment),
            "component": opened.map(|opened| &opened.target.component),
            "phase": session.and_then(|session| session.stage().phase()).map(Phase::number),
            "question": session.and_then(Session::pending),
            "entries": session.and_then(Session::last).map(|(seq, _)| seq),
            "last": session.and_then(Session::last).map(|(_, at)| at),
            "rolling_back": session.is_some_and(goes_back),
            "waivers": session.map_or(0, |session| session.waivers().count()),
            "holder_pid": self.holder.as_ref().map(|holder| holder.pid),
        })
    }
}

/// What a rehearsal has its answers from.
fn rehearsal(session: &Session) -> String {
    let rehearsal = session.rehearsal();
    rehearsal.map_or_else(String::new, |one| format!("nothing is real: it plays {}", one.recording))
}

/// Whether a rollback was begun and has not ended.
fn goes_back(session: &Session) -> bool {
    session.is_rolling_back() && !matches!(session.condition(), Condition::Closed(_))
}

/// The state of a session that has ended, in one stable word.
fn closed(close: Close) -> &'static str {
    match close {
        Close::Finished => "finished",
        Close::Aborted => "aborted",
        Close::Failed => "failed",
        Close::RolledBack(RollbackVerdict::Verified) => "rolled-back-verified",
        Close::RolledBack(RollbackVerdict::NotVerified) => "rolled-back-not-verified",
        Close::RolledBack(RollbackVerdict::Failed) => "rollback-failed",
    }
}

/// Which failure ended it, where one did.
fn ended(session: &Session, close: Close) -> String {
    let step = session.failed_step().filter(|_| close == Close::Failed);
    step.map_or_else(String::new, |step| {
        format!("at {}", question_words(&Question::Failure { step: step.clone() }))
    })
}

/// `2 waivers, next ends 2026-11-22 09:00 UTC`.
fn waived(session: &Session) -> String {
    let ends = session.waivers().map(|(_, waiver)| waiver.terms.until);
    let next = ends.min_by_key(|until| until.millis());
    next.map_or_else(String::new, |next| {
        let count = counted(session.waivers().count(), "waiver");
        format!("{count}, next ends {}", next.minute())
    })
}

fn waits(session: &Session) -> String {
    session
        .pending()
        .map_or_else(String::new, |question| format!(", at: {}", question_words(question)))
}

fn text(rows: &[Row]) -> String {
    if rows.is_empty() {
        return "No sessions.\n".to_owned();
    }
    let mut out = String::new();
    let mut told: Vec<(&Row, String, String)> = rows.iter().map(Row::told).collect();
    told.sort_by_key(|(row, _, _)| row.has_ended());
    let width = told.iter().map(|(_, state, _)| state.len()).max().unwrap_or_default();
    let below = " ".repeat(width + 2);
    for (row, state, detail) in told {
        let _ = writeln!(out, "{state:<width$}  {}", visible(&row.path.display().to_string()));
        if let Some((session, opened)) = row.session().and_then(|one| Some((one, one.opened()?))) {
            let phase = session.stage().phase();
            let place = phase.map_or_else(
                || "before phase 1".to_owned(),
                |phase| format!("phase {} of 8, {}", phase.number(), phase.name()),
            );
            let target = &opened.target;
            let last = session.last().map_or_else(String::new, |(_, at)| at.to_string());
            let _ = writeln!(
                out,
                "{below}{} to {}, {place}, last entry {last}",
                target.component, target.environment
            );
        }
        if !detail.is_empty() {
            let _ = writeln!(out, "{below}{}", visible(&detail));
        }
    }
    out
}
