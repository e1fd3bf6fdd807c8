//! A process runs, or does not. Signals nobody.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expectation::{quote, unless_flawed};
use super::{Kind, Probe, ProcessSeen, Reading, Verdict, When, yes};

/// A process runs, by name or pid file; or does not run.
///
/// Give exactly one of `name` and `pid_file`. A process that has ended but was not yet reaped
/// does not run. A missing pid file means that nothing runs; one that holds no number is
/// `unknown`. A process id may have passed to another program: where that matters, use `name`.
///
/// ```toml
/// check.process = { name = "nginx" }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Process {
    /// The program's file name, without directory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A file that holds the process id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid_file: Option<String>,
    /// Whether it must run. Default true.
    #[serde(default = "yes")]
    pub running: bool,
}

impl Process {
    /// Who is meant, in words.
    fn subject(&self) -> String {
        match (&self.name, &self.pid_file) {
            (Some(name), _) => format!("a process named {name}"),
            (None, Some(path)) => format!("the process of {path}"),
            (None, None) => "a process".to_owned(),
        }
    }

    fn judge_processes(&self, seen: &[ProcessSeen]) -> Verdict {
        let told = match seen {
            [] => "no such process runs".to_owned(),
            [one] => format!("{} runs as pid {}", quote(&one.name), one.pid),
            [one, more @ ..] => {
                let (name, pid, more) = (quote(&one.name), one.pid, more.len());
                format!("{name} runs as pid {pid} and {more} more")
            }
        };
        match (seen.is_empty(), self.running) {
            (true, true) => Verdict::Fail(told),
            (false, false) => Verdict::Fail(format!("{told}, wanted none")),
            (true, false) | (false, true) => Verdict::Pass(told),
        }
    }
}

impl Kind for Process {
    fn ask(&self, _when: When) -> Probe {
        Probe::Processes { name: self.name.clone(), pid_file: self.pid_file.clone() }
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        unless_flawed(self.flaw(), || {
            let Reading::Processes(seen) = reading else { return reading.unfit() };
            self.judge_processes(seen)
        })
    }

    fn says(&self) -> String {
        format!("{} {}", self.subject(), if self.running { "runs" } else { "does not run" })
    }

    fn flaw(&self) -> Option<String> {
        let flaw = match (&self.name, &self.pid_file) {
            (None, None) => "neither `name` nor `pid_file` is given: give one".to_owned(),
            (Some(_), Some(_)) => "both `name` and `pid_file` are given: give one".to_owned(),
            (Some(name), None) if name.is_empty() => "`name` is empty".to_owned(),
            (Some(name), None) if name.contains('/') => {
                format!("`name` is {}: write the file name, without directory", quote(name))
            }
            (None, Some(path)) if path.is_empty() => "`pid_file` is empty".to_owned(),
            (Some(_), None) | (None, Some(_)) => return None,
        };
        Some(flaw)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Obstacle, Outcome};

    fn process(text: &str) -> Process {
        toml::from_str(text).unwrap()
    }

    fn seen(pids: &[u32]) -> Reading {
        let process = |&pid| ProcessSeen { pid, name: "nginx".to_owned() };
        Reading::Processes(pids.iter().map(process).collect())
    }

    #[test]
    fn judges_whether_it_runs() {
        let (runs, absent) =
            (process("name = 'nginx'"), process("name = 'nginx'\nrunning = false"));
        assert_eq!(runs.judge(&seen(&[7])), Verdict::Pass("`nginx` runs as pid 7".into()));
        let two = runs.judge(&seen(&[7, 8, 9]));
        assert_eq!(two, Verdict::Pass("`nginx` runs as pid 7 and 2 more".into()));
        assert_eq!(runs.judge(&seen(&[])), Verdict::Fail("no such process runs".into()));
        assert_eq!(absent.judge(&seen(&[])).outcome(), Outcome::Pass);
        assert_eq!(absent.judge(&seen(&[7])).outcome(), Outcome::Fail);
    }

    #[test]
    fn not_seeing_is_not_absence() {
        let absent = process("pid_file = '/run/x.pid'\nrunning = false");
        for reading in [
            Reading::Nothing(Obstacle::Error("/run/x.pid: permission denied".into())),
            Reading::Nothing(Obstacle::Interrupted),
            Reading::File(None),
            Reading::Refused("no".into()),
        ] {
            assert_eq!(absent.judge(&reading).outcome(), Outcome::Unknown, "{reading:?}");
        }
    }

    #[test]
    fn flaws() {
        for bad in
            ["", "name = 'a'\npid_file = 'b'", "name = ''", "name = '/bin/a'", "pid_file = ''"]
        {
            assert!(process(bad).flaw().is_some(), "{bad}");
            assert_eq!(process(bad).judge(&seen(&[7])).outcome(), Outcome::Unknown, "{bad}");
        }
        assert_eq!(process("name = '{{name}}'").flaw(), None);
    }
}
