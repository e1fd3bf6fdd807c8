//! `run`: starts a session, and goes through it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::course::Course;
use super::rehearsal::{self, Deck};
use super::sitting::{self, Drive, Sitting};
use super::{Exit, Failure, dry_run, fresh};
use crate::cli::Run;
use crate::engine::{Clock as _, draw_head};
use crate::host::files::Files;
use crate::host::identity::{self, WallClock};
use crate::host::tape::Player;
use crate::host::{folder, git};
use crate::journal::Journal;
use crate::runbook::{Runbook, Values};
use crate::session::{Condition, Opened, Target};
use crate::text::Mask;
use crate::value::Moment;

/// Where journals stand unless told otherwise.
pub(super) const JOURNALS: &str = "journals";

pub(super) fn run(options: &Run) -> Result<Exit, Failure> {
    let book = fresh::runbook(&options.runbook)?;
    let mut sitting = Sitting::begin(&options.pace)?;
    let mut known = BTreeMap::new();
    if let Some(file) = &options.rehearse {
        let tape = rehearsal::load(file, &book, &sitting)?;
        known = rehearsal::known(&tape, &book, &options.vars);
        sitting.deck = Deck::Plays(Player::new(tape));
    }
    let values = fresh::values(&book, &options.vars, &known, &sitting)?;
    let mask = fresh::mask(&book, &values)?;
    let opened = opened(options, &book, &values, &sitting)?;
    if options.dry_run {
        let opened = pinned(opened, &book, &values, &mask, &sitting)?;
        return dry_run::run(&book, &values, mask, opened, &sitting);
    }
    let at = WallClock.now();
    let path = journal_path(options.journal.as_deref(), &opened, at)?;
    let _target = sitting.lock_target(&opened.target, &path)?;
    if !options.new && !sitting.rehearses() {
        refuse_beside(&opened.target)?;
    }
    let opened = pinned(opened, &book, &values, &mask, &sitting)?;
    if options.journal.is_none() {
        let folder = Path::new(JOURNALS);
        folder::make(folder).map_err(|error| Failure::file("make the folder", folder, &error))?;
    }
    let file = Files::create(&path).map_err(|unfit| Failure::unfit(&unfit))?;
    let lock = sitting.lock_journal(&path)?;
    if let Some(file) = &options.record {
        match rehearsal::record(file, &opened, &book) {
            Ok(recording) => {
                if let Some(aws) = &opened.aws {
                    super::identity::keep(aws, &book, &recording);
                }
                sitting.deck = Deck::Records(recording);
            }
            Err(failure) => {
                lock.discard();
                return Err(failure);
            }
        }
    }
    let mut journal = match Journal::create(file, at, opened, &draw_head) {
        Ok(journal) => journal,
        Err(error) => {
            lock.discard();
            sitting.deck.discard();
            return Err(Failure::journal(&path, &error).help("nothing was started"));
        }
    };
    sitting.say(&format!("Journal: {}", path.display()));
    let vars = &options.vars;
    let file = Some(sitting.directory.join(&options.runbook));
    let course = Course { book, change: None, values, mask, vars, file };
    let ended = course.go(&sitting, &mut journal);
    sitting.finish(&path, ended)
}

fn opened(
    options: &Run,
    book: &Runbook,
    values: &Values,
    sitting: &Sitting,
) -> Result<Opened, Failure> {
    Ok(Opened {
        format: Opened::FORMAT,
        session: identity::session_name()?,
        program: identity::program(),
        by: sitting.by.clone(),
        directory: sitting.directory.display().to_string(),
        runbook_path: options.runbook.display().to_string(),
        runbook_digest: book.source.digest,
        runbook_text: book.source.text.clone(),
        target: Target { environment: book.environment.clone(), component: book.component.clone() },
        git: git::state(&sitting.directory),
        aws: None,
        variables: values.recorded(book),
        rehearsal: sitting.deck.rehearsal(options.rehearse.as_deref()),
    })
}

/// With who asks AWS, where that is of concern.
fn pinned(
    opened: Opened,
    book: &Runbook,
    values: &Values,
    mask: &Mask,
    sitting: &Sitting,
) -> Result<Opened, Failure> {
    let (mask, session) = (mask.clone(), &opened.session);
    let drive = Drive { book, change: None, values, mask, session, file: None };
    let aws = super::identity::pinned(&drive, sitting)?;
    Ok(Opened { aws, ..opened })
}

/// An earlier session for this target that nobody ended would be forgotten.
fn refuse_beside(target: &Target) -> Result<(), Failure> {
    let Some(path) = open_beside(target) else { return Ok(()) };
    let place = path.display();
    let (component, environment) = (&target.component, &target.environment);
    Err(Failure::held(format!(
        "a session for {component} in {environment} was never ended: `{place}`"
    ))
    .help(format!(
        "go on with `holdpoint resume {place}` (you can abort it there), or start another \
         beside it with --new"
    )))
}

/// The journal of an earlier session for this target that nobody ended.
pub(super) fn open_beside(target: &Target) -> Option<PathBuf> {
    sitting::journals(Path::new(JOURNALS)).into_iter().find_map(|(path, history)| {
        let closed = matches!(history.session.condition(), Condition::Closed(_));
        // What had ended and was only asked whether to roll back stands in nobody's way.
        let asked_about =
            history.session.reopened().is_some() && !history.session.is_rolling_back();
        let open = !closed && !asked_about && !history.session.is_rehearsal();
        let same = history.session.opened().is_some_and(|opened| opened.target == *target);
        (open && same).then_some(path)
    })
}

/// The path that was asked for, or the first free one of the usual name.
fn journal_path(wanted: Option<&Path>, opened: &Opened, at: Moment) -> Result<PathBuf, Failure> {
    if let Some(path) = wanted {
        if folder::exists(path) {
            return Err(Failure::usage(format!("`{}` exists already", path.display()))
                .help("a journal is never written over: choose another path"));
        }
        return Ok(path.to_owned());
    }
    let journals = Path::new(JOURNALS);
    let target = &opened.target;
    let marked = if opened.rehearsal.is_some() { "-rehearsal" } else { "" };
    let stem = format!("{}-{}-{}{marked}", at.date(), target.environment, target.component);
    std::iter::once(format!("{stem}.md"))
        .chain((2..10_000).map(|count| format!("{stem}-{count}.md")))
        .map(|name| journals.join(name))
        .find(|path| !folder::exists(path))
        .ok_or_else(|| Failure::machine("there are ten thousand journals of this name today"))
}
