//! What a session needs before its first entry: a runbook that is right, and a value for each of
//! its variables.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regex::Regex;

use super::Failure;
use super::rehearsal::stand_in;
use super::sitting::Sitting;
use crate::cli::Vars;
use crate::host::terminal::Terminal;
use crate::host::{folder, identity, terminal};
use crate::runbook::{Origin, Runbook, Value, Values, Variable, is_variable_name};
use crate::text::Mask;

/// A runbook is not read beyond this; the reader then says that it is too long.
pub(super) const READ_LIMIT: u64 = (1 << 20) + 1;

/// Reads a runbook file.
pub(super) fn runbook(path: &Path) -> Result<Runbook, Failure> {
    let bytes = folder::read(path, READ_LIMIT).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::usage(format!("there is no runbook `{}`", path.display()))
        }
        _ => Failure::usage(format!("cannot read the runbook `{}`: {error}", path.display())),
    })?;
    Runbook::from_bytes(&path.display().to_string(), &bytes)
        .map_err(|problems| Failure::problems(&problems))
}

/// A value for each variable: told on the command line, else known before, else from where the
/// runbook says.
pub(super) fn values(
    book: &Runbook,
    vars: &Vars,
    known: &BTreeMap<String, String>,
    sitting: &Sitting,
) -> Result<Values, Failure> {
    let told = told(book, vars)?;
    let mut values = Values::default();
    for variable in &book.variables {
        let last = told.iter().rev().find(|(name, _)| *name == variable.name);
        let text = match (last, known.get(&variable.name)) {
            (Some((_, text)), Some(known)) if text != known => {
                return Err(stays(variable, known));
            }
            (Some((_, text)), _) => checked(variable, (*text).to_owned())?,
            (None, Some(known)) => checked(variable, known.clone()).map_err(|failure| {
                failure.help(
                    "the session has this value, and the changed runbook does not take it: mend \
                     the runbook, or follow it as the journal recorded it with --recorded",
                )
            })?,
            (None, None) if variable.secret && sitting.rehearses() => stand_in(&variable.name),
            (None, None) => from_origin(variable, sitting.terminal())?,
        };
        let value = Value { text, secret: variable.secret };
        values.0.insert(variable.name.clone(), value);
    }
    Ok(values)
}

/// The values that are told on the command line, or written in the runbook, and the names of those
/// variables that have none: for them stands `*`. Nobody is asked, and nothing secret is there.
pub(super) fn told_values(book: &Runbook, vars: &Vars) -> Result<(Values, Vec<String>), Failure> {
    let told = told(book, vars)?;
    let (mut values, mut open) = (Values::default(), Vec::new());
    for variable in &book.variables {
        let last = told.iter().rev().find(|(name, _)| *name == variable.name);
        let text = match (last, &variable.origin) {
            (Some((_, text)), _) => Some(checked(variable, (*text).to_owned())?),
            (None, Origin::Literal(text)) => Some(text.clone()),
            (None, Origin::Prompt { .. } | Origin::Env(_)) => None,
        };
        let text = text.filter(|_| !variable.secret).unwrap_or_else(|| {
            open.push(variable.name.clone());
            "*".to_owned()
        });
        values.0.insert(variable.name.clone(), Value { text, secret: variable.secret });
    }
    Ok((values, open))
}

/// The values that are known before a session: told, written in the runbook, or set in the
/// environment; and the names of those variables that have none, for which `{{name}}` stands.
/// Nobody is asked. What a session would not begin with is refused here, too.
pub(super) fn known_values(
    book: &Runbook,
    vars: &Vars,
) -> Result<(Values, BTreeSet<String>), Failure> {
    let told = told(book, vars)?;
    let (mut values, mut open) = (Values::default(), BTreeSet::new());
    for variable in &book.variables {
        let last = told.iter().rev().find(|(name, _)| *name == variable.name);
        let text = match (last, &variable.origin) {
            (Some((_, text)), _) => Some((*text).to_owned()),
            (None, Origin::Literal(text)) => Some(text.clone()),
            (None, Origin::Env(name)) => identity::environment(name),
            (None, Origin::Prompt { .. }) => None,
        };
        let text = if let Some(text) = text {
            checked(variable, text)?
        } else {
            open.insert(variable.name.clone());
            format!("{{{{{}}}}}", variable.name)
        };
        values.0.insert(variable.name.clone(), Value { text, secret: variable.secret });
    }
    let mut known = values.clone();
    known.0.retain(|name, value| !(value.secret && open.contains(name)));
    mask(book, &known)?;
    Ok((values, open))
}

/// The mask over the secrets among the values.
pub(super) fn mask(book: &Runbook, values: &Values) -> Result<Mask, Failure> {
    let secrets = values.0.iter().filter(|(_, value)| value.secret);
    let mask = Mask::new(secrets.map(|(name, value)| (name.as_str(), value.text.as_str())))
        .map_err(|error| {
            Failure::usage(error.to_string())
                .help("give it a longer value, or take `secret` away if it is none")
        })?;
    // What is written in the runbook is no secret from whoever reads the journal beside it.
    let written = |one: &Variable| match &one.origin {
        Origin::Literal(text) => *text == values.0[&one.name].text,
        Origin::Prompt { .. } | Origin::Env(_) => false,
    };
    for variable in book.variables.iter().filter(|one| !one.secret && !written(one)) {
        let text = &values.0[&variable.name].text;
        if mask.mask(text) != *text {
            let name = &variable.name;
            return Err(Failure::usage(format!("the value of `{name}` holds a secret")).help(
                format!("the journal would show it: write `secret = true` for `{name}` too"),
            ));
        }
    }
    Ok(mask)
}

/// What was told on the command line, all of it of variables that there are.
pub(super) fn told<'a>(book: &Runbook, vars: &'a Vars) -> Result<Vec<(&'a str, &'a str)>, Failure> {
    let told =
        vars.values.iter().map(|text| name_and_value(text)).collect::<Result<Vec<_>, _>>()?;
    match told.iter().find(|(name, _)| !declares(book, name)) {
        Some((name, _)) => Err(unknown(book, name)),
        None => Ok(told),
    }
}

fn name_and_value(text: &str) -> Result<(&str, &str), Failure> {
    let wanted = "wanted NAME=VALUE, with a name of a-z, 0-9 and `_`";
    match text.split_once('=') {
        Some((name, value)) if is_variable_name(name) => Ok((name, value)),
        // What stands there may be a secret's value.
        None => Err(Failure::usage(format!("a --var has no `=`: {wanted}"))),
        Some((name, _)) => Err(Failure::usage(format!("a --var has the name `{name}`: {wanted}"))),
    }
}

fn unknown(book: &Runbook, name: &str) -> Failure {
    let declared: Vec<&str> = book.variables.iter().map(|one| one.name.as_str()).collect();
    Failure::usage(format!("the runbook has no variable `{name}`")).help(match declared.len() {
        0 => "it has none: leave --var away".to_owned(),
        _ => format!("it has: {}", declared.join(", ")),
    })
}

/// What ran already ran with the value that the session has.
fn stays(variable: &Variable, known: &str) -> Failure {
    let name = &variable.name;
    Failure::usage(format!("this session has `{known}` for the variable `{name}`, and keeps it"))
        .help(format!("leave `--var {name}` away, or start another session"))
}

fn declares(book: &Runbook, name: &str) -> bool {
    book.variables.iter().any(|variable| variable.name == name)
}

pub(super) fn from_origin(
    variable: &Variable,
    terminal: Option<&Terminal>,
) -> Result<String, Failure> {
    match &variable.origin {
        Origin::Literal(text) => checked(variable, text.clone()),
        Origin::Env(name) => match identity::environment(name) {
            Some(text) => checked(variable, text),
            None => Err(missing(variable, &format!("the environment has no `{name}`"))
                .help(format!("set {name}, or give --var {}=VALUE", variable.name))),
        },
        Origin::Prompt { text, default } => {
            let Some(terminal) = terminal else {
                return Err(missing(variable, "there is no terminal to ask on")
                    .help(format!("give --var {}=VALUE", variable.name)));
            };
            loop {
                let asked =
                    terminal::ask_value(terminal, text, default.as_deref(), variable.secret)
                        .map_err(|error| missing(variable, &error.to_string()))?;
                match checked(variable, asked) {
                    Ok(value) => return Ok(value),
                    Err(failure) => {
                        failure.tell();
                    }
                }
            }
        }
    }
}

fn missing(variable: &Variable, why: &str) -> Failure {
    Failure::usage(format!("variable `{}` has no value: {why}", variable.name))
}

/// The value, if it is one that the runbook takes. A secret's value is never told.
pub(super) fn checked(variable: &Variable, text: String) -> Result<String, Failure> {
    match flaw(variable, &text) {
        None => Ok(text),
        Some(why) => Err(Failure::usage(format!("variable `{}`: {why}", variable.name))),
    }
}

/// Why the runbook does not take the value, if so.
pub(super) fn flaw(variable: &Variable, text: &str) -> Option<String> {
    if text.contains('\0') {
        return Some("it holds a NUL character".to_owned());
    }
    let pattern = variable.pattern.as_ref()?;
    let whole = Regex::new(&format!("^(?:{pattern})$")).expect("a runbook holds only patterns");
    if whole.is_match(text) {
        return None;
    }
    let found = if variable.secret { "its value".to_owned() } else { format!("`{text}`") };
    Some(format!(
        "{found} does not match the pattern `{pattern}`, wanted a value that does as a whole"
    ))
}
