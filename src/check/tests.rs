//! A `JUnit` XML report: enough tests ran and none failed. Runs no test.

use roxmltree::{Document, Node};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expectation::{every, quote, unless_flawed};
use super::file::{age, age_flaw};
use super::{FileSeen, Kind, Probe, Reading, Verdict, When};
use crate::value::Span;

/// A `JUnit` XML report: enough tests ran, and none failed.
///
/// A skipped test did not run, and is told. A report above 1 MiB, a broken one, and a file that
/// is no report are `unknown`; a missing one fails.
///
/// ```toml
/// check.tests = { junit = "target/nextest/ci/junit.xml", at_least = 200, newer_than = "30m" }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tests {
    /// Where the report is.
    pub junit: String,
    /// How many tests must have run. Default 1.
    #[serde(default = "one")]
    pub at_least: u64,
    /// The report was written at most this long ago, so that no old one is taken for new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newer_than: Option<Span>,
}

fn one() -> u64 {
    1
}

/// What a report says.
#[derive(Debug, Default, PartialEq)]
struct Counts {
    tests: u64,
    failed: u64,
    skipped: u64,
    /// Name of the first test that failed.
    first_failed: Option<String>,
}

impl Counts {
    fn of(text: &str) -> Result<Self, String> {
        let document = Document::parse(text).map_err(|why| format!("not XML: {why}"))?;
        let root = document.root_element();
        if !is(root, "testsuites") && !is(root, "testsuite") {
            return Err(format!("no JUnit report: it holds {}", quote(root.tag_name().name())));
        }
        let mut counts = Self::default();
        for case in root.descendants().filter(|node| is(*node, "testcase")) {
            counts.add(case);
        }
        for suite in
            root.descendants().filter(|node| is(*node, "testsuite") || is(*node, "testsuites"))
        {
            counts.failed = counts.failed.max(failed_by_attributes(suite)?);
        }
        Ok(counts)
    }

    fn add(&mut self, case: Node) {
        self.tests += 1;
        if case.children().any(|node| is(node, "failure") || is(node, "error")) {
            self.failed += 1;
            let name = || case.attribute("name").unwrap_or("without a name").to_owned();
            self.first_failed.get_or_insert_with(name);
        } else if case.children().any(|node| is(node, "skipped")) {
            self.skipped += 1;
        }
    }

    fn judge(&self, at_least: u64) -> Verdict {
        let ran = self.tests - self.skipped;
        let skipped = match self.skipped {
            0 => String::new(),
            skipped => format!(" ({skipped} skipped)"),
        };
        if self.failed > 0 {
            let first = self.first_failed.as_deref().map(quote);
            let first = first.map(|name| format!(", first {name}")).unwrap_or_default();
            Verdict::Fail(format!("{} of {ran} tests failed{first}{skipped}", self.failed))
        } else if ran < at_least {
            Verdict::Fail(format!("{ran} tests ran{skipped}, wanted {at_least}"))
        } else {
            Verdict::Pass(format!("{ran} tests ran, none failed{skipped}"))
        }
    }
}

fn is(node: Node, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

/// A suite can fail outside its tests, and only says so in its numbers.
fn failed_by_attributes(suite: Node) -> Result<u64, String> {
    let number = |name: &str| match suite.attribute(name).map(str::trim) {
        None | Some("") => Ok(0),
        Some(text) => {
            text.parse::<u64>().map_err(|_| format!("no JUnit report: {name} is {}", quote(text)))
        }
    };
    Ok(number("failures")?.saturating_add(number("errors")?))
}

impl Tests {
    fn judge_report(&self, seen: &FileSeen) -> Verdict {
        let text = seen.text.as_ref().and_then(|capture| capture.text());
        let counted = match text.map(Counts::of) {
            None => Verdict::Unknown(format!("report of {} bytes was not read whole", seen.bytes)),
            Some(Err(why)) => Verdict::Unknown(why),
            Some(Ok(counts)) => counts.judge(self.at_least),
        };
        every(
            [counted]
                .into_iter()
                .chain(self.newer_than.map(|span| age("report", seen.age_seconds, span))),
        )
    }
}

impl Kind for Tests {
    fn ask(&self, _when: When) -> Probe {
        Probe::File { path: self.junit.clone(), text: true, sha256: false }
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        unless_flawed(self.flaw(), || {
            let Reading::File(seen) = reading else { return reading.unfit() };
            match seen {
                Some(seen) => self.judge_report(seen),
                None => Verdict::Fail("there is no such report".to_owned()),
            }
        })
    }

    fn says(&self) -> String {
        format!("{}: at least {} tests ran, none failed", self.junit, self.at_least)
    }

    fn flaw(&self) -> Option<String> {
        if self.junit.is_empty() {
            return Some("`junit` is empty: write the report's path".to_owned());
        }
        if self.at_least == 0 {
            return Some("`at_least` is 0, and no tests would be enough".to_owned());
        }
        age_flaw(self.newer_than)
    }
}

#[cfg(test)]
mod unit {
    use super::*;
    use crate::check::{Obstacle, Outcome};
    use crate::text::Capture;

    const GOOD: &str = r#"<?xml version="1.0"?>
        <testsuites tests="3" failures="0"><testsuite name="a" tests="2" errors="0">
        <testcase name="one"/><testcase name="two"><system-out>x</system-out></testcase>
        </testsuite><testsuite><testcase name="three"><skipped/></testcase></testsuite></testsuites>"#;

    fn verdict(text: &str, rest: &str) -> Verdict {
        let tests: Tests = toml::from_str(&format!("junit = 'r.xml'\n{rest}")).unwrap();
        tests.judge(&seen(Capture::whole(text)))
    }

    fn seen(text: Capture) -> Reading {
        let seen = FileSeen { bytes: 9, age_seconds: 90, sha256: None, text: Some(text) };
        Reading::File(Some(seen))
    }

    #[test]
    fn counts_what_ran() {
        assert_eq!(verdict(GOOD, ""), Verdict::Pass("2 tests ran, none failed (1 skipped)".into()));
        assert_eq!(verdict(GOOD, "at_least = 2").outcome(), Outcome::Pass);
        let few = Verdict::Fail("2 tests ran (1 skipped), wanted 3".into());
        assert_eq!(verdict(GOOD, "at_least = 3"), few);
        assert_eq!(verdict(GOOD, "newer_than = '1m'").outcome(), Outcome::Fail);
        assert_eq!(verdict(GOOD, "newer_than = '2m'").outcome(), Outcome::Pass);
    }

    #[test]
    fn any_failure_or_error_fails() {
        for bad in [
            r#"<testsuite><testcase name="a"/><testcase name="b"><failure/></testcase></testsuite>"#,
            r#"<testsuite><testcase name="b"><error>x</error></testcase></testsuite>"#,
            r#"<testsuite errors="1"><testcase name="b"/></testsuite>"#,
            r#"<testsuites><testsuite failures=" 2 "><testcase name="b"/></testsuite></testsuites>"#,
            r#"<testsuite xmlns="urn:x"><testcase name="b"><failure/><skipped/></testcase></testsuite>"#,
            r"<testsuite><testcase><skipped/></testcase></testsuite>",
            "<testsuite/>",
        ] {
            assert_eq!(verdict(bad, "").outcome(), Outcome::Fail, "{bad}");
        }
        let told =
            verdict(r#"<testsuite><testcase name="b"><failure/></testcase></testsuite>"#, "");
        assert_eq!(told.says(), "1 of 1 tests failed, first `b`");
    }

    #[test]
    fn what_is_no_whole_report_is_unknown() {
        let deep = "<testsuite>".repeat(90_000);
        for garbled in [
            "",
            "ok",
            "<html/>",
            "<testsuite><testcase name='a'/>",
            "<testsuite failures='many'><testcase name='a'/></testsuite>",
            "<!DOCTYPE x [<!ENTITY a 'b'>]><testsuite><testcase name='&a;'/></testsuite>",
            &deep,
        ] {
            assert_eq!(verdict(garbled, "").outcome(), Outcome::Unknown, "{garbled:.40}");
        }
        let tests: Tests = toml::from_str("junit = 'r.xml'").unwrap();
        let cut = Capture { head: GOOD.to_owned(), tail: "x".to_owned(), left_out: 1 };
        assert_eq!(tests.judge(&seen(cut)).outcome(), Outcome::Unknown);
        assert_eq!(tests.judge(&Reading::File(None)).outcome(), Outcome::Fail);
        let obstacle = Reading::Nothing(Obstacle::Timeout);
        assert_eq!(tests.judge(&obstacle).outcome(), Outcome::Unknown);
    }

    #[test]
    fn flaws() {
        for bad in ["junit = ''", "junit = 'a'\nat_least = 0", "junit = 'a'\nnewer_than = '5ms'"] {
            assert!(toml::from_str::<Tests>(bad).unwrap().flaw().is_some(), "{bad}");
        }
    }
}
