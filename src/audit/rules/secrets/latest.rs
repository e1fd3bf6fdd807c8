//! `:latest` is another image tomorrow.

use std::sync::LazyLock;

use regex::Regex;

use super::written::{found_at, texts};
use crate::audit::{Found, Level, Rule, Subject};
use crate::runbook::quoted;

pub(super) const RULE: Rule = Rule {
    code: "HP509",
    name: "latest-image",
    level: Level::Warning,
    meaning: "an image is named `:latest`, which is another one tomorrow, and cannot be gone back to",
    help: "name the version, `:{{version}}`, or the digest, `@sha256:…`",
    look,
};

/// An image with its registry and path; what is tagged or pushed so is not taken from there.
static LATEST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"[A-Za-z0-9._/{}$-]+:latest(?:[^A-Za-z0-9._-]|$)").expect("a pattern")
});

fn look(subject: &Subject<'_>, found: &mut Vec<Found>) {
    for written in texts(subject, true).iter().filter(|written| written.text.contains(":latest")) {
        for hit in LATEST.find_iter(written.text) {
            let end =
                hit.start() + hit.as_str().rfind(":latest").unwrap_or_default() + ":latest".len();
            let place = written.part(subject, &(hit.start()..end));
            let image = &written.text[hit.start()..end];
            if !is_published(subject, &place) {
                let message = format!("{} is another image tomorrow", quoted(image));
                found.push(found_at(subject, &place, message).here("any version"));
            }
        }
    }
}

/// Whether a program makes this tag, and takes nothing from it.
fn is_published(subject: &Subject<'_>, place: &std::ops::Range<usize>) -> bool {
    let mut calls = subject.steps.iter().flat_map(|placed| &placed.calls);
    calls.any(|call| {
        let makes = ["tag", "push", "build", "inspect", "rmi"];
        call.place.start <= place.start
            && place.end <= call.place.end
            && ["docker", "podman", "crane", "buildah", "nerdctl", "skopeo"]
                .contains(&call.program())
            && call.has(&makes)
    })
}
