//! What is said once more right above the prompt, and which answers are offered there.

use holdpoint::report::{Brief, difference};
use holdpoint::runbook::Values;
use holdpoint::session::Answer::{Abort, Done, Hold, Proceed, Rerun, Retry, Rollback, Waive};
use holdpoint::session::Question;
use holdpoint::value::{Digest, Span};

use super::{UNDO, brief, fails, plain, risky, shown, waives};
use crate::scene::{Played, book, parsed, scene, step};
use crate::world::file;

#[test]
fn a_rollback_that_a_failure_put_still_says_what_failed() {
    let asked = brief(&fails("on_failure = 'rollback'", plain(&[Hold])).run());
    assert_eq!(
        shown(&asked.short()),
        "\
# Roll back?
  thing to local (Test)
- Step deploy (deploy) failed, and its on_failure is rollback.
-   exit code 3
?   no undo  Step deploy (deploy): nothing in the runbook takes it back
"
    );
}

#[test]
fn phases_that_do_not_apply_push_no_warning_out() {
    let waived = || waives(Span::from_secs(3_600));
    let rest = [waived()].into_iter().chain(plain(&[Proceed])).chain([waived()]);
    let rest = rest.chain(plain(&[Hold])).collect();
    let played = fails("", rest).reading("errors", [file(true), file(false)]).run();
    let asked = brief(&played);
    let skipped = shown(&asked.lines).matches("\n? Skipped: phase ").count();
    assert_eq!(skipped, 5);
    assert_eq!(
        shown(&asked.short()),
        "\
# Last gate: the deployment is complete
  thing to local (Test)
?   waived   Step look (0ms)
-              now:     there is no such file
?   waived   Step deploy: by Grace\\u{202e} H., until 2027-01-15 09:00 UTC (1h left)
?   waived   Step look: by Grace\\u{202e} H., until 2027-01-15 09:00 UTC (1h left)
?   waived   Good (by look)
?   … and 5 more above
"
    );
}

#[test]
fn one_side_of_a_changed_runbook_is_not_shown_without_the_other() {
    let played = scene(risky("")).replies(plain(&[Hold])).run();
    let question = Question::RunbookChange { digest: Digest::of(b"other") };
    let now = parsed(played.session.runbook_text());
    let mut asked = Brief::of(&question, &played.session, &now, &Values::default());
    asked.add(difference("a\n", "b\n"));
    assert!(shown(&asked.lines).ends_with("-   - a\n+   + b\n"), "{}", shown(&asked.lines));
    assert_eq!(
        shown(&asked.short()),
        "# The runbook has changed since it was last accepted\n\
         ?   … what is different stands above\n"
    );
}

const LEFT: [&str; 5] = ["1 deploy", "2 deploy", "3 deploy", "4 deploy", "5 deploy"];

fn left(played: &Played) -> Brief {
    let mut asked = brief(played);
    asked.add_left_running(&LEFT.map(str::to_owned));
    asked
}

#[test]
fn a_step_that_failed_is_not_tried_again_beside_what_it_left() {
    let failed = fails(UNDO, plain(&[Hold])).run();
    assert_eq!(brief(&failed).does(Retry), "try again what failed");
    let asked = left(&failed);
    assert_eq!(asked.answers, [Done, Waive, Rollback, Hold, Abort]);
    let told = shown(&asked.lines);
    let hint = "  End them or wait for them, then `hold` and resume, to run the step again.\n";
    assert!(told.ends_with(hint), "{told}");
    let short = shown(&asked.short());
    let these = "- Processes of that attempt still run:\n    1 deploy\n    2 deploy\n    3 deploy\n\
                 ~   … and 2 more\n";
    assert!(short.ends_with(these), "{short}");
    // Its checks start nothing.
    let looks = "run = ['deploy']\ncheck.file = { path = 'up' }";
    let text = book(&[(4, &step("deploy", looks))]);
    let failed = scene(text).reading("up", [file(false)]).replies(plain(&[Proceed, Hold])).run();
    let asked = brief(&failed);
    assert_eq!(asked.does(Retry), "ask its checks again");
    assert_eq!(asked.answers, [Retry, Rerun, Waive, Rollback, Hold, Abort]);
    assert_eq!(left(&failed).answers, [Retry, Waive, Rollback, Hold, Abort]);
}

#[test]
fn what_only_looks_is_asked_again() {
    let text = book(&[(5, &step("look", "check.file = { path = 'up' }"))]);
    let failed = scene(text).reading("up", [file(false)]).replies(plain(&[Proceed, Hold])).run();
    assert_eq!(brief(&failed).does(Retry), "ask its checks again");
}
