//! HTTP without TLS: good answers, bad ones, none, and ones that never end.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Barrier, mpsc};
use std::time::Duration;

use holdpoint::check::{Obstacle, Outcome, Reading, Verdict, When};
use holdpoint::engine::{Prober as _, Stopper};
use holdpoint::text::Limits;
use holdpoint::value::{Moment, Span};

use super::servers::{answering, closed, deaf, endless, ok, request, serve, silent, with_body};
use super::{asked, assert_says, claim, look, on_one_thread, prober};

/// Looks at a server with `rest` wanted of it.
fn http(address: SocketAddr, rest: &str, timeout: &str) -> (Reading, Verdict) {
    let toml = format!("[check.http]\nurl = 'http://{address}/'\n{rest}");
    look(&prober(Path::new("/")), &toml, timeout)
}

fn judged(address: SocketAddr, rest: &str) -> Verdict {
    http(address, rest, "50s").1
}

#[test]
fn a_good_answer_passes() {
    let address = with_body(r#"{"status": "ok", "version": "1.2.3"}"#);
    let rest = r#"
        body_contains = "1.2.3"
        body_matches = '"status": *"ok"'
        json = { path = "$.version", equals = "1.2.3" }
        header = { Content-Length = "36" }
        within = "50s""#;
    assert_says(&judged(address, rest), Outcome::Pass, "status 200");
    assert_says(&judged(address, "json = { path = '$.x', equals = 1 }"), Outcome::Fail, "no $.x");
    assert_says(&judged(address, "status = [301, 503]"), Outcome::Fail, "status 200, wanted 301");
}

#[test]
fn what_is_sent_is_what_the_runbook_says() {
    let (tell, told) = mpsc::channel();
    let address = serve(move |mut stream| {
        tell.send(request(&mut stream)).unwrap();
        stream.write_all(ok("").as_bytes()).unwrap();
    });
    let toml =
        format!("check.http.url = 'http://{address}/a/b?c=d%20e'\ncheck.http.method = 'HEAD'\n");
    let headers = "check.http.headers = { Authorization = 'Bearer x', Accept = 'text/plain' }";
    let (reading, _) = look(&prober(Path::new("/")), &format!("{toml}{headers}"), "50s");
    assert!(matches!(reading, Reading::Http { status: 200, .. }), "{reading:?}");
    let sent = told.recv().unwrap().to_lowercase();
    assert!(sent.starts_with("head /a/b?c=d%20e http/1.1\r\n"), "{sent}");
    let agent = format!("user-agent: holdpoint/{}", env!("CARGO_PKG_VERSION"));
    let host = format!("host: {address}");
    for line in [agent.as_str(), &host, "authorization: bearer x", "accept: text/plain"] {
        assert_eq!(sent.matches(&format!("\r\n{line}\r\n")).count(), 1, "{line} in {sent}");
    }
}

#[test]
fn a_redirect_is_not_followed() {
    let (tell, told) = mpsc::channel();
    let target = serve(move |_| tell.send(()).unwrap());
    let answer =
        format!("HTTP/1.1 302 Found\r\nlocation: http://{target}/x\r\ncontent-length: 0\r\n\r\n");
    let verdict = judged(answering(answer), "");
    assert_says(&verdict, Outcome::Fail, &format!("status 302 to `http://{target}/x`, wanted 200"));
    assert!(told.try_recv().is_err(), "nobody was asked at the target");
}

#[test]
fn a_cookie_is_seen_but_not_kept() {
    let answer = "HTTP/1.1 200 OK\r\nset-cookie: sid=hunter2; Secure\r\ncontent-length: 0\r\n\r\n";
    let (reading, verdict) = http(answering(answer), "header.set-cookie = 'Secure'", "50s");
    assert_eq!(verdict.outcome(), Outcome::Pass);
    assert!(!format!("{reading:?}").contains("hunter2"), "{reading:?}");
}

#[test]
fn half_an_answer_is_none() {
    for half in [
        "",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nok\r\n",
        "SSH-2.0-OpenSSH_9.9\r\n",
        "<html>ok</html>",
        "HTTP/1.1 two hundred\r\n\r\n",
        "\0\u{1}\u{2}",
    ] {
        let (reading, verdict) = http(answering(half), "body_contains = 'ok'", "50s");
        assert!(matches!(reading, Reading::Nothing(Obstacle::Error(_))), "{half:?}: {reading:?}");
        assert_says(&verdict, Outcome::Unknown, "no whole HTTP answer");
    }
}

#[test]
fn no_answer_is_unknown() {
    let (reading, verdict) = http(closed(), "", "50s");
    assert!(matches!(reading, Reading::Refused(_)), "{reading:?}");
    assert_says(&verdict, Outcome::Unknown, "refuses connections");
}

#[test]
fn time_is_over_when_it_is_over_whatever_the_server_does() {
    let (deaf, _listener, _queue) = deaf();
    let pause = Duration::from_millis(10);
    let head = "HTTP/1.1 200 OK\r\n";
    let body = "HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\nok";
    let chunks = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    for (what, address) in [
        ("no connection", deaf),
        ("silence", silent()),
        ("a head that trickles", endless(head, b"x", pause)),
        ("headers that trickle", endless(head, b"x: y\r\n", Duration::from_millis(50))),
        ("a body that trickles", endless(body, b"o", pause)),
        ("chunks that trickle", endless(chunks, b"1\r\no\r\n", pause)),
        ("answers that are none yet", endless("", b"HTTP/1.1 100 Continue\r\n\r\n", pause)),
    ] {
        let (reading, verdict) = http(address, "body_contains = 'ok'", "300ms");
        assert_eq!(reading, Reading::Nothing(Obstacle::Timeout), "{what}");
        assert_eq!(verdict.outcome(), Outcome::Unknown, "{what}");
    }
}

#[test]
fn an_answer_without_end_is_read_as_far_as_it_is_judged() {
    let body: &[u8] = &[b'o'; 16 << 10];
    let address = endless("HTTP/1.1 200 OK\r\n\r\n", body, Duration::ZERO);
    let (reading, verdict) = http(address, "", "50s");
    assert_says(&verdict, Outcome::Pass, "status 200");
    let Reading::Http { body, .. } = reading else { panic!("{reading:?}") };
    assert!(body.left_out > 0 && body.head.len() <= Limits::JUDGED.head, "{}", body.head.len());
    assert_eq!(judged(address, "body_contains = 'ooo'").outcome(), Outcome::Pass);
    assert_eq!(judged(address, "body_contains = 'x'").outcome(), Outcome::Unknown);
    assert_eq!(judged(address, "within = '50s'").outcome(), Outcome::Unknown);
}

#[test]
fn a_head_without_end_is_given_up() {
    let address = endless("HTTP/1.1 200 OK\r\nx: ", &[b'y'; 4 << 10], Duration::ZERO);
    assert_says(&judged(address, ""), Outcome::Unknown, "no whole HTTP answer");
}

#[test]
fn the_size_of_a_long_body_is_told() {
    let body = "x".repeat(3 << 20);
    let (reading, _) = http(with_body(&body), "", "50s");
    let Reading::Http { body: seen, .. } = reading else { panic!("{reading:?}") };
    assert_eq!(seen.head.len() as u64 + seen.left_out, body.len() as u64);
}

#[test]
fn many_are_asked_at_once_on_one_thread() {
    const MANY: usize = 100;
    let all = Arc::new(Barrier::new(MANY));
    let address = serve(move |mut stream| {
        request(&mut stream);
        all.wait();
        stream.write_all(ok("").as_bytes()).unwrap();
    });
    let claim = claim(&format!("check.http = {{ url = 'http://{address}/' }}"));
    let probe = claim.kind().ask(When::at(Moment::from_millis(0)));
    let prober = prober(Path::new("/"));
    let (_stopper, stop) = Stopper::new();
    let looks =
        (0..MANY).map(|_| prober.observe(asked(&claim, &probe), Span::from_secs(50), &stop));
    let readings = on_one_thread(futures_util::future::join_all(looks));
    let good = |reading: &&Reading| matches!(reading, Reading::Http { status: 200, .. });
    assert_eq!(readings.iter().filter(good).count(), MANY);
}
