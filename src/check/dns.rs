//! A name resolves, to certain addresses, or not at all. Asks as this machine does.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expectation::{cut, is_open, quote, unless_flawed};
use super::{Kind, Probe, Reading, Verdict, When, yes};

/// A name resolves, and to what; or does not resolve.
///
/// The answer is this machine's: its hosts file and caches have their say. A resolver that does
/// not answer is `unknown`.
///
/// ```toml
/// check.dns = { name = "orders.example.com", to = ["192.0.2.10"] }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dns {
    /// The name.
    pub name: String,
    /// Whether it must resolve. Default true.
    #[serde(default = "yes")]
    pub resolves: bool,
    /// Addresses that must all be among the answers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<String>,
}

impl Dns {
    fn judge_addresses(&self, seen: &[String]) -> Verdict {
        let found = cut(&seen.join(", "), 100);
        match (seen.is_empty(), self.resolves) {
            (true, true) => return Verdict::Fail("there is no such name".to_owned()),
            (true, false) => return Verdict::Pass("there is no such name".to_owned()),
            (false, false) => return Verdict::Fail(format!("is {found}, wanted no such name")),
            (false, true) => {}
        }
        match self.to.iter().find(|wanted| !seen.iter().any(|seen| same(seen, wanted))) {
            Some(wanted) => Verdict::Fail(format!("is {found}, wanted {}", cut(wanted, 48))),
            None => Verdict::Pass(format!("is {found}")),
        }
    }
}

/// The same address, however it is written.
fn same(a: &str, b: &str) -> bool {
    match (a.parse::<IpAddr>(), b.parse::<IpAddr>()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}

impl Kind for Dns {
    fn ask(&self, _when: When) -> Probe {
        Probe::Resolve { name: self.name.clone() }
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        unless_flawed(self.flaw(), || {
            let Reading::Addresses(seen) = reading else { return reading.unfit() };
            self.judge_addresses(seen)
        })
    }

    fn says(&self) -> String {
        match (self.resolves, self.to.as_slice()) {
            (false, _) => format!("{} does not resolve", self.name),
            (true, []) => format!("{} resolves", self.name),
            (true, to) => format!("{} resolves to {}", self.name, to.join(", ")),
        }
    }

    fn flaw(&self) -> Option<String> {
        let name = &self.name;
        if name.is_empty() || name.contains(['/', ':']) || name.contains(char::is_whitespace) {
            let shown = quote(name);
            // A variable's braces may hold spaces.
            return (!name.contains("{{"))
                .then(|| format!("`name` is {shown}: write a host name, without port or path"));
        }
        if name.parse::<IpAddr>().is_ok() {
            return Some(format!("`name` is {}, an address: nothing is to resolve", quote(name)));
        }
        if !self.resolves && !self.to.is_empty() {
            return Some("`to` says nothing of a name that must not resolve".to_owned());
        }
        let wrong = self.to.iter().find(|to| !is_open(to) && to.parse::<IpAddr>().is_err())?;
        Some(format!("`to` holds {}, which is no IP address", quote(wrong)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Obstacle, Outcome};

    fn dns(rest: &str) -> Dns {
        toml::from_str(&format!("name = 'a.example'\n{rest}")).unwrap()
    }

    fn outcome(rest: &str, seen: &[&str]) -> Outcome {
        let seen = seen.iter().map(|&address| address.to_owned()).collect();
        dns(rest).judge(&Reading::Addresses(seen)).outcome()
    }

    #[test]
    fn judges_what_the_name_resolves_to() {
        let two = ["192.0.2.1", "2001:db8::1"];
        assert_eq!(outcome("", &two), Outcome::Pass);
        assert_eq!(outcome("", &[]), Outcome::Fail);
        assert_eq!(outcome("resolves = false", &[]), Outcome::Pass);
        assert_eq!(outcome("resolves = false", &two), Outcome::Fail);
        assert_eq!(outcome("to = ['192.0.2.1']", &two), Outcome::Pass);
        assert_eq!(outcome("to = ['2001:DB8:0::1', '192.0.2.1']", &two), Outcome::Pass);
        assert_eq!(outcome("to = ['192.0.2.1', '192.0.2.2']", &two), Outcome::Fail);
        assert_eq!(outcome("to = ['192.0.2.1']", &[]), Outcome::Fail);
        let verdict =
            dns("to = ['192.0.2.9']").judge(&Reading::Addresses(vec!["192.0.2.1".into()]));
        assert_eq!(verdict.says(), "is 192.0.2.1, wanted 192.0.2.9");
    }

    #[test]
    fn an_obstacle_is_unknown_even_for_a_name_that_must_not_resolve() {
        for rest in ["", "resolves = false", "to = ['192.0.2.1']"] {
            for reading in [
                Reading::Nothing(Obstacle::Error("no name server answers".into())),
                Reading::Refused("connection refused".into()),
                Reading::Connected { millis: 1 },
            ] {
                assert_eq!(dns(rest).judge(&reading).outcome(), Outcome::Unknown, "{rest}");
            }
        }
    }

    #[test]
    fn flaws() {
        for (text, part) in [
            ("name = ''", "host name"),
            ("name = 'https://a/'", "without port"),
            ("name = '10.0.0.1'", "an address"),
            ("name = 'a'\nto = ['b']", "no IP address"),
            ("name = 'a'\nresolves = false\nto = ['1.2.3.4']", "says nothing"),
        ] {
            let flaw = toml::from_str::<Dns>(text).unwrap().flaw();
            assert!(flaw.as_ref().is_some_and(|flaw| flaw.contains(part)), "{text}: {flaw:?}");
        }
        assert_eq!(dns("to = ['{{address}}']").flaw(), None);
        assert_eq!(toml::from_str::<Dns>("name = '{{ host }}.x'").unwrap().flaw(), None);
    }
}
