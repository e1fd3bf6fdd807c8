//! What an engine that was killed leaves running: the next one finds it, and ends exactly that.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, iter};

use holdpoint::engine::{Actor as _, Stop, StopLevel, Stopper};
use holdpoint::host::process::{Commands, Patience, still_running};
use holdpoint::session::Hold;
use holdpoint::text::Mask;

use super::{again, alive, alone, marker, never, with, work};

/// Goes on until somebody ends it, as one process that has the tag and two that only come from it.
const TREE: &str = r#"(setsid sh -c 'env -i sleep "$1" & exec 1>&- 2>&-; sleep "$1"; :' sh "$1" &)
sleep "$1" & echo up; wait"#;

/// Ends when it is asked; what it started does not, and has no tag.
const STUBBORN_CHILD: &str = r#"(setsid sh -c '
(trap "" TERM; exec env -i sleep "$1" 1>&- 2>&-) & sleep "$1" 1>&- 2>&- & wait' sh "$1" &)
sleep "$1" & echo up; wait"#;

/// Hears nothing, and was stopped before.
const STOPPED: &str = r#"(trap '' TERM HUP INT; setsid sh -c '
sleep "$1" 1>&- 2>&- & kill -STOP $$' sh "$1" &)
sleep "$1" & echo up; wait"#;

/// What the engine does that is killed while it runs the script.
#[expect(clippy::print_stdout, reason = "whoever kills it waits for what it prints")]
async fn be_the_engine() {
    let said = |name: &str| env::var(name).unwrap();
    let session = said("SESSION").parse().unwrap();
    let commands = Commands::new(session, env::temp_dir(), Mask::default());
    let mut work = work(&said("SCRIPT"), &said("MARKER"));
    work.step = said("STEP").parse().unwrap();
    commands.act(&work, &never(), &|line| println!("{line}")).await;
}

/// Runs the script in an engine until it says that it is up, and kills the engine. When so many
/// processes with the marker are there, it is what an engine left.
fn left_by_an_engine(test: &str, whose: (&str, &str), script: &str, marker: &str, count: usize) {
    let (session, step) = whose;
    let mut engine = again(test);
    engine.env("SESSION", session).env("STEP", step).env("SCRIPT", script).env("MARKER", marker);
    let mut engine = engine.stdout(Stdio::piped()).spawn().unwrap();
    let printed = BufReader::new(engine.stdout.take().unwrap());
    assert!(printed.lines().any(|line| line.unwrap().ends_with("up")), "{script}");
    engine.kill().unwrap();
    engine.wait().unwrap();
    assert!(eventually(|| alive(marker) >= count), "{script}: {}", alive(marker));
}

/// Asks until it is so, for as long as that takes on a slow machine.
fn eventually(holds: impl Fn() -> bool) -> bool {
    (0..3_000).any(|_| holds() || Command::new("sleep").arg("0.01").status().is_err())
}

fn heir(session: &str, grace: Duration) -> Commands {
    let patience = Patience { linger: Duration::ZERO, grace };
    Commands::new(session.parse().unwrap(), env::temp_dir(), Mask::default())
        .with_patience(patience)
}

fn end(session: &str, step: &str, grace: Duration, stop: &Stop) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(heir(session, grace).end_left(&step.parse().unwrap(), stop));
}

const SHORT: Duration = Duration::from_millis(200);
/// So long that a test which waits for it does not end.
const ENDLESS: Duration = Duration::from_secs(1_000_000);

fn end_for_good(marker: &str) {
    while alive(marker) > 0 {
        Command::new("kill").arg("-KILL").args(with(marker)).output().unwrap();
    }
}

#[test]
fn finds_what_goes_on_after_a_crash() {
    let test = "left::finds_what_goes_on_after_a_crash";
    if env::var(super::ALONE).is_ok() {
        return alone(test, be_the_engine);
    }
    for (round, step) in ["step", "undo.step"].into_iter().enumerate() {
        let marker = marker(100 + round);
        let session = format!("s-{marker}");
        left_by_an_engine(test, (&session, step), TREE, &marker, 5);
        let running = still_running(&session, step);
        assert_eq!(running.len(), 5, "{running:?}");
        assert!(running.iter().all(|(_, line)| line.contains(&marker)), "{running:?}");
        let told = heir(&session, SHORT).left_running(&step.parse().unwrap());
        assert_eq!(told.len(), 5, "{told:?}");
        for other in ["other", "undo.other", "undo", "tep", "undo.step.2", "before.step"] {
            assert_eq!(still_running(&session, other), []);
        }
        let other = ["step", "undo.step"][1 - round];
        assert_eq!(still_running(&session, other), []);
        end_for_good(&marker);
    }
}

#[test]
fn ends_what_an_engine_left() {
    let test = "left::ends_what_an_engine_left";
    if env::var(super::ALONE).is_ok() {
        return alone(test, be_the_engine);
    }
    let scripts = [(TREE, 5), (STUBBORN_CHILD, 5), (STOPPED, 4)];
    for (round, (script, count)) in scripts.into_iter().enumerate() {
        let marker = marker(110 + round);
        let session = format!("s-{marker}");
        left_by_an_engine(test, (&session, "step"), script, &marker, count);
        end(&session, "step", SHORT, &never());
        assert_eq!(alive(&marker), 0, "{script}");
        assert_eq!(still_running(&session, "step"), []);
    }
}

#[test]
fn spares_what_is_another_steps() {
    let test = "left::spares_what_is_another_steps";
    if env::var(super::ALONE).is_ok() {
        return alone(test, be_the_engine);
    }
    let markers: Vec<String> = (0..4).map(|round| marker(120 + round)).collect();
    let session = format!("s-{}", markers[0]);
    let another = format!("{session}-2");
    let whose = [
        (&session, "undo.deploy"),
        (&session, "deploy"),
        (&another, "undo.deploy"),
        (&session, "undo.deploy.2"),
    ];
    for ((session, step), marker) in iter::zip(whose, &markers) {
        left_by_an_engine(test, (session, step), TREE, marker, 5);
    }
    end(&session, "undo.deploy", SHORT, &never());
    let left: Vec<usize> = markers.iter().map(|marker| alive(marker)).collect();
    markers.iter().for_each(|marker| end_for_good(marker));
    assert_eq!(left, [0, 5, 5, 5]);
}

#[test]
fn ends_nothing_at_once_where_there_is_nothing() {
    end("s-nobody", "step", ENDLESS, &never());
}

#[test]
fn gives_its_grace_up_when_asked_twice_and_begins_nothing_when_asked_before() {
    let test = "left::gives_its_grace_up_when_asked_twice_and_begins_nothing_when_asked_before";
    if env::var(super::ALONE).is_ok() {
        return alone(test, be_the_engine);
    }
    let marker = marker(130);
    let session = format!("s-{marker}");
    left_by_an_engine(test, (&session, "step"), STUBBORN_CHILD, &marker, 5);
    for level in [StopLevel::Polite, StopLevel::Kill] {
        let (stopper, stop) = Stopper::new();
        stopper.ask(Hold::Interrupt);
        if level == StopLevel::Kill {
            stopper.ask(Hold::Interrupt);
        }
        end(&session, "step", ENDLESS, &stop);
        assert_eq!(alive(&marker), 5, "nothing was begun");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (stopper, stop) = Stopper::new();
        let (commands, step) = (heir(&session, ENDLESS), "step".parse().unwrap());
        let asking = async {
            // It has been asked to end: only the one that does not hear is left.
            while alive(&marker) > 1 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            stopper.ask(Hold::Interrupt);
            for _ in 0..20 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            assert_eq!(alive(&marker), 1, "asked once, it keeps its word");
            stopper.ask(Hold::Interrupt);
        };
        tokio::join!(commands.end_left(&step, &stop), asking);
    });
    assert_eq!(alive(&marker), 0);
}

fn asleep(marker: &str, apart: bool) -> Child {
    let line = ["setsid", "sleep", marker];
    let line = if apart { &line[..] } else { &line[1..] };
    Command::new(line[0]).args(&line[1..]).spawn().unwrap()
}

#[test]
fn ends_neither_itself_nor_where_it_comes_from_nor_what_it_started() {
    let test = "left::ends_neither_itself_nor_where_it_comes_from_nor_what_it_started";
    if env::var(super::ALONE).is_ok() {
        return alone(test, || async {
            let marker = env::var("MARKER").unwrap();
            let mut children = [asleep(&marker, false), asleep(&marker, true)];
            assert!(eventually(|| alive(&format!("sleep\0{marker}")) == 2));
            let commands = heir("s-mine", SHORT);
            assert_eq!(commands.left_running(&"step".parse().unwrap()), Vec::<String>::new());
            commands.end_left(&"step".parse().unwrap(), &never()).await;
            for child in &mut children {
                assert_eq!(child.try_wait().unwrap(), None, "it was not ours to end");
                child.kill().unwrap();
                child.wait().unwrap();
            }
        });
    }
    let itself = again(test);
    let mut above = Command::new("setsid");
    above.args(["--wait", "sh", "-c", r#"setsid --wait "$0" "$@"; echo "it outlived $?""#]);
    above.arg(itself.get_program()).args(itself.get_args());
    above.env(super::ALONE, test).env("HOLDPOINT_STEP", "s-mine/step").env("MARKER", marker(140));
    let output = above.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("1 passed") && said.contains("it outlived 0"), "{said}\n{errors}");
}
