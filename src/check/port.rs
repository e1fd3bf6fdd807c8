//! A TCP port accepts connections, or does not. Sends nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expectation::{address, address_flaw, unless_flawed};
use super::{Kind, Probe, Reading, Verdict, When, yes};

/// A TCP port accepts connections, or does not.
///
/// A refused connection is an observation: the port is closed. Silence, an unreachable network
/// or a name that does not resolve is `unknown`.
///
/// ```toml
/// check.port = { address = "db.example.com:5432" }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Port {
    /// `host:port` or `[IPv6 address]:port`.
    pub address: String,
    /// Whether it must be open. Default true.
    #[serde(default = "yes")]
    pub open: bool,
}

impl Kind for Port {
    fn ask(&self, _when: When) -> Probe {
        let (host, port) = address(&self.address).unwrap_or((&self.address, 0));
        Probe::Connect { host: host.to_owned(), port }
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        unless_flawed(self.flaw(), || match (reading, self.open) {
            (Reading::Connected { millis }, true) => {
                Verdict::Pass(format!("open, connected in {millis} ms"))
            }
            (Reading::Connected { .. }, false) => Verdict::Fail("open, wanted closed".to_owned()),
            (Reading::Refused(why), false) => Verdict::Pass(format!("closed: {why}")),
            (Reading::Refused(why), true) => Verdict::Fail(format!("closed, wanted open: {why}")),
            (other, _) => other.unfit(),
        })
    }

    fn says(&self) -> String {
        let state = if self.open { "accepts connections" } else { "is closed" };
        format!("{} {state}", self.address)
    }

    fn flaw(&self) -> Option<String> {
        address_flaw("address", &self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Obstacle, Outcome};

    #[test]
    fn open_and_closed() {
        let connected = Reading::Connected { millis: 3 };
        let refused = Reading::Refused("connection refused".to_owned());
        let nothing = Reading::Nothing(Obstacle::Timeout);
        for (open, reading, outcome) in [
            (true, &connected, Outcome::Pass),
            (true, &refused, Outcome::Fail),
            (true, &nothing, Outcome::Unknown),
            (false, &connected, Outcome::Fail),
            (false, &refused, Outcome::Pass),
            (false, &nothing, Outcome::Unknown),
            (false, &Reading::Addresses(vec![]), Outcome::Unknown),
        ] {
            let port = Port { address: "h:1".to_owned(), open };
            assert_eq!(port.judge(reading).outcome(), outcome, "{open} {reading:?}");
        }
    }

    #[test]
    fn an_address_that_is_none_is_never_closed() {
        let port = Port { address: "h:http".to_owned(), open: false };
        let verdict = port.judge(&Reading::Refused("connection refused".to_owned()));
        assert_eq!(verdict.outcome(), Outcome::Unknown, "{verdict:?}");
    }
}
