//! The values of a session's variables, and how they get into commands, checks and sentences.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value as Json;

use super::{Runbook, Template, Variable};
use crate::check::Check;
use crate::text::Mask;

/// A variable's value.
#[derive(Clone, PartialEq, Eq)]
pub struct Value {
    /// As told.
    pub text: String,
    /// Whether it is kept out of sight.
    pub secret: bool,
}

impl Value {
    fn shown(&self) -> &str {
        if self.secret { Mask::MARK } else { &self.text }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.shown())
    }
}

/// The values of a session, by variable.
///
/// A runbook names only variables that it declares, and a session has a value for each, so a
/// name without a value is filled with nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(pub BTreeMap<String, Value>);

impl Values {
    /// The text with every variable filled in. For a process or a request, never for a screen.
    #[must_use]
    pub fn fill(&self, template: &Template) -> String {
        template.fill_with(|name| self.0.get(name).map_or("", |value| &value.text))
    }

    /// The text as people may see it: in a secret's place stands [`Mask::MARK`].
    #[must_use]
    pub fn show(&self, template: &Template) -> String {
        template.fill_with(|name| self.0.get(name).map_or("", Value::shown))
    }

    /// The values that a journal knows. A secret is there by name, as people may see it.
    #[must_use]
    pub fn known(recorded: &[(String, Option<String>)]) -> Self {
        let value = |text: &Option<String>| Value {
            text: text.clone().unwrap_or_else(|| Mask::MARK.to_owned()),
            secret: text.is_none(),
        };
        Self(recorded.iter().map(|(name, text)| (name.clone(), value(text))).collect())
    }

    /// The values as a journal keeps them, in the runbook's order: none for a secret.
    #[must_use]
    pub fn recorded(&self, book: &Runbook) -> Vec<(String, Option<String>)> {
        let one = |variable: &Variable| {
            let value = self.0.get(&variable.name).filter(|_| !variable.secret);
            (variable.name.clone(), value.map(|value| value.text.clone()))
        };
        book.variables.iter().map(one).collect()
    }

    /// The check with every variable filled in, to ask the world with.
    #[must_use]
    pub fn fill_check(&self, check: &Check) -> Check {
        fill_texts(check, &|template| self.fill(template))
    }

    /// The check as it is judged, shown and recorded: readings are masked, so what they are
    /// compared with is masked too, and anybody can judge again from the record.
    #[must_use]
    pub fn show_check(&self, check: &Check) -> Check {
        fill_texts(check, &|template| self.show(template))
    }
}

/// Fills every text in a check, whatever its kind. In a field whose name ends with `matches`,
/// which holds a pattern, a value stands for itself and not for a pattern.
fn fill_texts(check: &Check, fill: &dyn Fn(&Template) -> String) -> Check {
    let mut json = serde_json::to_value(check).expect("a check is plain data");
    walk(&mut json, "", fill);
    serde_json::from_value(json).expect("filling texts keeps the shape")
}

fn walk(json: &mut Json, key: &str, fill: &dyn Fn(&Template) -> String) {
    match json {
        Json::String(text) => {
            if let Ok(template) = Template::parse(text) {
                *text = if key.ends_with("matches") {
                    template.map_variables(|one| regex::escape(&fill(one)))
                } else {
                    fill(&template)
                };
            }
        }
        Json::Array(items) => items.iter_mut().for_each(|item| walk(item, key, fill)),
        Json::Object(fields) => fields.iter_mut().for_each(|(key, item)| walk(item, key, fill)),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}
