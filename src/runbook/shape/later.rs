//! What is planned and not in this version: it is named as such, not as a mistake.

use std::ops::Range;

use toml::de::DeValue;

use super::super::problem::{Code, Problem};

/// A value that this version does not know yet.
pub(super) fn value(key: &str, value: &DeValue<'_>) -> Option<Code> {
    match (key, value) {
        ("approvers", DeValue::Integer(number)) => number
            .as_str()
            .parse::<u64>()
            .is_ok_and(|number| (2..=1000).contains(&number))
            .then_some(Code::LaterApprovers),
        _ => None,
    }
}

pub(super) fn problem(code: Code, place: &Range<usize>) -> Problem {
    Problem::new(code, place, "more than one approver is not in this version")
}
