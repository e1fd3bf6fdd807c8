//! Those who play a scene, put together, and what keeps the record of it.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use holdpoint::check::cloud::Identity;
use holdpoint::engine::{
    Driven, DryRecord, Record, Stopper, Subject, Waits, World, drive, offer_change,
};
use holdpoint::journal::{Error, Journal};
use holdpoint::report::head;
use holdpoint::runbook::{Origin, Runbook, Value, Values};
use holdpoint::session::{Condition, Entry, Event, Hold, Opened, Resumed, Session, Target};
use holdpoint::value::Moment;

use super::times::Change;
use super::{ada, parsed};
use crate::world::{Eyes, File, Hands, MortalDisk, Someone, Still, Truth, Wall};

/// Everybody who plays, but the disk.
pub(super) struct Cast {
    pub(super) hands: Hands,
    pub(super) eyes: Eyes,
    pub(super) person: Someone,
    pub(super) clock: Still,
    pub(super) file: File,
    pub(super) changes: Vec<Change>,
    pub(super) jobs: usize,
    pub(super) stop_after: Option<Duration>,
}

impl Cast {
    pub(super) async fn drive(
        &self,
        mut subject: Subject<'_>,
        changed: Option<&Runbook>,
        later: bool,
        record: Option<&mut dyn Record>,
    ) -> Option<Condition> {
        let record = record?;
        let (wall, (stopper, stop)) = (Wall::default(), Stopper::new());
        let world = World {
            clock: &self.clock,
            prober: &self.eyes,
            actor: &self.hands,
            prompter: &self.person,
            screen: &wall,
            shelf: &self.file,
            stop: &stop,
            jobs: self.jobs,
            waits: Waits::Whole,
        };
        let stopping = async {
            match self.stop_after {
                Some(after) => tokio::time::sleep(after).await,
                None => std::future::pending().await,
            }
            stopper.ask(Hold::Interrupt);
            std::future::pending::<()>().await;
        };
        let driven = async {
            let mut offered = later;
            loop {
                if let Some(change) = changed.filter(|_| !offered) {
                    offer_change(change, subject, record, &world).await.ok()?;
                    if record.session().runbook_digest() == change.source.digest {
                        subject.runbook = change;
                    }
                }
                match drive(subject, record, &world).await.ok()? {
                    Driven::Stopped(condition) => return Some(condition),
                    Driven::Edited => offered = false,
                }
            }
        };
        tokio::select! {
            biased;
            condition = driven => condition,
            () = stopping => None,
            () = self.changing() => None,
        }
    }
}

/// A journal whose head is drawn without reading the runbook anew each time.
pub(super) struct Sealed {
    pub(super) journal: Journal<MortalDisk>,
    truth: Rc<Truth>,
}

impl Sealed {
    pub(super) fn new(journal: Journal<MortalDisk>, truth: &Rc<Truth>) -> Self {
        // A process before may have died over the last ones, which then came to nothing.
        for entry in journal.entries().iter().rev().take(20) {
            truth.finds(entry.seq);
        }
        truth.writes(journal.seal().seq());
        truth.rolling_back.set(journal.session().is_rolling_back());
        Self { journal, truth: Rc::clone(truth) }
    }
}

impl Record for Sealed {
    fn session(&self) -> &Session {
        self.journal.session()
    }

    fn record(&mut self, at: Moment, event: Event) -> Result<(), Error> {
        let seq = self.journal.seal().seq() + 1;
        self.truth.writes(seq);
        self.journal.record(at, event)?;
        self.truth.rolling_back.set(self.journal.session().is_rolling_back());
        Ok(())
    }

    fn last(&self) -> Option<&Entry> {
        self.journal.entries().last()
    }

    fn redraw(&mut self) {
        // As in the program: a head that could not be drawn is no reason to stop.
        let _not_needed = self.journal.redraw(&draw);
    }
}

/// The head, as the program draws it.
pub(super) fn draw(session: &Session, _entries: &[Entry]) -> String {
    head(session, Some(&parsed(session.runbook_text())))
}

/// What keeps the record.
pub(super) enum Kept {
    Journal(Box<Sealed>),
    Dry(Box<DryRecord>),
    Nothing,
}

impl Kept {
    pub(super) fn record(&mut self) -> Option<&mut dyn Record> {
        match self {
            Self::Journal(journal) => Some(&mut **journal),
            Self::Dry(dry) => Some(&mut **dry),
            Self::Nothing => None,
        }
    }

    pub(super) fn told(&self) -> (Vec<Entry>, Session) {
        match self {
            Self::Journal(sealed) => {
                let journal = &sealed.journal;
                (journal.entries().to_vec(), journal.session().clone())
            }
            Self::Dry(dry) => (dry.entries().to_vec(), Record::session(&**dry).clone()),
            Self::Nothing => (Vec::new(), Session::default()),
        }
    }
}

pub(super) fn opened(book: &Runbook, values: &Values, pinned: &Identity) -> Opened {
    Opened {
        format: Opened::FORMAT,
        session: "0123456789abcdef".parse().expect("a name"),
        program: "holdpoint test".to_owned(),
        by: ada(),
        directory: "/srv".to_owned(),
        runbook_path: "test.toml".to_owned(),
        runbook_digest: book.source.digest,
        runbook_text: book.source.text.clone(),
        target: Target { environment: book.environment.clone(), component: book.component.clone() },
        git: None,
        aws: book.aws.as_ref().map(|_| pinned.clone()),
        variables: values.recorded(book),
        rehearsal: None,
    }
}

pub(super) fn resumed(
    storage: MortalDisk,
    bytes: Vec<u8>,
    at: Moment,
    requests_rollback: bool,
) -> Option<Journal<MortalDisk>> {
    let mut journal = Journal::resume(storage, bytes, at).ok()?;
    let closed = matches!(journal.session().condition(), Condition::Closed(_));
    if closed && !requests_rollback {
        return Some(journal);
    }
    let resumed = Resumed { by: ada(), program: "holdpoint test".into(), directory: "/srv".into() };
    let goes_on = if requests_rollback { Event::RollbackRequested } else { Event::Resumed };
    journal.record(at, goes_on(resumed)).ok()?;
    Some(journal)
}

pub(super) fn values(book: &Runbook, told: &BTreeMap<String, String>) -> Values {
    let one = |variable: &holdpoint::runbook::Variable| {
        let text = told.get(&variable.name).cloned().unwrap_or_else(|| match &variable.origin {
            Origin::Literal(text) => text.clone(),
            Origin::Prompt { default, .. } => default.clone().unwrap_or_default(),
            Origin::Env(name) => name.clone(),
        });
        (variable.name.clone(), Value { text, secret: variable.secret })
    };
    Values(book.variables.iter().map(one).collect())
}
