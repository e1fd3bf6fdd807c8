//! Pieces of runbooks, as documents show them, made whole.

use std::fmt::Write as _;

use holdpoint::runbook::{Runbook, schema};
use serde_json::Value as Json;
use std::sync::LazyLock;

/// Codes whose examples would have to be huge, not text, or of a kind of check that cannot be
/// named here.
pub const NOT_SHOWN: [&str; 10] =
    ["HP001", "HP002", "HP003", "HP004", "HP007", "HP008", "HP021", "HP024", "HP025", "HP048"];

/// What the reader refuses and a schema cannot say, or says so badly that editors mislead.
pub const BEYOND_A_SCHEMA: &[(&str, &str)] = &[
    ("HP020", "`format` is a note in JSON Schema; tools may not know Rust's patterns"),
    ("HP022", "a template is no regular language that a pattern should spell out"),
    ("HP034", "needs `anyOf`, which editors explain as `not valid under any of the schemas`"),
    ("HP035", "needs `not`, which editors cannot explain"),
    ("HP036", "needs `if`, and a person is better told in words"),
    ("HP040", "uniqueness over several lists"),
    ("HP041", "needs `not`, which editors cannot explain"),
    ("HP042", "a reference"),
    ("HP043", "a reference and an order"),
    ("HP044", "needs `anyOf` over eight keys"),
    ("HP045", "needs `oneOf` over five keys"),
    ("HP046", "needs `not`"),
    ("HP047", "needs `oneOf` over all kinds"),
    ("HP049", "depends on other keys"),
    ("HP050", "compares two lengths of time"),
    ("HP052", "a reference"),
    ("HP053", "a reference and an order"),
    ("HP055", "needs `oneOf` over three keys"),
    ("HP056", "a reference"),
    ("HP057", "a reference and an order"),
    ("HP058", "uniqueness of one key in a list"),
    ("HP060", "needs `if`, and a person is better told in words"),
    ("HP061", "compares two lengths of time"),
    ("HP062", "compares two lengths of time"),
    ("HP063", "counts samples"),
    ("HP064", "counts samples"),
    ("HP065", "needs `if`"),
    ("HP066", "a reference"),
    ("HP067", "depends on where the step stands"),
    ("HP068", "needs `not`"),
    ("HP070", "a reference"),
    ("HP071", "needs `oneOf` over three keys"),
    ("HP072", "a pattern that is itself a value"),
    ("HP073", "needs `if`"),
    ("HP084", "compares two texts"),
    ("HP085", "depends on the kinds of all checks"),
];

/// A code block of a document.
#[derive(Debug)]
pub struct Piece {
    pub marks: Vec<&'static str>,
    pub text: String,
}

/// Every block marked `toml`.
pub fn blocks(document: &str) -> Vec<Piece> {
    let mut blocks = Vec::new();
    let mut rest = document;
    while let Some((_, after)) = rest.split_once("```toml") {
        let (marks, body) = after.split_once('\n').expect("a block has lines");
        let (text, behind) = body.split_once("\n```").expect("a block ends");
        let marks = marks.split_whitespace().map(|mark| {
            *["bad", "good", "fragment", "top", "phases", "phase", "step"]
                .iter()
                .find(|known| **known == mark)
                .unwrap_or_else(|| panic!("unknown mark `{mark}`"))
        });
        blocks.push(Piece { marks: marks.collect(), text: text.to_owned() });
        rest = behind;
    }
    blocks
}

pub const PHASES: [&str; 8] = [
    "Pre-Deployment Analysis",
    "Environment Preparation",
    "Infrastructure Deployment",
    "Application Deployment",
    "Validation & Testing",
    "Monitoring Setup",
    "Rollback Preparation",
    "Post-Deployment",
];

/// The piece in the smallest runbook that it can stand in.
pub fn whole(piece: &Piece) -> String {
    let text = &piece.text;
    let line = |start: &str| text.lines().any(|line| line.starts_with(start));
    let place = piece.marks.last().copied().unwrap_or_default();
    if !["top", "phases", "phase", "step"].contains(&place) {
        return text.clone();
    }
    let mut runbook = String::new();
    if !line("format") {
        runbook.push_str("format = 1\n");
    }
    if !line("[runbook]") && !line("runbook =") {
        runbook.push_str("runbook = { id = \"example\", title = \"An example\", environment = \"test\", component = \"example\" }\n");
    }
    if !line("[vars]") && !line("vars =") {
        runbook.push_str("vars = { version = \"1.2.0\", previous_version = \"1.1.0\", domain = \"example.com\", environment = \"test\" }\n");
    }
    if place != "top" && text.contains("aws_") {
        runbook.push_str("aws = { account = \"123456789012\", region = \"eu-west-1\" }\n");
    }
    if place == "top" || place == "phases" {
        runbook.push_str(text);
        runbook.push('\n');
    }
    if place == "phases" {
        return runbook;
    }
    for name in PHASES {
        let _ = write!(runbook, "\n[[phase]]\nname = \"{name}\"\n");
        match (name, place) {
            ("Pre-Deployment Analysis", "phase") => runbook.push_str(&in_phase(text)),
            ("Pre-Deployment Analysis", "step") => runbook.push_str(&in_step(text)),
            _ => runbook.push_str("skip = \"an example\"\n"),
        }
    }
    runbook
}

fn in_phase(text: &str) -> String {
    let mut phase = format!("{text}\n");
    if !text.contains("[[phase.step]]") && !text.contains("skip =") {
        phase.push_str("[[phase.step]]\nid = \"greet\"\ntitle = \"Say hello\"\nrun = [\"true\"]\n");
    }
    if !text.contains("[[phase.exit]]") && !text.contains("skip =") {
        phase.push_str("[[phase.exit]]\ncriterion = \"Done\"\nattest = \"It is done\"\n");
    }
    phase
}

fn in_step(text: &str) -> String {
    let mut step = "[[phase.step]]\n".to_owned();
    for (key, line) in [("id =", "id = \"example\"\n"), ("title =", "title = \"An example\"\n")] {
        if !text.lines().any(|written| written.starts_with(key)) {
            step.push_str(line);
        }
    }
    step.push_str(text);
    step.push_str("\n[[phase.exit]]\ncriterion = \"Done\"\nattest = \"It is done\"\n");
    step
}

/// The codes of a runbook's problems.
pub fn codes(runbook: &str) -> Vec<String> {
    match Runbook::parse("runbook.toml", runbook) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.list.iter().map(|problem| problem.code.to_string()).collect(),
    }
}

/// What the `jsonschema` crate says of a runbook; a text that is no TOML is refused as well.
pub fn schema_errors(runbook: &str) -> Vec<String> {
    static VALIDATOR: LazyLock<jsonschema::Validator> =
        LazyLock::new(|| jsonschema::validator_for(&schema()).expect("a schema"));
    match toml::from_str::<toml::Table>(runbook).map(in_json) {
        Ok(json) => VALIDATOR.iter_errors(&json).map(|error| error.to_string()).collect(),
        Err(error) => vec![error.to_string()],
    }
}

/// As editors hand it to a schema: a day is a text.
fn in_json(table: toml::Table) -> Json {
    fn value(inner: toml::Value) -> Json {
        match inner {
            toml::Value::Datetime(day) => Json::from(day.to_string()),
            toml::Value::Array(items) => items.into_iter().map(value).collect(),
            toml::Value::Table(table) => in_json(table),
            other => serde_json::to_value(other).expect("a number, a text or a truth"),
        }
    }
    table
        .into_iter()
        .map(|(key, inner)| (key, value(inner)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
