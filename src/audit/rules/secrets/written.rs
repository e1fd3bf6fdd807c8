//! What rules about secrets and hosts share: every text that is written out, and whose it is.

use std::ops::Range;

use crate::audit::{Found, Subject};
use crate::runbook::{Origin, Variable};

/// A text of the runbook that programs or checks get to see.
pub(super) struct Written<'a> {
    /// The key that it stands under: `run`, `shell`, `url`.
    pub key: &'a str,
    /// What it says.
    pub text: &'a str,
    /// Where it stands, quotes included.
    pub place: Range<usize>,
}

/// Keys whose texts are for people alone, or say where a value comes from.
const FOR_PEOPLE: [&str; 20] = [
    "title",
    "why",
    "goal",
    "criterion",
    "docs",
    "references",
    "deliverables",
    "prompt",
    "reach",
    "owner",
    "manual",
    "attest",
    "skip",
    "irreversible",
    "section",
    "pattern",
    "env",
    "needs",
    "proven_by",
    "until",
];

/// Every text of steps and checks, with those of variables where they are wanted.
pub(super) fn texts<'a>(subject: &Subject<'a>, with_variables: bool) -> Vec<Written<'a>> {
    let mut parts = vec![];
    for key in ["prerequisite", "phase"] {
        parts.extend(subject.root.tables(key));
    }
    parts.extend(subject.root.table("rollback"));
    if with_variables {
        parts.extend(subject.root.table("vars"));
    }
    let all = parts.into_iter().flat_map(|table| table.placed_texts());
    let mut all: Vec<_> = all
        .filter(|(key, ..)| !FOR_PEOPLE.contains(key))
        .map(|(key, text, place)| Written { key, text, place })
        .collect();
    all.sort_by_key(|one| one.place.start);
    all
}

impl Written<'_> {
    /// Where a part of it stands.
    pub(super) fn part(&self, subject: &Subject<'_>, part: &Range<usize>) -> Range<usize> {
        subject.root.inside(&self.place, self.text, part)
    }
}

/// Something about a place: of the step that it stands in, if it is one's.
pub(super) fn found_at(
    subject: &Subject<'_>,
    place: &Range<usize>,
    message: impl Into<String>,
) -> Found {
    let above = subject.steps.iter().filter(|placed| placed.place.start <= place.start);
    match above.max_by_key(|placed| placed.place.start) {
        Some(placed) => placed.found(place, message),
        None => subject.found(place, message),
    }
}

/// The host of a URL, with literal variables filled in; none, where only the session will know.
pub(super) fn host(subject: &Subject<'_>, url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let mut rest = rest.to_owned();
    for variable in &subject.book.variables {
        if let Origin::Literal(value) = &variable.origin {
            rest = rest.replace(&format!("{{{{{}}}}}", variable.name), value);
            rest = rest.replace(&format!("${{{}}}", variable.name), value);
            rest = rest.replace(&format!("${}", variable.name), value);
        }
    }
    let host = rest.split(['/', '?', '#', '"', '\'', ' ', '\n']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let is_open = host.is_empty() || host.contains(['{', '$', '<', '*']);
    (!is_open).then(|| host.to_lowercase())
}

/// Whether only this machine or this network knows a host of this name.
pub(super) fn is_local(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let ends = [".local", ".localhost", ".internal", ".lan", ".svc", ".test", ".consul"];
    let inner = ["10.", "127.", "192.168.", "169.254.", "0.0.0.0"];
    !name.contains('.')
        || ends.iter().any(|end| name.ends_with(end))
        || inner.iter().any(|begin| name.starts_with(begin))
        || is_private(name)
}

/// Whether it is an IP address that no other network can reach.
pub(super) fn is_private(text: &str) -> bool {
    let address = text.parse::<std::net::Ipv4Addr>();
    address.is_ok_and(|address| address.is_private())
}

/// Whether a variable is a secret by its name.
pub(super) fn sounds_secret(variable: &Variable) -> bool {
    let parts: Vec<&str> = variable.name.split('_').collect();
    let last = parts.last().copied().unwrap_or_default();
    let before =
        parts.len().checked_sub(2).and_then(|at| parts.get(at)).copied().unwrap_or_default();
    let plain =
        ["password", "passwd", "pwd", "passphrase", "secret", "token", "credentials", "apikey"];
    let keys = ["api", "private", "secret", "access", "auth", "encryption", "signing", "master"];
    plain.contains(&last) || (last == "key" && keys.contains(&before))
}
