//! Everything that the engine reaches, played from a script: a clock that only moves when nobody
//! works, eyes, hands that keep a ledger, a person, and a disk. The process can die in any of
//! them. Asserts one thing only: that nobody is asked who has no answer.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{FutureExt as _, LocalBoxFuture};
use holdpoint::check::cloud::{Cloud, Identity};
use holdpoint::check::{Exit, FileSeen, Obstacle, Probe, Reading};
use holdpoint::engine::{
    Acted, Actor, Asked, Clock, News, Prober, Prompter, Reply, Screen, Shelf, Stop, StopLevel, Work,
};
use holdpoint::journal::Storage;
use holdpoint::report::Brief;
use holdpoint::session::{Ending, Question};
use holdpoint::text::Capture;
use holdpoint::value::{Digest, Moment, Name, Span};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use crate::disk::{Arrives, Fault, Shared};

mod truth;

pub use truth::{Left, Truth};

/// When the process dies: at the boundary of this number, counted over everything it does.
#[derive(Debug)]
pub struct Fate {
    left: Cell<Option<u64>>,
    dead: Cell<bool>,
    told: Notify,
    /// How far an operation of the disk gets in which the process dies.
    pub cut: Cell<(usize, Arrives)>,
}

impl Fate {
    pub fn new(after: Option<u64>) -> Rc<Self> {
        let cut = Cell::new((1, Arrives::Nothing));
        Rc::new(Self { left: Cell::new(after), dead: Cell::new(false), told: Notify::new(), cut })
    }

    /// A boundary: whether the process is dead behind it.
    pub fn step(&self) -> bool {
        match self.left.get() {
            Some(0) => {
                self.dead.set(true);
                self.told.notify_one();
            }
            Some(left) => self.left.set(Some(left - 1)),
            None => {}
        }
        self.dead.get()
    }

    pub fn is_dead(&self) -> bool {
        self.dead.get()
    }

    /// Waits for the end.
    pub async fn comes(&self) {
        if !self.dead.get() {
            self.told.notified().await;
        }
    }

    /// A boundary in something that waits: whoever is dead never comes back.
    async fn pass(&self) {
        if self.step() {
            std::future::pending::<()>().await;
        }
    }
}

/// What an action did to the world, in the order of things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    Begun(String),
    Happened(String),
}

/// These actions began and happened, one after the other.
pub fn done(ids: &[&str]) -> Vec<Effect> {
    let both = |id: &&str| [Effect::Begun((*id).to_owned()), Effect::Happened((*id).to_owned())];
    ids.iter().flat_map(both).collect()
}

/// One attempt of an action.
#[derive(Clone, Debug)]
pub struct Doing {
    pub takes: Duration,
    pub ending: Ending,
    pub happens: bool,
}

impl Default for Doing {
    fn default() -> Self {
        Self { takes: Duration::ZERO, ending: Ending::Exit(Exit::Code(0)), happens: true }
    }
}

pub fn exits(code: i32) -> Doing {
    Doing { ending: Ending::Exit(Exit::Code(code)), ..Doing::default() }
}

pub type Ledger = Rc<RefCell<Vec<Effect>>>;

/// What is scripted for each name; the last one stands for all that follow.
pub type Script<T> = RefCell<BTreeMap<String, VecDeque<T>>>;

fn played<T: Clone>(script: &Script<T>, name: &str) -> Option<T> {
    let mut script = script.borrow_mut();
    let left = script.get_mut(name)?;
    if left.len() > 1 { left.pop_front() } else { left.front().cloned() }
}

pub struct Hands {
    pub fate: Rc<Fate>,
    pub ledger: Ledger,
    pub truth: Rc<Truth>,
    pub script: Script<Doing>,
    pub works: RefCell<Vec<(Work, Duration)>>,
    pub left_running: RefCell<Vec<String>>,
    pub began: Instant,
}

impl Actor for Hands {
    fn act<'a>(
        &'a self,
        work: &'a Work,
        stop: &'a Stop,
        line: &'a dyn Fn(&str),
    ) -> LocalBoxFuture<'a, Acted> {
        async move {
            let step = work.step.to_string();
            self.fate.pass().await;
            self.truth.settle(&self.ledger);
            self.works.borrow_mut().push((work.clone(), self.began.elapsed()));
            let doing = played(&self.script, &step).unwrap_or_default();
            let ended = |ending| Acted { ending, output: Capture::whole("done\n") };
            if let Ending::NotStarted(_) = doing.ending {
                return ended(doing.ending);
            }
            self.ledger.borrow_mut().push(Effect::Begun(step.clone()));
            self.fate.pass().await;
            line("at work");
            let over = tokio::select! {
                biased;
                () = stop.reached(StopLevel::Polite) => Some(Ending::Interrupted),
                () = sleep(work.timeout.duration()), if doing.takes > work.timeout.duration() => {
                    Some(Ending::Timeout)
                }
                () = sleep(doing.takes), if !doing.takes.is_zero() => None,
                () = std::future::ready(()), if doing.takes.is_zero() => None,
            };
            if let Some(ending) = over {
                return ended(ending);
            }
            if doing.happens {
                self.ledger.borrow_mut().push(Effect::Happened(step));
            }
            self.fate.pass().await;
            ended(doing.ending)
        }
        .boxed_local()
    }

    fn left_running(&self, step: &Name) -> Vec<String> {
        self.truth.settle(&self.ledger);
        if self.truth.is_left(step.as_str()) {
            return vec!["1234 do".to_owned()];
        }
        self.left_running.borrow().clone()
    }

    fn end_left<'a>(&'a self, _step: &'a Name, _stop: &'a Stop) -> LocalBoxFuture<'a, ()> {
        async move {
            self.fate.pass().await;
            self.left_running.borrow_mut().clear();
            let _ended = self.truth.left.take();
        }
        .boxed_local()
    }
}

pub struct Eyes {
    pub fate: Rc<Fate>,
    pub ledger: Ledger,
    pub truth: Rc<Truth>,
    pub script: Script<Reading>,
    pub slow: BTreeMap<String, Duration>,
    pub observed: RefCell<Vec<(String, Duration)>>,
    pub now: Cell<usize>,
    pub most: Cell<usize>,
    pub began: Instant,
}

/// A file that is there, or not.
pub fn file(there: bool) -> Reading {
    let seen = FileSeen { bytes: 1, age_seconds: 0, sha256: None, text: None };
    Reading::File(there.then_some(seen))
}

pub fn unknown() -> Reading {
    Reading::Nothing(Obstacle::Error("the network is down".to_owned()))
}

/// What is scripted under this name is who asks AWS.
pub const AWS: &str = "aws";

/// Who asks AWS, unless a script says otherwise: the one that a session is pinned to.
pub fn jane() -> Identity {
    Identity {
        account: "123456789012".to_owned(),
        arn: "arn:aws:sts::123456789012:assumed-role/deployer/jane".to_owned(),
        region: "eu-west-1".to_owned(),
        endpoint: None,
    }
}

/// A path below this one is there when the action of that name has happened.
/// What is scripted for it comes first.
pub const HAPPENED: &str = "happened/";

impl Prober for Eyes {
    fn observe<'a>(
        &'a self,
        asked: Asked<'a>,
        timeout: Span,
        stop: &'a Stop,
    ) -> LocalBoxFuture<'a, Reading> {
        async move {
            let aws = AWS.to_owned();
            let path = match asked.probe {
                Probe::File { path, .. } => path,
                Probe::Cloud(Cloud::Identity) => &aws,
                _ => panic!("only files are played: {asked:?}"),
            };
            self.fate.pass().await;
            self.observed.borrow_mut().push((path.clone(), self.began.elapsed()));
            self.now.set(self.now.get() + 1);
            self.most.set(self.most.get().max(self.now.get()));
            let takes = self.slow.get(path).copied().unwrap_or_default();
            let late = takes > timeout.duration();
            let reading = tokio::select! {
                biased;
                () = stop.reached(StopLevel::Polite) => Reading::Nothing(Obstacle::Interrupted),
                () = sleep(takes.min(timeout.duration())), if !takes.is_zero() => {
                    if late { Reading::Nothing(Obstacle::Timeout) } else { self.sees(path) }
                }
                () = std::future::ready(()), if takes.is_zero() => self.sees(path),
            };
            self.now.set(self.now.get() - 1);
            self.truth.looked(path, &reading);
            self.fate.pass().await;
            reading
        }
        .boxed_local()
    }
}

impl Eyes {
    fn sees(&self, path: &str) -> Reading {
        if let Some(step) = path.strip_prefix(HAPPENED) {
            let told = self.script.borrow_mut().get_mut(path).and_then(VecDeque::pop_front);
            if let Some(reading) = told {
                return reading;
            }
            self.truth.settle(&self.ledger);
            let happened = Effect::Happened(step.to_owned());
            return file(self.ledger.borrow().contains(&happened));
        }
        let there = || if path == AWS { Reading::Identity(jane()) } else { file(true) };
        played(&self.script, path).unwrap_or_else(there)
    }
}

/// Answers a question, as a person who has read what was shown.
pub type Mind = Box<dyn FnMut(&Brief) -> Reply>;

pub struct Someone {
    pub fate: Rc<Fate>,
    pub mind: RefCell<Mind>,
    pub asked: RefCell<Vec<(Question, Vec<String>)>>,
}

impl Prompter for Someone {
    fn ask<'a>(&'a self, brief: &'a Brief, _stop: &'a Stop) -> LocalBoxFuture<'a, Reply> {
        async move {
            self.fate.pass().await;
            self.asked.borrow_mut().push((brief.question.clone(), brief.text()));
            let reply = (self.mind.borrow_mut())(brief);
            self.fate.pass().await;
            reply
        }
        .boxed_local()
    }
}

/// Time that stands still while anybody works, as a clock tells it that may be wrong.
pub struct Still(pub Rc<Truth>);

impl Clock for Still {
    fn now(&self) -> Moment {
        self.0.wall()
    }
}

/// Has a runbook's file that somebody edits, or nobody.
#[derive(Default)]
pub struct File(pub Cell<bool>);

impl Shelf for File {
    fn is_edited(&self, _followed: Digest) -> bool {
        self.0.take()
    }
}

/// Hears everything, and remembers the kinds of what was recorded.
#[derive(Default)]
pub struct Wall(pub RefCell<Vec<&'static str>>);

impl Screen for Wall {
    fn show(&self, news: &News<'_>) {
        if let News::Recorded(entry, _) = news {
            self.0.borrow_mut().push(entry.event.kind());
        }
    }
}

/// The disk of a process that may die in the middle of every operation, and then does no other.
#[derive(Clone, Debug)]
pub struct MortalDisk {
    pub disk: Shared,
    pub fate: Rc<Fate>,
}

impl MortalDisk {
    fn operate<T>(&mut self, how: impl FnOnce(&mut Shared) -> io::Result<T>) -> io::Result<T> {
        let gone = || Err(io::Error::other("the process died"));
        if self.fate.is_dead() {
            return gone();
        }
        if self.fate.step() {
            let (sub, arrives) = self.fate.cut.get();
            let error = rustix::io::Errno::IO;
            let mut disk = self.disk.0.borrow_mut();
            let at = disk.operations + sub;
            disk.fault = Some(Fault { at, error, for_good: true, arrives });
            drop(disk);
            let _as_far_as_it_got = how(&mut self.disk);
            return gone();
        }
        how(&mut self.disk)
    }
}

impl Storage for MortalDisk {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.operate(|disk| disk.append(bytes))
    }

    fn sync(&mut self) -> io::Result<()> {
        self.operate(Storage::sync)
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.operate(|disk| disk.truncate(len))
    }

    fn reserve(&mut self, bytes: u64) -> io::Result<()> {
        self.operate(|disk| disk.reserve(bytes))
    }

    fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.operate(|disk| disk.replace(bytes))
    }

    fn set_aside(&mut self, suffix: &str, bytes: &[u8]) -> io::Result<String> {
        self.operate(|disk| disk.set_aside(suffix, bytes))
    }
}
