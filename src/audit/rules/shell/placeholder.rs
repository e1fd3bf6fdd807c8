//! Places in commands and checks that somebody was to fill in.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{Called, each};
use crate::audit::{Call, Found, Level, PlacedCheck, Rule, Script, Subject, Word};

pub(super) const RULE: Rule = Rule {
    code: "HP411",
    name: "placeholder-left",
    level: Level::Error,
    meaning: "a placeholder stands where a value belongs",
    help: "write the value; or declare a variable, and write `{{name}}`, in a script `\"$name\"`",
    look,
};

/// What placeholders look like. What is nearly one is told apart by what stands beside it.
static STYLES: LazyLock<Regex> = LazyLock::new(|| {
    let styles = [
        r"<(?<angle>[A-Za-z][A-Za-z0-9 _.-]*)>",
        r"\[(?<square>[A-Za-z][A-Za-z _-]*)\]",
        r"(?<your>\b(?:YOUR[_-][A-Z0-9_-]+|your[_-][a-z0-9_-]+))",
        r"(?<mark>\b(?:X{3,}|CHANGE_?ME|changeme|REPLACE_?ME(?:_[A-Z_]+)?|FILL_?ME(?:_IN)?|TBD)\b)",
        r"(?<left>\b(?:T[O]DO|F[I]XME)\b)",
        r"\{(?<brace>[a-z][a-z0-9_]*)\}",
        r"(?<under>__[A-Z][A-Z0-9_]*__)",
        r"(?<version>\bv?(?:X\.Y\.Z|x\.y\.z)\b)",
    ];
    Regex::new(&styles.join("|")).expect("a pattern of ours")
});

/// What stands in brackets where somebody has forgotten to write something else.
const IN_BRACKETS: [&str; 41] = [
    "environment",
    "env",
    "date",
    "component",
    "service",
    "resource",
    "resources",
    "configuration",
    "number",
    "title",
    "version",
    "name",
    "id",
    "host",
    "hostname",
    "user",
    "username",
    "password",
    "region",
    "account",
    "account-id",
    "cluster",
    "namespace",
    "project",
    "branch",
    "tag",
    "url",
    "domain",
    "path",
    "file",
    "port",
    "bucket",
    "database",
    "token",
    "key",
    "app",
    "team",
    "ticket",
    "email",
    "instance",
    "stack",
];

/// Elements of HTML and XML that stand in texts to be found.
const ELEMENTS: [&str; 22] = [
    "html", "head", "body", "title", "div", "span", "p", "a", "b", "i", "br", "pre", "code",
    "table", "tr", "td", "ul", "li", "script", "style", "STDIN", "h1",
];

/// Programs whose arguments are patterns or programs.
const TEXT_TOOLS: [&str; 19] = [
    "grep",
    "egrep",
    "fgrep",
    "rg",
    "sed",
    "awk",
    "gawk",
    "perl",
    "python",
    "python3",
    "ruby",
    "node",
    "jq",
    "yq",
    "xmllint",
    "xmlstarlet",
    "psql",
    "mysql",
    "mktemp",
];

/// So many are looked at in one script.
const MOST: usize = 50;

/// Keys of checks whose value is looked for, and may look like anything.
const LOOKED_FOR: [&str; 9] = [
    "contains",
    "matches",
    "stdout_contains",
    "stdout_matches",
    "body_contains",
    "body_matches",
    "pattern",
    "query",
    "filter",
];

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    each(subject, |called| {
        for place in of_called(subject, &called) {
            let text = subject.root.source(&place);
            found.push(called.placed.found(&place, says(text)));
        }
    });
    for placed in &subject.steps {
        for check in placed.checks().iter().filter(|check| check.calls.is_empty()) {
            for place in of_check(check) {
                let text = subject.root.source(&place);
                found.push(placed.found(&place, says(text)));
            }
        }
    }
}

fn says(text: &str) -> String {
    format!("nobody has filled in `{text}`")
}

fn of_called(subject: &Subject<'_>, called: &Called<'_, '_>) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    if let Some(script) = called.script {
        let place = script.place(&(0..script.text.len()));
        let raw = subject.root.source(&place);
        let aside = |part: &Range<usize>| is_aside(part, script, called.calls);
        let all = in_text(raw)
            .into_iter()
            .take(MOST)
            .map(|part| part.start + place.start..part.end + place.start);
        places.extend(all.filter(|part| !aside(part)));
        return places;
    }
    let is_tool = called.calls.first().is_some_and(|call| TEXT_TOOLS.contains(&call.program()));
    if !is_tool {
        for word in called.calls.iter().flat_map(|call| &call.words) {
            let raw = subject.root.source(&word.place);
            let at = word.place.start;
            places.extend(in_text(raw).into_iter().map(|part| part.start + at..part.end + at));
        }
    }
    places
}

/// Whether a part of a script is a comment, the text of a here-document, or something to be found.
fn is_aside(part: &Range<usize>, script: &Script, calls: &[Call]) -> bool {
    let within = |place: &Range<usize>| place.start <= part.start && part.end <= place.end;
    let of_tool = |call: &&Call| TEXT_TOOLS.contains(&call.program()) && within(&call.place);
    let is_argument = |call: &Call| call.arguments().iter().any(|word: &Word| within(&word.place));
    script.asides.iter().any(within) || calls.iter().filter(of_tool).any(is_argument)
}

fn of_check(check: &PlacedCheck<'_>) -> Vec<Range<usize>> {
    let mut places = Vec::new();
    for (key, _) in check.kind.keys().filter(|(key, _)| !LOOKED_FOR.contains(key)) {
        let Some((text, place)) = check.kind.text(key) else { continue };
        places.extend(in_text(text).iter().map(|part| check.kind.inside(&place, text, part)));
    }
    places.sort_by_key(|place| place.start);
    places
}

/// The placeholders in a text.
fn in_text(text: &str) -> Vec<Range<usize>> {
    let found = STYLES.captures_iter(text).filter_map(|captures| {
        let all = captures.get(0)?;
        let before = text[..all.start()].chars().next_back().unwrap_or(' ');
        let after = text[all.end()..].chars().next().unwrap_or(' ');
        let inner = |name: &str| captures.name(name).map(|found| found.as_str());
        let is_one = if let Some(inner) = inner("angle") {
            is_angle(text, inner, before, after)
        } else if let Some(inner) = inner("square") {
            let known = IN_BRACKETS.contains(&inner.to_lowercase().as_str());
            known && !before.is_alphanumeric() && !")]._".contains(before) && after != ']'
        } else if inner("brace").is_some() {
            !"$%@{#\\".contains(before) && after != '}'
        } else if let Some(inner) = inner("under") {
            !["__FILE__", "__LINE__", "__DIR__"].contains(&inner)
        } else if inner("mark").is_some() {
            // Part of a file's name that `mktemp` fills in.
            before != '.' || after.is_whitespace() && !all.as_str().starts_with('X')
        } else {
            before != '$' && before != '{'
        };
        is_one.then(|| all.range())
    });
    found.collect()
}

/// `<version>`, and not `(?<name>…)`, `<title>` or `sort <in>out`.
fn is_angle(text: &str, inner: &str, before: char, after: char) -> bool {
    let is_element = ELEMENTS.contains(&inner) || text.contains(&format!("</{inner}"));
    let is_files = before.is_whitespace() && (after.is_alphanumeric() || after == '>');
    !is_element && !is_files && before != '?' && before != '<'
}
