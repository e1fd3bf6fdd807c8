//! `ps | grep NAME` finds the `grep`.

use super::looks::all_calls;
use crate::audit::{Call, Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP305",
    name: "finds-itself",
    level: Level::Error,
    meaning: "`ps … | grep NAME` finds the `grep` itself, and so always finds something",
    help: "write `check.process = { name = \"NAME\" }`; in a script `pgrep -x NAME`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for place in all_calls(subject) {
        let calls = place.done();
        for (at, call) in calls.iter().enumerate().filter(|(_, call)| lists_all(call)) {
            let rest = calls.iter().skip(at + 1).filter(|next| next.pipe == call.pipe);
            let mut greps = rest.filter(|next| next.is_piped && is_grep(next));
            let Some(first) = greps.next() else { continue };
            let leaves_out = |grep: &Call| grep.has(&["-v", "--invert-match"]) || hides(grep);
            if !leaves_out(first) && !greps.any(leaves_out) {
                let name = first.arguments().iter().find(|word| !word.text.starts_with('-'));
                let name = name.map_or("NAME", |word| word.text.as_str());
                let message = format!("this finds `grep {name}` itself, whether or not it runs");
                found.push(place.found(&first.place, message).here("is among what `ps` lists"));
            }
        }
    }
}

fn is_grep(call: &Call) -> bool {
    ["grep", "egrep", "fgrep"].contains(&call.program())
}

/// Whether `ps` lists other programs than those of a given number or name.
fn lists_all(call: &Call) -> bool {
    let all = |word: &str| {
        let letters = word.strip_prefix('-').unwrap_or(word);
        let plain = letters.chars().all(|c| c.is_ascii_alphabetic());
        let old = !word.starts_with('-') && letters.contains(['a', 'x']);
        plain && (old || letters.contains(['e', 'A']) || letters == "aux")
    };
    let arguments = call.arguments();
    let chosen = call.has(&["-p", "-C", "--pid", "--ppid", "-q"]);
    call.program() == "ps"
        && call.pipes_on
        && !chosen
        && arguments.iter().any(|word| all(&word.text))
}

/// `[o]rders` finds `orders` and not itself; `^…` begins where the listing does not show `grep`.
fn hides(grep: &Call) -> bool {
    grep.arguments().iter().any(|word| word.text.contains('[') && word.text.contains(']'))
}
