//! Why a check of a metric could never tell anything.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Number;

use super::{AwsMetric, MOST, OneMetric};
use crate::check::expectation::{is_open, quote};

/// The queries of one check go into one request, which takes 500.
const METRICS: usize = 499;

impl AwsMetric {
    pub(super) fn what_is_wrong(&self) -> Option<String> {
        self.subject_flaw().or_else(|| self.limits_flaw()).or_else(|| self.window_flaw())
    }

    fn subject_flaw(&self) -> Option<String> {
        let single = [
            ("namespace", self.namespace.as_deref()),
            ("metric", self.metric.as_deref()),
            ("stat", self.stat.as_deref()),
        ];
        let Some(expression) = &self.expression else {
            if !self.metrics.is_empty() {
                return Some("`metrics` are given, and no `expression` over them".to_owned());
            }
            if single.iter().all(|(_, text)| text.is_none()) {
                let flaw = "neither a metric nor an expression is given: give `namespace`, `metric` \
                            and `stat`, or `metrics` and `expression`";
                return Some(flaw.to_owned());
            }
            let missing = single.iter().find(|(_, text)| text.is_none());
            if let Some((field, _)) = missing {
                return Some(format!("`{field}` is missing"));
            }
            let [namespace, metric, stat] = single.map(|(_, text)| text.unwrap_or_default());
            let dimensions = self.dimensions.iter();
            return parts_flaw("", [namespace, metric, stat], dimensions);
        };
        if let Some((field, _)) = single.iter().find(|(_, text)| text.is_some()) {
            return Some(format!("both `{field}` and `expression` are given: give one"));
        }
        if !self.dimensions.is_empty() {
            let flaw = "`dimensions` say nothing beside `expression`: give them in `metrics`";
            return Some(flaw.to_owned());
        }
        let ids = self.metrics.keys().find(|id| !is_id(id)).map(|id| {
            let id = quote(id);
            format!("`metrics` has {id}: a name is a small letter, then letters, digits and `_`")
        });
        let parts = |(id, one): (&String, &OneMetric)| {
            let texts = [&one.namespace, &one.metric, &one.stat].map(String::as_str);
            parts_flaw(&format!("metrics.{id}."), texts, one.dimensions.iter())
        };
        ids.or_else(|| self.metrics.iter().find_map(parts)).or_else(|| self.math_flaw(expression))
    }

    /// A wrong expression spoils the answer for every check that is asked together with it.
    fn math_flaw(&self, expression: &str) -> Option<String> {
        if self.metrics.is_empty() {
            let flaw = "`expression` is given, and no `metrics` that it is over";
            return Some(flaw.to_owned());
        }
        if self.metrics.len() > METRICS {
            return Some(format!("`metrics` has more than {METRICS}"));
        }
        if is_open(expression) {
            return None;
        }
        let names = names_in(expression);
        if names.contains(&"METRICS") {
            let flaw =
                "`expression` holds METRICS(), which is over whatever else is asked: name them";
            return Some(flaw.to_owned());
        }
        let is_name = |name: &&&str| name.starts_with(|first: char| first.is_ascii_lowercase());
        if let Some(name) =
            names.iter().filter(is_name).find(|name| !self.metrics.contains_key(**name))
        {
            return Some(format!("`expression` names {}, and `metrics` does not", quote(name)));
        }
        let idle = self.metrics.keys().find(|id| !names.contains(&id.as_str()))?;
        Some(format!("`metrics` names {}, and `expression` does not", quote(idle)))
    }

    fn limits_flaw(&self) -> Option<String> {
        let value = |limit: &Option<Number>| limit.as_ref().and_then(Number::as_f64);
        match (value(&self.at_least), value(&self.at_most), value(&self.percent_above_before)) {
            (None, None, None) => Some(
                "nothing is wanted: give `at_most`, `at_least` or `percent_above_before`"
                    .to_owned(),
            ),
            (Some(low), Some(high), _) if low > high => {
                Some("`at_least` is more than `at_most`".to_owned())
            }
            (_, _, Some(percent)) if percent < 0.0 => {
                Some("`percent_above_before` is negative".to_owned())
            }
            _ => None,
        }
    }

    fn window_flaw(&self) -> Option<String> {
        let period = self.period();
        let millis = period.millis();
        let fits = matches!(millis, 1_000 | 5_000 | 10_000 | 30_000)
            || (millis > 0 && millis.is_multiple_of(60_000));
        if !fits {
            let wanted = "1s, 5s, 10s, 30s or whole minutes";
            return Some(format!("`period` is {period}, wanted {wanted}"));
        }
        if self.over.is_some() && self.since.is_some() && self.percent_above_before.is_none() {
            let flaw =
                "both `over` and `since` are given, and a window has one beginning: give one";
            return Some(flaw.to_owned());
        }
        let over = self.over()?;
        if over.millis() == 0 || !over.millis().is_multiple_of(millis) {
            return Some(format!(
                "`over` is {over}, which is no whole number of periods of {period}"
            ));
        }
        let points = over.millis() / millis;
        (points > MOST).then(|| {
            format!(
                "`over` is {points} periods of {period}, and may be {MOST}: make `period` longer"
            )
        })
    }
}

fn parts_flaw<'a>(
    of: &str,
    [namespace, metric, stat]: [&str; 3],
    dimensions: impl Iterator<Item = (&'a String, &'a String)>,
) -> Option<String> {
    if namespace.is_empty() {
        return Some(format!("`{of}namespace` is empty"));
    }
    if metric.is_empty() {
        return Some(format!("`{of}metric` is empty"));
    }
    if !is_open(stat) && !is_statistic(stat) {
        let wanted = "Average, Sum, Minimum, Maximum, SampleCount, or a percentile like p99";
        return Some(format!("`{of}stat` is {}, wanted {wanted}", quote(stat)));
    }
    let empty = |(name, value): &(&String, &String)| name.is_empty() || value.is_empty();
    let mut dimensions = dimensions;
    let (name, _) = dimensions.find(empty)?;
    Some(format!("`{of}dimensions` has {} without a value", quote(name)))
}

fn is_id(text: &str) -> bool {
    let part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(part)
}

/// The statistics that there are, trimmed means and the like too.
fn is_statistic(text: &str) -> bool {
    static STATISTIC: LazyLock<Regex> = LazyLock::new(|| {
        let plain = "Average|Sum|Minimum|Maximum|SampleCount|IQM";
        let share = r"(p|tm|wm|tc|ts)(100|[0-9]{1,2}(\.[0-9]{1,10})?)";
        let range = r"(PR|TM|WM|TC|TS)\([0-9.%]*:[0-9.%]*\)";
        Regex::new(&format!("^({plain}|{share}|{range})$")).expect("a pattern")
    });
    STATISTIC.is_match(text)
}

/// Names of metrics and functions in an expression; what stands in quotes is a text.
fn names_in(expression: &str) -> Vec<&str> {
    static PIECE: LazyLock<Regex> = LazyLock::new(|| {
        let text = r#"'[^']*'|"[^"]*""#;
        let number = "[0-9]+[.]?[0-9]*([eE][+-]?[0-9]+)?";
        Regex::new(&format!("{text}|{number}|(?<name>[A-Za-z_][A-Za-z0-9_]*)")).expect("a pattern")
    });
    let names = PIECE.captures_iter(expression).filter_map(|piece| piece.name("name"));
    names.map(|name| name.as_str()).collect()
}
