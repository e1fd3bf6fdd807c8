//! No process outlives the command that started it: finds what a command left behind, and ends it.
//!
//! On Linux the engine adopts orphans ([`adopt_orphans`]): whatever a command started and left,
//! however far it moved away, becomes a child of ours and is found in our own list of children.
//! Elsewhere, or before that call, only the command's process group is ended.
//!
//! Which command an orphan belongs to is told by its session, then by [`TAG`] in its environment.
//! An orphan that hid both is ended when no other command runs. A process of our own session is
//! never touched: no command's can be in it.

use std::io;
use std::process;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{
    Signal, WaitId, WaitIdOptions, WaitOptions, kill_process, kill_process_group,
    test_kill_process_group, waitid, waitpid,
};
use tokio::time::{Instant, sleep};

use crate::engine::{Stop, StopLevel};

mod left;
mod table;

pub(super) use left::end_left;
pub use left::still_running;

use table::Said;

/// The variable that holds the name of one run of one command.
pub const TAG: &str = "HOLDPOINT_COMMAND";

/// The variable that holds `session/step` for an action.
pub const STEP: &str = "HOLDPOINT_STEP";

/// How long after being killed a process may be seen before we give up on it: one of another user,
/// or one that waits for a dead disk.
pub(super) const GIVE_UP: Duration = Duration::from_secs(5);

/// Which children are whose. One for the whole process, because the kernel's list of children is.
static LEDGER: Mutex<Ledger> = Mutex::new(Ledger::new());

struct Ledger {
    adopting: bool,
    running: Vec<(u32, String)>,
    /// What was there before us or may go on: number and beginning.
    spared: Vec<(u32, Option<u64>)>,
    spared_tags: Vec<String>,
    /// What an earlier process's action left and what did not end: whose, number and beginning.
    unended: Vec<(String, u32, u64)>,
}

impl Ledger {
    const fn new() -> Self {
        Self {
            adopting: false,
            running: Vec::new(),
            spared: Vec::new(),
            spared_tags: Vec::new(),
            unended: Vec::new(),
        }
    }

    /// Whose a child of ours is that no command is the parent of.
    fn owner(&self, command: &Running, pid: u32) -> Owner {
        let session = table::session(pid);
        if self.spared.contains(&(pid, table::began(pid))) {
            return Owner::Another;
        }
        let owner_is = |whose| if whose { Owner::Command } else { Owner::Another };
        if let Some((main, _)) = self.running.iter().find(|(main, _)| session == Some(*main)) {
            return owner_is(*main == command.pid);
        }
        match table::variable(pid, TAG) {
            Said::NotNow => Owner::Unclear,
            Said::Value(tag) if tag == command.tag => Owner::Command,
            Said::Value(tag) if self.running.iter().any(|(_, other)| *other == tag) => {
                Owner::Another
            }
            Said::Value(tag) if self.spared_tags.contains(&tag) => Owner::Another,
            Said::Value(_) | Said::Nothing => owner_is(self.running.len() == 1),
        }
    }

    /// The orphans that the command left, without those that are dead, which are reaped; where
    /// `maybe` is true, also those of which nobody knows yet.
    fn orphans(&self, command: &Running, maybe: bool) -> Vec<u32> {
        // The kernel tells in one call that there is no child at all, as is the rule.
        if !self.adopting || !has_children() {
            return Vec::new();
        }
        let ours = table::session(process::id());
        loop {
            let mut children = table::children(process::id());
            // A main process has somebody who waits for it, and so have those in our own session.
            children.retain(|pid| !self.running.iter().any(|(main, _)| main == pid));
            children
                .retain(|pid| table::session(*pid).is_some_and(|session| Some(session) != ours));
            let before = children.len();
            children.retain(|pid| !reap(*pid));
            if children.len() < before {
                // What the dead one was the parent of may be ours since we made the list.
                continue;
            }
            children.retain(|pid| match self.owner(command, *pid) {
                Owner::Command => true,
                Owner::Another => false,
                Owner::Unclear => maybe,
            });
            return children;
        }
    }
}

enum Owner {
    Command,
    Another,
    Unclear,
}

/// Whether this process has any child, dead or alive.
fn has_children() -> bool {
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    !matches!(waitid(WaitId::All, look), Err(Errno::CHILD))
}

/// Waits for a child that nobody else waits for, if it is dead.
fn reap(pid: u32) -> bool {
    let id = table::id(pid).expect("the kernel lists only numbers that it takes");
    matches!(waitpid(Some(id), WaitOptions::NOHANG), Ok(Some(_)))
}

fn ledger() -> MutexGuard<'static, Ledger> {
    LEDGER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes this process the one that orphans of its commands fall to. Once, at the start of the
/// program, before any command. Children that it has already are never touched.
///
/// # Errors
/// Where the kernel does not allow it. Does nothing on systems that know no such thing.
pub fn adopt_orphans() -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        let mut ledger = ledger();
        rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
        let children = table::children(process::id());
        ledger.spared.extend(children.into_iter().map(|pid| (pid, table::began(pid))));
        ledger.adopting = true;
    }
    Ok(())
}

/// Everything that runs below a process, parents before their children.
#[must_use]
pub fn descendants(pid: u32) -> Vec<u32> {
    table::below(vec![pid]).split_off(1)
}

/// A process that was found after its command had ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Process id.
    pub pid: u32,
    /// Its command line.
    pub line: String,
}

/// A command that runs, or whose remains are not swept yet. Dropped before that, it is killed with
/// everything that belongs to it.
pub(super) struct Running {
    pid: u32,
    tag: String,
    main_runs: bool,
    swept: bool,
}

impl Running {
    /// Starts a command, so that nobody can mistake it for an orphan in between.
    pub(super) fn start<C>(
        tag: &str,
        start: impl FnOnce() -> io::Result<(C, u32)>,
    ) -> io::Result<(C, Self)> {
        let mut ledger = ledger();
        let (child, pid) = start()?;
        ledger.running.push((pid, tag.to_owned()));
        Ok((child, Self { pid, tag: tag.to_owned(), main_runs: true, swept: false }))
    }

    /// The main process has ended and was waited for.
    pub(super) fn main_ended(&mut self) {
        self.main_runs = false;
    }

    /// The main process does not end, whatever we do: it is not ours any more. Says so.
    pub(super) fn give_up(&mut self) -> String {
        ledger().spared.push((self.pid, table::began(self.pid)));
        self.main_runs = false;
        format!("process {} does not end though it was killed", self.pid)
    }

    /// Asks everything that belongs to the command to end, even what is stopped.
    pub(super) fn ask_to_end(&self) {
        let ledger = ledger();
        let tree = self.tree(&ledger);
        for signal in [Signal::TERM, Signal::CONT] {
            self.signal(&ledger, &tree, signal);
        }
    }

    /// Kills everything that belongs to the command.
    ///
    /// First all of it is stopped, until no new process shows up: what is stopped cannot fork.
    pub(super) fn kill(&self) {
        let ledger = ledger();
        let mut stopped = Vec::new();
        for _round in 0..64 {
            let mut tree = self.tree(&ledger);
            tree.retain(|pid| !stopped.contains(pid));
            if tree.is_empty() {
                break;
            }
            self.signal(&ledger, &tree, Signal::STOP);
            stopped.extend(tree);
        }
        self.signal(&ledger, &stopped, Signal::KILL);
    }

    fn tree(&self, ledger: &Ledger) -> Vec<u32> {
        let mut roots = ledger.orphans(self, false);
        roots.extend(self.main_runs.then_some(self.pid));
        table::below(roots)
    }

    fn signal(&self, ledger: &Ledger, tree: &[u32], signal: Signal) {
        // Failure means that it is gone, or another user's: who waits for it finds out.
        if !ledger.adopting
            && let Some(group) = table::id(self.pid)
        {
            let _gone = kill_process_group(group, signal);
        }
        for id in tree.iter().filter_map(|pid| table::id(*pid)) {
            let _gone = kill_process(id, signal);
        }
    }

    /// What is left now that the main process has ended.
    fn left(&self, maybe: bool) -> Vec<Left> {
        let ledger = ledger();
        let pids = if ledger.adopting {
            table::below(ledger.orphans(self, maybe))
        } else {
            table::all().into_iter().filter(|pid| table::is_alive_in(*pid, self.pid)).collect()
        };
        let named = |pid| Left { pid, line: table::command_line(pid) };
        let mut left: Vec<_> = pids.into_iter().map(named).collect();
        let group = table::id(self.pid).filter(|_| !cfg!(target_os = "linux"));
        if group.is_some_and(|group| test_kill_process_group(group).is_ok()) {
            left.push(Left { pid: self.pid, line: "(and its process group)".to_owned() });
        }
        left
    }

    /// Lets what is left go on, for as long as we live and longer.
    pub(super) async fn spare(mut self, linger: Duration) -> Vec<Left> {
        let left = self.outlast(linger).await;
        let mut ledger = ledger();
        ledger.spared.extend(left.iter().map(|left| (left.pid, table::began(left.pid))));
        ledger.spared_tags.push(self.tag.clone());
        drop(ledger);
        self.swept = true;
        left
    }

    /// Ends what is left: gives it a moment to end by itself, asks it, gives it `grace`, kills it.
    /// Returns what had to be asked, and what is there in spite of everything.
    pub(super) async fn sweep(
        mut self,
        linger: Duration,
        grace: Duration,
        stop: &Stop,
    ) -> (Vec<Left>, Vec<Left>) {
        let mut ended = self.outlast(linger).await;
        let mut left = ended.clone();
        if !left.is_empty() {
            self.ask_to_end();
            tokio::select! {
                rest = self.outlast(grace) => left = rest,
                () = stop.reached(StopLevel::Kill) => left = self.left(false),
            }
        }
        let until = Instant::now() + GIVE_UP;
        while !left.is_empty() && Instant::now() < until {
            self.kill();
            ended.extend(
                left.iter().filter(|one| !ended.contains(one)).cloned().collect::<Vec<_>>(),
            );
            left = self.outlast(Duration::from_millis(50)).await;
        }
        ledger().spared.extend(left.iter().map(|left| (left.pid, table::began(left.pid))));
        self.swept = true;
        (ended, left)
    }

    /// Waits until nothing is left, at most so long, and tells what is.
    async fn outlast(&self, most: Duration) -> Vec<Left> {
        let until = Instant::now() + most;
        let mut pause = Duration::from_millis(1);
        loop {
            let left = self.left(true);
            if left.is_empty() {
                return left;
            }
            if Instant::now() >= until {
                return self.left(false);
            }
            sleep(pause.min(until - Instant::now())).await;
            pause = (2 * pause).min(Duration::from_millis(20));
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.swept {
            self.kill();
        }
        ledger().running.retain(|(pid, _)| *pid != self.pid);
    }
}
