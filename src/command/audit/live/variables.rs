//! The values that the deployment would have, and those that nobody knows yet.

use std::collections::BTreeSet;

use crate::check::Verdict;
use crate::cli::Vars;
use crate::command::sitting::Sitting;
use crate::command::{Failure, fresh};
use crate::host::identity;
use crate::report::{About, Row, Stand, Weight};
use crate::runbook::{Origin, Runbook, Value, Values, Variable};

/// What is known of the variables.
pub(super) struct Known {
    pub(super) values: Values,
    /// Those without a value.
    pub(super) open: BTreeSet<String>,
    pub(super) rows: Vec<Row>,
}

/// A value for each variable that has one now. A person is asked where the runbook wants that and
/// somebody is there.
pub(super) fn known(book: &Runbook, vars: &Vars, sitting: &Sitting) -> Result<Known, Failure> {
    let told = fresh::told(book, vars)?;
    let mut known = Known { values: Values::default(), open: BTreeSet::new(), rows: Vec::new() };
    for variable in &book.variables {
        let last = told.iter().rev().find(|(name, _)| *name == variable.name);
        let (text, verdict) = match last {
            Some((_, text)) => judged(variable, text, "told on the command line"),
            None => from_origin(variable, sitting)?,
        };
        // In the place of what nobody knows stands its name, which is no secret.
        let value = if let Some(text) = text {
            Value { text, secret: variable.secret }
        } else {
            known.open.insert(variable.name.clone());
            Value { text: format!("{{{{{}}}}}", variable.name), secret: false }
        };
        known.values.0.insert(variable.name.clone(), value);
        known.rows.push(Row {
            stand: Stand::Start,
            about: About::Variable,
            step: None,
            name: variable.name.clone(),
            weight: Weight::Must,
            verdict,
        });
    }
    Ok(known)
}

fn from_origin(
    variable: &Variable,
    sitting: &Sitting,
) -> Result<(Option<String>, Verdict), Failure> {
    let name = &variable.name;
    Ok(match &variable.origin {
        Origin::Literal(text) => judged(variable, text, "written in the runbook"),
        Origin::Env(key) => {
            let missing =
                format!("the environment has no `{key}`: set it, or give --var {name}=VALUE");
            let set = |text: String| judged(variable, &text, &format!("{key} is set"));
            identity::environment(key).map_or((None, Verdict::Fail(missing)), set)
        }
        Origin::Prompt { default, .. } => match (sitting.terminal(), default) {
            (Some(terminal), _) => {
                let text = fresh::from_origin(variable, Some(terminal))?;
                judged(variable, &text, "asked for")
            }
            (None, Some(default)) => {
                judged(variable, default, "it will be asked for; taken for now is what is offered")
            }
            (None, None) => {
                let why = format!("it will be asked for: --var {name}=VALUE tells it now");
                (None, Verdict::Unknown(why))
            }
        },
    })
}

/// The value if the runbook takes it, and where it is from.
fn judged(variable: &Variable, text: &str, from: &str) -> (Option<String>, Verdict) {
    match fresh::flaw(variable, text) {
        None => (Some(text.to_owned()), Verdict::Pass(from.to_owned())),
        Some(why) => (None, Verdict::Fail(why)),
    }
}
