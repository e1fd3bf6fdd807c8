//! Who we are, where we are, what time it is: everything a session is told about itself.
#![expect(clippy::disallowed_methods, reason = "this is the edge: clock and environment")]

use std::env;
use std::path::{Path, PathBuf};

use crate::engine::Clock;
use crate::value::{Moment, Name, Person};

/// The wall clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct WallClock;

impl Clock for WallClock {
    fn now(&self) -> Moment {
        Moment::from_millis(jiff::Timestamp::now().as_millisecond())
    }
}

/// The account and the machine, as the operating system tells them.
#[must_use]
pub fn person() -> Person {
    let clean = |text: String| text.replace('@', "_");
    Person {
        user: clean(whoami::username().unwrap_or_else(|_| uid_text())),
        host: clean(rustix::system::uname().nodename().to_string_lossy().into_owned()),
    }
}

fn uid_text() -> String {
    format!("uid {}", rustix::process::getuid().as_raw())
}

/// The program's name and version, as a journal records it.
#[must_use]
pub fn program() -> String {
    format!("holdpoint {}", env!("CARGO_PKG_VERSION"))
}

/// A new session's name: 16 random hexadecimal digits.
///
/// # Errors
/// Where the kernel gives no random bytes.
pub fn session_name() -> std::io::Result<Name> {
    let mut bytes = [0; 8];
    rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty())?;
    let text = format!("{:016x}", u64::from_ne_bytes(bytes));
    Ok(text.parse().expect("hexadecimal digits are a name"))
}

/// The folder that commands run in.
///
/// # Errors
/// Where it was deleted, or may not be read.
pub fn directory() -> std::io::Result<PathBuf> {
    env::current_dir()
}

/// An environment variable that holds text.
#[must_use]
pub fn environment(name: &str) -> Option<String> {
    env::var(name).ok()
}

/// Where locks on targets live: `$XDG_STATE_HOME/holdpoint`, or `~/.local/state/holdpoint`.
#[must_use]
pub fn state_folder() -> PathBuf {
    let absolute = |path: String| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    let home = || environment("HOME").and_then(absolute).map(|home| home.join(".local/state"));
    environment("XDG_STATE_HOME")
        .and_then(absolute)
        .or_else(home)
        .unwrap_or_else(|| Path::new("/tmp").join(format!("holdpoint-{}", uid_text())))
        .join("holdpoint")
}
