//! A `CloudWatch` metric over a window, against a limit or against what it was before.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use serde_json::Number;

use super::cloud::{Cloud, Permission, Query, Series, SeriesSeen, What};
use super::expectation::{cut, every, unless_flawed};
use super::{Kind, Probe, Reading, Verdict, When};
use crate::value::Span;

mod flaws;
mod points;

/// A `CloudWatch` metric, or an expression over several, within a limit over a window.
///
/// Every data point of the window must hold. No data at all, or more missing points than
/// `missing` allows, is `unknown`: the newest points come a minute or more late, so allow some, or
/// ask again with `until`. So is a window that has not passed yet since the step began, and so is a
/// comparison with what was 0 before.
///
/// ```toml
/// check.aws_metric = { namespace = "AWS/ApplicationELB", metric = "HTTPCode_Target_5XX_Count", dimensions = { LoadBalancer = "app/orders/50dc6c495c0c9188" }, stat = "Sum", over = "5m", at_most = 5 }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwsMetric {
    /// `AWS/ApplicationELB`, `AWS/Lambda`, your own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The metric's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<String>,
    /// All dimensions of the metric: `{ FunctionName = "orders" }`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, String>,
    /// `Average`, `Sum`, `Minimum`, `Maximum`, `SampleCount`, or a percentile like `p99`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stat: Option<String>,
    /// Instead of one metric: several, by the names that `expression` calls them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metrics: BTreeMap<String, OneMetric>,
    /// Metric math over `metrics`: `100 * errors / requests`. It has one value for each period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
    /// The window ends now and is this long: a whole number of periods. Default 5m, or from `since`
    /// on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Span>,
    /// The window opens when this step began; with `percent_above_before`, it is the step before
    /// which all was as it should be. Default there: this step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Length of one data point: 1s, 5s, 10s, 30s, or whole minutes. Default 1m.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<Span>,
    /// Every data point is at most this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Number>,
    /// Every data point is at least this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Number>,
    /// The mean of the window is at most so many percent above the mean of the window of the same
    /// length right before the step began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_above_before: Option<Number>,
    /// How many data points of a window may be missing. Default 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<u32>,
}

/// One of the metrics that an expression is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneMetric {
    /// `AWS/Lambda`.
    pub namespace: String,
    /// The metric's name.
    pub metric: String,
    /// All its dimensions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dimensions: BTreeMap<String, String>,
    /// `Sum`, `Average`, `p99`, …
    pub stat: String,
}

/// The most data points of a window.
const MOST: u64 = 1440;

impl AwsMetric {
    fn period(&self) -> Span {
        self.period.unwrap_or(Span::from_secs(60))
    }

    /// How long the window is, where it does not open with a step.
    fn over(&self) -> Option<Span> {
        self.over.or_else(|| self.since.is_none().then_some(Span::from_secs(300)))
    }

    /// The metrics, and the expression last where there is one.
    fn queries(&self) -> Vec<Query> {
        let metric = |id: &str,
                      namespace: &str,
                      metric: &str,
                      stat: &str,
                      dimensions: &BTreeMap<String, String>| {
            let [namespace, metric, stat] = [namespace, metric, stat].map(str::to_owned);
            let what = What::Metric { namespace, metric, dimensions: dimensions.clone(), stat };
            Query { id: id.to_owned(), what }
        };
        let Some(expression) = &self.expression else {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let (namespace, name, stat) =
                (text(&self.namespace), text(&self.metric), text(&self.stat));
            return vec![metric("m1", &namespace, &name, &stat, &self.dimensions)];
        };
        let one = |(id, one): (&String, &OneMetric)| {
            metric(id, &one.namespace, &one.metric, &one.stat, &one.dimensions)
        };
        let free = (1..).map(|number| format!("e{number}"));
        let id = free.into_iter().find(|id| !self.metrics.contains_key(id)).unwrap_or_default();
        let expression = Query { id, what: What::Expression(expression.clone()) };
        self.metrics.iter().map(one).chain([expression]).collect()
    }

    /// The window, and the one before where they are compared; none where no whole period has
    /// passed since the step began.
    fn windows(&self, when: When) -> Vec<(i64, i64)> {
        let period = i64::try_from(self.period().millis()).unwrap_or(i64::MAX).max(1);
        let millis = |span: Span| i64::try_from(span.millis()).unwrap_or(i64::MAX);
        let floor = |millis: i64| millis.div_euclid(period) * period;
        let (now, began) = (when.now.millis(), when.began.millis());
        let to = floor(now);
        // The period in which the step began is neither before it nor after.
        let opened = floor(began.saturating_add(period - 1));
        let compared = self.percent_above_before.is_some();
        let from = match self.over().map(millis) {
            Some(over) if compared => to.saturating_sub(over).max(opened),
            Some(over) => to.saturating_sub(over),
            None => opened,
        };
        // A window that is too long is cut to what still shows that it is.
        let longest = period.saturating_mul(i64::try_from(MOST + 1).unwrap_or(i64::MAX));
        let from = from.max(to.saturating_sub(longest));
        if from >= to {
            return Vec::new();
        }
        let length = self.over().map_or(to - from, millis);
        let before = floor(began);
        let before = compared.then(|| (before.saturating_sub(length), before));
        [(from, to)].into_iter().chain(before).collect()
    }

    fn judge_series(&self, series: &[SeriesSeen]) -> Verdict {
        let period = self.period();
        let (window, before) = match (series, self.percent_above_before.is_some()) {
            ([], _) => {
                let says = format!("no whole period of {period} has passed since the step began");
                return Verdict::Unknown(format!("{says}: ask again with `until`"));
            }
            ([window], false) => (window, None),
            ([window, before], true) => (window, Some(before)),
            _ => return Verdict::Unknown("the reading does not fit the question".to_owned()),
        };
        let passed = window.to.millis().saturating_sub(window.from.millis());
        if let Some(over) = self.over()
            && u64::try_from(passed).is_ok_and(|passed| passed < over.millis())
        {
            let passed = Span::from_millis(passed.unsigned_abs());
            let says = format!("only {passed} of {over} have passed since the step began");
            return Verdict::Unknown(format!("{says}: ask again with `until`"));
        }
        every(self.judge_windows(window, before).unwrap_or_else(|verdict| vec![verdict]))
    }

    fn judge_windows(
        &self,
        window: &SeriesSeen,
        before: Option<&SeriesSeen>,
    ) -> Result<Vec<Verdict>, Verdict> {
        let missing = self.missing.unwrap_or(0);
        let now = points::Points::of(window, self.period())?;
        let limits = now.within(self.at_least.as_ref(), self.at_most.as_ref())?;
        let compared = match before.zip(self.percent_above_before.as_ref()) {
            None => Vec::new(),
            Some((before, percent)) => {
                let before = points::Points::of(before, self.period());
                // What holds by itself does not hold for lack of something to compare it with.
                let before = before.map_err(|why| match (&limits, why) {
                    (Some(fail @ Verdict::Fail(_)), _) => fail.clone(),
                    (_, why) => Verdict::Unknown(format!("before the step: {}", why.says())),
                })?;
                let enough = before
                    .enough(missing)
                    .map(|why| Verdict::Unknown(format!("before the step: {}", why.says())));
                enough.into_iter().chain([now.compared(&before, percent)]).collect()
            }
        };
        Ok(limits.into_iter().chain(now.enough(missing)).chain(compared).collect())
    }

    fn subject(&self) -> String {
        match (&self.expression, &self.metric, &self.stat) {
            (Some(expression), ..) => cut(expression, 64),
            (None, Some(metric), Some(stat)) => format!("{stat} of {metric}"),
            (None, metric, _) => metric.clone().unwrap_or_default(),
        }
    }
}

impl Kind for AwsMetric {
    fn ask(&self, when: When) -> Probe {
        use crate::value::Moment;
        let queries = self.queries();
        let series = |(from, to): (i64, i64)| Series {
            queries: queries.clone(),
            from: Moment::from_millis(from),
            to: Moment::from_millis(to),
            period: self.period(),
        };
        let windows = if self.flaw().is_some() { Vec::new() } else { self.windows(when) };
        Probe::Cloud(Cloud::Metrics(windows.into_iter().map(series).collect()))
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        unless_flawed(self.flaw(), || {
            let Reading::Metrics(series) = reading else { return reading.unfit() };
            self.judge_series(series)
        })
    }

    fn says(&self) -> String {
        let at_least = self.at_least.as_ref().map(|limit| format!("at least {limit}"));
        let at_most = self.at_most.as_ref().map(|limit| format!("at most {limit}"));
        let percent = self.percent_above_before.as_ref();
        let percent = percent.map(|percent| format!("at most {percent} % above before"));
        let limits = at_least.into_iter().chain(at_most).chain(percent);
        let limits: Vec<String> = limits.collect();
        let window = match (self.over(), &self.since) {
            (Some(over), _) => format!("over {over}"),
            (None, since) => format!("since {}", since.as_deref().unwrap_or("the step")),
        };
        format!("{} is {} {window}", self.subject(), limits.join(" and "))
    }

    fn flaw(&self) -> Option<String> {
        self.what_is_wrong()
    }

    fn since(&self) -> Option<&str> {
        self.since.as_deref()
    }

    fn permissions(&self) -> Vec<Permission> {
        vec![Permission::any("cloudwatch:GetMetricData")]
    }
}

#[cfg(test)]
mod tests;
