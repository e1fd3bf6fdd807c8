//! Journals that were written once must be read for ever: a file of each released format, and the
//! sample in `journals/`. They are never changed; a new format adds a file.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use holdpoint::engine::draw_head;
use holdpoint::journal::{End, History, Judged, Seal, head_above, render};
use holdpoint::session::{Entry, Event, Opened, Session};

use crate::hostile::{ANSWERS, CLOSES};

fn journals(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|ending| ending == "md"));
    found.sort();
    found.into_iter().map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
}

#[test]
fn every_released_format_is_read_and_written_again_to_the_byte() {
    let mut formats = BTreeSet::new();
    for (path, bytes) in journals("tests/journals").into_iter().chain(journals("journals")) {
        let name = path.display();
        let history = History::read(&bytes).unwrap_or_else(|damage| panic!("{name}: {damage}"));
        assert_eq!(history.log.end, End::Clean, "{name}");
        let mut seal = Seal::START;
        let mut log = String::new();
        for entry in &history.entries {
            let (text, next) = render(entry, &seal);
            log.push_str(&text);
            seal = next;
        }
        assert_eq!(log.as_bytes(), &bytes[history.log.begins..], "{name}");
        assert!(Judged::of(&history.entries).otherwise.is_empty(), "{name}");
        formats.extend(history.session.opened().map(|opened| opened.format));
    }
    assert_eq!(formats, (1..=Opened::FORMAT).collect(), "a format has no journal here");
}

#[test]
fn together_they_hold_every_kind_of_event_but_a_dry_runs() {
    let kinds: BTreeSet<&str> = journals("tests/journals")
        .iter()
        .flat_map(|(_, bytes)| History::read(bytes).unwrap().entries)
        .map(|entry| entry.event.kind())
        .collect();
    let wanted = [
        "session opened",
        "session resumed",
        "journal recovered",
        "runbook changed",
        "phase entered",
        "phase skipped",
        "step started",
        "step acted",
        "step checked",
        "step sampled",
        "policy applied",
        "waiver expired",
        "gate expired",
        "rollback requested",
        "rollback entered",
        "identified",
        "step skipped",
        "step probed",
        "asked",
        "answered",
        "session held",
        "note",
        "learning",
        "session closed",
    ];
    assert_eq!(kinds, wanted.into_iter().collect());
}

#[test]
fn together_they_hold_every_answer_and_every_end() {
    let read = |bytes: &Vec<u8>| History::read(bytes).unwrap().entries;
    let entries: Vec<Entry> =
        journals("tests/journals").iter().flat_map(|(_, bytes)| read(bytes)).collect();
    for answer in ANSWERS {
        let is_it =
            |entry: &Entry| matches!(&entry.event, Event::Answered(it) if it.answer == answer);
        assert!(entries.iter().any(is_it), "{answer:?} is in no journal here");
    }
    for wanted in CLOSES {
        let is_it =
            |entry: &Entry| matches!(entry.event, Event::Closed { close } if close == wanted);
        assert!(entries.iter().any(is_it), "{wanted:?} is in no journal here");
    }
}

#[test]
fn the_sample_has_the_head_that_its_log_says() {
    for (path, bytes) in journals("journals") {
        let history = History::read(&bytes).unwrap();
        let mut session = Session::default();
        history.entries.iter().for_each(|entry| session.apply(entry).unwrap());
        let head = head_above(&draw_head(&session, &history.entries));
        assert_eq!(head.as_bytes(), &bytes[..history.log.begins], "{}", path.display());
    }
}
