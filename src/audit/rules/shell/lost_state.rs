//! Variables that were set in the script of another step.

use std::collections::BTreeSet;

use super::{each_script, never_set};
use crate::audit::{Assign, Found, Level, Placed, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP405",
    name: "state-lost",
    level: Level::Error,
    meaning: "a script reads a variable that only the script of another step set",
    help: "set it where it is read, or hand it over in a file: each step has a shell of its own",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    each_script(subject, |placed, script, calls| {
        if never_set::sets_who_knows_what(calls) {
            return;
        }
        let mut said = BTreeSet::new();
        for read in &script.uses {
            let is_new = said.insert((&read.name, read.has_default, read.in_function));
            if !is_new || !never_set::is_unset(subject, script, calls, read) {
                continue;
            }
            if let Some((other, set)) = set_before(subject, placed, &read.name) {
                let message = format!("`${}` of `{}` is not known here", read.name, other.step.id);
                found.push(
                    placed.found(&read.place, message).also(&set.place, "set here, and gone"),
                );
            }
        }
    });
}

/// The step before this one whose script set a variable.
pub(super) fn set_before<'s, 'a>(
    subject: &'s Subject<'a>,
    placed: &Placed<'_>,
    name: &str,
) -> Option<(&'s Placed<'a>, &'s Assign)> {
    let earlier = subject.steps.iter().take_while(|step| step.step.id != placed.step.id);
    let mut sets = earlier.filter_map(|step| {
        let script = step.script.as_ref()?;
        Some((step, script.sets_of(name).next()?))
    });
    sets.next()
}
