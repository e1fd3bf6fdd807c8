//! Looks at the world without changing it: carries out each [`Probe`], on time, masked and
//! bounded. It never says what a reading means.

use std::error::Error;
use std::path::PathBuf;
use std::rc::Rc;

use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;

use super::aws::patience::end_of;
use super::aws::trouble::MOST;
use super::aws::{self, Aws};
use crate::check::cloud::Cloud;
use crate::check::{CertificateSeen, Obstacle, Probe, ProcessSeen, Reading};
use crate::engine::{Asked, Prober, Stop, StopLevel};
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
    aws: Option<Aws>,
}

/// Characters that an error may have, where it is not one of AWS.
const SHORT: usize = 160;

/// A reading, or why there is none.
type Seen = Result<Reading, String>;

impl HostProber {
    /// A prober for a session in this directory, where relative paths begin. TLS servers are
    /// trusted as this machine trusts them.
    #[must_use]
    pub fn new(directory: PathBuf, mask: Mask, runner: Rc<dyn Runner>) -> Self {
        Self { directory, mask, runner, trust: Trust::of_this_machine(), aws: None }
    }

    /// The same prober, trusting other authorities.
    #[must_use]
    pub fn trusting(self, trust: Trust) -> Self {
        Self { trust, ..self }
    }

    /// The same prober, for a session that may ask AWS.
    #[must_use]
    pub fn with_aws(self, aws: Option<Aws>) -> Self {
        Self { aws, ..self }
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
            Probe::Cloud(question) => self.ask_aws(question, timeout).await,
            Probe::Processes { .. } => Err("no process is named".to_owned()),
        }
    }

    async fn ask_aws(&self, question: &Cloud, timeout: Span) -> Seen {
        let Some(aws) = &self.aws else {
            return Err("AWS cannot be asked: the runbook has no [aws]".to_owned());
        };
        let reading = aws.observe(question, end_of(timeout.duration())).boxed_local().await;
        // A service that finds fault with a signature quotes what was signed with.
        let own = aws.mask().await;
        let mask = |text: &str| own.mask(&self.mask.mask(text));
        Ok(match reading {
            Ok(reading) => aws::clipped(aws::masked(reading, &mask), question),
            Err(trouble) => {
                tracing::debug!(call = trouble.call, status = trouble.status, "AWS told nothing");
                Reading::Nothing(Obstacle::Error(trouble.words(&mask)))
            }
        })
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
        asked: Asked<'a>,
        timeout: Span,
        stop: &'a Stop,
    ) -> LocalBoxFuture<'a, Reading> {
        async move {
            let reading = self.look_on_time(asked.probe, timeout, stop).await;
            let most = if let Probe::Cloud(_) = asked.probe { MOST } else { SHORT };
            masked(reading, most, &|text| self.mask.mask(text))
        }
        .boxed_local()
    }
}

fn nothing(why: String) -> Reading {
    Reading::Nothing(Obstacle::Error(why))
}

/// The reading without secrets. The long texts (a file's, a body) were masked before they were
/// cut, and are not masked again.
fn masked(reading: Reading, most: usize, mask: &dyn Fn(&str) -> String) -> Reading {
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
        Reading::Refused(why) => Reading::Refused(short(&mask(&why), most)),
        Reading::Nothing(Obstacle::Error(why)) => nothing(short(&mask(&why), most)),
        Reading::File(_)
        | Reading::Identity(_)
        | Reading::Answers { .. }
        | Reading::Dashboard(_)
        | Reading::Metrics(_)
        | Reading::Alarms(_)
        | Reading::Connected { .. }
        | Reading::Nothing(Obstacle::Timeout | Obstacle::Interrupted) => reading,
    }
}

/// Errors of libraries can quote what they were given.
fn short(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text.chars().take(most - 1).chain(['…']).collect(),
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
            let shown = format!(
                "{:?}",
                masked(reading, SHORT, &|text| text.replace("hunter2", "[secret]"))
            );
            assert!(!shown.contains("hunter2") && shown.contains("[secret]"), "{shown}");
        }
    }

    #[test]
    fn errors_stay_short() {
        let long = masked(nothing("é".repeat(1000)), SHORT, &str::to_owned);
        let Reading::Nothing(Obstacle::Error(why)) = long else { panic!("{long:?}") };
        assert_eq!(why.chars().count(), 160);
    }
}
