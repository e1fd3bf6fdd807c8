//! An answer, read by the protocol of its service: the output in the reference's names, or what
//! went wrong.

use std::collections::BTreeMap;

use roxmltree::Document;
use serde_json::{Map, Number, Value as Json};

use super::fault;
use super::json::{Way, converted, fields_of};
use super::{secret, time, xml};
use crate::check::cloud::model::{Member, Operation, Place, Protocol, Service, Type};
use crate::host::aws::trouble::Trouble;

/// What came back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reply {
    pub(super) status: u16,
    /// Names in lower case.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// AWS's number of the request.
    pub(super) fn request(&self) -> Option<&str> {
        ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id", "x-amz-requestid"]
            .iter()
            .find_map(|name| self.header(name))
    }
}

/// What is asked, for reading its answer.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) service: &'a Service,
    pub(super) operation: &'a str,
    pub(super) found: &'a Operation,
    /// What it is called for people.
    pub(super) call: &'a str,
}

/// Reads the output.
///
/// # Errors
/// What AWS says is wrong, or why this is no answer.
pub(super) fn output(asked: Asked<'_>, reply: &Reply) -> Result<Map<String, Json>, Trouble> {
    if !(200..300).contains(&reply.status) {
        return Err(fault::fault(asked, reply));
    }
    let Asked { service, found, call, .. } = asked;
    let none = BTreeMap::new();
    let members = found.output.and_then(|at| service.members(at)).unwrap_or(&none);
    let read = match service.protocol {
        Protocol::Json => json(asked, reply),
        Protocol::RestJson => rest_json(asked, members, reply),
        Protocol::RestXml => rest_xml(service, members, reply),
        Protocol::Query | Protocol::Ec2 => query(asked, members, reply),
    };
    match read {
        Ok(mut output) => {
            placed(members, reply, &mut output);
            secret::hidden(&mut output);
            Ok(output)
        }
        Err(_) if fault::is_fault(reply) => Err(fault::fault(asked, reply)),
        Err(why) => {
            let content_type = reply.header("content-type");
            let trouble = Trouble::unreadable(call, reply.status, content_type, &why);
            Err(Trouble { request: reply.request().map(ToOwned::to_owned), ..trouble })
        }
    }
}

type Read = Result<Map<String, Json>, String>;

/// A JSON object, since that is what every output is.
fn object(body: &[u8]) -> Read {
    match serde_json::from_slice(body) {
        Ok(Json::Object(fields)) => Ok(fields),
        Ok(_) => Err("JSON, but no object".to_owned()),
        Err(_) if body.is_empty() => Err("an answer without a body".to_owned()),
        Err(why) if why.is_eof() => Err("JSON that breaks off".to_owned()),
        Err(why) => Err(format!("no JSON: {why}")),
    }
}

fn json(asked: Asked<'_>, reply: &Reply) -> Read {
    let fields = object(&reply.body)?;
    let shape = asked.found.output.and_then(|at| asked.service.shape(at));
    Ok(match shape {
        Some(shape) => fields_of(asked.service, shape, fields, Way::In),
        None => fields,
    })
}

fn rest_json(asked: Asked<'_>, members: &BTreeMap<String, Member>, reply: &Reply) -> Read {
    if let Some((key, member)) = payload(members) {
        let value = match member.of {
            Type::Shape(_) | Type::Any => {
                let fields = Json::Object(object(&reply.body)?);
                converted(asked.service, member.of, fields, Way::In)
            }
            _ => raw(&reply.body),
        };
        return Ok(Map::from_iter([(key.clone(), value)]));
    }
    let elsewhere = |member: &Member| !matches!(member.place, Place::Body(_));
    if reply.body.is_empty() && members.values().any(elsewhere) {
        return Ok(Map::new());
    }
    json(asked, reply)
}

fn rest_xml(service: &Service, members: &BTreeMap<String, Member>, reply: &Reply) -> Read {
    let payload = payload(members);
    if let Some((key, member)) = payload
        && !matches!(member.of, Type::Shape(_))
    {
        return Ok(Map::from_iter([(key.clone(), raw(&reply.body))]));
    }
    let in_body = |member: &Member| matches!(member.place, Place::Body(_) | Place::Payload(_));
    if !members.values().any(in_body) {
        return Ok(Map::new());
    }
    let text = text(reply)?;
    let document = parsed(text)?;
    let root = document.root_element();
    if let Some((key, member)) = payload {
        return Ok(Map::from_iter([(key.clone(), xml::value(service, member.of, root)?)]));
    }
    // The answer of GetBucketLocation is its only field.
    let name = root.tag_name().name();
    if let Some(member) = members.get(name)
        && xml::elements(root).next().is_none()
    {
        let value = xml::value(service, member.of, root)?;
        let value = if value == "" { Json::Null } else { value };
        return Ok(Map::from_iter([(name.to_owned(), value)]));
    }
    if name == "Error" || name == "ErrorResponse" || name.eq_ignore_ascii_case("html") {
        return Err(format!("<{name}> instead of an answer"));
    }
    xml::fields(service, members, root)
}

fn query(asked: Asked<'_>, members: &BTreeMap<String, Member>, reply: &Reply) -> Read {
    let document = parsed(text(reply)?)?;
    let root = document.root_element();
    let (name, wanted) = (root.tag_name().name(), format!("{}Response", asked.operation));
    if name != wanted {
        return Err(format!("wanted <{wanted}>, found <{name}>"));
    }
    let Some(wrapper) = &asked.found.wrapper else {
        return xml::fields(asked.service, members, root);
    };
    let inner = xml::elements(root).find(|node| node.tag_name().name() == wrapper);
    let inner = inner.ok_or_else(|| format!("<{name}> without <{wrapper}>"))?;
    xml::fields(asked.service, members, inner)
}

/// Fields that stand in headers and in the status.
fn placed(members: &BTreeMap<String, Member>, reply: &Reply, output: &mut Map<String, Json>) {
    for (key, member) in members {
        let value = match &member.place {
            Place::Header(name) => {
                let name = name.as_ref().unwrap_or(key).to_lowercase();
                reply.header(&name).map(|text| typed(member.of, text))
            }
            Place::Headers(prefix) => {
                let prefix = prefix.to_lowercase();
                let own = reply.headers.iter().filter_map(|(name, value)| {
                    Some((name.strip_prefix(&prefix)?.to_owned(), Json::from(value.as_str())))
                });
                Some(Json::Object(own.collect()))
            }
            Place::Status => Some(Json::from(reply.status)),
            Place::Body(_)
            | Place::Payload(_)
            | Place::Attribute(_)
            | Place::Uri(_)
            | Place::Query(_) => None,
        };
        output.extend(value.map(|value| (key.clone(), value)));
    }
}

fn typed(of: Type, text: &str) -> Json {
    let value = Json::from(text);
    match of {
        Type::Number => text.parse::<Number>().map_or(value, Json::Number),
        Type::Truth => text.parse::<bool>().map_or(value, Json::Bool),
        Type::Epoch | Type::Iso | Type::Http => time::told(&value),
        Type::Any | Type::Text | Type::Bytes | Type::Shape(_) => value,
    }
}

fn payload(members: &BTreeMap<String, Member>) -> Option<(&String, &Member)> {
    members.iter().find(|(_, member)| matches!(member.place, Place::Payload(_)))
}

/// A body that is a value as it is.
fn raw(body: &[u8]) -> Json {
    match std::str::from_utf8(body) {
        Ok(text) => Json::from(text),
        Err(_) => Json::String(aws_smithy_types::base64::encode(body)),
    }
}

fn text(reply: &Reply) -> Result<&str, String> {
    match std::str::from_utf8(&reply.body) {
        Ok("") => Err("an answer without a body".to_owned()),
        Ok(text) => Ok(text),
        Err(_) => Err("no text".to_owned()),
    }
}

fn parsed(text: &str) -> Result<Document<'_>, String> {
    Document::parse(text).map_err(|why| format!("no XML: {why}"))
}
