//! A secret that somebody wrote into a runbook is in no report of it.

use std::path::Path;

use holdpoint::audit::{Report, mend};
use holdpoint::report::{audit_json, audited, sarif_results};
use holdpoint::runbook::Style;

use super::cases::in_runbook;
use super::report;

/// Put together here, so that no tool takes this file for a leak.
fn secrets() -> Vec<String> {
    let parts = [
        ["AKI", "AQ7BX2NLR9TZK4WPD"],
        ["gh", "p_Q7bX2nLr9TzK4wPd8VyMQ7bX2nLr9TzK4wPd"],
        ["sk_", "live_Q7bX2nLr9TzK4wPd8VyM"],
        ["ey", "JhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.Q7bX2nLr9TzK4wPd8VyM"],
        ["Q7bX2nLr", "9TzK4wPd"],
    ];
    parts.iter().map(|parts| parts.concat()).collect()
}

/// Everything that is ever shown of a report.
fn told(report: &Report) -> String {
    let json = audit_json(Path::new("runbook.toml"), report).to_string();
    let sarif = format!("{:?}", sarif_results("runbook.toml", report));
    let mended = mend(report, &holdpoint::audit::Settings::default()).unwrap_or_default().shown;
    format!("{}\n{json}\n{sarif}\n{mended}", audited(report, Style::Plain))
}

fn assert_hidden(text: &str, secret: &str, code: &str) {
    let report = report(text);
    let codes: Vec<&str> = report.findings.iter().map(|finding| finding.code).collect();
    assert!(codes.contains(&code), "{code} is not found: {codes:?}\n{text}");
    assert!(report.sheet.text.contains(secret), "who mends it needs the text as it is");
    let told = told(&report);
    assert!(!told.contains(secret), "{secret} is shown:\n{told}");
}

#[test]
fn no_report_shows_a_secret() {
    for secret in secrets() {
        // Other rules find something on the very same line, and quote it.
        let step = format!(
            "[[phase.step]]\nid = \"call\"\ntitle = \"Call it\"\nrun = [\"curl\", \"--password\", \
             \"{secret}\", \"http://orders.example.com/a\"]\nchanges = false\n"
        );
        assert_hidden(&in_runbook(&step), &secret, "HP501");
        assert_hidden(&in_runbook(&step), &secret, "HP301");
    }
}

#[test]
fn no_report_of_problems_shows_a_secret() {
    for secret in secrets() {
        let step = format!("[[phase.step]]\nid = \"call\"\ncolour = \"password={secret}\"\n");
        let text = in_runbook(&step);
        let report = report(&text);
        assert!(report.runbook.is_none(), "this must be no runbook");
        let told = told(&report);
        assert!(told.contains("colour"), "{told}");
        assert!(!told.contains(&secret), "{secret} is shown:\n{told}");
    }
}

#[test]
fn the_value_of_what_sounds_secret_is_not_shown() {
    let step = "[[phase.step]]\nid = \"call\"\ntitle = \"Call it\"\nmanual = \"Call.\"\n";
    let text = in_runbook(step).replacen("[vars]", "[vars]\ndb_password = \"swordfish\"", 1);
    assert_hidden(&text, "swordfish", "HP502");
}

#[test]
fn fingerprints_say_nothing_of_a_secret() {
    let step = |secret: &str| {
        let step =
            "[[phase.step]]\nid = \"call\"\ntitle = \"Call it\"\nrun = [\"a\", \"--password\", ";
        let results = sarif_results("a", &report(&in_runbook(&format!("{step}\"{secret}\"]\n"))));
        format!("{results:?}")
    };
    assert_eq!(step("Q7bX2nLr9TzK4wPd"), step("R7bX2nLr9TzK4wPe"));
}
