//! One status code, or a list of those that are good.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// The status codes that are good: one, or a list. Never empty, each from 100 to 599.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Statuses(Vec<u16>);

impl Statuses {
    /// Whether this one is good.
    #[must_use]
    pub fn holds(&self, status: u16) -> bool {
        self.0.contains(&status)
    }
}

impl Default for Statuses {
    fn default() -> Self {
        Self(vec![200])
    }
}

impl fmt::Display for Statuses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<_> = self.0.iter().map(u16::to_string).collect();
        f.write_str(&codes.join(" or "))
    }
}

struct OneOrMany;

fn code<E: Error>(number: i64) -> Result<u16, E> {
    let code = u16::try_from(number).ok().filter(|code| (100..=599).contains(code));
    code.ok_or_else(|| {
        E::invalid_value(Unexpected::Signed(number), &"a status code from 100 to 599")
    })
}

impl<'de> Visitor<'de> for OneOrMany {
    type Value = Statuses;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a status code (`200`) or a list of them (`[200, 204]`)")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Statuses, E> {
        Ok(Statuses(vec![code(number)?]))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Statuses, E> {
        self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Statuses, A::Error> {
        let mut codes = Vec::new();
        while let Some(number) = list.next_element()? {
            codes.push(code(number)?);
        }
        if codes.is_empty() {
            return Err(A::Error::invalid_length(0, &"at least one status code"));
        }
        Ok(Statuses(codes))
    }
}

impl<'de> Deserialize<'de> for Statuses {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMany)
    }
}

impl JsonSchema for Statuses {
    fn schema_name() -> Cow<'static, str> {
        "Statuses".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let code = json_schema!({ "type": "integer", "minimum": 100, "maximum": 599 });
        json_schema!({ "anyOf": [code, { "type": "array", "items": code, "minItems": 1 }] })
    }
}
