//! The style that no lint knows: sizes, module docs, the direction of the modules, and that
//! nothing is forgotten.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Lines that a source file may have, its tests included.
const MOST_LINES: usize = 400;

/// What each top-level module may name. The binary and the integration tests may name all.
const DIRECTION: [(&str, &[&str]); 14] = [
    ("value", &[]),
    ("text", &["value"]),
    ("check", &["text", "value"]),
    ("runbook", &["check", "text", "value"]),
    ("audit", &["runbook", "check", "text", "value"]),
    ("plan", &["runbook", "check", "text", "value"]),
    ("session", &["runbook", "check", "text", "value"]),
    ("report", &["audit", "plan", "session", "runbook", "check", "text", "value"]),
    ("journal", &["session", "runbook", "check", "text", "value"]),
    ("tape", &["session", "check", "text", "value"]),
    ("engine", &["report", "journal", "session", "runbook", "check", "text", "value"]),
    (
        "host",
        &[
            "engine", "tape", "report", "journal", "session", "audit", "runbook", "check", "text",
            "value", "cli",
        ],
    ),
    ("cli", &["runbook", "audit", "value"]),
    (
        "command",
        &[
            "host", "engine", "tape", "report", "journal", "session", "audit", "plan", "runbook",
            "check", "text", "value", "cli",
        ],
    ),
];

#[test]
fn files_are_short_and_say_what_they_are() {
    for (path, text) in sources("src").into_iter().chain(sources("tests")) {
        let lines = text.lines().count();
        assert!(lines <= MOST_LINES, "{path} has {lines} lines, wanted at most {MOST_LINES}");
        assert!(text.starts_with("//! "), "{path} does not begin with what it is");
        // A line that holds a text may be longer: texts are not cut in two.
        let text_in_it = |line: &str| line.contains('"') || line.contains("printf");
        let long = |line: &str| line.chars().count() > 100 && !text_in_it(line);
        assert_eq!(text.lines().position(long), None, "{path} has a line over 100 characters");
        for mark in ["TO".to_owned() + "DO", "FIX".to_owned() + "ME", "X".repeat(3)] {
            assert!(!text.contains(&mark), "{path} holds the mark {mark}");
        }
    }
}

#[test]
fn modules_only_name_what_lies_below_them() {
    let allowed: BTreeMap<&str, &[&str]> = DIRECTION.into_iter().collect();
    for (path, text) in sources("src") {
        let own = Path::new(&path).components().nth(1).expect("src/ and something");
        let own = own.as_os_str().to_str().expect("UTF-8").trim_end_matches(".rs").to_owned();
        let Some(may) = allowed.get(own.as_str()) else {
            assert!(["lib", "main"].contains(&own.as_str()), "{own} is not in the direction table");
            continue;
        };
        for named in text.split("crate::").skip(1) {
            let end = named.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(0);
            let named = &named[..end];
            let fine = named == own || may.contains(&named) || named.is_empty();
            assert!(fine, "{path} names crate::{named}, which does not lie below {own}");
        }
    }
}

#[test]
fn every_check_kind_is_a_row_of_the_table() {
    let mut files: Vec<String> = sources("src/check").into_iter().map(|(path, _)| path).collect();
    files.retain(|path| Path::new(path).parent() == Some(Path::new("src/check")));
    let mut kinds: Vec<String> =
        holdpoint::check::KINDS.iter().map(|(name, _)| format!("src/check/{name}.rs")).collect();
    kinds.sort();
    // What the kinds share.
    let shared = ["src/check/cloud.rs", "src/check/expectation.rs", "src/check/reading.rs"];
    files.retain(|path| !shared.contains(&path.as_str()));
    assert_eq!(files, kinds);
}

#[test]
fn no_suite_is_forgotten() {
    let main = fs::read_to_string(root().join("tests/it/main.rs")).unwrap();
    for (path, _) in sources("tests/it") {
        let Some(name) = path.strip_prefix("tests/it/").and_then(|name| name.strip_suffix(".rs"))
        else {
            continue;
        };
        if name != "main" && !name.contains('/') {
            assert!(main.contains(&format!("mod {name};")), "tests/it/main.rs forgets {name}");
        }
    }
}

#[test]
fn the_project_speaks_of_itself_alone() {
    for (path, text) in documents() {
        for foreign in
            ["/wo".to_owned() + "rk/", "sha".to_owned() + "red/", "crates".to_owned() + ".io"]
        {
            assert!(!text.contains(&foreign), "{path} names {foreign}");
        }
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files below a folder, with their paths from the top of the project, sorted.
fn sources(folder: &str) -> Vec<(String, String)> {
    files(folder, "rs")
}

/// Everything that a reader of the project sees.
fn documents() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (folder, ending) in [
        ("src", "rs"),
        ("tests/it", "rs"),
        ("tests/cases/audit", "toml"),
        ("benches", "rs"),
        ("docs", "md"),
        ("runbooks", "toml"),
        ("runbooks", "md"),
    ] {
        all.extend(files(folder, ending));
    }
    for name in ["README.md", "ARCHITECTURE.md", "CHANGELOG.md", "Cargo.toml"] {
        if let Ok(text) = fs::read_to_string(root().join(name)) {
            all.push((name.to_owned(), text));
        }
    }
    all
}

fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == ending) {
                let short = path.strip_prefix(root()).unwrap().display().to_string();
                found.push((short, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}
