//! Fields of answers that open doors, whatever was asked: none of them is kept.

use serde_json::{Map, Value as Json};

use crate::text::Mask;

const FIELDS: [&str; 15] = [
    "AuthToken",
    "AuthorizationToken",
    "ClientSecret",
    "CustomerGatewayConfiguration",
    "JoinToken",
    "KeyMaterial",
    "MasterUserPassword",
    "PreSharedKey",
    "PrivateKey",
    "SecretAccessKey",
    "SecretBinary",
    "SecretString",
    "SessionToken",
    "authKey",
    "customerRouterConfig",
];

/// Hides what these fields hold.
pub(super) fn hidden(fields: &mut Map<String, Json>) {
    for (name, value) in fields.iter_mut() {
        match value {
            Json::String(text) if FIELDS.contains(&name.as_str()) => Mask::MARK.clone_into(text),
            Json::Object(inner) => hidden(inner),
            Json::Array(values) => values.iter_mut().for_each(hidden_in),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }
}

fn hidden_in(value: &mut Json) {
    match value {
        Json::Object(fields) => hidden(fields),
        Json::Array(values) => values.iter_mut().for_each(hidden_in),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secrets_are_hidden_wherever_they_stand() {
        let mut answer = json!({ "A": [{ "ClientSecret": "x" }], "SecretString": "y", "B": "z" });
        hidden(answer.as_object_mut().unwrap());
        let hidden = json!({
            "A": [{ "ClientSecret": Mask::MARK }], "SecretString": Mask::MARK, "B": "z"
        });
        assert_eq!(answer, hidden);
    }
}
