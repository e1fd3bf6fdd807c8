//! The check of the shape: walks the TOML along the schema and reports every unknown key, wrong
//! type, missing key and ill-formed value where it stands. What is wrong is left out of what it
//! gives back, so that the rest can still be read. What keys mean together is not known here.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use regex::Regex;
use serde_json::{Map, Value as Json};
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::problem::{Code, Problem, quoted};
use super::schema::SCHEMA;

mod later;
mod suggest;
mod text;
mod types;

pub(super) use suggest::nearest;
pub(super) use text::{PATTERNS, whole_pattern};

type Value<'i> = Spanned<DeValue<'i>>;
type Keyed<'i> = (Spanned<std::borrow::Cow<'i, str>>, Value<'i>);

/// Where the schema says nothing.
static ANYTHING: Json = Json::Bool(true);

/// What the walk found besides problems.
#[derive(Default)]
pub(super) struct Shape<'i> {
    pub problems: Vec<Problem>,
    /// Variables where they are used.
    pub uses: Vec<(String, Range<usize>)>,
    /// Tables of which something was left out: nothing may be concluded from what is not there.
    pub damaged: HashSet<Range<usize>>,
    /// The text that spans point into.
    source: &'i str,
    /// Patterns of the schema, compiled once.
    patterns: HashMap<&'static str, Option<Regex>>,
    /// Patterns and paths of the runbook that were looked at.
    seen: HashSet<String>,
}

/// Where the walk is.
#[derive(Clone, Copy)]
struct Spot<'a> {
    /// The key whose value is looked at, for messages.
    key: &'a str,
    /// Where the key stands; where its value stands, for the items of a list.
    key_span: (usize, usize),
    /// Whether variables are filled in all texts, because it is a check.
    in_check: bool,
}

impl Spot<'_> {
    fn key_range(&self) -> Range<usize> {
        self.key_span.0..self.key_span.1
    }
}

/// What is left of a value, and whether that is all of it.
struct Left<T> {
    value: Option<T>,
    whole: bool,
}

impl<T> Left<T> {
    fn nothing() -> Self {
        Self { value: None, whole: false }
    }
}

impl<'i> Shape<'i> {
    /// Walks the whole document.
    pub fn check(source: &'i str, root: DeTable<'i>) -> (Self, DeTable<'i>) {
        let mut shape = Self { source, ..Self::default() };
        let spot = Spot { key: "", key_span: (0, 0), in_check: false };
        let left = shape.table(&SCHEMA, spot, &(0..0), root);
        (shape, left.value.unwrap_or_default())
    }

    fn value(
        &mut self,
        schema: &'static Json,
        spot: Spot<'_>,
        value: Value<'i>,
    ) -> Left<Value<'i>> {
        let in_check = spot.in_check || types::is_check(schema);
        let spot = Spot { in_check, ..spot };
        let schema = types::resolved(schema);
        let span = value.span();
        let Some(schema) = types::branch_for(schema, value.get_ref()) else {
            self.wrong_type(schema, spot, &value);
            return Left::nothing();
        };
        let value = value.into_inner();
        if let Some(code) = later::value(spot.key, &value) {
            self.problems.push(later::problem(code, &span));
            return Left::nothing();
        }
        match value {
            DeValue::Table(table) => {
                let left = self.table(schema, spot, &span, table);
                let value = left.value.map(|table| Spanned::new(span, DeValue::Table(table)));
                Left { value, whole: left.whole }
            }
            DeValue::Array(array) => {
                let left = self.array(schema, spot, &span, array);
                let value = left.value.map(|array| Spanned::new(span, DeValue::Array(array)));
                Left { value, whole: left.whole }
            }
            scalar @ (DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)) => {
                let before = self.problems.len();
                self.scalar(schema, spot, &span, &scalar);
                let whole = self.problems.len() == before;
                Left { value: whole.then(|| Spanned::new(span, scalar)), whole }
            }
        }
    }

    fn table(
        &mut self,
        schema: &'static Json,
        spot: Spot<'_>,
        span: &Range<usize>,
        table: DeTable<'i>,
    ) -> Left<DeTable<'i>> {
        let known = schema["properties"].as_object();
        let mut whole = self.required_keys(schema, spot, span, &table);
        let count = table.len();
        let mut keys: Vec<Keyed<'i>> = table.into_iter().collect();
        keys.sort_by_key(|(key, _)| key.span().start);
        let mut kept = DeTable::new();
        for (key, value) in keys {
            let name = key.get_ref().clone();
            let key_span = (key.span().start, key.span().end);
            let inner = Spot { key: &name, key_span, in_check: spot.in_check };
            let Some(schema) = self.schema_of_key(schema, known, inner) else {
                whole = false;
                continue;
            };
            let left = self.value(schema, inner, value);
            whole &= left.whole || left.value.is_some() && is_table(left.value.as_ref());
            if let Some(value) = left.value {
                kept.insert(key, value);
            }
        }
        whole &= self.count(schema, spot, span, Held::Keys(count));
        if !whole {
            self.damaged.insert(span.clone());
        }
        let partial = schema["x-partial"] == true;
        Left { value: (whole || partial).then_some(kept), whole }
    }

    fn required_keys(
        &mut self,
        schema: &'static Json,
        spot: Spot<'_>,
        span: &Range<usize>,
        table: &DeTable<'i>,
    ) -> bool {
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str);
        let missing: Vec<&str> = required.filter(|key| !table.contains_key(*key)).collect();
        let [first, ..] = missing.as_slice() else { return true };
        let place = if span.is_empty() { &spot.key_range() } else { span };
        let names = missing.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let message = match spot.key {
            "" => format!("the runbook has no {names}"),
            table => format!("{} has no {names}", quoted(table)),
        };
        let says = types::says(&schema["properties"][*first]).filter(|_| missing.len() == 1);
        let help = match says {
            Some(says) => format!("add {names}: {says}"),
            None => format!("add {names}"),
        };
        let problem = Problem::new(Code::MissingKey, &place.clone(), message);
        self.problems.push(problem.here(format!("{names} missing")).help(help));
        false
    }

    /// The schema of a key's value, or a problem where the table has no such key.
    fn schema_of_key(
        &mut self,
        schema: &'static Json,
        known: Option<&'static Map<String, Json>>,
        spot: Spot<'_>,
    ) -> Option<&'static Json> {
        if let Some(found) = known.and_then(|known| known.get(spot.key)) {
            return Some(found);
        }
        let rest = schema.get("additionalProperties").unwrap_or(&ANYTHING);
        if *rest == false {
            self.problems.push(unknown_key(known, spot));
            return None;
        }
        text::key_is_legal(&schema["propertyNames"], spot, &mut self.problems).then_some(rest)
    }

    fn array(
        &mut self,
        schema: &'static Json,
        spot: Spot<'_>,
        span: &Range<usize>,
        array: DeArray<'i>,
    ) -> Left<DeArray<'i>> {
        let mut whole = self.count(schema, spot, span, Held::Items(array.len()));
        let items = schema.get("items").unwrap_or(&ANYTHING);
        let mut kept = DeArray::new();
        for item in array {
            let key_span = (item.span().start, item.span().end);
            let left = self.value(items, Spot { key_span, ..spot }, item);
            whole &= left.whole || is_table(left.value.as_ref());
            if let Some(item) = left.value {
                kept.push(item);
            }
        }
        Left { value: (whole || !spot.in_check).then_some(kept), whole }
    }

    /// Whether there are as many as there may be.
    fn count(&mut self, schema: &Json, spot: Spot<'_>, span: &Range<usize>, held: Held) -> bool {
        let (least, most) = match held {
            Held::Items(_) => ("minItems", "maxItems"),
            Held::Keys(_) => ("minProperties", "maxProperties"),
        };
        let (Held::Items(found) | Held::Keys(found)) = held;
        let limits =
            schema[least].as_i64().unwrap_or(0)..=schema[most].as_i64().unwrap_or(i64::MAX);
        let fits = i64::try_from(found).is_ok_and(|found| limits.contains(&found));
        if fits || schema["x-resolved"] == true {
            return true;
        }
        let key = quoted(spot.key);
        self.problems.push(if found == 0 {
            Problem::new(Code::Empty, span, format!("{key} is empty"))
        } else {
            let message = format!("{key} holds {found}, wanted {}", types::range(&limits));
            Problem::new(Code::OutOfRange, span, message)
        });
        false
    }
}

/// How many items a list has, or keys a table.
#[derive(Clone, Copy)]
enum Held {
    Items(usize),
    Keys(usize),
}

fn unknown_key(known: Option<&Map<String, Json>>, spot: Spot<'_>) -> Problem {
    let place = spot.key_range();
    let keys: Vec<&str> = known.into_iter().flatten().map(|(key, _)| key.as_str()).collect();
    let message = format!("there is no key {} here", quoted(spot.key));
    let problem = Problem::new(Code::UnknownKey, &place, message);
    match nearest(spot.key, keys.iter().copied()) {
        Some(near) => problem.help(format!("did you mean `{near}`?")),
        None if keys.is_empty() => problem,
        None => problem.help(format!("the keys here are: {}", keys.join(", "))),
    }
}

/// A table that lost a part stands for itself: it is marked, and what holds it is not.
fn is_table(value: Option<&Value<'_>>) -> bool {
    value.is_some_and(|value| value.get_ref().is_table())
}
