//! Runs commands: to their end, on time, in bounded memory, with nothing left of them.
//!
//! Never through a shell, unless the argument list names one. A command has no input and no
//! terminal.

use std::future::Future;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::pin::pin;
use std::process::{ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::FutureExt as _;
use futures_util::future::{LocalBoxFuture, join};

use super::probe::Runner;
use super::sweep::{STEP, end_left};
use crate::check::{Exit, Obstacle, Reading};
use crate::engine::{Acted, Actor, Stop, Work};
use crate::session::Ending;
use crate::text::{Capture, Limits, Mask};
use crate::value::{Name, Span};

mod end;
mod output;
mod start;

pub use super::sweep::{adopt_orphans, still_running};
pub use end::Patience;

use end::{End, Terms};
use output::{Output, pipe};
use start::{NotStarted, Recipe};

/// Runs the commands of one session.
///
/// A process that may go on after its command should not print into our pipe: nobody reads it any
/// more then, and the next thing it prints ends it (SIGPIPE).
#[derive(Clone, Debug)]
pub struct Commands {
    session: Name,
    directory: PathBuf,
    mask: Mask,
    patience: Patience,
}

impl Commands {
    /// Those of this session, in this directory, with these secrets hidden.
    #[must_use]
    pub fn new(session: Name, directory: PathBuf, mask: Mask) -> Self {
        Self { session, directory, mask, patience: Patience::default() }
    }

    /// The same with another patience.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Runs a command that only looks, its two streams kept apart.
    pub async fn run(&self, argv: &[String], timeout: Span, stop: &Stop) -> Reading {
        let error = |why: String| Reading::Nothing(Obstacle::Error(why));
        let (one, two) = match pipe().and_then(|one| Ok((one, pipe()?))) {
            Ok(pipes) => pipes,
            Err(why) => return error(format!("cannot make a pipe: {why}")),
        };
        let tag = next_tag();
        let environment = vec![("HOLDPOINT_SESSION", self.session.as_str())];
        let recipe = Recipe { argv, directory: &self.directory, environment, tag: &tag };
        let started = match recipe.start(Stdio::from(one.1), Stdio::from(two.1)) {
            Ok(started) => started,
            Err(NotStarted::Refused(why)) => return Reading::Refused(self.mask.mask(&why)),
            Err(NotStarted::Error(why)) => return error(self.mask.mask(&why)),
        };
        let mut stdout = Output::new(one.0, &self.mask, Limits::JUDGED, None);
        let mut stderr = Output::new(two.0, &self.mask, Limits::JUDGED, None);
        let terms = Terms { limit: timeout, leaves_running: false, patience: self.patience, stop };
        let (end, _) = beside(started.run_to_end(&terms), join(stdout.read(), stderr.read())).await;
        match end {
            End::Itself(status) => Reading::Ran {
                exit: exit(status),
                stdout: stdout.finish(&self.mask, &[]),
                stderr: stderr.finish(&self.mask, &[]),
            },
            End::Timeout => Reading::Nothing(Obstacle::Timeout),
            End::Interrupted => Reading::Nothing(Obstacle::Interrupted),
        }
    }

    async fn carry_out(&self, work: &Work, stop: &Stop, line: &dyn Fn(&str)) -> Acted {
        let not_started = |why: String| Acted {
            ending: Ending::NotStarted(self.mask.mask(&why)),
            output: Capture::default(),
        };
        let pipes = pipe().and_then(|(reader, writer)| Ok((reader, writer.try_clone()?, writer)));
        let (reader, stdout, stderr) = match pipes {
            Ok(pipes) => pipes,
            Err(why) => return not_started(format!("cannot make a pipe: {why}")),
        };
        let tag = next_tag();
        let whose = format!("{}/{}", self.session, work.step);
        let ours = [("HOLDPOINT_SESSION", self.session.as_str()), (STEP, whose.as_str())];
        let theirs = work.environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let environment = theirs.chain(ours).collect();
        let recipe =
            Recipe { argv: &work.argv, directory: &self.directory, environment, tag: &tag };
        let started = match recipe.start(Stdio::from(stdout), Stdio::from(stderr)) {
            Ok(started) => started,
            Err(why) => return not_started(why.into_text()),
        };
        let mut output = Output::new(reader, &self.mask, Limits::ACTION, Some(line));
        let Work { timeout: limit, leaves_running, .. } = *work;
        let terms = Terms { limit, leaves_running, patience: self.patience, stop };
        let (end, remarks) = beside(started.run_to_end(&terms), output.read()).await;
        let ending = match end {
            End::Itself(status) => Ending::Exit(exit(status)),
            End::Timeout => Ending::Timeout,
            End::Interrupted => Ending::Interrupted,
        };
        Acted { ending, output: output.finish(&self.mask, &remarks) }
    }
}

impl Actor for Commands {
    fn act<'a>(
        &'a self,
        work: &'a Work,
        stop: &'a Stop,
        line: &'a dyn Fn(&str),
    ) -> LocalBoxFuture<'a, Acted> {
        self.carry_out(work, stop, line).boxed_local()
    }

    fn left_running(&self, step: &Name) -> Vec<String> {
        still_running(self.session.as_str(), step.as_str())
            .into_iter()
            .map(|(pid, line)| format!("process {pid}: {}", self.mask.mask(&line)))
            .collect()
    }

    fn end_left<'a>(&'a self, step: &'a Name, stop: &'a Stop) -> LocalBoxFuture<'a, ()> {
        let grace = self.patience.grace;
        end_left(self.session.as_str(), step.as_str(), grace, stop).boxed_local()
    }
}

impl Runner for Commands {
    fn run<'a>(
        &'a self,
        argv: &'a [String],
        timeout: Span,
        stop: &'a Stop,
    ) -> LocalBoxFuture<'a, Reading> {
        Self::run(self, argv, timeout, stop).boxed_local()
    }
}

/// Reads beside the command until the command is over, however long the pipe stays open.
async fn beside<T>(command: impl Future<Output = T>, reading: impl Future) -> T {
    let mut command = pin!(command);
    tokio::select! {
        biased;
        end = &mut command => end,
        _ = reading => command.await,
    }
}

fn exit(status: ExitStatus) -> Exit {
    match (status.code(), status.signal()) {
        (Some(code), _) => Exit::Code(code),
        (None, signal) => Exit::Signal(signal.unwrap_or_default()),
    }
}

/// A name for one run of one command, unlike that of any other that is alive.
fn next_tag() -> String {
    static RUNS: AtomicU64 = AtomicU64::new(1);
    format!("{}-{}", std::process::id(), RUNS.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests;
