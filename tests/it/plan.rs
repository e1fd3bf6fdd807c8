//! The plan: what it shows, what it hides, what it adds up; what changed in meaning.

use std::collections::BTreeSet;

use holdpoint::plan::Plan;
use holdpoint::runbook::{Runbook, Value, Values};

#[path = "plan/asked.rs"]
mod asked;
#[path = "plan/changes.rs"]
mod changes;
#[path = "plan/drawn.rs"]
mod drawn;
#[path = "plan/hostile.rs"]
mod hostile;
#[path = "plan/meaning.rs"]
mod meaning;

/// A file of the project.
fn file(path: &str) -> String {
    std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn read(text: &str) -> Runbook {
    Runbook::parse("plan.toml", text)
        .unwrap_or_else(|problems| panic!("{}", problems.show(holdpoint::runbook::Style::Plain)))
}

/// The runbook that the changes are made in.
fn base() -> String {
    file("tests/cases/plan/base.toml")
}

/// The plan where nobody knows a value but these.
fn plan_with(book: &Runbook, told: &[(&str, &str)]) -> Plan {
    let mut open = BTreeSet::new();
    let mut values = Values::default();
    for variable in &book.variables {
        let known = told.iter().find(|(name, _)| *name == variable.name);
        let text = known.map_or_else(
            || {
                open.insert(variable.name.clone());
                format!("{{{{{}}}}}", variable.name)
            },
            |(_, text)| (*text).to_owned(),
        );
        values.0.insert(variable.name.clone(), Value { text, secret: variable.secret });
    }
    Plan::of(book, &values, &open)
}
