//! `holdpoint.toml`, the levels of a runbook, and which of them counts.

use super::{clean, faulty, json, place};
use crate::sitting_kit::Place;

fn levels(place: &Place, arguments: &[&str], code: i32) -> Vec<String> {
    let told = json(place, arguments, code);
    let findings = told["runbooks"][0]["findings"].as_array().unwrap().clone();
    findings.iter().map(|it| format!("{} {}", it["code"], it["level"]).replace('"', "")).collect()
}

#[test]
fn levels_come_from_the_settings_and_the_runbook_says_more() {
    let place = place();
    place.write("book.toml", faulty());
    let off = place.read("holdpoint.toml");
    assert_eq!(levels(&place, &["book.toml"], 0), ["HP601 warning", "HP201 warning"]);
    place.write("holdpoint.toml", format!("{off}HP201 = \"error\"\nHP601 = \"off\"\n"));
    assert_eq!(levels(&place, &["book.toml"], 3), ["HP201 error"]);
    let own = "[audit.levels]\nHP201 = \"note\"\nHP601 = \"error\"\n";
    place.write("book.toml", faulty() + own);
    assert_eq!(levels(&place, &["book.toml"], 3), ["HP601 error", "HP201 note"]);
}

#[test]
fn deny_says_how_it_ends() {
    let place = place();
    place.write("book.toml", faulty());
    let off = place.read("holdpoint.toml");
    place.runs(&["audit", "book.toml"]).ends(0, &["2 warnings"]);
    place.runs(&["audit", "book.toml", "--deny", "warning"]).ends(3, &["2 warnings"]);
    place.write("holdpoint.toml", format!("[audit]\ndeny = \"warning\"\n{off}"));
    place.runs(&["audit", "book.toml"]).ends(3, &[]);
    place.runs(&["audit", "book.toml", "--deny", "error"]).ends(0, &[]);
    place.write("book.toml", clean());
    place.runs(&["audit", "book.toml"]).ends(0, &[]);
}

#[test]
fn the_nearest_settings_count_and_those_that_are_named() {
    let place = place();
    std::fs::create_dir_all(place.path("sub/deep")).unwrap();
    place.write("sub/deep/book.toml", faulty());
    place.write("strict.toml", "[audit]\ndeny = \"note\"\n");
    let from = |folder: &str, more: &str| {
        let line = format!("cd {folder} && \"$0\" audit book.toml {more}");
        place.shell(&line).code
    };
    assert_eq!(from("sub/deep", ""), Some(0));
    assert_eq!(from("sub/deep", "--config ../../strict.toml"), Some(3));
    place.write("sub/holdpoint.toml", "[audit]\ndeny = \"warning\"\n");
    assert_eq!(from("sub/deep", ""), Some(3));
    assert_eq!(from("sub/deep", "--config ../../holdpoint.toml"), Some(0));
}

#[test]
fn settings_that_are_not_clear_stop_the_audit() {
    let place = place();
    place.write("book.toml", clean());
    let table: [(&str, &[&str]); 6] = [
        ("[audit]\ndney = \"note\"\n", &["holdpoint.toml:2:1", "unknown field `dney`", "help: "]),
        ("[adit]\n", &["holdpoint.toml:1:2", "unknown field `adit`"]),
        ("[audit]\ndeny = \"all\"\n", &["holdpoint.toml:2:8", "unknown variant `all`"]),
        ("[audit]\nlevels = { HP999 = \"off\" }\n", &["no rule `HP999`", "`holdpoint explain`"]),
        ("[audit]\nlevels = { HP010 = \"off\" }\n", &["`HP010` is no rule"]),
        ("[audit]\n\"a\\u001b[2J\" = 1\n", &["unknown field `a\\u{1b}[2J`"]),
    ];
    for (text, parts) in table {
        place.write("holdpoint.toml", text);
        place.refuses(&["audit", "book.toml"], 2, parts);
    }
    place.refuses(
        &["audit", "book.toml", "--config", "none.toml"],
        2,
        &["cannot read the settings `none.toml`", "help: name a file with --config"],
    );
}

#[test]
fn a_waiver_of_a_rule_that_is_off_is_no_finding() {
    let place = place();
    let allow = "allow = [{ code = \"HP201\", why = \"nothing to take back\" }]\nrun = [";
    let off = place.read("holdpoint.toml");
    place.write("book.toml", clean().replace("run = [", allow));
    assert_eq!(levels(&place, &["book.toml"], 0), ["HP702 warning"]);
    place.write("holdpoint.toml", format!("{off}HP201 = \"off\"\n"));
    assert_eq!(levels(&place, &["book.toml"], 0), Vec::<String>::new());
    let own = "[audit.levels]\nHP201 = \"off\"\n";
    place.write("holdpoint.toml", off);
    place.write("book.toml", clean().replace("run = [", allow) + own);
    assert_eq!(levels(&place, &["book.toml"], 0), Vec::<String>::new());
}
