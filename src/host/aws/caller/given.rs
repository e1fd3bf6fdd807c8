//! Input that earlier calls answered with.

use serde_json::{Map, Value as Json};

use crate::check::cloud::model::{Operation, Service, Type};
use crate::check::cloud::{Answer, Call, Given};

/// The inputs that a call is made with, one after another. None where there is nothing to ask.
pub(super) fn inputs(
    call: &Call,
    service: &Service,
    found: &Operation,
    answers: &[Answer],
) -> Option<Vec<Json>> {
    let mut inputs = vec![call.input.clone()];
    for given in &call.given {
        let values = values(given, answers)?;
        // A field that holds one value takes one, whatever it was given.
        let is_one = found
            .input
            .and_then(|at| service.members(at)?.get(&given.field))
            .is_some_and(|member| !matches!(member.of, Type::Any | Type::Shape(_)));
        let most = if is_one { 1 } else { given.at_most.max(1) };
        let filled = inputs.iter().flat_map(|input| {
            values.chunks(most).map(move |chunk| {
                let value = match chunk {
                    [one] if is_one => (*one).clone(),
                    many => many.iter().copied().cloned().collect(),
                };
                with(input, &given.field, Some(value))
            })
        });
        inputs = filled.collect();
    }
    Some(inputs)
}

/// What was found there. None where that is nothing.
fn values<'a>(given: &Given, answers: &'a [Answer]) -> Option<Vec<&'a Json>> {
    let nodes = answers.get(given.call)?.at(&given.path)?;
    let one = |node: &'a Json| match node {
        Json::Array(values) => values.iter().collect(),
        one => vec![one],
    };
    let values: Vec<&Json> = nodes.iter().flat_map(one).collect();
    (!values.is_empty()).then_some(values)
}

/// The input with another value of a field, or without it.
pub(super) fn with(input: &Json, field: &str, value: Option<Json>) -> Json {
    let mut fields = input.as_object().cloned().unwrap_or_else(Map::new);
    match value {
        Some(value) => drop(fields.insert(field.to_owned(), value)),
        None => drop(fields.remove(field)),
    }
    Json::Object(fields)
}
