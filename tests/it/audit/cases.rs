//! The cases of every rule: `tests/cases/audit/CODE.toml` holds runbooks, or steps that are put
//! into phase 4 of one that is clean. A line `#! finds: TEXT` begins one in which the rule finds
//! something, the first place being TEXT; `#! passes: WHY` one that nearly has the fault.

use std::fmt::Write as _;
use std::fs;

use holdpoint::audit::RULES;

use super::{findings, folder, has, names};
use crate::runbook::pieces::PHASES;

/// The head of a runbook in which nothing is wrong.
const HEAD: &str = r##"format = 1
[runbook]
id = "orders-api"
title = "Deploy the orders API"
environment = "test"
component = "orders-api"
owner = "team-orders"
[vars]
version = { prompt = "Version to deploy" }
previous_version = { prompt = "Version that serves now" }
domain = "orders.example.com"
token = { env = "ORDERS_TOKEN", secret = true }
[aws]
account = "123456789012"
region = "eu-west-1"
role = "deployer"
[[contact]]
name = "Orders on-call"
reach = "#orders-oncall"
escalate_after = "15m"
[[contact]]
name = "Release lead"
reach = "#releases"
"##;

/// The case in a whole runbook.
pub fn in_runbook(case: &str) -> String {
    if case.lines().any(|line| line.starts_with("format = ")) {
        return case.to_owned();
    }
    let mut text = HEAD.to_owned();
    for name in PHASES {
        let _ = write!(text, "[[phase]]\nname = \"{name}\"\n");
        if name != "Application Deployment" {
            text.push_str("skip = \"not in this example\"\n");
            continue;
        }
        text.push_str(case);
        if !case.contains("[[phase.exit]]") {
            text.push_str("\n[[phase.exit]]\ncriterion = \"The lead is content\"\n");
            text.push_str("attest = \"I am content with what I saw\"\n");
        }
    }
    text
}

#[test]
fn every_rule_finds_its_fault_and_not_its_neighbour() {
    let mut counts = std::collections::BTreeMap::new();
    for code in names(&folder("tests/cases/audit"), ".toml") {
        let Some(rule) = RULES.iter().find(|rule| rule.code == code) else {
            panic!("tests/cases/audit/{code}.toml: there is no such rule")
        };
        let text = fs::read_to_string(folder("tests/cases/audit").join(format!("{code}.toml")));
        for case in format!("\n{}", text.unwrap()).split("\n#! ").skip(1) {
            let (head, case) = case.split_once('\n').expect("a case has lines");
            let whole = in_runbook(case);
            let found = findings(&whole);
            if let Some(wanted) = head.strip_prefix("finds: ") {
                let at = |finding: &&holdpoint::audit::Finding| {
                    finding.code == code && whole[finding.labels[0].span.clone()].contains(wanted)
                };
                assert!(found.iter().any(|it| at(&it)), "{code} {head}: {found:#?}\n{whole}");
                counts.entry(code.clone()).or_insert((0, 0)).0 += 1;
            } else {
                assert!(head.starts_with("passes: "), "{code}: `{head}`");
                assert!(!has(&found, rule), "{code} {head}: {found:#?}\n{whole}");
                counts.entry(code.clone()).or_insert((0, 0)).1 += 1;
            }
        }
    }
    for rule in RULES.iter() {
        let (finds, passes) = counts.get(rule.code).copied().unwrap_or_default();
        assert!(finds > 0 && passes > 0, "{} needs both kinds of case", rule.code);
    }
}
