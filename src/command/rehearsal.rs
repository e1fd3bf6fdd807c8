//! `--record` and `--rehearse`: what is listened to, or played in the world's place.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use super::sitting::Sitting;
use super::{Failure, fresh};
use crate::cli::Vars;
use crate::engine::Clock as _;
use crate::host::folder;
use crate::host::identity::WallClock;
use crate::host::tape::{Player, Recording};
use crate::journal::History;
use crate::report::{Line, Tone};
use crate::runbook::Runbook;
use crate::session::{Opened, Rehearsal};
use crate::tape::{self, Begun, Tape};

/// A recording is not read beyond this.
const LIMIT: u64 = 256 << 20;

/// What lies on the tape deck.
pub(super) enum Deck {
    /// Nothing.
    Empty,
    /// A recording that is being made.
    Records(Recording),
    /// A recording that is played.
    Plays(Player),
}

impl Deck {
    /// What a rehearsal has its answers from, for the journal.
    pub(super) fn rehearsal(&self, path: Option<&Path>) -> Option<Rehearsal> {
        let Self::Plays(player) = self else { return None };
        let tape = player.tape();
        Some(Rehearsal {
            recording: path?.display().to_string(),
            digest: tape.digest,
            recorded: tape.begun.at,
            runbook: tape.begun.digest,
        })
    }

    /// What is played in this session, or what goes on being recorded, by what it began with.
    pub(super) fn of(
        opened: &Opened,
        history: &History,
        record: Option<&Path>,
        sitting: &Sitting,
    ) -> Result<Self, Failure> {
        match (&opened.rehearsal, record) {
            (None, None) => Ok(Self::Empty),
            (None, Some(path)) => record_on(path, opened).map(Self::Records),
            (Some(_), Some(_)) => Err(Failure::usage("the session is a rehearsal")
                .help("what a rehearsal sees is recorded already: leave --record away")),
            (Some(rehearsal), None) => {
                let tape = the_same(rehearsal, sitting)?;
                Ok(Self::Plays(Player::new(tape).behind(&history.entries)))
            }
        }
    }

    /// Takes away a recording of a session that never came to be.
    pub(super) fn discard(self) {
        match self {
            Self::Records(recording) => recording.discard(),
            Self::Empty | Self::Plays(_) => {}
        }
    }
}

/// Reads a recording of this runbook.
pub(super) fn load(path: &Path, book: &Runbook, sitting: &Sitting) -> Result<Tape, Failure> {
    let tape = read(path)?;
    let (wanted, found) = (&book.id, &tape.begun.runbook);
    if found != wanted {
        return Err(Failure::usage(format!(
            "`{}` is a recording of the runbook `{found}`, wanted one of `{wanted}`",
            path.display()
        ))
        .help("name the other recording, or make one with `holdpoint run RUNBOOK --record FILE`"));
    }
    let (questions, actions) = tape.knows();
    sitting.print(&[
        Line::new(
            Tone::Heading,
            format!(
                "REHEARSAL: every answer is from `{}`, recorded at {} by {}.",
                path.display(),
                tape.begun.at.minute(),
                tape.begun.program
            ),
        ),
        Line::new(
            Tone::Plain,
            format!(
                "Nothing is started, and nothing is asked of the world. It knows the answers to \
                 {questions} questions, and how {actions} actions ended."
            ),
        ),
    ]);
    if tape.begun.digest != book.source.digest {
        let text = format!(
            "It is a recording of another edition of this runbook (SHA-256 {}, now {}): what it \
             does not have is unknown. Record this edition to rehearse it whole.",
            tape.begun.digest.short(),
            book.source.digest.short()
        );
        sitting.print(&[Line::new(Tone::Doubt, text)]);
    }
    Ok(tape)
}

/// The values that were recorded, but for those that the command line tells.
pub(super) fn known(tape: &Tape, book: &Runbook, vars: &Vars) -> BTreeMap<String, String> {
    let told: Vec<&str> =
        vars.values.iter().filter_map(|one| Some(one.split_once('=')?.0)).collect();
    let value = |(name, value): (&String, &Option<String>)| {
        let variable = book.variables.iter().find(|one| one.name == *name && !one.secret)?;
        let value = fresh::checked(variable, value.clone()?).ok()?;
        (!told.contains(&name.as_str())).then(|| (name.clone(), value))
    };
    tape.begun.variables.iter().filter_map(value).collect()
}

/// Stands for the value of a secret in a rehearsal, where nothing needs it.
pub(super) fn stand_in(name: &str) -> String {
    format!("(a rehearsal has no value of {name})")
}

/// Begins to record a session.
pub(super) fn record(path: &Path, opened: &Opened, book: &Runbook) -> Result<Recording, Failure> {
    let begun = Begun {
        format: tape::FORMAT,
        runbook: book.id.clone(),
        digest: opened.runbook_digest,
        environment: opened.target.environment.clone(),
        component: opened.target.component.clone(),
        variables: opened.variables.iter().cloned().collect(),
        program: opened.program.clone(),
        at: WallClock.now(),
        session: opened.session.clone(),
    };
    Recording::create(path, begun).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::usage(format!("`{}` exists already", path.display()))
            .help("a recording takes no file's place: choose another name"),
        ErrorKind::NotFound => {
            Failure::usage(format!("there is no folder for the recording `{}`", path.display()))
                .help("make it first, with `mkdir -p`")
        }
        _ => Failure::file("write the recording", path, &error),
    })
}

/// Goes on recording a session behind what is recorded of it.
fn record_on(path: &Path, opened: &Opened) -> Result<Recording, Failure> {
    let bytes = bytes(path)?;
    let found = tape::unsealed(&bytes).map_err(|error| unfit(path, &error))?;
    if found.begun.session != opened.session {
        return Err(Failure::usage(format!(
            "`{}` is a recording of the session {}, wanted one of {}",
            path.display(),
            found.begun.session,
            opened.session
        ))
        .help("only a session that was recorded from its beginning is recorded on"));
    }
    Recording::go_on(path, &bytes[..found.whole])
        .map_err(|error| Failure::file("write the recording", path, &error))
}

/// The very recording that a rehearsal was begun with.
fn the_same(rehearsal: &Rehearsal, sitting: &Sitting) -> Result<Tape, Failure> {
    let path = sitting.directory.join(&rehearsal.recording);
    let help = "a rehearsal goes on only with the recording it was begun with: put it back there, \
                or begin another rehearsal";
    let tape = read(&path).map_err(|failure| failure.help(help))?;
    if tape.digest == rehearsal.digest {
        return Ok(tape);
    }
    Err(Failure::usage(format!(
        "`{}` is another recording than the rehearsal was begun with: SHA-256 {}, wanted {}",
        path.display(),
        tape.digest.short(),
        rehearsal.digest.short()
    ))
    .help(help))
}

fn read(path: &Path) -> Result<Tape, Failure> {
    Tape::read(&bytes(path)?).map_err(|error| unfit(path, &error))
}

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let bytes = folder::read(path, LIMIT + 1).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            Failure::usage(format!("there is no recording `{}`", path.display()))
                .help("`holdpoint run RUNBOOK --record FILE` makes one")
        }
        _ => Failure::usage(format!("cannot read the recording `{}`: {error}", path.display())),
    })?;
    if bytes.len() as u64 > LIMIT {
        return Err(Failure::usage(format!(
            "the recording `{}` has more than 256 MiB: no session records so much",
            path.display()
        )));
    }
    Ok(bytes)
}

fn unfit(path: &Path, error: &tape::Error) -> Failure {
    Failure::usage(format!("recording `{}`: {error}", path.display())).help(error.help())
}
