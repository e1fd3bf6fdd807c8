//! Values of JSON protocols: other names of fields, times. All else is as it is.

use serde_json::{Map, Value as Json};

use super::time;
use crate::check::cloud::model::{Place, Service, Shape, Type};

/// Which way a value goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Out,
    In,
}

/// The value in the names and forms of the other side.
pub(super) fn converted(service: &Service, of: Type, value: Json, way: Way) -> Json {
    match of {
        Type::Epoch | Type::Iso | Type::Http if way == Way::In => time::told(&value),
        Type::Epoch | Type::Iso | Type::Http => time::written(&value, of),
        Type::Any | Type::Text | Type::Number | Type::Truth | Type::Bytes => value,
        Type::Shape(at) => match service.shape(at) {
            Some(shape) => shaped(service, shape, value, way),
            None => value,
        },
    }
}

fn shaped(service: &Service, shape: &Shape, value: Json, way: Way) -> Json {
    match (shape, value) {
        (Shape::Structure { .. }, Json::Object(fields)) => {
            Json::Object(fields_of(service, shape, fields, way))
        }
        (Shape::List { of, .. }, Json::Array(values)) => {
            values.into_iter().map(|value| converted(service, *of, value, way)).collect()
        }
        (Shape::Map { of, .. }, Json::Object(fields)) => {
            let one = |(key, value)| (key, converted(service, *of, value, way));
            Json::Object(fields.into_iter().map(one).collect())
        }
        (_, value) => value,
    }
}

/// The fields of a structure, with those that the model does not name as they are.
pub(super) fn fields_of(
    service: &Service,
    shape: &Shape,
    mut fields: Map<String, Json>,
    way: Way,
) -> Map<String, Json> {
    let Shape::Structure { members } = shape else { return fields };
    let mut done = Map::new();
    for (key, member) in members {
        let Place::Body(name) = &member.place else { continue };
        let name = name.as_ref().unwrap_or(key);
        let (from, to) = if way == Way::In { (name, key) } else { (key, name) };
        if let Some(value) = fields.remove(from) {
            done.insert(to.clone(), converted(service, member.of, value, way));
        }
    }
    fields.extend(done);
    fields
}
