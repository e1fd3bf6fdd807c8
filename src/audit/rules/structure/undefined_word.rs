//! A command word of another system, which nothing here defines: `REVERT_STATE`.

use std::sync::LazyLock;

use regex::Regex;

use crate::audit::{Found, Level, Rule, Says, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP117",
    name: "undefined-word",
    level: Level::Warning,
    meaning: "a text orders what nothing in the runbook defines",
    help: "write what is done: an `undo`, a step of `[rollback]`, or `on_failure`",
    look,
};

/// Words that order something, in capitals: not the states of a cloud, such as `ROLLBACK_COMPLETE`.
static ORDER: LazyLock<Regex> = LazyLock::new(|| {
    let verbs = "ABORT|CANCEL|CLEANUP|ESCALATE|HALT|NOTIFY|RESET|RESTORE|RETRY|REVERT|ROLLBACK|ROLL_BACK|SKIP|STOP|UNDO";
    Regex::new(&format!(r"\b(?:{verbs})(?:_[A-Z0-9]+)+\b")).expect("a regular expression")
});

const STATES: [&str; 12] = [
    "_COMPLETE",
    "_COMPLETED",
    "_FAILED",
    "_PROGRESS",
    "_PENDING",
    "_ENABLED",
    "_DISABLED",
    "_URL",
    "_TOKEN",
    "_CHANNEL",
    "_LIMIT",
    "_TIMEOUT",
];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for prose in subject.prose.iter().filter(|prose| prose.says != Says::Criterion) {
        for word in ORDER.find_iter(prose.text) {
            let (before, behind) = (&prose.text[..word.start()], &prose.text[word.end()..]);
            let goes_on = behind.strip_prefix('.').unwrap_or_default();
            let is_name = before.ends_with(['$', '{', '/', '.', '-'])
                || behind.starts_with(['=', '/'])
                || goes_on.starts_with(char::is_alphanumeric)
                || STATES.iter().any(|state| word.as_str().ends_with(state));
            if !is_name && !is_defined(subject, word.as_str()) {
                let message = format!("nothing defines {}", word.as_str());
                found.push(prose.found(&word.range(), message).here("what is done here?"));
            }
        }
    }
}

/// Whether a program, a check or a variable of the runbook knows the word.
fn is_defined(subject: &Subject<'_>, word: &str) -> bool {
    let told =
        ["title", "why", "manual", "goal", "skip", "when", "irreversible", "criterion", "attest"];
    let is_id = |id: &str| id.replace(['-', '.'], "_").eq_ignore_ascii_case(word);
    subject.steps.iter().any(|placed| is_id(placed.step.id.as_str()))
        || subject.book.variables.iter().any(|variable| is_id(&variable.name))
        || subject.root.texts().iter().any(|(key, text)| !told.contains(key) && text.contains(word))
}
