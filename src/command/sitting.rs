//! One process driving one session: who sits there, on what terminal, with which locks held.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::dry_run::DryPrompter;
use super::masked::MaskedPrompter;
use super::rehearsal::Deck;
use super::{Exit, Failure, fresh};
use crate::check::Reading;
use crate::cli::Pace;
use crate::engine::{
    Actor, Asked, Clock as _, Driven, Prober, Prompter, Record, Shelf, Stopper, Subject, Waits,
    World, drive, offer_change,
};
use crate::host::aws::{Aws, Target as AwsTarget};
use crate::host::files::Files;
use crate::host::identity::{self, WallClock};
use crate::host::lock::{Holder, Lock, LockError};
use crate::host::probe::HostProber;
use crate::host::process::Commands;
use crate::host::screen::LiveScreen;
use crate::host::style::Look;
use crate::host::tape::Recorder;
use crate::host::terminal::{Absent, Terminal};
use crate::host::{folder, signal, sweep};
use crate::journal::{self, History, LOG};
use crate::report::{Line, Tone};
use crate::runbook::{Runbook, Values};
use crate::session::{Condition, Target};
use crate::text::Mask;
use crate::value::{Digest, Name, Person, Span};

/// What is driven.
pub(super) struct Drive<'a> {
    pub(super) book: &'a Runbook,
    /// Another runbook, to be offered first.
    pub(super) change: Option<&'a Runbook>,
    pub(super) values: &'a Values,
    pub(super) mask: Mask,
    pub(super) session: &'a Name,
    /// The runbook's file, where a change of it is to be noticed.
    pub(super) file: Option<&'a Path>,
}

/// The runbook's file, as it stands when somebody asks.
struct OnDisk<'a>(Option<&'a Path>);

impl Shelf for OnDisk<'_> {
    fn is_edited(&self, followed: Digest) -> bool {
        // A file that is gone tells nothing: the session has the text.
        let bytes = self.0.and_then(|path| folder::read(path, fresh::READ_LIMIT).ok());
        bytes.is_some_and(|bytes| Digest::of(&bytes) != followed)
    }
}

/// Who sits there.
pub(super) struct Sitting {
    pub(super) by: Person,
    pub(super) directory: PathBuf,
    pub(super) deck: Deck,
    terminal: Option<Terminal>,
    jobs: usize,
}

impl Sitting {
    pub(super) fn begin(pace: &Pace) -> Result<Self, Failure> {
        let directory = identity::directory().map_err(|error| {
            Failure::machine(format!("cannot use the current folder: {error}"))
                .help("it was deleted or may not be entered: `cd` to the folder of the runbook")
        })?;
        // A process without a controlling terminal has nobody to ask: questions then hold.
        let terminal = if pace.no_input { None } else { Terminal::open().ok() };
        let (by, jobs) = (identity::person(), usize::from(pace.jobs));
        Ok(Self { by, directory, deck: Deck::Empty, terminal, jobs })
    }

    pub(super) fn terminal(&self) -> Option<&Terminal> {
        self.terminal.as_ref()
    }

    /// Whether nothing of it is real.
    pub(super) fn rehearses(&self) -> bool {
        matches!(self.deck, Deck::Plays(_))
    }

    /// Seals what was recorded; gives what makes a resumed session go on recording.
    fn seal(&self) -> String {
        let Deck::Records(recording) = &self.deck else { return String::new() };
        let place = recording.path().display();
        match recording.seal() {
            Ok(()) => self.say(&format!("Recording: {place}")),
            Err(error) => self.print(&[Line::new(
                Tone::Bad,
                format!(
                    "The recording {place} is not whole, and cannot be rehearsed: {error}. The \
                     journal is."
                ),
            )]),
        }
        format!(" --record {place}")
    }

    /// A line for the person.
    pub(super) fn say(&self, text: &str) {
        self.print(&[Line::new(Tone::Plain, text)]);
    }

    #[expect(clippy::unused_self, reason = "what is said is said by whoever sits there")]
    pub(super) fn print(&self, lines: &[Line]) {
        let term = console::Term::stderr();
        // Where standard error is gone there is nobody to tell.
        let _ = Look::of(&term).write(&mut std::io::stderr().lock(), lines);
    }

    /// What looks at the real world.
    fn eyes(&self, what: &Drive<'_>, commands: Rc<Commands>) -> HostProber {
        let aws = what.change.unwrap_or(what.book).aws.as_ref();
        let aws = aws.map(|aws| Aws::new(AwsTarget::new(aws, what.session)));
        HostProber::new(self.directory.clone(), what.mask.clone(), commands).with_aws(aws)
    }

    /// Drives a session until it is held or closed, or its runbook was edited.
    pub(super) fn drive(
        &self,
        what: &Drive<'_>,
        record: &mut dyn Record,
    ) -> Result<Driven, Failure> {
        sweep::adopt_orphans()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stopper, stop) = Stopper::new();
        let commands =
            Rc::new(Commands::new(what.session.clone(), self.directory.clone(), what.mask.clone()));
        let eyes = || self.eyes(what, commands.clone());
        let (looks, listens);
        let (prober, actor, waits): (&dyn Prober, &dyn Actor, Waits) = match &self.deck {
            Deck::Empty => {
                looks = eyes();
                (&looks, &*commands, Waits::Whole)
            }
            Deck::Records(recording) => {
                looks = eyes();
                listens = Recorder { prober: &looks, actor: &*commands, recording };
                (&listens, &listens, Waits::Whole)
            }
            Deck::Plays(player) => (player, player, Waits::Skipped),
        };
        let newest = what.change.unwrap_or(what.book);
        let screen = LiveScreen::new(newest, record.session().is_rehearsal());
        let person: &dyn Prompter = match &self.terminal {
            Some(terminal) => terminal,
            None => &Absent,
        };
        let dry = DryPrompter { person: self.terminal.as_ref().map(|_| person) };
        let prompter: &dyn Prompter = if record.session().is_dry_run() { &dry } else { person };
        let prompter = &MaskedPrompter { prompter, mask: what.mask.clone() };
        let world = World {
            clock: &WallClock,
            prober,
            actor,
            prompter,
            screen: &screen,
            shelf: &OnDisk(what.file),
            stop: &stop,
            jobs: self.jobs,
            waits,
        };
        let subject = |runbook| Subject { runbook, values: what.values, by: &self.by };
        let stopped = |error: journal::Error| Failure::machine(error.to_string());
        let driven = runtime.block_on(async {
            let _signals = signal::listen(stopper)?;
            let mut book = what.book;
            if let Some(change) = what.change {
                offer_change(change, subject(book), record, &world).await.map_err(stopped)?;
                if record.session().runbook_digest() == change.source.digest {
                    book = change;
                }
            }
            drive(subject(book), record, &world).await.map_err(stopped)
        });
        // A prompt that was abandoned still waits for a key on its thread.
        runtime.shutdown_background();
        driven
    }

    /// Looks once, before there is a session.
    pub(super) fn look(
        &self,
        what: &Drive<'_>,
        asked: Asked<'_>,
        timeout: Span,
    ) -> Result<Reading, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let commands =
            Rc::new(Commands::new(what.session.clone(), self.directory.clone(), what.mask.clone()));
        // Nothing is written yet: whoever asks to stop now ends the process as it stands.
        let (_stopper, stop) = Stopper::new();
        Ok(match &self.deck {
            Deck::Plays(player) => runtime.block_on(player.observe(asked, timeout, &stop)),
            Deck::Empty | Deck::Records(_) => {
                let eyes = self.eyes(what, commands);
                runtime.block_on(eyes.observe(asked, timeout, &stop))
            }
        })
    }

    /// The last words: how it ended, and what to do next.
    pub(super) fn finish(
        &self,
        path: &Path,
        ended: Result<Condition, Failure>,
    ) -> Result<Exit, Failure> {
        let place = path.display();
        let recorded = self.seal();
        let condition = ended.map_err(|failure| {
            failure
                .help(format!("nothing was started after that; `holdpoint resume {place}` goes on"))
        })?;
        if let Condition::Held(_) = condition {
            self.say(&format!("Go on with: holdpoint resume {place}{recorded}"));
        }
        if self.rehearses() {
            self.say("REHEARSAL: nothing was started, and nothing was asked of the world.");
        }
        self.say(&format!("Journal: {place}"));
        Ok(condition.into())
    }
}

impl Sitting {
    /// One session per target at a time.
    pub(super) fn lock_target(
        &self,
        target: &Target,
        journal: &Path,
    ) -> Result<Option<Lock>, Failure> {
        // A rehearsal changes nothing there, and keeps nobody waiting.
        if self.rehearses() {
            return Ok(None);
        }
        let state = identity::state_folder();
        let path = Lock::of_target(&state, &target.environment, &target.component);
        let what = format!("{} in {}", target.component, target.environment);
        self.lock(&path, journal, &what).map(Some)
    }

    /// One process per journal at a time.
    pub(super) fn lock_journal(&self, journal: &Path) -> Result<Lock, Failure> {
        let what = format!("the journal `{}`", journal.display());
        self.lock(&Lock::of_journal(journal), journal, &what)
    }

    /// The same for a journal that must be there already. Nothing is put beside what is none.
    pub(super) fn lock_existing(&self, journal: &Path) -> Result<Lock, Failure> {
        Files::look(journal).map_err(|unfit| Failure::unfit(&unfit))?;
        let bytes = folder::read(journal, u64::MAX)
            .map_err(|error| Failure::file("read the journal", journal, &error))?;
        if !bytes.split_inclusive(|byte| *byte == b'\n').any(|line| line == LOG.as_bytes()) {
            History::read(&bytes)
                .map_err(|damage| Failure::journal(journal, &journal::Error::Damage(damage)))?;
        }
        self.lock_journal(journal)
    }

    fn lock(&self, path: &Path, journal: &Path, what: &str) -> Result<Lock, Failure> {
        let holder = Holder {
            pid: std::process::id(),
            by: self.by.clone(),
            since: WallClock.now(),
            journal: self.directory.join(journal).display().to_string(),
        };
        Lock::take(path, &holder).map_err(|error| match error {
            LockError::Held { .. } => Failure::machine(format!("{what} is in use: {error}"))
                .help("wait for that session, or ask its driver; no lock outlives its process"),
            LockError::Io { .. } => Failure::machine(error.to_string()),
        })
    }

    /// Goes to the folder that the session ran its commands in, if there is one here.
    pub(super) fn go_to(&mut self, directory: &str) {
        let recorded = PathBuf::from(directory);
        if recorded.is_dir() {
            self.directory = recorded;
        } else {
            let here = self.directory.display();
            self.say(&format!("There is no folder {directory} here; commands run in {here}."));
        }
    }
}

/// Room that the end of this runbook's largest step may need in a journal.
pub(super) fn room_for(book: &Runbook) -> u64 {
    const A_READING: u64 = 48 << 10;
    let steps = book.phases.iter().flat_map(|section| &section.steps).chain(&book.prerequisites);
    let most = steps.map(|step| step.checks.len() as u64).max().unwrap_or(0);
    most * A_READING
}

/// The journals in a folder that can be read, by name.
pub(super) fn journals(path: &Path) -> Vec<(PathBuf, History)> {
    let readable = |path: PathBuf| {
        let bytes = folder::read(&path, u64::MAX).ok()?;
        Some((path, History::read(&bytes).ok()?))
    };
    folder::markdown_in(path).unwrap_or_default().into_iter().filter_map(readable).collect()
}
