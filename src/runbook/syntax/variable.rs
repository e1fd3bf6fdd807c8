//! A variable as it is written: a bare value, or a table that says where the value comes from.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::super::place::At;
use super::{Line, PatternText, Plain};

/// A variable.
#[derive(Debug)]
pub(in super::super) enum VariableTable {
    /// `domain = "orders.example.com"`
    Bare(String),
    /// `version = { prompt = "…" }`
    Sources(Box<Sources>),
}

/// Where a variable's value comes from: exactly one of prompt, env and value.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("x-partial" = true))]
pub(in super::super) struct Sources {
    /// The person is asked this.
    pub prompt: Option<At<Line>>,
    /// With `prompt`: the value offered if the person only presses Enter.
    pub default: Option<At<Plain>>,
    /// The environment variable of this name.
    #[schemars(length(min = 1))]
    pub env: Option<At<Plain>>,
    /// The value itself.
    pub value: Option<At<Plain>>,
    /// What the whole value must match: a regular expression.
    pub pattern: Option<PatternText>,
    /// Whether it is kept out of sight. Default false.
    pub secret: Option<bool>,
}

impl<'de> Deserialize<'de> for VariableTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = VariableTable;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a table with prompt, env or value")
            }

            fn visit_str<E>(self, text: &str) -> Result<VariableTable, E> {
                Ok(VariableTable::Bare(text.to_owned()))
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<VariableTable, M::Error> {
                let sources = Sources::deserialize(MapAccessDeserializer::new(map))?;
                Ok(VariableTable::Sources(Box::new(sources)))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

/// A text or a table, said without `oneOf`, which editors explain badly.
impl JsonSchema for VariableTable {
    fn schema_name() -> Cow<'static, str> {
        "Variable".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = Sources::json_schema(generator);
        let plain = Plain::json_schema(generator);
        schema.insert("type".to_owned(), json!(["string", "object"]));
        for key in ["format", "pattern"] {
            schema.insert(key.to_owned(), json!(plain.get(key)));
        }
        schema.insert(
            "description".to_owned(),
            json!("A value, or a table that says where the value comes from."),
        );
        schema
    }
}
