//! Whether two texts of TOML mean the same but for what was edited on purpose.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::mend::Placed;

/// Whether something means something else that no edit touches.
pub(super) fn differs_elsewhere(old: &str, new: &str, edits: &[Placed]) -> bool {
    let (old, old_faults) = DeTable::parse_recoverable(old);
    let (new, new_faults) = DeTable::parse_recoverable(new);
    let faults = !old_faults.is_empty() || !new_faults.is_empty();
    faults || Compare { edits }.tables(old.get_ref(), new.get_ref())
}

struct Compare<'a> {
    edits: &'a [Placed],
}

impl Compare<'_> {
    fn was_edited(&self, old: &Range<usize>) -> bool {
        self.edits.iter().any(|(edit, _)| touches(edit, old))
    }

    fn is_edited(&self, new: &Range<usize>) -> bool {
        self.edits.iter().any(|(_, edit)| touches(edit, new))
    }

    fn tables(&self, old: &DeTable<'_>, new: &DeTable<'_>) -> bool {
        let gone =
            old.iter().any(|(key, _)| !new.contains_key(key) && !self.was_edited(&key.span()));
        gone || new.iter().any(|(key, value)| match old.get(key) {
            Some(was) => self.values(was, value),
            None => !self.is_edited(&key.span()),
        })
    }

    fn values(&self, old: &Spanned<DeValue<'_>>, new: &Spanned<DeValue<'_>>) -> bool {
        match (old.get_ref(), new.get_ref()) {
            (DeValue::Table(old), DeValue::Table(new)) => self.tables(old, new),
            (DeValue::Array(was), DeValue::Array(is)) if was.len() == is.len() => {
                was.iter().zip(is).any(|(old, new)| self.values(old, new))
            }
            // A list of which an item came or went: the edit must lie in it.
            (one, other) => {
                let same = match (one, other) {
                    (DeValue::String(one), DeValue::String(other)) => one == other,
                    (DeValue::Boolean(one), DeValue::Boolean(other)) => one == other,
                    (DeValue::Integer(one), DeValue::Integer(other)) => {
                        one.to_string() == other.to_string()
                    }
                    (DeValue::Float(one), DeValue::Float(other)) => {
                        one.to_string() == other.to_string()
                    }
                    (DeValue::Datetime(one), DeValue::Datetime(other)) => one == other,
                    _ => false,
                };
                let on_purpose = self.was_edited(&old.span()) && self.is_edited(&new.span());
                !(same || on_purpose)
            }
        }
    }
}

fn touches(edit: &Range<usize>, place: &Range<usize>) -> bool {
    edit.start <= place.end && place.start <= edit.end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_was_meant_from_what_was_not() {
        let old = "a = 1\nb = 'x'\nc = [1, 2]\n";
        let edit = |at: Range<usize>, len: usize| [(at.clone(), at.start..at.start + len)];
        assert!(!differs_elsewhere(old, old, &[]));
        assert!(!differs_elsewhere(old, "a = 2\nb = 'x'\nc = [1, 2]\n", &edit(4..5, 1)));
        assert!(differs_elsewhere(old, "a = 2\nb = 'x'\nc = [1, 2]\n", &edit(10..13, 3)));
        assert!(differs_elsewhere(old, "a = 1\nb = 'y'\nc = [1, 2]\n", &edit(4..5, 1)));
        assert!(!differs_elsewhere(old, "a = 1\nb = 'x'\nc = [1]\n", &edit(20..23, 0)));
        // A quote that is never closed takes the next line with it.
        assert!(differs_elsewhere(old, "a = 1\nb = 'x\nc = [1, 2]\n", &edit(12..13, 0)));
        // A key that disappears because its line became a comment.
        let commented = "a = 1 #\nb = 'x'\n# c = [1, 2]\n";
        assert!(differs_elsewhere(old, commented, &[(5..5, 5..7)]));
    }
}
