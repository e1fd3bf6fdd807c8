//! One row of a table of commands, and whether a call fits it.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::audit::calls::{Call, Word};

/// The words and options of a row.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    /// Which row of its table it is.
    pub row: usize,
    words: Vec<&'static str>,
    with: Vec<&'static str>,
    without: Vec<&'static str>,
}

impl Pattern {
    /// The programs of a row, and its pattern.
    pub fn read(row: usize, text: &'static str) -> (&'static str, Self) {
        let mut parts = text.split_whitespace();
        let programs = parts.next().unwrap_or_default();
        let mut pattern = Self { row, words: Vec::new(), with: Vec::new(), without: Vec::new() };
        for part in parts {
            match part.strip_prefix('!') {
                Some(option) => pattern.without.push(option),
                None if part.starts_with('-') => pattern.with.push(part),
                None => pattern.words.push(part),
            }
        }
        (programs, pattern)
    }

    /// Which word of the call makes it fit: the last option that is wanted, or else the program.
    pub fn fits(&self, call: &Call, words: &[&Word]) -> Option<usize> {
        let has = |options: &&str| place_of(call, options).is_some();
        if self.without.iter().any(has) || !words_fit(&self.words, words) {
            return None;
        }
        let mut at = 0;
        for options in &self.with {
            at = place_of(call, options)?;
        }
        Some(at)
    }
}

/// The words of the call that say what is done: neither options nor their values.
pub(super) fn plain_words(call: &Call) -> Vec<&Word> {
    let none = Vec::new();
    let valued = VALUED.get(call.program()).unwrap_or(&none);
    let mut words = Vec::new();
    let mut rest = call.arguments().iter();
    while let Some(word) = rest.next() {
        if word.text == "--" {
            words.extend(rest.by_ref());
        } else if valued.contains(&word.text.as_str()) {
            rest.next();
        } else if word.text == "-" || !word.text.starts_with('-') {
            words.push(word);
        }
    }
    words
}

static VALUED: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = include_str!("valued.txt").lines().filter(|line| !line.starts_with('#'));
    let split = |line: &'static str| {
        let (programs, options) = line.split_once(' ')?;
        Some((programs, options.split_whitespace().collect::<Vec<_>>()))
    };
    let rows = lines.filter_map(split);
    rows.flat_map(|(programs, options)| programs.split('|').map(move |it| (it, options.clone())))
        .collect()
});

fn words_fit(wanted: &[&str], words: &[&Word]) -> bool {
    match (wanted.split_first(), words.split_first()) {
        (None, _) => true,
        (Some((&"$", _)), first) => first.is_none(),
        (Some((&"**", wanted)), _) => {
            (0..=words.len()).any(|skipped| words_fit(wanted, &words[skipped..]))
        }
        (Some((any, wanted)), Some((word, words))) => {
            any.split('|').any(|one| glob(one, &word.text)) && words_fit(wanted, words)
        }
        (Some(_), None) => false,
    }
}

/// Where the call has one of these options: 1 is the first argument.
fn place_of(call: &Call, options: &str) -> Option<usize> {
    let arguments = call.arguments();
    let is = |at: usize, option: &str| {
        let word = arguments[at].text.as_str();
        let next = arguments.get(at + 1).map(|next| next.text.as_str());
        match option.split_once('=') {
            Some((name, value)) => word == option || (word == name && next == Some(value)),
            None => word == option || is_joined(word, option),
        }
    };
    let found = (0..arguments.len()).find(|at| options.split('|').any(|one| is(*at, one)));
    found.map(|at| at + 1)
}

/// `--name=value`, or `-f` in `-rf`.
fn is_joined(word: &str, option: &str) -> bool {
    let is_short = option.len() == 2 && !option.starts_with("--");
    let cluster =
        word.strip_prefix('-').filter(|rest| rest.chars().all(|c| c.is_ascii_alphabetic()));
    let in_cluster = cluster.is_some_and(|rest| rest.len() <= 4 && rest.contains(&option[1..]));
    (is_short && in_cluster)
        || (!is_short && word.strip_prefix(option).is_some_and(|rest| rest.starts_with('=')))
}

/// Whether the text is like the pattern, in which `*` stands for any letters.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    if !pattern.contains('*') {
        return rest.is_empty();
    }
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}
