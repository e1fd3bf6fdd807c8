//! Commands that do not want to end, that hide, that flood: on Linux nothing of them is left.
//!
//! Each test runs in a process of its own, because orphans fall to a whole process.
#![cfg(target_os = "linux")]

use std::cell::RefCell;
use std::future::Future;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use std::{env, fs};

use holdpoint::check::{Exit, Reading};
use holdpoint::engine::{Acted, Actor, Stop, StopLevel, Stopper, Work};
use holdpoint::host::process::{Commands, Patience, adopt_orphans};
use holdpoint::host::signal::listen;
use holdpoint::host::sweep::descendants;
use holdpoint::session::{Ending, Hold};
use holdpoint::text::Mask;
use holdpoint::value::Span;

mod left;

const ALONE: &str = "HOLDPOINT_TEST_ALONE";

/// Runs a test again in a process where nothing else runs, as the program itself is.
fn alone<F: Future<Output = ()>>(test: &str, body: impl FnOnce() -> F) {
    if env::var(ALONE).is_ok_and(|wanted| wanted == test) {
        adopt_orphans().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(body());
    }
    let output = again(test).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}\n{errors}");
}

fn again(test: &str) -> Command {
    let (_, module) = module_path!().split_once("::").unwrap();
    let mut command = Command::new(env::current_exe().unwrap());
    let path = format!("{module}::{test}");
    command.args(["--exact", &path, "--nocapture", "--test-threads=2"]).env(ALONE, test);
    command
}

fn commands() -> Commands {
    let patience =
        Patience { linger: Duration::from_millis(20), grace: Duration::from_millis(300) };
    let directory = env::temp_dir();
    Commands::new("s-1".parse().unwrap(), directory, Mask::default()).with_patience(patience)
}

fn work(script: &str, marker: &str) -> Work {
    Work {
        step: "step".parse().unwrap(),
        does: script.to_owned(),
        argv: ["/bin/sh", "-c", script, "sh", marker].map(str::to_owned).to_vec(),
        environment: Vec::new(),
        timeout: Span::from_secs(60),
        leaves_running: false,
    }
}

async fn act(work: &Work) -> Acted {
    commands().act(work, &never(), &|_| {}).await
}

fn never() -> Stop {
    Stopper::new().1
}

/// A number of seconds to sleep that nobody else sleeps: it finds the sleepers again.
fn marker(number: usize) -> String {
    format!("9{}.{number:04}", std::process::id())
}

fn alive(marker: &str) -> usize {
    with(marker).len()
}

/// The processes that have the marker in their command lines, but this one.
fn with(marker: &str) -> Vec<String> {
    let holds = |path: &Path| {
        let line = fs::read(path.join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(marker)
    };
    let mine = std::process::id().to_string();
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries
        .filter(|entry| holds(&entry.path()))
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|pid| *pid != mine)
        .collect()
}

/// Two ways to become a daemon.
const DAEMON: &str = r#"( (setsid sleep "$1" & ) & )"#;
const HIDDEN_DAEMON: &str = r#"( (setsid env -i sleep "$1" <&- >&- 2>&- & ) & )"#;

#[test]
fn leaves_no_daemon() {
    alone("leaves_no_daemon", || async {
        for round in 0..100 {
            let marker = marker(round);
            let acted = act(&work([DAEMON, HIDDEN_DAEMON][round % 2], &marker)).await;
            assert_eq!(acted.ending, Ending::Exit(Exit::Code(0)));
            assert_eq!(alive(&marker), 0, "round {round}");
            assert!(acted.output.head.contains(&marker), "it says what it ended: {acted:?}");
        }
    });
}

#[test]
fn ends_what_ignores_being_asked() {
    alone("ends_what_ignores_being_asked", || async {
        for (round, script) in [
            r#"trap '' TERM; sleep "$1""#,
            r#"trap '' TERM HUP INT; (setsid sleep "$1" &); sleep "$1""#,
            r#"trap '' TERM; (setsid sleep "$1" &); exit 0"#,
            r#"trap '' TERM; while :; do sleep "$1" & wait; done"#,
        ]
        .into_iter()
        .enumerate()
        {
            let marker = marker(round);
            let mut work = work(script, &marker);
            work.timeout = Span::from_millis(200);
            let acted = act(&work).await;
            let wanted = if round == 2 { Ending::Exit(Exit::Code(0)) } else { Ending::Timeout };
            assert_eq!(acted.ending, wanted, "{script}");
            assert_eq!(alive(&marker), 0, "{script}");
        }
    });
}

#[test]
fn ends_what_stopped_itself() {
    alone("ends_what_stopped_itself", || async {
        for (round, script) in ["kill -STOP $$", r#"sleep "$1" & kill -STOP $!; kill -STOP $$"#]
            .into_iter()
            .enumerate()
        {
            let marker = marker(round);
            let mut work = work(script, &marker);
            work.timeout = Span::from_millis(200);
            assert_eq!(act(&work).await.ending, Ending::Timeout, "{script}");
            assert_eq!(alive(&marker), 0, "{script}");
        }
    });
}

#[test]
fn catches_what_forks_while_it_is_swept() {
    alone("catches_what_forks_while_it_is_swept", || async {
        let directory = tempfile::tempdir().unwrap();
        let hopper = directory.path().join("hopper");
        // Each one starts the next in a session of its own and ends; 5,000 at the most.
        let script = "#!/bin/sh\ntrap '' TERM\n[ \"$2\" -lt 5000 ] || exit 0\n\
                      setsid \"$0\" \"$1\" $(($2 + 1)) &\nsleep 0.01\n";
        fs::write(&hopper, script).unwrap();
        let marker = marker(0);
        let start = format!(
            "for i in 1 2 3 4; do setsid sh {0} \"$1\" 0 & done; sleep 0.2",
            hopper.display()
        );
        Command::new("chmod").arg("755").arg(&hopper).status().unwrap();
        act(&work(&start, &marker)).await;
        assert_eq!(alive(&marker), 0);
    });
}

#[test]
fn leaves_running_what_may_be() {
    alone("leaves_running_what_may_be", || async {
        let marker = marker(0);
        let mut first = work(r#"(setsid sleep "$1" &); (setsid env -i sleep "$1" &)"#, &marker);
        first.leaves_running = true;
        // They hold the pipe open: that nobody waits for them is what ends this test.
        let acted = act(&first).await;
        assert_eq!(acted.ending, Ending::Exit(Exit::Code(0)));
        assert!(acted.output.head.contains("left running: process"), "{acted:?}");
        for _ in 0..3 {
            act(&work(HIDDEN_DAEMON, "1000")).await;
        }
        assert_eq!(alive(&marker), 2);
        for pid in descendants(std::process::id()) {
            Command::new("kill").arg(pid.to_string()).status().unwrap();
        }
    });
}

#[test]
fn spares_what_another_command_runs() {
    alone("spares_what_another_command_runs", || async {
        let (slow, quick) = (marker(1), marker(2));
        let commands = commands();
        let script =
            format!("{DAEMON}; sleep 0.2; echo ready; while [ ! -e \"$2\" ]; do sleep 0.05; done");
        let directory = tempfile::tempdir().unwrap();
        let over = directory.path().join("over");
        let mut long = work(&script, &slow);
        long.argv.push(over.to_str().unwrap().to_owned());
        let (ready, heard) = tokio::sync::oneshot::channel();
        let ready = RefCell::new(Some(ready));
        let hear = |_: &str| {
            let _sent = ready.borrow_mut().take().map(|ready| ready.send(()));
        };
        let stop = never();
        let others = async {
            heard.await.unwrap();
            for round in 0..20 {
                let argv = ["/bin/sh", "-c", DAEMON, "sh", &quick].map(str::to_owned);
                let reading = commands.run(&argv, Span::from_secs(60), &stop).await;
                assert!(matches!(reading, Reading::Ran { .. }));
                // The slow one may be about to start one more of its own.
                assert_eq!(alive(&quick), 0, "round {round}");
                assert!(alive(&slow) >= 2, "round {round}");
            }
            fs::write(&over, "").unwrap();
        };
        let (acted, ()) = tokio::join!(commands.act(&long, &stop, &hear), others);
        assert_eq!(acted.ending, Ending::Exit(Exit::Code(0)));
        assert_eq!(alive(&slow), 0);
    });
}

#[test]
fn spares_children_of_its_own_session() {
    alone("spares_children_of_its_own_session", || async {
        let mut other = Command::new("sleep").arg("1000").spawn().unwrap();
        let mut dead = Command::new("sh").args(["-c", "exit 7"]).spawn().unwrap();
        act(&work(HIDDEN_DAEMON, &marker(0))).await;
        assert_eq!(other.try_wait().unwrap(), None, "it was not ours to end");
        assert_eq!(dead.wait().unwrap().code(), Some(7), "it was not ours to wait for");
        other.kill().unwrap();
        other.wait().unwrap();
    });
}

#[test]
fn has_no_terminal_to_give() {
    alone("has_no_terminal_to_give", || async {
        let script = "(: < /dev/tty) 2>/dev/null && echo opened; ps -o tty= -p $$ 2>/dev/null; read x; echo end";
        let acted = act(&work(script, "")).await;
        let text = acted.output.text().unwrap();
        assert!(!text.contains("opened") && !text.contains("pts") && text.ends_with("end\n"));
    });
}

/// Peak memory of this process, in KiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn stays_small_however_much_is_printed() {
    alone("stays_small_however_much_is_printed", || async {
        for (script, ends) in [
            ("head -c 10G /dev/zero; echo; echo end", "end\n"),
            ("yes | head -n 51000000; echo end", "y\nend\n"),
            ("head -c 1G /dev/zero | tr '\\0' x; echo; echo end", "end\n"),
        ] {
            let begun = std::time::Instant::now();
            let mut work = work(script, "");
            work.timeout = Span::from_secs(3_600);
            let acted = act(&work).await;
            println!("{script}: {:?}, peak {} KiB", begun.elapsed(), peak());
            assert_eq!(acted.ending, Ending::Exit(Exit::Code(0)));
            let output = acted.output;
            let end = if output.tail.is_empty() { &output.head } else { &output.tail };
            assert!(end.ends_with(ends), "{end}");
            assert!(output.left_out > 0 && output.head.len() < 20_000);
            assert!(peak() < 64 << 10, "{} KiB", peak());
        }
    });
}

#[test]
fn kills_what_nobody_waits_for_any_more() {
    alone("kills_what_nobody_waits_for_any_more", || async {
        let marker = marker(0);
        let work = work(&format!(r#"trap '' TERM; {HIDDEN_DAEMON}; echo up; sleep "$1""#), &marker);
        let (commands, stop, up) = (commands(), never(), tokio::sync::Notify::new());
        let hear = |_: &str| up.notify_one();
        tokio::select! {
            _ = commands.act(&work, &stop, &hear) => panic!("it sleeps for a day"),
            () = up.notified() => {}
        }
        // The killed are reaped by whoever sweeps next.
        act(&self::work("exit 0", "")).await;
        assert_eq!(alive(&marker), 0);
    });
}

fn send(signal: &str) {
    let pid = std::process::id().to_string();
    assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
}

#[test]
fn hears_signals_as_values() {
    alone("hears_signals_as_values", || async {
        let (stopper, stop) = Stopper::new();
        let signals = listen(stopper).unwrap();
        assert_eq!((signals.first(), stop.level()), (None, StopLevel::None));
        send("-TERM");
        stop.reached(StopLevel::Polite).await;
        assert_eq!((signals.first(), stop.level()), (Some(Hold::Terminate), StopLevel::Polite));
        send("-INT");
        stop.reached(StopLevel::Kill).await;
        assert_eq!(signals.first(), Some(Hold::Terminate), "the first is why");
        drop(signals);
        // Nobody listens, and still the program does not die of it.
        send("-HUP");
        act(&work("exit 0", "")).await;
    });
}

#[test]
fn goes_on_after_a_hang_up_under_nohup() {
    let test = "goes_on_after_a_hang_up_under_nohup";
    if env::var(ALONE).is_ok() {
        return alone(test, || async {
            let (stopper, stop) = Stopper::new();
            let signals = listen(stopper).unwrap();
            send("-HUP");
            send("-INT");
            stop.reached(StopLevel::Polite).await;
            assert_eq!((signals.first(), stop.level()), (Some(Hold::Interrupt), StopLevel::Polite));
        });
    }
    let itself = again(test);
    let mut nohup = Command::new("sh");
    nohup.args(["-c", "trap '' HUP; exec \"$0\" \"$@\""]).arg(itself.get_program());
    let output = nohup.args(itself.get_args()).env(ALONE, test).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
