//! Looks and acts as ever, and keeps on the side what came of it. A recording that cannot be
//! written ends as one without a seal; the session goes on, for the journal is what counts.
#![expect(clippy::disallowed_methods, reason = "this is the edge: the recording's file")]

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use futures_util::future::{FutureExt as _, LocalBoxFuture};
use rustix::fs::OFlags;
use tokio::time::Instant;

use crate::check::{Claim, Obstacle, Reading};
use crate::engine::{Acted, Actor, Asked, Prober, Stop, Work};
use crate::session::Ending;
use crate::tape::{Begun, Key, Pen};
use crate::value::{Name, Span};

/// A recording's file, to which lines are appended.
#[derive(Debug)]
pub struct Recording {
    path: PathBuf,
    state: RefCell<State>,
}

#[derive(Debug)]
struct State {
    file: File,
    pen: Pen,
    failed: Option<io::Error>,
}

impl Recording {
    /// A new file with its first line, which takes no other's place.
    ///
    /// # Errors
    /// Where something is there already, or it cannot be written.
    pub fn create(path: &Path, begun: Begun) -> io::Result<Self> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o644).open(path)?;
        let mut pen = Pen::default();
        let written = file.write_all(pen.begun(begun).as_bytes()).and_then(|()| file.sync_all());
        if let Err(error) = written {
            let _ = std::fs::remove_file(path);
            return Err(error);
        }
        Ok(Self::with(path, file, pen))
    }

    /// Goes on behind these lines, which the file holds. What stands behind them is cut off.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn go_on(path: &Path, whole: &[u8]) -> io::Result<Self> {
        let flags = i32::try_from(OFlags::NOFOLLOW.bits()).expect("flags of open(2) fit an int");
        let file = OpenOptions::new().append(true).custom_flags(flags).open(path)?;
        file.set_len(whole.len() as u64)?;
        Ok(Self::with(path, file, Pen::behind(whole)))
    }

    fn with(path: &Path, file: File, pen: Pen) -> Self {
        let state = RefCell::new(State { file, pen, failed: None });
        Self { path: path.to_owned(), state }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes the file away again, where the session that was to be recorded never came to be.
    pub fn discard(self) {
        let _ = std::fs::remove_file(&self.path);
    }

    /// Seals what was recorded so far, and makes it durable.
    ///
    /// # Errors
    /// The first thing that went wrong since it was begun: it is then not whole, and has no seal.
    pub fn seal(&self) -> io::Result<()> {
        self.keep(Pen::seal);
        let state = &mut *self.state.borrow_mut();
        match state.failed.take() {
            Some(error) => Err(error),
            None => state.file.sync_all(),
        }
    }

    /// Keeps what was observed without it.
    pub fn saw(&self, step: &Name, claim: &Claim, reading: &Reading) {
        self.keep(|pen| pen.asked(step, claim, reading));
    }

    fn keep(&self, line: impl FnOnce(&mut Pen) -> String) {
        let state = &mut *self.state.borrow_mut();
        if state.failed.is_none() {
            let line = line(&mut state.pen);
            state.failed = state.file.write_all(line.as_bytes()).err();
        }
    }
}

/// The world, and a recording that listens.
pub struct Recorder<'a> {
    /// Looks.
    pub prober: &'a dyn Prober,
    /// Changes.
    pub actor: &'a dyn Actor,
    /// Listens.
    pub recording: &'a Recording,
}

impl Prober for Recorder<'_> {
    fn observe<'a>(
        &'a self,
        asked: Asked<'a>,
        timeout: Span,
        stop: &'a Stop,
    ) -> LocalBoxFuture<'a, Reading> {
        async move {
            let reading = self.prober.observe(asked, timeout, stop).await;
            // What was cut short says nothing about the world.
            if reading != Reading::Nothing(Obstacle::Interrupted) {
                self.recording.saw(asked.step, asked.claim, &reading);
            }
            reading
        }
        .boxed_local()
    }
}

impl Actor for Recorder<'_> {
    fn act<'a>(
        &'a self,
        work: &'a Work,
        stop: &'a Stop,
        line: &'a dyn Fn(&str),
    ) -> LocalBoxFuture<'a, Acted> {
        async move {
            let begun = Instant::now();
            let acted = self.actor.act(work, stop, line).await;
            if acted.ending != Ending::Interrupted {
                let took = Span::of(begun.elapsed());
                let key = Key::of_action(&work.step, &work.does);
                let (ending, output) = (acted.ending.clone(), acted.output.clone());
                self.recording.keep(|pen| pen.acted(key, ending, took, output));
            }
            acted
        }
        .boxed_local()
    }

    fn left_running(&self, step: &Name) -> Vec<String> {
        self.actor.left_running(step)
    }

    fn end_left<'a>(&'a self, step: &'a Name, stop: &'a Stop) -> LocalBoxFuture<'a, ()> {
        self.actor.end_left(step, stop)
    }
}
