//! One conversation of greeter's: reads a request, answers it, closes the connection. It knows
//! nothing of ports, threads or processes.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process;
use std::time::{Duration, Instant};

use crate::{VERSION, flaw};

/// A longer request head than this is refused with 431.
pub const LONGEST_HEAD: usize = 8 * 1024;

/// How long one visitor may take, however slowly the bytes come.
pub const PATIENCE: Duration = Duration::from_secs(2);

/// Reads one request, answers it, and closes the connection. `up` is the service's age.
pub fn converse(mut stream: TcpStream, up: Duration, log: fn(&str)) -> io::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    stream.set_write_timeout(Some(PATIENCE))?;
    let (asked, reply) = match read_head(&mut stream, deadline) {
        Ok(head) if head.is_empty() => return Ok(()), // it only wanted to know whether we listen
        Ok(head) => {
            let line = head.lines().next().unwrap_or_default().to_owned();
            let reply = answer(&line, up, log);
            (line, reply)
        }
        Err(why) if why.kind() == ErrorKind::InvalidData => (String::new(), Reply::text(431, "")),
        Err(_) => (String::new(), Reply::text(408, "")),
    };
    let shown: String = asked.escape_debug().take(120).collect();
    log(&format!("{} to `{shown}`", reply.status));
    stream.write_all(reply.to_http(asked.starts_with("HEAD ")).as_bytes())?;
    stream.shutdown(Shutdown::Write)?;
    // Closing with unread bytes would tear the answer out of the visitor's hands.
    let mut rest = [0; 1024];
    for _ in 0..64 {
        if read_until(&mut stream, &mut rest, deadline)? == 0 {
            break;
        }
    }
    Ok(())
}

/// Sends a visitor away at once, for whom there is no thread.
pub fn turn_away(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nonblocking(true)?; // whatever happens, nobody else waits for this
    let reply = Reply::text(503, "Too many visitors, please come back.\n");
    stream.write_all(reply.to_http(false).as_bytes())
}

/// The request line and the headers; empty if the visitor left without a word.
fn read_head(stream: &mut TcpStream, deadline: Instant) -> io::Result<String> {
    let mut head = Vec::new();
    let mut piece = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() > LONGEST_HEAD {
            return Err(ErrorKind::InvalidData.into());
        }
        match read_until(stream, &mut piece, deadline)? {
            0 => break,
            read => head.extend_from_slice(&piece[..read]),
        }
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// Reads some bytes, but not past the deadline: a timeout for each read alone could be renewed
/// for ever, one byte at a time.
fn read_until(stream: &mut TcpStream, to: &mut [u8], deadline: Instant) -> io::Result<usize> {
    let left = deadline.saturating_duration_since(Instant::now());
    stream.set_read_timeout(Some(left.max(Duration::from_millis(1))))?;
    if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { stream.read(to) }
}

/// What the service says to a request line.
fn answer(line: &str, up: Duration, log: fn(&str)) -> Reply {
    let words: Vec<&str> = line.split(' ').collect();
    let [method, target, "HTTP/1.0" | "HTTP/1.1"] = words[..] else {
        return Reply::text(400, "That is not an HTTP request.\n");
    };
    if !matches!(method, "GET" | "HEAD") {
        return Reply::text(405, "Only GET and HEAD, please.\n");
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    match path {
        "/" => Reply::text(200, "Try /greet?name=you, /version and /health.\n"),
        "/greet" => match flaw::take_pen(log) {
            Ok(()) => {
                Reply::text(200, &format!("Hello, {}! Yours, greeter {VERSION}\n", name(query)))
            }
            Err(why) => Reply::text(500, why),
        },
        "/version" => Reply::json(format!(r#"{{"name":"greeter","version":"{VERSION}"}}"#)),
        "/health" => {
            let (up, pid) = (up.as_secs(), process::id());
            Reply::json(format!(
                r#"{{"status":"ok","version":"{VERSION}","up_seconds":{up},"pid":{pid}}}"#
            ))
        }
        _ => Reply::text(404, "There is nothing here.\n"),
    }
}

/// Whom to greet: the query's `name`, at most 40 characters of it, and none that a terminal
/// could take for a command.
fn name(query: &str) -> String {
    let given = query.split('&').find_map(|pair| pair.strip_prefix("name=")).unwrap_or("world");
    decoded(given).chars().filter(|c| !c.is_control()).take(40).collect()
}

/// `Ad%61+L` as `Ada L`. What is no percent-encoding stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let code = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let code = code.filter(|two| two.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let code = code.and_then(|two| u8::from_str_radix(two, 16).ok());
        let (byte, behind) = match (first, code) {
            (b'%', Some(byte)) => (byte, &after[2..]),
            (b'+', _) => (b' ', after),
            _ => (*first, after),
        };
        bytes.push(byte);
        rest = behind;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An answer.
struct Reply {
    status: u16,
    media_type: &'static str,
    body: String,
}

impl Reply {
    fn text(status: u16, body: &str) -> Self {
        Self { status, media_type: "text/plain; charset=utf-8", body: body.to_owned() }
    }

    fn json(body: String) -> Self {
        Self { status: 200, media_type: "application/json", body: body + "\n" }
    }

    /// As it goes over the wire. The answer to HEAD tells the body's length and leaves it out.
    fn to_http(&self, head_only: bool) -> String {
        let reason = match self.status {
            200 => "OK",
            400 => "Bad Request",
            404 => "Not Found",
            405 => "Method Not Allowed",
            408 => "Request Timeout",
            431 => "Request Header Fields Too Large",
            500 => "Internal Server Error",
            _ => "Service Unavailable",
        };
        let Self { status, media_type, body } = self;
        let allow = if *status == 405 { "Allow: GET, HEAD\r\n" } else { "" };
        let length = body.len();
        format!(
            "HTTP/1.1 {status} {reason}\r\nContent-Type: {media_type}\r\n{allow}\
             Content-Length: {length}\r\nConnection: close\r\n\r\n{}",
            if head_only { "" } else { body }
        )
    }
}
