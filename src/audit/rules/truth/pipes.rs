//! The exit code of a pipeline is that of its last command.

use super::looks::all_calls;
use crate::audit::{Call, Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP302",
    name: "pipe-hides-failure",
    level: Level::Warning,
    meaning: "a pipe hides that the command before it failed",
    help: "let the output go into a file, and read that: `COMMAND >out.txt`, then `cat out.txt`; \
           or run bash: `run = [\"bash\", \"-euo\", \"pipefail\", \"-c\", \"…\"]`, because the `sh` \
           of many systems has no `pipefail`",
    look,
};

/// Programs behind a pipe that end well whatever they read.
const TAKE_ANYTHING: [&str; 16] = [
    "cat", "tee", "head", "tail", "sed", "cut", "tr", "wc", "sort", "uniq", "less", "more", "ts",
    "column", "tac", "logger",
];

/// Programs in front of a pipe whose failure is no news.
const HARMLESS: [&str; 17] = [
    "echo", "printf", "cat", "date", "ls", "ps", "yes", "true", "env", "seq", "sort", "head",
    "tail", "uname", "id", "hostname", "pwd",
];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for place in all_calls(subject) {
        let calls = place.calls();
        let is_told = place.script().is_some_and(|script| script.is_pipefail)
            || calls.first().is_some_and(|call| !call.in_script && call.has(&["pipefail"]));
        if place.judges_output() || is_told {
            continue;
        }
        for (at, call) in calls.iter().enumerate() {
            let last = last_of(calls, at).filter(|last| takes_anything(last));
            let Some(last) = last.filter(|_| may_fail(call)) else { continue };
            let (program, reader) = (call.program(), last.program());
            let message = format!("when `{program}` fails, `{reader}` still ends well");
            let here = "its exit code is lost";
            found.push(
                place.found(&call.place, message).here(here).also(&last.place, "this one decides"),
            );
        }
    }
}

/// The last command of a pipeline that begins with this one.
fn last_of(calls: &[Call], at: usize) -> Option<&Call> {
    let call = calls.get(at)?;
    let begins = call.pipes_on && !call.is_piped && !call.is_substituted && !call.is_forgiven;
    let mut rest = calls.iter().skip(at + 1).filter(|next| next.pipe == call.pipe);
    begins.then(|| rest.next_back()).flatten().filter(|last| last.is_piped && !last.pipes_on)
}

fn takes_anything(reader: &Call) -> bool {
    TAKE_ANYTHING.contains(&reader.program())
}

fn may_fail(call: &Call) -> bool {
    let program = call.program();
    !program.is_empty() && !HARMLESS.contains(&program) && !TAKE_ANYTHING.contains(&program)
}
