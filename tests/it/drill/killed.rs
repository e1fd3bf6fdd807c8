//! SIGKILL at random moments of the drill, from the window that fails to the end of the rollback,
//! against a ledger of what really happened: nothing is taken back twice or without having run, no
//! window is cut short, and the end is the same as without a kill.
//!
//! The runbook is the shipped one, word for word, but for shorter windows, a trace in the ledger,
//! and one undo that may not be started again without asking; the greeter waits less for its ink.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::ordeal::Ordeal;
use crate::greeter_kit::copy;
use crate::kills::campaign::{BEGINNING, Campaign, Random, Tally};

const CAMPAIGN: Campaign = Campaign {
    kills: 500,
    each: 16,
    at_once: 6,
    most: |chance, rest| match chance {
        _ if chance < 0.2 => rest.min(BEGINNING),
        _ if chance < 0.8 => rest.min(BEGINNING * 3),
        _ => rest,
    },
    is_spread,
};

/// What is otherwise than in the shipped runbook.
const CHANGES: [(&str, &str); 9] = [
    (r#"run = ["rustc", "--version"], stdout_matches = '^rustc \d+\.\d+'"#, r#"run = ["true"]"#),
    (r#""sh", "runbooks/quickstart/deploy.sh", "--in", "target/drill""#, r#""sh", "traced.sh""#),
    (r#"for = "6s", every = "1s""#, r#"for = "1200ms", every = "150ms""#),
    (r#"for = "3s", every = "1s""#, r#"for = "300ms", every = "50ms""#),
    // So that there is ink for a few samples more, before the window fails.
    ("\"--times\", \"12\"", "\"--times\", \"4\""),
    ("all 12 answered", "all 4 answered"),
    ("\"uninstall\", \"{{version}}\"]\nidempotent = true", "\"uninstall\", \"{{version}}\"]"),
    (
        "shell = '''\necho \"greeter $version was taken back",
        "shell = '''\nexec 9>> \"lock.$0\"; flock -n 9 || echo \"overlap $0 $$\" >> ledger\n\
         echo \"begin $0 $$\" >> ledger\nsleep 0.03\necho \"greeter $version was taken back",
    ),
    (
        "serves\" >> target/drill/announcements\ntail -n 1",
        "serves\" >> target/drill/announcements\necho \"effect $0 $$\" >> ledger\nsleep 0.03\n\
         tail -n 1",
    ),
];

fn book() -> String {
    let mut text = include_str!("../../../runbooks/rollback-drill.toml").to_owned();
    for (ours, theirs) in CHANGES {
        assert!(text.contains(ours), "the drill says no more: {ours}");
        text = text.replace(ours, theirs);
    }
    text
}

/// A folder with everything that a session needs, both versions built already.
fn prepared() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    copy(&root.join("runbooks"), &place.path().join("runbooks"));
    let flaw = place.path().join("runbooks/quickstart/flaw.rs");
    let text = fs::read_to_string(&flaw).unwrap();
    assert!(text.contains("from_millis(700)"), "the flaw waits otherwise");
    fs::write(flaw, text.replace("from_millis(700)", "from_millis(20)")).unwrap();
    fs::write(place.path().join("book.toml"), book()).unwrap();
    fs::write(place.path().join("traced.sh"), include_str!("traced.sh")).unwrap();
    fs::write(place.path().join("ledger"), "").unwrap();
    for version in [&["1.1.0"][..], &["1.2.0", "dry-pen"]] {
        let mut build = Command::new("sh");
        build.args(["runbooks/quickstart/deploy.sh", "--in", "target/drill", "build"]);
        let built = build.args(version).current_dir(place.path()).output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    }
    place
}

#[test]
fn five_hundred_kills_take_nothing_back_twice_and_cut_no_window_short() {
    let prepared = prepared();
    CAMPAIGN.goes(|seed, tally, draw| {
        Ordeal::of(prepared.path(), &mut Random(!seed), tally).goes_to_its_end(draw)
    });
}

fn is_spread(total: &Tally) {
    let places = ["in the window that fails", "rolling back", "in the window behind"];
    total.is_spread(40, &places, &["step started", "step acted", "step sampled", "asked"]);
    assert!(total.doubts >= 20 && total.left_running >= 5, "too few doubts");
}
