//! `resume`: goes on with a session, after a hold or a crash, here or on another machine.

use std::path::{Path, PathBuf};

use super::course::{Course, changed, known_values};
use super::rehearsal::Deck;
use super::run::JOURNALS;
use super::sitting::{self, Sitting};
use super::{Exit, Failure, fresh};
use crate::cli::{Pace, Resume, Vars};
use crate::engine::Clock as _;
use crate::host::files::Files;
use crate::host::folder;
use crate::host::identity::{self, WallClock};
use crate::journal::{self, History, Journal};
use crate::report::{Line, Tone, close_words, in_rehearsal, progress};
use crate::runbook::Runbook;
use crate::session::{
    ActionState, Close, Condition, Event, Opened, Resumed, RollbackVerdict, Session,
};

/// What somebody comes back for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To go on; with the runbook as recorded, or as its file has it now.
    GoOn {
        /// Whether the file is not looked at.
        recorded: bool,
    },
    /// To roll back, even what has ended. Follows the runbook as recorded: what it says now may be
    /// about another deployment.
    RollBack,
}

pub(super) fn run(options: &Resume) -> Result<Exit, Failure> {
    let path = options.journal.clone().map_or_else(only_open_journal, Ok)?;
    let purpose = Purpose::GoOn { recorded: options.recorded };
    come_back(&path, purpose, &options.vars, options.record.as_deref(), &options.pace)
}

/// Takes a session up again.
pub(super) fn come_back(
    path: &Path,
    purpose: Purpose,
    vars: &Vars,
    record: Option<&Path>,
    pace: &Pace,
) -> Result<Exit, Failure> {
    let mut sitting = Sitting::begin(pace)?;
    let _journal = sitting.lock_existing(path)?;
    let (file, bytes) = Files::open(path).map_err(|unfit| Failure::unfit(&unfit))?;
    let history = History::read(&bytes)
        .map_err(|damage| Failure::journal(path, &journal::Error::Damage(damage)))?;
    let opened = goes_on(&history, path, purpose)?;
    let _target = match opened.rehearsal {
        None => sitting.lock_target(&opened.target, path)?,
        Some(_) => None,
    };
    sitting.go_to(&opened.directory);
    sitting.deck = Deck::of(&opened, &history, record, &sitting)?;

    let book = recorded_runbook(&history, path)?;
    let followed =
        purpose == Purpose::GoOn { recorded: false } && !history.session.is_rolling_back();
    let file_of_book = followed.then(|| sitting.directory.join(&opened.runbook_path));
    let change = match &file_of_book {
        Some(file) => changed_runbook(&history, file, &sitting)?,
        None => None,
    };
    let newest = change.as_ref().unwrap_or(&book);
    let known = known_values(&history.session, &book, newest);
    let values = fresh::values(newest, vars, &known, &sitting)?;
    let mask = fresh::mask(newest, &values)?;

    let mut journal = taken_up(file, bytes, path, purpose, &sitting)?;
    if let [.., before, _resumed] = journal.entries()
        && let Event::Recovered(_) = before.event
    {
        sitting.print(&progress(before, journal.session(), newest));
    }
    sitting.print(&in_rehearsal(where_it_stands(journal.session()), journal.session()));
    let course = Course { book, change, values, mask, vars, file: file_of_book };
    let ended = course.go(&sitting, &mut journal);
    sitting.finish(path, ended)
}

/// The journal, with the entry that says who came back.
fn taken_up(
    file: Files,
    bytes: Vec<u8>,
    path: &Path,
    purpose: Purpose,
    sitting: &Sitting,
) -> Result<Journal<Files>, Failure> {
    let failed = |error| Failure::journal(path, &error);
    let mut journal = Journal::resume(file, bytes, WallClock.now()).map_err(failed)?;
    let resumed = Resumed {
        by: sitting.by.clone(),
        program: identity::program(),
        directory: sitting.directory.display().to_string(),
    };
    let event = match purpose {
        Purpose::GoOn { .. } => Event::Resumed(resumed),
        Purpose::RollBack => Event::RollbackRequested(resumed),
    };
    journal.record(WallClock.now(), event).map_err(failed)?;
    Ok(journal)
}

/// What the person comes back to.
fn where_it_stands(session: &Session) -> Vec<Line> {
    let place = match session.stage().phase() {
        Some(phase) => format!("in phase {} of 8, {}", phase.number(), phase.name()),
        None => "before phase 1".to_owned(),
    };
    let text = match session.back() {
        Some(back) if back.entered.is_some() => {
            format!("Going on rolling back a session that stood {place}.")
        }
        Some(back) if back.requested => match session.reopened() {
            Some(close) => format!("To be rolled back: a session that is {}.", close_words(close)),
            None => format!("To be rolled back: a session {place}."),
        },
        Some(_) | None => format!("Going on {place}."),
    };
    let mut lines = vec![Line::new(Tone::Heading, text)];
    for (step, state) in session.steps() {
        if state.action == ActionState::Doubtful {
            let text = format!("In doubt: {step} was running when holdpoint was killed.");
            lines.push(Line::new(Tone::Doubt, text));
        }
    }
    lines
}

/// The runbook's file, if it holds another text than the session follows.
fn changed_runbook(
    history: &History,
    file: &Path,
    sitting: &Sitting,
) -> Result<Option<Runbook>, Failure> {
    if folder::exists(file) {
        return changed(file, &history.session);
    }
    let path = history.session.opened().map_or("", |opened| &opened.runbook_path);
    sitting.say(&format!("There is no {path} here; following the runbook as recorded."));
    Ok(None)
}

/// What the session began with, if it can go on.
fn goes_on(history: &History, path: &Path, purpose: Purpose) -> Result<Opened, Failure> {
    let place = path.display();
    let back = Close::RolledBack(RollbackVerdict::Verified);
    match (history.session.condition(), purpose) {
        (Condition::Closed(close), Purpose::RollBack) if close == back => {
            return Err(Failure::usage(format!(
                "the session in `{place}` was rolled back and verified"
            ))
            .help("there is nothing left to roll back"));
        }
        (Condition::Closed(close), Purpose::GoOn { .. }) => {
            let help = match close {
                Close::RolledBack(_) => "start another one with `holdpoint run`",
                Close::Finished | Close::Aborted | Close::Failed => {
                    "start another one with `holdpoint run`, or take this one back with \
                     `holdpoint rollback`"
                }
            };
            let ended = format!("the session in `{place}` has ended: {}", close_words(close));
            return Err(Failure::usage(ended).help(help));
        }
        _ => {}
    }
    history
        .session
        .opened()
        .cloned()
        .ok_or_else(|| Failure::usage(format!("`{place}` holds no session")))
}

fn recorded_runbook(history: &History, path: &Path) -> Result<Runbook, Failure> {
    let name = format!("the runbook recorded in {}", path.display());
    Runbook::parse(&name, history.session.runbook_text())
        .map_err(|problems| Failure::problems(&problems))
}

/// The one journal that can go on.
fn only_open_journal() -> Result<PathBuf, Failure> {
    let mut open: Vec<(PathBuf, History)> = sitting::journals(Path::new(JOURNALS))
        .into_iter()
        .filter(|(_, history)| !matches!(history.session.condition(), Condition::Closed(_)))
        .collect();
    // A rehearsal stands in no real session's way.
    if open.iter().any(|(_, history)| !history.session.is_rehearsal()) {
        open.retain(|(_, history)| !history.session.is_rehearsal());
    }
    let open: Vec<PathBuf> = open.into_iter().map(|(path, _)| path).collect();
    match open.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Failure::usage(format!("no session in `{JOURNALS}` can go on"))
            .help("name the journal: `holdpoint resume PATH`")),
        several => {
            let names: Vec<String> =
                several.iter().map(|path| format!("`{}`", path.display())).collect();
            Err(Failure::usage(format!("several sessions can go on: {}", names.join(", ")))
                .help("name one: `holdpoint resume PATH`"))
        }
    }
}
