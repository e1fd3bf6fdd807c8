//! What a killed run left running: told by the next one, whatever it did to hide, and nothing of
//! the step starts beside it.

use holdpoint::runbook::Phase;
use std::fs;
use std::path::Path;

use holdpoint::journal::History;
use holdpoint::session::{Answer, Event};
use rustix::fs::{CWD, FileType, mknodat};

use super::ordeal::{still_runs, verifies, waits_for};
use super::proof::Ledger;
use super::seat::{Next, Seat};

/// How an action can go on without the program that started it.
const SHAPES: [(&str, &str); 3] = [
    ("in the foreground", "sh -c \"$WORK\" \"$0\""),
    ("as a daemon", "setsid sh -c \"$WORK\" \"$0\" & wait"),
    ("without any output", "exec 1>&- 2>&- 0<&-; sh -c \"$WORK\" \"$0\""),
];

fn book(shape: &str, idempotent: bool) -> String {
    let mut text = format!(
        r#"format = 1
[runbook]
id = "left"
title = "A deployment that leaves something behind"
environment = "rehearsal"
component = "left"
owner = "us"
[[phase]]
name = "Pre-Deployment Analysis"
[[phase.step]]
id = "slow"
title = "Takes until somebody lets it go"
idempotent = {idempotent}
shell = '''
exec 9>> "lock.$0"
WORK='echo "begin $0 $$" >> ledger; : < hold; echo "effect $0 $$" >> ledger'
{shape}
'''
[[phase.exit]]
criterion = "It happened"
proven_by = ["slow"]
"#
    );
    for name in Phase::ALL[1..].iter().map(|phase| phase.name()) {
        text.extend(["[[phase]]\nname = \"", name, "\"\nskip = \"there is none\"\n"]);
    }
    text
}

#[test]
fn what_is_left_running_is_told_and_nothing_starts_beside_it() {
    for (shape, script) in SHAPES {
        for idempotent in [false, true] {
            println!("{shape}, idempotent: {idempotent}");
            let place = tempfile::tempdir().unwrap();
            fs::write(place.path().join("book.toml"), book(script, idempotent)).unwrap();
            fs::write(place.path().join("ledger"), "").unwrap();
            mknodat(CWD, place.path().join("hold"), FileType::Fifo, 0o600.into(), 0).unwrap();
            goes_through(place.path(), idempotent);
        }
    }
}

fn goes_through(place: &Path, idempotent: bool) {
    let mut first = Seat::at(place, &["run", "book.toml", "--journal", "j.md"]);
    assert!(asked(&mut first).contains("Gate to phase 1"));
    first.types("proceed");
    waits_for("the action", || Ledger::read(place).count("begin", "slow") == 1);
    assert!(first.kill());

    let mut second = Seat::at(place, &["resume", "j.md"]);
    let shown = asked(&mut second);
    let pids: Vec<String> = fs::read_to_string(place.join("ledger"))
        .unwrap()
        .lines()
        .filter_map(|line| line.rsplit_once(' '))
        .map(|(_, pid)| format!("process {pid}: "))
        .collect();
    let head = "Processes of Takes until somebody lets it go still run (slow)";
    assert!(shown.contains(head) && shown.contains(&pids[0]), "{pids:?} in {shown}");
    // Running it again is neither offered nor taken.
    assert!(!shown.contains("\n  rerun"), "{shown}");
    second.types("rerun");
    assert!(asked(&mut second).contains("`rerun` is none of the answers"));
    second.types("hold");
    assert!(second.sees("Why (", None));
    second.types("it still runs");
    assert!(matches!(second.next(None), Next::End(4)), "{}", second.shown());

    // It ends. What may be run again is run again; else the question is another one.
    let goes = || fs::OpenOptions::new().read(true).write(true).open(place.join("hold")).unwrap();
    drop(goes());
    waits_for("the end of it", || !still_runs(place, "slow"));
    let mut third = Seat::at(place, &["resume", "j.md"]);
    if idempotent {
        waits_for("the second effect", || {
            drop(goes());
            Ledger::read(place).count("effect", "slow") == 2
        });
    } else {
        let shown = asked(&mut third);
        assert!(!shown.contains("still run") && shown.contains("\n  rerun"), "{shown}");
        third.types("done");
    }
    assert!(asked(&mut third).contains("Last gate"));
    third.types("proceed");
    assert!(matches!(third.next(None), Next::End(0)), "{}", third.shown());

    let ledger = Ledger::read(place);
    let times = if idempotent { 2 } else { 1 };
    assert_eq!((ledger.count("begin", "slow"), ledger.count("effect", "slow")), (times, times));
    let entries = History::read(&fs::read(place.join("j.md")).unwrap()).unwrap().entries;
    let answers = entries.iter().filter_map(|entry| {
        let Event::Answered(answered) = &entry.event else { return None };
        Some(answered.answer)
    });
    let said_done = (!idempotent).then_some(Answer::Done);
    let wanted = [Answer::Proceed, Answer::Hold].into_iter().chain(said_done);
    let wanted: Vec<Answer> = wanted.chain([Answer::Proceed]).collect();
    assert_eq!(answers.collect::<Vec<_>>(), wanted);
    verifies(place);
}

fn asked(seat: &mut Seat) -> String {
    match seat.next(None) {
        Next::Question(shown) => shown,
        Next::End(code) => panic!("it ended with {code}:\n{}", seat.shown()),
        Next::Nothing => unreachable!("no moment was named"),
    }
}
