//! The same work on many things, on all processors, with the results in the order of the things.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::Failure;

/// Things that are worked on before results are given on: no more results wait than these.
const TOGETHER: usize = 256;
/// A stack for texts that are nested without an end; what is not used costs nothing.
const STACK: usize = 64 << 20;

/// Works on all, and gives each result on, in order.
pub(super) fn in_order<T: Sync, R: Send>(
    things: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut each: impl FnMut(R) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let workers = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    for some in things.chunks(TOGETHER) {
        let next = AtomicUsize::new(0);
        let own = || {
            let taken = std::iter::from_fn(|| {
                let at = next.fetch_add(1, Ordering::Relaxed);
                some.get(at).map(|thing| (at, work(thing)))
            });
            taken.collect::<Vec<_>>()
        };
        let mut results = thread::scope(|scope| {
            let start = |_| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, own);
            let started: Result<Vec<_>, _> = (0..workers.min(some.len())).map(start).collect();
            let joined = started?.into_iter().map(thread::ScopedJoinHandle::join);
            // A panic there is a panic here: a bug is told as one.
            let done = joined.map(|own| own.unwrap_or_else(|bug| std::panic::resume_unwind(bug)));
            Ok::<_, std::io::Error>(done.flatten().collect::<Vec<_>>())
        })
        .map_err(|error| Failure::machine(format!("cannot start a thread: {error}")))?;
        results.sort_by_key(|(at, _)| *at);
        results.into_iter().try_for_each(|(_, result)| each(result))?;
    }
    Ok(())
}
