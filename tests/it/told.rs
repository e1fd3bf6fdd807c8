//! What a person is told when things go wrong: whole questions, the lines that go by, the head.
//! Each is compared as a whole, with how its lines are meant: `#` heading, `+` good, `-` bad,
//! `?` care is needed, `~` detail.

use holdpoint::engine::{Reply, Said};
use holdpoint::report::{Brief, Line, Tone, head, progress};
use holdpoint::runbook::Values;
use holdpoint::session::Answer::{Abort, Done, Hold, Proceed, Retry, Rollback, Waive};
use holdpoint::session::{Answer, Session, Terms};
use holdpoint::value::{Moment, Span};

use crate::scene::{ORIGIN, Played, Scene, book, parsed, scene, step};
use crate::world::{exits, file};

mod doubts;
mod identity;
mod listed;
mod prompts;
mod rollbacks;
mod short;
mod windows;

/// How a line is meant, in one character.
fn mark(line: &Line) -> String {
    let tone = match line.tone {
        Tone::Plain => ' ',
        Tone::Heading => '#',
        Tone::Good => '+',
        Tone::Bad => '-',
        Tone::Doubt => '?',
        Tone::Quiet => '~',
    };
    format!("{tone} {}", line.text).trim_end().to_owned()
}

fn shown(lines: &[Line]) -> String {
    lines.iter().map(|line| mark(line) + "\n").collect()
}

/// The question that the session waits at, and what it takes.
fn brief(played: &Played) -> Brief {
    let question = played.session.pending().expect("a question waits").clone();
    Brief::of(
        &question,
        &played.session,
        &parsed(played.session.runbook_text()),
        &Values::default(),
    )
}

/// Everything that went by.
fn went_by(played: &Played) -> String {
    let book = parsed(played.session.runbook_text());
    let mut session = Session::default();
    let mut lines = Vec::new();
    for entry in &played.entries {
        session.apply(entry).expect("a legal event");
        lines.extend(progress(entry, &session, &book));
    }
    shown(&lines)
}

fn head_of(played: &Played) -> String {
    head(&played.session, Some(&parsed(played.session.runbook_text())))
}

/// What stands below a heading of the head.
fn section<'a>(head: &'a str, name: &str) -> &'a str {
    let (_, below) = head.split_once(&format!("## {name}\n")).expect("the section");
    below.split("## ").next().unwrap_or_default()
}

const CONTACTS: &str = "owner = 'us'\n\
    [[contact]]\nname = 'Orders on-call'\nreach = '#orders'\nescalate_after = '15m'\n\
    [[contact]]\nname = 'Platform'\nreach = '+1 555'\nescalate_after = '20h'\n\
    [[contact]]\nname = 'Director'\nreach = '+1 556'\n";

const ROLLBACK: &str = "\n[rollback]\nwhen = ['Errors above 1 %', 'Orders are lost']\n\
    [[rollback.step]]\nid = 'well'\ntitle = 'The shop is well'\ncheck.file = { path = 'shop' }\n";

/// A runbook in which everything can go wrong. `deploy` is followed by these lines.
fn risky(deploy: &str) -> String {
    let undo = "undo = { run = ['remove', 'base'], check.file = { path = 'gone' } }";
    let base = step("base", &format!("run = ['apply', 'base']\n{undo}"));
    let undo = "undo = { manual = 'Turn the key back' }";
    let hand = step("hand", &format!("manual = 'Turn the key'\n{undo}"));
    let notes = step("notes", "run = ['write', 'notes']\nchanges = false");
    let deploy = step("deploy", &format!("run = ['deploy']\nwhy = 'It is new'\n{deploy}"));
    let once = "checks = [{ file = { path = 'errors' }, baseline = true }, \
                { file = { path = 'up' } }]";
    let text = book(&[
        (0, CONTACTS),
        (3, &(base + &hand)),
        (4, &(notes + &deploy)),
        (5, &step("look", once)),
    ]);
    text + ROLLBACK
}

fn reply(answer: Answer, said: Said) -> Reply {
    Reply::Answer { answer, said }
}

fn why(text: &str) -> Said {
    Said { text: Some(text.to_owned()), ..Said::default() }
}

fn plain(answers: &[Answer]) -> Vec<Reply> {
    answers.iter().map(|answer| reply(*answer, Said::default())).collect()
}

fn waives(after: Span) -> Reply {
    let until = Moment::from_millis(ORIGIN).after(after);
    let waiver = Some(Terms { owner: "Grace\u{202e} H.".to_owned(), until });
    reply(Waive, Said { waiver, ..why("a mirror is down\nmended on Monday") })
}

/// To the question about `deploy`, which fails.
fn fails(deploy: &str, rest: Vec<Reply>) -> Scene {
    let replies = plain(&[Proceed, Done, Proceed]).into_iter().chain(rest);
    scene(risky(deploy)).doing("deploy", [exits(3)]).replies(replies)
}

const UNDO: &str = "undo = { run = ['undeploy'] }";

#[test]
fn a_failed_step_tells_all_that_one_must_know_to_decide() {
    let asked = brief(&fails(UNDO, plain(&[Hold])).run());
    assert_eq!(
        shown(&asked.lines),
        "\
# Failed: Step deploy (deploy)
~   Why: It is new
    run: deploy
-   exit code 3
    | done
  Done in this phase before it: notes
  A rollback would take back, newest first:
    undo     Step deploy (deploy)
    by hand  Step hand (hand)
    undo     Step base (base)
  Call from 08:00 UTC: Orders on-call, #orders; nobody answers by 08:15 UTC -> next: Platform
  Call from 08:15 UTC: Platform, +1 555; nobody answers by 2027-01-16 04:15 UTC -> next: Director
  Call from 2027-01-16 04:15 UTC: Director, +1 556
"
    );
    assert_eq!(asked.answers, [Retry, Done, Waive, Rollback, Hold, Abort]);
    assert!(!asked.rolling_back && asked.criteria.is_empty());
}

/// Rolls back because orders are lost.
fn goes_back(rest: &[Answer]) -> Vec<Reply> {
    let criterion = Some("Orders are lost".to_owned());
    let yes = reply(Proceed, Said { criterion, ..why("they vanish") });
    plain(&[Rollback]).into_iter().chain([yes]).chain(plain(rest)).collect()
}

#[test]
fn what_was_waived_is_told_at_each_gate_in_the_head_and_at_the_end() {
    let rest = [waives(Span::from_secs(63_000))].into_iter().chain(plain(&[Proceed, Retry]));
    let rest = rest.chain([waives(Span::from_secs(3_600))]).chain(plain(&[Hold])).collect();
    let played = fails("", rest).reading("errors", [file(true), file(false)]).run();
    let asked = brief(&played);
    assert_eq!(
        shown(&asked.lines).split("? Skipped:").next().unwrap(),
        "\
# Last gate: the deployment is complete
  thing to local (Test)
  Phase 5 Validation & Testing, so far 0ms
  Exit criteria:
?   waived   Good (by look)
  Steps:
?   waived   Step look (0ms)
~            errors exists, just now
~              before:  exists, 1 bytes
-              now:     there is no such file
~            up exists: exists, 1 bytes, just now
  Open deviations:
?   waived   Step deploy: by Grace\\u{202e} H., until 2027-01-16 01:30 UTC (17h 30m left)
~            a mirror is down
~            mended on Monday
?   waived   Step look: by Grace\\u{202e} H., until 2027-01-15 09:00 UTC (1h left)
~            a mirror is down
~            mended on Monday
"
    );
    assert_eq!(
        section(&head_of(&played), "Open Deviations"),
        "
- `Step deploy`: waived by `Grace\\u{202e} H.` until 2027-01-16 01:30 UTC: \
`a mirror is down\\nmended on Monday`
- `Step look`: waived by `Grace\\u{202e} H.` until 2027-01-15 09:00 UTC: \
`a mirror is down\\nmended on Monday`

"
    );
    let ended = went_by(&played.resume().replies(plain(&[Proceed])).run());
    let (_, end) = ended.split_once("+ The deployment is finished.\n").unwrap();
    assert_eq!(end.matches("  waived   ").count(), 2, "{end}");

    // Its time is over: it has failed again, and that is said first.
    let later = played.resume().begins(ORIGIN + 3_700_000).replies(plain(&[Hold])).run();
    let told = shown(&brief(&later).lines);
    let over =
        "The waiver by Grace\\u{202e} H. ended at 2027-01-15 09:00 UTC: it has failed again.";
    assert!(told.starts_with(&format!("# Failed: Step look (look)\n- {over}\n")), "{told}");
    assert!(went_by(&later).contains("- LAPSED   Step look: the waiver by Grace"));
    let head = head_of(&later);
    let open = section(&head, "Open Deviations");
    assert!(open.contains("- `Step look`: failed again; it was waived by"), "{open}");
}

#[test]
fn policies_are_told_and_what_goes_on_stays_open() {
    let stopped = went_by(&fails("on_failure = 'stop'", Vec::new()).run());
    let (_, end) = stopped.split_once("- FAILED   Step deploy: its on_failure is stop").unwrap();
    assert_eq!(
        end,
        ": the session ends as failed
- The deployment failed: Step deploy failed, and its on_failure is stop.
? Nothing was taken back. These steps ran, newest first, with their undo:
?   no undo  Step deploy (deploy): nothing in the runbook takes it back
~            what it did:
~            run: deploy
    by hand  Step hand (hand)
~            by hand: Turn the key back
~            no check says that it worked
    undo     Step base (base)
~            run: remove base
~            then checks: gone exists
  `holdpoint rollback JOURNAL` shows the plan, asks, and takes them back.
"
    );
    let text = risky("on_failure = 'continue'");
    let played = scene(text).doing("deploy", [exits(3)]);
    let played = played.replies(plain(&[Proceed, Done, Hold])).run();
    let told = shown(&brief(&played).lines);
    assert!(told.contains("~            (no undo; if it fails, the session goes on all the same)"));
    assert!(told.contains("\n    runs     Step notes\n"), "{told}");
    assert!(told.contains("\n    CHANGES  Step deploy\n"), "{told}");
    let played = played.resume().doing("deploy", [exits(3)]);
    let played = played.replies(plain(&[Proceed, Proceed, Proceed])).run();
    let told = went_by(&played);
    let (_, end) = told.split_once("+ The deployment is finished.\n").unwrap();
    assert_eq!(
        end,
        "  Open deviations:\n-   FAILED   Step deploy: failed, and the runbook goes on\n"
    );
}

#[test]
fn nothing_new_stands_in_a_head_where_nothing_went_wrong() {
    let text = risky("");
    let head =
        head_of(&scene(text).replies(plain(&[Proceed, Done, Proceed, Proceed, Proceed])).run());
    assert!(head.contains("**: finished\n"));
    assert!(!head.contains("## Rollback") && !head.contains("## Open"), "{head}");
}
