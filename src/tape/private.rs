//! Headers that open doors: their values are in no recording, neither sent nor received.

use serde_json::Value as Json;

use crate::check::{Claim, Reading};
use crate::text::Mask;

/// Parts of the names of headers that hold a key, or tell whose the answer is.
const PRIVATE: [&str; 10] = [
    "auth",
    "cookie",
    "token",
    "api-key",
    "apikey",
    "secret",
    "session",
    "credential",
    "signature",
    "password",
];

fn is_private(header: &str) -> bool {
    let name = header.to_ascii_lowercase();
    PRIVATE.iter().any(|part| name.contains(part))
}

/// The claim as plain data.
pub(super) fn claim(claim: &Claim) -> Json {
    let mut json = serde_json::to_value(claim).expect("a claim is plain data");
    if let Some(Json::Object(headers)) = json.pointer_mut("/http/headers") {
        let private = headers.iter_mut().filter(|(name, _)| is_private(name));
        private.for_each(|(_, value)| *value = Json::from(Mask::MARK));
    }
    json
}

/// The reading as it is kept.
pub(super) fn reading(reading: Reading) -> Reading {
    let Reading::Http { status, mut headers, body, millis } = reading else { return reading };
    let private = headers.iter_mut().filter(|(name, _)| is_private(name));
    private.for_each(|(_, value)| Mask::MARK.clone_into(value));
    Reading::Http { status, headers, body, millis }
}
