//! What is planned and not in this version: it is named as such, not as a mistake.

use std::ops::Range;

use toml::de::DeValue;

use super::super::problem::{Code, Problem, quoted};

/// A key that this version does not know yet.
pub(super) fn key(key: &str) -> Option<Code> {
    match key {
        "aws" => Some(Code::LaterAws),
        _ if key.starts_with("aws_") => Some(Code::LaterAwsCheck),
        _ => None,
    }
}

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

pub(super) fn problem(code: Code, key: &str, place: &Range<usize>) -> Problem {
    let what = if code == Code::LaterApprovers {
        "more than one approver".to_owned()
    } else {
        quoted(key)
    };
    let message = format!("{what} is not in this version");
    Problem::new(code, place, message)
}
