//! Looks for processes: through `/proc` on Linux, with `ps` elsewhere. Signals nobody.

use std::path::PathBuf;

use super::{HostProber, Seen, files};
use crate::check::{ProcessSeen, Reading};
use crate::engine::Stop;
use crate::value::Span;

#[cfg(target_os = "linux")]
mod proc;
#[cfg(any(test, not(target_os = "linux")))]
mod ps;

/// How many processes are told.
const MOST: usize = 100;

/// The processes of this name.
#[cfg(target_os = "linux")]
pub(super) async fn named(name: &str, _: &HostProber, _: Span, _: &Stop) -> Seen {
    let name = name.to_owned();
    Ok(seen(super::aside::aside(move |wanted| proc::named(&name, wanted)).await??))
}

#[cfg(target_os = "linux")]
async fn numbered(pid: i32, _: &HostProber, _: Span, _: &Stop) -> Seen {
    Ok(seen(super::aside::aside(move |_| proc::numbered(pid)).await??))
}

/// The processes of this name.
#[cfg(not(target_os = "linux"))]
pub(super) async fn named(name: &str, prober: &HostProber, timeout: Span, stop: &Stop) -> Seen {
    let all = ps::list(prober.runner.as_ref(), timeout, stop).await?;
    Ok(seen(all.into_iter().filter(|process| process.name == name).collect()))
}

#[cfg(not(target_os = "linux"))]
async fn numbered(pid: i32, prober: &HostProber, timeout: Span, stop: &Stop) -> Seen {
    let all = ps::list(prober.runner.as_ref(), timeout, stop).await?;
    Ok(seen(all.into_iter().filter(|process| i64::from(process.pid) == i64::from(pid)).collect()))
}

/// The process whose id stands in a file. No file, no process.
pub(super) async fn in_file(
    path: PathBuf,
    prober: &HostProber,
    timeout: Span,
    stop: &Stop,
) -> Seen {
    match files::pid(path).await? {
        Some(pid) => numbered(pid, prober, timeout, stop).await,
        None => Ok(Reading::Processes(Vec::new())),
    }
}

fn seen(mut processes: Vec<ProcessSeen>) -> Reading {
    processes.sort_by_key(|process| process.pid);
    processes.truncate(MOST);
    Reading::Processes(processes)
}
