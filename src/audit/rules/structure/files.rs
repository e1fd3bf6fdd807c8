//! The files that deliverables name, and who looks at them or needs them.

use std::ops::Range;

use crate::audit::{Call, Placed, PlacedCheck};
use crate::check::Claim;

/// The files that a deliverable names: in back quotes, or alone, or a path among words.
pub(super) fn named(deliverable: &str) -> Vec<&str> {
    let quoted = deliverable.split('`').skip(1).step_by(2);
    let mut files: Vec<&str> = quoted.filter(|text| is_file(text)).collect();
    if files.is_empty() {
        let words = deliverable.split_whitespace();
        let words = words.map(|word| {
            word.trim_start_matches(['(', '"']).trim_end_matches([',', ';', ':', ')', '"', '.'])
        });
        let alone = !deliverable.trim().contains(char::is_whitespace);
        files.extend(words.filter(|word| is_file(word) && (alone || word.contains('/'))));
    }
    files
}

/// How the names of servers end.
const DOMAINS: [&str; 14] = [
    "app", "biz", "cloud", "com", "de", "dev", "eu", "info", "internal", "io", "local", "net",
    "org", "uk",
];

/// `reports/junit.xml`, `main.tf`; no address, no server, no version.
fn is_file(text: &str) -> bool {
    let name = text.rsplit('/').next().unwrap_or(text);
    let ending = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, end)| end);
    let fits = |end: &str| end.len() <= 10 && end.starts_with(|c: char| c.is_ascii_alphabetic());
    let is_server = |end: &str| !text.contains('/') && DOMAINS.contains(&end);
    let has_ending = ending.is_some_and(|end| fits(end) && !is_server(end));
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/+@{}*".contains(c);
    has_ending && !text.contains("://") && text.chars().all(plain)
}

/// Whether a text speaks of the file: by its path, or by a name that is long enough to be its own.
pub(super) fn speaks_of(text: &str, file: &str) -> bool {
    let name = file.rsplit('/').next().unwrap_or(file);
    text.contains(file) || (name.len() >= 6 && text.contains(name))
}

/// Where a step wants the file to be there: looks at it, runs it, or hands it to a program.
pub(super) fn wanted_by(placed: &Placed<'_>, file: &str) -> Option<Range<usize>> {
    let same = |text: &str| text.trim_start_matches("./") == file.trim_start_matches("./");
    let looks = |check: PlacedCheck<'_>| match &check.check.claim {
        Claim::File(claim) => (claim.exists && same(&claim.path)).then(|| check.at("path")),
        Claim::Tests(claim) => same(&claim.junit).then(|| check.at("junit")),
        _ => None,
    };
    if let Some(place) = placed.checks().into_iter().find_map(looks) {
        return Some(place);
    }
    placed.calls.iter().find_map(|call| read_by(call, &same))
}

/// Programs whose arguments are made, or go.
const MAKERS: [&str; 14] = [
    "chmod", "cp", "echo", "git", "install", "ln", "make", "mkdir", "mv", "printf", "rm", "rmdir",
    "tee", "touch",
];

/// Where a call runs the file, or is given it as an argument that is not its output.
fn read_by(call: &Call, same: &dyn Fn(&str) -> bool) -> Option<Range<usize>> {
    let first = call.words.first().filter(|word| same(&word.text));
    let mut pairs = call.words.windows(2).filter(|_| !MAKERS.contains(&call.program()));
    let is_output = |option: &str| {
        option.starts_with('-') && !["-f", "-c", "--file", "--config"].contains(&option)
    };
    let given = pairs.find(|pair| same(&pair[1].text) && !is_output(&pair[0].text));
    first.or(given.map(|pair| &pair[1])).map(|word| word.place.clone())
}
