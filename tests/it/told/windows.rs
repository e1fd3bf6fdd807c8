//! What is told of a window that is observed.

use std::time::Duration;

use holdpoint::session::Answer::{Hold, Proceed, Retry, Waive};

use super::{brief, plain, shown, went_by};
use crate::scene::{book, scene, step};
use crate::world::{file, unknown};

/// Five samples, of which one may fail.
fn watched() -> String {
    let watch = "observe = { for = '20m', every = '5m', max_gap = '6m', allow_failures = 1 }\n\
                 check.file = { path = 'errors' }";
    book(&[(5, &step("watch", watch))])
}

#[test]
fn a_window_is_told_where_it_tells_something_new() {
    let (good, bad) = (|| file(true), || file(false));
    let played = scene(watched())
        .reading("errors", [good(), good(), unknown(), unknown(), bad(), good(), good()])
        .replies(plain(&[Proceed, Hold]))
        .run();
    let told = went_by(&played);
    let (_, window) = told.split_once("# Phase 5 of 8: Validation & Testing\n").unwrap();
    assert_eq!(
        window,
        "  watch    Step watch: observe: for 20m, every 5m (5 samples), anew after a gap of more \
         than 6m, 1 of them may fail\n\
         ? watch    Step watch: sample 3 told nothing, 5 are needed\n\
         ?          errors exists: the network is down\n\
         - watch    Step watch: sample 5 FAILED, 5 are needed\n\
         -          errors exists: there is no such file\n\
         + watch    Step watch: sample 6 passes again, 5 are needed\n\
         + pass     Step watch: 5 of 5 samples, 1 failed (1 allowed), 2 told nothing\n  \
         answered last gate: hold, by ada@laptop\n"
    );
    let gate = shown(&brief(&played).lines);
    let samples = "~            5 of 5 samples, 1 failed (1 allowed), 2 told nothing\n\
                   ~            ..??x..  (. pass, x fail, ? unknown)\n";
    assert!(gate.contains(samples), "{gate}");
}

#[test]
fn a_window_that_fails_tells_how_and_cannot_be_done_by_hand() {
    let played = scene(watched())
        .reading("errors", [file(true), file(false), file(true), file(false)])
        .replies(plain(&[Proceed, Hold]))
        .run();
    let asked = brief(&played);
    assert_eq!(
        shown(&asked.lines),
        "\
# Failed: Step watch (watch)
    observe: for 20m, every 5m (5 samples), anew after a gap of more than 6m, 1 of them may fail
-   4 of 5 samples, 2 failed (1 allowed)
~   .x.x  (. pass, x fail, ? unknown)
  The last sample:
-   fail: errors exists: there is no such file
~ Nothing was changed in this phase before it.
~ A rollback has nothing to take back.
"
    );
    // Nothing ran, so there is nothing to roll back.
    assert_eq!(asked.answers, [Retry, Waive, Hold, holdpoint::session::Answer::Abort]);
    assert_eq!(asked.does(Retry), "observe a whole new window");
}

#[test]
fn a_window_that_begins_anew_says_why_it_takes_longer() {
    let held = scene(watched()).stopped_after(Duration::from_secs(700));
    let held = held.replies(plain(&[Proceed])).run();
    let begins = crate::scene::ORIGIN + 3_600_000;
    let told = went_by(&held.resume().begins(begins).replies(plain(&[Hold])).run());
    let anew = "? watch    Step watch: begun anew, 55m after the last sample\n";
    assert!(told.contains(anew), "{told}");
}
