//! What can be asked of the world, and what comes back: masked, capped, and as small as the
//! question. A closed set, so that each is carried out in one place.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Verdict;
use super::cloud::{AlarmSeen, Answer, Cloud, Identity, SeriesSeen};
use crate::text::{Capture, Limits};
use crate::value::Moment;

/// A question to the world that changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// Run a command that only looks (its author's promise), its standard output kept apart.
    Run {
        /// Program and arguments; never a shell line.
        argv: Vec<String>,
    },
    /// Look at a file.
    File {
        /// Relative to the session's directory, or absolute.
        path: String,
        /// Whether its text is wanted.
        text: bool,
        /// Whether its SHA-256 is wanted.
        sha256: bool,
    },
    /// Send one HTTP request. Redirects are not followed.
    Http {
        /// GET or HEAD.
        method: String,
        /// `http://…` or `https://…`.
        url: String,
        /// Headers to send.
        headers: Vec<(String, String)>,
    },
    /// Open a TCP connection and close it again.
    Connect {
        /// Name or address.
        host: String,
        /// Port.
        port: u16,
    },
    /// Resolve a name as this machine does.
    Resolve {
        /// The name.
        name: String,
    },
    /// Shake hands over TLS and look at the certificate, whether trusted or not.
    Certificate {
        /// Name or address to connect to.
        host: String,
        /// Port.
        port: u16,
        /// The name that the certificate must be for.
        name: String,
    },
    /// List the running processes of this name (the program's file name), or the one in a pid file.
    Processes {
        /// Name of the program.
        name: Option<String>,
        /// A file that holds one process id.
        pid_file: Option<String>,
    },
    /// Ask AWS.
    Cloud(Cloud),
}

impl Probe {
    /// Whether it is asked together with all others of its sort that are due at the same moment,
    /// however many these are. Such a one never waits until another has been answered.
    #[must_use]
    pub fn is_grouped(&self) -> bool {
        let Self::Cloud(question) = self else { return false };
        match question {
            Cloud::Identity | Cloud::Metrics(_) | Cloud::Alarms(_) => true,
            Cloud::Calls { .. } | Cloud::Dashboard { .. } => false,
        }
    }
}

/// When something is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct When {
    /// Now.
    pub now: Moment,
    /// When what is looked at began: the step, or the one that the check names. A step that only
    /// looks began with its phase; one that was tried again began with the last try.
    pub began: Moment,
    /// When that step's action was begun for the first time, where it has one that changes
    /// something, or where the check names the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acted: Option<Moment>,
}

impl When {
    /// Now, and it began now too. For what has no window.
    #[must_use]
    pub fn at(now: Moment) -> Self {
        Self { now, began: now, acted: None }
    }
}

/// What was observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// The command ended.
    Ran {
        /// How.
        exit: Exit,
        /// Standard output.
        stdout: Capture,
        /// Standard error.
        stderr: Capture,
    },
    /// The file as it was, or `None` where there is none.
    File(Option<FileSeen>),
    /// The answer.
    Http {
        /// 200, 404, …
        status: u16,
        /// Headers, names in lower case, in the order received.
        headers: Vec<(String, String)>,
        /// Body.
        body: Capture,
        /// From sending to the last byte.
        millis: u64,
    },
    /// The connection was opened.
    Connected {
        /// How long that took.
        millis: u64,
    },
    /// The addresses, sorted; none means that the name does not exist.
    Addresses(Vec<String>),
    /// The certificate that was shown.
    Certificate(CertificateSeen),
    /// The processes found.
    Processes(Vec<ProcessSeen>),
    /// Who asks AWS, and where.
    Identity(Identity),
    /// What AWS said to each call.
    Answers {
        /// When it was asked: what is judged by its age is judged by this.
        when: When,
        /// One for each call, in their order.
        answers: Vec<Answer>,
    },
    /// What AWS said of a dashboard.
    Dashboard(Answer),
    /// The data of each series.
    Metrics(Vec<SeriesSeen>),
    /// The alarms found, by name.
    Alarms(Vec<AlarmSeen>),
    /// The world said no, which is itself an observation: connection refused, no such program.
    Refused(String),
    /// Nothing was observed.
    Nothing(Obstacle),
}

impl Reading {
    /// The same reading with its texts within bounds, as a journal keeps it.
    #[must_use]
    pub fn cut_to(self, limits: Limits) -> Self {
        match self {
            Self::Ran { exit, stdout, stderr } => {
                Self::Ran { exit, stdout: stdout.cut_to(limits), stderr: stderr.cut_to(limits) }
            }
            Self::File(Some(file)) => {
                let text = file.text.map(|text| text.cut_to(limits));
                Self::File(Some(FileSeen { text, ..file }))
            }
            Self::Http { status, headers, body, millis } => {
                Self::Http { status, headers, body: body.cut_to(limits), millis }
            }
            other @ (Self::File(None)
            | Self::Connected { .. }
            | Self::Addresses(_)
            | Self::Certificate(_)
            | Self::Processes(_)
            | Self::Identity(_)
            | Self::Answers { .. }
            | Self::Dashboard(_)
            | Self::Metrics(_)
            | Self::Alarms(_)
            | Self::Refused(_)
            | Self::Nothing(_)) => other,
        }
    }

    /// The verdict on a reading that does not answer the question: unknown, and why.
    pub fn unfit(&self) -> Verdict {
        Verdict::Unknown(if let Self::Nothing(obstacle) = self {
            obstacle.to_string()
        } else if let Self::Refused(why) = self {
            why.clone()
        } else {
            "the reading does not fit the question".to_owned()
        })
    }
}

/// A file that exists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSeen {
    /// Size in bytes.
    pub bytes: u64,
    /// Time since its content last changed, in seconds; 0 where that lies in the future.
    pub age_seconds: u64,
    /// SHA-256, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Text, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Capture>,
}

/// A server's certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateSeen {
    /// Why this machine does not trust it for that name, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distrust: Option<String>,
    /// End of validity in UTC.
    pub not_after: String,
    /// Whole days until then, negative when it is over.
    pub days_left: i64,
    /// The names it is for.
    pub names: Vec<String>,
}

/// A running process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessSeen {
    /// Process id.
    pub pid: u32,
    /// Name of the program.
    pub name: String,
}

/// Why nothing was observed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// It took longer than the check's timeout.
    Timeout,
    /// The session was being stopped.
    Interrupted,
    /// Anything else that kept us from looking, in words.
    Error(String),
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout => f.write_str("no answer within the timeout"),
            Self::Interrupted => f.write_str("interrupted before there was an answer"),
            Self::Error(why) => f.write_str(why),
        }
    }
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(f, "exit code {code}"),
            Self::Signal(signal) => write!(f, "killed by signal {signal}"),
        }
    }
}
