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
use crate::report::{hold_words, question_words};
use crate::runbook::Phase;
use crate::session::{Close, Condition, Session};
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
        match (session.condition(), &self.holder) {
            (Condition::Closed(Close::Finished), _) => ("finished", String::new()),
            (Condition::Closed(Close::Aborted), _) => ("aborted", String::new()),
            (_, Some(holder)) => {
                let since = holder.since.time_of_day();
                let by = format!("by {} (process {}) since {since}", holder.by, holder.pid);
                ("running", format!("{by}{}", waits(session)))
            }
            (Condition::Held(why), None) => {
                ("held", format!("{}{}", hold_words(why), waits(session)))
            }
            (Condition::Running, None) => {
                ("crashed", format!("its process is gone{}", waits(session)))
            }
        }
    }

    fn json(&self) -> Value {
        let (state, detail) = self.state();
        let session = self.session();
        let opened = session.and_then(Session::opened);
        json!({
            "journal": self.path.to_string_lossy(),
            "state": state,
            "detail": detail,
            "session": opened.map(|opened| &opened.session),
            "environment": opened.map(|opened| &opened.target.environment),
            "component": opened.map(|opened| &opened.target.component),
            "phase": session.and_then(|session| session.stage().phase()).map(Phase::number),
            "question": session.and_then(Session::pending),
            "entries": session.and_then(Session::last).map(|(seq, _)| seq),
            "last": session.and_then(Session::last).map(|(_, at)| at),
            "holder_pid": self.holder.as_ref().map(|holder| holder.pid),
        })
    }
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
    for row in rows {
        let (state, detail) = row.state();
        let _ = writeln!(out, "{state:<9} {}", visible(&row.path.display().to_string()));
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
                "          {} to {}, {place}, last entry {last}",
                target.component, target.environment
            );
        }
        if !detail.is_empty() {
            let _ = writeln!(out, "          {}", visible(&detail));
        }
    }
    out
}
