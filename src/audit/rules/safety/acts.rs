//! What the rules of this group ask of steps: what they do at worst, and what makes a backup.

use crate::audit::calls::Call;
use crate::audit::{Effect, Part, Placed, Subject, effect};
use crate::runbook::Action;

/// The worst of what a step calls.
pub(super) fn worst<'a>(placed: &'a Placed<'_>) -> Option<(&'a Call, Effect)> {
    let effects = placed.done.iter().map(|call| (call, effect(call)));
    effects.reduce(|worst, next| if next.1 > worst.1 { next } else { worst })
}

/// The call of a change that takes away what is not made again by itself: data, or what no undo
/// makes again. None where the runbook says why nothing takes it back.
pub(super) fn takes_away<'a>(placed: &'a Placed<'_>) -> Option<&'a Call> {
    let (call, effect) = worst(placed)?;
    let lasts =
        effect == Effect::Destroys || effect == Effect::Removes && placed.step.undo.is_none();
    (placed.changes() && placed.step.irreversible.is_none() && lasts).then_some(call)
}

/// The call, short, for a message.
pub(super) fn named(call: &Call) -> String {
    let words: Vec<&str> =
        call.words.iter().flat_map(|word| word.text.split_whitespace()).collect();
    let line = words.join(" ");
    match line.char_indices().nth(50) {
        Some((at, _)) => format!("{} …", &line[..at]),
        None => line,
    }
}

/// Whether one of the phrases stands in the text, as whole words.
pub(super) fn says(text: &str, phrases: &[&str]) -> bool {
    let text = text.to_lowercase();
    phrases.iter().any(|phrase| {
        text.match_indices(phrase).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let behind = text[at + phrase.len()..].chars().next();
            let in_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            !in_word(before) && !in_word(behind)
        })
    })
}

/// Words for what one can go back to.
const BACKUPS: [&str; 7] =
    ["backup", "backups", "back up", "backed up", "snapshot", "snapshots", "dump"];

/// Beginnings of titles of steps that are about a backup, and make none.
const MAKES_NONE: [&str; 14] = [
    "set up",
    "setup",
    "schedule",
    "enable",
    "configure",
    "restore",
    "test",
    "verify",
    "check",
    "delete",
    "remove",
    "rotate",
    "disable",
    "clean",
];

/// Whether a step makes what one can go back to.
pub(super) fn backs_up(placed: &Placed<'_>) -> bool {
    if !placed.step.acts() {
        return false;
    }
    let title = placed.step.title.to_lowercase();
    let names_it = says(&title, &BACKUPS) || says(placed.step.id.as_str(), &BACKUPS);
    let makes_none = MAKES_NONE.iter().any(|start| title.starts_with(start));
    names_it && !makes_none || placed.done.iter().any(call_backs_up)
}

/// Whether a call makes what one can go back to.
pub(super) fn call_backs_up(call: &Call) -> bool {
    let about = |text: &str| {
        ["backup", "snapshot", ".bak", "pre-deploy"].iter().any(|it| text.contains(it))
    };
    let copies = ["cp", "rsync", "tar", "mv", "scp"].contains(&call.program())
        || call.is(&["git", "tag"])
        || call.is(&["git", "branch"])
        || call.is(&["aws", "s3"]);
    let is_unknown = effect(call) == Effect::Unknown && !about_restore(call);
    effect(call) == Effect::BacksUp
        || call.writes.iter().any(|redirect| about(&redirect.to.text))
        || (copies || is_unknown) && call.words.iter().any(|word| about(&word.text))
}

/// Whether a call brings back what was backed up.
pub(super) fn about_restore(call: &Call) -> bool {
    let word_is = |text: &str| {
        let name = text.rsplit('/').next().unwrap_or_default();
        let name = name.split('.').next().unwrap_or_default();
        name == "restore" || name.starts_with("restore-") || name.ends_with("-restore")
    };
    let other = ["git", "dotnet", "nuget", "go", "cargo", "npm"].contains(&call.program());
    ["pg_restore", "mongorestore"].contains(&call.program())
        || !other && call.words.iter().any(|word| word_is(&word.text))
}

/// Whether a step looks whether there is something to go back to, or speaks of it.
pub(super) fn knows_backup(placed: &Placed<'_>) -> bool {
    let about = |text: &str| {
        let text = text.to_lowercase();
        ["backup", "back up", "backed up", "snapshot", "pointintime", "point-in-time", "pitr"]
            .iter()
            .any(|word| text.contains(word))
    };
    let check = |check: &crate::check::Check| about(&format!("{check:?}"));
    let step = placed.step;
    about(&step.title) || about(step.id.as_str()) || step.checks.iter().any(check)
}

/// Whether there is something to go back to before this step, made or seen.
pub(super) fn is_backed_up(subject: &Subject<'_>, at: usize) -> bool {
    let before = subject.steps[..at].iter().filter(|placed| !is_way_back(placed));
    let mut before = before.filter(|placed| backs_up(placed) || knows_backup(placed));
    before.next().is_some() || subject.steps[at].done.iter().any(call_backs_up)
}

/// Whether it only runs in a rollback.
pub(super) fn is_way_back(placed: &Placed<'_>) -> bool {
    matches!(placed.part, Part::Undo(_) | Part::Rollback)
}

/// Whether a program does it, and not a person.
pub(super) fn is_automatic(placed: &Placed<'_>) -> bool {
    matches!(placed.step.action, Some(Action::Run(_) | Action::Shell(_)))
}
