//! How a command comes to its end: by itself, or brought about; and that nothing of it is left.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use process_wrap::tokio::ChildWrapper;
use tokio::time::{sleep, timeout};

use super::start::Started;
use crate::engine::{Stop, StopLevel};
use crate::host::sweep::{GIVE_UP, Left, Running};
use crate::value::Span;

/// How patient we are with a command that should end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How long what a command left behind may go on by itself: a `tee` that writes its last line.
    pub linger: Duration,
    /// From being asked to end to being killed.
    pub grace: Duration,
}

impl Patience {
    /// The most that is granted to what a command left behind.
    const REMAINS: Duration = Duration::from_secs(2);

    /// What a killed process may take to be gone before it is worth a remark.
    const DYING: Duration = Duration::from_millis(100);
}

impl Default for Patience {
    fn default() -> Self {
        Self { linger: Duration::from_millis(200), grace: Duration::from_secs(10) }
    }
}

/// What a command must keep to.
pub(super) struct Terms<'a> {
    pub(super) limit: Span,
    pub(super) leaves_running: bool,
    pub(super) patience: Patience,
    pub(super) stop: &'a Stop,
}

/// How the main process of a command ended.
pub(super) enum End {
    Itself(ExitStatus),
    Timeout,
    Interrupted,
}

impl Started {
    /// Waits for the end of a command, brings it about where it must be, and sweeps up. Tells what
    /// a reader of its output should know.
    pub(super) async fn run_to_end(self, terms: &Terms<'_>) -> (End, Vec<String>) {
        let Self { mut child, mut running } = self;
        // The innermost child: the wrapper around it would wait for the whole process group.
        let main = child.inner_mut();
        let end = tokio::select! {
            biased;
            status = main.wait() => ended(status),
            () = sleep(terms.limit.duration()) => (End::Timeout, Vec::new()),
            () = terms.stop.reached(StopLevel::Polite) => (End::Interrupted, Vec::new()),
        };
        let (end, mut remarks) = end;
        let by_itself = matches!(end, End::Itself(_));
        let gently = by_itself || bring_about(main, &running, terms).await;
        if gently || timeout(GIVE_UP, main.wait()).await.is_ok() {
            running.main_ended();
        } else {
            remarks.push(running.give_up());
        }
        let patience = terms.patience;
        if by_itself && terms.leaves_running {
            let left = running.spare(patience.linger).await;
            remarks.extend(names("left running", &left));
            return (end, remarks);
        }
        let (linger, grace) = if gently {
            (patience.linger, patience.grace.min(Patience::REMAINS))
        } else {
            (Patience::DYING, Duration::ZERO)
        };
        let (had, has) = running.sweep(linger, grace, terms.stop).await;
        remarks.extend(names("ended what was left running", &had));
        remarks.extend(names("could not end", &has));
        (end, remarks)
    }
}

fn ended(status: io::Result<ExitStatus>) -> (End, Vec<String>) {
    match status {
        Ok(status) => (End::Itself(status), Vec::new()),
        // Somebody else waited for it: nobody knows how it ended, so it must not count as done.
        Err(why) => (End::Interrupted, vec![format!("how the command ended is lost: {why}")]),
    }
}

/// Asks the command to end, then kills it. Tells whether asking was enough.
async fn bring_about(main: &mut dyn ChildWrapper, running: &Running, terms: &Terms<'_>) -> bool {
    if terms.stop.level() < StopLevel::Kill {
        running.ask_to_end();
        let asked = tokio::select! {
            _ended = main.wait() => true,
            () = sleep(terms.patience.grace) => false,
            () = terms.stop.reached(StopLevel::Kill) => false,
        };
        if asked {
            return true;
        }
    }
    running.kill();
    false
}

/// Some processes in words, if there are any.
fn names(what: &str, left: &[Left]) -> Option<String> {
    const MOST: usize = 10;
    let first = left.iter().take(MOST).map(|left| format!("{} `{}`", left.pid, left.line));
    let first: Vec<_> = first.collect();
    let more = left.len().saturating_sub(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!left.is_empty()).then(|| format!("{what}: process {}{more}", first.join(", ")))
}
