//! Values in XML: read by the model, so that they have the reference's names and types, and
//! written for the few services that want to be asked so.

use std::collections::BTreeMap;

use roxmltree::Node;
use serde_json::{Map, Number, Value as Json};

use super::percent;
use super::time;
use crate::check::cloud::model::{Member, Place, Service, Shape, Type};

/// Why a value cannot be read.
type Unfit = String;

/// The fields of a structure that an element holds.
pub(super) fn fields(
    service: &Service,
    members: &BTreeMap<String, Member>,
    node: Node<'_, '_>,
) -> Result<Map<String, Json>, Unfit> {
    let mut found = Map::new();
    for (key, member) in members {
        let value = match &member.place {
            Place::Attribute(name) => {
                let name = name.as_ref().unwrap_or(key);
                let attribute = node.attributes().find(|attribute| attribute.name() == name);
                attribute.map(|attribute| Json::from(attribute.value()))
            }
            Place::Body(name) => field(service, member.of, node, name.as_ref().unwrap_or(key))?,
            _ => None,
        };
        found.extend(value.map(|value| (key.clone(), value)));
    }
    Ok(found)
}

/// A field by the name of its elements, if there are any.
fn field(
    service: &Service,
    of: Type,
    parent: Node<'_, '_>,
    name: &str,
) -> Result<Option<Json>, Unfit> {
    let mut named = elements(parent).filter(|node| node.tag_name().name() == name).peekable();
    let Some(&first) = named.peek() else { return Ok(None) };
    let Type::Shape(at) = of else { return value(service, of, first).map(Some) };
    match service.shape(at) {
        Some(Shape::List { of, flat: 1, .. }) => {
            let all: Result<_, _> = named.map(|node| value(service, *of, node)).collect();
            all.map(|all| Some(Json::Array(all)))
        }
        Some(Shape::Map { of, flat: 1, names }) => {
            map(service, *of, names.as_ref(), named).map(Some)
        }
        _ => value(service, of, first).map(Some),
    }
}

/// The value of an element.
pub(super) fn value(service: &Service, of: Type, node: Node<'_, '_>) -> Result<Json, Unfit> {
    let text = || text(service, node);
    let unfit = |wanted: &str| {
        let name = node.tag_name().name();
        format!("wanted {wanted} in <{name}>, found {:?}", text())
    };
    match of {
        Type::Any | Type::Text | Type::Bytes => Ok(Json::String(text())),
        Type::Epoch | Type::Iso | Type::Http => Ok(time::told(&Json::String(text()))),
        Type::Number => number(text().trim()).ok_or_else(|| unfit("a number")),
        Type::Truth => match text().trim() {
            "true" | "1" => Ok(Json::Bool(true)),
            "false" | "0" => Ok(Json::Bool(false)),
            _ => Err(unfit("true or false")),
        },
        Type::Shape(at) => match service.shape(at) {
            Some(Shape::Structure { members }) => fields(service, members, node).map(Json::Object),
            Some(Shape::List { of, .. }) => {
                let all = elements(node).map(|item| value(service, *of, item));
                all.collect::<Result<_, _>>().map(Json::Array)
            }
            Some(Shape::Map { of, names, .. }) => map(service, *of, names.as_ref(), elements(node)),
            None => Err(unfit("a known type")),
        },
    }
}

fn map<'a, 'b: 'a>(
    service: &Service,
    of: Type,
    names: Option<&(String, String)>,
    entries: impl Iterator<Item = Node<'a, 'b>>,
) -> Result<Json, Unfit> {
    let (key, held) = names.map_or(("key", "value"), |(key, held)| (key, held));
    let mut all = Map::new();
    for entry in entries {
        let child = |name| elements(entry).find(|node| node.tag_name().name() == name);
        if let (Some(key), Some(held)) = (child(key), child(held)) {
            all.insert(text(service, key), value(service, of, held)?);
        }
    }
    Ok(Json::Object(all))
}

/// The elements in an element.
pub(super) fn elements<'a, 'b: 'a>(
    node: Node<'a, 'b>,
) -> impl Iterator<Item = Node<'a, 'b>> + use<'a, 'b> {
    node.children().filter(Node::is_element)
}

/// The text in an element. IAM hides JSON from XML by percent signs, in every policy.
fn text(service: &Service, node: Node<'_, '_>) -> String {
    let text: String = node.children().filter_map(|child| child.text()).collect();
    if service.id == "IAM" && text.starts_with("%7B") { percent::decoded(&text) } else { text }
}

fn number(text: &str) -> Option<Json> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(Json::from(whole));
    }
    text.parse().ok().and_then(Number::from_f64).map(Json::Number)
}

/// A value as XML, for a request. What the model does not name is left out.
pub(super) fn written(service: &Service, of: Type, name: &str, held: &Json, out: &mut String) {
    let shape = if let Type::Shape(at) = of { service.shape(at) } else { None };
    match (shape, held) {
        (Some(Shape::List { of, flat: 1, .. }), Json::Array(values)) => {
            for held in values {
                written(service, *of, name, held, out);
            }
        }
        (Some(Shape::List { of, item, .. }), Json::Array(values)) => {
            let item = item.as_deref().unwrap_or("member");
            element(name, out, |out| {
                for held in values {
                    written(service, *of, item, held, out);
                }
            });
        }
        (Some(Shape::Structure { members }), Json::Object(given)) => {
            element(name, out, |out| body(service, members, given, out));
        }
        (_, Json::Array(_) | Json::Object(_) | Json::Null) => {}
        (_, Json::String(_) | Json::Number(_) | Json::Bool(_)) => {
            let text = super::plain(&time_or_same(of, held));
            element(name, out, |out| out.push_str(&escaped(&text)));
        }
    }
}

/// The fields of a structure that stand in a body.
pub(super) fn body(
    service: &Service,
    members: &BTreeMap<String, Member>,
    given: &Map<String, Json>,
    out: &mut String,
) {
    for (key, member) in members {
        if let (Place::Body(name), Some(held)) = (&member.place, given.get(key)) {
            written(service, member.of, name.as_ref().unwrap_or(key), held, out);
        }
    }
}

fn element(name: &str, out: &mut String, content: impl FnOnce(&mut String)) {
    out.push_str(&format!("<{name}>"));
    content(out);
    out.push_str(&format!("</{name}>"));
}

/// A time as the service wants it, or whatever else it is.
pub(super) fn time_or_same(of: Type, held: &Json) -> Json {
    match of {
        Type::Epoch | Type::Iso | Type::Http => time::written(held, of),
        Type::Any | Type::Text | Type::Number | Type::Truth | Type::Bytes | Type::Shape(_) => {
            held.clone()
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
