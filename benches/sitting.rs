//! A whole session on the real host, with a person who always says yes.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]

use std::cell::Cell;
use std::fmt::Write as _;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::future::{FutureExt as _, LocalBoxFuture};
use holdpoint::engine::{
    News, Prompter, Reply, Said, Screen, Shelf, Stop, Stopper, Subject, Waits, World, drive,
};
use holdpoint::host::files::Files;
use holdpoint::host::identity::{WallClock, person};
use holdpoint::host::probe::HostProber;
use holdpoint::host::process::Commands;
use holdpoint::journal::{Journal, Storage};
use holdpoint::report::Brief;
use holdpoint::runbook::{Phase, Runbook, Values};
use holdpoint::session::{Answer, Opened, Target};
use holdpoint::text::Mask;
use holdpoint::value::{Digest, Moment, Name};

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// A runbook with that many steps of this kind in its first phase, and nothing else.
pub fn book(steps: usize, step: &str) -> Runbook {
    let mut text = String::from(
        "format = 1\n[runbook]\nid = \"bench\"\ntitle = \"Bench\"\nenvironment = \"local\"\n\
         component = \"bench\"\n[[phase]]\nname = \"Pre-Deployment Analysis\"\n",
    );
    for at in 0..steps {
        writeln!(text, "[[phase.step]]\nid = \"s{at}\"\ntitle = \"s\"\n{step}").unwrap();
    }
    text.push_str("[[phase.exit]]\ncriterion = \"Done\"\nproven_by = [\"s0\"]\n");
    for phase in &Phase::ALL[1..] {
        writeln!(text, "[[phase]]\nname = \"{}\"\nskip = \"a benchmark\"", phase.name()).unwrap();
    }
    Runbook::parse("bench.toml", &text).unwrap()
}

pub fn opened(book: &Runbook) -> Opened {
    Opened {
        format: Opened::FORMAT,
        session: name(),
        program: "bench".to_owned(),
        by: person(),
        directory: "/".to_owned(),
        runbook_path: "bench.toml".to_owned(),
        runbook_digest: book.source.digest,
        runbook_text: book.source.text.clone(),
        target: Target { environment: book.environment.clone(), component: book.component.clone() },
        git: None,
        aws: None,
        variables: Vec::new(),
        rehearsal: None,
    }
}

fn name() -> Name {
    "bench".parse().unwrap()
}

/// Drives a session to its end; the time from its first gate on.
pub fn session(book: &Runbook, path: &Path, jobs: usize) -> Duration {
    let files = Files::create(path).unwrap();
    let head = |_: &_, _: &[_]| String::new();
    let mut journal = Journal::create(files, Moment::from_millis(0), opened(book), &head).unwrap();
    let directory = std::env::temp_dir();
    let commands = Rc::new(Commands::new(name(), directory.clone(), Mask::default()));
    let prober = HostProber::new(directory, Mask::default(), commands.clone());
    let (_stopper, stop) = Stopper::new();
    let yes = Yes { first: Cell::new(None) };
    let world = World {
        clock: &WallClock,
        prober: &prober,
        actor: &*commands,
        prompter: &yes,
        screen: &Dark,
        shelf: &Dark,
        stop: &stop,
        jobs,
        waits: Waits::Whole,
    };
    let by = person();
    let values = Values::default();
    let subject = Subject { runbook: book, values: &values, by: &by };
    runtime().block_on(drive(subject, &mut journal, &world)).unwrap();
    yes.first.get().unwrap().elapsed()
}

/// A person who always says yes.
struct Yes {
    first: Cell<Option<Instant>>,
}

impl Prompter for Yes {
    #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
    fn ask<'a>(&'a self, _: &'a Brief, _: &'a Stop) -> LocalBoxFuture<'a, Reply> {
        self.first.set(self.first.get().or_else(|| Some(Instant::now())));
        let reply = Reply::Answer { answer: Answer::Proceed, said: Said::default() };
        std::future::ready(reply).boxed_local()
    }
}

/// A screen that shows nothing.
struct Dark;

impl Screen for Dark {
    fn show(&self, _: &News<'_>) {}
}

/// A journal that nobody keeps.
#[derive(Debug)]
pub struct Memory;

impl Storage for Memory {
    fn append(&mut self, _: &[u8]) -> std::io::Result<()> {
        Ok(())
    }

    fn sync(&mut self) -> std::io::Result<()> {
        Ok(())
    }

    fn truncate(&mut self, _: u64) -> std::io::Result<()> {
        Ok(())
    }

    fn reserve(&mut self, _: u64) -> std::io::Result<()> {
        Ok(())
    }

    fn replace(&mut self, _: &[u8]) -> std::io::Result<()> {
        Ok(())
    }

    fn set_aside(&mut self, suffix: &str, _: &[u8]) -> std::io::Result<String> {
        Ok(suffix.to_owned())
    }
}

impl Shelf for Dark {
    fn is_edited(&self, _: Digest) -> bool {
        false
    }
}
