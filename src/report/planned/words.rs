//! What the parts of a plan are called.

use crate::plan::{Check, Kind};
use crate::report::rough;
use crate::value::Span;

/// Milliseconds as people say them.
pub(super) fn time(ms: u64) -> String {
    if ms == 0 { "0s".to_owned() } else { rough(Span::from_millis(ms)) }
}

/// Milliseconds as the runbook says them.
pub(super) fn exactly(ms: u64) -> String {
    Span::from_millis(ms).to_string()
}

/// What a step is, in one column.
pub(super) fn kind(kind: Kind, changes: bool) -> &'static str {
    match kind {
        Kind::Looks => "looks",
        Kind::Runs if changes => "CHANGES",
        Kind::Runs => "runs",
        Kind::ByHand => "by hand",
        Kind::Waits => "waits",
        Kind::Watches => "watches",
    }
}

/// A check, in words.
pub(super) fn check(check: &Check) -> String {
    let mut text = match &check.title {
        Some(title) => format!("{title}: {}", check.says),
        None => check.says.clone(),
    };
    let mut more = Vec::new();
    if let Some((every, within)) = check.until_ms {
        let (every, within) = (exactly(every), exactly(within));
        more.push(format!("asked every {every} until it passes, for {within}"));
    }
    more.extend(check.timeout_ms.map(|ms| format!("within {}", exactly(ms))));
    if check.baseline {
        more.push("compared with how it was before the first change".to_owned());
    }
    if !more.is_empty() {
        text.push_str(&format!(" ({})", more.join("; ")));
    }
    text
}

/// What is no title: `Title (id)`.
pub(super) fn titled(title: &str, id: &str) -> String {
    format!("{title} ({id})")
}
