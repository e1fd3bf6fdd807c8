//! Stands before a server, counts what it is asked, and answers in its place where a test says so:
//! throttling storms, half answers, wrong accounts, lies.

use std::io::{BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::Value as Json;

use super::Heard;
use super::said;
use super::server::Server;

/// What is answered.
pub enum Answer {
    /// What the server behind says.
    Real,
    /// What another server says.
    From(SocketAddr),
    /// This, in the protocol of the request. `{ "$at": seconds }` is a time.
    Said(Json),
    /// An error: status, code, message.
    Refused(u16, String, String),
    /// These bytes, and no more.
    Raw(Vec<u8>),
    /// The first half of the body of that.
    Half(Box<Self>),
    /// Nothing, for ever.
    Silence,
    /// The same, after a while.
    Late(Duration, Box<Self>),
}

impl Answer {
    pub fn refused(status: u16, code: &str, message: &str) -> Self {
        Self::Refused(status, code.to_owned(), message.to_owned())
    }

    /// What a proxy in between says: a page for people.
    pub fn page(status: u16) -> Self {
        let body = b"<html><head><title>Sign in</title></head><body>Proxy</body></html>";
        Self::Raw(said::whole(status, "content-type: text/html\r\n", body))
    }
}

type Script = Arc<dyn Fn(&Heard) -> Answer + Send + Sync>;

/// The front of a server. Serves until the test program ends.
pub struct Front {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    behind: Option<SocketAddr>,
    script: Mutex<Script>,
    heard: Mutex<Vec<Heard>>,
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Front {
    /// Before this server.
    pub fn of(server: &Server) -> Self {
        Self::start(Some(server.address()), |_| Answer::Real)
    }

    /// Before none: everything is made up.
    pub fn alone(script: impl Fn(&Heard) -> Answer + Send + Sync + 'static) -> Self {
        Self::start(None, script)
    }

    fn start(
        behind: Option<SocketAddr>,
        script: impl Fn(&Heard) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            behind,
            script: Mutex::new(Arc::new(script)),
            heard: Mutex::default(),
            now: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        });
        thread::spawn({
            let state = Arc::clone(&state);
            move || {
                for stream in listener.incoming() {
                    let (stream, state) = (stream.unwrap(), Arc::clone(&state));
                    thread::spawn(move || state.serve(stream));
                }
            }
        });
        Self { address, state }
    }

    /// From now on these answers.
    pub fn answers(&self, script: impl Fn(&Heard) -> Answer + Send + Sync + 'static) {
        *lock(&self.state.script) = Arc::new(script);
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// For those who make things through it.
    pub fn as_server(&self) -> Server {
        Server::at(self.address)
    }

    /// Everything asked so far.
    pub fn heard(&self) -> Vec<Heard> {
        lock(&self.state.heard).clone()
    }

    /// The actions asked so far, in order.
    pub fn calls(&self) -> Vec<String> {
        self.heard().iter().map(Heard::action).collect()
    }

    /// How many were being answered at once, at the most.
    pub fn most_at_once(&self) -> usize {
        self.state.most.load(Ordering::SeqCst)
    }
}

impl State {
    fn serve(&self, stream: TcpStream) {
        let mut writer = stream.try_clone().unwrap();
        let mut reader = BufReader::new(stream);
        while let Some(heard) = Heard::next(&mut reader) {
            lock(&self.heard).push(heard.clone());
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            let script = Arc::clone(&*lock(&self.script));
            let told = self.told(&heard, script(&heard));
            self.now.fetch_sub(1, Ordering::SeqCst);
            match told {
                Some((bytes, goes_on)) => {
                    // The other side may have left.
                    if writer.write_all(&bytes).is_err() || !goes_on {
                        break;
                    }
                }
                None => while reader.read(&mut [0; 64]).is_ok_and(|read| read > 0) {},
            }
        }
        let _left = writer.shutdown(Shutdown::Both);
    }

    /// The bytes of an answer, and whether the connection goes on; none for silence.
    fn told(&self, heard: &Heard, answer: Answer) -> Option<(Vec<u8>, bool)> {
        let behind = || self.behind.expect("a server behind the front");
        Some(match answer {
            Answer::Real => (ask(behind(), heard), false),
            Answer::From(other) => (ask(other, heard), false),
            Answer::Said(said) => (said::good(heard, &said), true),
            Answer::Refused(status, code, message) => {
                (said::bad(heard, status, &code, &message), true)
            }
            Answer::Raw(bytes) => (bytes, false),
            Answer::Half(whole) => {
                let (mut bytes, _) = self.told(heard, *whole)?;
                let body = bytes.windows(4).position(|at| at == b"\r\n\r\n").unwrap_or(0) + 4;
                bytes.truncate(body + (bytes.len() - body) / 2);
                (bytes, false)
            }
            Answer::Silence => return None,
            Answer::Late(while_, answer) => {
                thread::sleep(while_);
                return self.told(heard, *answer);
            }
        })
    }
}

/// Asks a server the same, on a connection of its own; every byte of its answer.
fn ask(server: SocketAddr, heard: &Heard) -> Vec<u8> {
    let mut head = format!("{} {} HTTP/1.1\r\n", heard.method, heard.path);
    for (name, value) in heard.headers.iter().filter(|(name, _)| name != "connection") {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("connection: close\r\n\r\n");
    let mut stream = TcpStream::connect(server).unwrap();
    stream.write_all(&[head.as_bytes(), &heard.body].concat()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
