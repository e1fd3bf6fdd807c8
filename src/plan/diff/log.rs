//! The changes found so far, and the few ways in which two values differ.

use super::{Change, Risk};
use crate::value::Span;

/// What it means that something came, went, and became another.
#[derive(Clone, Copy)]
pub(super) struct Risks {
    pub added: Risk,
    pub removed: Risk,
    pub changed: Risk,
}

/// Whatever happens to it, the risk is the same.
pub(super) const OTHER: Risks =
    Risks { added: Risk::Other, removed: Risk::Other, changed: Risk::Other };

/// Better with it than without.
pub(super) const GUARD: Risks =
    Risks { added: Risk::Safer, removed: Risk::Riskier, changed: Risk::Other };

/// What has been found.
#[derive(Default)]
pub(super) struct Log {
    pub changes: Vec<Change>,
    place: String,
}

impl Log {
    /// Everything that follows stands here.
    pub fn at(&mut self, place: impl Into<String>) {
        self.place = place.into();
    }

    pub fn place(&self) -> String {
        self.place.clone()
    }

    /// Forgets what follows of a change of `[aws]`, since that was told: a check of the identity
    /// holds what `[aws]` says.
    pub fn forget_told(&mut self, from: usize) {
        let new = self.changes.split_off(from);
        let pinned = |change: &&Change| change.place == "[aws]";
        let told: Vec<_> = self.changes.iter().filter(pinned).cloned().collect();
        let is_told = |change: &Change| {
            let same = |one: &Change| (&one.before, &one.after) == (&change.before, &change.after);
            change.place.ends_with("check aws_identity") && told.iter().any(same)
        };
        self.changes.extend(new.into_iter().filter(|change| !is_told(change)));
    }

    /// A change that is said in words alone.
    pub fn say(&mut self, risk: Risk, kind: &'static str, what: impl Into<String>) {
        self.add(risk, kind, what.into(), None, None);
    }

    pub fn add(
        &mut self,
        risk: Risk,
        kind: &'static str,
        what: String,
        before: Option<String>,
        after: Option<String>,
    ) {
        let place = self.place.clone();
        self.changes.push(Change { risk, kind, place, what, before, after });
    }

    /// A value that may be there or not.
    pub fn option<T: PartialEq + ToString>(
        &mut self,
        kind: &'static str,
        name: &str,
        (old, new): (Option<&T>, Option<&T>),
        risks: Risks,
    ) {
        let (risk, what) = match (old, new) {
            (None, Some(_)) => (risks.added, format!("{name}: added")),
            (Some(_), None) => (risks.removed, format!("{name}: removed")),
            (Some(old), Some(new)) if old != new => (risks.changed, format!("{name}: changed")),
            (Some(_), Some(_)) | (None, None) => return,
        };
        self.add(risk, kind, what, old.map(ToString::to_string), new.map(ToString::to_string));
    }

    /// A value that is always there.
    pub fn value<T: PartialEq + ToString>(
        &mut self,
        kind: &'static str,
        name: &str,
        (old, new): (&T, &T),
        changed: Risk,
    ) {
        self.option(kind, name, (Some(old), Some(new)), Risks { changed, ..OTHER });
    }

    /// A yes or no; what it means to become each.
    pub fn flag(
        &mut self,
        kind: &'static str,
        (old, new): (bool, bool),
        (yes, no): ((Risk, &str), (Risk, &str)),
    ) {
        if old != new {
            let (risk, what) = if new { yes } else { no };
            self.say(risk, kind, what);
        }
    }

    /// A length of time; what it means to become longer. Shorter is the opposite.
    pub fn span(&mut self, kind: &'static str, name: &str, (old, new): (Span, Span), longer: Risk) {
        self.amount(
            kind,
            name,
            (old.millis(), new.millis()),
            (old.to_string(), new.to_string()),
            longer,
        );
    }

    /// A number and how it is written; what it means to become larger.
    pub fn amount<T: PartialOrd>(
        &mut self,
        kind: &'static str,
        name: &str,
        (old, new): (T, T),
        (before, after): (String, String),
        larger: Risk,
    ) {
        if old == new {
            return;
        }
        let smaller = match larger {
            Risk::Riskier => Risk::Safer,
            Risk::Safer => Risk::Riskier,
            Risk::Other => Risk::Other,
        };
        let (risk, word) = if new > old { (larger, "raised") } else { (smaller, "lowered") };
        self.add(risk, kind, format!("{name}: {word}"), Some(before), Some(after));
    }

    /// Texts of which each counts for itself; their order means nothing.
    pub fn set(
        &mut self,
        kind: &'static str,
        name: &str,
        (old, new): (&[String], &[String]),
        risks: Risks,
    ) {
        for gone in old.iter().filter(|one| !new.contains(one)) {
            self.add(risks.removed, kind, format!("{name}: removed"), Some(gone.clone()), None);
        }
        for come in new.iter().filter(|one| !old.contains(one)) {
            self.add(risks.added, kind, format!("{name}: added"), None, Some(come.clone()));
        }
    }
}
