//! What rules read in a criterion: whether a machine could see it, or only people know.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// What the kinds of checks can see: tests that pass, things that answer, run, exist.
static SEEN: LazyLock<Regex> = LazyLock::new(|| {
    let alternatives = [
        r"(tests?|checks?|builds?|lints?|suites?|pipelines?|validations?) (all |have |has |are |is )*(pass(es|ed|ing)?|succeed(s|ed)?|green)\b",
        r"(responds?|responding|responsive|healthy|reachable|accessible|operational)\b",
        r"(is|are|keeps?|stays?) (up|running|listening|installed|deployed|reachable|healthy)\b",
        r"(endpoints?|services?|apis?|sites?|pages?) (all )?(answers?|returns?|responds?|runs?|exists?)\b",
        r"deployed$",
        r"no (critical |new |unexpected |serious )*errors? in (the )?\w* ?logs?\b",
        r"(certificates?|credentials) (are |is |were )?(confirmed |verified )?(work(s|ing)?|valid)\b",
        r"(files?|backups?|snapshots?|resources?|buckets?|tables?|dashboards?|alarms?) (all )?(exists?|(is|are) there)\b",
        r"there (is|are) (a |new |fresh )*(backups?|snapshots?)\b",
        r"logs? (hold|show|contain|have)s? no \w* ?errors?\b",
        r"backups? (are |is |were |was )?(created|made|taken|complete)\b",
    ];
    Regex::new(&format!(r"(?i)\b({})", alternatives.join("|"))).expect("a regular expression")
});

/// What only people know.
static KNOWN: LazyLock<Regex> = LazyLock::new(|| {
    let people = "team|stakeholders?|customers?|people|persons?|everybody|everyone|somebody|nobody";
    let roles = "support|reviewers?|leads?|managers?";
    let thoughts =
        "know|knows|known|aware|agreed?|agrees|understood|understands?|content|decided|looks?";
    let words = "approved?|approves|approval|informed|told|notified|signed";
    let all = [people, roles, thoughts, words].join("|");
    Regex::new(&format!(r"(?i)\b({all})\b")).expect("a regular expression")
});

/// The part of a criterion that a check could see.
pub(super) fn seen(criterion: &str) -> Option<Range<usize>> {
    let part = SEEN.find(criterion).map(|part| part.range());
    part.filter(|_| !is_known(criterion))
}

/// Whether the criterion is about what people know, think or were told.
pub(super) fn is_known(criterion: &str) -> bool {
    KNOWN.is_match(criterion)
}
