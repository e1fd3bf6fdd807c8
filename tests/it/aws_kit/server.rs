//! A server in a process of its own, which ends with this one however this one ends.

use std::io::{BufRead as _, BufReader, Read as _, Seek as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use super::python::{python, script};

/// A server on loopback.
pub struct Server {
    address: SocketAddr,
    /// Holds the pipe whose end ends the process.
    process: Option<Child>,
}

impl Server {
    /// Starts one and waits until it listens.
    pub fn start(name: &str, environment: &[(&str, &str)]) -> Self {
        let mut told = tempfile::tempfile().unwrap();
        let mut process = Command::new(python())
            .arg(script("serve.py"))
            .arg(name)
            .env_clear()
            .envs([("PATH", "/usr/bin:/bin"), ("LANG", "C.UTF-8"), ("HOME", "/nonexistent")])
            .envs([("AWS_EC2_METADATA_DISABLED", "true"), ("PYTHONDONTWRITEBYTECODE", "1")])
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(told.try_clone().unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        said.read_line(&mut line).unwrap();
        let Ok(port) = line.trim().parse() else {
            let mut why = String::new();
            told.rewind().unwrap();
            told.read_to_string(&mut why).unwrap();
            panic!("the server {name} did not start:\n{line}{why}");
        };
        // What it says later goes nowhere, and must not fill a pipe.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self { address: SocketAddr::from(([127, 0, 0, 1], port)), process: Some(process) }
    }

    /// One that somebody else runs.
    pub fn at(address: SocketAddr) -> Self {
        Self { address, process: None }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sends a body; the status and the body of the answer.
    pub fn post(&self, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let address = self.address;
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|at| at == b"\r\n\r\n").expect("a whole head") + 4;
        let status = String::from_utf8_lossy(&answer[9..12]).parse().unwrap();
        (status, answer[end..].to_vec())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            drop(process.stdin.take());
            // It ends by itself now; waiting only takes its number out of the table.
            let _ended = process.wait();
        }
    }
}
