//! The quickstart as a person goes through it: once with everything that can be said on the way,
//! and again after runs that were ended in the middle. A real build, a real service on loopback.
#![expect(clippy::wildcard_enum_match_arm, reason = "only what people say is told")]

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;

use holdpoint::report::{answer_word, question_words};
use holdpoint::session::{Answered, Event};

use crate::terminal_kit::{Person, Place};

/// The folder that the quickstart is started in, with a port for its service.
struct Quickstart {
    place: Place,
    port: u16,
}

impl Quickstart {
    fn new() -> Self {
        let place = Place::new();
        let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("runbooks");
        copy(&ours, &place.path("runbooks"));
        // Free until now, and nobody else is given it so soon.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { place, port }
    }

    /// Starts it, and answers what comes before the first gate.
    fn runs(&self) -> Person {
        let port = format!("port={}", self.port);
        let mut person = self.place.sits(&["run", "runbooks/quickstart.toml", "--var", &port]);
        person.sees("Version to deploy [1.1.0]");
        person.types("\r");
        person
    }

    fn serves(&self) -> bool {
        TcpStream::connect(("127.0.0.1", self.port)).is_ok()
    }

    /// The journals, oldest first.
    fn journals(&self) -> Vec<String> {
        let listed = fs::read_dir(self.place.path("journals")).unwrap();
        let names = listed.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| !name.starts_with('.')).collect();
        // `…-greeter.md` comes before `…-greeter-2.md`.
        names.sort_by_key(|name| (name.len(), name.clone()));
        names.into_iter().map(|name| format!("journals/{name}")).collect()
    }

    /// What people said in a journal, which must be whole.
    fn said_in(&self, journal: &str) -> Vec<String> {
        self.place.verifies(journal);
        self.place.entries(journal).iter().filter_map(|entry| said(&entry.event)).collect()
    }
}

impl Drop for Quickstart {
    fn drop(&mut self) {
        // A test that failed in the middle leaves no service behind.
        let mut clean = Command::new("sh");
        clean.args(["runbooks/quickstart/deploy.sh", "clean"]).current_dir(self.place.path(""));
        let _told = clean.output();
    }
}

fn copy(from: &Path, to: &Path) {
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
        Event::Answered(Answered { question, answer, name, text, .. }) => {
            let name = name.as_ref().map_or(String::new(), |name| format!(" by {name}"));
            let text = text.as_ref().map_or(String::new(), |text| format!(": {text}"));
            Some(format!("{} {}{name}{text}", question_words(question), answer_word(*answer)))
        }
        Event::Noted { text, learning: false, .. } => Some(format!("note: {text}")),
        Event::Noted { text, learning: true, .. } => Some(format!("learning: {text}")),
        Event::Resumed(_) => Some("resumed".to_owned()),
        Event::Closed { close } => Some(format!("{close:?}")),
        _ => None,
    }
}

fn writes_the_scope(person: &mut Person) {
    person.sees("By hand: Write down what will change");
    person.answers("done");
    person.sees("What was done");
    person.types("greeter 1.1.0 takes over\r");
}

fn signs(person: &mut Person, criterion: &str) {
    person.sees(criterion);
    person.answers("yes");
    person.sees("Your name");
    person.types("Ada Lovelace\r");
}

fn goes_to(person: &mut Person, phase: usize) {
    person.sees(&format!("Gate to phase {phase} of 8"));
    person.answers("proceed");
}

/// Everything from the first gate to the gate before this phase, which it comes to and not past.
fn comes_to(person: &mut Person, phase: usize) {
    goes_to(person, 1);
    writes_the_scope(person);
    signs(person, "Exit criterion: The way back is known");
    (2..phase).for_each(|phase| goes_to(person, phase));
    person.sees(&format!("Gate to phase {phase} of 8"));
}

fn goes_to_the_end(person: &mut Person) {
    signs(person, "Exit criterion: The team can be told");
    person.sees("Last gate");
    person.answers("proceed");
    person.sees("The deployment is finished.");
}

const WHOLE: [&str; 12] = [
    "gate to phase 1 Pre-Deployment Analysis proceed",
    "manual step scope done: greeter 1.1.0 takes over",
    "exit criterion 4 of phase 1 yes by Ada Lovelace",
    "gate to phase 2 Environment Preparation proceed",
    "gate to phase 3 Infrastructure Deployment proceed",
    "gate to phase 4 Application Deployment proceed",
    "gate to phase 5 Validation & Testing proceed",
    "gate to phase 6 Monitoring Setup proceed",
    "gate to phase 7 Rollback Preparation proceed",
    "gate to phase 8 Post-Deployment proceed",
    "exit criterion 3 of phase 8 yes by Ada Lovelace",
    "last gate proceed",
];

fn is_whole(said: &[String]) {
    let (close, answers) = said.split_last().unwrap();
    assert_eq!((answers, close.as_str()), (&WHOLE.map(str::to_owned)[..], "Finished"));
}

/// A whole run, with everything that can be said on the way.
fn goes_through_with_a_hold(quickstart: &Quickstart) {
    let mut person = quickstart.runs();
    goes_to(&mut person, 1);
    person.sees("By hand: Write down what will change");
    person.answers("what do you mean?");
    person.sees("`what do you mean?` is none of the answers.");
    writes_the_scope_after_all(&mut person);
    person.sees("Exit criterion: The way back is known");
    person.answers("no");
    person.sees("Why");
    person.types("nobody told me yet\r");
    person.sees("Answered no");
    signs(&mut person, "nobody told me yet");
    person.sees("Gate to phase 2 of 8");
    person.answers("note");
    person.sees("Text");
    person.types("It rains.\r");
    person.answers("learning");
    person.sees("Text");
    person.types("Ask for the way back first.\r");
    person.answers("hold");
    person.sees("Why");
    person.types("lunch\r");
    assert_eq!(person.leaves_with(), 4);

    let mut person = quickstart.place.sits(&["resume"]);
    person.sees("Going on in phase 1 of 8");
    (2..=8).for_each(|phase| goes_to(&mut person, phase));
    goes_to_the_end(&mut person);
    assert_eq!(person.leaves_with(), 0);
}

fn writes_the_scope_after_all(person: &mut Person) {
    person.answers("done");
    person.sees("What was done");
    person.types("greeter 1.1.0 takes over\r");
}

#[test]
fn a_person_goes_through_with_a_no_a_hold_and_notes_and_then_once_more() {
    let quickstart = Quickstart::new();
    goes_through_with_a_hold(&quickstart);
    assert!(!quickstart.serves(), "the service is taken away at the end");
    let report = fs::read_to_string(quickstart.place.path("target/quickstart/report.md")).unwrap();
    assert!(report.contains("greeter 1.1.0 is deployed"), "{report}");

    let mut person = quickstart.runs();
    comes_to(&mut person, 8);
    assert!(quickstart.serves());
    person.answers("proceed");
    goes_to_the_end(&mut person);
    assert_eq!(person.leaves_with(), 0);
    assert!(!quickstart.serves());

    let [first, second] = &quickstart.journals()[..] else { panic!("two runs, two journals") };
    let mut wanted: Vec<&str> = WHOLE[..2].to_vec();
    wanted.push("exit criterion 4 of phase 1 no: nobody told me yet");
    wanted.push(WHOLE[2]);
    wanted.extend(["note: It rains.", "learning: Ask for the way back first."]);
    wanted.extend(["gate to phase 2 Environment Preparation hold: lunch", "resumed"]);
    wanted.extend(&WHOLE[3..]);
    wanted.push("Finished");
    assert_eq!(quickstart.said_in(first), wanted);
    is_whole(&quickstart.said_in(second));
    let head = fs::read_to_string(quickstart.place.path(first)).unwrap();
    let head = head.split("## Progress Log").next().unwrap();
    assert!(head.contains("Ask for the way back first.") && head.contains("finished"), "{head}");
}

#[test]
fn what_was_ended_at_a_gate_is_gone_in_the_next_run() {
    let quickstart = Quickstart::new();
    let ended_at = [3, 5, 8];
    for phase in ended_at {
        let mut person = quickstart.runs();
        comes_to(&mut person, phase);
        assert!(quickstart.serves(), "something serves from phase 2 on");
        person.answers("abort");
        person.sees("Why");
        person.types("\r");
        assert_eq!(person.leaves_with(), 5);
    }
    assert!(quickstart.serves(), "ending a session changes nothing else");
    let mut person = quickstart.runs();
    comes_to(&mut person, 8);
    person.answers("proceed");
    goes_to_the_end(&mut person);
    assert_eq!(person.leaves_with(), 0);
    assert!(!quickstart.serves());

    let journals = quickstart.journals();
    assert_eq!(journals.len(), ended_at.len() + 1);
    for (journal, phase) in journals.iter().zip(ended_at) {
        let said = quickstart.said_in(journal);
        let mut wanted: Vec<String> =
            WHOLE[..=phase].iter().map(|text| (*text).to_owned()).collect();
        let gate = WHOLE[phase + 1].replace("proceed", "abort");
        wanted.extend([gate, "Aborted".to_owned()]);
        assert_eq!(said, wanted);
    }
    is_whole(&quickstart.said_in(&journals[3]));
}
