//! The audit: every rule finds its fault and not its neighbour, in its page and in its cases.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use holdpoint::audit::{Finding, RULES, Report, Rule, Settings, audit};

use crate::runbook::pieces::{blocks, whole};

#[path = "audit/cases.rs"]
mod cases;
#[path = "audit/commands.rs"]
mod commands;
#[path = "audit/hidden.rs"]
mod hidden;
#[path = "audit/mends.rs"]
mod mends;
#[path = "audit/mutate.rs"]
mod mutate;
#[path = "audit/properties.rs"]
mod properties;
#[path = "audit/scripts.rs"]
mod scripts;
#[path = "audit/seeds.rs"]
mod seeds;

/// The day of every audit here.
const TODAY: &str = "2026-06-01";

pub fn report(text: &str) -> Report {
    let settings = Settings { today: TODAY.to_owned(), ..Settings::default() };
    audit("runbook.toml", text.as_bytes(), &settings)
}

/// Panics where it is no runbook.
fn findings(text: &str) -> Vec<Finding> {
    let programs = ["curl", "git", "jq", "sh"].map(str::to_owned);
    let today = TODAY.to_owned();
    let settings = Settings { today, programs: Some(programs.into()), ..Settings::default() };
    let report = audit("runbook.toml", text.as_bytes(), &settings);
    let problems: Vec<&Finding> =
        report.findings.iter().filter(|it| it.name == "problem").collect();
    assert!(problems.is_empty(), "no runbook: {problems:#?}\n{text}");
    report.findings
}

fn has(findings: &[Finding], rule: &Rule) -> bool {
    findings.iter().any(|finding| finding.code == rule.code)
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn names(folder: &Path, ending: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter_map(|name| Some(name.strip_suffix(ending)?.to_owned())).collect()
}

#[test]
fn codes_and_names_are_given_once_and_rise() {
    let codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    assert!(codes.is_sorted_by(|one, next| one < next), "{codes:?}");
    let names: BTreeSet<&str> = RULES.iter().map(|rule| rule.name).collect();
    assert_eq!(names.len(), RULES.len(), "a name twice");
    let is_name = |name: &&str| name.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    assert!(names.iter().all(is_name), "{names:?}");
}

#[test]
fn every_rule_has_a_page_with_a_bad_and_a_good_example() {
    let mut explained = BTreeSet::new();
    for group in names(&folder("docs/rules"), ".md") {
        let page = fs::read_to_string(folder("docs/rules").join(format!("{group}.md"))).unwrap();
        for section in page.split("\n## ").skip(1) {
            let (code, body) = section.split_once('\n').unwrap();
            let rule = RULES.iter().find(|rule| rule.code == code);
            let rule = rule.unwrap_or_else(|| panic!("{group}.md explains {code}: no rule"));
            assert!(explained.insert(code.to_owned()), "{code} is explained twice");
            let article = if rule.level == holdpoint::audit::Level::Error { "an" } else { "a" };
            let head = format!("`{}`, {article} {}: {}.", rule.name, rule.level, rule.meaning);
            assert!(body.contains(&head), "{code} must say: {head}");
            let mend = format!("To mend it: {}.", rule.help);
            assert!(body.contains(&mend), "{code} must say: {mend}");
            let blocks = blocks(body);
            let [bad, good] = blocks.as_slice() else {
                panic!("{code} needs a bad and a good example")
            };
            assert!(bad.marks.contains(&"bad") && good.marks.contains(&"good"), "{code}");
            assert!(has(&findings(&whole(bad)), rule), "{code} is not found in:\n{}", bad.text);
            assert!(!has(&findings(&whole(good)), rule), "{code} is found in:\n{}", good.text);
        }
    }
    let all: BTreeSet<String> = RULES.iter().map(|rule| rule.code.to_owned()).collect();
    assert_eq!(explained, all, "every rule is explained");
}
