//! Whether the programs and scripts that actions start are here.

use std::collections::BTreeSet;
use std::path::Path;

use super::super::Scene;
use crate::audit::{Call, calls_of_script};
use crate::check::Verdict;
use crate::host::programs::{is_executable, is_file, on_path};
use crate::report::{About, Row, Stand, Weight, brings_about};
use crate::runbook::{Action, Phase, Step, Template};
use crate::value::Name;

/// What `/bin/sh` does by itself.
const BUILT_IN: [&str; 46] = [
    ".", ":", "[", "[[", "alias", "bg", "break", "builtin", "case", "cd", "command", "continue",
    "declare", "do", "done", "echo", "eval", "exec", "exit", "export", "false", "fg", "getopts",
    "hash", "jobs", "kill", "local", "printf", "pwd", "read", "readonly", "return", "set", "shift",
    "source", "test", "time", "times", "trap", "true", "type", "ulimit", "umask", "unalias",
    "unset", "wait",
];

/// Programs whose first argument may be a script.
const READ_SCRIPTS: [&str; 9] =
    ["bash", "dash", "node", "perl", "python", "python3", "ruby", "sh", "zsh"];

/// Something that must be here.
struct Need {
    /// As people may see it.
    shown: String,
    /// As it is looked for; none where a variable of it has no value yet.
    path: Option<String>,
    /// A script that another program reads need not be executable.
    is_read: bool,
    /// Whether the script goes on without it, or asks whether it is here.
    is_optional: bool,
}

pub(super) fn rows(scene: &Scene<'_>) -> Vec<Row> {
    let found = on_path().unwrap_or_default();
    let mut here = BTreeSet::new();
    let mut told = BTreeSet::new();
    let mut rows = Vec::new();
    for (stand, step, acted) in actions(scene) {
        for need in needs(scene, step) {
            let weight = match (need.is_optional, acted && need.shown.contains('/')) {
                (true, _) => Weight::Told,
                (false, true) => Weight::After,
                (false, false) => Weight::Must,
            };
            let verdict = look(scene, &need, &found);
            if let Verdict::Pass(_) = verdict {
                here.insert(need.shown);
            } else if told.insert(need.shown.clone()) {
                rows.push(row(stand, Some(step.id.clone()), need.shown, weight, verdict));
            }
        }
    }
    if !here.is_empty() {
        let names = here.into_iter().collect::<Vec<_>>().join(", ");
        let name = "what actions start".to_owned();
        let verdict = Verdict::Pass(format!("here: {names}"));
        rows.push(row(Stand::Start, None, name, Weight::Must, verdict));
    }
    rows
}

fn row(stand: Stand, step: Option<Name>, name: String, weight: Weight, verdict: Verdict) -> Row {
    Row { stand, about: About::Program, step, name, weight, verdict }
}

/// Every step with an action, where it stands, and whether something ran before it.
fn actions<'a>(scene: &Scene<'a>) -> Vec<(Stand, &'a Step, bool)> {
    let mut acted = false;
    let mut all = Vec::new();
    for phase in Phase::ALL {
        let steps = scene.book.section(phase).steps.iter();
        for step in steps.filter(|step| !scene.is_skipped(&step.id)) {
            all.push((Stand::In(phase), step, acted));
            acted |= brings_about(step);
        }
    }
    let undos = scene.book.steps().filter(|step| !scene.is_skipped(&step.id));
    all.extend(undos.filter_map(|step| Some((Stand::Back, step.undo.as_deref()?, true))));
    all.extend(scene.book.rollback.steps.iter().map(|step| (Stand::Back, step, true)));
    all
}

fn needs(scene: &Scene<'_>, step: &Step) -> Vec<Need> {
    match &step.action {
        Some(Action::Run(argv)) => of_run(scene, argv),
        Some(Action::Shell(script)) => of_script(script),
        Some(Action::Manual { .. } | Action::Wait(_) | Action::Observe(_)) | None => Vec::new(),
    }
}

fn of_run(scene: &Scene<'_>, argv: &[Template]) -> Vec<Need> {
    let word = |template: &Template, is_read| {
        let is_open = template.variables().any(|name| scene.open.contains(name));
        let path = (!is_open).then(|| scene.values.fill(template));
        Need { shown: scene.values.show(template), path, is_read, is_optional: false }
    };
    let Some(program) = argv.first().map(|first| word(first, false)) else { return Vec::new() };
    let name = program.shown.rsplit('/').next().unwrap_or_default();
    let script = argv.get(1).filter(|_| READ_SCRIPTS.contains(&name)).map(|one| word(one, true));
    let script = script.filter(|one| !one.shown.starts_with('-'));
    std::iter::once(program).chain(script).collect()
}

/// What a script calls, but for what it defines itself.
fn of_script(script: &str) -> Vec<Need> {
    let is_own = |name: &str| {
        let head = [format!("{name}()"), format!("{name} ()"), format!("function {name}")];
        head.iter().any(|head| script.contains(head))
    };
    let need = |call: Call| {
        let word = call.words.first()?;
        let is_plain = word.text.chars().all(|c| c.is_ascii_alphanumeric() || "+-./_".contains(c));
        let fits = is_plain && !word.text.is_empty() && !word.expands;
        let fits = fits && !BUILT_IN.contains(&word.text.as_str()) && !is_own(&word.text);
        fits.then(|| Need {
            shown: word.text.clone(),
            path: Some(word.text.clone()),
            is_read: false,
            is_optional: call.is_forgiven || call.is_condition,
        })
    };
    calls_of_script(script).into_iter().filter_map(need).collect()
}

fn look(scene: &Scene<'_>, need: &Need, found: &BTreeSet<String>) -> Verdict {
    let Some(path) = &need.path else {
        return Verdict::Unknown("a variable of it has no value yet".to_owned());
    };
    let place = scene.directory.join(path);
    let bare = !path.contains('/') && !need.is_read;
    match (bare, is_file(&place), is_executable(&place)) {
        (true, ..) if found.contains(path) => Verdict::Pass("on PATH".to_owned()),
        (true, ..) => Verdict::Fail("there is no such program on PATH".to_owned()),
        (false, _, true) => Verdict::Pass("here".to_owned()),
        (false, true, false) if need.is_read => Verdict::Pass("here".to_owned()),
        (false, true, false) => Verdict::Fail(
            "it may not be executed: `chmod +x` it, or name the program that reads it".to_owned(),
        ),
        (false, false, _) => missing(&place),
    }
}

fn missing(place: &Path) -> Verdict {
    let folder = place.parent().filter(|folder| !folder.exists());
    let more = if folder.is_some() { ", nor its folder" } else { "" };
    Verdict::Fail(format!("there is no such file{more}"))
}
