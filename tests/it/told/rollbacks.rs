//! What is told of a rollback: the question with its plan, what came of it, and its verdict.

use holdpoint::report::Word;
use holdpoint::session::Answer::{Abort, Deny, Done, Hold, Proceed, Retry, Waive};
use holdpoint::value::Span;

use super::{
    UNDO, brief, fails, goes_back, head_of, plain, reply, risky, section, shown, waives, went_by,
    why,
};
use crate::scene::{book, scene, step};
use crate::world::{exits, file};

#[test]
fn a_rollback_is_asked_about_with_its_whole_plan() {
    let deploy = "on_failure = 'rollback'\ndocs = ['https://wiki/deploy']";
    let asked = brief(&fails(deploy, plain(&[Hold])).run());
    assert_eq!(
        shown(&asked.lines),
        "\
# Roll back?
  thing to local (Test)
- Step deploy (deploy) failed, and its on_failure is rollback.
~   Why: It is new
    run: deploy
-   exit code 3
    | done
  Call from 08:00 UTC: Orders on-call, #orders; nobody answers by 08:15 UTC -> next: Platform
  Call from 08:15 UTC: Platform, +1 555; nobody answers by 2027-01-16 04:15 UTC -> next: Director
  Call from 2027-01-16 04:15 UTC: Director, +1 556
  The deployment stands in phase 4 Application Deployment.
  The first change was begun at 2027-01-15 08:00 UTC, 0ms ago.
  Taken back, newest first:
?   no undo  Step deploy (deploy): nothing in the runbook takes it back
~            what it did:
~            run: deploy
~            See https://wiki/deploy
    by hand  Step hand (hand)
~            by hand: Turn the key back
~            no check says that it worked
    undo     Step base (base)
~            run: remove base
~            then checks: gone exists
  Then:
    looks    The shop is well
  Then the baseline is read again, and compared with:
~   before:  errors exists: exists, 1 bytes
  The runbook says to roll back when:
    1. Errors above 1 %
    2. Orders are lost
"
    );
    assert_eq!(asked.answers, [Proceed, Deny, Hold, Abort]);
    assert_eq!(asked.criteria, ["Errors above 1 %", "Orders are lost"]);
    assert_eq!(asked.word, Word::Plain);
    let refused = brief(&fails(deploy, plain(&[Deny, Hold])).run());
    let told = shown(&refused.lines);
    assert!(told.contains("? Its on_failure is rollback; a person said not to"), "{told}");
    let text = risky(deploy).replace("'local'", "'production'");
    let production = scene(text).doing("deploy", [exits(3)]);
    let held = production.replies(plain(&[Proceed, Done, Proceed, Hold])).run();
    assert_eq!(brief(&held).word, Word::Exactly("production".to_owned()));
}

#[test]
fn a_rollback_is_told_to_its_end() {
    let played = fails(UNDO, goes_back(&[Done])).run();
    let told = went_by(&played);
    let (_, back) = told.split_once("# Rolling back").unwrap();
    assert_eq!(
        back,
        "
~ Because: Orders are lost
~ Why: they vanish
+ done     Undo: Step deploy (0ms)
    | done
  answered manual step undo.hand: done, by ada@laptop
+ done     Undo: Step base (0ms)
    | done
+ pass     Undo: Step base (0ms)
~          gone exists: exists, 1 bytes
+ pass     The shop is well (0ms)
~          shop exists: exists, 1 bytes
+ pass     After the rollback: Step look (0ms)
~          errors exists: exists, 1 bytes

+ Rolled back and verified, in 0ms.
?   undone   Step deploy (deploy): no check says so
?   undone   Step hand (hand): no check says so
+   undone   Step base (base)
+   pass     The shop is well
  The baseline, before the first change and after the rollback:
+   pass     errors exists
~            before:  exists, 1 bytes
~            now:     exists, 1 bytes
+ Verified by 2 checks of the rollback and the baseline.
"
    );
    let head = head_of(&played);
    assert!(head.contains("**Phase 4 of 8, Application Deployment**: rolled back and verified\n"));
    assert!(head.contains("- `Step base`: done, taken back\n"), "{head}");
    assert_eq!(
        section(&head, "Rollback"),
        "
- Begun: 2027-01-15 08:00 UTC, by `ada@laptop`
- Criterion: `Orders are lost`
- Why: `they vanish`
- Verdict: **rolled back and verified**, in 0ms

```text
|   undone   Step deploy (deploy): no check says so
|   undone   Step hand (hand): no check says so
|   undone   Step base (base)
|   pass     The shop is well
| The baseline, before the first change and after the rollback:
|   pass     errors exists
|            before:  exists, 1 bytes
|            now:     exists, 1 bytes
| Verified by 2 checks of the rollback and the baseline.
```

"
    );
}

#[test]
fn a_rollback_that_is_not_verified_or_is_broken_off_says_what_is_left() {
    let played = fails("", goes_back(&[Done, Hold])).reading("shop", [file(false)]).run();
    let asked = brief(&played);
    let told = shown(&asked.lines);
    assert!(told.starts_with("# Failed while rolling back: The shop is well (well)\n"), "{told}");
    assert!(told.contains("  How far the rollback is, newest first:\n?   no undo  Step deploy"));
    assert!(asked.rolling_back);
    assert_eq!(asked.answers, [Retry, Waive, Hold, Abort]);
    assert!(head_of(&played).contains("**: rolling back, held: a person decided to hold"));

    let mut rest = goes_back(&[Done]);
    rest.push(waives(Span::from_secs(60)));
    let waived = went_by(&fails("", rest).reading("shop", [file(false)]).run());
    let (_, end) = waived.split_once("\n\n? Rolled back, not verified, in ").unwrap();
    assert!(end.contains("?   no undo  Step deploy (deploy): nothing in the runbook takes it"));
    assert!(end.contains("?   waived   The shop is well: by Grace\\u{202e} H."), "{end}");
    let lacks = "? Not verified: no check says that it is back: Step deploy (deploy), Step hand \
                 (hand); waived: The shop is well. Look for yourself.\n";
    assert!(end.contains(lacks), "{end}");
    assert!(end.contains("  Open deviations:\n?   waived   The shop is well: by Grace"), "{end}");

    let broken = went_by(&fails(UNDO, goes_back(&[Abort])).run());
    let (_, end) = broken.split_once("- Rollback failed: it was broken off after ").unwrap();
    assert_eq!(
        end,
        "\
0ms.
?   undone   Step deploy (deploy): no check says so
-   LEFT     Step hand (hand): not taken back
-   LEFT     Step base (base): not taken back
?   not run  The shop is well
  `holdpoint rollback JOURNAL` goes on with what is left.
"
    );
}

#[test]
fn what_a_person_undid_instead_of_the_program_is_told_and_stays_open() {
    let by_hand = |undo: &str| {
        let mut rest = goes_back(&[]);
        rest.push(reply(Done, why("I removed it")));
        rest.extend(plain(&[Done]));
        went_by(&fails(undo, rest).doing("undo.deploy", [exits(1)]).run())
    };
    let told = by_hand(UNDO);
    let (_, end) = told.split_once("\n\n+ Rolled back and verified, in ").unwrap();
    assert!(end.contains("?   undone   Step deploy (deploy): undone by hand, no check says so\n"));
    let open = "  Open deviations:\n?   by hand  Undo: Step deploy: \"I removed it\"\n";
    assert!(end.contains(open), "{end}");
    let checked = "undo = { run = ['undeploy'], check.file = { path = 'gone' } }";
    let told = by_hand(checked);
    assert!(told.contains("?   undone   Step deploy (deploy): undone by hand\n"), "{told}");
    assert!(told.contains("+ Verified by 3 checks of the rollback and the baseline.\n"), "{told}");
}

#[test]
fn a_verdict_names_what_it_lacks_where_nothing_looks() {
    let text = book(&[(4, &step("deploy", &format!("run = ['deploy']\n{UNDO}")))]);
    let played = scene(text).replies(plain(&[Proceed]).into_iter().chain(goes_back(&[]))).run();
    let told = went_by(&played);
    let lacks =
        "? Not verified: no check says that it is back: Step deploy (deploy). Look for yourself.\n";
    assert!(told.contains(lacks), "{told}");
    assert!(head_of(&played).contains(&format!("|{}", &lacks[1..])), "{}", head_of(&played));
}

#[test]
fn what_had_ended_and_is_only_asked_about_cannot_be_broken_off() {
    let text = book(&[(4, &step("deploy", &format!("run = ['deploy']\n{UNDO}")))]);
    let ended = scene(text.clone()).replies(plain(&[Proceed, Proceed])).run();
    let asked = ended.resume().requests_rollback().replies(plain(&[Hold])).run();
    assert_eq!(brief(&asked).answers, [Proceed, Deny, Hold]);
    let held = scene(text).replies(plain(&[Proceed, Hold])).run();
    let asked = held.resume().requests_rollback().replies(plain(&[Hold])).run();
    assert_eq!(brief(&asked).answers, [Proceed, Deny, Hold, Abort]);
}
