//! Answers in the protocol of the request.

use serde_json::{Value as Json, json};

use super::heard::{Heard, Protocol};

pub const REQUEST: &str = "7a62c49f-347e-4fc4-9331-6e8eEXAMPLE";

/// A whole answer of HTTP.
pub fn whole(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Said\r\nx-amzn-requestid: {REQUEST}\r\ncontent-length: {length}\r\n\
         {headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A good answer; `{ "$at": seconds }` is a time.
pub fn good(heard: &Heard, said: &Json) -> Vec<u8> {
    match heard.protocol() {
        Protocol::Cbor => {
            let mut body = Vec::new();
            cbor(said, &mut body);
            whole(200, "content-type: application/cbor\r\nsmithy-protocol: rpc-v2-cbor\r\n", &body)
        }
        Protocol::Json | Protocol::Rest => {
            let body = times(said).to_string();
            whole(200, "content-type: application/x-amz-json-1.1\r\n", body.as_bytes())
        }
        Protocol::Query => {
            let name = heard.operation();
            let body = format!(
                "<{name}Response xmlns=\"https://example.amazonaws.com/doc/\"><{name}Result>{}\
                 </{name}Result><ResponseMetadata><RequestId>{REQUEST}</RequestId>\
                 </ResponseMetadata></{name}Response>",
                xml(said)
            );
            whole(200, "content-type: text/xml\r\n", body.as_bytes())
        }
    }
}

/// An error.
pub fn bad(heard: &Heard, status: u16, code: &str, message: &str) -> Vec<u8> {
    let json = json!({ "__type": code, "message": message });
    match heard.protocol() {
        Protocol::Cbor => {
            let mut body = Vec::new();
            cbor(&json, &mut body);
            let headers = "content-type: application/cbor\r\nsmithy-protocol: rpc-v2-cbor\r\n";
            whole(status, headers, &body)
        }
        Protocol::Json => {
            let headers = "content-type: application/x-amz-json-1.1\r\n";
            whole(status, headers, json.to_string().as_bytes())
        }
        Protocol::Rest => {
            let headers = format!("content-type: application/json\r\nx-amzn-errortype: {code}\r\n");
            whole(status, &headers, json!({ "message": message }).to_string().as_bytes())
        }
        Protocol::Query => {
            let body = format!(
                "<ErrorResponse xmlns=\"https://example.amazonaws.com/doc/\"><Error><Type>Sender\
                 </Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>{REQUEST}\
                 </RequestId></ErrorResponse>"
            );
            whole(status, "content-type: text/xml\r\n", body.as_bytes())
        }
    }
}

/// JSON's times are numbers.
fn times(value: &Json) -> Json {
    match value {
        Json::Object(map) => match map.get("$at") {
            Some(at) => at.clone(),
            None => map.iter().map(|(name, inner)| (name.clone(), times(inner))).collect(),
        },
        Json::Array(items) => items.iter().map(times).collect(),
        other => other.clone(),
    }
}

/// Lists are `member`s, as in most of what speaks this.
fn xml(value: &Json) -> String {
    match value {
        Json::Object(map) => {
            let field =
                |(name, inner): (&String, &Json)| format!("<{name}>{}</{name}>", xml(inner));
            map.iter().map(field).collect()
        }
        Json::Array(items) => {
            items.iter().map(|item| format!("<member>{}</member>", xml(item))).collect()
        }
        Json::String(text) => text.replace('&', "&amp;").replace('<', "&lt;"),
        other => other.to_string(),
    }
}

fn cbor(value: &Json, out: &mut Vec<u8>) {
    match value {
        Json::Null => out.push(0xf6),
        Json::Bool(is) => out.push(0xf4 + u8::from(*is)),
        Json::Number(number) => match number.as_u64() {
            Some(number) => head(0, number, out),
            None => {
                out.push(0xfb);
                out.extend(number.as_f64().expect("finite").to_be_bytes());
            }
        },
        Json::String(text) => {
            head(3, text.len() as u64, out);
            out.extend(text.as_bytes());
        }
        Json::Array(items) => {
            head(4, items.len() as u64, out);
            items.iter().for_each(|item| cbor(item, out));
        }
        Json::Object(map) => {
            if let Some(at) = map.get("$at") {
                out.extend([0xc1, 0xfb]);
                out.extend(at.as_f64().expect("seconds").to_be_bytes());
                return;
            }
            head(5, map.len() as u64, out);
            for (name, inner) in map {
                cbor(&Json::String(name.clone()), out);
                cbor(inner, out);
            }
        }
    }
}

/// Kind and length, or kind and number.
fn head(kind: u8, length: u64, out: &mut Vec<u8>) {
    out.push(kind << 5 | 27);
    out.extend(length.to_be_bytes());
}
