//! What a step does, before and after.

use super::Risk::{Other, Riskier, Safer};
use super::log::{GUARD, Log};
use super::{Risk, script};
use crate::runbook::{Action, Step, Template, Window, command_line};

pub(super) fn compare(old: &Step, new: &Step, log: &mut Log) {
    // What leaves nothing behind may be written otherwise; of a change nobody can tell. An undo
    // counts as a change.
    let risk = if old.changes || new.changes { Riskier } else { Other };
    match (&old.action, &new.action) {
        (None, None) => {}
        (Some(Action::Wait(old)), Some(Action::Wait(new))) => {
            log.span("wait", "how long it waits", (*old, *new), Safer);
        }
        (Some(Action::Observe(old)), Some(Action::Observe(new))) => window(old, new, log),
        (Some(Action::Shell(old)), Some(Action::Shell(new))) => {
            if !script::is_same(old, new) {
                log.value("action", "script", (old, new), risk);
            }
        }
        (Some(old), Some(new)) if kind(old) == kind(new) => {
            log.value("action", kind(new), (&text(old), &text(new)), risk);
            if let (Action::Manual { record: old, .. }, Action::Manual { record: new, .. }) =
                (old, new)
            {
                let yes = (Other, "what the person writes goes into the journal now");
                let no = (Other, "what the person writes no longer goes into the journal");
                log.flag("record", (*old, *new), (yes, no));
            }
        }
        (old, new) => another_kind(old.as_ref(), new.as_ref(), log),
    }
}

fn another_kind(old: Option<&Action>, new: Option<&Action>, log: &mut Log) {
    let word = |action: Option<&Action>| action.map_or("it only looks", kind).to_owned();
    let shown = |action: Option<&Action>| action.map(text);
    let what = format!("what it is: was \"{}\", is \"{}\"", word(old), word(new));
    log.add(Riskier, "action-kind", what, shown(old), shown(new));
}

fn kind(action: &Action) -> &'static str {
    match action {
        Action::Run(_) => "command",
        Action::Shell(_) => "script",
        Action::Manual { .. } => "work by hand",
        Action::Wait(_) => "wait",
        Action::Observe(_) => "window",
    }
}

fn text(action: &Action) -> String {
    match action {
        Action::Run(argv) => {
            let words: Vec<String> = argv.iter().map(normal).collect();
            command_line(&words)
        }
        Action::Shell(script) => script.trim().to_owned(),
        Action::Manual { text, .. } => normal(text).trim().to_owned(),
        Action::Wait(span) => span.to_string(),
        Action::Observe(window) => window.to_string(),
    }
}

/// `{{name}}` and `{{ name }}` mean the same.
pub(super) fn normal(template: &Template) -> String {
    let names: Vec<(&str, String)> =
        template.variables().map(|name| (name, format!("{{{{{name}}}}}"))).collect();
    let known = |name: &str| names.iter().find(|(own, _)| *own == name);
    template.fill_with(|name| known(name).map_or("", |(_, shown)| shown.as_str()))
}

fn window(old: &Window, new: &Window, log: &mut Log) {
    log.span("window", "how long it watches", (old.length, new.length), Safer);
    log.span("window", "the pause between two samples", (old.every, new.every), Riskier);
    match (old.max_gap, new.max_gap) {
        (Some(old), Some(new)) => {
            log.span("window", "the gap after which it begins anew", (old, new), Riskier);
        }
        (old, new) => {
            let name = "the gap after which it begins anew";
            log.option("window", name, (old.as_ref(), new.as_ref()), GUARD);
        }
    }
    let failures = (old.allow_failures, new.allow_failures);
    let words = (failures.0.to_string(), failures.1.to_string());
    let risk: Risk = Riskier;
    log.amount("window", "how many samples may fail", failures, words, risk);
}
