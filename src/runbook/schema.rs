//! The JSON Schema of the format, made from the declaration in `syntax`, and put into the few
//! words that editors explain well and that the check of the shape understands.

use std::fmt::Write as _;
use std::sync::LazyLock;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value as Json, json};

use super::syntax::Document;

/// Where the check of the shape finds the schema, with the marks that are for it alone.
pub(super) static SCHEMA: LazyLock<Json> = LazyLock::new(|| {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Document>().to_value();
    every_table(&mut schema, &without_null);
    every_table(&mut schema, &choices_in_one);
    every_table(&mut schema, &types_in_one);
    schema
});

/// The JSON Schema (draft 2020-12) of a runbook, for editors and other tools.
#[must_use]
pub fn schema() -> Json {
    let mut schema = SCHEMA.clone();
    every_table(&mut schema, &|table| table.retain(|key, _| !key.starts_with("x-")));
    schema["$id"] = json!("https://holdpoint.dev/runbook.schema.json");
    schema
}

fn every_table(json: &mut Json, change: &dyn Fn(&mut Map<String, Json>)) {
    match json {
        Json::Object(table) => {
            change(table);
            table.values_mut().for_each(|value| every_table(value, change));
        }
        Json::Array(items) => items.iter_mut().for_each(|item| every_table(item, change)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// TOML has no null: a key is there or is not.
fn without_null(table: &mut Map<String, Json>) {
    if table.get("default").is_some_and(Json::is_null) {
        table.shift_remove("default");
    }
    if let Some(Json::Array(types)) = table.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            table["type"] = only.clone();
        }
    }
    if let Some(Json::Array(choices)) = table.get_mut("enum") {
        choices.retain(|choice| !choice.is_null());
    }
    let Some(Json::Array(branches)) = table.get_mut("anyOf") else { return };
    branches.retain(|branch| branch["type"] != "null");
    if let [Json::Object(only)] = branches.as_mut_slice() {
        let only = std::mem::take(only);
        table.shift_remove("anyOf");
        for (key, value) in only {
            table.entry(key).or_insert(value);
        }
    }
}

/// `oneOf` of constants, which is how documented choices arrive, becomes `enum`, which editors
/// can complete and explain; what was said of each goes into the description.
fn choices_in_one(table: &mut Map<String, Json>) {
    let Some(Json::Array(branches)) = table.get("oneOf") else { return };
    let mut choices = Vec::new();
    let mut told = String::new();
    for branch in branches {
        let constant = branch.get("const").map(std::slice::from_ref);
        let several = branch.get("enum").and_then(Json::as_array).map(Vec::as_slice);
        let Some(values) = constant.or(several) else { return };
        choices.extend_from_slice(values);
        if let (Some(value), Some(says)) = (values.first(), branch["description"].as_str()) {
            let _ = write!(told, "\n- {value}: {says}");
        }
    }
    let said = table.get("description").and_then(Json::as_str).unwrap_or_default();
    let description = format!("{said}{told}");
    table.shift_remove("oneOf");
    table.insert("description".to_owned(), json!(description));
    table.insert("type".to_owned(), json!("string"));
    table.insert("enum".to_owned(), Json::Array(choices));
}

/// Alternatives of different types, a number or a list of them, become one schema with several
/// types: each keyword speaks of one type only, so nothing is lost, and editors say which part is
/// wrong in place of `not valid under any of the schemas`.
fn types_in_one(table: &mut Map<String, Json>) {
    for word in ["oneOf", "anyOf"] {
        let Some(branches) = table.get(word).and_then(Json::as_array) else { continue };
        let mut types = Vec::new();
        let mut merged = Map::new();
        for branch in branches.iter().filter_map(Json::as_object) {
            for (key, value) in branch {
                if key == "type" {
                    types.push(value.clone());
                } else if merged.insert(key.clone(), value.clone()).is_some() {
                    return;
                }
            }
        }
        let distinct = types.iter().enumerate().all(|(at, name)| !types[..at].contains(name));
        if types.len() != branches.len() || !distinct || !types.iter().all(Json::is_string) {
            return;
        }
        if merged.keys().any(|key| key.starts_with('$') || table.contains_key(key)) {
            return;
        }
        table.shift_remove(word);
        table.insert("type".to_owned(), Json::Array(types));
        table.extend(merged);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the check of the shape understands, and what is only said to people and tools.
    const UNDERSTOOD: [&str; 21] = [
        "$ref",
        "type",
        "properties",
        "required",
        "additionalProperties",
        "propertyNames",
        "items",
        "enum",
        "const",
        "anyOf",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
        "minLength",
        "minimum",
        "maximum",
        "format",
        "pattern",
        "x-partial",
        "x-resolved",
    ];
    const SAID: [&str; 6] = ["$schema", "$defs", "title", "description", "default", "examples"];

    fn keywords(schema: &Json, found: &mut Vec<String>) {
        let Some(table) = schema.as_object() else { return };
        for (key, value) in table {
            found.push(key.clone());
            match key.as_str() {
                "properties" | "$defs" => {
                    let tables = value.as_object().unwrap().values();
                    tables.for_each(|inner| keywords(inner, found));
                }
                "items" | "additionalProperties" => keywords(value, found),
                "anyOf" => {
                    value.as_array().unwrap().iter().for_each(|inner| keywords(inner, found));
                }
                _ => {}
            }
        }
    }

    /// A new kind of check, or a new field of one, must not bring in a keyword that nobody checks.
    #[test]
    fn every_keyword_is_understood() {
        let mut found = Vec::new();
        keywords(&SCHEMA, &mut found);
        found.retain(|key| !UNDERSTOOD.contains(&&**key) && !SAID.contains(&&**key));
        // the order of the phases is checked by `resolve`
        assert_eq!(found, ["allOf"]);
    }

    /// Patterns of the schema that the reader itself uses must be patterns for `regex` too.
    #[test]
    fn every_pattern_compiles() {
        every_table(&mut SCHEMA.clone(), &|table| {
            if let Some(Json::String(pattern)) = table.get("pattern") {
                regex::Regex::new(pattern).unwrap();
            }
        });
    }

    #[test]
    fn alternatives_of_different_types_become_one() {
        let mut schema = json!({ "oneOf": [
            { "type": "integer", "minimum": 1 }, { "type": "array", "items": { "type": "string" } },
        ] });
        every_table(&mut schema, &types_in_one);
        assert_eq!(
            schema,
            json!({ "type": ["integer", "array"], "minimum": 1, "items": { "type": "string" } })
        );
        let same = json!({ "oneOf": [{ "type": "string" }, { "type": "string", "minLength": 1 }] });
        let mut kept = same.clone();
        every_table(&mut kept, &types_in_one);
        assert_eq!(kept, same);
    }

    #[test]
    fn choices_become_one_list() {
        let mut schema = json!({ "description": "Which.", "oneOf": [
            { "const": "get", "description": "Reads." }, { "const": "head", "description": "Asks." },
        ] });
        every_table(&mut schema, &choices_in_one);
        assert_eq!(schema["enum"], json!(["get", "head"]));
        assert_eq!(schema["description"], "Which.\n- \"get\": Reads.\n- \"head\": Asks.");
    }
}
