//! Runbooks that are none, and values that do not fit them: nothing begins.

use std::fs;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::sitting_kit::{Place, book, touching};

#[test]
fn a_runbook_that_is_none_begins_no_session() {
    let good = touching();
    let place = Place::with(&good);
    fs::create_dir(place.path("folder")).unwrap();
    mknodat(CWD, place.path("fifo"), FileType::Fifo, Mode::RWXU, 0).unwrap();
    std::os::unix::fs::symlink("nowhere", place.path("link")).unwrap();
    place.write("latin", b"format = 1 # gr\xfc\xdfe\n");
    place.write("huge", vec![b'#'; 3 << 20]);
    place.write("torn", "format = 1\n[runbook\n");
    place.write("empty", "");
    place.write("key", good.replace("component =", "componnet ="));
    place.write("seven", good.rsplit_once("[[phase]]").unwrap().0);
    let (one, two) = ("Monitoring Setup", "Rollback Preparation");
    place.write("order", good.replace(one, "%").replace(two, one).replace('%', two));
    place.write("future", good.replace("format = 1", "format = 2"));
    let table: [(&str, &[&str]); 12] = [
        ("missing", &["there is no runbook `missing`"]),
        ("folder", &["cannot read the runbook `folder`", "it is a folder"]),
        ("fifo", &["cannot read the runbook `fifo`", "it is no plain file"]),
        ("link", &["there is no runbook `link`"]),
        ("latin", &["HP002", "byte 16 of the file, 0xfc, is not UTF-8", "help: save the file"]),
        ("huge", &["HP001", "more than 1048576 bytes", "help: keep data and long scripts"]),
        ("torn", &["torn:2:", "help: "]),
        ("empty", &["HP011", "no `format`", "help: add `format`"]),
        ("key", &["HP010", "key:6:1", "`componnet`", "help: did you mean `component`?"]),
        ("seven", &["8", "Post-Deployment", "help: "]),
        ("order", &["Rollback Preparation", "Monitoring Setup", "help: "]),
        ("future", &["format", "use a newer holdpoint"]),
    ];
    for (name, parts) in table {
        place.refuses(&["run", name], 2, parts);
        place.refuses(&["run", name, "--dry-run"], 2, parts);
    }
}

#[test]
fn what_a_message_names_cannot_act() {
    let place = Place::with(&touching());
    place.refuses(&["run", "a\nb\x1b[2J"], 2, &["there is no runbook `a\\nb\\u{1b}[2J`"]);
    let var = "version=1\n\x1b]0;owned\x07";
    place.refuses(&["run", "book.toml", "--var", var], 2, &["`version`", "\\u{1b}]0;owned\\u{7}"]);
}

#[test]
fn a_value_that_does_not_fit_begins_no_session() {
    let mut place = Place::with(&touching());
    let run = |var: &'static str| ["run", "book.toml", "--var", var];
    place.refuses(&run("versoin=1"), 2, &["no variable `versoin`", "help: it has: version"]);
    place.refuses(&run("version=one"), 2, &["`version`: `one` does not match the pattern `\\d+`"]);
    place.refuses(&run("version=1\n"), 2, &["`version`", "does not match"]);
    place.refuses(&run("Version=1"), 2, &["the name `Version`", "wanted NAME=VALUE"]);
    place.refuses(&run("=1"), 2, &["the name ``", "wanted NAME=VALUE"]);
    place.refuses(&run("hunter2"), 2, &["has no `=`: wanted NAME=VALUE"]);
    assert!(!place.runs(&run("hunter2")).err.contains("hunter2"));
    place.refuses(&["run", "book.toml", "--var"], 2, &["a value is required for '--var"]);

    let steps = "[[phase.step]]\nid = \"act\"\ntitle = \"Touch\"\nrun = [\"touch\", \"ran\"]";
    place.write("none.toml", book("", steps));
    place.refuses(&["run", "none.toml", "--var", "a=1"], 2, &["it has none: leave --var away"]);
    let variables = "token = { env = \"TOKEN\", secret = true, pattern = '[a-z0-9]*' }\n\
                     where = { prompt = \"Where to\" }";
    place.write("secret.toml", book(variables, steps));
    let told = ["run", "secret.toml", "--var", "where=here"];
    let missing = ["`token` has no value", "the environment has no `TOKEN`", "help: set TOKEN"];
    place.refuses(&told, 2, &missing);
    place.set("TOKEN", "abc");
    place.refuses(&told, 2, &["the secret `token` has 3 characters", "below 4", "a longer value"]);
    place.set("TOKEN", "Hunter2!");
    place.refuses(&told, 2, &["`token`: its value does not match the pattern"]);
    assert!(!place.runs(&told).err.contains("Hunter2"));
    place.set("TOKEN", "hunter22");
    let missing = ["`where` has no value", "no terminal to ask on", "give --var where=VALUE"];
    place.refuses(&["run", "secret.toml"], 2, &missing);
    let leak = ["run", "secret.toml", "--var", "where=https://a/?t=hunter22"];
    place.refuses(&leak, 2, &["`where` holds a secret", "write `secret = true` for `where`"]);
}

/// No argument of a program can hold one; a runbook can.
#[test]
fn a_nul_character_begins_no_session() {
    let place = Place::with(
        &touching().replace("value = \"1\", pattern = '\\d+'", "value = \"a\\u0000b\""),
    );
    place.refuses(&["run", "book.toml"], 2, &["NUL"]);
}
