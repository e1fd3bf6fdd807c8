//! The shipped runbook with its shipped recording: on a machine that has neither network nor
//! account nor application.

use std::process::Command;

use super::turns::TURNS;
use super::{RECORDING, RUNBOOK, shipped};
use crate::aws_kit::{Answer, Front};
use crate::terminal_kit::Place;

/// How a program is started here without any network; nothing where this machine has no way.
fn without_network() -> &'static str {
    ["unshare --net", "unshare --map-root-user --net"]
        .into_iter()
        .find(|way| {
            let tried = Command::new("sh").args(["-c", &format!("{way} true")]).output();
            tried.is_ok_and(|tried| tried.status.success())
        })
        .unwrap_or_default()
}

#[test]
fn the_shipped_recording_walks_the_whole_runbook_without_a_network() {
    let nobody = Front::alone(|_| Answer::page(500));
    let place = Place::new();
    std::fs::create_dir(place.path("runbooks")).unwrap();
    for path in [RUNBOOK, RECORDING] {
        place.write(path, &shipped(path));
    }
    let line = format!("exec {} \"$0\" run {RUNBOOK} --rehearse {RECORDING}", without_network());
    // Whoever asks AWS after all asks here, where no network keeps them from it.
    let terminal = place.terminal().with("AWS_ENDPOINT_URL", &nobody.url());
    let mut person = terminal.starts_shell(&line);
    person.sees("REHEARSAL");
    for turn in TURNS {
        turn.is_taken(&mut person, |_| ());
    }
    person.sees("Nothing was deployed.");
    assert_eq!(person.leaves_with(), 0);
    assert_eq!(nobody.calls(), Vec::<String>::new());
    assert!(!place.path("reports").exists() && !place.path("dist").exists(), "nothing was started");
}
