//! How many events of log groups match since a step began.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::cloud::{Answer, Call, Cloud, Permission, Said};
use super::expectation::{
    LIST, answers, cut, every_within, is_open, quote, refusal, unless_flawed,
};
use super::{Kind, Probe, Reading, Verdict, When};
use crate::value::{Moment, Span};

/// Log groups hold at most, or at least, so many events that match since a step began.
///
/// All pages are read until there are enough to tell, and the first matching events are shown,
/// masked. A log group that does not exist fails. Events reach `CloudWatch` Logs some seconds after
/// they happen: who wants none of them waits first, or looks again over a window.
///
/// ```toml
/// check.aws_logs = { groups = ["/ecs/orders"], pattern = "ERROR", at_most = 0 }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwsLogs {
    /// Names of log groups: all of them together are counted.
    pub groups: Vec<String>,
    /// A filter pattern in `CloudWatch` Logs' own language. Default: every event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// At most so many events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u32>,
    /// At least so many events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// The window opens when this step began. Default: this one; for a step that only looks, when
    /// its phase began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// The window ends now and is this long, whatever began when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Span>,
}

/// One of each event that matches.
const EACH: &str = "$.events[*].timestamp";
/// Selects something only where there is a list of events and nothing in it: an answer that does
/// not speak of events at all selects no more than this one does.
const NONE: &str = "$[?@ == $.events && length(@) == 0]";
/// Those that are shown.
const FIRST: &str = "$.events[:3]";
/// Characters of an event that are kept and shown.
const SHOWN: usize = 120;
/// The most events that AWS tells at once.
const PAGE: usize = 10_000;

impl AwsLogs {
    fn call(&self, group: &str, when: When) -> Call {
        let begin = match self.over {
            Some(over) => when.now.before(over),
            None => when.began,
        };
        let mut input = json!({
            "logGroupName": group,
            "startTime": begin.millis(),
            "endTime": when.now.millis(),
            "limit": self.enough().min(PAGE),
        });
        if let Some(pattern) = &self.pattern {
            input["filterPattern"] = json!(pattern);
        }
        let call = Call::new("logs", "FilterLogEvents", input, &[EACH, FIRST, NONE]);
        Call { enough: Some(self.enough()), clip: Some(SHOWN), ..call }
    }

    /// So many events tell all there is to tell. A few more are counted, to say how bad it is.
    fn enough(&self) -> usize {
        const COUNTED: u32 = 100;
        let above = self.at_most.unwrap_or_default().saturating_add(COUNTED);
        let enough = above.max(self.at_least.unwrap_or_default());
        usize::try_from(enough).unwrap_or(usize::MAX)
    }

    fn judge_answers(&self, all: &[Answer]) -> Verdict {
        let mut problems = Vec::new();
        let (mut count, mut more, mut first) = (0, false, Vec::new());
        for (group, answer) in self.groups.iter().zip(all) {
            match (&answer.said, answer.at(EACH)) {
                (Said::Found(_), Some(each)) if !each.is_empty() || is_none(answer) => {
                    count += each.len();
                    more |= each.len() >= self.enough();
                    first.extend(answer.at(FIRST).unwrap_or_default().iter().map(event));
                }
                (said, _) => problems.push(problem(group, said)),
            }
        }
        first.sort_by_key(|(at, _)| *at);
        let counted = self.judge_count(count, more, &first);
        // What was not seen could only make it more.
        let sure = problems.is_empty() || self.is_above(count);
        every_within(LIST, sure.then_some(counted).into_iter().chain(problems))
    }

    fn judge_count(&self, count: usize, more: bool, first: &[(i64, String)]) -> Verdict {
        let one = count == 1 && !more;
        let events = if one { "event" } else { "events" };
        let matching = match self.pattern {
            Some(_) if one => " that matches",
            Some(_) => " that match",
            None => "",
        };
        let or_more = if more { " or more" } else { "" };
        let found = format!("{count}{or_more} {events}{matching}");
        if self.is_above(count) {
            let most = self.at_most.unwrap_or_default();
            let shown: Vec<_> = first.iter().take(3).map(|(_, text)| text.as_str()).collect();
            Verdict::Fail(format!("{found}, wanted at most {most}: {}", shown.join("; ")))
        } else if self.at_least.is_some_and(|least| count < to_usize(least)) {
            let least = self.at_least.unwrap_or_default();
            Verdict::Fail(format!("{found}, wanted at least {least}"))
        } else {
            Verdict::Pass(found)
        }
    }

    fn is_above(&self, count: usize) -> bool {
        self.at_most.is_some_and(|most| count > to_usize(most))
    }
}

/// Whether it was told that there are no events.
fn is_none(answer: &Answer) -> bool {
    answer.at(NONE).is_some_and(|none| !none.is_empty())
}

fn to_usize(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// When an event happened, and what it says, on one line.
fn event(event: &Json) -> (i64, String) {
    let at = event.get("timestamp").and_then(Json::as_i64);
    let text = event.get("message").and_then(Json::as_str).unwrap_or("an event without a message");
    let time = at.map(|at| Moment::from_millis(at).time_of_day() + " ").unwrap_or_default();
    (at.unwrap_or_default(), format!("{time}`{}`", cut(text.trim(), SHOWN)))
}

/// What is said of a group whose events were not told.
fn problem(group: &str, said: &Said) -> Verdict {
    match said {
        Said::Refused { code, .. } if code == "ResourceNotFoundException" => {
            Verdict::Fail(format!("there is no log group {}", quote(group)))
        }
        Said::Refused { code, message } => {
            Verdict::Unknown(format!("{}: {}", quote(group), refusal(code, message)))
        }
        Said::Found(_) | Said::NotMade => {
            Verdict::Unknown(format!("the events of {} were not told", quote(group)))
        }
    }
}

impl Kind for AwsLogs {
    fn ask(&self, when: When) -> Probe {
        let groups = self.groups.iter().filter(|_| self.flaw().is_none());
        let calls = groups.map(|group| self.call(group, when)).collect();
        Probe::Cloud(Cloud::Calls { when, calls })
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        unless_flawed(self.flaw(), || match answers(reading, self.groups.len()) {
            Ok(answers) => self.judge_answers(answers),
            Err(verdict) => verdict,
        })
    }

    fn says(&self) -> String {
        let limits = [
            self.at_least.map(|least| format!("at least {least}")),
            self.at_most.map(|most| format!("at most {most}")),
        ];
        let limits = limits.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let pattern = self.pattern.as_ref().map(|text| format!(" that match `{text}`"));
        let window = match (self.over, &self.since) {
            (Some(over), _) => format!("over {over}"),
            (None, Some(step)) => format!("since {step} began"),
            (None, None) => "since the step began".to_owned(),
        };
        let groups = self.groups.join(", ");
        format!("{groups}: {limits} events{} {window}", pattern.unwrap_or_default())
    }

    fn flaw(&self) -> Option<String> {
        let bad = |group: &&String| !is_open(group) && !is_name(group);
        if self.groups.is_empty() {
            return Some("`groups` is empty: write the names of log groups".to_owned());
        }
        if let Some(group) = self.groups.iter().find(bad) {
            return Some(format!(
                "`groups` holds {}, which is no log group's name, like `/ecs/orders`",
                quote(group)
            ));
        }
        let mut seen = self.groups.iter().enumerate();
        if let Some((_, twice)) = seen.find(|(at, group)| self.groups[..*at].contains(group)) {
            return Some(format!("`groups` holds {} twice: it is counted once", quote(twice)));
        }
        if self.pattern.as_ref().is_some_and(|text| text.trim().is_empty()) {
            return Some("`pattern` is empty: leave it out for every event".to_owned());
        }
        if self.over.is_some_and(|over| over.millis() == 0) {
            return Some("`over` is 0s, and nothing happens in that".to_owned());
        }
        if self.over.is_some() && self.since.is_some() {
            return Some(
                "`over` and `since` both say when the window opens: one is enough".to_owned(),
            );
        }
        match (self.at_least, self.at_most) {
            (None, None) => Some("nothing is wanted: add `at_most` or `at_least`".to_owned()),
            (Some(0), None) => Some("`at_least` is 0, and no events would be enough".to_owned()),
            (Some(least), Some(most)) if least > most => {
                Some("`at_least` is more than `at_most`".to_owned())
            }
            _ => None,
        }
    }

    fn since(&self) -> Option<&str> {
        self.since.as_deref()
    }

    fn permissions(&self) -> Vec<Permission> {
        let name = |group: &str| {
            format!("arn:{{partition}}:logs:{{region}}:{{account}}:log-group:{group}:*")
        };
        let one = |group: &String| Permission::of("logs:FilterLogEvents", name(group));
        self.groups.iter().map(one).collect()
    }
}

/// Whether a text can be the name of a log group. An ARN has colons.
fn is_name(text: &str) -> bool {
    let fine = |c: char| c.is_ascii_alphanumeric() || "_-/.#".contains(c);
    (1..=512).contains(&text.len()) && text.chars().all(fine)
}

#[cfg(test)]
mod tests;
