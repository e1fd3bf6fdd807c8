//! What a schema says of a value's type, and how that is told to people.

use std::ops::RangeInclusive;

use serde_json::Value as Json;
use toml::de::DeValue;

use super::super::problem::{Code, Problem, quoted};
use super::super::schema::SCHEMA;
use super::{Shape, Spot, Value, nearest};

/// Whether a schema is that of a check, in which every text may name variables.
pub(super) fn is_check(schema: &Json) -> bool {
    schema["$ref"] == "#/$defs/CheckTable"
}

/// The schema behind a reference.
pub(super) fn resolved(mut schema: &'static Json) -> &'static Json {
    while let Some(name) = schema["$ref"].as_str().and_then(|path| path.strip_prefix("#/$defs/")) {
        schema = &SCHEMA["$defs"][name];
    }
    schema
}

/// The schema, or the one of its alternatives, that a value of this type is judged by.
pub(super) fn branch_for(schema: &'static Json, value: &DeValue<'_>) -> Option<&'static Json> {
    for key in ["anyOf", "oneOf"] {
        if let Some(branches) = schema[key].as_array() {
            return branches.iter().map(resolved).find_map(|branch| branch_for(branch, value));
        }
    }
    let types = types(schema);
    let fits = if types.is_empty() {
        !matches!(value, DeValue::Datetime(_))
    } else {
        types.iter().any(|name| is_a(name, value)) || schema["format"] == "date" && is_day(value)
    };
    fits.then_some(schema)
}

fn is_a(name: &str, value: &DeValue<'_>) -> bool {
    matches!(
        (name, value),
        ("string", DeValue::String(_))
            | ("integer" | "number", DeValue::Integer(_))
            | ("number", DeValue::Float(_))
            | ("boolean", DeValue::Boolean(_))
            | ("array", DeValue::Array(_))
            | ("object", DeValue::Table(_))
    )
}

/// A day as TOML writes it, without quotes and without a time.
fn is_day(value: &DeValue<'_>) -> bool {
    matches!(value, DeValue::Datetime(day) if day.date.is_some() && day.time.is_none())
}

/// The JSON types that a schema allows; none where it allows all of them.
fn types(schema: &'static Json) -> Vec<&'static str> {
    if let Some(name) = schema["type"].as_str() {
        return vec![name];
    }
    if let Some(names) = schema["type"].as_array() {
        return names.iter().filter_map(Json::as_str).collect();
    }
    let branches = ["anyOf", "oneOf"].into_iter().filter_map(|key| schema[key].as_array());
    branches.flatten().flat_map(|branch| types(resolved(branch))).collect()
}

/// What a key is for, in its first sentence.
pub(super) fn says(schema: &'static Json) -> Option<&'static str> {
    let description = schema["description"].as_str().or(resolved(schema)["description"].as_str());
    description.map(|text| text.split("\n\n").next().unwrap_or(text).trim_end_matches('.'))
}

/// `1 to 100`, `at least 1`, `1`.
pub(super) fn range(limits: &RangeInclusive<i64>) -> String {
    let (least, most) = (limits.start(), limits.end());
    if least == most {
        format!("{least}")
    } else if *most == i64::MAX {
        format!("at least {least}")
    } else {
        format!("{least} to {most}")
    }
}

impl Shape<'_> {
    pub(super) fn wrong_type(&mut self, schema: &'static Json, spot: Spot<'_>, value: &Value<'_>) {
        let mut wanted: Vec<&str> = types(schema).into_iter().map(in_words).collect();
        wanted.dedup();
        let wanted = match wanted.as_slice() {
            [] => "a text, a number, true, false, a list or a table".to_owned(),
            wanted => wanted.join(" or "),
        };
        let found = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time without quotes",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let message = format!("{} must be {wanted}, found {found}", quoted(spot.key));
        let problem = Problem::new(Code::WrongType, &value.span(), message)
            .here(format!("{found}, wanted {wanted}"));
        let scalar = matches!(
            value.get_ref(),
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Boolean(_) | DeValue::Datetime(_)
        );
        self.problems.push(match types(schema).as_slice() {
            ["string"] if scalar => problem.help("put it in quotes"),
            ["array"] if !value.get_ref().is_table() => problem.help("put it in brackets: `[ … ]`"),
            _ => problem,
        });
    }

    /// Texts are looked at in `text`; numbers here.
    pub(super) fn scalar(
        &mut self,
        schema: &'static Json,
        spot: Spot<'_>,
        span: &std::ops::Range<usize>,
        value: &DeValue<'_>,
    ) {
        match value {
            DeValue::String(text) => {
                if self.is_a_choice(schema, spot, span, text) {
                    self.text(schema, spot, span, text);
                }
            }
            DeValue::Integer(number) => {
                let limits = limits(schema);
                let read = i64::from_str_radix(number.as_str(), number.radix());
                if !read.as_ref().is_ok_and(|read| limits.contains(read)) {
                    let message = format!(
                        "{} is {}, wanted {}",
                        quoted(spot.key),
                        quoted(number.as_str()),
                        range(&limits)
                    );
                    self.problems.push(Problem::new(Code::OutOfRange, span, message));
                }
            }
            DeValue::Float(number) => {
                if !number.as_str().parse::<f64>().is_ok_and(f64::is_finite) {
                    let message = format!("{} is no finite number", quoted(spot.key));
                    self.problems.push(Problem::new(Code::OutOfRange, span, message));
                }
            }
            DeValue::Boolean(_) | DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => {}
        }
    }

    fn is_a_choice(
        &mut self,
        schema: &'static Json,
        spot: Spot<'_>,
        span: &std::ops::Range<usize>,
        text: &str,
    ) -> bool {
        let constant = schema.get("const").map(std::slice::from_ref);
        let several = schema["enum"].as_array().map(Vec::as_slice);
        let Some(choices) = several.or(constant).filter(|_| schema["x-resolved"] != true) else {
            return true;
        };
        let choices: Vec<&str> = choices.iter().filter_map(Json::as_str).collect();
        if choices.contains(&text) {
            return true;
        }
        let message = format!("{} cannot be {}", quoted(spot.key), quoted(text));
        let list = choices.iter().map(|choice| format!("`{choice}`")).collect::<Vec<_>>();
        let help = match nearest(text, choices.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("write one of {}", list.join(", ")),
        };
        self.problems.push(Problem::new(Code::NotAChoice, span, message).help(help));
        false
    }
}

/// The limits of a whole number; what the schema does not say, its width does.
fn limits(schema: &Json) -> RangeInclusive<i64> {
    let (least, most) = match schema["format"].as_str() {
        Some("uint8") => (0, i64::from(u8::MAX)),
        Some("uint16") => (0, i64::from(u16::MAX)),
        Some("uint32") => (0, i64::from(u32::MAX)),
        Some("uint64" | "uint") => (0, i64::MAX),
        Some("int8") => (i64::from(i8::MIN), i64::from(i8::MAX)),
        Some("int16") => (i64::from(i16::MIN), i64::from(i16::MAX)),
        Some("int32") => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    schema["minimum"].as_i64().unwrap_or(least)..=schema["maximum"].as_i64().unwrap_or(most)
}

fn in_words(name: &'static str) -> &'static str {
    match name {
        "string" => "a text in quotes",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        _ => "a table",
    }
}
