//! A value inside a JSON text, by RFC 9535 path. Half a JSON text is none.

use std::cmp::Ordering;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use serde_json_path::JsonPath;

use super::{Capture, Verdict, cut, is_open, quote};

/// What a JSON text must hold: `{ path = "$.status", equals = "ok" }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JsonEquals {
    /// An RFC 9535 path, like `$.items[0].state`. It must select at least one value.
    #[schemars(extend("format" = "json-path"))]
    pub path: String,
    /// What every selected value must be: a text, number, boolean, list or table. `1` and `1.0`
    /// are equal, `1` and `"1"` are not.
    pub equals: Value,
}

impl JsonEquals {
    /// Whether the text holds the value.
    pub(in crate::check) fn judge(&self, of: &str, seen: &Capture) -> Verdict {
        let path = match JsonPath::parse(&self.path) {
            Ok(path) => path,
            Err(why) => {
                return Verdict::Unknown(format!("{} is no path: {why}", quote(&self.path)));
            }
        };
        let Some(text) = seen.text() else {
            return Verdict::Unknown(format!("{of} was too long to be read as JSON"));
        };
        let json: Value = match serde_json::from_str(text) {
            Ok(json) => json,
            Err(why) => {
                let begin = quote(text.trim());
                return Verdict::Unknown(format!("{of} is not JSON: {begin}: {why}"));
            }
        };
        self.judge_selected(of, &path.query(&json).all())
    }

    fn judge_selected(&self, of: &str, selected: &[&Value]) -> Verdict {
        let path = cut(&self.path, 48);
        let wanted = shown(&self.equals);
        let other = selected.iter().find(|value| !equal(value, &self.equals));
        match (selected, other) {
            ([], _) => Verdict::Fail(format!("{of} has no {path}, wanted {wanted}")),
            (_, Some(value)) => {
                Verdict::Fail(format!("{path} is {}, wanted {wanted}", shown(value)))
            }
            ([_], None) => Verdict::Pass(format!("{path} is {wanted}")),
            (many, None) => Verdict::Pass(format!("all {} of {path} are {wanted}", many.len())),
        }
    }

    /// Why this could never tell anything.
    pub(in crate::check) fn flaw(&self, field: &str) -> Option<String> {
        if holds_a_date(&self.equals) {
            return Some(format!(
                "`{field}.equals` holds a bare date, and JSON has none: quote it"
            ));
        }
        // A value may become an index, a name or a text, and each would be read differently.
        if is_open(&self.path) {
            return None;
        }
        let why = JsonPath::parse(&self.path).err()?;
        Some(format!("`{field}.path` is {}, no JSON path: {why}", quote(&self.path)))
    }
}

pub(super) fn shown(value: &Value) -> String {
    cut(&value.to_string(), 48)
}

/// TOML's dates come through as a table with one private key.
pub(in crate::check) fn holds_a_date(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(holds_a_date),
        Value::Object(fields) => {
            fields.iter().any(|(key, value)| key.starts_with("$__toml") || holds_a_date(value))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}

/// Equal as JSON values, numbers by their worth.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => same_worth(a, b),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let same = |(key, value)| b.get(key).is_some_and(|other| equal(value, other));
            a.len() == b.len() && a.iter().all(same)
        }
        _ => a == b,
    }
}

/// Beyond this, whole numbers fall together when they become fractions.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Which number is greater, where that can be told exactly.
pub(super) fn compare(a: &Number, b: &Number) -> Option<Ordering> {
    if let (Some(a), Some(b)) = (a.as_i128(), b.as_i128()) {
        return Some(a.cmp(&b));
    }
    let (a, b) = (a.as_f64()?, b.as_f64()?);
    let exact = a.abs() < EXACT || b.abs() < EXACT;
    exact.then(|| a.partial_cmp(&b)).flatten()
}

fn same_worth(a: &Number, b: &Number) -> bool {
    if a.is_f64() == b.is_f64() {
        return a == b;
    }
    match (a.as_f64(), b.as_f64()) {
        (Some(a), Some(b)) => a.abs() < EXACT && b.abs() < EXACT && (a - b).abs() == 0.0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Outcome;
    use serde_json::json;

    fn outcome(text: &str, path: &str, equals: Value) -> Outcome {
        JsonEquals { path: path.into(), equals }.judge("body", &Capture::whole(text)).outcome()
    }

    #[test]
    fn values_are_compared_as_json() {
        let text = r#"{"a":{"b":[1,2.0,"x",null,true]},"big":9007199254740993}"#;
        for (path, equals, wanted) in [
            ("$.a.b[0]", json!(1), Outcome::Pass),
            ("$.a.b[0]", json!(1.0), Outcome::Pass),
            ("$.a.b[0]", json!("1"), Outcome::Fail),
            ("$.a.b[1]", json!(2), Outcome::Pass),
            ("$.a.b", json!([1, 2, "x", null, true]), Outcome::Pass),
            ("$.a", json!({"b": [1, 2, "x", null]}), Outcome::Fail),
            ("$.big", json!(9_007_199_254_740_992_u64), Outcome::Fail),
            ("$.big", json!(9_007_199_254_740_992.0), Outcome::Fail),
            ("$.none", json!(1), Outcome::Fail),
            ("$..b[*]", json!(1), Outcome::Fail),
            ("$[", json!(1), Outcome::Unknown),
        ] {
            assert_eq!(outcome(text, path, equals.clone()), wanted, "{path} = {equals}");
        }
        assert_eq!(outcome(r#"[{"s":1},{"s":1}]"#, "$[*].s", json!(1)), Outcome::Pass);
    }

    #[test]
    fn half_a_text_is_no_text() {
        let deep = "[".repeat(100_000);
        for text in ["", "<html>", r#"{"a":1"#, r#"{"a":1} {"a":2}"#, deep.as_str()] {
            assert_eq!(outcome(text, "$.a", json!(1)), Outcome::Unknown, "{text:.20}");
        }
        let cut = Capture { head: r#"{"a":1}"#.into(), tail: String::new(), left_out: 3 };
        let claim = JsonEquals { path: "$.a".into(), equals: json!(1) };
        assert_eq!(claim.judge("body", &cut).outcome(), Outcome::Unknown);
    }

    #[test]
    fn verdicts_show_both_values() {
        let claim = JsonEquals { path: "$.state".into(), equals: json!("ok") };
        let verdict = claim.judge("body", &Capture::whole(r#"{"state":"sick"}"#));
        assert_eq!(verdict.says(), r#"$.state is "sick", wanted "ok""#);
        let verdict = claim.judge("body", &Capture::whole("{}"));
        assert_eq!(verdict.says(), r#"body has no $.state, wanted "ok""#);
    }

    #[test]
    fn flaws() {
        let flaw = |text: &str| toml::from_str::<JsonEquals>(text).unwrap().flaw("json");
        assert!(flaw("path = '$['\nequals = 1").unwrap().contains("no JSON path"));
        assert!(flaw("path = '$.a'\nequals = 2026-01-01").unwrap().contains("bare date"));
        assert!(flaw("path = '$.a'\nequals = [{ d = 10:00:00 }]").unwrap().contains("bare date"));
        assert_eq!(flaw("path = '$.a[{{index}}]'\nequals = '2026-01-01'"), None);
        assert_eq!(flaw("path = '$.a[?@.b == 1].c'\nequals = { x = 1.5 }"), None);
    }
}
