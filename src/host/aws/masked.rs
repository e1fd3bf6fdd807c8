//! What AWS said, without secrets.

use serde_json::{Map, Value as Json};

use crate::check::Reading;
use crate::check::cloud::{AlarmSeen, Answer, Identity, Said, SeriesSeen};

/// A reading of AWS without secrets, in the names of fields as in what they hold.
pub(crate) fn masked(reading: Reading, mask: &dyn Fn(&str) -> String) -> Reading {
    match reading {
        Reading::Identity(seen) => Reading::Identity(Identity {
            account: mask(&seen.account),
            arn: mask(&seen.arn),
            region: mask(&seen.region),
            endpoint: seen.endpoint.map(|url| mask(&url)),
        }),
        Reading::Answers { when, answers } => {
            let answers = answers.into_iter().map(|seen| answer(seen, mask)).collect();
            Reading::Answers { when, answers }
        }
        Reading::Dashboard(seen) => Reading::Dashboard(answer(seen, mask)),
        Reading::Metrics(series) => {
            let one = |seen: SeriesSeen| SeriesSeen {
                partial: seen.partial.map(|why| mask(&why)),
                ..seen
            };
            Reading::Metrics(series.into_iter().map(one).collect())
        }
        Reading::Alarms(alarms) => {
            let one = |seen: AlarmSeen| AlarmSeen {
                name: mask(&seen.name),
                state: mask(&seen.state),
                reason: mask(&seen.reason),
                ..seen
            };
            Reading::Alarms(alarms.into_iter().map(one).collect())
        }
        other => other,
    }
}

fn answer(seen: Answer, mask: &dyn Fn(&str) -> String) -> Answer {
    let said = match seen.said {
        Said::Found(found) => {
            let nodes = |nodes: Vec<Json>| nodes.into_iter().map(|node| json(node, mask)).collect();
            // The paths are the question's own: the check that is shown has them masked.
            Said::Found(
                found.into_iter().map(|(path, found)| (mask(&path), nodes(found))).collect(),
            )
        }
        Said::Refused { code, message } => {
            Said::Refused { code: mask(&code), message: mask(&message) }
        }
        Said::NotMade => Said::NotMade,
    };
    Answer { request: seen.request.map(|request| mask(&request)), said, call: seen.call }
}

/// A value without secrets. What looks like a number may be one.
fn json(value: Json, mask: &dyn Fn(&str) -> String) -> Json {
    match value {
        Json::String(text) => Json::String(mask(&text)),
        Json::Array(values) => values.into_iter().map(|value| json(value, mask)).collect(),
        Json::Object(fields) => {
            let one = |(name, value): (String, Json)| (mask(&name), json(value, mask));
            Json::Object(fields.into_iter().map(one).collect::<Map<_, _>>())
        }
        Json::Number(number) => {
            let text = number.to_string();
            let shown = mask(&text);
            if shown == text { Json::Number(number) } else { Json::String(shown) }
        }
        Json::Null | Json::Bool(_) => value,
    }
}
