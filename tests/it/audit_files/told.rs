//! What the audit prints: pictures in `tests/cases/audit_told`, drawn anew with `UPDATE=1`; and
//! SARIF as its schema wants it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::{clean, faulty, place, schema};
use crate::sitting_kit::Place;

const ALLOW: &str = "allow = [{ code = \"HP201\", why = \"the file is gone anyway\", until = ";

/// Runbooks of all sorts.
fn sorts() -> Place {
    let place = place();
    fs::create_dir(place.path("books")).unwrap();
    place.write("books/a clean.toml", clean());
    place.write("books/faulty.toml", faulty());
    let allowed = |until: &str| {
        let owned = faulty().replace("component = ", "owner = \"team-orders\"\ncomponent = ");
        owned.replace("run = [", &format!("{ALLOW}{until} }}]\nrun = ["))
    };
    place.write("books/waived.toml", allowed("2999-12-31"));
    place.write("books/ended.toml", allowed("2020-02-29"));
    let unused = "[audit]\nallow = [{ code = \"HP601\", why = \"é: a team for all\" }]\n";
    place.write("books/unused.toml", clean() + unused);
    place.write("books/torn.toml", "format = 1\n[runbook\ntitle = \"x\n");
    place.write("books/Cargo.toml", "[package]\nname = \"x\"\n");
    place
}

fn pictured(name: &str, shown: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/audit_told");
    let picture = folder.join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(folder).unwrap();
        fs::write(&picture, shown).unwrap();
    }
    let drawn = fs::read_to_string(&picture).unwrap_or_default();
    assert_eq!(shown, drawn, "{name} looks different: run with UPDATE=1 and look at it");
}

#[test]
fn people_see_this() {
    let place = sorts();
    let ran = place.runs(&["audit", "books", "missing.toml"]);
    ran.ends(3, &[]);
    let long = ran.out.lines().find(|line| line.chars().count() > 100);
    assert_eq!(long, None);
    pictured("text.txt", &format!("{}--- standard error\n{}", ran.out, ran.err));
    let ran = place.runs(&["audit", "books/waived.toml", "--show-waived"]);
    pictured("waived.txt", &ran.ends(0, &[]).out);
    let ran = place.runs(&["audit", "books", "--fix", "--diff"]);
    pictured("diff.txt", &ran.ends(3, &[]).out);
}

#[test]
fn programs_get_this() {
    let ran = sorts().runs(&["audit", "books", "missing.toml", "--format", "json"]);
    let version = format!("\"holdpoint\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let shown = ran.ends(3, &[]).out.replace(&version, "\"holdpoint\": \"VERSION\"");
    pictured("audit.json", &shown);
}

fn sarif(place: &Place, paths: &[&str]) -> Json {
    let ran = place.runs(&[&["audit", "--format", "sarif"], paths].concat());
    assert!(ran.err.is_empty(), "{}", ran.err);
    serde_json::from_str(&ran.out).unwrap()
}

#[test]
fn code_scanning_gets_this() {
    let place = sorts();
    let mut log = sarif(&place, &["books", "missing.toml"]);
    let validator = jsonschema::options().should_validate_formats(true);
    let validator = validator.build(&schema::of_sarif()).unwrap();
    let faults: Vec<String> = validator.iter_errors(&log).map(|it| it.to_string()).collect();
    assert_eq!(faults, Vec::<String>::new());
    // The schema is looked at, and not only loaded.
    for (pointer, wrong) in [
        ("/runs/0/results/0/level", json!("fatal")),
        ("/runs/0/results/0/locations/0/physicalLocation/region/startLine", json!(0)),
        ("/runs/0/columnKind", json!("bytes")),
        ("/runs/0/results/0/message", json!({})),
    ] {
        let mut bad = log.clone();
        *bad.pointer_mut(pointer).unwrap() = wrong;
        assert!(!validator.is_valid(&bad), "{pointer}");
    }
    let driver = &mut log["runs"][0]["tool"]["driver"];
    let rules = driver["rules"].take();
    let version = driver["version"].take();
    assert_eq!(driver["semanticVersion"].take(), version);
    let ids = rules.as_array().unwrap().iter().map(|rule| rule["id"].as_str().unwrap());
    let ids: BTreeSet<&str> = ids.collect();
    assert!(ids.is_superset(&holdpoint::audit::RULES.iter().map(|rule| rule.code).collect()));
    for rule in rules.as_array().unwrap() {
        let page = rule["help"]["markdown"].as_str().unwrap();
        assert!(page.contains("To mend it: "), "{rule}");
    }
    for result in log["runs"][0]["results"].as_array().unwrap() {
        assert!(ids.contains(result["ruleId"].as_str().unwrap()), "{result}");
    }
    pictured("audit.sarif", &format!("{log:#}\n"));
}

#[test]
fn fingerprints_stay_when_lines_move_and_differ_between_findings() {
    let place = place();
    let prints = |text: String| -> Vec<String> {
        place.write("book.toml", text);
        let log = sarif(&place, &["book.toml"]);
        let results = log["runs"][0]["results"].as_array().unwrap().clone();
        let print = |it: &Json| it["partialFingerprints"]["primaryLocationLineHash"].clone();
        results.iter().map(|it| print(it).as_str().unwrap().to_owned()).collect()
    };
    let step = "[[phase.step]]\nid = \"again\"\ntitle = \"Again\"\nrun = [\"touch\", \"b\"]\n";
    let twice = step.to_owned() + &step.replace("again", "more");
    let text = faulty().replace("[[phase.exit]]", &format!("{twice}[[phase.exit]]"));
    let before = prints(text.clone());
    assert_eq!(before.len(), 4);
    assert_eq!(before.iter().collect::<BTreeSet<_>>().len(), 4, "{before:?}");
    assert_eq!(prints(format!("# one\n# two\n{text}")), before);
    assert_eq!(prints(text.replace("run = ", "  run = ")), before);
}

#[test]
fn places_count_characters() {
    let place = place();
    let named = faulty().replace("[vars]\n", "[vars]\n\"é𝄞é\" = 1\n");
    place.write("b ü.toml", named);
    let log = sarif(&place, &["b ü.toml"]);
    let location = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "b%20%C3%BC.toml");
    let region = &location["region"];
    assert_eq!((&region["startColumn"], &region["endColumn"]), (&json!(1), &json!(6)), "{log:#}");
}

#[test]
fn colours_are_for_terminals() {
    let mut place = sorts();
    place.set("CLICOLOR_FORCE", "1");
    place.runs(&["audit", "books", "--show-waived", "--fix", "--diff"]).ends(3, &[]);
    place.unset("CLICOLOR_FORCE");
    let coloured = |place: &Place| {
        let mut person = place.sits(&["audit", "books/faulty.toml"]);
        person.sees("audited");
        assert_eq!(person.leaves_with(), 0);
        person.raw().windows(2).filter(|two| two == b"\x1b[").count()
    };
    assert!(coloured(&place) > 0, "a terminal has colours");
    place.set("NO_COLOR", "1");
    assert_eq!(coloured(&place), 0);
}
