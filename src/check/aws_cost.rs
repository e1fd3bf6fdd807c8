//! What was spent, by Cost Explorer.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value as Json, json};

use self::decimal::Decimal;
use super::cloud::{Answer, Call, Permission, Said};
use super::expectation::{LIST, answers, ask_one, cut, is_open, quote, refusal, unless_flawed};
use super::{Kind, Probe, Reading, Verdict, When};
use crate::value::{Moment, Span};

mod decimal;

/// Spend since a date stays within a budget.
///
/// Unblended cost, day by day. Cost Explorer lags behind by up to a day, and the verdict says so.
/// No cost at all is `unknown`: nothing is billed yet, or the service or tag is not called so.
/// Each look costs what AWS charges for a request to Cost Explorer.
///
/// ```toml
/// check.aws_cost = { since = "2026-11-01", budget = 500, service = "Amazon Elastic Container Service" }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwsCost {
    /// The first day that counts, in UTC: `2026-11-01`; or so many days back: `30d`.
    pub since: String,
    /// The most that may be spent.
    pub budget: Number,
    /// The currency that is expected. Default `USD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Only this service, as Cost Explorer names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Only what is tagged so: `{ component = "orders" }`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tag: BTreeMap<String, String>,
}

/// What was spent on each day.
const AMOUNTS: &str = "$.ResultsByTime[*].Total.UnblendedCost";
/// The days.
const DAYS: &str = "$.ResultsByTime[*].TimePeriod";

const DAY: Span = Span::from_secs(86_400);

impl AwsCost {
    fn call(&self, now: Moment) -> Call {
        let mut input = json!({
            "TimePeriod": { "Start": self.start(now), "End": now.after(DAY).date() },
            "Granularity": "DAILY",
            "Metrics": ["UnblendedCost"],
        });
        let equals = |kind: &str, key: &str, value: &str| json!({ kind: { "Key": key, "Values": [value], "MatchOptions": ["EQUALS"] } });
        let service = self.service.iter().map(|name| equals("Dimensions", "SERVICE", name));
        let tags = self.tag.iter().map(|(key, value)| equals("Tags", key, value));
        let mut filters: Vec<Json> = service.chain(tags).collect();
        match (filters.pop(), filters.is_empty()) {
            (None, _) => {}
            (Some(only), true) => input["Filter"] = only,
            (Some(last), false) => {
                filters.push(last);
                input["Filter"] = json!({ "And": filters });
            }
        }
        Call::new("ce", "GetCostAndUsage", input, &[AMOUNTS, DAYS])
    }

    /// The first day that counts.
    fn start(&self, now: Moment) -> String {
        match days_back(&self.since) {
            Some(days) => now.before(Span::from_millis(DAY.millis() * u64::from(days))).date(),
            None => self.since.clone(),
        }
    }

    fn currency(&self) -> &str {
        self.currency.as_deref().unwrap_or("USD")
    }

    fn judge_answer(&self, answer: &Answer, now: Moment) -> Verdict {
        if let Said::Refused { code, message } = &answer.said {
            return Verdict::Unknown(cut(&refusal(code, message), LIST));
        }
        let (Some(amounts), Some(days)) = (answer.at(AMOUNTS), answer.at(DAYS)) else {
            return Verdict::Unknown("no costs were told".to_owned());
        };
        let start = self.start(now);
        let told = covered(&start, now, days)
            .and_then(|()| {
                let missing = days.len() != amounts.len();
                if missing { Err("the cost of a day is missing".to_owned()) } else { Ok(()) }
            })
            .and_then(|()| self.total(amounts));
        match told {
            Ok(total) => self.judge_total(total, &start),
            Err(why) => Verdict::Unknown(why),
        }
    }

    fn total(&self, amounts: &[Json]) -> Result<Decimal, String> {
        let mut total = Decimal::default();
        for amount in amounts {
            let text = |key| amount.get(key).and_then(Json::as_str).unwrap_or_default();
            let (value, unit) = (text("Amount"), text("Unit"));
            if unit != self.currency() {
                let wanted = self.currency();
                return Err(format!("a cost is in {}, wanted {wanted}", quote(unit)));
            }
            let sum = Decimal::parse(value).and_then(|value| total.plus(value));
            total = sum.ok_or_else(|| format!("a cost is {}, which is no amount", quote(value)))?;
        }
        Ok(total)
    }

    fn judge_total(&self, total: Decimal, start: &str) -> Verdict {
        let currency = self.currency();
        let lag = "the data lags by up to a day";
        let Some(budget) = Decimal::parse(&self.budget.to_string()) else {
            return Verdict::Unknown(format!("`budget` is {}, no amount", self.budget));
        };
        if total == Decimal::default() {
            return Verdict::Unknown(format!(
                "no cost is told since {start}: nothing is billed yet ({lag}), or the service or tag has another name"
            ));
        }
        if total <= budget {
            let spent = total.cents();
            return Verdict::Pass(format!(
                "{spent} of {} {currency} since {start} ({lag})",
                self.budget
            ));
        }
        // What is too much by less than a cent must not look like just enough.
        let spent = if total.cents() == budget.cents() { total.exact() } else { total.cents() };
        let budget = &self.budget;
        Verdict::Fail(format!(
            "{spent} {currency} spent since {start}, wanted at most {budget} ({lag})"
        ))
    }
}

/// Whether the days follow each other from the first one on, and reach up to the lag.
fn covered(start: &str, now: Moment, days: &[Json]) -> Result<(), String> {
    if days.is_empty() {
        return Err("no data yet: Cost Explorer told no day".to_owned());
    }
    let mut next = start;
    for day in days {
        let text = |key| day.get(key).and_then(Json::as_str).unwrap_or_default();
        if text("Start") != next {
            let from = quote(text("Start"));
            return Err(format!("the costs from {next} on were not told, but from {from} on"));
        }
        next = text("End");
    }
    let yesterday = now.before(DAY).date();
    if next < yesterday.as_str() {
        return Err(format!("the costs were told up to {} only", quote(next)));
    }
    Ok(())
}

/// `30d` as a number.
fn days_back(text: &str) -> Option<u16> {
    let digits = text.strip_suffix('d')?;
    let plain = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    let days: u16 = plain.then(|| digits.parse().ok()).flatten()?;
    (1..=365).contains(&days).then_some(days)
}

fn is_date(text: &str) -> bool {
    text.parse::<jiff::civil::Date>().is_ok_and(|date| date.to_string() == text)
}

impl Kind for AwsCost {
    fn ask(&self, when: When) -> Probe {
        ask_one(self.flaw().as_deref(), when, || self.call(when.now))
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        unless_flawed(self.flaw(), || match (answers(reading, 1), reading) {
            (Ok(_), Reading::Answers { when, .. }) if self.start(when.now) > when.now.date() => {
                Verdict::Unknown(format!("`since` is {}, which is still to come", self.since))
            }
            (Ok(answers), Reading::Answers { when, .. }) => {
                self.judge_answer(&answers[0], when.now)
            }
            (Ok(_), _) => reading.unfit(),
            (Err(verdict), _) => verdict,
        })
    }

    fn says(&self) -> String {
        let service = self.service.iter().map(|name| format!(" for {name}"));
        let tags = self.tag.iter().map(|(key, value)| format!(" tagged {key}={value}"));
        let what: String = service.chain(tags).collect();
        let since = match days_back(&self.since) {
            Some(days) => format!("over {days} days"),
            None => format!("since {}", self.since),
        };
        format!("at most {} {} spent{what} {since}", self.budget, self.currency())
    }

    fn flaw(&self) -> Option<String> {
        if !is_open(&self.since) && days_back(&self.since).is_none() && !is_date(&self.since) {
            return Some(format!(
                "`since` is {}: write a day like `2026-11-01`, or so many days back like `30d`",
                quote(&self.since)
            ));
        }
        let budget = Decimal::parse(&self.budget.to_string());
        if budget.is_none_or(|budget| budget <= Decimal::default()) {
            return Some(format!("`budget` is {}: write more than 0", self.budget));
        }
        let code = |text: &String| text.len() == 3 && text.chars().all(|c| c.is_ascii_uppercase());
        if let Some(bad) = self.currency.as_ref().filter(|text| !is_open(text) && !code(text)) {
            return Some(format!("`currency` is {}: write it like `USD`", quote(bad)));
        }
        if self.service.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return Some("`service` is empty: leave it out for all of them".to_owned());
        }
        let empty = |(key, value): &(&String, &String)| key.is_empty() || value.is_empty();
        let (key, _) = self.tag.iter().find(empty)?;
        Some(format!("`tag` has no value for {}", quote(key)))
    }

    fn permissions(&self) -> Vec<Permission> {
        vec![Permission::any("ce:GetCostAndUsage")]
    }
}

#[cfg(test)]
mod tests;
