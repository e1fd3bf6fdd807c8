//! greeter: the small HTTP service that the quickstart deploys. It greets people and tells its
//! version and its health. It is no web server for the world: it listens on 127.0.0.1 only, reads
//! one request from each connection, and answers GET and HEAD.
//!
//! Its version is told when it is compiled, so that a running greeter can say which one it is:
//!
//! ```text
//! GREETER_VERSION=1.2.3 rustc --edition 2024 greeter.rs
//! ```
//!
//! A bad release, for a drill, is one that is compiled with a flaw: see `flaw.rs`.

use std::io::{self, ErrorKind, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

mod flaw;
mod http;
mod selftest;

const VERSION: &str = env!("GREETER_VERSION", "compile with GREETER_VERSION=1.2.3 set");

/// More visitors than this at once are sent away with 503.
const MOST_VISITORS: usize = 64;

const USAGE: &str = "usage:
  greeter --version
  greeter serve --port PORT --pid-file PATH
  greeter probe URL --contains TEXT --times NUMBER --pause-ms NUMBER
  greeter selftest --junit PATH";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(&why);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[&str]) -> Result<(), String> {
    match arguments {
        ["--version"] => {
            println!("greeter {VERSION}");
            Ok(())
        }
        ["serve", "--port", port, "--pid-file", path] => {
            serve(number("--port", port)?, Path::new(path))
        }
        ["probe", url, "--contains", text, "--times", times, "--pause-ms", pause] => {
            let pause = Duration::from_millis(number("--pause-ms", pause)?);
            selftest::probe(url, text, number("--times", times)?, pause)
        }
        ["selftest", "--junit", path] => selftest::selftest(Path::new(path)),
        _ => Err(USAGE.to_owned()),
    }
}

fn number<N: std::str::FromStr>(option: &str, text: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("`{text}` is no number that {option} can take"))
}

/// Writes a line to the log, which is standard error. A log that cannot be written stops nobody.
fn say(line: &str) {
    let _ = writeln!(io::stderr(), "greeter {VERSION}: {line}");
}

/// Serves until it is told to end: by a signal, or by the loss of its pid file.
fn serve(port: u16, pid_file: &Path) -> Result<(), String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let listener = listener.map_err(|why| match why.kind() {
        ErrorKind::AddrInUse => format!("another program already listens on 127.0.0.1:{port}"),
        _ => format!("cannot listen on 127.0.0.1:{port}: {why}"),
    })?;
    // Only now: a greeter that does not get the port must not claim another one's pid file.
    write_pid(pid_file).map_err(|why| format!("cannot write {}: {why}", pid_file.display()))?;
    let watched = pid_file.to_owned();
    thread::spawn(move || end_without_pid_file(&watched));
    say(&format!("listens on 127.0.0.1:{port}"));
    answer_visitors(&listener, say);
    Ok(())
}

/// Aside first, then renamed: nobody reads half a number.
fn write_pid(path: &Path) -> io::Result<()> {
    let aside = path.with_extension("pid-new");
    fs::write(&aside, format!("{}\n", process::id()))?;
    fs::rename(&aside, path)
}

/// A service that nobody can find any more must not run on: when its pid file is gone (somebody
/// emptied the folder) or names another process, it ends.
fn end_without_pid_file(path: &Path) {
    let own = process::id().to_string();
    loop {
        thread::sleep(Duration::from_millis(500));
        let lost = match fs::read_to_string(path) {
            Ok(text) => text.trim() != own,
            Err(why) => why.kind() == ErrorKind::NotFound,
        };
        if lost {
            say("the pid file is not mine any more, so I end");
            process::exit(0);
        }
    }
}

/// One thread for each visitor, up to a limit, and one line in the log. Never returns.
fn answer_visitors(listener: &TcpListener, log: fn(&str)) {
    let started = Instant::now();
    let visitors = Arc::new(()); // each thread holds a clone, so the count is theirs and ours
    for stream in listener.incoming() {
        let Ok(stream) = stream else {
            // Out of file handles, most likely: give the other threads time to return some.
            thread::sleep(Duration::from_millis(50));
            continue;
        };
        if Arc::strong_count(&visitors) > MOST_VISITORS {
            let _ = http::turn_away(stream);
            continue;
        }
        let visitor = Arc::clone(&visitors);
        let spawned = thread::Builder::new().spawn(move || {
            let _ = http::converse(stream, started.elapsed(), log); // who hangs up needs no answer
            drop(visitor);
        });
        if let Err(why) = spawned {
            log(&format!("a visitor was sent away: {why}"));
        }
    }
}
