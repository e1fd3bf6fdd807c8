//! Values that become part of a script.

use super::{each, unquoted};
use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::{Origin, Variable};

pub(super) const RULE: Rule = Rule {
    code: "HP410",
    name: "value-in-script",
    level: Level::Error,
    meaning: "a value is written into a script, and a shell runs what it says",
    help: "read it from the environment: `\"$name\"` in place of `{{name}}`",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    each(subject, |called| {
        let Some(script) = called.script else { return };
        let mut rest = script.text.as_str();
        while let Some((before, behind)) = rest.split_once("{{") {
            let Some((name, after)) = behind.split_once("}}") else { return };
            let begin = script.text.len() - rest.len() + before.len();
            let end = script.text.len() - after.len();
            rest = after;
            let name = name.trim();
            let known = subject.book.variables.iter().find(|variable| variable.name == name);
            if known.is_none_or(is_harmless) {
                continue;
            }
            let message = format!("the value of `{name}` becomes part of the script");
            let help =
                format!("read it from the environment: `\"${name}\"` in place of `{{{{{name}}}}}`");
            found.push(called.placed.found(&script.place(&(begin..end)), message).help(help));
        }
    });
}

/// Whether no value that it may have means something to a shell.
fn is_harmless(variable: &Variable) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.:/@,+".contains(c);
    match (&variable.origin, &variable.pattern) {
        (Origin::Literal(value), _) => value.chars().all(plain),
        (Origin::Prompt { .. } | Origin::Env(_), Some(pattern)) => unquoted::is_narrow(pattern),
        (Origin::Prompt { .. } | Origin::Env(_), None) => false,
    }
}
