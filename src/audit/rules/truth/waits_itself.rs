//! A check that waits by itself, in a script, is stopped in the middle of it.

use super::looks::all_calls;
use crate::audit::{Call, Found, Level, Rule, Subject};
use crate::check::Check;

pub(super) const RULE: Rule = Rule {
    code: "HP308",
    name: "check-waits-itself",
    level: Level::Warning,
    meaning: "a check waits in a script of its own, and has no `timeout` to wait in",
    help: "let it look once, and let holdpoint ask again: `until = { every = \"5s\", within = \"3m\" }`; \
           or give the check a `timeout` that is long enough",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for place in all_calls(subject) {
        let Some(check) = place.check.as_ref().filter(|check| !check.table.has("timeout")) else {
            continue;
        };
        let loops = place.script().is_some_and(|script| {
            script.text.split_whitespace().any(|word| ["while", "until", "for"].contains(&word))
        });
        let waits = place.calls().iter().find(|call| {
            let long = ["--follow", "-f", "--watch", "-w", "--wait"];
            let watches = ["tail", "journalctl", "kubectl", "docker"].contains(&call.program());
            (call.program() == "sleep" && (loops || is_long(call)))
                || call.program() == "watch"
                || (watches && !call.pipes_on && call.has(&long[..]) && follows(call))
                || (call.is(&["kubectl", "wait"]) || call.is(&["kubectl", "rollout", "status"]))
                    && !call.arguments().iter().any(|word| word.text.starts_with("--timeout"))
                || (call.is(&["aws"]) && call.has(&["wait"]))
        });
        if let Some(call) = waits {
            let limit = Check::TIMEOUT;
            let message = format!("this check waits by itself, and is stopped after {limit}");
            let finding = place.found(&call.place, message).here("waits");
            found.push(finding.also(&check.place, "no `timeout`"));
        }
    }
}

/// Whether it sleeps for as long as a check may take.
fn is_long(sleep: &Call) -> bool {
    let time = sleep.arguments().first().map_or("", |word| word.text.as_str());
    let minutes = time.ends_with(['m', 'h', 'd']);
    minutes || time.trim_end_matches('s').parse().is_ok_and(|seconds: f64| seconds >= 30.0)
}

/// Whether a `-f` or `-w` of this program means: go on for ever.
fn follows(call: &Call) -> bool {
    match call.program() {
        "tail" | "journalctl" => call.has(&["-f", "--follow"]),
        "kubectl" => {
            (call.is(&["kubectl", "logs"]) && call.has(&["-f", "--follow"]))
                || (call.is(&["kubectl", "get"]) && call.has(&["-w", "--watch"]))
        }
        _ => call.is(&["docker", "logs"]) && call.has(&["-f", "--follow"]),
    }
}
