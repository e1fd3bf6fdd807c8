//! A criterion or a deliverable with a choice in it that nobody makes.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::files;
use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::quoted;

pub(super) const RULE: Rule = Rule {
    code: "HP114",
    name: "either-or",
    level: Level::Note,
    meaning: "what must hold, or is delivered, leaves a choice open",
    help: "say which it is here; or make it two, each with a condition of its own: `when`",
    look,
};

static CHOICE: LazyLock<Regex> = LazyLock::new(|| {
    let choice = r"(?i)\b(if|where|when|as) (applicable|appropriate|needed|necessary|required|possible|relevant)\b|\band/or\b|\bor\b";
    Regex::new(choice).expect("a regular expression")
});

/// Words around an `or` that leaves nothing open.
static CLOSED: LazyLock<Regex> = LazyLock::new(|| {
    let before =
        r"\b(no|not|none|neither|never|nothing|nobody|without|whether|cannot|n't)\b.*\bor\b";
    let behind = r"\bor (more|less|fewer|later|earlier|newer|older|higher|lower|better|worse|above|below|equal|so)\b";
    Regex::new(&format!("(?i){before}|{behind}")).expect("a regular expression")
});

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for placed in subject.criteria() {
        let proof = subject.proof_of(placed.criterion);
        let decided = proof.iter().any(|step| !step.is_only_said());
        let text = &placed.criterion.text;
        if let Some(part) = choice(text).filter(|_| !decided) {
            let message = format!("nobody decides {}", quoted(text));
            found.push(placed.found(&placed.at(&part), message).here("which is it?"));
        }
    }
    for placed in subject.own_steps() {
        for (text, place) in placed.table.items("deliverables") {
            let sides = choice(text).map(|part| text.split_at(part.start));
            let is_file = |text: &str| !files::named(text).is_empty();
            if sides.is_some_and(|(left, right)| is_file(left) && is_file(right)) {
                let message = format!("nobody decides what `{}` delivers", placed.step.id);
                found.push(placed.found(&place, message).here("which is it?"));
            }
        }
    }
}

fn choice(text: &str) -> Option<Range<usize>> {
    let part = CHOICE.find(text)?;
    let is_closed = part.as_str().eq_ignore_ascii_case("or") && CLOSED.is_match(text);
    (!is_closed).then(|| part.range())
}
