//! Everything around a session that is not as it should be: which session is meant, a full disk,
//! streams that are closed, folders that are gone.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;

use serde_json::Value as Json;

use crate::sitting_kit::{Place, touching};

const RUN: [&str; 2] = ["run", "book.toml"];

#[test]
fn which_session_is_meant_is_never_guessed() {
    let place = Place::with(&touching());
    let none = ["no session in `journals` can go on", "help: name the journal"];
    place.refuses(&["resume"], 2, &none);
    place.runs(&["status"]).ends(0, &["No sessions."]);
    place.refuses(&["status", "elsewhere"], 2, &["there is no `elsewhere`"]);
    place.runs(&RUN).ends(4, &["Go on with: holdpoint resume journals/"]);
    let unended = ["a session for api in stage was never ended: `journals/", "--new"];
    place.refuses(&RUN, 4, &unended);
    place.runs(&["resume"]).ends(4, &["Going on before phase 1.", "Gate to phase 1"]);
    place.runs(&["run", "book.toml", "--new"]).ends(4, &["-2.md"]);
    let several = ["several sessions can go on: `journals/", "-2.md`", "help: name one"];
    place.refuses(&["resume"], 2, &several);
    place.refuses(
        &["explain", "HP999"],
        2,
        &["no rule of the audit with the code `HP999`", "`holdpoint explain`"],
    );
    place.refuses(&["explain", "\x1b[2J"], 2, &["`\\u{1b}[2J`"]);
    place.refuses(&["runn"], 2, &["unrecognized subcommand 'runn'"]);
    place.refuses(&["run", "book.toml", "--jobs", "0"], 2, &["0 is not in 1..=1024"]);
}

#[test]
fn a_mixed_folder_is_listed_and_verified_to_its_end() {
    let place = Place::held();
    let good = place.read("j.md");
    fs::create_dir(place.path("all")).unwrap();
    place.write("all/1-held.md", &good);
    place.write("all/2-damaged.md", good.replacen("Touch it", "Touch me", 1));
    place.write("all/3-other.md", "# Shopping\n");
    place.write("all/4-log.txt", &good);
    fs::create_dir(place.path("all/5-folder.md")).unwrap();
    fs::write(place.path("all").join(OsStr::from_bytes(b"6-\xff\x1b.md")), &good).unwrap();

    let ran = place.runs(&["status", "all"]);
    ran.ends(6, &["held all/1-held.md", "damaged all/2-damaged.md", "the seal does not fit"]);
    assert!(!ran.out.contains("3-other") && !ran.out.contains("5-folder"));
    let json: Json =
        serde_json::from_str(&place.runs(&["status", "all", "--format", "json"]).out).unwrap();
    let states: Vec<&str> = json["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["held", "damaged", "held"]);

    let files = [
        "all/1-held.md",
        "all/2-damaged.md",
        "all/3-other.md",
        "all/missing.md",
        "all/5-folder.md",
    ];
    let text = [&["verify"], files.as_slice()].concat();
    place.refuses(
        &text,
        6,
        &[
            "all/1-held.md: whole",
            "all/2-damaged.md: damaged: entry",
            "all/3-other.md: not a journal",
            "all/missing.md: not read: No such file",
            "all/5-folder.md: not read: it is a folder",
        ],
    );
    let ran = place.runs(&[text.as_slice(), &["--format", "json"]].concat());
    let json: Json = serde_json::from_str(&ran.out).unwrap();
    let whole: Vec<bool> = json["journals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["whole"].as_bool().unwrap())
        .collect();
    assert_eq!(whole, [true, false, false, false, false]);
    assert!(json["journals"][1]["damage"]["byte"].as_u64().unwrap() > 0);
    place.refuses(&["verify", "all/missing.md", "all/1-held.md"], 2, &["1-held.md: whole"]);
    place.refuses(&["status", "all/3-other.md"], 2, &["`all/3-other.md` is no journal"]);
    place.refuses(&["status", "/dev/null"], 2, &["neither a folder nor a plain file"]);
}

#[test]
fn a_full_disk_begins_no_session_and_loses_none() {
    let place = Place::with(&touching());
    fs::create_dir(place.path("journals")).unwrap();
    let full = "mount -t tmpfs -o size=1m none journals && ";
    let fill = "head -c 2000000 /dev/zero >journals/filler 2>/dev/null; ";
    let left = "code=$?; ls -A journals; exit $code";
    let Some(ran) = place.shell_with_mounts(&format!("{full}{fill}\"$0\" run book.toml; {left}"))
    else {
        return;
    };
    ran.ends(
        1,
        &["entry 1 was not written", "No space left on device", "help: nothing was started"],
    );
    assert_eq!(ran.out, "filler\n");

    // A copy has no room of its own, as the journal that the session kept has.
    let line = format!(
        "{full}\"$0\" run book.toml && exit 9; mv journals/2*.md before; cp before journals/copy.md
         {fill} code=4
         until test $code -ne 4; do
             cp journals/copy.md before; \"$0\" note journals/copy.md something; code=$?
             test $code -eq 0 && code=4
         done
         cmp journals/copy.md before || exit 9
         \"$0\" verify journals/copy.md || exit 9
         ls -A journals; exit $code"
    );
    let ran = place.shell_with_mounts(&line).unwrap();
    ran.ends(1, &["was not written to the journal", "No space left on device", "whole:"]);
    assert!(ran.out.contains("filler\n"), "{ran:?}");
    assert!(!place.path("ran-1").exists());
}

#[test]
fn streams_that_are_closed_or_full_hurt_nothing() {
    let place = Place::held();
    for line in [
        "\"$0\" kinds | head -1 >/dev/null",
        "\"$0\" schema | true",
        "\"$0\" --help | true",
        "\"$0\" status j.md >&-",
        "\"$0\" verify j.md 2>&-",
        "\"$0\" verify j.md <&- 2>/dev/full",
    ] {
        place.shell(&format!("{line}; test $? -eq 0")).ends(0, &[]);
    }
    place.shell("\"$0\" verify j.md >/dev/full").ends(1, &["cannot print the result", "No space"]);
    for line in ["2>&-", "2>/dev/full", ">&- 2>&- <&-"] {
        place.shell(&format!("\"$0\" resume j.md {line}")).ends(4, &[]);
    }
    place.shell("\"$0\" resume nothing.md 2>&-").ends(2, &[]);
    place.shell("{ \"$0\" resume j.md; echo $? >code; } 2>&1 | true").ends(0, &[]);
    place.shell("until test -s code; do :; done; cat code").ends(0, &["4"]);
    place.runs(&["verify", "j.md"]).ends(0, &["whole"]);
}

#[test]
fn folders_that_are_gone_are_told() {
    let mut place = Place::held();
    let book = place.path("book.toml").display().to_string();
    let gone = format!("mkdir gone && cd gone && rmdir ../gone && exec \"$0\" run {book}");
    let parts = ["cannot use the current folder", "No such file or directory", "help: "];
    place.shell(&gone).ends(1, &parts);
    fs::create_dir(place.path("there")).unwrap();
    place.shell("cd there && exec \"$0\" run ../book.toml --new --journal ../t.md").ends(4, &[]);
    fs::remove_dir(place.path("there")).unwrap();
    place
        .runs(&["resume", "t.md"])
        .ends(4, &["There is no folder", "/there here; commands run in"]);

    place.unset("HOME");
    place.unset("XDG_STATE_HOME");
    place.runs(&["resume", "j.md"]).ends(4, &["Gate to phase 1"]);
    place.set("XDG_STATE_HOME", "/dev/null");
    place.runs(&["resume", "j.md"]).ends(1, &["cannot lock `/dev/null/holdpoint/locks/"]);
    let log = ["--log-file", "no/log", "status"];
    place.refuses(&log, 1, &["cannot open the log file `no/log`", "No such file"]);
}
