//! What AWS says is wrong, in each protocol's own way.

use roxmltree::{Document, Node};
use serde_json::Value as Json;

use super::reply::{Asked, Reply};
use crate::host::aws::trouble::{Sort, Trouble};

/// Code, message and request, as far as a body tells them.
#[derive(Default)]
struct Said {
    code: Option<String>,
    message: Option<String>,
    request: Option<String>,
}

/// Whether an answer that claims success holds an error.
pub(super) fn is_fault(reply: &Reply) -> bool {
    xml(reply).is_some_and(|said| said.code.is_some())
}

/// What an answer that is none means.
pub(super) fn fault(asked: Asked<'_>, reply: &Reply) -> Trouble {
    let said = xml(reply).or_else(|| json(reply)).unwrap_or_default();
    let code = from_headers(reply).or(said.code).or_else(|| headless(asked, reply));
    let request = reply.request().map(ToOwned::to_owned).or(said.request);
    let content_type = reply.header("content-type");
    let Some(code) = code else {
        let trouble =
            Trouble::unreadable(asked.call, reply.status, content_type, "no error of AWS");
        let sort = match Sort::of(reply.status, None) {
            Sort::Unreadable => trouble.sort,
            sort => sort,
        };
        return Trouble { request, sort, ..trouble };
    };
    let sort = match Sort::of(reply.status, Some(&code)) {
        // An error that came as a success is no definite anything.
        Sort::Unreadable => Sort::Unanswered,
        sort => sort,
    };
    let message = said.message.unwrap_or_default();
    Trouble {
        status: Some(reply.status),
        code: Some(code),
        request,
        ..Trouble::new(asked.call, sort, message)
    }
}

/// The code where a header has it: for services that changed their protocol the code that they
/// had before.
fn from_headers(reply: &Reply) -> Option<String> {
    let old = reply.header("x-amzn-query-error").and_then(|text| text.split(';').next());
    let new = || reply.header("x-amzn-errortype").map(bare);
    old.or_else(new).filter(|code| !code.is_empty()).map(ToOwned::to_owned)
}

/// An answer to HEAD has no body to tell.
fn headless(asked: Asked<'_>, reply: &Reply) -> Option<String> {
    let is_head = asked.found.uri.as_ref().is_some_and(|uri| uri.starts_with("HEAD "));
    let code = match reply.status {
        _ if !is_head => return None,
        301 => "PermanentRedirect",
        400 => "BadRequest",
        403 => "AccessDenied",
        404 => "NotFound",
        _ => return None,
    };
    Some(code.to_owned())
}

fn json(reply: &Reply) -> Option<Said> {
    let body: Json = serde_json::from_slice(&reply.body).ok()?;
    let text = |names: &[&str]| {
        names.iter().find_map(|name| body.get(name)?.as_str()).map(ToOwned::to_owned)
    };
    let code = text(&["__type", "code", "Code"]).map(|code| bare(&code).to_owned());
    let message = text(&["message", "Message", "errorMessage"]);
    Some(Said { code, message, request: None })
}

/// `com.amazonaws.ecs#ClusterNotFoundException:http://…` without what stands around it.
fn bare(code: &str) -> &str {
    let code = code.rsplit('#').next().unwrap_or(code);
    code.split(':').next().unwrap_or(code).trim()
}

fn xml(reply: &Reply) -> Option<Said> {
    let text = std::str::from_utf8(&reply.body).ok()?;
    let document = Document::parse(text).ok()?;
    let root = document.root_element();
    let known = ["Error", "ErrorResponse", "Response", "ServiceUnavailableException"];
    let error =
        known.contains(&root.tag_name().name()).then(|| named(root, &["Error"])).flatten()?;
    Some(Said {
        code: named(error, &["Code"]).and_then(text_of),
        message: named(error, &["Message", "message"]).and_then(text_of),
        request: named(root, &["RequestId", "RequestID"]).and_then(text_of),
    })
}

/// The first element of one of these names, the given one included.
fn named<'a, 'b>(node: Node<'a, 'b>, names: &[&str]) -> Option<Node<'a, 'b>> {
    node.descendants().find(|node| names.contains(&node.tag_name().name()))
}

fn text_of(node: Node<'_, '_>) -> Option<String> {
    node.text().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
