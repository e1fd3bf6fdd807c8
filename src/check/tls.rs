//! A TLS server's certificate is trusted for a name and good for some time. Sends nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expectation::{address, address_flaw, every, unless_flawed};
use super::{Kind, Probe, Reading, Verdict, When};
use crate::check::CertificateSeen;

/// A TLS server's certificate is trusted for a name, and for long enough.
///
/// Trusted means: signed by an authority that this machine trusts, for this name, valid now.
/// A server that cannot be reached, refuses the connection or speaks no TLS is `unknown`.
///
/// ```toml
/// check.tls = { address = "orders.example.com:443", days_left = 30 }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// `host:port` or `[IPv6 address]:port`.
    pub address: String,
    /// The name that the certificate must be for. Default: the host of `address`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// For how many more days it must be valid. Default 14.
    #[serde(default = "fortnight")]
    pub days_left: u32,
}

fn fortnight() -> u32 {
    14
}

impl Tls {
    fn name(&self) -> &str {
        let host = || address(&self.address).map_or(self.address.as_str(), |(host, _)| host);
        self.name.as_deref().unwrap_or_else(host)
    }

    fn judge_certificate(&self, seen: &CertificateSeen) -> Verdict {
        let trust = match &seen.distrust {
            Some(why) => Verdict::Fail(format!("not trusted for {}: {why}", self.name())),
            None => Verdict::Pass(format!("trusted for {}", self.name())),
        };
        let (left, wanted, until) = (seen.days_left, self.days_left, &seen.not_after);
        let time = if left >= i64::from(wanted) {
            Verdict::Pass(format!("{left} days left, until {until}"))
        } else {
            Verdict::Fail(format!("{left} days left, until {until}, wanted {wanted}"))
        };
        every([trust, time])
    }
}

impl Kind for Tls {
    fn ask(&self, _when: When) -> Probe {
        let (host, port) = address(&self.address).unwrap_or((&self.address, 0));
        Probe::Certificate { host: host.to_owned(), port, name: self.name().to_owned() }
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        unless_flawed(self.flaw(), || {
            let Reading::Certificate(seen) = reading else { return reading.unfit() };
            self.judge_certificate(seen)
        })
    }

    fn says(&self) -> String {
        let (address, days) = (&self.address, self.days_left);
        match &self.name {
            Some(name) => format!("certificate of {address} is good for {name} for {days} days"),
            None => format!("certificate of {address} is good for {days} days"),
        }
    }

    fn flaw(&self) -> Option<String> {
        let empty = self.name.as_ref().is_some_and(String::is_empty);
        address_flaw("address", &self.address)
            .or_else(|| empty.then(|| "`name` is empty, and no certificate is for that".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Obstacle, Outcome};
    use crate::value::Moment;

    fn tls() -> Tls {
        toml::from_str("address = 'a.example:443'").unwrap()
    }

    fn seen(distrust: Option<&str>, days_left: i64) -> Reading {
        Reading::Certificate(CertificateSeen {
            distrust: distrust.map(str::to_owned),
            not_after: "2026-03-14T09:00:00Z".to_owned(),
            days_left,
            names: vec!["a.example".to_owned()],
        })
    }

    #[test]
    fn both_trust_and_time_are_wanted() {
        assert_eq!(tls().judge(&seen(None, 14)).outcome(), Outcome::Pass);
        assert_eq!(tls().judge(&seen(None, 13)).outcome(), Outcome::Fail);
        assert_eq!(tls().judge(&seen(None, -1)).outcome(), Outcome::Fail);
        assert_eq!(tls().judge(&seen(Some("self-signed"), 90)).outcome(), Outcome::Fail);
        let verdict = tls().judge(&seen(Some("expired"), -3));
        let wanted = "not trusted for a.example: expired; \
                      -3 days left, until 2026-03-14T09:00:00Z, wanted 14";
        assert_eq!(verdict, Verdict::Fail(wanted.to_owned()));
    }

    #[test]
    fn everything_else_is_unknown() {
        for reading in [
            Reading::Refused("connection refused".into()),
            Reading::Nothing(Obstacle::Timeout),
            Reading::Addresses(vec![]),
        ] {
            assert_eq!(tls().judge(&reading).outcome(), Outcome::Unknown, "{reading:?}");
        }
    }

    #[test]
    fn asks_for_the_host_unless_told_otherwise() {
        let asked = |tls: Tls| {
            let Probe::Certificate { host, port, name } = tls.ask(When::at(Moment::from_millis(0)))
            else {
                panic!("{tls:?}")
            };
            (host, port, name)
        };
        let (host, port, name) = asked(tls());
        assert_eq!((host.as_str(), port, name.as_str()), ("a.example", 443, "a.example"));
        let (host, _, name) = asked(Tls { name: Some("b.example".into()), ..tls() });
        assert_eq!((host.as_str(), name.as_str()), ("a.example", "b.example"));
    }

    #[test]
    fn flaws() {
        assert!(Tls { address: "a.example".into(), ..tls() }.flaw().is_some());
        assert!(Tls { name: Some(String::new()), ..tls() }.flaw().is_some());
        assert_eq!(Tls { address: "{{host}}:443".into(), ..tls() }.flaw(), None);
    }
}
