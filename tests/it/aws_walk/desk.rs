//! The desk of the person who deploys: a clone of the application's repository, and the programs
//! that its commands call.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::terminal_kit::Place;

/// What the runbook calls `pnpm`: it leaves what the real one would leave.
const PNPM: &str = r#"#!/bin/sh
set -eu
report() {
    mkdir -p reports
    { echo "<testsuite name=\"$1\" tests=\"$2\">"
      i=0; while [ $i -lt "$2" ]; do i=$((i + 1)); echo "<testcase name=\"$1 $i\"/>"; done
      echo "</testsuite>"; } > "reports/$1.xml"
    echo "$1: $2 tests passed"
}
case $1 in
--version) echo 9.12.3 ;;
quality:check) echo "412 files: formatted, no lints, no type errors" ;;
test) report junit 264 ;;
build) mkdir -p dist; echo "zip" > dist/orders-export.zip; echo "dist/orders-export.zip" ;;
smoke)
    mkdir -p reports; touch reports/smoke-asked
    while ! [ -e reports/smoke-done ]; do sleep 0.05; done
    echo "order 1 went in, and was in the export" ;;
test:integration) report integration 18 ;;
rollback) echo "would update orders-api to 41, and live of orders-export to 6" ;;
*) echo "pnpm: no such script: $1" >&2; exit 1 ;;
esac
"#;

/// The documents that the runbook looks for.
const FILES: [(&str, &str); 5] = [
    ("package.json", "{ \"name\": \"orders\" }\n"),
    ("CHANGELOG.md", "# Changes\n\n## 2.4.0\n\n- Exports\n"),
    (
        "docs/operations.md",
        "# Operations\n\n## Troubleshooting\n\n- orders-failing: look at the logs\n- orders-slow: look \
         at the table\n- orders-export-errors: run it again\n- orders-throttled: raise the limit\n",
    ),
    ("docs/rollback.md", "# Rollback\n\n## Step by step\n\n1. …\n\n## Restoring data\n\n1. …\n"),
    (".gitignore", "/bin\n/dist\n/reports\n/journals\n/state\n/origin.git\n*.pem\n*.recording\n"),
];

/// A place in which the runbook can be started.
pub fn desk(runbook: &str) -> Place {
    let place = Place::new();
    for folder in ["docs", "bin", "runbooks"] {
        fs::create_dir(place.path(folder)).unwrap();
    }
    for (name, text) in FILES {
        place.write(name, text);
    }
    place.write("runbooks/aws-deployment.toml", runbook);
    place.write("bin/pnpm", PNPM);
    fs::set_permissions(place.path("bin/pnpm"), fs::Permissions::from_mode(0o755)).unwrap();
    let git = |arguments: &[&str]| git(&place.path(""), arguments);
    git(&["init", "--quiet", "--bare", "origin.git"]);
    git(&["init", "--quiet", "--initial-branch=main"]);
    git(&["config", "user.name", "Ada Lovelace"]);
    git(&["config", "user.email", "ada@example.com"]);
    git(&["remote", "add", "origin", "./origin.git"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "orders 2.4.0"]);
    git(&["push", "--quiet", "--set-upstream", "origin", "main"]);
    place
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(folder).env("HOME", folder);
    command.env("GIT_CONFIG_NOSYSTEM", "1");
    let ran = command.output().unwrap();
    assert!(ran.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&ran.stderr));
}
