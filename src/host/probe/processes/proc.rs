//! Processes as Linux tells them in `/proc`.
#![expect(clippy::disallowed_methods, reason = "this is the edge: /proc is read here")]

use std::fs;
use std::io::{self, ErrorKind};

use rustix::process::{Pid, test_kill_process};

use crate::check::ProcessSeen;

/// The kernel keeps this many bytes of a name.
const KEPT: usize = 15;

/// What `/proc/PID/stat` says.
#[derive(Debug, PartialEq)]
struct Stat {
    name: String,
    ended: bool,
}

/// The running processes of this name.
pub(super) fn named(name: &str, wanted: &dyn Fn() -> bool) -> Result<Vec<ProcessSeen>, String> {
    let listed = fs::read_dir("/proc").map_err(|why| format!("cannot read /proc: {why}"))?;
    let numbers = listed.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut found = Vec::new();
    for pid in numbers.take_while(|_| wanted()) {
        // A process that ends meanwhile is none.
        let Ok(stat) = stat(pid) else { continue };
        if !stat.ended && is_named(pid, &stat.name, name) {
            found.push(ProcessSeen { pid, name: name.to_owned() });
        }
    }
    if found.is_empty() && stat(1).is_err() {
        return Err("/proc hides the processes of others, so nobody knows".to_owned());
    }
    Ok(found)
}

/// The process of this id, if it runs.
pub(super) fn numbered(pid: i32) -> Result<Vec<ProcessSeen>, String> {
    let number = u32::try_from(pid).map_err(|_| format!("{pid} is no process id"))?;
    match stat(number) {
        Ok(stat) if stat.ended => Ok(Vec::new()),
        Ok(stat) => Ok(vec![ProcessSeen { pid: number, name: stat.name }]),
        Err(why) if why.kind() == ErrorKind::NotFound && is_gone(pid) => Ok(Vec::new()),
        Err(why) => Err(format!("cannot look at process {pid}: {why}")),
    }
}

/// Whether there is no such process, as opposed to one that `/proc` hides.
fn is_gone(pid: i32) -> bool {
    let tested = Pid::from_raw(pid).map(test_kill_process);
    matches!(tested, Some(Err(rustix::io::Errno::SRCH)))
}

fn stat(pid: u32) -> io::Result<Stat> {
    let bytes = match fs::read(format!("/proc/{pid}/stat")) {
        // It ended between opening and reading.
        Err(why) if why.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error()) => {
            return Err(ErrorKind::NotFound.into());
        }
        read => read?,
    };
    parse(&String::from_utf8_lossy(&bytes)).ok_or_else(|| ErrorKind::InvalidData.into())
}

/// Reads `7 (name) S …`; the name itself can hold anything, `)` too.
fn parse(stat: &str) -> Option<Stat> {
    let (front, rest) = stat.rsplit_once(") ")?;
    let (_, name) = front.split_once(" (")?;
    let ended = rest.starts_with(['Z', 'X', 'x']);
    Some(Stat { name: name.to_owned(), ended })
}

/// Whether a process has this name. The kernel cuts names, and programs rename their threads, so
/// the command line has its say.
fn is_named(pid: u32, kept: &str, name: &str) -> bool {
    if kept == name {
        return true;
    }
    let arguments = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let mut arguments = arguments.split(|byte| *byte == 0).map(file_name);
    let is_first = arguments.next() == Some(name.as_bytes());
    let cut = kept.len() == KEPT && name.as_bytes().starts_with(kept.as_bytes());
    // An interpreted script is the second argument.
    is_first || (cut && arguments.next() == Some(name.as_bytes()))
}

fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_that_hold_anything() {
        let stat = |name: &str, ended| Some(Stat { name: name.to_owned(), ended });
        assert_eq!(parse("7 (nginx) S 1 7"), stat("nginx", false));
        assert_eq!(parse("7 (a) Z (b) R) Z 1"), stat("a) Z (b) R", true));
        assert_eq!(parse("7 nginx"), None);
    }

    #[test]
    fn finds_this_process_by_its_whole_name() {
        let me = std::env::current_exe().unwrap();
        let name = me.file_name().unwrap().to_str().unwrap();
        assert!(name.len() > KEPT, "{name}");
        let found = named(name, &|| true).unwrap();
        assert!(found.iter().any(|process| process.pid == std::process::id()), "{found:?}");
        assert_eq!(
            named(&name[..KEPT], &|| true).unwrap().len(),
            found.len(),
            "as the kernel cuts"
        );
        assert_eq!(named(&format!("{name}x"), &|| true).unwrap(), vec![]);
    }
}
