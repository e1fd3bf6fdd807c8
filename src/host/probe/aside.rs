//! Work that blocks, on a thread of its own.
//!
//! Not tokio's blocking pool: a runtime that shuts down waits for that, and a name server or a
//! network file system can keep a thread for minutes after its answer is wanted no more.

use std::thread;

use tokio::sync::oneshot;

/// Runs the work on its own thread. It is told whether anybody still waits for it.
pub(super) async fn aside<T: Send + 'static>(
    work: impl FnOnce(&dyn Fn() -> bool) -> T + Send + 'static,
) -> Result<T, String> {
    let (sender, receiver) = oneshot::channel();
    let look = move || {
        let done = work(&|| !sender.is_closed());
        // Nobody may be waiting any more.
        let _unheard = sender.send(done);
    };
    thread::Builder::new()
        .name("look".to_owned())
        .spawn(look)
        .map_err(|why| format!("no thread to look with: {why}"))?;
    receiver.await.map_err(|_gone| "looking broke off".to_owned())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn work_hears_that_nobody_waits() {
        assert_eq!(aside(|wanted| wanted()).await, Ok(true));
        let (tell, told) = mpsc::channel();
        let (permit, permitted) = mpsc::channel::<()>();
        let work = move |wanted: &dyn Fn() -> bool| {
            permitted.recv().unwrap();
            tell.send(wanted()).unwrap();
        };
        let dropped = tokio::time::timeout(std::time::Duration::ZERO, aside(work)).await;
        assert!(dropped.is_err());
        permit.send(()).unwrap();
        assert!(!told.recv().unwrap(), "the work was dropped");
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_panic_is_an_error() {
        let work = |_: &dyn Fn() -> bool| -> u8 { panic!("on purpose") };
        assert_eq!(aside(work).await, Err("looking broke off".to_owned()));
    }
}
