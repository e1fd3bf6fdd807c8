//! The command line as it is documented: helps, the README's tables, every example that somebody
//! may copy, completions, the manual page, and output that a pipe can take.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{CommandFactory as _, Parser as _};
use holdpoint::cli::Cli;
use serde_json::Value as Json;

use crate::sitting_kit::{Place, touching};

fn verbs() -> Vec<String> {
    let all = Cli::command();
    all.get_subcommands()
        .map(|verb| verb.get_name().to_owned())
        .filter(|name| name != "help")
        .collect()
}

fn document(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

#[test]
fn every_help_fits_and_shows_how() {
    let place = Place::with(&touching());
    let mut helps = vec![(String::new(), place.runs(&["--help"]))];
    helps.extend(verbs().into_iter().map(|verb| (verb.clone(), place.runs(&[&verb, "--help"]))));
    for (verb, ran) in &helps {
        ran.ends(0, &["Usage: holdpoint", "Examples:", "Exit codes:"]);
        let long = ran.out.lines().find(|line| line.chars().count() > 100);
        assert_eq!(long, None, "help of `{verb}`");
        assert!(ran.err.is_empty());
        // An example of a verb is an example of that verb.
        let examples: Vec<&str> =
            ran.out.lines().filter_map(|line| line.strip_prefix("  holdpoint ")).collect();
        assert!(!examples.is_empty(), "help of `{verb}` has no example");
        for example in examples {
            assert!(example.starts_with(verb.as_str()), "help of `{verb}`: {example}");
            parses(&format!("holdpoint {example}"));
        }
    }
    for (code, _) in EXIT_CODES {
        assert!(helps[0].1.out.contains(&format!("\n  {code:<5}")), "--help names no {code}");
    }
    place.runs(&["--version"]).ends(0, &["holdpoint "]);
    place.runs(&[]).ends(2, &["Usage: holdpoint"]);
}

/// Every exit code, with a word of what it means.
const EXIT_CODES: [(i32, &str); 8] = [
    (0, "good"),
    (1, "machine"),
    (2, "usage"),
    (3, "failed"),
    (4, "held"),
    (5, "ended by a person"),
    (6, "damaged"),
    (101, "bug"),
];

#[test]
fn the_readme_names_every_verb_and_every_exit_code() {
    let readme = document("README.md");
    let rows: Vec<Vec<&str>> = readme
        .lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    let named: Vec<&str> = rows
        .iter()
        .flat_map(|row| row[0].split(", "))
        .filter_map(|cell| cell.strip_prefix('`')?.strip_suffix('`')?.split(' ').next())
        .collect();
    for verb in verbs() {
        assert!(named.contains(&verb.as_str()), "README.md has no row for `{verb}`: {named:?}");
    }
    for (code, means) in EXIT_CODES {
        let row = rows.iter().find(|row| row[0] == code.to_string());
        let row = row.unwrap_or_else(|| panic!("README.md has no row for exit code {code}"));
        assert!(row[1].contains(means), "README.md, exit code {code}: {row:?}");
    }
    let numbers = rows.iter().filter_map(|row| row[0].parse::<i32>().ok());
    assert_eq!(numbers.collect::<Vec<_>>(), EXIT_CODES.map(|(code, _)| code));
}

fn parses(line: &str) {
    // Quoting that a person would type; no more of the shell than that.
    let line = line.split(" > ").next().unwrap_or_default();
    let line = line.split(" #").next().unwrap_or_default();
    let mut words = vec![String::new()];
    let mut quoted = None;
    for c in line.chars() {
        match (c, quoted) {
            ('\'' | '"', None) => quoted = Some(c),
            (_, Some(open)) if c == open => quoted = None,
            (' ', None) => words.push(String::new()),
            _ => words.last_mut().expect("there is one").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    if let Err(error) = Cli::try_parse_from(&words) {
        assert!(!error.use_stderr(), "`{line}` does not parse: {error}");
    }
}

/// The command lines of this program in a document: in shell blocks, and quoted in text.
fn examples(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut block: Option<&str> = None;
    for line in text.lines() {
        match (line.strip_prefix("```"), block) {
            (Some(language), None) => block = Some(language),
            (Some(_), Some(_)) => block = None,
            (None, Some("sh" | "console")) => {
                let line = line.trim_start_matches("$ ");
                let own =
                    line.strip_prefix("cargo run -- ").map(|rest| format!("holdpoint {rest}"));
                found.extend(
                    own.or_else(|| line.starts_with("holdpoint ").then(|| line.to_owned())),
                );
            }
            (None, Some(_)) => {}
            (None, None) => {
                let spans = line.split('`').skip(1).step_by(2);
                found
                    .extend(spans.filter(|span| span.starts_with("holdpoint ")).map(str::to_owned));
            }
        }
    }
    found
}

#[test]
fn every_example_that_somebody_may_copy_parses() {
    let mut names =
        vec!["README.md".to_owned(), "runbooks/README.md".to_owned(), "ARCHITECTURE.md".to_owned()];
    let docs: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    for entry in fs::read_dir(docs).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if Path::new(&name).extension().is_some_and(|ending| ending == "md") {
            names.push(format!("docs/{name}"));
        }
    }
    let mut count = 0;
    for name in names {
        for example in examples(&document(&name)) {
            // A version that a journal records, or a word that stands for a verb, is no command.
            if !example.contains("holdpoint 0.") {
                parses(&example);
                count += 1;
            }
        }
    }
    assert!(count >= 5, "only {count} examples were found");
}

#[test]
fn completions_and_the_manual_page_are_made() {
    let place = Place::with(&touching());
    for (shell, sign) in
        [("bash", "complete -F"), ("zsh", "#compdef holdpoint"), ("fish", "complete -c holdpoint")]
    {
        let ran = place.runs(&["completions", shell]);
        assert_eq!(ran.code, Some(0));
        assert!(ran.out.contains(sign) && ran.err.is_empty(), "{shell}: {}", ran.out);
        for verb in verbs() {
            assert!(ran.out.contains(&verb), "completions for {shell} know no `{verb}`");
        }
    }
    place.runs(&["completions", "cobol"]).ends(2, &["invalid value 'cobol'", "possible values"]);
    let man = place.runs(&["man"]);
    assert!(man.ends(0, &[".TH holdpoint 1", "Examples:", "Exit codes:"]).err.is_empty());
    for verb in verbs() {
        assert!(man.out.contains(&verb), "the manual page has no `{verb}`");
    }
}

#[test]
fn what_is_piped_has_no_colour_and_what_is_json_parses() {
    let mut place = Place::held();
    // `ends` looks for characters that act. What forces colour elsewhere must not force it here.
    place.set("CLICOLOR_FORCE", "1");
    for arguments in [["status", "j.md"].as_slice(), &["verify", "j.md"], &["kinds"], &["explain"]]
    {
        place.runs(arguments).ends(0, &[]);
    }
    place.runs(&["resume", "j.md"]).ends(4, &[]);
    place.runs(&["run", "book.toml", "--dry-run"]);
    place.runs(&["run", "nowhere.toml"]).ends(2, &[]);
    place.write("bad.toml", "format = 1\nwhat = 2\n");
    place.runs(&["run", "bad.toml"]).ends(2, &["unknown key"]);
    place.unset("CLICOLOR_FORCE");

    let json = |arguments: &[&str]| -> Json {
        serde_json::from_str(&place.runs(arguments).ends(0, &[]).out).unwrap()
    };
    let told = json(&["status", "j.md", "--format", "json"]);
    assert_eq!(told["format"], 1);
    let wanted = [
        "component",
        "detail",
        "entries",
        "environment",
        "holder_pid",
        "journal",
        "last",
        "phase",
        "question",
        "rehearsal",
        "rolling_back",
        "session",
        "state",
        "waivers",
    ];
    assert_eq!(keys(&told["sessions"][0]), wanted);
    assert_eq!(told["sessions"][0]["state"], "held");
    let told = json(&["verify", "j.md", "--format", "json"]);
    assert_eq!(told["format"], 1);
    let wanted = [
        "entries",
        "head_as_drawn",
        "journal",
        "judged_cut",
        "judged_otherwise",
        "judged_same",
        "rehearsal",
        "seal",
        "torn_bytes",
        "whole",
    ];
    assert_eq!(keys(&told["journals"][0]), wanted);
    assert!(json(&["schema"])["properties"]["phase"].is_object());
}

fn keys(object: &Json) -> Vec<&str> {
    let mut keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn no_colour_means_none_on_a_terminal_too() {
    let mut place = Place::held();
    let coloured = |place: &Place| {
        let mut person = place.sits(&["resume", "j.md"]);
        person.answers("hold");
        person.sees("Why");
        person.types("\r");
        assert_eq!(person.leaves_with(), 4);
        person.raw().windows(2).filter(|two| two == b"\x1b[").count()
            - person.raw().windows(3).filter(|three| three == b"\x1b[?").count()
    };
    assert!(coloured(&place) > 0, "a terminal has colours");
    place.set("NO_COLOR", "1");
    assert_eq!(coloured(&place), 0);
}
