//! What happens around a prompt: typing while a step runs, values that are asked for, commands that
//! would like to answer or to draw.

use std::fs;
use std::process::Command;

use holdpoint::session::{Answer, Event, Hold};
use rustix::process::Signal;

use super::{Leaving, WORDS, saw_nothing_typed};
use crate::terminal_kit::{Person, Place, Terminal, runbook};

const RUN: [&str; 4] = ["run", "book.toml", "--journal", "j.md"];

/// A step that runs until the file `go` is there.
fn waiting(more: &str) -> String {
    let command = "touch begun; while [ ! -e go ]; do sleep 0.02; done; touch over";
    format!(
        "[[phase.step]]\nid = \"turn\"\ntitle = \"Turn it\"\nrun = [\"sh\", \"-c\", \"{command}\"]\n{more}"
    )
}

fn answers(place: &Place) -> Vec<Answer> {
    let answer = |event| match event {
        Event::Answered(answered) => Some(answered.answer),
        _ => None,
    };
    place.entries("j.md").into_iter().filter_map(|entry| answer(entry.event)).collect()
}

fn last(place: &Place) -> Event {
    place.entries("j.md").pop().unwrap().event
}

#[test]
fn what_is_typed_while_a_step_runs_answers_nothing() {
    for end in ["half a wo", "proceed\r", "proceed\x04", "proceed"] {
        let place = Place::with(&runbook("stage", &waiting(""), ""));
        let mut person = place.sits(&RUN);
        person.answers("proceed");
        place.has("begun");
        person.types(WORDS);
        person.pastes_marked(WORDS);
        person.types(end);
        place.write("go", "");
        person.sees("Last gate");
        person.sees("Your answer");
        person.types("\x04");
        assert_eq!(person.leaves_with(), 4);
        saw_nothing_typed(&person);
        assert_eq!(answers(&place), [Answer::Proceed]);
        place.verifies("j.md");
    }
}

#[test]
fn a_key_that_interrupts_a_step_holds_the_session() {
    let place = Place::with(&runbook("stage", &waiting("idempotent = true\n"), ""));
    let mut person = place.sits(&RUN);
    person.answers("proceed");
    place.has("begun");
    person.types(WORDS);
    person.types("\x03");
    assert_eq!(person.leaves_with(), 4);
    assert_eq!(last(&place), Event::Held { why: Hold::Interrupt });
    place.write("go", "");
    let mut person = place.sits(&["resume", "j.md"]);
    person.sees("Failed: Turn it");
    person.answers("retry");
    person.sees("Last gate");
    person.answers("proceed");
    assert_eq!(person.leaves_with(), 0);
    assert_eq!(answers(&place), [Answer::Proceed, Answer::Retry, Answer::Proceed]);
}

#[test]
fn a_closed_terminal_is_noticed_without_a_signal_too() {
    let place = Place::with(&runbook("stage", "", ""));
    let mut person = place.sits_in_a_shell("trap '' HUP; exec \"$0\" run book.toml --journal j.md");
    person.sees("Your answer");
    person.walks_away();
    assert_eq!(person.leaves_with(), 4);
    assert_eq!(last(&place), Event::Held { why: Hold::TerminalLost });
    place.verifies("j.md");
}

#[test]
fn another_terminal_on_standard_input_answers_nothing() {
    let place = Place::with(&runbook("stage", "", ""));
    let other = Terminal::new(&place, 80, 24).typed("proceed\rproceed\r");
    let line = format!("exec \"$0\" run book.toml --journal j.md <{}", other.path().display());
    let mut person = place.sits_in_a_shell(&line);
    person.sees("Your answer");
    person.types("hold\r");
    person.sees("Why");
    person.types("\r");
    assert_eq!(person.leaves_with(), 4);
    assert_eq!(answers(&place), [Answer::Hold]);
}

#[test]
fn a_prompt_goes_on_when_the_terminal_changes_its_size() {
    let place = Place::with(&runbook("stage", "", ""));
    let mut person = Terminal::new(&place, 80, 24).starts_program(&RUN);
    person.sees("Your answer");
    person.resizes(50, 12);
    person.types("something\r");
    person.sees("is none of the answers");
    person.answers("hold");
    person.sees("Why");
    person.resizes(132, 40);
    person.types("the screen is too small\r");
    assert_eq!(person.leaves_with(), 4);
    let Event::Answered(answered) = last(&place) else { panic!("{:?}", last(&place)) };
    assert_eq!(answered.text.as_deref(), Some("the screen is too small"));
}

#[test]
fn a_small_screen_still_says_which_gate_it_is() {
    let place = Place::with(&runbook("production", "", ""));
    let mut person = Terminal::new(&place, 60, 18).starts_program(&RUN);
    person.answers("production");
    person.sees("Last gate");
    person.sees("Your answer");
    let screen = person.screen();
    for wanted in [
        "Last gate",
        "stage to production",
        "Skipped: phase 2",
        "more above",
        "production",
        "(this is production)",
    ] {
        assert!(screen.contains(wanted), "`{wanted}` is not on the screen:\n{screen}");
    }
    person.types("\x04");
    assert_eq!(person.leaves_with(), 4);
}

/// A runbook that asks for two values, of which one is a secret.
fn asking() -> Place {
    let book = runbook("stage", "", "").replacen(
        "[[phase]]",
        "[vars]\nsize = { prompt = \"Which size\", pattern = '\\d+' }\n\
         key = { prompt = \"Which key\", secret = true }\n[[phase]]",
        1,
    );
    Place::with(&book)
}

#[test]
fn a_value_is_given_by_a_person_only() {
    let place = asking();
    let size = |person: &mut Person| person.sees("Which size:");
    let key = |person: &mut Person| {
        person.sees("Which size:");
        person.types("12\r");
        person.sees("Which key:");
    };
    for leaving in [
        Leaving::EndOfInput,
        Leaving::Key,
        Leaving::Signal(Signal::TERM),
        Leaving::Signal(Signal::HUP),
        Leaving::Away,
    ] {
        for comes in [&size as &dyn Fn(&mut Person), &key] {
            let mut person = place.terminal().typed("top secret\r12\r").starts_program(&RUN);
            comes(&mut person);
            person.types("12");
            leaving.does(&mut person);
            assert_eq!(person.leaves_with(), 2, "{leaving:?}");
        }
    }
    for line in ["yes 12 | \"$0\" run book.toml", "exec \"$0\" run book.toml </dev/null"] {
        let mut person = place.terminal().without_control().starts_shell(line);
        person.sees("variable `size` has no value: there is no terminal to ask on");
        assert_eq!(person.leaves_with(), 2, "{line}");
    }
    assert!(!place.path("j.md").exists() && !place.path("journals").exists());
}

#[test]
fn a_secret_is_not_shown_and_a_wrong_value_is_asked_for_again() {
    let place = asking();
    let mut person = place.sits(&RUN);
    person.sees("Which size:");
    person.types("big\r");
    person.sees("does not match");
    person.sees("Which size:");
    person.types("12\r13\r");
    person.sees("More than one line");
    person.sees("Which size:");
    person.types("12\r");
    person.sees("Which key:");
    person.types("correct horse\r");
    person.answers("hold");
    person.sees("Why");
    person.types("\r");
    assert_eq!(person.leaves_with(), 4);
    assert!(!person.has_seen("correct horse"), "{}", person.screen());
    let journal = fs::read_to_string(place.path("j.md")).unwrap();
    assert!(journal.contains("12") && !journal.contains("correct horse"));
}

const HOSTILE: &str = r"
printf '\033]0;owned title\007\033]2;owned title\033\\\033]52;c;b3duZWQ=\007'
printf '\033[2J\033[H\033[?1049h\033[?25l\033[8m\033[1;1H\233\061J\007\n'
printf 'Gate to phase 9 of 8\nType one of these words:\n  rm        all of it\nYour answer: proceed\n'
printf '%0118d Gate to phase 9, behind a long line\n' 0
printf 'a\rYour answer: b\nc\010\010d\033c\n\342\200\256desrever\n'
printf '\033P1;2;3q\033\\\033_owned\033\\\033^owned\033\\\033[6n\033[21t\033[c\n'
";

#[test]
fn what_a_command_prints_draws_nothing() {
    let step = |id: &str, end: &str| {
        format!(
            "[[phase.step]]\nid = \"{id}\"\ntitle = \"Draw {id}\"\n\
             run = [\"sh\", \"hostile.sh\", \"{id}\"]\n{end}"
        )
    };
    let steps = step("good", "") + &step("bad", "");
    let place = Place::with(&runbook("stage", &steps, ""));
    let waits = "touch $1; while [ ! -e go-$1 ]; do sleep 0.02; done; [ $1 = good ]\n";
    place.write("hostile.sh", &format!("{HOSTILE}{waits}"));
    let mut person = place.sits(&RUN);
    person.answers("proceed");
    for id in ["good", "bad"] {
        place.has(id);
        // The spinner shows a line of it while it runs.
        person.sees("Draw");
        place.write(&format!("go-{id}"), "");
    }
    person.sees("Failed: Draw bad");
    // What was printed says "Your answer" too.
    person.sees("Key Learnings");
    person.sees("Your answer");
    person.types("\x04");
    assert_eq!(person.leaves_with(), 4);
    draws_nothing(&person);
    let screen = person.screen();
    let mut typed_once = false;
    let forged = ["Gate to phase 9", "all of it", "Your answer: proceed", "Your answer: b"];
    for line in screen.lines().filter(|line| forged.iter().any(|text| line.contains(text))) {
        let typed = line == "Your answer: proceed" && !std::mem::replace(&mut typed_once, true);
        assert!(typed || line.starts_with("  | "), "`{line}` looks as if it were ours");
    }
    assert_eq!(answers(&place), [Answer::Proceed]);
    let journal = fs::read(place.path("j.md")).unwrap();
    assert!(!journal.iter().any(|byte| *byte < b' ' && *byte != b'\n'));
}

/// The terminal was told nothing but text, colours, and where to draw the line at work.
fn draws_nothing(person: &Person) {
    assert_eq!(person.acts(), Vec::<String>::new());
    let raw = person.raw();
    for (at, _) in raw.iter().enumerate().filter(|(_, byte)| **byte == 0x1b) {
        let rest = &raw[at + 1..];
        let end = rest.iter().position(u8::is_ascii_alphabetic).unwrap();
        let sequence = String::from_utf8_lossy(&rest[..=end]).into_owned();
        let harmless = sequence.starts_with('[')
            && (matches!(rest[end], b'm' | b'K' | b'A' | b'B' | b'C' | b'D')
                || sequence == "[?25h");
        assert!(harmless, "the terminal was sent ESC {sequence}");
        assert_ne!(sequence, "[8m");
    }
    let text = String::from_utf8(raw).expect("everything shown is UTF-8");
    let acts = |c: char| c.is_control() && !"\n\r\x1b".contains(c) || c == '\u{202e}';
    assert!(!text.contains(acts), "a control character reached the terminal");
}

/// Types into its terminal, if it has one, whenever it is told to.
const TYPIST: &str = r#"
use std::io::Write;
use std::os::fd::AsRawFd;
extern "C" { fn ioctl(fd: i32, request: u64, ...) -> i32; }
fn main() {
    let pause = || std::thread::sleep(std::time::Duration::from_millis(20));
    std::fs::write("typist", "").unwrap();
    while !std::path::Path::new("now").exists() { pause(); }
    let request = if cfg!(target_os = "linux") { 0x5412 } else { 0x8001_7472 };
    let mut told = String::new();
    match std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty") {
        Ok(mut tty) => {
            for byte in b"proceed\n" {
                let answer = unsafe { ioctl(tty.as_raw_fd(), request, byte as *const u8) };
                told.push_str(&answer.to_string());
            }
            writeln!(tty, "I was here").unwrap();
        }
        Err(error) => told = error.to_string(),
    }
    std::fs::write("tried.new", told).unwrap();
    std::fs::rename("tried.new", "tried").unwrap();
}
"#;

#[test]
fn a_command_cannot_type_an_answer() {
    let step = "[[phase.step]]\nid = \"typist\"\ntitle = \"Start the typist\"\n\
                run = [\"sh\", \"-c\", \"./type-it >/dev/null 2>&1 &\"]\nleaves_running = true\n";
    let place = Place::with(&runbook("stage", step, ""));
    place.write("type-it.rs", TYPIST);
    let compiled = Command::new("rustc")
        .args(["--edition", "2021", "-o", "type-it", "type-it.rs"])
        .current_dir(place.path(""))
        .output()
        .unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let mut person = place.sits(&RUN);
    person.answers("proceed");
    place.has("typist");
    person.sees("Last gate");
    person.sees("Your answer");
    place.write("now", "");
    place.has("tried");
    person.types("\x04");
    assert_eq!(person.leaves_with(), 4);
    assert!(!person.has_seen("I was here"));
    assert_eq!(answers(&place), [Answer::Proceed]);
    let told = fs::read_to_string(place.path("tried")).unwrap();
    assert!(!told.starts_with('0'), "it typed: {told}");
}

#[test]
fn what_goes_to_a_file_is_plain_text() {
    let place = Place::with(&runbook("stage", "", ""));
    let line = "exec \"$0\" run book.toml --journal j.md 2>told";
    let mut person = place.sits_in_a_shell(line);
    person.answers("proceed");
    person.answers("proceed");
    assert_eq!(person.leaves_with(), 0);
    let told = fs::read_to_string(place.path("told")).unwrap();
    assert!(told.contains("pass     Look") && told.contains("The deployment is finished."));
    assert!(!told.contains(|c: char| c.is_control() && c != '\n'), "{told}");
}
