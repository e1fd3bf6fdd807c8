//! A version is deployed, and nothing looks which one runs.

use super::looks::{claimed, goes_back};
use crate::audit::{Found, Level, Part, Placed, Rule, Subject};
use crate::runbook::Action;

pub(super) const RULE: Rule = Rule {
    code: "HP306",
    name: "version-not-seen",
    level: Level::Warning,
    meaning: "a version is deployed, and no check behind it looks which version runs",
    help: "add a check that names it: the old version answers 200, too. For example \
           `check.http = { url = \"https://…/version\", body_contains = \"{{version}}\" }`",
    look,
};

/// How variables are called that tell one release from another.
const TELL: [&str; 8] =
    ["version", "revision", "digest", "tag", "release", "build", "sha", "commit"];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let names: Vec<&str> = subject
        .book
        .variables
        .iter()
        .filter(|variable| !variable.secret)
        .map(|variable| variable.name.as_str())
        .filter(|name| tells(name))
        .collect();
    for (at, placed) in subject.steps.iter().enumerate().filter(|(_, placed)| placed.changes()) {
        let said = action(placed);
        let Some(name) = names.iter().find(|name| mentions(&said, name)) else { continue };
        // Without any check other rules speak: this one is about checks that do not tell.
        let looks = !placed.step.checks.is_empty();
        if looks && !subject.steps[at..].iter().any(|later| sees(later, &names)) {
            let message =
                format!("nothing behind `{}` looks whether {name} is what runs", placed.step.id);
            let finding = placed.found(&placed.action(), message).here("deploys a version");
            let check = placed.checks().into_iter().next().map(|check| check.place);
            found.push(match check {
                Some(place) => finding.also(&place, "passes with the old version, too"),
                None => finding,
            });
        }
    }
}

fn tells(name: &str) -> bool {
    let parts: Vec<&str> = name.split('_').collect();
    let earlier = ["previous", "old", "last", "current", "min", "max", "base"];
    let last = parts.last().copied().unwrap_or_default();
    TELL.contains(&last) && !parts.iter().any(|part| earlier.contains(part))
}

fn action(placed: &Placed<'_>) -> String {
    match &placed.step.action {
        Some(Action::Shell(script)) => script.clone(),
        Some(Action::Run(_)) => placed.table.items("run").iter().map(|(word, _)| *word).collect(),
        Some(Action::Manual { .. }) => {
            placed.table.text("manual").map_or_else(String::new, |(text, _)| text.to_owned())
        }
        Some(Action::Wait(_) | Action::Observe(_)) | None => String::new(),
    }
}

fn mentions(text: &str, name: &str) -> bool {
    let forms = [format!("{{{{{name}}}}}"), format!("${{{name}")];
    let plain = format!("${name}");
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
    forms.iter().any(|form| text.contains(form))
        || text.match_indices(&plain).any(|(at, _)| ends(&text[at + plain.len()..]))
        || text.contains(&format!("{{{{ {name} }}}}"))
}

/// Whether a check of the step, or a script that only looks, names one of the versions.
fn sees(placed: &Placed<'_>, names: &[&str]) -> bool {
    if goes_back(placed) || placed.part == Part::Prerequisite {
        return false;
    }
    let checks = placed.step.checks.iter().map(|check| claimed(&check.claim));
    let tests = (placed.step.acts() && !placed.step.changes).then(|| action(placed));
    checks.chain(tests).any(|said| names.iter().any(|name| mentions(&said, name)))
}
