//! Looks at the world without changing it: carries out each [`Probe`], on time, masked and
//! bounded. It never says what a reading means.

use std::error::Error;
use std::path::PathBuf;
use std::rc::Rc;

use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;

use crate::check::{CertificateSeen, Obstacle, Probe, ProcessSeen, Reading};
use crate::engine::{Prober, Stop, StopLevel};
use crate::text::{Capture, Mask};
use crate::value::Span;

mod aside;
mod certificate;
mod files;
mod http;
mod net;
mod part;
mod processes;
mod trust;

pub use trust::Trust;

/// Runs a program that only looks, and ends it on time. For [`Probe::Run`].
pub trait Runner {
    /// Runs the program to its end, in the session's directory, both streams apart, each within
    /// [`Limits::JUDGED`](crate::text::Limits::JUDGED) and masked before it is cut.
    fn run<'a>(
        &'a self,
        argv: &'a [String],
        timeout: Span,
        stop: &'a Stop,
    ) -> LocalBoxFuture<'a, Reading>;
}

/// The prober of real sessions. Needs a tokio runtime with I/O and time; one thread is enough.
pub struct HostProber {
    directory: PathBuf,
    mask: Mask,
    runner: Rc<dyn Runner>,
    trust: Trust,
}

/// A reading, or why there is none.
type Seen = Result<Reading, String>;

impl HostProber {
    /// A prober for a session in this directory, where relative paths begin. TLS servers are
    /// trusted as this machine trusts them.
    #[must_use]
    pub fn new(directory: PathBuf, mask: Mask, runner: Rc<dyn Runner>) -> Self {
        Self { directory, mask, runner, trust: Trust::of_this_machine() }
    }

    /// The same prober, trusting other authorities.
    #[must_use]
    pub fn trusting(self, trust: Trust) -> Self {
        Self { trust, ..self }
    }

    async fn look(&self, probe: &Probe, timeout: Span, stop: &Stop) -> Seen {
        let mask = |text: &str| self.mask.mask(text);
        match probe {
            Probe::Run { argv } => Ok(self.runner.run(argv, timeout, stop).await),
            Probe::File { path, text, sha256 } => {
                let part = files::look(self.directory.join(path), *text, *sha256).await?;
                Ok(Reading::File(part.map(|file| file.seen(&mask))))
            }
            Probe::Http { method, url, headers } => {
                http::ask(http::Question { method, url, headers }, &self.trust, &mask).await
            }
            Probe::Connect { host, port } => net::knock(host, *port).await,
            Probe::Resolve { name } => net::addresses(name).await,
            Probe::Certificate { host, port, name } => {
                certificate::look(host, *port, name, &self.trust).await
            }
            Probe::Processes { name: Some(name), .. } => {
                processes::named(name, self, timeout, stop).await
            }
            Probe::Processes { pid_file: Some(path), .. } => {
                processes::in_file(self.directory.join(path), self, timeout, stop).await
            }
            Probe::Processes { .. } => Err("no process is named".to_owned()),
        }
    }

    /// Looks until the time is over or the session is stopped.
    async fn look_on_time(&self, probe: &Probe, timeout: Span, stop: &Stop) -> Reading {
        if let Probe::Run { .. } = probe {
            // The runner ends the program first; dropping it in between would leave it running.
            return self.look(probe, timeout, stop).await.unwrap_or_else(nothing);
        }
        let looked = tokio::time::timeout(timeout.duration(), self.look(probe, timeout, stop));
        tokio::select! {
            biased;
            () = stop.reached(StopLevel::Polite) => Reading::Nothing(Obstacle::Interrupted),
            seen = looked => match seen {
                Ok(seen) => seen.unwrap_or_else(nothing),
                Err(_elapsed) => Reading::Nothing(Obstacle::Timeout),
            },
        }
    }
}

impl Prober for HostProber {
    fn observe<'a>(
        &'a self,
        probe: &'a Probe,
        timeout: Span,
        stop: &'a Stop,
    ) -> LocalBoxFuture<'a, Reading> {
        async move {
            let reading = self.look_on_time(probe, timeout, stop).await;
            masked(reading, &|text| self.mask.mask(text))
        }
        .boxed_local()
    }
}

fn nothing(why: String) -> Reading {
    Reading::Nothing(Obstacle::Error(why))
}

/// The reading without secrets. The long texts (a file's, a body) were masked before they were
/// cut, and are not masked again.
fn masked(reading: Reading, mask: &dyn Fn(&str) -> String) -> Reading {
    let all = |texts: Vec<String>| texts.iter().map(|text| mask(text)).collect();
    let capture = |seen: Capture| Capture {
        head: mask(&seen.head),
        tail: mask(&seen.tail),
        left_out: seen.left_out,
    };
    match reading {
        Reading::Ran { exit, stdout, stderr } => {
            Reading::Ran { exit, stdout: capture(stdout), stderr: capture(stderr) }
        }
        Reading::Http { status, headers, body, millis } => {
            let headers = headers.into_iter().map(|(name, value)| (name, mask(&value))).collect();
            Reading::Http { status, headers, body, millis }
        }
        Reading::Addresses(addresses) => Reading::Addresses(all(addresses)),
        Reading::Certificate(seen) => Reading::Certificate(CertificateSeen {
            distrust: seen.distrust.map(|why| mask(&why)),
            names: all(seen.names),
            ..seen
        }),
        Reading::Processes(seen) => {
            let process = |seen: ProcessSeen| ProcessSeen { name: mask(&seen.name), ..seen };
            Reading::Processes(seen.into_iter().map(process).collect())
        }
        Reading::Refused(why) => Reading::Refused(short(&mask(&why))),
        Reading::Nothing(Obstacle::Error(why)) => nothing(short(&mask(&why))),
        Reading::File(_)
        | Reading::Connected { .. }
        | Reading::Nothing(Obstacle::Timeout | Obstacle::Interrupted) => reading,
    }
}

/// Errors of libraries can quote what they were given.
fn short(text: &str) -> String {
    const MOST: usize = 160;
    match text.char_indices().nth(MOST) {
        None => text.to_owned(),
        Some(_) => text.chars().take(MOST - 1).chain(['…']).collect(),
    }
}

/// An error with what caused it, in one sentence.
fn words(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Exit;

    #[test]
    fn no_text_of_a_reading_keeps_a_secret() {
        let capture =
            || Capture { head: "a hunter2".into(), tail: "hunter2 b".into(), left_out: 1 };
        let text = || "x hunter2 y".to_owned();
        let certificate = CertificateSeen {
            distrust: Some(text()),
            not_after: String::new(),
            days_left: 0,
            names: vec![text()],
        };
        for reading in [
            Reading::Ran { exit: Exit::Code(0), stdout: capture(), stderr: capture() },
            Reading::Http {
                status: 200,
                headers: vec![("x".into(), text())],
                body: Capture::default(),
                millis: 0,
            },
            Reading::Addresses(vec![text()]),
            Reading::Certificate(certificate),
            Reading::Processes(vec![ProcessSeen { pid: 1, name: text() }]),
            Reading::Refused(text()),
            Reading::Nothing(Obstacle::Error(text())),
        ] {
            let shown =
                format!("{:?}", masked(reading, &|text| text.replace("hunter2", "[secret]")));
            assert!(!shown.contains("hunter2") && shown.contains("[secret]"), "{shown}");
        }
    }

    #[test]
    fn errors_stay_short() {
        let long = masked(nothing("é".repeat(1000)), &str::to_owned);
        let Reading::Nothing(Obstacle::Error(why)) = long else { panic!("{long:?}") };
        assert_eq!(why.chars().count(), 160);
    }
}
