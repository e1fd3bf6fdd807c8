//! A script that a shell would not run.

use super::each_script;
use crate::audit::{Dialect, Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP401",
    name: "script-refused",
    level: Level::Error,
    meaning: "a shell would refuse this script",
    help: "close what is open, or take out what is too much; to look for yourself: `sh -n`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    each_script(subject, |placed, script, _| {
        if script.dialect == Dialect::Other {
            return;
        }
        // The first alone: what a shell would say of the rest nobody knows.
        if let Some(fault) = script.faults.first() {
            let found_here =
                placed.found(&fault.place, format!("in this script {}", fault.message));
            found.push(match fault.message.ends_with("leads to no file") {
                true => found_here.help(
                    "a shell takes `<` and `>` for redirections: write what `<…>` stands for, or a variable",
                ),
                false => found_here,
            });
        }
    });
}
