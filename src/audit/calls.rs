//! What an action calls: every program with its arguments, with the place of each word, out of an
//! argument list or a script. Scripts are read as a shell reads them, in spite of their faults.

use std::ops::Range;

use super::places::Table;
use crate::runbook::Action;

mod compound;
mod expansions;
mod heres;
mod lists;
mod parser;
mod script;
mod simple;
mod spots;
#[cfg(test)]
mod tests;
mod words;

pub(super) use spots::Spots;

pub use script::{Assign, Dialect, Fault, Feature, Script, Slot, Use};

/// One call of a program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and any may be so")]
pub struct Call {
    /// The program and its arguments.
    pub words: Vec<Word>,
    /// All of it, in the text of the runbook.
    pub place: Range<usize>,
    /// Whether a shell runs it.
    pub in_script: bool,
    /// Whether another program reads what it prints: its own exit code is lost, in `sh`.
    pub pipes_on: bool,
    /// Whether it reads what another program prints.
    pub is_piped: bool,
    /// Which pipeline of its script it stands in, and so what it is piped into; 0: in none.
    pub pipe: usize,
    /// Whether its failure is what is wanted: `! grep …`.
    pub is_negated: bool,
    /// Whether its failure is made good: `|| true`, `|| :`, `|| echo …`.
    pub is_forgiven: bool,
    /// Whether it is a condition: of `if`, `while`, `until`, before `&&` and `||`, behind `!`.
    pub is_condition: bool,
    /// Whether it only runs where something else says so: below `if` and `case`, behind `||`, and
    /// behind a test and `&&`.
    pub is_guarded: bool,
    /// Whether something comes behind it in its list: without `set -e` its failure is lost.
    pub is_followed: bool,
    /// Whether nobody waits for it: `&`.
    pub is_background: bool,
    /// Whether it stands in `$(…)`: what it prints is a value.
    pub is_substituted: bool,
    /// Whether it stands in a function.
    pub in_function: bool,
    /// Whether a loop runs it.
    pub in_loop: bool,
    /// The files that its output goes to: `> out`, `>> log`; not `2>&1`.
    pub writes: Vec<Redirect>,
    /// What it reads in place of a terminal: the body of `<<END`, the text of `<<<`, a file's name.
    pub input: Option<Word>,
    /// The variables that are set for it alone: `NAME=value program`.
    pub assigns: Vec<String>,
    /// How many substitutions and functions stand around it.
    level: u32,
}

/// One word of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Word {
    /// What the program is given; `$name` stays as it is written.
    pub text: String,
    /// As it is written, quotes included.
    pub place: Range<usize>,
    /// Whether a shell fills something in: `$name`, `$(…)`.
    pub expands: bool,
    /// Whether all of it stands in quotes.
    pub is_quoted: bool,
}

/// A file that output goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The file.
    pub to: Word,
    /// Whether it is written behind what is there: `>>`.
    pub appends: bool,
}

impl Call {
    /// The program, without its folder; empty where a variable names it.
    #[must_use]
    pub fn program(&self) -> &str {
        let word = self.words.first().filter(|word| !word.expands && !word.text.contains("{{"));
        word.map_or("", |word| word.text.rsplit('/').next().unwrap_or_default())
    }

    /// What the program is given.
    #[must_use]
    pub fn arguments(&self) -> &[Word] {
        self.words.get(1..).unwrap_or_default()
    }

    /// Whether one of the arguments is one of these words.
    #[must_use]
    pub fn has(&self, wanted: &[&str]) -> bool {
        self.arguments().iter().any(|word| wanted.contains(&word.text.as_str()))
    }

    /// Whether the words that are no options begin like this: `["kubectl", "delete"]`.
    #[must_use]
    pub fn is(&self, wanted: &[&str]) -> bool {
        let plain = self.arguments().iter().filter(|word| !word.text.starts_with('-'));
        let mut words = std::iter::once(self.program()).chain(plain.map(|word| word.text.as_str()));
        wanted.iter().all(|wanted| words.next() == Some(*wanted))
    }
}

/// What a script calls, each without `sudo` and the like, with what inner scripts call. Places are
/// those in the script.
#[must_use]
pub fn calls_of_script(script: &str) -> Vec<Call> {
    super::wrappers::done(&of_script(script, &Range::clone))
}

/// What a script calls, in the order written. `place` tells where a part of it stands.
pub(super) fn of_script(script: &str, place: &dyn Fn(&Range<usize>) -> Range<usize>) -> Vec<Call> {
    let (mut calls, _) = script::read(script, &Spots::plain(script), Dialect::Sh);
    for call in &mut calls {
        call.place = place(&call.place);
        let files = call.writes.iter_mut().map(|redirect| &mut redirect.to);
        for word in call.words.iter_mut().chain(files).chain(&mut call.input) {
            word.place = place(&word.place);
        }
    }
    calls
}

/// What is called, and the script that calls it, if there is one.
pub(super) type Called = (Vec<Call>, Option<Script>);

/// What an action calls.
pub(super) fn of_action(action: &Action, table: Table<'_>) -> Called {
    match action {
        Action::Run(_) => of_run(table),
        Action::Shell(_) => match table.text("shell") {
            Some((text, place)) => {
                let (calls, script) = script::read(text, &table.spots(&place, text), Dialect::Sh);
                (calls, Some(script))
            }
            None => Called::default(),
        },
        Action::Manual { .. } | Action::Wait(_) | Action::Observe(_) => Called::default(),
    }
}

/// What `run = [ … ]` calls: the one program; for `sh -c SCRIPT` what the script calls, too.
pub(super) fn of_run(table: Table<'_>) -> Called {
    let words: Vec<Word> = table
        .items("run")
        .into_iter()
        .map(|(text, place)| Word { text: text.to_owned(), place, expands: false, is_quoted: true })
        .collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return Called::default();
    };
    let place = first.place.start..last.place.end;
    let call = Call { words, place, ..Call::default() };
    let (mut calls, mut script) = Called::default();
    if let Some((word, dialect, exits)) = script_of(&call) {
        let spots = table.spots(&word.place, &word.text);
        let (inner, mut read) = script::read(&word.text, &spots, dialect);
        if exits {
            read.exits_from = Some(0);
        }
        (calls, script) = (inner, Some(read));
    }
    calls.insert(0, call);
    // Counted among the calls behind the shell itself.
    if let Some(from) = script.as_mut().and_then(|script| script.exits_from.as_mut()) {
        *from += 1;
    }
    (calls, script)
}

/// The script of `sh -c SCRIPT`, the shell, and whether it ends with the first failure.
fn script_of(call: &Call) -> Option<(&Word, Dialect, bool)> {
    let dialect = match call.program() {
        "sh" | "dash" | "ash" => Dialect::Sh,
        "bash" => Dialect::Bash,
        "zsh" | "ksh" => Dialect::Other,
        _ => return None,
    };
    let is_short = |word: &Word| word.text.starts_with('-') && !word.text.starts_with("--");
    let options = call.arguments().iter().take_while(|word| word.text.starts_with('-'));
    let options: Vec<&Word> = options.filter(|word| is_short(word)).collect();
    let at = call.words.iter().position(|word| is_short(word) && word.text.contains('c'))?;
    let exits = options.iter().any(|word| word.text.contains('e'));
    // `-o pipefail` behind `-c` has a word of its own.
    let behind = call.words.get(at + 1..)?;
    let is_option = |word: &&&Word| is_short(word) || word.text == "pipefail";
    let skipped = behind.iter().take_while(|word| is_option(&word)).count();
    Some((behind.get(skipped)?, dialect, exits))
}
