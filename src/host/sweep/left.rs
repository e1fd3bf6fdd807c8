//! What a step's action left running when the engine that ran it died: found by [`STEP`] in its
//! environment, with everything below it, and ended where a person says so.
//!
//! Neither we, nor what we come from, nor what we started is ever among it: whoever works in a
//! terminal that a step opened carries that step's name, and does not want to end themselves.

use std::collections::HashSet;
use std::process;
use std::time::Duration;

use rustix::process::{Signal, kill_process};
#[cfg(target_os = "linux")]
use rustix::{
    io::Errno,
    process::{PidfdFlags, pidfd_open, pidfd_send_signal},
};
use tokio::time::{Instant, sleep};

use super::table::{self, Life, Said};
use super::{GIVE_UP, STEP, ledger};
use crate::engine::{Stop, StopLevel};

/// Between two looks at what should be gone.
const LOOK: Duration = Duration::from_millis(5);

/// So many looks in a row must find nothing before nothing is there: a process that is becoming
/// another program, or just came to be, can hide from one.
const LOOKS: u32 = 3;

/// So often a look is made again at once while somebody could not be read.
const GLANCES: u32 = 20;

/// A process, told apart from a later one of the same number by its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Known {
    pid: u32,
    began: u64,
}

impl Known {
    /// The process of this number that lives now and was born by `parent`, if that is given.
    fn living(pid: u32, parent: Option<u32>) -> Option<Self> {
        let life = Life::of(pid).filter(|life| !life.over)?;
        let is_child = parent.is_none_or(|parent| life.parent == parent);
        is_child.then_some(Self { pid, began: life.began })
    }

    fn lives(self) -> bool {
        Self::living(self.pid, None) == Some(self)
    }
}

/// What an earlier process's attempts of one step left running.
struct Leftovers {
    /// `session/step`.
    tag: String,
    /// Everybody who was ever found and lives: who lost the parent that told whose it is, is still
    /// who it was.
    known: Vec<Known>,
}

impl Leftovers {
    fn of(session: &str, step: &str) -> Self {
        let tag = format!("{session}/{step}");
        let ledger = ledger();
        let unended = ledger.unended.iter().filter(|(whose, ..)| *whose == tag);
        let known = unended.map(|(_, pid, began)| Known { pid: *pid, began: *began }).collect();
        Self { tag, known }
    }

    /// Looks who is there, parents before their children. The other one tells whether somebody
    /// could not be read just then.
    fn look(&mut self) -> (Vec<Known>, bool) {
        let ours = Ours::now();
        let mut unclear = false;
        let mut tree: Vec<Known> = Vec::new();
        for pid in table::all() {
            match table::variable(pid, STEP) {
                Said::Value(tag) if tag == self.tag && !ours.has(pid) => {
                    tree.extend(self.tagged(pid));
                }
                Said::NotNow => unclear |= Known::living(pid, None).is_some() && !ours.has(pid),
                Said::Value(_) | Said::Nothing => {}
            }
        }
        self.known.retain(|known| known.lives());
        tree.extend(&self.known);
        let mut seen = HashSet::new();
        tree.retain(|known| seen.insert(known.pid));
        let mut at = 0;
        while at < tree.len() {
            let parent = tree[at].pid;
            let children = table::children(parent).into_iter().filter(|pid| !ours.has(*pid));
            let children = children.filter_map(|pid| Known::living(pid, Some(parent)));
            tree.extend(children.filter(|child| seen.insert(child.pid)).collect::<Vec<_>>());
            at += 1;
        }
        self.known.clone_from(&tree);
        (tree, unclear)
    }

    /// The process of this number, if it has the tag: both are read of the same one.
    fn tagged(&self, pid: u32) -> Option<Known> {
        let known = Known::living(pid, None)?;
        let has_it = matches!(table::variable(pid, STEP), Said::Value(tag) if tag == self.tag);
        (has_it && known.lives()).then_some(known)
    }

    /// Whether nothing of it is there, for sure.
    async fn are_gone(&mut self) -> bool {
        let (mut empty, mut unclear) = (0, 0);
        while empty < LOOKS && unclear < GLANCES {
            match self.look() {
                (found, _) if !found.is_empty() => return false,
                (_, true) => unclear += 1,
                (_, false) => empty += 1,
            }
            sleep(LOOK).await;
        }
        true
    }

    async fn outlast(&mut self, most: Duration) {
        let until = Instant::now() + most;
        while !self.are_gone().await && Instant::now() < until {
            sleep(LOOK).await;
        }
    }

    /// Asks all of it to end, even what is stopped.
    fn ask_to_end(&mut self) {
        let (tree, _) = self.look();
        for sent in [Signal::TERM, Signal::CONT] {
            for known in &tree {
                signal(*known, sent);
            }
        }
    }

    /// Kills all of it. First it is stopped, until nobody new shows up: what is stopped cannot
    /// fork.
    fn kill(&mut self) {
        let mut stopped: Vec<Known> = Vec::new();
        for _round in 0..64 {
            let (mut tree, _) = self.look();
            tree.retain(|known| !stopped.contains(known));
            if tree.is_empty() {
                break;
            }
            for known in &tree {
                signal(*known, Signal::STOP);
            }
            stopped.extend(tree);
        }
        for known in stopped {
            signal(known, Signal::KILL);
        }
    }
}

/// Sends a signal to exactly this process, and not to another one that has its number by now.
fn signal(known: Known, signal: Signal) {
    let Some(id) = table::id(known.pid) else { return };
    // Failure means that it is gone, or another user's: who looks again finds out.
    #[cfg(target_os = "linux")]
    match pidfd_open(id, PidfdFlags::empty()) {
        // The handle holds on to who has the number now: the look and the signal are at the same.
        Ok(handle) => {
            if known.lives() {
                let _gone = pidfd_send_signal(handle, signal);
            }
            return;
        }
        Err(Errno::SRCH) => return,
        // An old kernel, or a sandbox that does not give handles out.
        Err(_) => {}
    }
    if known.lives() {
        let _gone = kill_process(id, signal);
    }
}

/// Those that are never touched.
struct Ours {
    session: Option<u32>,
    family: HashSet<u32>,
}

impl Ours {
    fn now() -> Self {
        let me = process::id();
        let mut family: HashSet<u32> = table::below(vec![me]).into_iter().collect();
        let mut at = me;
        while let Some(life) = Life::of(at).filter(|life| life.parent > 0)
            && family.insert(life.parent)
        {
            at = life.parent;
        }
        Self { session: table::session(me), family }
    }

    fn has(&self, pid: u32) -> bool {
        let in_session = || self.session.is_some() && table::session(pid) == self.session;
        self.family.contains(&pid) || in_session()
    }
}

/// The processes of a step's action that run now, with their command lines: after a crash of the
/// engine, this tells whether the action goes on without it.
#[must_use]
pub fn still_running(session: &str, step: &str) -> Vec<(u32, String)> {
    let mut leftovers = Leftovers::of(session, step);
    let mut looks = (0..GLANCES).map(|_| leftovers.look());
    let found = looks.find(|(found, unclear)| !found.is_empty() || !unclear);
    let found = found.map(|(found, _)| found).unwrap_or_default();
    found.into_iter().map(|known| (known.pid, table::command_line(known.pid))).collect()
}

/// Ends what [`still_running`] finds: asks it, gives it `grace`, then kills it until nothing of it
/// is left. What does not end even then goes on to be told as running.
///
/// Does nothing where it is to stop before it begins. Asked to stop later, it goes on: what was
/// asked to end gets its grace, as the command that runs does; asked once more, it kills at once.
pub(crate) async fn end_left(session: &str, step: &str, grace: Duration, stop: &Stop) {
    let mut leftovers = Leftovers::of(session, step);
    if stop.level() > StopLevel::None || leftovers.are_gone().await {
        return;
    }
    leftovers.ask_to_end();
    tokio::select! {
        () = leftovers.outlast(grace) => {}
        () = stop.reached(StopLevel::Kill) => {}
    }
    let until = Instant::now() + GIVE_UP;
    while !leftovers.are_gone().await && Instant::now() < until {
        leftovers.kill();
        sleep(LOOK).await;
    }
    let left = leftovers.known.iter().filter(|known| known.lives());
    let left = left.map(|known| (leftovers.tag.clone(), known.pid, known.began));
    ledger().unended.extend(left);
}
