//! The prompts, each in a session that comes to it whenever it is resumed.

use super::{Leaving, is_harmless};
use crate::terminal_kit::{Person, Place, Terminal, runbook};
use holdpoint::session::{Answer, Event, Hold};

const JOURNAL: &str = "j.md";
const RUN: [&str; 4] = ["run", "book.toml", "--journal", JOURNAL];

/// A prompt, with what leads to it and what it takes.
pub struct Prompt {
    place: Place,
    /// What the question says.
    question: &'static str,
    /// What is seen and typed before the prompt stands, where it is not the first of a question.
    behind: &'static [(&'static str, &'static str)],
    /// What the prompt says.
    pub stands: &'static str,
    /// What a person types.
    pub word: &'static str,
    /// Whether an empty line leads back to the words of the question.
    pub gives_up: bool,
    /// What that means; nothing yet where a second prompt follows.
    means: Option<Answer>,
}

impl Prompt {
    /// The first prompt of a question.
    fn first(
        place: Place,
        question: &'static str,
        word: &'static str,
        means: Option<Answer>,
    ) -> Self {
        Self { place, question, behind: &[], stands: "Your answer", word, gives_up: false, means }
    }

    pub fn terminal(&self) -> Terminal<'_> {
        self.place.terminal()
    }

    /// Comes to the prompt, and no further.
    pub fn comes_to_it(&self, person: &mut Person) {
        person.sees(self.question);
        for (stands, typed) in self.behind {
            person.sees(stands);
            person.types(&format!("{typed}\r"));
        }
        person.sees(self.stands);
    }

    /// An attempt changes nothing: the session is held, its journal whole, the terminal in order.
    pub fn survives(
        &self,
        what: &str,
        terminal: Terminal<'_>,
        attempt: impl FnOnce(&mut Person) -> Leaving,
    ) -> Person {
        eprintln!("attempt: {what}");
        let before = self.place.entries(JOURNAL).len();
        let mut person = terminal.starts_program(&["resume", JOURNAL]);
        let leaving = attempt(&mut person);
        leaving.does(&mut person);
        assert_eq!(person.leaves_with(), 4, "after `{what}`");
        self.is_held(before, what, leaving.reasons());
        person
    }

    /// The same with another standard input.
    pub fn survives_in_a_shell(&self, line: &str) {
        eprintln!("attempt: {line}");
        let before = self.place.entries(JOURNAL).len();
        let mut person = self.place.sits_in_a_shell(line);
        self.comes_to_it(&mut person);
        Leaving::EndOfInput.does(&mut person);
        assert_eq!(person.leaves_with(), 4, "after `{line}`");
        self.is_held(before, line, Leaving::EndOfInput.reasons());
    }

    /// Nobody is there to ask, or nobody wants to be asked.
    pub fn survives_without_a_person(&self) {
        for line in [
            "exec \"$0\" resume j.md",
            "exec \"$0\" resume j.md </dev/null >/dev/null 2>&1",
            "yes proceed | \"$0\" resume j.md",
            "exec \"$0\" resume j.md --no-input",
        ] {
            eprintln!("attempt: nobody, {line}");
            let before = self.place.entries(JOURNAL).len();
            let terminal = self.terminal().typed("proceed\r");
            let terminal =
                if line.contains("--no-input") { terminal } else { terminal.without_control() };
            let mut person = terminal.starts_shell(line);
            assert_eq!(person.leaves_with(), 4, "after `{line}`");
            self.is_held(before, line, &[Hold::NoTerminal]);
        }
    }

    fn is_held(&self, before: usize, what: &str, reasons: &[Hold]) {
        let entries = self.place.entries(JOURNAL);
        let happened = || entries[before..].iter().map(|entry| &entry.event);
        assert!(happened().all(is_harmless), "after `{what}`: {:#?}", &entries[before..]);
        let resumed = happened().filter(|event| matches!(event, Event::Resumed(_))).count();
        assert_eq!(resumed, 1, "after `{what}`");
        let held = happened().filter(|event| matches!(event, Event::Held { .. })).count();
        assert_eq!(held, 1, "after `{what}`: {:#?}", &entries[before..]);
        let Some(Event::Held { why }) = happened().next_back() else {
            panic!("after `{what}` the last entry is {:#?}", entries.last())
        };
        assert!(reasons.contains(why), "after `{what}` it is held because of {why:?}");
    }

    /// After all those attempts a person still gets through, and the journal tells it all.
    pub fn is_answered(&self) {
        self.place.verifies(JOURNAL);
        let Some(answer) = self.means else { return };
        let before = self.place.entries(JOURNAL).len();
        let mut person = self.place.sits(&["resume", JOURNAL]);
        self.comes_to_it(&mut person);
        person.types(&format!("{}\r", self.word));
        person.sees("Your answer");
        person.types("\x04");
        assert_eq!(person.leaves_with(), 4);
        let entries = self.place.entries(JOURNAL);
        let given = entries[before..].iter().find_map(|entry| match &entry.event {
            Event::Answered(answered) => Some(answered.answer),
            _ => None,
        });
        assert_eq!(given, Some(answer));
        self.place.verifies(JOURNAL);
    }
}

/// A session that is held at its first question.
fn begun(book: &str) -> Place {
    let place = Place::with(book);
    let told = place.alone(&[&RUN[..], &["--no-input"]].concat());
    assert_eq!(told.status.code(), Some(4), "{}", String::from_utf8_lossy(&told.stderr));
    place
}

/// A session that a person held at this question of phase 1.
fn held_at(steps: &str, exits: &str, question: &str) -> Place {
    let place = Place::with(&runbook("stage", steps, exits));
    let mut person = place.sits(&RUN);
    person.answers("proceed");
    person.sees(question);
    person.answers("hold");
    person.sees("Why");
    person.types("\r");
    assert_eq!(person.leaves_with(), 4);
    place
}

pub fn gate(environment: &'static str) -> Prompt {
    let production = environment == "production";
    let word = if production { "production" } else { "proceed" };
    let place = begun(&runbook(environment, "", ""));
    Prompt::first(place, "Gate to phase 1", word, Some(Answer::Proceed))
}

const BY_HAND: &str = "[[phase.step]]\nid = \"lever\"\ntitle = \"Pull the lever\"\n\
                       manual = \"Pull it.\"\n";

pub fn manual() -> Prompt {
    let place = held_at(BY_HAND, "", "By hand: Pull the lever");
    Prompt::first(place, "By hand: Pull the lever", "done", Some(Answer::Done))
}

pub fn record() -> Prompt {
    let place = held_at(&format!("{BY_HAND}record = true\n"), "", "By hand");
    Prompt::first(place, "By hand: Pull the lever", "done", None)
}

pub fn text() -> Prompt {
    Prompt {
        behind: &[("Your answer", "done")],
        stands: "What was done",
        word: "pulled it twice",
        means: Some(Answer::Done),
        ..record()
    }
}

const WORD: &str = "[[phase.exit]]\ncriterion = \"It is heard\"\nattest = \"I heard it\"\n";

pub fn attest() -> Prompt {
    Prompt::first(held_at("", WORD, "Your word"), "Your word, in phase", "yes", None)
}

pub fn name() -> Prompt {
    Prompt {
        behind: &[("Your answer", "yes")],
        stands: "Your name",
        word: "Ada Lovelace",
        means: Some(Answer::Confirm),
        gives_up: true,
        ..attest()
    }
}

pub fn failure() -> Prompt {
    let step = "[[phase.step]]\nid = \"jam\"\ntitle = \"It jams\"\nrun = [\"false\"]\n";
    let place = held_at(step, "", "Failed: It jams");
    Prompt::first(place, "Failed: It jams", "retry", Some(Answer::Retry))
}

pub fn by_hand() -> Prompt {
    Prompt {
        behind: &[("Your answer", "done")],
        stands: "What was done",
        gives_up: true,
        word: "freed it with a hammer",
        means: Some(Answer::Done),
        ..failure()
    }
}

const OWNER: (&str, &str) = ("Who answers for it", "Grace Hopper");
const WHY: (&str, &str) = ("Why (what is accepted", "it jams on Fridays");

pub fn waiver_owner() -> Prompt {
    let waive = &[("Your answer", "waive")];
    Prompt {
        behind: waive,
        stands: OWNER.0,
        word: OWNER.1,
        gives_up: true,
        means: None,
        ..failure()
    }
}

pub fn waiver_end() -> Prompt {
    Prompt {
        behind: &[("Your answer", "waive"), OWNER, WHY],
        stands: "Until when",
        gives_up: true,
        word: "2999-01-01T09:00Z",
        means: Some(Answer::Waive),
        ..failure()
    }
}

/// A session with something to take back, of which the taking back fails.
pub fn rollback() -> Prompt {
    let step = "[[phase.step]]\nid = \"push\"\ntitle = \"Push it\"\nrun = [\"true\"]\n\
                undo = { run = [\"false\"] }\n";
    let place = Place::with(&runbook("stage", step, ""));
    let mut person = place.sits(&RUN);
    person.answers("proceed");
    person.sees("Last gate");
    person.answers("rollback");
    person.sees("Roll back?");
    person.answers("hold");
    person.sees("Why");
    person.types("\r");
    assert_eq!(person.leaves_with(), 4);
    Prompt::first(place, "Roll back?", "proceed", None)
}

pub fn rollback_why() -> Prompt {
    Prompt {
        behind: &[("Your answer", "proceed")],
        stands: "Why (what did you see)",
        gives_up: true,
        word: "it went the wrong way",
        means: Some(Answer::Proceed),
        ..rollback()
    }
}

/// A session whose process was killed while a step ran that never ends.
pub fn running() -> Prompt {
    let step = "[[phase.step]]\nid = \"turn\"\ntitle = \"Turn it\"\n\
                run = [\"sh\", \"-c\", \"touch begun; sleep 600\"]\n";
    let place = Place::with(&runbook("stage", step, ""));
    let mut person = place.sits(&RUN);
    person.answers("proceed");
    place.has("begun");
    person.is_killed();
    Prompt::first(place, "still run", "stop", Some(Answer::Stop))
}

/// A session whose process was killed while a step ran.
pub fn doubt() -> Prompt {
    let step = "[[phase.step]]\nid = \"turn\"\ntitle = \"Turn it\"\n\
                run = [\"sh\", \"-c\", \"touch begun; \
                while [ ! -e go ]; do sleep 0.02; done; touch over\"]\n";
    let place = Place::with(&runbook("stage", step, ""));
    let mut person = place.sits(&RUN);
    person.answers("proceed");
    place.has("begun");
    person.is_killed();
    place.write("go", "");
    place.has("over");
    Prompt::first(place, "In doubt: Turn it", "done", Some(Answer::Done))
}

pub fn change() -> Prompt {
    let book = runbook("stage", "", "");
    let place = begun(&book);
    place.write("book.toml", &format!("# mended\n{book}"));
    Prompt::first(place, "The runbook has changed", "accept", None)
}

pub fn change_name() -> Prompt {
    Prompt {
        behind: &[("Your answer", "accept")],
        stands: "Your name",
        word: "Ada Lovelace",
        means: Some(Answer::Accept),
        gives_up: true,
        ..change()
    }
}
