//! Files that cannot be a journal, or no longer can: they are named, and left exactly as they are.

use std::fs;
use std::os::unix::fs::{chown, symlink};

use holdpoint::journal::{LOG, Seal};
use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::sitting_kit::Place;

fn wherever(place: &Place, name: &str, code: i32, parts: &[&str]) {
    place.refuses(&["resume", name], code, parts);
    place.refuses(&["note", name, "a note"], code, parts);
}

#[test]
fn a_session_goes_on_in_a_plain_file_only() {
    let place = Place::held();
    symlink("j.md", place.path("link.md")).unwrap();
    symlink("nowhere", place.path("dangling.md")).unwrap();
    fs::create_dir(place.path("folder.md")).unwrap();
    mknodat(CWD, place.path("fifo.md"), FileType::Fifo, Mode::RWXU, 0).unwrap();
    for (name, found) in [
        ("link.md", "a symbolic link"),
        ("dangling.md", "a symbolic link"),
        ("folder.md", "a directory"),
        ("fifo.md", "a FIFO"),
    ] {
        let told = format!("`{name}` is {found}, wanted a journal that is a plain file");
        wherever(&place, name, 2, &[&told]);
    }
    wherever(&place, "missing.md", 2, &["there is no journal `missing.md`", "`holdpoint status`"]);
    wherever(&place, "no/j.md", 2, &["there is no journal `no/j.md`", "`holdpoint status`"]);
    fs::hard_link(place.path("j.md"), place.path("second.md")).unwrap();
    wherever(&place, "second.md", 2, &["`second.md` is a file with several names (hard links)"]);
    wherever(&place, "j.md", 2, &["`j.md` is a file with several names (hard links)"]);
    fs::remove_file(place.path("second.md")).unwrap();
    if rustix::process::geteuid().is_root() {
        chown(place.path("j.md"), Some(12_345), None).unwrap();
        wherever(&place, "j.md", 2, &["`j.md` belongs to user 12345, wanted your own file"]);
        chown(place.path("j.md"), Some(0), None).unwrap();
    }
    place.runs(&["resume", "j.md"]).ends(4, &["Gate to phase 1"]);
}

#[test]
fn a_journal_that_cannot_be_written_is_left_alone() {
    let place = Place::held();
    let before = place.read("j.md");
    let line = "mount --bind . . && mount -o remount,ro,bind . && cd . && cd \"$PWD\" && \
                exec \"$0\" resume j.md";
    let Some(ran) = place.shell_with_mounts(line) else { return };
    ran.ends(1, &["cannot open for writing `j.md`", "Read-only file system", "help: ", "`mount`"]);
    assert_eq!(place.read("j.md"), before);
}

#[test]
fn what_is_no_whole_journal_is_named_to_the_byte_and_left_alone() {
    let place = Place::held();
    let good = place.read("j.md");
    let at_3 = good.find("\n### 3 - ").unwrap() + 1;
    let changed = good.replacen("CHANGES  Touch it", "looks    Touch it", 1);
    let middle = good.find("\n### 2 - ").unwrap() + 1;
    let line = good[..middle].lines().count() + 1;
    let found = format!("entry 2, line {line}, byte {middle}: the seal does not fit");
    let conflict = format!("{}<<<<<<< ours\n{}", &good[..at_3], &good[at_3..]);
    let tail = "nothing was changed; compare the file with a copy";
    let format = good.replacen("- format: `1`", "- format: `9`", 1);
    let utf16: Vec<u8> =
        std::iter::once(0xfeff).chain(good.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let table: [(&str, Vec<u8>, &[&str]); 8] = [
        (
            "empty",
            Vec::new(),
            &["not a journal: no line reads `## Progress Log`", "`holdpoint status`"],
        ),
        ("other", b"# Shopping\n\nmilk\n".to_vec(), &["not a journal: no line reads"]),
        ("middle", changed.into(), &[&found, tail]),
        ("crlf", good.replace('\n', "\r\n").into(), &["lines end with CR LF, wanted LF", tail]),
        (
            "bom",
            format!("\u{feff}{}", &good[good.find("## Prog").unwrap()..]).into(),
            &["byte order mark"],
        ),
        ("utf16", utf16, &["converted to UTF-16"]),
        ("conflict", conflict.into(), &["entry 3, line", "git left a conflict here", tail]),
        ("format", resealed(&format).into(), &["format 9, this program reads format 1"]),
    ];
    for (name, bytes, parts) in table {
        let name = format!("{name}.md");
        place.write(&name, bytes);
        let lock = format!(".{name}.lock");
        let is_one =
            name.starts_with("middle") || name.starts_with("con") || name.starts_with("format");
        if is_one {
            // A journal that came to harm is still one, and what looks at it takes its lock.
            place.write(&lock, "");
        }
        wherever(&place, &name, 6, parts);
        place.refuses(&["verify", &name], 6, &parts[..1]);
    }
}

/// The first entry sealed again, as whoever writes the next format would.
fn resealed(text: &str) -> String {
    let from = text.find(LOG).unwrap() + LOG.len();
    let line = text[from..].find("`seal 1 ").unwrap() + from;
    format!("{}{}", &text[..line], Seal::START.next(&text[from..line]).line())
}

#[test]
fn a_new_journal_takes_no_place_of_another_and_needs_a_folder() {
    let place = Place::held();
    fs::create_dir(place.path("folder.md")).unwrap();
    symlink("nowhere", place.path("dangling.md")).unwrap();
    for name in ["j.md", "folder.md", "dangling.md", "book.toml"] {
        let told = format!("`{name}` exists already");
        let run = ["run", "book.toml", "--new", "--journal", name];
        place.refuses(&run, 2, &[&told, "a journal is never written over"]);
    }
    let run = |journal| ["run", "book.toml", "--new", "--journal", journal];
    place.refuses(&run("new/j.md"), 2, &["no folder `new`", "`mkdir -p new`"]);
    place.refuses(&run("book.toml/j.md"), 1, &["cannot look at `book.toml/j.md`: Not a directory"]);
    place.refuses(&run("folder.md/.."), 2, &["exists already"]);
    let long = "j".repeat(300);
    place.refuses(&run(&long), 1, &["File name too long"]);
}

#[test]
fn an_empty_note_is_not_written_and_a_locked_journal_is_not_touched() {
    let place = Place::held();
    place.refuses(&["note", "j.md", ""], 2, &["the note is empty"]);
    place.refuses(&["note", "j.md", " \n"], 2, &["the note is empty"]);
    let mut person = place.sits(&["resume", "j.md"]);
    person.sees("Your answer");
    let before = place.read("j.md");
    for arguments in [["note", "j.md", "x"].as_slice(), &["resume", "j.md"]] {
        let pid = format!("process {}", person.pid());
        place.runs(arguments).ends(1, &["the journal `j.md` is in use", &pid, "help: wait"]);
    }
    let run = ["run", "book.toml", "--new", "--journal", "second.md"];
    place.refuses(&run, 1, &["api in stage is in use", "help: wait"]);
    assert_eq!(place.read("j.md"), before);
    place.runs(&["status", "j.md"]).ends(0, &["running j.md", "at: gate to phase 1"]);
    person.types("abort\r");
    person.sees("Why (Enter for no reason)");
    person.types("\r");
    assert_eq!(person.leaves_with(), 5);
    place.refuses(&["resume", "j.md"], 2, &["the session in `j.md` has ended", "`holdpoint run`"]);
    place.runs(&["note", "j.md", "afterwards"]).ends(0, &["Recorded as entry"]);
}
