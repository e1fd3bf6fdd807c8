//! What of an output is wanted, and how much of it is kept.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use serde_json_path::JsonPath;
use sha2::{Digest as _, Sha256};

use super::percent;
use crate::check::Reading;
use crate::check::cloud::{Answer, Call, Cloud, Said};
use crate::host::aws::trouble::{Sort, Trouble};

/// Bytes of all that a question finds.
pub(super) const MOST: usize = 1024 * 1024;

/// Bytes of one value.
const MOST_OF_ONE: usize = 16 * 1024;

/// What was found, by path.
pub(super) type Found = BTreeMap<String, Vec<Json>>;

/// Picks what is wanted. `room` is what may still be kept of all that the question finds.
pub(super) fn found(
    call: &Call,
    output: &Map<String, Json>,
    room: &mut usize,
) -> Result<Found, Trouble> {
    let output = whole(call, output)?;
    let mut all = Found::new();
    for path in &call.paths {
        let mut nodes = Vec::new();
        for node in query(call, path, &output)? {
            let node = if call.digest.contains(path) { digest(node) } else { node.clone() };
            let size = node.to_string().len();
            if size > MOST_OF_ONE && call.clip.is_none() {
                return Err(too_large(call, path, size, MOST_OF_ONE));
            }
            *room = room.checked_sub(size).ok_or_else(|| too_large(call, path, size, MOST))?;
            nodes.push(node);
        }
        all.insert(path.clone(), nodes);
    }
    Ok(all)
}

/// Whether no further page is wanted.
pub(super) fn is_enough(call: &Call, output: &Map<String, Json>) -> Result<bool, Trouble> {
    let (Some(enough), Some(path)) = (call.enough, call.paths.first()) else { return Ok(false) };
    let output = whole(call, output)?;
    Ok(query(call, path, &output)?.len() >= enough)
}

/// The output, or the JSON in one of its texts.
fn whole(call: &Call, output: &Map<String, Json>) -> Result<Json, Trouble> {
    let output = Json::Object(output.clone());
    let Some(path) = &call.inside else { return Ok(output) };
    let unfit = |why: String| Trouble::new(&call.name(), Sort::Unreadable, why);
    let nodes = query(call, path, &output)?;
    let [Json::String(text)] = nodes[..] else {
        return Err(unfit(format!("wanted one text at `{path}`, found {}", nodes.len())));
    };
    let decoded = percent::decoded(text);
    let text = if text.starts_with("%7B") { &decoded } else { text };
    serde_json::from_str(text).map_err(|why| unfit(format!("no JSON at `{path}`: {why}")))
}

fn query<'a>(call: &Call, path: &str, output: &'a Json) -> Result<Vec<&'a Json>, Trouble> {
    let parsed = JsonPath::parse(path).map_err(|why| {
        Trouble::new(&call.name(), Sort::Unanswered, format!("no RFC 9535 path `{path}`: {why}"))
    })?;
    Ok(parsed.query(output).all())
}

fn digest(node: &Json) -> Json {
    let hex = |byte: u8| format!("{byte:02x}");
    match node {
        Json::String(text) => Json::String(Sha256::digest(text).into_iter().map(hex).collect()),
        _ => Json::Null,
    }
}

fn too_large(call: &Call, path: &str, size: usize, most: usize) -> Trouble {
    let most = most / 1024;
    let message =
        format!("{} KiB more at `{path}`, at most {most} KiB are kept: ask for less", size / 1024);
    Trouble::new(&call.name(), Sort::TooLarge, message)
}

/// A reading whose texts are cut where only the beginning is shown. After it was masked: half a
/// secret is no longer known as one.
pub(crate) fn clipped(reading: Reading, question: &Cloud) -> Reading {
    let (when, answers, calls) = match (reading, question) {
        (Reading::Answers { when, answers }, Cloud::Calls { calls, .. }) => (when, answers, calls),
        (reading, _) => return reading,
    };
    let clips = calls.iter().map(|call| call.clip).chain(std::iter::repeat(None));
    let answers = answers.into_iter().zip(clips).map(|(seen, clip)| match (clip, seen) {
        (Some(most), Answer { call, request, said: Said::Found(found) }) => {
            let cut = |nodes: Vec<Json>| nodes.into_iter().map(|node| cut(node, most)).collect();
            let found = found.into_iter().map(|(path, nodes)| (path, cut(nodes))).collect();
            Answer { call, request, said: Said::Found(found) }
        }
        (_, seen) => seen,
    });
    Reading::Answers { when, answers: answers.collect() }
}

fn cut(node: Json, most: usize) -> Json {
    match node {
        Json::String(text) if text.chars().count() > most => {
            Json::String(text.chars().take(most.saturating_sub(1)).chain(['…']).collect())
        }
        Json::Array(nodes) => nodes.into_iter().map(|node| cut(node, most)).collect(),
        Json::Object(fields) => {
            Json::Object(fields.into_iter().map(|(key, node)| (key, cut(node, most))).collect())
        }
        node => node,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn output(value: &Json) -> Map<String, Json> {
        value.as_object().unwrap().clone()
    }

    fn call(paths: &[&str]) -> Call {
        Call::new("ecs", "ListTasks", Json::Null, paths)
    }

    #[test]
    fn only_what_is_wanted_is_kept() {
        let mut room = MOST;
        let all = output(&json!({ "a": [{ "b": 1 }, { "b": 2 }], "c": "x" }));
        let found = found(&call(&["$.a[*].b", "$.d"]), &all, &mut room).unwrap();
        assert_eq!(json!(found), json!({ "$.a[*].b": [1, 2], "$.d": [] }));
        assert_eq!(room, MOST - 2);
    }

    #[test]
    fn what_is_too_large_is_unknown() {
        let large = output(&json!({ "a": "x".repeat(MOST_OF_ONE) }));
        let told = found(&call(&["$.a"]), &large, &mut MOST.clone()).unwrap_err();
        assert_eq!(told.sort, Sort::TooLarge);
        let clip = Call { clip: Some(10), ..call(&["$.a"]) };
        assert!(found(&clip, &large, &mut MOST.clone()).is_ok());
        let digest = Call { digest: vec!["$.a".into()], ..call(&["$.a"]) };
        assert!(found(&digest, &large, &mut MOST.clone()).is_ok());
        assert!(found(&clip, &large, &mut 100).is_err());
    }

    #[test]
    fn a_digest_is_of_the_text_as_it_was_sent() {
        let call = Call { digest: vec!["$.a".into()], ..call(&["$.a"]) };
        let found =
            |value| found(&call, &output(&json!({ "a": value })), &mut MOST.clone()).unwrap();
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(found(json!(""))["$.a"], [json!(empty)]);
        assert_eq!(found(json!(1))["$.a"], [Json::Null]);
    }

    #[test]
    fn paths_reach_into_json_in_a_text() {
        let call = Call { inside: Some("$.p".into()), ..call(&["$.V"]) };
        let found = |text| found(&call, &output(&json!({ "p": text })), &mut MOST.clone());
        for text in [r#"{"V":1}"#, "%7B%22V%22%3A1%7D"] {
            assert_eq!(found(json!(text)).unwrap()["$.V"], [json!(1)]);
        }
        for text in [json!("{"), json!(1), json!(null)] {
            assert_eq!(found(text).unwrap_err().sort, Sort::Unreadable);
        }
    }

    #[test]
    fn enough_is_of_the_first_path() {
        let call = Call { enough: Some(2), ..call(&["$.a[*]"]) };
        assert_eq!(is_enough(&call, &output(&json!({ "a": [1] }))), Ok(false));
        assert_eq!(is_enough(&call, &output(&json!({ "a": [1, 2] }))), Ok(true));
    }
}
