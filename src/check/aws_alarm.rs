//! `CloudWatch` alarms are in a state.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::cloud::{AlarmSeen, Alarms, Cloud, Permission};
use super::expectation::{cut, every, quote, unless_flawed};
use super::{Kind, Probe, Reading, Verdict, When};

/// `CloudWatch` alarms, by names or by prefix, are in a state.
///
/// Metric alarms and composite alarms alike. `INSUFFICIENT_DATA` is `unknown` unless it is what
/// is wanted; an alarm that does not exist, or a prefix that finds none, fails.
///
/// ```toml
/// check.aws_alarm = { prefix = "orders-", state = "OK" }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwsAlarm {
    /// Names of alarms.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// How the names of the alarms begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// The state wanted of each. Default `OK`.
    #[serde(default)]
    pub state: AlarmState,
    /// At least so many must be found. Default 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// Whether the actions of each must be switched on. Default: not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actions: Option<bool>,
}

/// A state of an alarm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmState {
    /// Within its threshold.
    #[default]
    Ok,
    /// Beyond its threshold.
    Alarm,
    /// Nobody knows.
    InsufficientData,
}

impl AlarmState {
    /// As AWS writes it.
    fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    fn of(name: &str) -> Option<Self> {
        [Self::Ok, Self::Alarm, Self::InsufficientData].into_iter().find(|one| one.name() == name)
    }
}

impl AwsAlarm {
    /// Those of the alarms seen that were asked for.
    fn asked<'a>(&self, seen: &'a [AlarmSeen]) -> Vec<&'a AlarmSeen> {
        let is_asked = |seen: &&AlarmSeen| match &self.prefix {
            Some(prefix) => seen.name.starts_with(prefix.as_str()),
            None => self.names.contains(&seen.name),
        };
        let mut asked: Vec<_> = seen.iter().filter(is_asked).collect();
        asked.sort_by(|one, next| one.name.cmp(&next.name));
        asked.dedup_by(|one, next| one.name == next.name && one.state == next.state);
        asked
    }

    fn judge_alarms(&self, seen: &[AlarmSeen]) -> Verdict {
        let asked = self.asked(seen);
        let found = asked.len();
        let missing = self.names.iter().filter(|name| asked.iter().all(|seen| seen.name != **name));
        let missing: Vec<Verdict> = missing
            .map(|name| Verdict::Fail(format!("there is no alarm {}", quote(name))))
            .collect();
        let wanted = self.at_least.unwrap_or(1);
        let few = self.prefix.as_ref().filter(|_| found < wanted as usize).map(|prefix| {
            let prefix = quote(prefix);
            Verdict::Fail(match found {
                0 => format!("no alarm has a name that begins with {prefix}"),
                found => format!("{found} alarms begin with {prefix}, wanted at least {wanted}"),
            })
        });
        let bad: Vec<Verdict> = asked.iter().filter_map(|seen| self.objection(seen)).collect();
        let state = self.state.name();
        let good = match found - bad.len() {
            _ if self.names.len() == 1 => format!("the alarm is {state}"),
            _ if !bad.is_empty() => String::new(),
            1 => format!("the one alarm is {state}"),
            all => format!("all {all} alarms are {state}"),
        };
        let good = Some(good).filter(|_| bad.is_empty() && found > 0).map(Verdict::Pass);
        every(missing.into_iter().chain(few).chain(worst_first(bad)).chain(good))
    }

    /// Why an alarm is not as it should be, if so.
    fn objection(&self, seen: &AlarmSeen) -> Option<Verdict> {
        let name = quote(&seen.name);
        let wanted = self.state.name();
        let Some(state) = AlarmState::of(&seen.state) else {
            let state = quote(&seen.state);
            return Some(Verdict::Unknown(format!("{name} is in the unknown state {state}")));
        };
        if state != self.state {
            let since = seen.since.map(|at| format!(" since {}", at.minute())).unwrap_or_default();
            let why = match seen.reason.as_str() {
                "" => String::new(),
                why => format!(": {}", cut(why, 64)),
            };
            let says = format!("{name} is {}{since}, wanted {wanted}{why}", state.name());
            return Some(match state {
                AlarmState::InsufficientData => Verdict::Unknown(says),
                AlarmState::Ok | AlarmState::Alarm => Verdict::Fail(says),
            });
        }
        let on_or_off = |on: bool| if on { "on" } else { "off" };
        let wanted = self.actions.filter(|wanted| *wanted != seen.actions)?;
        let (is, wanted) = (on_or_off(seen.actions), on_or_off(wanted));
        Some(Verdict::Fail(format!("the actions of {name} are {is}, wanted {wanted}")))
    }
}

/// Says first how many there are, since not all of them can be named.
fn worst_first(bad: Vec<Verdict>) -> Vec<Verdict> {
    let fails = bad.iter().filter(|verdict| matches!(verdict, Verdict::Fail(_))).count();
    if fails > 1 {
        let many = Verdict::Fail(format!("{fails} alarms are not as wanted"));
        return std::iter::once(many).chain(bad).collect();
    }
    bad
}

impl Kind for AwsAlarm {
    fn ask(&self, _when: When) -> Probe {
        Probe::Cloud(Cloud::Alarms(match &self.prefix {
            Some(prefix) => Alarms::Prefix(prefix.clone()),
            None => Alarms::Named(self.names.clone()),
        }))
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        unless_flawed(self.flaw(), || {
            let Reading::Alarms(seen) = reading else { return reading.unfit() };
            self.judge_alarms(seen)
        })
    }

    fn says(&self) -> String {
        let state = self.state.name();
        match (&self.prefix, self.names.as_slice()) {
            (Some(prefix), _) => format!("alarms {prefix}* are {state}"),
            (None, [one]) => format!("alarm {one} is {state}"),
            (None, names) => format!("alarms {} are {state}", names.join(", ")),
        }
    }

    fn flaw(&self) -> Option<String> {
        let flaw = match (&self.prefix, self.names.as_slice()) {
            (None, []) => "neither `names` nor `prefix` is given: give one",
            (Some(_), [_, ..]) => "both `names` and `prefix` are given: give one",
            (Some(prefix), []) if prefix.is_empty() => {
                "`prefix` is empty: it would stand for every alarm of the account"
            }
            (None, names) if names.iter().any(String::is_empty) => "one of `names` is empty",
            (None, _) if self.at_least.is_some() => {
                "`at_least` says nothing of `names`: each of them must be found"
            }
            (Some(_), []) if self.at_least == Some(0) => {
                "`at_least` is 0, and alarms that do not exist would be enough"
            }
            (Some(_), []) | (None, _) => return None,
        };
        Some(flaw.to_owned())
    }

    fn permissions(&self) -> Vec<Permission> {
        // Composite alarms are told only to who may see all alarms.
        vec![Permission::any("cloudwatch:DescribeAlarms")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Obstacle, Outcome};
    use crate::value::Moment;

    fn alarm(text: &str) -> AwsAlarm {
        toml::from_str(text).unwrap()
    }

    fn seen(name: &str, state: &str) -> AlarmSeen {
        let since = Some(Moment::from_millis(1_773_478_931_204));
        let reason = if state == "ALARM" { "Threshold Crossed: 1 datapoint" } else { "" };
        let (name, state, reason) = (name.to_owned(), state.to_owned(), reason.to_owned());
        AlarmSeen { name, state, reason, since, actions: true }
    }

    fn verdict(text: &str, states: &[(&str, &str)]) -> Verdict {
        let alarms = states.iter().map(|(name, state)| seen(name, state)).collect();
        alarm(text).judge(&Reading::Alarms(alarms))
    }

    #[test]
    fn judges_the_state_of_each() {
        let prefix = "prefix = 'o-'";
        let both = "names = ['o-1', 'o-2']";
        for (text, states, wanted) in [
            (prefix, vec![("o-1", "OK"), ("o-2", "OK")], Outcome::Pass),
            (prefix, vec![("o-1", "OK"), ("o-2", "ALARM")], Outcome::Fail),
            (prefix, vec![("o-1", "OK"), ("o-2", "INSUFFICIENT_DATA")], Outcome::Unknown),
            (prefix, vec![("o-1", "OK"), ("o-2", "SNOOZED")], Outcome::Unknown),
            (prefix, vec![("o-1", "OK"), ("o-2", "ok")], Outcome::Unknown),
            (prefix, vec![("o-1", "OK"), ("o-2", "")], Outcome::Unknown),
            (prefix, vec![("o-1", "ALARM"), ("o-2", "SNOOZED")], Outcome::Fail),
            (prefix, vec![], Outcome::Fail),
            (prefix, vec![("other", "OK")], Outcome::Fail),
            (prefix, vec![("o-1", "OK"), ("o-1", "ALARM")], Outcome::Fail),
            (both, vec![("o-1", "OK"), ("o-2", "OK")], Outcome::Pass),
            (both, vec![("o-1", "OK")], Outcome::Fail),
            (both, vec![("o-1", "OK"), ("o-3", "OK")], Outcome::Fail),
            (both, vec![], Outcome::Fail),
            ("names = ['a']\nstate = 'ALARM'", vec![("a", "ALARM")], Outcome::Pass),
            ("names = ['a']\nstate = 'ALARM'", vec![("a", "OK")], Outcome::Fail),
            ("names = ['a']\nstate = 'ALARM'", vec![("a", "INSUFFICIENT_DATA")], Outcome::Unknown),
            (
                "names = ['a']\nstate = 'INSUFFICIENT_DATA'",
                vec![("a", "INSUFFICIENT_DATA")],
                Outcome::Pass,
            ),
            ("names = ['a']\nstate = 'INSUFFICIENT_DATA'", vec![("a", "OK")], Outcome::Fail),
            ("prefix = 'o-'\nat_least = 2", vec![("o-1", "OK"), ("o-2", "OK")], Outcome::Pass),
            ("prefix = 'o-'\nat_least = 3", vec![("o-1", "OK"), ("o-2", "OK")], Outcome::Fail),
            ("prefix = 'o-'\nat_least = 2", vec![("o-1", "OK"), ("o-1", "OK")], Outcome::Fail),
            ("names = ['a']\nactions = true", vec![("a", "OK")], Outcome::Pass),
            ("names = ['a']\nactions = false", vec![("a", "OK")], Outcome::Fail),
        ] {
            let verdict = verdict(text, &states);
            assert_eq!(verdict.outcome(), wanted, "{text} {states:?}: {verdict:?}");
        }
    }

    #[test]
    fn actions_that_are_switched_off_are_told() {
        let off = AlarmSeen { actions: false, ..seen("a", "OK") };
        let verdict = alarm("names = ['a']\nactions = true").judge(&Reading::Alarms(vec![off]));
        assert_eq!(verdict, Verdict::Fail("the actions of `a` are off, wanted on".into()));
    }

    #[test]
    fn says_which() {
        let says = |text: &str, states: &[(&str, &str)]| verdict(text, states).says().to_owned();
        let two = [("o-1", "OK"), ("o-2", "OK")];
        assert_eq!(says("prefix = 'o-'", &two), "all 2 alarms are OK");
        assert_eq!(says("prefix = 'o-'", &two[..1]), "the one alarm is OK");
        assert_eq!(says("names = ['o-1']", &two), "the alarm is OK");
        assert_eq!(says("names = ['o-1', 'o-3']", &two), "there is no alarm `o-3`");
        assert_eq!(says("prefix = 'p'", &two), "no alarm has a name that begins with `p`");
        let few = "2 alarms begin with `o-`, wanted at least 3";
        assert_eq!(says("prefix = 'o-'\nat_least = 3", &two), few);
        let bad = [("o-1", "ALARM"), ("o-2", "OK")];
        let wanted = "`o-1` is ALARM since 2026-03-14 09:02 UTC, wanted OK: \
                      Threshold Crossed: 1 datapoint";
        assert_eq!(says("prefix = 'o-'", &bad), wanted);
        let many = says("prefix = 'o-'", &[("o-1", "ALARM"), ("o-2", "ALARM")]);
        assert!(many.starts_with("2 alarms are not as wanted; `o-1` is ALARM"), "{many}");
        let strange = says("prefix = 'o-'", &[("o-1", "SNOOZED")]);
        assert_eq!(strange, "`o-1` is in the unknown state `SNOOZED`");
        assert_eq!(alarm("prefix = 'o-'").says(), "alarms o-* are OK");
        assert_eq!(alarm("names = ['a', 'b']\nstate = 'ALARM'").says(), "alarms a, b are ALARM");
    }

    #[test]
    fn nothing_seen_is_unknown() {
        for reading in [
            Reading::Nothing(Obstacle::Timeout),
            Reading::Metrics(Vec::new()),
            Reading::Refused("no".into()),
        ] {
            let verdict = alarm("prefix = 'o-'").judge(&reading);
            assert_eq!(verdict.outcome(), Outcome::Unknown, "{reading:?}");
        }
    }

    #[test]
    fn flaws() {
        for bad in [
            "",
            "names = []",
            "names = ['a']\nprefix = 'b'",
            "prefix = ''",
            "names = ['']",
            "names = ['a']\nat_least = 1",
            "prefix = 'a'\nat_least = 0",
        ] {
            assert!(alarm(bad).flaw().is_some(), "{bad}");
            assert_eq!(verdict(bad, &[("a", "OK")]).outcome(), Outcome::Unknown, "{bad}");
        }
        assert_eq!(alarm("prefix = '{{service}}-'\nat_least = 4").flaw(), None);
        assert!(toml::from_str::<AwsAlarm>("names = ['a']\nstate = 'FINE'").is_err());
    }
}
