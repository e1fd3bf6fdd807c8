//! Scripts that leave nothing behind.

use crate::audit::{Call, Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP406",
    name: "script-without-effect",
    level: Level::Error,
    meaning: "nothing is left of a script when its step is over",
    help: "put it into the script that needs it: folder and variables end with the step's shell",
    look,
};

/// What only changes the shell itself.
const OWN: [&str; 18] = [
    "cd", "export", "readonly", "local", "declare", "typeset", "set", "unset", "source", ".",
    "umask", "alias", "shopt", ":", "true", "pushd", "popd", "trap",
];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for placed in &subject.steps {
        let Some(script) = &placed.script else { continue };
        let is_own = |call: &Call| {
            !call.in_script || (OWN.contains(&call.program()) && call.writes.is_empty())
        };
        let looked_into = script.is_whole && script.faults.is_empty();
        if !looked_into || !placed.calls.iter().all(is_own) || !script.uses.iter().all(is_plain) {
            continue;
        }
        let mut own = placed.calls.iter().filter(|call| call.in_script);
        let told = |call: &&Call| !["set", ":", "true", "trap"].contains(&call.program());
        let (place, what) = match (own.find(told), script.assigns.first()) {
            (Some(call), _) => (call.place.clone(), format!("`{}`", call.program())),
            (None, Some(set)) => (set.place.clone(), format!("`{}`", set.name)),
            (None, None) => {
                found.push(placed.found(&placed.action(), "this script does nothing"));
                continue;
            }
        };
        let message = format!("what {what} changes is gone when the step is over");
        found.push(placed.found(&place, message));
    }
}

/// `${NAME:?}` alone looks whether something is set: that is an effect.
fn is_plain(read: &crate::audit::Use) -> bool {
    !read.has_default
}
