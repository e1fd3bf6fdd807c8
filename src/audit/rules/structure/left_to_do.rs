//! A note of the author that something is still missing.

use std::sync::LazyLock;

use regex::Regex;

use crate::audit::{Found, Level, Rule, Subject};

pub(super) const RULE: Rule = Rule {
    code: "HP120",
    name: "left-to-do",
    level: Level::Warning,
    meaning: "the author has noted that something is still to be done",
    help: "do it, or say in the text what people are to do until then",
    look,
};

static MARK: LazyLock<Regex> = LazyLock::new(|| {
    let marks = concat!("TO", "DO|FIX", "ME|TBD|TBC|TBA|X", "XX");
    Regex::new(&format!(r"\b(?:{marks})\b")).expect("a regular expression")
});

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for prose in &subject.prose {
        if let Some(mark) = MARK.find(prose.text) {
            let message = format!("{} is left in a text", mark.as_str());
            found.push(prose.found(&mark.range(), message).here("what is missing?"));
        }
    }
    let mut begins = 0;
    for line in subject.book.source.text.split_inclusive('\n') {
        let is_comment = line.trim_start().starts_with('#');
        if let Some(mark) = is_comment.then(|| MARK.find(line)).flatten() {
            let place = begins + mark.start()..begins + mark.end();
            let message = format!("{} is left in a comment", mark.as_str());
            found.push(subject.found(&place, message).here("what is missing?"));
        }
        begins += line.len();
    }
}
