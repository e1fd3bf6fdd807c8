//! Who asks AWS is seen before a phase begins its work, before each gate, and in each process: a
//! wrong one, or nobody to be seen, stops everything and fails nothing.

use holdpoint::check::cloud::Identity;
use holdpoint::check::{Obstacle, Reading, Verdict};
use holdpoint::journal::History;
use holdpoint::runbook::Phase;
use holdpoint::session::Answer::{Abort, Accept, Hold, Proceed, Recheck};
use holdpoint::session::{Answer, Close, Condition, Event, Move, Question, Task};

use crate::next_table::after;
use crate::scene::{Played, Scene, book, looks, parsed, runs, scene, step, times};
use crate::session_table::{identified, made};
use crate::world::{AWS, done, exits, file, jane, unknown};

pub const TABLE: &str = "\n[aws]\naccount = '123456789012'\nregion = 'eu-west-1'\n\
    role = 'deployer'\nprofile = 'orders'\n";

const FINISHED: Option<Condition> = Some(Condition::Closed(Close::Finished));
const HELD: Option<Condition> = Some(Condition::Held(None));

fn is(identity: Identity) -> Reading {
    Reading::Identity(identity)
}

/// Another account, under the same names.
pub fn stranger() -> Identity {
    let arn = jane().arn.replace("123456789012", "999999999999");
    Identity { account: "999999999999".to_owned(), arn, ..jane() }
}

fn reader() -> Identity {
    Identity { arn: jane().arn.replace("deployer", "reader"), ..jane() }
}

/// The same role, taken by somebody else.
fn john() -> Identity {
    Identity { arn: jane().arn.replace("jane", "john"), ..jane() }
}

fn local() -> Identity {
    Identity { endpoint: Some("http://127.0.0.1:4566".to_owned()), ..jane() }
}

pub fn expired() -> Reading {
    let why = "sts:GetCallerIdentity: the credentials have expired (ExpiredToken)";
    Reading::Nothing(Obstacle::Error(why.to_owned()))
}

/// Something runs in phase 3, and something is looked at in phase 4.
pub fn two_phases() -> String {
    book(&[(0, TABLE), (3, &runs("a")), (4, &(looks("x") + &runs("b")))])
}

fn gate(phase: usize) -> Question {
    Question::Gate { to: Some(Phase::ALL[phase - 1]) }
}

const END: Question = Question::Gate { to: None };

/// The kinds, without what skips and closes.
fn kinds(played: &Played) -> String {
    let dull = |kind: &&str| !["phase skipped", "answered"].contains(kind);
    played.kinds().into_iter().filter(dull).collect::<Vec<_>>().join(" | ")
}

/// Every gate was put right behind a look that saw the right one, and shows it.
fn gates_are_guarded(played: &Played) {
    for pair in played.entries.windows(2) {
        let Event::Asked { question: Question::Gate { .. }, shown } = &pair[1].event else {
            continue;
        };
        let Event::Identified { found } = &pair[0].event else {
            panic!("entry {}: nobody looked before the gate", pair[1].seq)
        };
        assert!(matches!(found.verdict, Verdict::Pass(_)), "{:?}", found.verdict);
        assert!(shown[2].starts_with("AWS  account 123456789012 · eu-west-1 · role deployer"));
    }
}

fn story(callers: impl IntoIterator<Item = Reading>) -> Scene {
    scene(two_phases()).reading(AWS, callers)
}

#[test]
fn it_is_seen_before_each_phase_begins_and_before_each_gate() {
    let played = story([is(jane())]).answers([Proceed, Proceed, Proceed]).run();
    assert_eq!(played.condition, FINISHED);
    assert_eq!(
        kinds(&played),
        "session opened | identified | asked | phase entered | identified | step started | \
         step acted | identified | asked | phase entered | identified | step checked | \
         step started | step acted | identified | asked | session closed"
    );
    gates_are_guarded(&played);
    assert_eq!(played.effects, done(&["a", "b"]));
    let head = holdpoint::report::head(&played.session, None);
    assert!(head.contains("- AWS: `account 123456789012 · eu-west-1 · role deployer`"), "{head}");
    assert!(!head.contains("unproven"), "{head}");
}

#[test]
fn without_a_table_nobody_asks() {
    let text = book(&[(3, &runs("a"))]);
    let played = scene(text).answers([Proceed, Proceed]).run();
    assert_eq!(played.condition, FINISHED);
    assert_eq!(times(&played, AWS), Vec::<u64>::new());
    assert!(!holdpoint::report::head(&played.session, None).contains("AWS"));
}

#[test]
fn another_account_at_a_gate_stops_before_the_gate() {
    let callers = [is(jane()), is(jane()), is(stranger())];
    let played = story(callers).answers([Proceed, Hold]).run();
    assert_eq!(played.condition, HELD);
    assert_eq!(played.questions(), [gate(3), Question::Identity]);
    assert_eq!(played.effects, done(&["a"]));
    let resumed = played.resume().reading(AWS, [is(stranger()), is(jane())]);
    let resumed = resumed.answers([Recheck, Proceed, Proceed]).run();
    assert_eq!(resumed.condition, FINISHED);
    assert_eq!(resumed.questions(), [Question::Identity, gate(4), END]);
    gates_are_guarded(&resumed);
}

#[test]
fn another_account_behind_a_gate_starts_nothing() {
    let callers = [is(jane()), is(stranger())];
    let played = story(callers).answers([Proceed, Abort]).run();
    assert_eq!(played.condition, Some(Condition::Closed(Close::Aborted)));
    assert_eq!(played.questions(), [gate(3), Question::Identity]);
    assert_eq!(played.effects, []);
}

#[test]
fn credentials_that_expire_at_a_gate_and_come_back_cost_nothing() {
    let callers = [is(jane()), is(jane()), expired(), unknown(), is(john())];
    let played = story(callers).answers([Proceed, Recheck, Recheck, Proceed, Proceed]).run();
    assert_eq!(played.condition, FINISHED);
    let asked = [gate(3), Question::Identity, Question::Identity, gate(4), END];
    assert_eq!(played.questions(), asked);
    assert_eq!(played.effects, done(&["a", "b"]));
    gates_are_guarded(&played);
}

#[test]
fn nobody_to_ask_holds_and_fails_nothing() {
    let played = story([is(jane()), is(jane()), expired()]).answers([Proceed, Hold]).run();
    let held = played.resume().reading(AWS, [expired()]).run();
    let why = holdpoint::session::Hold::NoTerminal;
    assert_eq!(held.condition, Some(Condition::Held(Some(why))));
    assert_eq!(held.questions(), [Question::Identity]);
    assert!(!held.kinds().contains(&"session closed"));
}

#[test]
fn whoever_takes_the_session_up_must_be_the_same_role() {
    let held = story([is(jane())]).answers([Proceed, Hold]).run();
    assert_eq!(held.questions(), [gate(3), gate(4)]);
    for (who, asks) in [(john(), gate(4)), (reader(), Question::Identity)] {
        let taken = held.resume().reading(AWS, [is(who)]).answers([Hold]).run();
        assert_eq!(taken.questions(), std::slice::from_ref(&asks));
        let first = &taken.entries[held.entries.len() + 1].event;
        assert!(matches!(first, Event::Identified { .. }), "{first:?}");
    }
}

#[test]
fn what_was_asked_is_put_anew_once_it_is_known_who_asks() {
    let by_hand = book(&[(0, TABLE), (1, &step("m", "manual = 'Press the button'"))]);
    let held = scene(by_hand).answers([Proceed, Hold]).run();
    let manual = Question::Manual { step: "m".parse().unwrap() };
    assert_eq!(held.session.pending(), Some(&manual));
    let other = held.resume().reading(AWS, [is(stranger())]).answers([Hold]).run();
    assert_eq!(other.questions(), [Question::Identity], "nobody is to act in another account");
    let same = other.resume().answers([Hold]).run();
    assert_eq!(same.questions(), [manual]);
}

#[test]
fn an_endpoint_that_comes_or_goes_is_another_one() {
    let callers = [is(jane()), is(jane()), is(local())];
    let came = story(callers).answers([Proceed, Hold]).run();
    assert_eq!(came.questions(), [gate(3), Question::Identity]);
    let gone = story([is(local()), is(jane())]).pinned(local()).answers([Proceed, Hold]).run();
    assert_eq!(gone.questions(), [gate(3), Question::Identity]);
    let stays = story([is(local())]).pinned(local()).answers([Proceed, Hold]).run();
    let unproven = "AWS  identity unproven: custom endpoint http://127.0.0.1:4566";
    let shown = stays.asked.iter().all(|(_, shown)| shown.iter().any(|line| line == unproven));
    assert!(shown, "{:?}", stays.asked);
    let journal = String::from_utf8(stays.bytes()).unwrap();
    assert!(journal.contains("- aws endpoint: `http://127.0.0.1:4566`"), "{journal}");
    let head = holdpoint::report::head(&stays.session, None);
    let told = "- AWS `identity unproven: custom endpoint http://127.0.0.1:4566`";
    assert!(head.contains(told), "{head}");
}

#[test]
fn an_edited_account_does_not_move_a_session() {
    let edited = two_phases().replace("123456789012", "999999999999");
    for who in [jane(), stranger()] {
        let held = story([is(jane())]).answers([Proceed, Hold]).run();
        let resumed = held.resume().changed(edited.clone()).reading(AWS, [is(who)]);
        let resumed = resumed.answers([Accept, Recheck, Hold]).run();
        let change = &resumed.questions()[0];
        assert!(matches!(change, Question::RunbookChange { .. }));
        assert_eq!(resumed.questions()[1..], [Question::Identity, Question::Identity]);
        assert_eq!(resumed.session.pinned_identity(), Some(&jane()));
        assert_eq!(resumed.effects, done(&["a"]));
    }
}

#[test]
fn a_table_that_comes_later_pins_who_is_seen_first() {
    let without = two_phases().replace(TABLE, "");
    let held = scene(without).answers([Proceed, Hold]).run();
    assert_eq!(held.questions(), [gate(3), gate(4)]);
    let callers = [is(jane()), is(john()), is(reader())];
    let resumed = held.resume().changed(two_phases()).reading(AWS, callers);
    let resumed = resumed.answers([Accept, Proceed, Hold]).run();
    assert_eq!(resumed.questions()[1..], [gate(4), Question::Identity]);
    assert_eq!(resumed.session.pinned_identity(), Some(&jane()));
    let bytes = resumed.bytes();
    assert_eq!(History::read(&bytes).unwrap().session, resumed.session);
}

#[test]
fn nothing_is_rolled_back_in_another_account() {
    let undo = step("a", "run = ['do', 'a']\nundo = { run = ['undo', 'a'] }");
    let text = book(&[(0, TABLE), (3, &undo), (4, &runs("b"))]);
    let held = scene(text).answers([Proceed, Hold]).run();
    let back = held.resume().requests_rollback().reading(AWS, [is(stranger())]);
    let back = back.answers([Hold]).run();
    assert_eq!(back.questions(), [Question::Identity]);
    // The right one sees the plan; behind the yes it is another again.
    let callers = [is(jane()), is(stranger()), is(jane())];
    let back = back.resume().requests_rollback().reading(AWS, callers);
    let back = back.answers([Proceed, Recheck]).run();
    assert_eq!(back.questions(), [Question::Rollback, Question::Identity]);
    assert_eq!(back.effects, [done(&["a"]), done(&["undo.a"])].concat());
}

#[test]
fn a_dry_run_is_guarded_too() {
    let callers = [is(jane()), is(jane()), is(stranger())];
    let played = story(callers).dry().answers([Proceed, Abort]).run();
    assert_eq!(played.questions(), [gate(3), Question::Identity]);
    assert_eq!(played.condition, Some(Condition::Closed(Close::Aborted)));
}

#[test]
fn a_look_that_is_cut_short_says_nothing() {
    let second = std::time::Duration::from_secs;
    let slow = story([is(jane())]).slow(AWS, second(9)).stopped_after(second(3));
    let played = slow.answers([]).run();
    assert_eq!(kinds(&played), "session opened | session held");
}

#[test]
fn a_failure_in_the_cloud_is_asked_about_as_ever() {
    let played = story([is(jane())]).doing("a", [exits(1)]).answers([Proceed, Hold]).run();
    let failed = Question::Failure { step: "a".parse().unwrap() };
    assert_eq!(played.questions(), [gate(3), failed.clone()]);
    let resumed = played.resume().doing("a", [exits(0)]);
    let resumed = resumed.answers([Answer::Retry, Hold]).run();
    assert_eq!(resumed.questions(), [failed, gate(4)]);
}

/// What comes next in each state, whatever the runbook would have next.
#[test]
fn what_comes_next_is_to_see_to_ask_or_to_go_on() {
    let book = parsed(&book(&[(0, TABLE), (1, &runs("a"))]));
    let gate_yes = "open-aws|identified|asked gate|gate proceed";
    let entered = format!("{gate_yes}|enter-1");
    for (path, wanted) in [
        ("open", "identify"),
        ("open|identified", "gate"),
        ("open|identified other", "ask"),
        ("open-aws", "identify"),
        ("open-aws|identified", "gate"),
        ("open-aws|identified|note", "identify"),
        ("open-aws|identified other", "ask"),
        ("open-aws|identified unknown", "ask"),
        ("open-aws|identified other|asked identity", "ask"),
        ("open-aws|identified other|asked identity|identity recheck", "identify"),
        ("open-aws|identified other|asked identity|identity abort", "close"),
        ("open-aws|identified other|asked identity|held", "stop"),
        ("open-aws|identified other|asked identity|held|resume", "identify"),
        ("open-aws|identified|asked gate|held|resume", "identify"),
        ("open-aws|identified|asked gate|held|resume|identified", "gate"),
        (gate_yes, "enter"),
        (&entered, "identify"),
        (&format!("{entered}|identified"), "act"),
        (&format!("{entered}|identified unknown"), "ask"),
        (&format!("{entered}|identified|start 1|acted ok"), "identify"),
        (&format!("{entered}|identified|start 1|resume"), "identify"),
        ("open-aws|requested", "identify"),
        ("open-aws|requested|identified", "rollback"),
        ("open-aws|asked rollback|rollback proceed", "back"),
        // Nothing ran, so nothing is taken back.
        ("open-aws|asked rollback|rollback proceed|back", "close"),
    ] {
        let session = made(path);
        let next = session.next(&book);
        let found = match &next {
            Move::Identify => "identify",
            Move::Ask(Question::Gate { .. }) => "gate",
            Move::Ask(Question::Identity) => "ask",
            Move::Ask(Question::Rollback) => "rollback",
            Move::Enter(_) => "enter",
            Move::EnterRollback => "back",
            Move::Close(_) => "close",
            Move::Stop(_) => "stop",
            Move::Work(tasks) if matches!(tasks[0], Task::Act(_)) => "act",
            other => panic!("{path}: {other:?}"),
        };
        assert_eq!(found, wanted, "{path}");
    }
}

/// A verdict alone opens nothing: it must be about the one who is pinned.
#[test]
fn a_pass_of_another_one_is_none() {
    let book = parsed(&book(&[(0, TABLE), (1, &runs("a"))]));
    for other in [stranger(), reader(), local(), Identity { region: "us-east-1".into(), ..jane() }]
    {
        let lie = identified(&jane(), is(other), Verdict::Pass("good".to_owned()));
        let session = after(&made("open-aws"), [lie]);
        assert_eq!(session.next(&book), Move::Ask(Question::Identity));
    }
    let nothing = identified(&jane(), file(true), Verdict::Pass("good".to_owned()));
    assert_eq!(after(&made("open-aws"), [nothing]).next(&book), Move::Ask(Question::Identity));
    let same = identified(&jane(), is(john()), Verdict::Pass("good".to_owned()));
    assert!(matches!(
        after(&made("open-aws"), [same]).next(&book),
        Move::Ask(Question::Gate { .. })
    ));
}
