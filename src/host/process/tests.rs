//! Commands that are small enough to look at here; the others have a suite.

use std::cell::RefCell;

use super::*;
use crate::engine::Stopper;
use crate::session::Hold;

fn commands() -> Commands {
    let mask = Mask::new([("token", "hunter22")]).unwrap();
    Commands::new("session-1".parse().unwrap(), std::env::temp_dir(), mask)
}

fn work(argv: &[&str]) -> Work {
    Work {
        step: "deploy".parse().unwrap(),
        does: argv.join(" "),
        argv: argv.iter().map(ToString::to_string).collect(),
        environment: vec![("WHO".to_owned(), "world".to_owned())],
        timeout: Span::from_secs(60),
        leaves_running: false,
    }
}

#[tokio::main(flavor = "current_thread")]
async fn act(work: &Work) -> (Acted, Vec<String>) {
    let lines = RefCell::new(Vec::new());
    let hear = |line: &str| lines.borrow_mut().push(line.to_owned());
    let acted = commands().act(work, &Stopper::new().1, &hear).await;
    (acted, lines.into_inner())
}

fn shell(script: &str) -> (Acted, Vec<String>) {
    act(&work(&["/bin/sh", "-c", script]))
}

#[tokio::main(flavor = "current_thread")]
async fn run(argv: &[&str], limit: Span) -> Reading {
    let argv: Vec<_> = argv.iter().map(ToString::to_string).collect();
    commands().run(&argv, limit, &Stopper::new().1).await
}

#[test]
fn keeps_the_order_of_both_streams() {
    let (acted, lines) = shell("for i in 1 2 3; do echo o$i; echo e$i >&2; done");
    assert_eq!(acted.ending, Ending::Exit(Exit::Code(0)));
    assert_eq!(acted.output.text(), Some("o1\ne1\no2\ne2\no3\ne3\n"));
    assert_eq!(lines, ["o1", "e1", "o2", "e2", "o3", "e3"]);
}

#[test]
fn tells_a_code_from_a_signal() {
    for (script, exit) in [
        ("exit 3", Exit::Code(3)),
        ("exit 137", Exit::Code(137)),
        ("kill -KILL $$", Exit::Signal(9)),
        ("kill -PIPE $$", Exit::Signal(13)),
    ] {
        assert_eq!(shell(script).0.ending, Ending::Exit(exit), "{script}");
    }
}

#[test]
fn gives_no_input_and_no_terminal() {
    let (acted, _) = shell("cat; (: < /dev/tty) 2>/dev/null && echo opened || echo none");
    assert_eq!(acted.output.text(), Some("none\n"));
}

#[test]
fn says_whose_the_command_is_and_hides_the_secrets() {
    let script = "echo $WHO $HOLDPOINT_SESSION $HOLDPOINT_STEP; printf hunt; printf er22; pwd >&2";
    let (acted, lines) = shell(script);
    let text = acted.output.text().unwrap();
    assert!(text.starts_with("world session-1 session-1/deploy\n[secret]/"), "{text}");
    assert!(lines[1].starts_with("[secret]/"));
}

#[test]
fn takes_arguments_as_they_are() {
    let (acted, _) = act(&work(&["printf", "%s|", "$HOME", "a b", "*", "; exit 9", ""]));
    assert_eq!(acted.output.text(), Some("$HOME|a b|*|; exit 9||"));
}

#[test]
fn says_what_is_missing() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let plain = file.path().to_str().unwrap();
    for (argv, why) in [
        (&["no-such-program-22"][..], "no such program: `no-such-program-22` is not on the PATH"),
        (&["./no-such-file"], "no such program: there is no file `"),
        (&[plain], "not executable"),
        (&[], "the command is empty"),
    ] {
        let (acted, _) = act(&work(argv));
        let Ending::NotStarted(said) = &acted.ending else { panic!("{acted:?}") };
        assert!(said.contains(why), "{said}");
    }
    let mut elsewhere = commands();
    elsewhere.directory = "/no/such/directory".into();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stop = Stopper::new().1;
    let acted = runtime.block_on(elsewhere.act(&work(&["true"]), &stop, &|_| {}));
    let Ending::NotStarted(said) = acted.ending else { panic!("{acted:?}") };
    assert!(said.contains("there is no directory `/no/such/directory`"), "{said}");
}

#[test]
fn keeps_the_streams_of_a_probe_apart() {
    let reading = run(&["/bin/sh", "-c", "echo out; echo err >&2; exit 4"], Span::from_secs(60));
    let Reading::Ran { exit, stdout, stderr } = reading else { panic!("{reading:?}") };
    assert_eq!(exit, Exit::Code(4));
    assert_eq!((stdout.text(), stderr.text()), (Some("out\n"), Some("err\n")));
    let reading = run(&["no-such-program-22"], Span::from_secs(60));
    assert!(matches!(reading, Reading::Refused(why) if why.contains("no such program")));
}

#[test]
fn ends_what_takes_too_long() {
    let reading = run(&["sleep", "1000"], Span::from_millis(50));
    assert_eq!(reading, Reading::Nothing(Obstacle::Timeout));
    let mut slow =
        work(&["/bin/sh", "-c", "trap 'echo bye; exit 0' TERM; echo hi; sleep 1000 & wait"]);
    slow.timeout = Span::from_millis(300);
    let (acted, _) = act(&slow);
    assert_eq!(acted.ending, Ending::Timeout, "an exit code of 0 does not make it good");
    assert_eq!(acted.output.text(), Some("hi\nbye\n"));
}

#[test]
fn ends_when_the_session_stops() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for asked in [1, 2] {
        let (stopper, stop) = Stopper::new();
        let script = [
            "trap 'echo polite; exit 0' TERM; echo go; sleep 1000 & wait",
            "trap '' TERM; echo go; sleep 1000",
        ][asked - 1];
        let hear = |line: &str| {
            if line == "go" {
                (0..asked).for_each(|_| stopper.ask(Hold::Interrupt));
            }
        };
        let acted =
            runtime.block_on(commands().act(&work(&["/bin/sh", "-c", script]), &stop, &hear));
        assert_eq!(acted.ending, Ending::Interrupted);
        assert_eq!(acted.output.head.contains("polite"), asked == 1, "{acted:?}");
    }
}
