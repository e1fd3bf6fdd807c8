//! A file as it should be, or none. Reads regular files only.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expectation::{
    contains, digest_flaw, every, matches, pattern_flaw, text_flaw, unless_flawed,
};
use super::{FileSeen, Kind, Probe, Reading, Verdict, When, yes};
use crate::text::Capture;
use crate::value::Span;

/// A file exists, holds a text, has a digest, or is new enough; or does not exist.
///
/// A relative path begins at the session's directory. What is no regular file, or cannot be
/// read, is `unknown`. Of a file above 1 MiB the first MiB and the last 64 KiB are searched: what
/// is not found there is `unknown`.
///
/// ```toml
/// check.file = { path = "build/release.txt", contains = "{{version}}", newer_than = "1h" }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Where it is.
    pub path: String,
    /// Whether it must exist. Default true.
    #[serde(default = "yes")]
    pub exists: bool,
    /// A text that it contains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// A pattern that matches somewhere in it; `^` and `$` stand at the ends of each line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "regex"))]
    pub matches: Option<String>,
    /// Its SHA-256, as `sha256sum` prints it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Its content changed at most this long ago.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newer_than: Option<Span>,
}

impl File {
    fn judge_file(&self, seen: &FileSeen) -> Verdict {
        let exists = Verdict::Pass(format!("exists, {} bytes", seen.bytes));
        let missing = Capture { left_out: seen.bytes, ..Capture::default() };
        let text = seen.text.as_ref().unwrap_or(&missing);
        let expectations = [
            self.contains.as_deref().map(|wanted| contains("file", text, wanted)),
            self.matches.as_deref().map(|pattern| matches("file", text, pattern)),
            self.sha256.as_deref().map(|wanted| digest(seen.sha256.as_deref(), wanted)),
            self.newer_than.map(|span| age("file", seen.age_seconds, span)),
        ];
        every([exists].into_iter().chain(expectations.into_iter().flatten()))
    }
}

fn digest(seen: Option<&str>, wanted: &str) -> Verdict {
    let short = |digest: &str| digest.get(..12).unwrap_or(digest).to_lowercase();
    match seen {
        None => Verdict::Unknown("its SHA-256 was not taken".to_owned()),
        Some(seen) if seen.eq_ignore_ascii_case(wanted) => {
            Verdict::Pass(format!("SHA-256 {}…", short(seen)))
        }
        Some(seen) => Verdict::Fail(format!("SHA-256 {}…, wanted {}…", short(seen), short(wanted))),
    }
}

/// Whether something changed at most `span` ago.
pub(super) fn age(of: &str, seconds: u64, span: Span) -> Verdict {
    let age = Span::of(std::time::Duration::from_secs(seconds));
    if age <= span {
        Verdict::Pass(format!("{of} changed {age} ago"))
    } else {
        Verdict::Fail(format!("{of} changed {age} ago, wanted within {span}"))
    }
}

impl Kind for File {
    fn ask(&self, _when: When) -> Probe {
        Probe::File {
            path: self.path.clone(),
            text: self.contains.is_some() || self.matches.is_some(),
            sha256: self.sha256.is_some(),
        }
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        unless_flawed(self.flaw(), || match (reading, self.exists) {
            (Reading::File(Some(seen)), true) => self.judge_file(seen),
            (Reading::File(Some(seen)), false) => {
                Verdict::Fail(format!("exists, {} bytes, wanted none", seen.bytes))
            }
            (Reading::File(None), true) => Verdict::Fail("there is no such file".to_owned()),
            (Reading::File(None), false) => Verdict::Pass("there is no such file".to_owned()),
            (other, _) => other.unfit(),
        })
    }

    fn says(&self) -> String {
        let mut claims = Vec::new();
        claims.extend(self.contains.as_ref().map(|text| format!("contains `{text}`")));
        claims.extend(self.matches.as_ref().map(|pattern| format!("matches `{pattern}`")));
        claims.extend(self.sha256.as_ref().map(|digest| format!("has SHA-256 {digest}")));
        claims.extend(self.newer_than.map(|span| format!("changed within {span}")));
        if claims.is_empty() {
            claims.push(if self.exists { "exists" } else { "does not exist" }.to_owned());
        }
        format!("{} {}", self.path, claims.join(", "))
    }

    fn flaw(&self) -> Option<String> {
        let asks_more = self.contains.is_some()
            || self.matches.is_some()
            || self.sha256.is_some()
            || self.newer_than.is_some();
        if self.path.is_empty() {
            return Some("`path` is empty".to_owned());
        }
        if !self.exists && asks_more {
            return Some("a file that must not exist can hold nothing".to_owned());
        }
        text_flaw("contains", self.contains.as_deref())
            .or_else(|| pattern_flaw("matches", self.matches.as_deref()))
            .or_else(|| digest_flaw("sha256", self.sha256.as_deref()))
            .or_else(|| age_flaw(self.newer_than))
    }
}

/// Why `newer_than` could never hold.
pub(super) fn age_flaw(newer_than: Option<Span>) -> Option<String> {
    (newer_than?.millis() < 1000)
        .then(|| "`newer_than` is below 1s, and ages are whole seconds".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Obstacle, Outcome};

    fn file(rest: &str) -> File {
        toml::from_str(&format!("path = 'a.txt'\n{rest}")).unwrap()
    }

    fn seen(text: Capture) -> Reading {
        Reading::File(Some(FileSeen {
            bytes: 10,
            age_seconds: 60,
            sha256: Some("ab".repeat(32)),
            text: Some(text),
        }))
    }

    #[test]
    fn judges_every_expectation() {
        let digest = |pair: &str| format!("sha256 = '{}'", pair.repeat(32));
        for (rest, wanted) in [
            ("", Outcome::Pass),
            ("exists = false", Outcome::Fail),
            ("contains = 'v1'", Outcome::Pass),
            ("contains = 'v2'", Outcome::Fail),
            ("matches = '^v[0-9]$'", Outcome::Pass),
            ("matches = '^v2$'", Outcome::Fail),
            ("newer_than = '1m'", Outcome::Pass),
            ("newer_than = '59s'", Outcome::Fail),
            (&digest("AB"), Outcome::Pass),
            (&digest("cd"), Outcome::Fail),
            ("contains = 'v1'\nnewer_than = '1s'", Outcome::Fail),
        ] {
            let verdict = file(rest).judge(&seen(Capture::whole("v1\n")));
            assert_eq!(verdict.outcome(), wanted, "{rest}: {verdict:?}");
        }
    }

    #[test]
    fn a_missing_file_is_an_observation_and_an_unreadable_one_is_not() {
        let none = Reading::File(None);
        let denied = Reading::Nothing(Obstacle::Error("permission denied".into()));
        assert_eq!(file("").judge(&none).outcome(), Outcome::Fail);
        assert_eq!(file("contains = 'x'").judge(&none).outcome(), Outcome::Fail);
        assert_eq!(file("exists = false").judge(&none).outcome(), Outcome::Pass);
        assert_eq!(file("exists = false").judge(&denied).outcome(), Outcome::Unknown);
        assert_eq!(file("").judge(&denied).outcome(), Outcome::Unknown);
        assert_eq!(file("").judge(&Reading::Addresses(vec![])).outcome(), Outcome::Unknown);
    }

    #[test]
    fn what_was_not_read_is_unknown() {
        let cut = seen(Capture { head: "v1\n".into(), tail: "v3\n".into(), left_out: 4 });
        assert_eq!(file("contains = 'v3'").judge(&cut).outcome(), Outcome::Pass);
        assert_eq!(file("contains = 'v2'").judge(&cut).outcome(), Outcome::Unknown);
        assert_eq!(file("matches = 'v2'").judge(&cut).outcome(), Outcome::Unknown);
        let bare = FileSeen { bytes: 10, age_seconds: 0, sha256: None, text: None };
        let bare = Reading::File(Some(bare));
        let digest = format!("sha256 = '{}'", "0".repeat(64));
        for rest in ["contains = 'v1'", "matches = 'v1'", &digest] {
            assert_eq!(file(rest).judge(&bare).outcome(), Outcome::Unknown, "{rest}");
        }
    }

    #[test]
    fn flaws() {
        for bad in [
            "contains = ''",
            "matches = '.*'",
            "matches = '('",
            "sha256 = 'abc'",
            "newer_than = '0s'",
            "exists = false\ncontains = 'x'",
        ] {
            assert!(file(bad).flaw().is_some(), "{bad}");
        }
        assert_eq!(file("contains = '{{v}}'\nmatches = '^{{v}}$'\nsha256 = '{{d}}'").flaw(), None);
    }

    #[test]
    fn says_what_is_claimed() {
        assert_eq!(file("").says(), "a.txt exists");
        assert_eq!(
            file("contains = 'x'\nnewer_than = '1h'").says(),
            "a.txt contains `x`, changed within 1h"
        );
    }
}
