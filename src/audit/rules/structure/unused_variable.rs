//! A variable that nothing in the runbook uses.

use std::collections::HashSet;

use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::{Action, Origin};

pub(super) const RULE: Rule = Rule {
    code: "HP110",
    name: "variable-unused",
    level: Level::Note,
    meaning: "nothing in the runbook uses a variable",
    help: "remove it, if no program that is run reads it from its environment",
    look,
};

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let used = used(subject);
    let runs = |action: &Action| matches!(action, Action::Run(_) | Action::Shell(_));
    let runs = subject.steps.iter().any(|it| it.step.action.as_ref().is_some_and(runs));
    for variable in &subject.book.variables {
        // What comes from the environment is there for the programs that read it.
        let is_handed_on = runs && (variable.secret || matches!(variable.origin, Origin::Env(_)));
        if used.contains(variable.name.as_str()) || is_handed_on {
            continue;
        }
        let place = subject.root.table("vars").and_then(|vars| vars.key(&variable.name));
        let message = format!("nothing uses the variable `{}`", variable.name);
        found.push(subject.found(&place.unwrap_or_default(), message).here("declared here"));
    }
}

/// Every word that may be the use of a variable.
fn used<'a>(subject: &Subject<'a>) -> HashSet<&'a str> {
    let mut used = HashSet::new();
    for inside in subject.book.source.text.split("{{").skip(1) {
        used.extend(inside.split_once("}}").map(|(name, _)| name.trim()));
    }
    for placed in &subject.steps {
        used.extend(placed.step.when.as_ref().map(|when| when.variable.as_str()));
    }
    let is_code = |key: &str| key == "shell" || key == "run";
    for (_, code) in subject.root.texts().into_iter().filter(|(key, _)| is_code(key)) {
        used.extend(code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'));
    }
    used
}
