//! A session in a few lines: a runbook, what is there, what happens, what a person answers; then
//! what came of it. Asserts nothing itself, but that every answer is asked for and given.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::mem::take;
use std::rc::Rc;
use std::time::Duration;

use holdpoint::check::Reading;
use holdpoint::check::cloud::Identity;
use holdpoint::engine::{DryRecord, Record as _, Reply, Said, Subject};
use holdpoint::journal::{History, Journal};
use holdpoint::report::Brief;
use holdpoint::runbook::{Phase, Runbook, Values};
use holdpoint::session::{Answer, Condition, Entry, Event, Hold, Question, Session};
use holdpoint::value::{Moment, Name, Person};
use tokio::time::Instant;

use crate::disk::{Disk, Shared};
use crate::world::{
    Doing, Effect, Eyes, Fate, File, Hands, Ledger, Mind, MortalDisk, Someone, Still, Truth, jane,
};

mod cast;
mod times;

use cast::{Cast, Kept, Sealed, draw, opened, resumed, values};
use times::Change;

pub const ORIGIN: i64 = 1_800_000_000_000;

pub fn ada() -> Person {
    Person { user: "ada".to_owned(), host: "laptop".to_owned() }
}

/// A runbook with these steps in these phases (0: prerequisites and variables); the others are
/// skipped. A phase without exit criteria gets one, proven by its first step.
pub fn book(filled: &[(usize, &str)]) -> String {
    let mut text = String::from(
        "format = 1\n[runbook]\nid = 'test'\ntitle = 'Test'\nenvironment = 'local'\n\
         component = 'thing'\n",
    );
    let of = |number| filled.iter().find(|(wanted, _)| *wanted == number).map(|(_, text)| *text);
    text.push_str(of(0).unwrap_or_default());
    for phase in Phase::ALL {
        let _ = write!(text, "\n[[phase]]\nname = '{}'\n", phase.name());
        let Some(steps) = of(phase.number()) else {
            text.push_str("skip = 'nothing to do'\n");
            continue;
        };
        text.push_str(steps);
        if !steps.contains("[[phase.exit]]") {
            let id = steps.split("id = '").nth(1).and_then(|rest| rest.split('\'').next());
            let id = id.expect("a phase has a step");
            let _ = write!(text, "\n[[phase.exit]]\ncriterion = 'Good'\nproven_by = ['{id}']\n");
        }
    }
    text
}

/// A step as it stands in a runbook.
pub fn step(id: &str, rest: &str) -> String {
    format!("\n[[phase.step]]\nid = '{id}'\ntitle = 'Step {id}'\n{rest}\n")
}

/// A step that looks whether the file of its name is there.
pub fn looks(id: &str) -> String {
    step(id, &format!("check.file = {{ path = '{id}' }}"))
}

/// A step that runs something.
pub fn runs(id: &str) -> String {
    step(id, &format!("run = ['do', '{id}']"))
}

pub fn name(id: &str) -> Name {
    id.parse().expect("a name")
}

/// When a path was looked at, in seconds.
pub fn times(played: &Played, path: &str) -> Vec<u64> {
    let of = |(seen, at): &(String, Duration)| (seen == path).then_some(at.as_secs());
    played.observed.iter().filter_map(of).collect()
}

/// The runbook of this text. The last one is remembered: thousands of sessions read the same.
pub fn parsed(text: &str) -> Runbook {
    thread_local!(static LAST: RefCell<Option<Runbook>> = const { RefCell::new(None) });
    LAST.with_borrow_mut(|last| {
        if last.as_ref().is_none_or(|book| book.source.text != text) {
            let read = Runbook::parse("test.toml", text);
            *last = Some(read.unwrap_or_else(|problems| panic!("{problems}\n{text}")));
        }
        last.clone().expect("it was just put there")
    })
}

pub struct Scene {
    text: String,
    changed: Option<String>,
    mind: Option<Mind>,
    unread: Rc<Cell<usize>>,
    readings: BTreeMap<String, VecDeque<Reading>>,
    doings: BTreeMap<String, VecDeque<Doing>>,
    slow: BTreeMap<String, Duration>,
    vars: BTreeMap<String, String>,
    left_running: Vec<String>,
    jobs: usize,
    dry: bool,
    stop_after: Option<Duration>,
    begins: i64,
    changes: Vec<Change>,
    truth: Rc<Truth>,
    requests_rollback: bool,
    edited: bool,
    before: Option<Vec<u8>>,
    ledger: Ledger,
    pinned: Identity,
    pub fate: Rc<Fate>,
}

/// What came of a scene.
pub struct Played {
    /// None: the process died.
    pub condition: Option<Condition>,
    pub entries: Vec<Entry>,
    pub session: Session,
    pub effects: Vec<Effect>,
    pub asked: Vec<(Question, Vec<String>)>,
    pub observed: Vec<(String, Duration)>,
    pub works: Vec<(holdpoint::engine::Work, Duration)>,
    pub most_at_once: usize,
    pub took: Duration,
    pub disk: Option<Disk>,
    text: String,
    ledger: Ledger,
}

pub fn scene(text: impl Into<String>) -> Scene {
    Scene {
        text: text.into(),
        changed: None,
        mind: None,
        unread: Rc::default(),
        readings: BTreeMap::new(),
        doings: BTreeMap::new(),
        slow: BTreeMap::new(),
        vars: BTreeMap::new(),
        left_running: Vec::new(),
        pinned: jane(),
        jobs: 32,
        dry: false,
        stop_after: None,
        begins: ORIGIN,
        changes: Vec::new(),
        truth: Rc::default(),
        requests_rollback: false,
        edited: false,
        before: None,
        ledger: Ledger::default(),
        fate: Fate::new(None),
    }
}

pub fn says(answer: Answer) -> Reply {
    let name = Some("Ada L.".to_owned());
    let text = (answer == Answer::Done).then(|| "did it".to_owned());
    Reply::Answer { answer, said: Said { name, text, ..Said::default() } }
}

impl Scene {
    /// The answers in their order: too many or too few fail the test.
    pub fn answers(self, answers: impl IntoIterator<Item = Answer>) -> Self {
        self.replies(answers.into_iter().map(says))
    }

    pub fn replies(mut self, replies: impl IntoIterator<Item = Reply>) -> Self {
        let mut left: VecDeque<Reply> = replies.into_iter().collect();
        self.unread.set(left.len());
        let unread = Rc::clone(&self.unread);
        self.mind = Some(Box::new(move |brief: &Brief| {
            let reply = left.pop_front();
            unread.set(left.len());
            reply.unwrap_or_else(|| panic!("nobody knows what to say to {:?}", brief.question))
        }));
        self
    }

    pub fn mind(mut self, mind: impl FnMut(&Brief) -> Reply + 'static) -> Self {
        self.mind = Some(Box::new(mind));
        self
    }

    pub fn reading(mut self, path: &str, seen: impl IntoIterator<Item = Reading>) -> Self {
        self.readings.insert(path.to_owned(), seen.into_iter().collect());
        self
    }

    pub fn slow(mut self, path: &str, takes: Duration) -> Self {
        self.slow.insert(path.to_owned(), takes);
        self
    }

    pub fn doing(mut self, step: &str, does: impl IntoIterator<Item = Doing>) -> Self {
        self.doings.insert(step.to_owned(), does.into_iter().collect());
        self
    }

    pub fn var(mut self, name: &str, value: &str) -> Self {
        self.vars.insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn jobs(self, jobs: usize) -> Self {
        Self { jobs, ..self }
    }

    pub fn dry(self) -> Self {
        Self { dry: true, ..self }
    }

    /// Ctrl-C after this long.
    pub fn stopped_after(self, after: Duration) -> Self {
        Self { stop_after: Some(after), ..self }
    }

    /// Somebody edits the runbook's file: the next look at it finds another text, once.
    pub fn edited(self, text: impl Into<String>) -> Self {
        Self { edited: true, changed: Some(text.into()), ..self }
    }

    pub fn left_running(mut self, processes: &[&str]) -> Self {
        self.left_running = processes.iter().map(ToString::to_string).collect();
        self
    }

    /// Another runbook stands in the file when the session is resumed.
    pub fn changed(self, text: impl Into<String>) -> Self {
        Self { changed: Some(text.into()), ..self }
    }

    pub fn fate(self, fate: Rc<Fate>) -> Self {
        Self { fate, ..self }
    }

    /// Goes on with what a power loss or a death has left of a journal.
    pub fn found(self, bytes: Vec<u8>) -> Self {
        Self { before: Some(bytes), ..self }
    }

    /// What happens will stand here.
    pub fn ledger_of(&self) -> Ledger {
        Rc::clone(&self.ledger)
    }

    /// Somebody comes to roll back, and does not just resume.
    pub fn requests_rollback(self) -> Self {
        Self { requests_rollback: true, ..self }
    }

    pub fn ledger(self, ledger: Ledger) -> Self {
        Self { ledger, ..self }
    }

    /// Plays it to its end, in paused time.
    pub fn run(self) -> Played {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        let unread = Rc::clone(&self.unread);
        let played = runtime.block_on(self.play());
        assert_eq!(unread.get(), 0, "answers that nobody asked for");
        played
    }

    async fn play(mut self) -> Played {
        let began = Instant::now();
        self.truth.begin(self.begins);
        let book = parsed(&self.text);
        let changed = self.changed.as_deref().map(parsed);
        let values = values(changed.as_ref().unwrap_or(&book), &self.vars);
        let cast = self.cast(began);
        let disk = Shared::new(self.before.as_deref().map(Disk::holding).unwrap_or_default());
        let storage = MortalDisk { disk: disk.clone(), fate: Rc::clone(&self.fate) };
        let mut kept = self.begin(&book, &values, storage);
        let subject = Subject { runbook: &book, values: &values, by: &ada() };
        let driven = cast.drive(subject, changed.as_ref(), self.edited, kept.record());
        let condition = tokio::select! {
            biased;
            condition = driven => condition.filter(|_| !self.fate.is_dead()),
            () = self.fate.comes() => None,
        };
        self.truth.end();
        let (entries, session) = kept.told();
        let effects = self.ledger.borrow().clone();
        Played {
            condition,
            entries,
            text: session.runbook_text().to_owned(),
            session,
            effects,
            asked: cast.person.asked.into_inner(),
            observed: cast.eyes.observed.into_inner(),
            works: cast.hands.works.into_inner(),
            most_at_once: cast.eyes.most.get(),
            took: began.elapsed(),
            disk: (!self.dry).then(|| disk.disk()),
            ledger: self.ledger,
        }
    }

    fn cast(&mut self, began: Instant) -> Cast {
        let (fate, ledger) = (Rc::clone(&self.fate), Rc::clone(&self.ledger));
        let nobody: Mind = Box::new(|_| Reply::Nobody(Hold::NoTerminal));
        let mind = RefCell::new(self.mind.take().unwrap_or(nobody));
        Cast {
            hands: Hands {
                fate: Rc::clone(&fate),
                ledger: Rc::clone(&ledger),
                truth: Rc::clone(&self.truth),
                script: RefCell::new(take(&mut self.doings)),
                works: RefCell::default(),
                left_running: RefCell::new(take(&mut self.left_running)),
                began,
            },
            eyes: Eyes {
                fate: Rc::clone(&fate),
                ledger,
                truth: Rc::clone(&self.truth),
                script: RefCell::new(take(&mut self.readings)),
                slow: take(&mut self.slow),
                observed: RefCell::default(),
                now: Cell::new(0),
                most: Cell::new(0),
                began,
            },
            person: Someone { fate, mind, asked: RefCell::default() },
            clock: Still(Rc::clone(&self.truth)),
            file: File(Cell::new(self.edited)),
            changes: take(&mut self.changes),
            jobs: self.jobs,
            stop_after: self.stop_after,
        }
    }

    /// The journal, begun or gone on with; nothing where the process died before it had one.
    fn begin(&self, book: &Runbook, values: &Values, storage: MortalDisk) -> Kept {
        let at = Moment::from_millis(self.begins);
        if let Some(bytes) = &self.before {
            let journal = resumed(storage, bytes.clone(), at, self.requests_rollback);
            return self.sealed(journal);
        }
        let opened = opened(book, values, &self.pinned);
        if self.dry {
            let mut dry = DryRecord::default();
            dry.record(at, Event::Opened(Box::new(opened))).expect("the first event");
            return Kept::Dry(Box::new(dry));
        }
        self.sealed(Journal::create(storage, at, opened, &draw).ok())
    }

    fn sealed(&self, journal: Option<Journal<MortalDisk>>) -> Kept {
        let sealed = |journal| Kept::Journal(Box::new(Sealed::new(journal, &self.truth)));
        journal.map_or(Kept::Nothing, sealed)
    }
}

impl Played {
    /// The kinds of all entries, in order.
    pub fn kinds(&self) -> Vec<&'static str> {
        self.entries.iter().map(|entry| entry.event.kind()).collect()
    }

    pub fn questions(&self) -> Vec<Question> {
        self.asked.iter().map(|(question, _)| question.clone()).collect()
    }

    /// The journal's bytes as another process finds them.
    pub fn bytes(&self) -> Vec<u8> {
        let disk = self.disk.as_ref().expect("a dry run has no journal");
        disk.seen().expect("the journal is there").to_vec()
    }

    /// The same session in another process.
    pub fn resume(&self) -> Scene {
        let bytes = self.bytes();
        let history = History::read(&bytes).expect("the journal reads");
        assert!(history.entries.starts_with(&self.entries), "entries were lost");
        scene(self.text.clone()).found(bytes).ledger(Rc::clone(&self.ledger))
    }
}
