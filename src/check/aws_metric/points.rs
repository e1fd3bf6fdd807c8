//! The data points of a window: which there are, how bad the worst is, and their mean.

use std::collections::BTreeSet;

use serde_json::Number;

use crate::check::Verdict;
use crate::check::cloud::SeriesSeen;
use crate::check::expectation::cut;
use crate::value::{Moment, Span};

/// The data points of a window: at least one.
pub(super) struct Points {
    values: Vec<f64>,
    /// How many there would be if none were missing.
    wanted: u64,
    from: Moment,
    to: Moment,
}

impl Points {
    /// The points, where they are all of them and lie in the window, each in a period of its own.
    pub fn of(seen: &SeriesSeen, period: Span) -> Result<Self, Verdict> {
        let unknown = |says: String| Err(Verdict::Unknown(says));
        if let Some(why) = &seen.partial {
            return unknown(format!("CloudWatch told only a part: {}", cut(why, 100)));
        }
        let unfit = || unknown("the reading does not fit the question".to_owned());
        let length = seen.to.millis().saturating_sub(seen.from.millis());
        let (Ok(length), true) = (u64::try_from(length), seen.period == period) else {
            return unfit();
        };
        let wanted = length.checked_div(period.millis()).unwrap_or(0);
        if wanted == 0 {
            return unfit();
        }
        if wanted > super::MOST {
            let most = super::MOST;
            return unknown(format!(
                "the window has more than {most} data points of {period}: give a longer `period`"
            ));
        }
        let mut taken = BTreeSet::new();
        let mut values = Vec::new();
        for point in &seen.points {
            let behind = point.at.millis().saturating_sub(seen.from.millis());
            let slot =
                u64::try_from(behind).ok().and_then(|behind| behind.checked_div(period.millis()));
            let Some(slot) = slot.filter(|slot| *slot < wanted) else {
                return unknown(format!(
                    "CloudWatch told a point outside of the window: {}",
                    point.at
                ));
            };
            if !taken.insert(slot) {
                return unknown(format!("CloudWatch told two points for one period: {}", point.at));
            }
            let value = point.value.as_f64().filter(|value| value.is_finite());
            let Some(value) = value else {
                return unknown(format!("a data point is no number: {}", point.value));
            };
            values.push(value);
        }
        let points = Self { values, wanted, from: seen.from, to: seen.to };
        if points.values.is_empty() {
            return unknown(format!("no data {}", points.window()));
        }
        Ok(points)
    }

    /// Why too few points are there, if so.
    pub fn enough(&self, allowed: u32) -> Option<Verdict> {
        let missing = self.missing();
        (missing > u64::from(allowed)).then(|| {
            let (wanted, window) = (self.wanted, self.window());
            let says =
                format!("{missing} of {wanted} points are missing {window}, may be {allowed}");
            Verdict::Unknown(says)
        })
    }

    fn missing(&self) -> u64 {
        self.wanted.saturating_sub(self.values.len() as u64)
    }

    /// Whether each point keeps the limits; none where there are none.
    pub fn within(
        &self,
        at_least: Option<&Number>,
        at_most: Option<&Number>,
    ) -> Result<Option<Verdict>, Verdict> {
        let limit = |limit: Option<&Number>| match limit.map(Number::as_f64) {
            None => Ok(None),
            Some(Some(limit)) if limit.is_finite() => Ok(Some(limit)),
            Some(_) => Err(Verdict::Unknown("the limit is no number".to_owned())),
        };
        let (low, high) = (limit(at_least)?, limit(at_most)?);
        // How far a point is beyond the limits: the worst is the one that is farthest.
        let beyond = |value: f64| {
            let under = low.map_or(f64::NEG_INFINITY, |low| low - value);
            under.max(high.map_or(f64::NEG_INFINITY, |high| value - high))
        };
        if low.is_none() && high.is_none() {
            return Ok(None);
        }
        let worse = |one: &f64, other: &f64| beyond(*one).total_cmp(&beyond(*other));
        let Some(worst) = self.values.iter().copied().max_by(worse) else { return Ok(None) };
        let wanted: Vec<String> = [("at least", at_least), ("at most", at_most)]
            .into_iter()
            .filter_map(|(what, limit)| limit.map(|limit| format!("{what} {limit}")))
            .collect();
        let says =
            format!("{}, wanted {}", self.told("worst", &shown(worst)), wanted.join(" and "));
        let holds = low.is_none_or(|low| worst >= low) && high.is_none_or(|high| worst <= high);
        Ok(Some(if holds { Verdict::Pass(says) } else { Verdict::Fail(says) }))
    }

    /// Whether the mean is at most so many percent above the mean of before.
    pub fn compared(&self, before: &Self, percent: &Number) -> Verdict {
        let (now, then) = (self.mean(), before.mean());
        let limit = percent.as_f64().map(|percent| then + then.abs() * (percent / 100.0));
        if then == 0.0 {
            let says =
                "the mean before the step is 0, and nothing can be so many percent above that";
            return Verdict::Unknown(format!("{says}: use `at_most`"));
        }
        let Some(limit) = limit.filter(|limit| limit.is_finite() && now.is_finite()) else {
            return Verdict::Unknown("the means are too large to be compared".to_owned());
        };
        let now_says = self.told("mean", &rounded(now));
        let then_says = before.told("mean", &rounded(then));
        let says = format!("{now_says}, before {then_says}, wanted at most {percent} % above");
        if now <= limit { Verdict::Pass(says) } else { Verdict::Fail(says) }
    }

    fn mean(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "at most 1440 points")]
        let count = self.values.len() as f64;
        // Each part is divided, since the sum of huge numbers is none.
        self.values.iter().map(|value| value / count).sum()
    }

    /// `worst 3 of 5 points from 09:00:00 to 09:05:00 UTC`: a form that
    /// [`Verdict::is_as`] knows to be a measurement.
    fn told(&self, what: &str, value: &str) -> String {
        let points = match self.values.len() {
            1 => "1 point".to_owned(),
            many => format!("{many} points"),
        };
        let missing = match self.missing() {
            0 => String::new(),
            missing => format!(" ({missing} missing)"),
        };
        format!("{what} {value} of {points} {}{missing}", self.window())
    }

    fn window(&self) -> String {
        let (from, to) = (self.from, self.to);
        if from.date() == to.date() {
            return format!("from {} to {} UTC", from.time_of_day(), to.time_of_day());
        }
        let whole = |at: Moment| format!("{}T{}", at.date(), at.time_of_day());
        format!("from {} to {} UTC", whole(from), whole(to))
    }
}

/// A number as short as it can be told exactly.
fn shown(value: f64) -> String {
    let size = value.abs();
    let plain = size == 0.0 || (1e-4..1e15).contains(&size);
    if plain { format!("{value}") } else { format!("{value:e}") }
}

/// A number that was calculated: its first digits.
fn rounded(value: f64) -> String {
    shown(format!("{value:.4e}").parse().unwrap_or(value))
}
