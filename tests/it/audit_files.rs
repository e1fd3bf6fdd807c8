//! The audit as a program: many files and folders, bad input, settings, what it prints for people,
//! programs and code scanning, and what it mends.

mod bad;
mod fixes;
mod schema;
mod settings;
mod told;

use std::fmt::Write as _;

use holdpoint::audit::RULES;
use serde_json::Value as Json;

use crate::sitting_kit::{Place, touching};

/// Rules that the outputs here are about. Those that come later must not change what is told of
/// these.
const SHOWN: [&str; 5] = ["HP201", "HP601", "HP701", "HP702", "HP703"];

/// A folder with no runbook, and settings by which only the rules in [`SHOWN`] are looked for.
fn place() -> Place {
    let place = Place::with("");
    std::fs::remove_file(place.path("book.toml")).unwrap();
    let mut settings = "[audit.levels]\n".to_owned();
    for rule in RULES.iter().filter(|rule| !SHOWN.contains(&rule.code)) {
        let _ = writeln!(settings, "{} = \"off\"", rule.code);
    }
    place.write("holdpoint.toml", settings);
    place
}

/// A runbook in which these rules find nothing.
fn clean() -> String {
    touching()
        .replace("component = ", "owner = \"team-orders\"\ncomponent = ")
        .replace("run = [\"touch\"", "irreversible = \"the file stays\"\nrun = [\"touch\"")
}

/// One in which they find a change without undo, and no owner.
fn faulty() -> String {
    touching()
}

fn json(place: &Place, arguments: &[&str], code: i32) -> Json {
    let ran = place.runs(&[&["audit", "--format", "json"], arguments].concat());
    serde_json::from_str(&ran.ends(code, &[]).out).unwrap()
}

/// The codes of what was found, file by file.
fn found(told: &Json) -> Vec<(String, Vec<String>)> {
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let codes = |file: &Json| {
        file["findings"].as_array().unwrap().iter().map(|it| text(&it["code"])).collect()
    };
    let files = told["runbooks"].as_array().unwrap();
    files.iter().map(|file| (text(&file["path"]), codes(file))).collect()
}

#[test]
fn a_clean_runbook_is_one_line() {
    let place = place();
    place.write("clean.toml", clean());
    let ran = place.runs(&["audit", "clean.toml", "--deny", "note"]);
    assert_eq!(ran.ends(0, &[]).out, "1 runbook audited: nothing found\n");
    assert_eq!(ran.err, "");
}

#[test]
fn files_come_by_name_and_each_once() {
    let place = place();
    std::fs::create_dir_all(place.path("books/inner")).unwrap();
    for name in ["b.toml", "books/inner/z.toml", "books/a.toml", "books/c.toml"] {
        place.write(name, faulty());
    }
    place.write("books/Cargo.toml", "[package]\nname = \"x\"\nformat = 1\n");
    place.write("books/notes.md", "format = 1\n");
    std::os::unix::fs::symlink("../books", place.path("books/again")).unwrap();
    std::os::unix::fs::symlink("a.toml", place.path("books/0.toml")).unwrap();
    let wanted = ["b.toml", "books/a.toml", "books/c.toml", "books/inner/z.toml"];
    let two = |name: &str| (name.to_owned(), vec!["HP601".to_owned(), "HP201".to_owned()]);
    // The link back to the folder is named, so that the end is 2 where nothing is denied.
    let one_way = json(&place, &["books", "b.toml"], 2);
    assert_eq!(json(&place, &["./b.toml", "books/", "./books/inner", "books/c.toml"], 2), one_way);
    let names: Vec<_> = found(&one_way);
    assert_eq!(names.len(), 4, "{names:?}");
    assert_eq!(names[0], two("b.toml"));
    // `0.toml` is a link to `a.toml`, and told as what it is.
    assert_eq!(names[1..], ["books/a.toml", "books/c.toml", "books/inner/z.toml"].map(two));
    // A name that a person gave is kept.
    let named = json(&place, &["books", "books/a.toml", "b.toml"], 2);
    assert_eq!(found(&named), wanted.map(two));
    assert_eq!(one_way["passed_over"][0]["path"], "books/Cargo.toml");
    assert_eq!(one_way["not_audited"][0]["path"], "books/again");
}

#[test]
fn many_files_are_told_in_order() {
    let place = place();
    std::fs::create_dir(place.path("many")).unwrap();
    for at in 0..600 {
        let text = if at % 7 == 0 { faulty() } else { clean() };
        place.write(&format!("many/{at:04}.toml"), text);
    }
    let told = json(&place, &["many", "--deny", "warning"], 3);
    let names = found(&told);
    assert_eq!(names.len(), 600);
    assert!(names.is_sorted(), "not by name");
    for (at, (name, codes)) in names.iter().enumerate() {
        assert_eq!(name, &format!("many/{at:04}.toml"));
        assert_eq!(codes.is_empty(), at % 7 != 0, "{name}: {codes:?}");
    }
    let text = place.runs(&["audit", "many"]);
    text.ends(0, &["600 runbooks audited: 172 warnings in 86 of them", "(and 85 more)"]);
}
