//! From bytes to a [`Runbook`]: the limits, the TOML, the shape, the meaning, in this order.
//! Every problem of one kind is told at once; a text that is no TOML has no shape to look at.

use std::ops::Range;

use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Runbook;
use super::problem::{Code, Problem, Problems, quoted};
use super::resolve::resolve;
use super::shape::Shape;
use super::syntax::Document;

mod faults;

/// The largest file.
const LARGEST: usize = 1 << 20;
/// Most pieces of TOML: words, signs, strings, comments, spaces between them. A runbook of 500
/// full steps has about 100,000.
const PIECES: usize = 120_000;
/// Deepest nesting, the file itself counted as 0.
const DEEPEST: usize = 16;
/// Most places that are too deep.
const MOST: usize = 1000;

impl Runbook {
    /// Reads a runbook. `name` is what messages call it.
    ///
    /// # Errors
    /// With everything that is wrong with it.
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, Problems> {
        if bytes.len() > LARGEST {
            return Err(Problems::new(name, "", vec![too_large()]));
        }
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::parse(name, text),
            Err(error) => {
                let (good, bad) = bytes.split_at(error.valid_up_to());
                let good = std::str::from_utf8(good).expect("valid up to here");
                let message = format!(
                    "byte {} of the file, {:#04x}, is not UTF-8",
                    good.len() + 1,
                    bad.first().copied().unwrap_or_default()
                );
                let place = good.len()..good.len();
                Err(Problems::new(name, good, vec![Problem::new(Code::NotUtf8, &place, message)]))
            }
        }
    }

    /// Reads a runbook that is already text.
    ///
    /// # Errors
    /// With everything that is wrong with it.
    pub fn parse(name: &str, text: &str) -> Result<Self, Problems> {
        if text.len() > LARGEST {
            return Err(Problems::new(name, "", vec![too_large()]));
        }
        read(text).map_err(|problems| Problems::new(name, text, problems))
    }
}

fn read(text: &str) -> Result<Runbook, Vec<Problem>> {
    let found = unfit_text(text);
    if !found.is_empty() {
        return Err(found);
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(faults::faults(text, &errors));
    }
    let root = root.into_inner();
    let mut deep = Vec::new();
    root.iter().for_each(|(key, value)| too_deep(key.get_ref(), value, 1, &mut deep));
    if !deep.is_empty() {
        return Err(deep);
    }
    let (shape, left) = Shape::check(text, root);
    let deserializer = toml::Deserializer::from(Spanned::new(0..0, left));
    match Document::deserialize(deserializer) {
        Ok(document) => resolve(text, document, shape),
        Err(error) => {
            let mut problems = shape.problems;
            let place = error.span().unwrap_or_default();
            problems.push(Problem::new(Code::Unreadable, &place, error.message().trim()));
            Err(problems)
        }
    }
}

/// How large it is nobody knows: no more of it was read.
fn too_large() -> Problem {
    let message =
        format!("the file has more than {LARGEST} bytes, the most that a runbook may have");
    Problem::new(Code::TooLarge, &(0..0), message)
}

/// What makes a text no candidate for TOML, found without building anything from it.
fn unfit_text(text: &str) -> Vec<Problem> {
    let mut found = Vec::new();
    if text.starts_with('\u{feff}') {
        let message = "the file begins with a byte order mark";
        found.push(Problem::new(Code::ByteOrderMark, &(0..3), message));
    }
    if let Some(at) = text.find('\0') {
        let count = text.bytes().filter(|byte| *byte == 0).count();
        let message = format!("the file holds {count} NUL characters, the first one here");
        found.push(Problem::new(Code::Nul, &(at..at + 1), message));
    }
    if found.is_empty() && toml_parser::Source::new(text).lex().nth(PIECES).is_some() {
        let message = format!("the file has more than {PIECES} pieces: words, signs, strings");
        found.push(Problem::new(Code::TooMany, &(0..0), message));
    }
    found
}

fn too_deep(key: &str, value: &Spanned<DeValue<'_>>, depth: usize, found: &mut Vec<Problem>) {
    if found.len() >= MOST {
        return;
    }
    let nested = matches!(value.get_ref(), DeValue::Table(_) | DeValue::Array(_));
    if nested && depth > DEEPEST {
        let message = format!("{} is nested more than {DEEPEST} deep", quoted(key));
        found.push(Problem::new(Code::TooDeep, &first_byte(&value.span()), message));
        return;
    }
    match value.get_ref() {
        DeValue::Table(table) => {
            table.iter().for_each(|(key, value)| too_deep(key.get_ref(), value, depth + 1, found));
        }
        DeValue::Array(items) => {
            items.iter().for_each(|item| too_deep(key, item, depth + 1, found));
        }
        DeValue::String(_)
        | DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_) => {}
    }
}

fn first_byte(span: &Range<usize>) -> Range<usize> {
    span.start..span.end.min(span.start + 1)
}
