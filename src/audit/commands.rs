//! What a command line does, as far as its words tell: the tables lie beside this file.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::calls::Call;
use super::sql;

mod disk;
mod pattern;

use pattern::{Pattern, plain_words};

/// What a command line does. The worst is last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Nobody knows.
    Unknown,
    /// It changes nothing.
    Looks,
    /// It makes what one can go back to.
    BacksUp,
    /// It changes what can be taken back.
    Changes,
    /// It takes something out of service.
    Stops,
    /// What is gone can be made again.
    Removes,
    /// What is gone is data, or everything.
    Destroys,
}

/// What the call does. Calls without their wrappers are asked about: see `Placed::done`.
#[must_use]
pub fn effect(call: &Call) -> Effect {
    let words = plain_words(call);
    let program = call.program();
    if let Some(statements) = sql::given_to(call, &words) {
        return sql::effect(&statements);
    }
    if let Some(effect) = disk::effect(call, &words) {
        return effect;
    }
    let fits = |(_, pattern): &&(Effect, Pattern)| pattern.fits(call, &words).is_some();
    let rows = [program, "*"].into_iter().filter_map(|name| EFFECTS.get(name));
    let first = rows.flatten().filter(fits).min_by_key(|(_, pattern)| pattern.row);
    first.map_or(Effect::Unknown, |(effect, _)| *effect)
}

/// Whether the call waits for a person or never ends: nobody is there to answer.
#[must_use]
pub fn is_interactive(call: &Call) -> bool {
    fits(&INTERACTIVE, call).is_some() && call.input.is_none() && !call.is_piped
}

/// The option by which the call asks nobody about what it is going to do.
#[must_use]
pub fn asks_nobody(call: &Call) -> Option<usize> {
    fits(&ASKS_NOBODY, call)
}

/// Whether doing it twice is plainly not the same as doing it once.
#[must_use]
pub fn adds_up(call: &Call) -> bool {
    let adds = call.writes.iter().any(|redirect| {
        redirect.appends && redirect.to.text != "/dev/null" && redirect.to.text != "/dev/stderr"
    });
    let inserts = sql::given_to(call, &plain_words(call)).is_some_and(|it| sql::inserts(&it));
    adds || inserts || fits(&ADDS_UP, call).is_some()
}

/// Which word of the arguments makes it fit a table.
fn fits(table: &Rows<()>, call: &Call) -> Option<usize> {
    let words = plain_words(call);
    let rows = [call.program(), "*"].into_iter().filter_map(|name| table.get(name));
    rows.flatten().find_map(|((), pattern)| pattern.fits(call, &words))
}

/// The rows of a table, by program.
type Rows<T> = HashMap<&'static str, Vec<(T, Pattern)>>;

static EFFECTS: LazyLock<Rows<Effect>> =
    LazyLock::new(|| rows(include_str!("commands/effects.txt"), effect_of));
static INTERACTIVE: LazyLock<Rows<()>> =
    LazyLock::new(|| rows(include_str!("commands/interactive.txt"), |row| Some(((), row))));
static ASKS_NOBODY: LazyLock<Rows<()>> =
    LazyLock::new(|| rows(include_str!("commands/asks-nobody.txt"), |row| Some(((), row))));
static ADDS_UP: LazyLock<Rows<()>> =
    LazyLock::new(|| rows(include_str!("commands/adds-up.txt"), |row| Some(((), row))));

/// A row of the effects: the effect, and what is left of the row.
fn effect_of(row: &'static str) -> Option<(Effect, &'static str)> {
    let (name, pattern) = row.split_once(char::is_whitespace)?;
    let effect = match name {
        "looks" => Effect::Looks,
        "backs-up" => Effect::BacksUp,
        "changes" => Effect::Changes,
        "stops" => Effect::Stops,
        "removes" => Effect::Removes,
        "destroys" => Effect::Destroys,
        _ => return None,
    };
    Some((effect, pattern.trim()))
}

fn rows<T: Copy>(
    text: &'static str,
    read: impl Fn(&'static str) -> Option<(T, &'static str)>,
) -> Rows<T> {
    let mut rows = Rows::new();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    for (row, (value, pattern)) in lines.filter_map(read).enumerate() {
        let (programs, pattern) = Pattern::read(row, pattern);
        for program in programs.split('|').filter(|program| !program.is_empty()) {
            rows.entry(program).or_default().push((value, pattern.clone()));
        }
    }
    rows
}
