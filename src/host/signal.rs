//! Signals as values: they ask to stop, and never end the program by themselves.

use std::io;
use std::sync::{Arc, OnceLock};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::{AbortHandle, spawn};

use crate::engine::Stopper;
use crate::session::Hold;

/// The signals of this program, heard since [`listen`].
#[derive(Debug)]
pub struct Signals {
    first: Arc<OnceLock<Hold>>,
    task: AbortHandle,
}

/// From now on SIGINT, SIGTERM and SIGHUP ask to stop: each one more urgently. Once, at the start
/// of the program, within its runtime, which hears them whenever it waits. One that the program
/// was started to ignore (`nohup`, `&`) stays ignored.
///
/// # Errors
/// Where the system takes no handler.
pub fn listen(stopper: Stopper) -> io::Result<Signals> {
    let ignored = ignored();
    let heard = |kind: SignalKind| match ignored >> (kind.as_raw_value() - 1) & 1 {
        0 => signal(kind).map(Some),
        _ => Ok(None),
    };
    let mut interrupt = heard(SignalKind::interrupt())?;
    let mut terminate = heard(SignalKind::terminate())?;
    let mut hang_up = heard(SignalKind::hangup())?;
    let first = Arc::new(OnceLock::new());
    let tell = Arc::clone(&first);
    let task = spawn(async move {
        loop {
            let why = tokio::select! {
                () = next(interrupt.as_mut()) => Hold::Interrupt,
                () = next(terminate.as_mut()) => Hold::Terminate,
                () = next(hang_up.as_mut()) => Hold::HangUp,
            };
            let _first_only = tell.set(why);
            stopper.ask(why);
        }
    });
    Ok(Signals { first, task: task.abort_handle() })
}

impl Signals {
    /// The signal that came first, if any did: why the session holds.
    #[must_use]
    pub fn first(&self) -> Option<Hold> {
        self.first.get().copied()
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn next(signal: Option<&mut Signal>) {
    if let Some(signal) = signal
        && signal.recv().await.is_some()
    {
        return;
    }
    std::future::pending::<()>().await;
}

/// The signals that are ignored, as a bit set; none where the system does not tell.
#[cfg(target_os = "linux")]
#[expect(clippy::disallowed_methods, reason = "this is the edge: it reads its own state")]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let set = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    set.and_then(|set| u64::from_str_radix(set.trim(), 16).ok()).unwrap_or(0)
}

#[cfg(not(target_os = "linux"))]
fn ignored() -> u64 {
    0
}
