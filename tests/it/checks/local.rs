//! Commands, files, processes and test reports of this machine.

use std::fs;
use std::process::{Child, Command, Stdio};

use holdpoint::check::{Outcome, Reading};
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

use super::{assert_says, judged, look, prober};

#[test]
fn a_command_is_judged_by_what_it_did() {
    let prober = prober(std::path::Path::new("/"));
    let run = |rest: &str| judged(&prober, &format!("check.command = {{ {rest} }}"));
    assert_says(&run("run = ['true']"), Outcome::Pass, "exit code 0");
    assert_says(&run("run = ['false']"), Outcome::Fail, "exit code 1, wanted 0");
    assert_says(&run("run = ['false'], exit = 1"), Outcome::Pass, "exit code 1");
    let echo = "run = ['echo', '{\"a\": 1}'], json = { path = '$.a', equals = 1 }";
    assert_says(&run(echo), Outcome::Pass, "$.a is 1");
    assert_says(&run("run = ['/no/such/program']"), Outcome::Unknown, "No such file");
}

#[test]
fn a_file_is_looked_at_from_the_sessions_directory() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "v1.2\n").unwrap();
    fs::create_dir(folder.path().join("sub")).unwrap();
    let prober = prober(folder.path());
    let file = |rest: &str| judged(&prober, &format!("check.file = {{ {rest} }}"));
    assert_says(&file("path = 'a.txt'"), Outcome::Pass, "exists, 5 bytes");
    assert_says(&file("path = 'a.txt', contains = 'v1', newer_than = '1h'"), Outcome::Pass, "v1");
    assert_says(&file(r"path = 'a.txt', matches = '^v\d$'"), Outcome::Fail, "begins `v1.2`");
    assert_says(&file("path = 'b.txt'"), Outcome::Fail, "no such file");
    assert_says(&file("path = 'b.txt', exists = false"), Outcome::Pass, "no such file");
    assert_says(&file("path = 'sub', exists = false"), Outcome::Unknown, "a directory");
    assert_says(&file("path = '/dev/null'"), Outcome::Unknown, "no regular file");
    // printf 'v1.2\n' | sha256sum
    let digest = "e81d61cddae58f074527619dd6dd381ba8f67a9ac935a72f772a960caa3ffe50";
    let sum = |digest: &str| file(&format!("path = 'a.txt', sha256 = '{digest}'"));
    assert_says(&sum(digest), Outcome::Pass, &digest[..12]);
    assert_says(&sum(&"0".repeat(64)), Outcome::Fail, "wanted 000000000000");
}

#[test]
fn a_text_in_the_middle_of_a_long_file_is_not_known() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!("first\n{0}middle\n{0}last\n", "x".repeat(2 << 20) + "\n");
    fs::write(folder.path().join("log"), long).unwrap();
    let prober = prober(folder.path());
    let holds = |text: &str| {
        let toml = format!("check.file = {{ path = 'log', contains = '{text}' }}");
        judged(&prober, &toml).outcome()
    };
    assert_eq!(
        [holds("first"), holds("last"), holds("middle"), holds("nowhere")],
        [Outcome::Pass, Outcome::Pass, Outcome::Unknown, Outcome::Unknown]
    );
}

#[test]
fn a_report_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let case = "<testcase name='a'/>".repeat(3);
    fs::write(folder.path().join("r.xml"), format!("<testsuite>{case}</testsuite>")).unwrap();
    let prober = prober(folder.path());
    let tests = |rest: &str| judged(&prober, &format!("check.tests = {{ {rest} }}"));
    assert_says(&tests("junit = 'r.xml', at_least = 3"), Outcome::Pass, "3 tests ran");
    assert_says(&tests("junit = 'r.xml', at_least = 4"), Outcome::Fail, "wanted 4");
    assert_says(&tests("junit = 'none.xml'"), Outcome::Fail, "no such report");
}

/// A process that does nothing, for as long as the test needs it.
struct Sleeper(Child);

impl Sleeper {
    fn start() -> Self {
        let mut sleep = Command::new("sleep");
        Self(sleep.arg("600").stdin(Stdio::null()).spawn().unwrap())
    }

    /// Ended, but nobody has asked for its exit code yet.
    fn end_without_reaping(&mut self) {
        self.0.kill().unwrap();
        let pid = Pid::from_child(&self.0);
        waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT).unwrap();
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _already = self.0.kill();
        let _code = self.0.wait();
    }
}

#[test]
fn a_process_runs_until_it_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let prober = prober(folder.path());
    let mut sleeper = Sleeper::start();
    let pid = sleeper.0.id();
    fs::write(folder.path().join("pid"), format!("{pid}\n")).unwrap();
    fs::write(folder.path().join("junk"), "x").unwrap();
    let process = |rest: &str| judged(&prober, &format!("check.process = {{ {rest} }}"));
    let told = format!("`sleep` runs as pid {pid}");
    assert_says(&process("pid_file = 'pid'"), Outcome::Pass, &told);
    assert_says(&process("pid_file = 'pid', running = false"), Outcome::Fail, &told);
    assert_says(&process("name = 'sleep'"), Outcome::Pass, "`sleep` runs as pid");
    assert_says(&process("pid_file = 'junk', running = false"), Outcome::Unknown, "no process id");
    assert_says(&process("pid_file = 'none'"), Outcome::Fail, "no such process");
    assert_says(&process("name = 'no-such-program'"), Outcome::Fail, "no such process");
    assert_says(&process("name = 'no-such-program', running = false"), Outcome::Pass, "no such");

    sleeper.end_without_reaping();
    assert_says(&process("pid_file = 'pid'"), Outcome::Fail, "no such process");
    let (reading, _) = look(&prober, "check.process = { name = 'sleep' }", "50s");
    let Reading::Processes(seen) = reading else { panic!("{reading:?}") };
    assert!(seen.iter().all(|process| process.pid != pid), "{seen:?}");
}
