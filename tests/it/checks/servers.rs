//! Servers on loopback, good and bad. Each lives as long as the test program.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// Serves every connection on a thread of its own.
pub fn serve(handle: impl Fn(TcpStream) + Clone + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, handle) = (stream.unwrap(), handle.clone());
            thread::spawn(move || handle(stream));
        }
    });
    address
}

/// Reads a request up to its empty line; what it said.
pub fn request(stream: &mut (impl Read + ?Sized)) -> String {
    let mut text = Vec::new();
    let mut byte = [0];
    while !text.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => text.push(byte[0]),
            _ => break,
        }
    }
    String::from_utf8(text).unwrap()
}

/// Answers every request with these bytes and closes.
pub fn answering(bytes: impl Into<Vec<u8>>) -> SocketAddr {
    let bytes = bytes.into();
    serve(move |mut stream| {
        request(&mut stream);
        // The other side may have heard enough.
        let _gone = stream.write_all(&bytes);
    })
}

/// Answers 200 with a body.
pub fn with_body(body: &str) -> SocketAddr {
    answering(ok(body))
}

/// A whole answer with a body.
pub fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// Accepts, and says nothing until the other side goes away.
pub fn silent() -> SocketAddr {
    serve(|mut stream| {
        let mut piece = [0; 1024];
        while !matches!(stream.read(&mut piece), Ok(0) | Err(_)) {}
    })
}

/// Hears a request or a greeting, says the beginning, then goes on for ever: one more piece after
/// each pause.
pub fn endless(begin: &'static str, piece: &'static [u8], pause: Duration) -> SocketAddr {
    serve(move |mut stream| {
        // Who answers before being asked is another kind of bad server.
        let _asked = stream.read(&mut [0; 4096]);
        let (_never, paused) = mpsc::channel::<()>();
        let mut going = stream.write_all(begin.as_bytes());
        while going.is_ok() {
            if !pause.is_zero() {
                let _elapsed = paused.recv_timeout(pause);
            }
            going = stream.write_all(piece);
        }
    })
}

/// A port that nobody listens on.
pub fn closed() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// A port that neither accepts nor refuses: its queue is full. Lasts as long as what it returns.
pub fn deaf() -> (SocketAddr, TcpListener, Vec<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut queue = Vec::new();
    loop {
        match TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
            Ok(stream) => queue.push(stream),
            Err(why) if why.kind() == ErrorKind::TimedOut => return (address, listener, queue),
            Err(why) => panic!("{why}"),
        }
    }
}
