//! The process table as `/proc` shows it. Where there is no `/proc`, nothing is seen.
//!
//! Only reads: nothing here signals or reaps.
#![expect(clippy::disallowed_methods, reason = "this is the edge: it reads the process table")]

use std::collections::HashSet;
use std::fs;

use rustix::process::Pid;

/// The processes that this one is the parent of, the dead that nobody waited for among them.
pub(super) fn children(pid: u32) -> Vec<u32> {
    let Ok(tasks) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for task in tasks.flatten() {
        match fs::read_to_string(task.path().join("children")) {
            Ok(list) => found.extend(list.split_ascii_whitespace().filter_map(number)),
            // The thread is gone, or the kernel was built without this file.
            Err(_) if fs::exists("/proc/thread-self/children").unwrap_or(false) => {}
            Err(_) => return all().into_iter().filter(|it| parent(*it) == Some(pid)).collect(),
        }
    }
    found
}

/// These processes and everything below them, parents before their children.
pub(super) fn below(roots: Vec<u32>) -> Vec<u32> {
    let mut tree = roots;
    let mut seen: HashSet<u32> = tree.iter().copied().collect();
    let mut at = 0;
    while at < tree.len() {
        let more = children(tree[at]);
        tree.extend(more.into_iter().filter(|pid| seen.insert(*pid)));
        at += 1;
    }
    tree
}

/// Every process there is.
pub(super) fn all() -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| number(entry.file_name().to_str()?)).collect()
}

/// The session that a process belongs to: 0 where it was made outside of our namespace, which
/// `getsid` cannot tell.
pub(super) fn session(pid: u32) -> Option<u32> {
    stat(pid, 3)?.parse().ok()
}

/// Whether a process of that session lives.
pub(super) fn is_alive_in(pid: u32, of: u32) -> bool {
    session(pid) == Some(of) && stat(pid, 0).is_some_and(|state| !matches!(&*state, "Z" | "X"))
}

/// When a process began, in ticks since the machine did: with its number, it names one process.
pub(super) fn began(pid: u32) -> Option<u64> {
    stat(pid, 19)?.parse().ok()
}

/// What names a process, and where it stands, all read at one moment.
pub(super) struct Life {
    pub(super) parent: u32,
    /// In ticks since the machine began.
    pub(super) began: u64,
    /// It is dead and only not reaped, or a part of the kernel: nobody can end it.
    pub(super) over: bool,
}

impl Life {
    /// Of the process that has this number now.
    pub(super) fn of(pid: u32) -> Option<Self> {
        /// Bit of a process that is a part of the kernel.
        const KERNEL: u32 = 0x0020_0000;
        let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, fields) = line.rsplit_once(')')?;
        let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
        let flags: u32 = fields.get(6)?.parse().ok()?;
        let over = matches!(fields[0], "Z" | "X") || flags & KERNEL != 0;
        Some(Self { parent: number(fields[1])?, began: fields.get(19)?.parse().ok()?, over })
    }
}

fn parent(pid: u32) -> Option<u32> {
    stat(pid, 1)?.parse().ok()
}

/// A field of `/proc/PID/stat`, counted from the one behind the name, which may hold anything.
fn stat(pid: u32, field: usize) -> Option<String> {
    let line = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = line.rsplit_once(')')?;
    fields.split_ascii_whitespace().nth(field).map(str::to_owned)
}

/// What the environment that a process began with says about a variable.
pub(super) enum Said {
    /// This.
    Value(String),
    /// Nothing, or we may not look.
    Nothing,
    /// The process is just becoming another program, or ending: it cannot be read now.
    NotNow,
}

/// The value of a variable in the environment that a process began with.
pub(super) fn variable(pid: u32, name: &str) -> Said {
    let Ok(environment) = fs::read(format!("/proc/{pid}/environ")) else {
        return Said::Nothing;
    };
    let found = environment.split(|byte| *byte == 0).find_map(|pair| {
        let value = pair.strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        Some(String::from_utf8_lossy(value).into_owned())
    });
    match found {
        Some(value) => Said::Value(value),
        None if environment.is_empty() && arguments(pid).is_empty() => Said::NotNow,
        None => Said::Nothing,
    }
}

fn arguments(pid: u32) -> Vec<u8> {
    fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default()
}

/// The command line of a process, or its name in brackets where it has none.
pub(super) fn command_line(pid: u32) -> String {
    let line = arguments(pid);
    let words: Vec<_> = line.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
    let line = words.join(" ").trim().to_owned();
    if line.is_empty() {
        let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        return format!("[{}]", name.trim());
    }
    line
}

/// The number as the system calls take it.
pub(super) fn id(pid: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(pid).ok()?)
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok()
}
