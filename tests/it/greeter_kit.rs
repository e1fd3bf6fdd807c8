//! What the suites of the shipped runbooks share: a copy of them in a folder of its own, a port for
//! their greeter, and what people said in a journal. It claims nothing but that journals are whole.
#![expect(clippy::wildcard_enum_match_arm, reason = "only what people say is told")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use holdpoint::report::{answer_word, question_words};
use holdpoint::session::{Answered, Event};

use crate::terminal_kit::{Person, Place};

/// A folder in which a shipped runbook can be started.
pub struct Stage {
    pub place: Place,
    pub port: u16,
    /// Where its greeter lies.
    folder: &'static str,
}

impl Stage {
    pub fn new(folder: &'static str) -> Self {
        let place = Place::new();
        let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("runbooks");
        copy(&ours, &place.path("runbooks"));
        Self { place, port: free_port(), folder }
    }

    /// A person who starts one of the runbooks.
    pub fn starts(&self, runbook: &str) -> Person {
        let port = format!("port={}", self.port);
        self.place.sits(&["run", runbook, "--var", &port])
    }

    pub fn serves(&self) -> bool {
        TcpStream::connect(("127.0.0.1", self.port)).is_ok()
    }

    /// What the greeter says to a path; nothing where none serves.
    pub fn says(&self, path: &str) -> String {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else {
            return String::new();
        };
        let mut said = String::new();
        write!(stream, "GET {path} HTTP/1.1\r\n\r\n").unwrap();
        stream.read_to_string(&mut said).unwrap();
        said
    }

    /// The journals, oldest first.
    pub fn journals(&self) -> Vec<String> {
        let listed = fs::read_dir(self.place.path("journals")).unwrap();
        let names = listed.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
        // `…-greeter.md` comes before `…-greeter-2.md`.
        names.sort_by_key(|name| (name.len(), name.clone()));
        names.into_iter().map(|name| format!("journals/{name}")).collect()
    }

    /// What people said in a journal, which must be whole.
    pub fn said_in(&self, journal: &str) -> Vec<String> {
        self.place.verifies(journal);
        self.place.entries(journal).iter().filter_map(|entry| said(&entry.event)).collect()
    }

    /// The part of a journal that is drawn for readers.
    pub fn head_of(&self, journal: &str) -> String {
        let text = fs::read_to_string(self.place.path(journal)).unwrap();
        text.split("## Progress Log").next().unwrap_or_default().to_owned()
    }

    /// `deploy.sh`, as a person would type it.
    pub fn deploys(&self, arguments: &[&str]) {
        let mut command = Command::new("sh");
        command.args(["runbooks/quickstart/deploy.sh", "--in", self.folder]).args(arguments);
        let _told = command.current_dir(self.place.path("")).output();
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // A test that failed in the middle leaves no service behind.
        self.deploys(&["clean"]);
    }
}

/// Below those that the kernel gives to whoever asks for any: a greeter that is switched leaves its
/// port for a moment, and no connection of another test may be given it.
pub fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let first = std::process::id().wrapping_mul(97);
    loop {
        let place = first.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        let port = 20_000 + u16::try_from(place).expect("below 12,000");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A decision or a note, in words.
fn said(event: &Event) -> Option<String> {
    match event {
        Event::Answered(answered) => Some(answer(answered)),
        Event::Noted { text, learning: false, .. } => Some(format!("note: {text}")),
        Event::Noted { text, learning: true, .. } => Some(format!("learning: {text}")),
        Event::Resumed(_) => Some("resumed".to_owned()),
        Event::RollbackRequested(_) => Some("rollback requested".to_owned()),
        Event::Closed { close } => Some(format!("{close:?}")),
        _ => None,
    }
}

fn answer(answered: &Answered) -> String {
    let Answered { question, answer, name, text, criterion, .. } = answered;
    let part = |before: &str, text: &Option<String>| {
        text.as_ref().map_or(String::new(), |text| format!("{before}{text}"))
    };
    let (name, text) = (part(" by ", name), part(": ", text));
    let criterion = part(" as ", criterion);
    format!("{} {}{name}{criterion}{text}", question_words(question), answer_word(*answer))
}
