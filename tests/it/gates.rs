//! No gate opens without a person: what is typed before a question stands there, what is pasted
//! beyond its first line, what stands on standard input, what a command prints or types, and every
//! way of going away answer nothing.
//!
//! Each prompt is prepared once; then one session is resumed over and over, each time with another
//! attempt on it, and at last a person answers it for real.

use holdpoint::session::{Answer, Event, Hold};
use rustix::process::Signal;

use crate::terminal_kit::Person;

mod prompts;
mod world;

use prompts::Prompt;

/// Every word that means something anywhere, some more than once, and a name.
const WORDS: &str = "y\ryes\rproceed\rstage\rproduction\rdone\raccept\rretry\rrerun\r\r\
                     Ada Lovelace\rproceed\r1\rcheck\rproduction\ryes\rBob Example\r";

/// How a question is left without an answer.
#[derive(Clone, Copy, Debug)]
enum Leaving {
    EndOfInput,
    Key,
    Signal(Signal),
    Away,
}

impl Leaving {
    fn does(self, person: &mut Person) {
        match self {
            Self::EndOfInput => person.types("\x04"),
            Self::Key => person.types("\x03"),
            Self::Signal(signal) => person.signals(signal),
            Self::Away => person.walks_away(),
        }
    }

    /// Why the session is held then; a terminal that is closed is found out in two ways.
    fn reasons(self) -> &'static [Hold] {
        match self {
            Self::EndOfInput => &[Hold::TerminalLost],
            Self::Key => &[Hold::Interrupt],
            Self::Signal(Signal::TERM) => &[Hold::Terminate],
            Self::Signal(_) => &[Hold::HangUp],
            Self::Away => &[Hold::HangUp, Hold::TerminalLost],
        }
    }
}

/// Makes every attempt on a prompt, then answers it.
fn attempts_on(prompt: &Prompt) {
    attempts_by_typing(prompt);
    attempts_by_leaving(prompt);
    for line in [
        "yes | \"$0\" resume j.md",
        "yes proceed | \"$0\" resume j.md",
        "yes production | \"$0\" resume j.md",
        "yes 'Ada Lovelace' | \"$0\" resume j.md",
        "exec \"$0\" resume j.md </dev/null",
    ] {
        prompt.survives_in_a_shell(line);
    }
    prompt.survives_without_a_person();
    prompt.is_answered();
}

fn attempts_by_typing(prompt: &Prompt) {
    let alone = format!("{}\r", prompt.word);
    for typed in [WORDS, &alone, "half a wo"] {
        let person = prompt.survives("typed ahead", prompt.terminal().typed(typed), |person| {
            prompt.comes_to_it(person);
            Leaving::EndOfInput
        });
        saw_nothing_typed(&person);
    }
    let comes_back = |what, typed: &dyn Fn(&mut Person), to: &str| {
        prompt.survives(what, prompt.terminal(), |person| {
            prompt.comes_to_it(person);
            typed(person);
            person.sees(to);
            Leaving::EndOfInput
        });
    };
    let here = prompt.stands;
    comes_back("pasted behind junk", &|person| person.types(&format!("1\r{WORDS}")), here);
    let twice = format!("{alone}{alone}");
    comes_back("its word twice", &|person| person.types(&twice), here);
    comes_back("pasted", &|person| person.types(WORDS), here);
    comes_back("pasted with marks", &|person| person.pastes_marked(WORDS), here);
    comes_back("keys", &|person| person.types("\x1b[A\x1b[D\x1b[3~\x1bOP\t\r"), here);
    let back = if prompt.gives_up { "Your answer" } else { here };
    comes_back("Enter", &|person| person.types("\r"), back);
}

/// What was typed too early is gone before the prompt stands; it is not even seen as too much.
fn saw_nothing_typed(person: &Person) {
    assert!(!person.has_seen("More than one line"));
    assert!(!person.has_seen("is none of the answers"));
}

fn attempts_by_leaving(prompt: &Prompt) {
    for leaving in [
        Leaving::EndOfInput,
        Leaving::Key,
        Leaving::Signal(Signal::TERM),
        Leaving::Signal(Signal::HUP),
        Leaving::Away,
    ] {
        for typed in ["", &prompt.word[..prompt.word.len() - 1], prompt.word] {
            let what = format!("`{typed}`, then {leaving:?}");
            prompt.survives(&what, prompt.terminal(), |person| {
                prompt.comes_to_it(person);
                person.types(typed);
                leaving
            });
        }
    }
}

#[test]
fn a_gate_opens_for_a_person_only() {
    attempts_on(&prompts::gate("stage"));
}

#[test]
fn a_gate_in_production_opens_for_its_name_only() {
    let prompt = prompts::gate("production");
    let refused = |person: &mut Person| {
        for word in ["proceed", "y", "yes", "Production", "production!", "stage", "prod"] {
            person.answers(word);
            person.sees("is none of the answers");
        }
        person.sees("Your answer");
        Leaving::EndOfInput
    };
    prompt.survives("other words", prompt.terminal(), refused);
    attempts_on(&prompt);
}

#[test]
fn a_manual_step_is_done_by_a_person_only() {
    attempts_on(&prompts::manual());
}

#[test]
fn a_manual_step_with_a_record_is_done_by_a_person_only() {
    attempts_on(&prompts::record());
}

#[test]
fn the_text_of_a_manual_step_is_written_by_a_person_only() {
    attempts_on(&prompts::text());
}

#[test]
fn a_word_by_name_is_given_by_a_person_only() {
    attempts_on(&prompts::attest());
}

#[test]
fn a_name_is_signed_by_a_person_only() {
    let prompt = prompts::name();
    let refused = |person: &mut Person| {
        for name in ["yes", "Y", "", "  ", "x", "proceed", "12345"] {
            person.answers("yes");
            person.sees("Your name");
            person.types(&format!("{name}\r"));
            person.sees("is no name");
        }
        person.sees("Your answer");
        Leaving::EndOfInput
    };
    prompt.survives("no names", prompt.terminal(), refused);
    attempts_on(&prompt);
}

#[test]
fn a_failure_is_decided_by_a_person_only() {
    attempts_on(&prompts::failure());
}

#[test]
fn what_was_done_by_hand_is_said_by_a_person_only() {
    attempts_on(&prompts::by_hand());
}

#[test]
fn a_waiver_has_an_owner_by_a_person_only() {
    attempts_on(&prompts::waiver_owner());
}

#[test]
fn a_waiver_has_an_end_by_a_person_only() {
    attempts_on(&prompts::waiver_end());
}

#[test]
fn a_rollback_is_released_by_a_person_only() {
    attempts_on(&prompts::rollback());
}

#[test]
fn a_rollback_is_explained_by_a_person_only() {
    attempts_on(&prompts::rollback_why());
}

#[test]
fn what_still_runs_is_stopped_by_a_person_only() {
    attempts_on(&prompts::running());
}

#[test]
fn a_doubt_is_decided_by_a_person_only() {
    attempts_on(&prompts::doubt());
}

#[test]
fn a_changed_runbook_is_accepted_by_a_person_only() {
    attempts_on(&prompts::change());
}

#[test]
fn a_changed_runbook_is_signed_by_a_person_only() {
    attempts_on(&prompts::change_name());
}

/// What came of an attempt.
fn is_harmless(event: &Event) -> bool {
    match event {
        Event::Resumed(_) | Event::Asked { .. } | Event::Held { .. } | Event::Noted { .. } => true,
        Event::Answered(answered) => answered.answer == Answer::Hold,
        _ => false,
    }
}
