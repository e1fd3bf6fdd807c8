//! One HTTP/1.1 request: its own connection, no redirect, no proxy, no second try.
#![expect(clippy::disallowed_methods, reason = "this is the edge: answers are timed here")]

use std::sync::Arc;
use std::time::Instant;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Body as _, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use hyper::rt::{Read, Write};
use hyper::{Method, Request, Response, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio_rustls::TlsConnector;

use super::certificate::handshake_error;
use super::net::{Connection, connect, millis_since};
use super::part::{HEAD, Part};
use super::trust::Trust;
use super::{Seen, words};
use crate::check::Reading;
use crate::text::Mask;

/// The most that the head of an answer may have; the check's author never wants more.
const LONGEST_HEAD: usize = 64 << 10;

/// What is asked.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub method: &'a str,
    pub url: &'a str,
    pub headers: &'a [(String, String)],
}

/// Where it is asked.
struct Server {
    host: String,
    port: u16,
    tls: bool,
}

/// Asks and reads the answer.
pub(super) async fn ask(
    question: Question<'_>,
    trust: &Trust,
    mask: &dyn Fn(&str) -> String,
) -> Seen {
    let (server, request) = prepare(question)?;
    let Server { host, port, tls } = &server;
    let stream = match connect(host, *port).await? {
        Connection::Open(stream) => stream,
        Connection::Refused(why) => return Ok(Reading::Refused(why)),
    };
    let answered = if *tls {
        let name = ServerName::try_from(host.clone())
            .map_err(|_| format!("no certificate can be for the name {host}"))?;
        let connector = TlsConnector::from(Arc::new(trust.client().await?));
        let stream = connector
            .connect(name, stream)
            .await
            .map_err(|why| format!("{host}, port {port}: no TLS: {}", handshake_error(&why)))?;
        talk(TokioIo::new(stream), request, mask).await
    } else {
        talk(TokioIo::new(stream), request, mask).await
    };
    answered
        .map_err(|why| format!("{host}, port {port} gave no whole HTTP answer: {}", words(&why)))
}

/// The server and the request.
fn prepare(question: Question) -> Result<(Server, Request<Empty<Bytes>>), String> {
    let url = question.url;
    let uri: Uri = url.parse().map_err(|why| format!("{url} is no URL: {why}"))?;
    let tls = match uri.scheme_str() {
        Some("http") => false,
        Some("https") => true,
        _ => return Err(format!("{url} begins neither with http:// nor with https://")),
    };
    let authority = uri.authority().ok_or_else(|| format!("{url} names no host"))?;
    let bare = authority.host().trim_start_matches('[').trim_end_matches(']');
    let port = match (authority.port(), tls) {
        (Some(port), _) => port.as_u16(),
        (None, true) => 443,
        (None, false) => 80,
    };
    if bare.is_empty() || authority.as_str().contains('@') {
        return Err(format!("{url}: wanted a host, and no user name"));
    }
    let method: Method =
        question.method.parse().map_err(|_| format!("{} is no method", question.method))?;
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = target.parse().map_err(|why| format!("{url} is no URL: {why}"))?;
    *request.method_mut() = method;
    *request.headers_mut() = headers(question.headers, authority.as_str())?;
    Ok((Server { host: bare.to_owned(), port, tls }, request))
}

fn headers(wanted: &[(String, String)], host: &str) -> Result<HeaderMap, String> {
    const PROGRAM: &str = concat!("holdpoint/", env!("CARGO_PKG_VERSION"));
    let host = HeaderValue::from_str(host).map_err(|why| format!("{host}: {why}"))?;
    let mut headers = HeaderMap::new();
    headers.insert(header::HOST, host);
    headers.insert(header::USER_AGENT, HeaderValue::from_static(PROGRAM));
    headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    for (name, value) in wanted {
        // Values can hold secrets, so no error tells one.
        let value = HeaderValue::from_str(value).map_err(|why| format!("header {name}: {why}"))?;
        let name: HeaderName = name.parse().map_err(|why| format!("header {name}: {why}"))?;
        headers.insert(name, value);
    }
    Ok(headers)
}

/// Sends the request over an open connection.
async fn talk<S: Read + Write + Unpin + 'static>(
    stream: S,
    request: Request<Empty<Bytes>>,
    mask: &dyn Fn(&str) -> String,
) -> Result<Reading, hyper::Error> {
    let (mut sender, connection) =
        http1::Builder::new().max_buf_size(LONGEST_HEAD).handshake(stream).await?;
    let begin = Instant::now();
    let answer = async {
        let response = sender.send_request(request).await?;
        read(response, begin, mask).await
    };
    let mut answer = std::pin::pin!(answer);
    tokio::select! {
        biased;
        answered = &mut answer => answered,
        // What the connection brought before it ended is still to be read; what ended it is told
        // to the reader too.
        _ended = connection => answer.await,
    }
}

/// Reads the answer, of its body no more than is judged.
async fn read(
    response: Response<Incoming>,
    begin: Instant,
    mask: &dyn Fn(&str) -> String,
) -> Result<Reading, hyper::Error> {
    let (head, mut body) = response.into_parts();
    let size = body.size_hint().exact();
    let mut part = Part::default();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        let room = HEAD - part.head.len();
        part.head.extend_from_slice(&data[..data.len().min(room)]);
        if data.len() > room {
            let read = u64::try_from(HEAD).unwrap_or(u64::MAX);
            part.left_out = size.map_or(1, |size| size.saturating_sub(read)).max(1);
            break;
        }
    }
    let millis = millis_since(begin);
    let headers = head.headers.iter().map(|(name, value)| shown(name, value)).collect();
    let status = head.status.as_u16();
    Ok(Reading::Http { status, headers, body: part.capture(mask), millis })
}

/// A header for the record. A cookie is a key to the server, so its value is none of ours.
fn shown(name: &HeaderName, value: &HeaderValue) -> (String, String) {
    let mut text = String::from_utf8_lossy(value.as_bytes()).into_owned();
    if *name == header::SET_COOKIE {
        let (cookie, rest) = text.split_at(text.find(';').unwrap_or(text.len()));
        let key = cookie.split_once('=').map_or("", |(key, _)| key);
        text = format!("{key}={}{rest}", Mask::MARK);
    }
    (name.as_str().to_owned(), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(url: &str) -> Result<(Server, Request<Empty<Bytes>>), String> {
        prepare(Question { method: "GET", url, headers: &[] })
    }

    #[test]
    fn knows_where_to_ask() {
        for (url, host, port, target, header) in [
            ("http://a.example", "a.example", 80, "/", "a.example"),
            ("https://a.example/x?y=1", "a.example", 443, "/x?y=1", "a.example"),
            ("http://[::1]:8080/", "::1", 8080, "/", "[::1]:8080"),
        ] {
            let (server, request) = prepared(url).unwrap();
            assert_eq!((server.host.as_str(), server.port), (host, port), "{url}");
            assert_eq!(request.uri(), target, "{url}");
            assert_eq!(request.headers()["host"], header, "{url}");
        }
        for url in ["", "a.example", "ftp://a/", "http://u:p@a/", "http://"] {
            assert!(prepared(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_cookie_is_not_kept() {
        let value = HeaderValue::from_static("sid=hunter2; Path=/; Secure");
        let (_, text) = shown(&header::SET_COOKIE, &value);
        assert_eq!(text, "sid=[secret]; Path=/; Secure");
        let (_, text) = shown(&header::SET_COOKIE, &HeaderValue::from_static("hunter2"));
        assert_eq!(text, "=[secret]");
    }

    #[test]
    fn a_bad_header_is_told_without_its_value() {
        let bad = [("authorization".to_owned(), "hunter2\n".to_owned())];
        let told = headers(&bad, "h").unwrap_err();
        assert!(told.contains("authorization") && !told.contains("hunter2"), "{told}");
    }
}
