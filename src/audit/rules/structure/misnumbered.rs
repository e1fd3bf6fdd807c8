//! Steps whose titles count, and count wrong.

use std::sync::LazyLock;

use regex::Regex;

use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::Phase;

pub(super) const RULE: Rule = Rule {
    code: "HP121",
    name: "steps-misnumbered",
    level: Level::Note,
    meaning: "the numbers in the titles of steps leave one out, or give one twice",
    help: "was a step lost? Otherwise leave the numbers away: the program counts",
    look,
};

/// `3. `, `3) `, `Step 3: `, `4.3 `: what stands before the last number, and that number.
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(step |task )?((?:\d{1,3}\.)*)(\d{1,3})([.):]\s|\b)")
        .expect("a regular expression")
});

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for phase in Phase::ALL {
        let mut last: Option<(String, u32, std::ops::Range<usize>)> = None;
        for placed in subject.own_steps().filter(|placed| placed.phase() == Some(phase)) {
            let Some((prefix, number)) = number(&placed.step.title) else { continue };
            let place = placed.at("title");
            if let Some((before, one, first)) = &last
                && *before == prefix
                && number != one + 1
            {
                let message = format!("{prefix}{number} comes after {prefix}{one}");
                let one = placed.found(&place, message).here("out of the count");
                found.push(one.also(first, "the one before"));
            }
            last = Some((prefix, number, place));
        }
    }
}

fn number(title: &str) -> Option<(String, u32)> {
    let parts = NUMBER.captures(title)?;
    let is_said = parts.get(1).is_some();
    let (before, ends) = (&parts[2], &parts[4]);
    // `5 minutes later` counts no step.
    let counts = is_said || !ends.is_empty() || !before.is_empty();
    let number = parts[3].parse().ok().filter(|_| counts)?;
    Some((before.to_owned(), number))
}
