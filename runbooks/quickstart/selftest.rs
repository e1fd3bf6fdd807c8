//! The other end of greeter's connections: a probe that asks a running service, and a self-test
//! that starts one on a free port, asks it everything, and writes a `JUnit` report. No HTTP
//! client for anything else: it knows `http://ADDRESS:PORT/…` only.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::http::{LONGEST_HEAD, PATIENCE};
use crate::{VERSION, answer_visitors};

/// Asks so many times, with a pause between. The first answer that is not 200, or does not
/// contain the text, is an error.
pub fn probe(url: &str, contains: &str, times: u32, pause: Duration) -> Result<(), String> {
    let rest = url.strip_prefix("http://").unwrap_or(url);
    let (address, path) = rest.split_once('/').unwrap_or((rest, ""));
    let address: SocketAddr =
        address.parse().map_err(|_| format!("`{url}` is not like http://127.0.0.1:8080/path"))?;
    let mut slowest = Duration::ZERO;
    for sample in 1..=times {
        if sample > 1 {
            thread::sleep(pause);
        }
        let begun = Instant::now();
        let answer = get(address, &format!("/{path}"))
            .and_then(|answer| answer.wanted(200, contains))
            .map_err(|why| format!("sample {sample} of {times}: {why}"))?;
        slowest = slowest.max(begun.elapsed());
        if !pause.is_zero() {
            println!("sample {sample} of {times}: {}", answer.body.trim_end());
        }
    }
    println!("all {times} answered 200 with `{contains}`, the slowest in {slowest:.1?}");
    Ok(())
}

/// A name for what should be so, and how to see whether it is.
type Case = (&'static str, fn(SocketAddr) -> Result<(), String>);

const CASES: [Case; 12] = [
    ("says how to use it", |to| get(to, "/")?.wanted(200, "/greet").map(drop)),
    ("tells its version", |to| {
        let version = format!(r#""version":"{VERSION}""#);
        get(to, "/version")?.wanted(200, &version).map(drop)
    }),
    ("is healthy", |to| get(to, "/health")?.wanted(200, r#""status":"ok""#).map(drop)),
    ("greets by name", |to| get(to, "/greet?x=1&name=Ada")?.wanted(200, "Hello, Ada!").map(drop)),
    ("greets in any script", |to| {
        get(to, "/greet?name=Zo%C3%AB+%E5%8A%89")?.wanted(200, "Hello, Zoë 劉!").map(drop)
    }),
    ("greets the world", |to| get(to, "/greet")?.wanted(200, "Hello, world!").map(drop)),
    ("passes on no control characters", |to| {
        get(to, "/greet?name=A%1B%5B2J%0D%0Ab%9")?.wanted(200, "Hello, A[2Jb%9!").map(drop)
    }),
    ("does not know every path", |to| get(to, "/admin")?.wanted(404, "").map(drop)),
    ("answers HEAD without a body", |to| {
        let answer = ask(to, b"HEAD /greet HTTP/1.1\r\n\r\n")?.wanted(200, "")?;
        if answer.body.is_empty() { Ok(()) } else { Err(format!("body `{}`", answer.body)) }
    }),
    ("takes no POST", |to| ask(to, b"POST /greet HTTP/1.1\r\n\r\nbody")?.wanted(405, "").map(drop)),
    ("refuses what is no HTTP, or too long", |to| {
        ask(to, b"\x16\x03\x01 tls?\r\n\r\n")?.wanted(400, "")?;
        ask(to, &vec![b'x'; LONGEST_HEAD + 1025])?.wanted(431, "").map(drop)
    }),
    ("does not let a silent visitor hold up others", |to| {
        let _silent = TcpStream::connect(to).map_err(|why| why.to_string())?;
        let begun = Instant::now();
        get(to, "/health")?.wanted(200, "")?;
        let waited = begun.elapsed();
        if waited < PATIENCE { Ok(()) } else { Err(format!("waited for {waited:.1?}")) }
    }),
];

/// Starts a service on a free port, runs every case against it, and writes the report.
pub fn selftest(junit: &Path) -> Result<(), String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let listener = listener.map_err(|why| format!("cannot listen on a free port: {why}"))?;
    let address = listener.local_addr().map_err(|why| format!("no address to ask: {why}"))?;
    thread::spawn(move || answer_visitors(&listener, |_| ()));

    let mut failures = 0;
    let mut rows = String::new();
    for (title, case) in CASES {
        let begun = Instant::now();
        let outcome = case(address);
        let took = begun.elapsed().as_secs_f64();
        let _ =
            write!(rows, "  <testcase classname=\"greeter\" name=\"{title}\" time=\"{took:.3}\"");
        match outcome {
            Ok(()) => {
                println!("ok: {title}");
                rows.push_str("/>\n");
            }
            Err(why) => {
                failures += 1;
                println!("failed: {title}: {why}");
                let why = escaped(&why);
                let _ = writeln!(rows, "><failure message=\"{why}\"/></testcase>");
            }
        }
    }
    let tests = CASES.len();
    let report = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"greeter {VERSION}\" \
         tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">\n{rows}\
         </testsuite>\n"
    );
    fs::write(junit, report).map_err(|why| format!("cannot write {}: {why}", junit.display()))?;
    println!("{tests} tests of greeter {VERSION}, {failures} failed");
    if failures == 0 { Ok(()) } else { Err("the self-test failed".to_owned()) }
}

/// For an XML attribute: no markup, and no character that XML forbids.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// What came back.
struct Answer {
    status: u16,
    body: String,
}

impl Answer {
    fn wanted(self, status: u16, contains: &str) -> Result<Self, String> {
        if self.status != status {
            return Err(format!("status {}, wanted {status}", self.status));
        }
        if !self.body.contains(contains) {
            return Err(format!("`{}`, wanted `{contains}` in it", self.body.trim_end()));
        }
        Ok(self)
    }
}

fn get(address: SocketAddr, path: &str) -> Result<Answer, String> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    ask(address, request.as_bytes())
}

fn ask(address: SocketAddr, request: &[u8]) -> Result<Answer, String> {
    let text = exchange(address, request).map_err(|why| format!("{address}: {why}"))?;
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| format!("{address} does not speak HTTP"))?;
    Ok(Answer { status, body: body.to_owned() })
}

fn exchange(address: SocketAddr, request: &[u8]) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_read_timeout(Some(PATIENCE * 2))?;
    stream.write_all(request)?;
    let mut text = Vec::new();
    stream.take(64 * 1024).read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
