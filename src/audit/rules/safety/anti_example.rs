//! A command that the runbook itself says never to run.

use std::ops::Range;

use super::acts;
use crate::audit::calls::{Call, calls_of_script};
use crate::audit::{Found, Level, Placed, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP212",
    name: "anti-example",
    level: Level::Warning,
    meaning: "the runbook runs what it says nobody should run",
    help: "take the command out, or the warning; an example of what not to do belongs into `why`, \
           where nothing runs it",
    look,
};

const NEVER: [&str; 6] = ["never", "do not", "don't", "must not", "mustn't", "not to"];
const RUN: [&str; 4] = ["run", "use", "execute", "do"];
const UNLESS: [&str; 14] = [
    "before", "until", "unless", "without", "while", "twice", "again", "if", "when", "outside",
    "after", "from", "more", "as",
];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for placed in subject.own_steps() {
        below_comment(placed, found);
    }
    for prose in &subject.prose {
        for command in forbidden(prose.text) {
            let meant = calls_of_script(command);
            for placed in subject.own_steps() {
                let runs = placed.done.iter().find(|call| meant.iter().any(|it| is_like(call, it)));
                if let Some(call) = runs {
                    let message =
                        format!("`{}` is run, and `{}` says never to", acts::named(call), command);
                    let here = placed.found(&call.place, message).here("it is run here");
                    found.push(here.also(&prose.place, "says never to"));
                }
            }
        }
    }
}

/// A comment that warns of the very next command.
fn below_comment(placed: &Placed<'_>, found: &mut Vec<Found>) {
    let Some(script) = &placed.script else { return };
    let mut at = 0;
    let mut warned: Option<Range<usize>> = None;
    for line in script.text.split_inclusive('\n') {
        let (part, text) = (at..at + line.trim_end().len(), line.trim());
        at += line.len();
        if let Some(comment) = text.strip_prefix('#') {
            // Another comment: what is warned of is written there, and does not run.
            warned = warns_of_next(comment).then_some(part);
        } else if !text.is_empty() {
            let Some(comment) = warned.take() else { continue };
            let (line, comment) = (script.place(&part), script.place(&comment));
            let runs = placed.done.iter().find(|call| line.contains(&call.place.start));
            if let Some(call) = runs {
                let message =
                    format!("`{}` is run, and the comment above says not to", acts::named(call));
                let here = placed.found(&call.place, message).here("it is run here");
                found.push(here.also(&comment, "not to be run"));
            }
        }
    }
}

/// `never run this`, `do not run in production:`, `❌`: without a condition and without a name.
fn warns_of_next(comment: &str) -> bool {
    let comment = comment.to_lowercase();
    if comment.contains('❌') {
        return true;
    }
    let ends = ["this", "these", "it", "in production", "in prod", "the following", "that"];
    NEVER.iter().any(|never| {
        RUN.iter().any(|run| {
            let rest = comment.split_once(&format!("{never} {run}")).map(|(_, rest)| rest.trim());
            rest.is_some_and(|rest| {
                let rest = rest.trim_matches(|c: char| !c.is_alphanumeric());
                let names_none = rest.is_empty() || ends.iter().any(|end| rest.starts_with(end));
                names_none && !acts::says(rest, &UNLESS)
            })
        })
    })
}

/// Commands in backticks right behind `never run`, in this order.
fn forbidden(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    let parts: Vec<&str> = text.split('`').collect();
    for (at, part) in parts.iter().enumerate() {
        if at % 2 == 0 || at + 1 == parts.len() {
            continue;
        }
        let before =
            parts[at - 1].rsplit(['.', ';', '!', '\n']).next().unwrap_or_default().to_lowercase();
        let behind = parts[at + 1].split(['.', ';', ',', '!']).next().unwrap_or_default();
        let forbids = NEVER.iter().any(|never| {
            let behind = before.rsplit_once(never).map(|(_, rest)| rest.trim());
            behind.is_some_and(|rest| {
                RUN.iter().any(|run| rest.split_whitespace().next() == Some(run))
            })
        });
        if forbids && !acts::says(behind, &UNLESS) && part.contains(' ') {
            all.push(*part);
        }
    }
    all
}

/// Whether a call has all words of the other.
fn is_like(call: &Call, other: &Call) -> bool {
    let has = |word: &str| call.words.iter().any(|it| it.text == word);
    call.program() == other.program() && other.arguments().iter().all(|word| has(&word.text))
}
