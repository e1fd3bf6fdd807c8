//! What a runbook says to people, text by text, each where it stands; and words, as far as rules
//! compare them.

use std::collections::BTreeSet;
use std::ops::Range;

use super::places::Table;
use super::{Found, Part, Placed, Scope};
use crate::runbook::Phase;

/// What a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// Names the runbook, a step, or a prerequisite.
    Title,
    /// Why a step is done, why nothing takes it back, why a phase does not apply, what its goal is.
    Why,
    /// What a person is to do.
    Manual,
    /// What must hold, or what a person says of it.
    Criterion,
    /// When to go back.
    When,
}

/// One text.
pub struct Prose<'a> {
    /// What it is for.
    pub says: Says,
    /// The text.
    pub text: &'a str,
    /// Where all of it stands, quotes included.
    pub place: Range<usize>,
    table: Table<'a>,
    scope: Scope,
}

impl Prose<'_> {
    /// Whether somebody is named whose part it is.
    #[must_use]
    pub fn has_owner(&self) -> bool {
        self.table.has("owner")
    }

    /// Something about a part of this text.
    #[must_use]
    pub fn found(&self, part: &Range<usize>, message: impl Into<String>) -> Found {
        let place = self.table.inside(&self.place, self.text, part);
        Found::new(self.scope.clone(), &place, message)
    }
}

/// Every text of a runbook that people read.
pub(super) fn of<'a>(root: Table<'a>, steps: &[Placed<'a>]) -> Vec<Prose<'a>> {
    let mut all = Vec::new();
    if let Some(head) = root.table("runbook") {
        add(&mut all, head, &Scope::Runbook, &[("title", Says::Title)]);
    }
    for (phase, table) in Phase::ALL.into_iter().zip(root.tables("phase")) {
        let scope = Scope::Phase(phase);
        add(&mut all, table, &scope, &[("goal", Says::Why), ("skip", Says::Why)]);
        for exit in table.tables("exit") {
            let keys = [("criterion", Says::Criterion), ("attest", Says::Criterion)];
            add(&mut all, exit, &scope, &keys);
        }
    }
    for placed in steps.iter().filter(|placed| !matches!(placed.part, Part::Criterion(_))) {
        let keys = [
            ("title", Says::Title),
            ("why", Says::Why),
            ("irreversible", Says::Why),
            ("manual", Says::Manual),
        ];
        add(&mut all, placed.table, placed.scope(), &keys);
    }
    if let Some(rollback) = root.table("rollback") {
        let of_text = |(text, place)| Prose {
            says: Says::When,
            text,
            place,
            table: rollback,
            scope: Scope::Runbook,
        };
        all.extend(rollback.items("when").into_iter().map(of_text));
    }
    all
}

fn add<'a>(all: &mut Vec<Prose<'a>>, table: Table<'a>, scope: &Scope, keys: &[(&str, Says)]) {
    for (key, says) in keys {
        if let Some((text, place)) = table.text(key) {
            all.push(Prose { says: *says, text, place, table, scope: scope.clone() });
        }
    }
}

/// Words that say nothing of what a text is about.
const EMPTY: [&str; 24] = [
    "a", "all", "an", "and", "are", "as", "be", "been", "for", "has", "have", "in", "is", "it",
    "its", "of", "on", "our", "that", "the", "to", "was", "were", "with",
];

/// What a text is about: its words without endings, in no order. `Define the quality gates` and
/// `Quality gates are defined` are about the same.
#[must_use]
pub fn gist(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_alphanumeric() && !"{}_.-/".contains(c));
    let words = words.map(|word| word.trim_matches(['.', '-', '/']).to_lowercase());
    let words = words.filter(|word| !word.is_empty() && !EMPTY.contains(&word.as_str()));
    words.map(|word| stem(&word).to_owned()).collect()
}

fn stem(word: &str) -> &str {
    let endings = ["ing", "ed", "es", "e", "s"];
    let mut cut = endings.iter().filter_map(|end| word.strip_suffix(end));
    let short = cut.next().filter(|_| !word.ends_with("ss"));
    short.filter(|short| short.len() >= 3).unwrap_or(word)
}
