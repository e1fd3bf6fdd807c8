//! The table of kinds, their help texts and the reference agree.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use holdpoint::check::{CheckTable, KINDS};
use holdpoint::runbook::Template;
use serde_json::Value;

use super::{claim, claims};

fn project(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn reference() -> String {
    fs::read_to_string(project("docs/checks.md")).unwrap()
}

/// The text between each fence that opens with this line and the next fence.
fn blocks<'a>(text: &'a str, fence: &str) -> Vec<&'a str> {
    let parts: Vec<_> = text.split(&format!("{fence}\n")).skip(1).collect();
    parts.into_iter().map(|part| part.split("```").next().unwrap()).collect()
}

/// The schema of a kind: its description and its fields.
fn schema(kind: &str) -> Value {
    let all = schemars::schema_for!(CheckTable).to_value();
    let field = all["properties"][kind].to_string();
    let (_, rest) = field.split_once("#/$defs/").unwrap_or_else(|| panic!("{kind}: {field}"));
    all["$defs"][rest.split('"').next().unwrap()].clone()
}

fn fields(schema: &Value) -> Vec<(String, Value)> {
    let fields = schema["properties"].as_object().unwrap();
    fields.iter().map(|(name, field)| (name.clone(), field.clone())).collect()
}

#[test]
fn a_kind_is_a_file_and_a_file_is_a_kind() {
    let not_kinds = ["cloud.rs", "expectation.rs", "reading.rs"];
    let files: BTreeSet<String> = fs::read_dir(project("src/check"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !not_kinds.contains(&name.as_str()))
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .collect();
    let kinds: BTreeSet<String> = KINDS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(files, kinds);
}

#[test]
fn every_kind_and_field_has_a_help_text_and_every_kind_an_example() {
    for (kind, says) in KINDS {
        assert!(!says.is_empty(), "{kind}");
        let schema = schema(kind);
        let text = schema["description"].as_str().unwrap();
        let examples = blocks(text, "```toml");
        assert_eq!(examples.len(), 1, "{kind}: {text}");
        let claim = serde_json::to_value(claim(examples[0])).unwrap();
        assert!(claim.get(kind).is_some(), "the example of {kind} is {claim}");
        for (name, field) in fields(&schema) {
            let described = field["description"].as_str().is_some_and(|text| !text.is_empty());
            assert!(described, "{kind}.{name}: {field}");
        }
    }
}

#[test]
fn variables_are_escaped_in_patterns_and_nowhere_else() {
    let mut patterns = 0;
    for (kind, _) in KINDS {
        for (name, field) in fields(&schema(kind)) {
            let is_pattern = field["format"] == "regex";
            assert_eq!(is_pattern, name.ends_with("matches"), "{kind}.{name}: {field}");
            patterns += usize::from(is_pattern);
        }
    }
    assert_eq!(patterns, 3);
}

/// Whether the line is a row of a table whose first cell names the field.
fn in_row(line: &str, field: &str) -> bool {
    let cell = line.strip_prefix("| ").and_then(|row| row.split(" | ").next());
    cell.is_some_and(|cell| cell.split(", ").any(|name| name == format!("`{field}`")))
}

#[test]
fn the_reference_holds_every_kind_and_field_and_its_examples_are_right() {
    let text = reference();
    let headings: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("## `")).collect();
    let kinds: Vec<_> = KINDS.iter().map(|(kind, _)| format!("{kind}`")).collect();
    assert_eq!(headings, kinds, "one heading for each kind, in the table's order");
    for (kind, says) in KINDS {
        let begin = text.find(&format!("## `{kind}`\n")).unwrap();
        let section = text[begin + 3..].split("\n## ").next().unwrap();
        let plain = |text: &str| text.replace('`', "");
        assert!(plain(section).contains(&plain(says)), "{kind} says: {says}");
        for (name, _) in fields(&schema(kind)) {
            let row = section.lines().any(|line| in_row(line, &name));
            assert!(row, "{kind}.{name}");
        }
        assert!(!blocks(section, "```toml").is_empty(), "{kind} has no example");
    }
    for example in blocks(&text, "```toml") {
        for claim in claims(example) {
            assert_eq!(claim.kind().flaw(), None, "{example}");
            assert!(Template::parse(&claim.kind().says()).is_ok());
        }
    }
}
