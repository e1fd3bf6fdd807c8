//! Names and connections. Sends nothing.
#![expect(clippy::disallowed_methods, reason = "this is the edge: connections are timed here")]

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::net::TcpStream;

use super::Seen;
use super::aside::aside;
use crate::check::Reading;

/// A connection, or which way there is none.
pub(super) enum Connection {
    /// It is open.
    Open(TcpStream),
    /// Every address of the host refused it.
    Refused(String),
}

/// After this the next address of a host is tried beside the one that says nothing.
const NEXT: Duration = Duration::from_millis(250);

/// Opens a connection and closes it again.
pub(super) async fn knock(host: &str, port: u16) -> Seen {
    let addresses = found(host, port).await?;
    let begin = Instant::now();
    Ok(match open(host, port, addresses).await? {
        Connection::Open(_) => Reading::Connected { millis: millis_since(begin) },
        Connection::Refused(why) => Reading::Refused(why),
    })
}

/// The addresses of a name, sorted.
pub(super) async fn addresses(name: &str) -> Seen {
    let mut found: Vec<_> = resolve(name, 0).await?.iter().map(SocketAddr::ip).collect();
    found.sort();
    found.dedup();
    Ok(Reading::Addresses(found.iter().map(ToString::to_string).collect()))
}

/// Connects to a host.
pub(super) async fn connect(host: &str, port: u16) -> Result<Connection, String> {
    open(host, port, found(host, port).await?).await
}

pub(super) fn millis_since(begin: Instant) -> u64 {
    u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// The addresses of a host that must exist.
async fn found(host: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
    if port == 0 {
        return Err(format!("{host}: no port from 1 to 65535 is given"));
    }
    let addresses = resolve(host, port).await?;
    if addresses.is_empty() { Err(format!("there is no host named {host}")) } else { Ok(addresses) }
}

/// Asks the system's resolver. No address means that it knows of no such name.
async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, String> {
    let asked = (host.to_owned(), port);
    match aside(move |_| asked.to_socket_addrs()).await? {
        Ok(found) => Ok(found.collect()),
        Err(why) if is_no_such_name(&why) => Ok(Vec::new()),
        Err(why) => Err(format!("cannot resolve {host}: {why}")),
    }
}

/// Whether the resolver said that there is no such name, or no address for it. The standard
/// library keeps its words but not its code; anything else it says is no observation.
fn is_no_such_name(why: &io::Error) -> bool {
    const SAID: [&str; 7] = [
        "Name or service not known",           // glibc EAI_NONAME
        "No address associated with hostname", // glibc EAI_NODATA
        "Name does not resolve",               // musl EAI_NONAME
        "Name has no usable address",          // musl EAI_NODATA
        "nodename nor servname provided",      // macOS and BSD EAI_NONAME
        "No address associated with nodename", // macOS EAI_NODATA
        "hostname nor servname provided",      // FreeBSD EAI_NONAME
    ];
    let text = why.to_string();
    SAID.iter().any(|said| text.contains(said))
}

/// Tries the addresses in the resolver's order, the next one as soon as one fails or is slow.
async fn open(host: &str, port: u16, addresses: Vec<SocketAddr>) -> Result<Connection, String> {
    let mut rest = addresses.into_iter().peekable();
    let mut trying = FuturesUnordered::new();
    let mut refused = false;
    let mut in_the_way = None;
    loop {
        trying.extend(rest.next().map(TcpStream::connect));
        let more = rest.peek().is_some();
        tokio::select! {
            Some(tried) = trying.next() => match tried {
                Ok(stream) => return Ok(Connection::Open(stream)),
                Err(why) if why.kind() == ErrorKind::ConnectionRefused => refused = true,
                Err(why) => in_the_way = Some(why),
            },
            () = tokio::time::sleep(NEXT), if more => {}
            else => break,
        }
    }
    match in_the_way {
        Some(why) => Err(format!("cannot connect to {host}, port {port}: {why}")),
        None if refused => {
            Ok(Connection::Refused(format!("{host} refuses connections to port {port}")))
        }
        None => Err(format!("{host} has no address")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_absence_of_a_name_is_absence() {
        let says = |text: &str| {
            let text = format!("failed to lookup address information: {text}");
            is_no_such_name(&io::Error::other(text))
        };
        assert!(says("Name or service not known"));
        assert!(says("nodename nor servname provided, or not known"));
        assert!(!says("Temporary failure in name resolution"));
        assert!(!says("Non-recoverable failure in name resolution"));
        assert!(!says("Try again"));
    }
}
