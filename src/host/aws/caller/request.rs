//! A call as an HTTP request, by the protocol of its service.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::json::{Way, converted, fields_of};
use super::xml::{self, time_or_same};
use super::{form, percent, plain};
use crate::check::cloud::model::{Member, Operation, Place, Protocol, Service, Shape, Type};

/// A request, without what depends on where and as whom it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: String,
    /// What stands before the host, where the host is AWS's own.
    pub(super) before_host: String,
    /// Path and what follows the question mark, as they are sent.
    pub(super) path: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

/// Makes the request for a call.
///
/// # Errors
/// Where its address lacks a field, or the input is no table: in words.
pub(super) fn request(
    service: &Service,
    operation: &str,
    found: &Operation,
    input: &Json,
) -> Result<Request, String> {
    let none = Map::new();
    let input = match input {
        Json::Object(input) => input,
        Json::Null => &none,
        Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Array(_) => {
            return Err("the input must be a table of its fields".to_owned());
        }
    };
    let mut request = match service.protocol {
        Protocol::Json => json(service, operation, found, input),
        Protocol::Query | Protocol::Ec2 => posted(
            form::form(service, operation, found, input),
            "application/x-www-form-urlencoded; charset=utf-8",
        ),
        Protocol::RestJson | Protocol::RestXml => rest(service, found, input)?,
    };
    if let Some(host) = &found.host {
        request.before_host = filled(host, |name| input.get(name).map(plain))?;
    }
    Ok(request)
}

fn posted(body: String, content_type: &str) -> Request {
    Request {
        method: "POST".to_owned(),
        before_host: String::new(),
        path: "/".to_owned(),
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body: body.into_bytes(),
    }
}

fn json(
    service: &Service,
    operation: &str,
    found: &Operation,
    input: &Map<String, Json>,
) -> Request {
    let shape = found.input.and_then(|at| service.shape(at));
    let fields = match shape {
        Some(shape) => fields_of(service, shape, input.clone(), Way::Out),
        None => Map::new(),
    };
    let content_type = format!("application/x-amz-json-{}", service.json);
    let mut request = posted(Json::Object(fields).to_string(), &content_type);
    let target = format!("{}.{operation}", service.target);
    request.headers.push(("x-amz-target".to_owned(), target));
    request
}

fn rest(
    service: &Service,
    found: &Operation,
    input: &Map<String, Json>,
) -> Result<Request, String> {
    let none = BTreeMap::new();
    let members = found.input.and_then(|at| service.members(at)).unwrap_or(&none);
    let (method, address) =
        found.uri.as_deref().and_then(|uri| uri.split_once(' ')).unwrap_or(("GET", "/"));
    let label = |name: &str| {
        let found = members.iter().find(|(key, member)| {
            matches!(&member.place, Place::Uri(own) if own.as_ref().unwrap_or(key) == name)
        });
        let (key, member) = found?;
        let text = plain(&time_or_same(member.of, input.get(key)?));
        (!text.is_empty()).then(|| own_part(service, text))
    };
    let mut path = filled(address, label)?;
    let mut headers = Vec::new();
    let mut sign = if path.contains('?') { '&' } else { '?' };
    for (key, member) in members {
        let Some(value) = input.get(key) else { continue };
        match &member.place {
            Place::Query(name) => {
                for (name, value) in pairs(service, member, name.as_ref().unwrap_or(key), value) {
                    path.push_str(&format!(
                        "{sign}{}={}",
                        percent::encoded(&name),
                        percent::encoded(&value)
                    ));
                    sign = '&';
                }
            }
            Place::Header(name) => {
                let name = name.as_ref().unwrap_or(key).to_lowercase();
                let texts = pairs(service, member, &name, value).into_iter().map(|(_, text)| text);
                headers.push((name, texts.collect::<Vec<_>>().join(",")));
            }
            Place::Headers(_)
            | Place::Uri(_)
            | Place::Body(_)
            | Place::Payload(_)
            | Place::Attribute(_)
            | Place::Status => {}
        }
    }
    if !headers.iter().any(|(name, _)| name == "accept") {
        headers.push(("accept".to_owned(), accepted(service).to_owned()));
    }
    let body = body(service, found, members, input);
    if !body.is_empty() {
        let kind = if service.protocol == Protocol::RestXml { "xml" } else { "json" };
        headers.push(("content-type".to_owned(), format!("application/{kind}")));
    }
    let before_host = String::new();
    Ok(Request { method: method.to_owned(), before_host, path, headers, body })
}

fn accepted(service: &Service) -> &'static str {
    // API Gateway answers in another form without it.
    if service.protocol == Protocol::RestJson { "application/json" } else { "*/*" }
}

/// Route 53 says `/hostedzone/Z1` and wants to hear `Z1`.
fn own_part(service: &Service, text: String) -> String {
    let parts = ["/hostedzone/", "/change/", "/delegationset/"];
    let own = parts.iter().find_map(|part| text.strip_prefix(part));
    match own.filter(|_| service.id == "Route 53") {
        Some(own) => own.to_owned(),
        None => text,
    }
}

/// A field as names and texts: a list is the same name several times, a map has its own.
fn pairs(service: &Service, member: &Member, name: &str, value: &Json) -> Vec<(String, String)> {
    let shape = if let Type::Shape(at) = member.of { service.shape(at) } else { None };
    match (shape, value) {
        (_, Json::Null) => Vec::new(),
        (Some(Shape::List { of, .. }), Json::Array(values)) => {
            let text = |value| (name.to_owned(), plain(&time_or_same(*of, value)));
            values.iter().map(text).collect()
        }
        (Some(Shape::Map { .. }), Json::Object(fields)) => {
            let texts = fields.iter().flat_map(|(name, value)| match value {
                Json::Array(values) => values.iter().map(|it| (name.clone(), plain(it))).collect(),
                one => vec![(name.clone(), plain(one))],
            });
            texts.collect()
        }
        (_, value) => vec![(name.to_owned(), plain(&time_or_same(member.of, value)))],
    }
}

fn body(
    service: &Service,
    found: &Operation,
    members: &BTreeMap<String, Member>,
    input: &Map<String, Json>,
) -> Vec<u8> {
    let payload = members.iter().find(|(_, member)| matches!(member.place, Place::Payload(_)));
    if service.protocol == Protocol::RestXml {
        let in_body = |member: &Member| matches!(member.place, Place::Body(_));
        if !members.values().any(in_body) {
            return Vec::new();
        }
        let root = found.root.as_deref().unwrap_or("Request");
        let mut out = format!("<{root} xmlns=\"{}\">", service.namespace);
        xml::body(service, members, input, &mut out);
        return format!("{out}</{root}>").into_bytes();
    }
    if let Some((key, member)) = payload {
        return match input.get(key) {
            None => Vec::new(),
            Some(Json::String(text)) => text.clone().into_bytes(),
            Some(value) => {
                converted(service, member.of, value.clone(), Way::Out).to_string().into_bytes()
            }
        };
    }
    let mut fields = Map::new();
    for (key, member) in members {
        if let (Place::Body(name), Some(value)) = (&member.place, input.get(key)) {
            let value = converted(service, member.of, value.clone(), Way::Out);
            fields.insert(name.as_ref().unwrap_or(key).clone(), value);
        }
    }
    let has_body = members.values().any(|member| matches!(member.place, Place::Body(_)));
    if has_body { Json::Object(fields).to_string().into_bytes() } else { Vec::new() }
}

/// The text with a field in the place of each of its names in braces.
fn filled(text: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let bare = name.trim_end_matches('+');
        let value = value(bare).ok_or_else(|| format!("the input lacks the field `{bare}`"))?;
        // A plus lets slashes through.
        let kept = if bare == name { "" } else { "/" };
        out.push_str(before);
        out.push_str(&percent::encoded_but(&value, kept));
        rest = after;
    }
    Ok(out + rest)
}
