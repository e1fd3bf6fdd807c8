//! How plans and changes look: pictures in `tests/cases/plan`. With `UPDATE=1` in the environment
//! they are drawn anew.

use std::path::Path;

use holdpoint::plan::{Plan, diff};
use holdpoint::report::{Line, changed, changed_markdown, planned, planned_markdown};

use super::{base, file, plan_with, read};

fn is_as_drawn(name: &str, shown: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/plan").join(name);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, shown).unwrap();
    }
    let drawn = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(shown, drawn, "{name} looks different: run with UPDATE=1 and look at it");
}

fn text(lines: &[Line]) -> String {
    let look = holdpoint::host::style::Look { width: 100, colour: false };
    lines.iter().map(|line| look.text(line) + "\n").collect()
}

/// A comment in a runbook changes its digest, and nothing that is looked at here.
fn without_digest(plan: &mut Plan) {
    plan.runbook.digest = "0".repeat(64);
}

#[test]
fn plans_look_as_drawn() {
    let shipped = ["aws-deployment", "quickstart", "rollback-drill"];
    let paths = shipped.map(|name| (name, format!("runbooks/{name}.toml")));
    let base = ("base", "tests/cases/plan/base.toml".to_owned());
    for (name, path) in paths.into_iter().chain([base]) {
        let mut plan = plan_with(&read(&file(&path)), &[("level", "none")]);
        without_digest(&mut plan);
        is_as_drawn(&format!("{name}.txt"), &text(&planned(&plan)));
        is_as_drawn(&format!("{name}.md"), &planned_markdown(&plan));
    }
}

#[test]
fn the_json_has_the_shape_that_was_promised() {
    let mut plan = plan_with(&read(&base()), &[("version", "1.2.0")]);
    without_digest(&mut plan);
    is_as_drawn("base.json", &format!("{:#}\n", serde_json::to_value(&plan).unwrap()));
}

#[test]
fn changes_look_as_drawn() {
    let old = base();
    let changes = [
        ("region = \"eu-west-1\"", "region = \"us-east-1\""),
        ("docker stop \"shop-$previous\"", "docker kill \"shop-$previous\""),
        ("at_most = 5", "at_most = 50"),
        ("days_left = 14", "days_left = 30"),
        ("proven_by = [\"roll-out\", \"settle\"]", "attest = \"It runs\""),
        ("id = \"tidy-up\"", "id = \"clean-up\""),
        ("estimate = \"10m\"", "estimate = \"15m\""),
    ];
    let new = changes.iter().fold(old.clone(), |text, (from, to)| text.replacen(from, to, 1));
    let mut changes = diff(&read(&old), &read(&new));
    changes.old.digest = "1".repeat(64);
    changes.new.digest = "2".repeat(64);
    is_as_drawn("changes.txt", &text(&changed(&changes)));
    is_as_drawn("changes.md", &changed_markdown(&changes));
    is_as_drawn("changes.json", &format!("{:#}\n", serde_json::to_value(&changes).unwrap()));
}
