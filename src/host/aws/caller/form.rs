//! Input as a form: the query protocols.

use serde_json::{Map, Value as Json};

use super::percent;
use super::plain;
use super::xml::time_or_same;
use crate::check::cloud::model::{Operation, Place, Protocol, Service, Shape, Type};

/// The form that asks for an operation.
pub(super) fn form(
    service: &Service,
    operation: &str,
    found: &Operation,
    input: &Map<String, Json>,
) -> String {
    let mut out = Form {
        service,
        text: format!("Action={operation}&Version={}", percent::encoded(&service.version)),
    };
    if let Some(at) = found.input {
        out.put("", Type::Shape(at), &Json::Object(input.clone()));
    }
    out.text
}

struct Form<'a> {
    service: &'a Service,
    text: String,
}

impl Form<'_> {
    fn put(&mut self, name: &str, of: Type, value: &Json) {
        let service = self.service;
        let shape = if let Type::Shape(at) = of { service.shape(at) } else { None };
        match (shape, value) {
            (Some(Shape::Structure { members }), Json::Object(given)) => {
                for (key, value) in given {
                    let Some(member) = members.get(key) else { continue };
                    let Place::Body(own) = &member.place else { continue };
                    self.put(&within(name, own.as_ref().unwrap_or(key)), member.of, value);
                }
            }
            (Some(Shape::List { of, flat, item }), Json::Array(values)) => {
                let flat = *flat == 1 || service.protocol == Protocol::Ec2;
                let item = item.as_deref().unwrap_or("member");
                let name = if flat { name.to_owned() } else { within(name, item) };
                for (at, value) in values.iter().enumerate() {
                    self.put(&format!("{name}.{}", at + 1), *of, value);
                }
            }
            (Some(Shape::Map { of, names, flat }), Json::Object(given)) => {
                let name = if *flat == 1 { name.to_owned() } else { within(name, "entry") };
                let names = names.as_ref();
                let (key, held) = names.map_or(("key", "value"), |(key, held)| (key, held));
                for (at, (own, value)) in given.iter().enumerate() {
                    let entry = format!("{name}.{}", at + 1);
                    self.put(&within(&entry, key), Type::Text, &Json::from(own.as_str()));
                    self.put(&within(&entry, held), *of, value);
                }
            }
            (_, Json::Null) => {}
            (_, value) => {
                let text = plain(&time_or_same(of, value));
                self.text.push_str(&format!("&{name}={}", percent::encoded(&text)));
            }
        }
    }
}

fn within(outer: &str, inner: &str) -> String {
    if outer.is_empty() { inner.to_owned() } else { format!("{outer}.{inner}") }
}
