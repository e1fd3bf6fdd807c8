//! `resume`: goes on with a session, after a hold or a crash, here or on another machine.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::run::JOURNALS;
use super::sitting::{self, Drive, Sitting};
use super::{Exit, Failure, fresh};
use crate::cli::Resume;
use crate::engine::Clock as _;
use crate::host::files::Files;
use crate::host::folder;
use crate::host::identity::{self, WallClock};
use crate::journal::{self, History, Journal};
use crate::report::{Line, Tone, progress};
use crate::runbook::{Origin, Runbook};
use crate::session::{ActionState, Condition, Event, Opened, Resumed, Session};
use crate::value::Digest;

pub(super) fn run(options: &Resume) -> Result<Exit, Failure> {
    let path = options.journal.clone().map_or_else(only_open_journal, Ok)?;
    let mut sitting = Sitting::begin(&options.pace)?;
    let _journal = sitting.lock_existing(&path)?;
    let (file, bytes) = Files::open(&path).map_err(|unfit| Failure::unfit(&unfit))?;
    let history = History::read(&bytes)
        .map_err(|damage| Failure::journal(&path, &journal::Error::Damage(damage)))?;
    let opened = goes_on(&history, &path)?;
    let _target = sitting.lock_target(&opened.target, &path)?;
    sitting.go_to(&opened.directory);

    let recorded = recorded_runbook(&history, &path)?;
    let change = if options.recorded { None } else { changed_runbook(&history, &sitting)? };
    let newest = change.as_ref().unwrap_or(&recorded);
    let known = known_values(&history, &recorded, newest);
    let values = fresh::values(newest, &options.vars, &known, sitting.terminal())?;
    let mask = fresh::mask(newest, &values)?;

    let failed = |error| Failure::journal(&path, &error);
    let mut journal = Journal::resume(file, bytes, WallClock.now()).map_err(failed)?;
    journal.keep_room(sitting::room_for(newest));
    let resumed = Event::Resumed(Resumed {
        by: sitting.by.clone(),
        program: identity::program(),
        directory: sitting.directory.display().to_string(),
    });
    journal.record(WallClock.now(), resumed).map_err(failed)?;
    if let [.., before, _resumed] = journal.entries()
        && let Event::Recovered(_) = before.event
    {
        sitting.print(&progress(before, journal.session(), newest));
    }
    sitting.print(&where_it_stands(journal.session()));
    let drive = Drive {
        book: &recorded,
        change: change.as_ref(),
        values: &values,
        mask,
        session: &opened.session,
    };
    let ended = sitting.drive(&drive, &mut journal);
    sitting.finish(&path, ended)
}

const AS_RECORDED: &str = "mend it, or follow it as the journal recorded it with --recorded";

/// What the person comes back to.
fn where_it_stands(session: &Session) -> Vec<Line> {
    let place = match session.stage().phase() {
        Some(phase) => format!("in phase {} of 8, {}", phase.number(), phase.name()),
        None => "before phase 1".to_owned(),
    };
    let mut lines = vec![Line::new(Tone::Heading, format!("Going on {place}."))];
    for (step, state) in session.steps() {
        if state.action == ActionState::Doubtful {
            let text = format!("In doubt: {step} was running when holdpoint was killed.");
            lines.push(Line::new(Tone::Doubt, text));
        }
    }
    lines
}

/// The runbook's file, if it is another one than the session follows.
fn changed_runbook(history: &History, sitting: &Sitting) -> Result<Option<Runbook>, Failure> {
    let Some(opened) = history.session.opened() else { return Ok(None) };
    let path = sitting.directory.join(&opened.runbook_path);
    if !folder::exists(&path) {
        sitting.say(&format!(
            "There is no {} here; following the runbook as recorded.",
            opened.runbook_path
        ));
        return Ok(None);
    }
    let bytes = folder::read(&path, fresh::READ_LIMIT)
        .map_err(|error| Failure::file("read the runbook", &path, &error).help(AS_RECORDED))?;
    if Digest::of(&bytes) == history.session.runbook_digest() {
        return Ok(None);
    }
    Runbook::from_bytes(&opened.runbook_path, &bytes).map(Some).map_err(|problems| {
        Failure::problems(&problems)
            .help(format!("the runbook has changed since the session began: {AS_RECORDED}"))
    })
}

/// What the session began with, if it can go on.
fn goes_on(history: &History, path: &Path) -> Result<Opened, Failure> {
    let place = path.display();
    if let Condition::Closed(_) = history.session.condition() {
        return Err(Failure::usage(format!("the session in `{place}` has ended"))
            .help("start another one with `holdpoint run`"));
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

/// The values that the session has, but for those that a runbook itself tells and now tells
/// otherwise: whoever accepts the change accepts these too.
fn known_values(history: &History, old: &Runbook, new: &Runbook) -> BTreeMap<String, String> {
    let written = |book: &Runbook, name: &str| {
        let variable = book.variables.iter().find(|variable| variable.name == name)?;
        match &variable.origin {
            Origin::Literal(text) => Some(text.clone()),
            Origin::Prompt { .. } | Origin::Env(_) => None,
        }
    };
    let known = |(name, value): &(String, Option<String>)| {
        let value = value.clone()?;
        let (now, then) = (written(new, name), written(old, name));
        let retold = now.is_some() && now != then && then.as_ref() == Some(&value);
        (!retold).then(|| (name.clone(), value))
    };
    history.session.variables().iter().filter_map(known).collect()
}

/// The one journal that can go on.
fn only_open_journal() -> Result<PathBuf, Failure> {
    let open: Vec<PathBuf> = sitting::journals(Path::new(JOURNALS))
        .into_iter()
        .filter(|(_, history)| !matches!(history.session.condition(), Condition::Closed(_)))
        .map(|(path, _)| path)
        .collect();
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
