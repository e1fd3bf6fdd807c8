//! A place where a person should be named.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::quoted;

pub(super) const RULE: Rule = Rule {
    code: "HP604",
    name: "person-is-placeholder",
    level: Level::Warning,
    meaning: "a placeholder stands where somebody should be named",
    help: "write who it is, and how to reach them at night",
    look,
};

static PLACEHOLDER: LazyLock<Regex> = LazyLock::new(|| {
    let whole = concat!(
        r"^(tbd|tbc|tba|to",
        r"do|n/?a|none|unknown|nobody|someone|somebody|name|phone|number|e-?mail|channel|",
        r"to be \w+|[-.?…_*]+|x{2,}|your[-_ ].*)$"
    );
    let part = r"<[a-z][^<>]*>|\[[a-z][^\[\]]*\]|\{[a-z][^{}]*\}|\bchange[-_ ]?me\b|\bplaceholder\b|\byour[-_]\w|\bx{3,}\b|\b0{6,}\b";
    Regex::new(&format!("(?i){whole}|{part}")).expect("a regular expression")
});

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    let mut named: Vec<(&str, Range<usize>)> = Vec::new();
    named.extend(subject.root.table("runbook").and_then(|head| head.text("owner")));
    for contact in subject.root.tables("contact") {
        named.extend(contact.text("name"));
        named.extend(contact.text("reach"));
    }
    for (text, place) in named {
        if PLACEHOLDER.is_match(text.trim()) {
            found.push(subject.found(&place, of(text)).here("who?"));
        }
    }
    for placed in &subject.steps {
        if let Some((owner, place)) = placed.table.text("owner")
            && PLACEHOLDER.is_match(owner.trim())
        {
            found.push(placed.found(&place, of(owner)).here("who?"));
        }
    }
}

fn of(text: &str) -> String {
    format!("{} is nobody", quoted(text))
}
