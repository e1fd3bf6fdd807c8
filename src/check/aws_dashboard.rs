//! A `CloudWatch` dashboard exists, and shows what it should.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use serde_json::Value as Json;

use super::cloud::{Answer, Cloud, Permission};
use super::expectation::{every, is_refused, no_answer, quote, unless_flawed, unless_found};
use super::{Kind, Probe, Reading, Verdict, When};

/// A `CloudWatch` dashboard exists, and shows these metrics.
///
/// A metric is shown where a widget names it, or where an expression of a widget does. Who may see
/// it, and whether it has data, is not looked at.
///
/// ```toml
/// check.aws_dashboard = { name = "orders", metrics = ["HTTPCode_Target_5XX_Count"] }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwsDashboard {
    /// Its name.
    pub name: String,
    /// Names of metrics that its widgets show, by themselves or in an expression.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<String>,
}

/// One node for each widget: an empty dashboard has none.
const WIDGETS: &str = "$.widgets[*].type";
/// One node for each line of a widget's metrics, in their order.
const METRICS: &str = "$.widgets[*].properties.metrics[*]";

impl AwsDashboard {
    fn judge_answer(&self, answer: &Answer) -> Verdict {
        if is_refused(answer, &["ResourceNotFound", "DashboardNotFoundError"]) {
            return Verdict::Fail(format!("there is no dashboard {}", quote(&self.name)));
        }
        if let Err(unknown) = unless_found(answer) {
            return unknown;
        }
        let (Some(widgets), Some(lines)) = (answer.at(WIDGETS), answer.at(METRICS)) else {
            return no_answer();
        };
        let shown = Shown::of(lines);
        let lacks = self.metrics.iter().filter(|metric| !shown.has(metric)).map(|metric| {
            let metric = quote(metric);
            Verdict::Fail(format!("no widget of {} shows {metric}", widgets.len()))
        });
        let shows = match self.metrics.as_slice() {
            [] => format!("the dashboard exists, {} widgets", widgets.len()),
            [one] => format!("the dashboard shows {}", quote(one)),
            all => format!("the dashboard shows all {} metrics", all.len()),
        };
        every(lacks.chain([Verdict::Pass(shows)]))
    }
}

/// What the widgets of a dashboard show.
#[derive(Debug, Default)]
struct Shown<'a> {
    names: Vec<&'a str>,
    expressions: Vec<&'a str>,
}

impl<'a> Shown<'a> {
    /// A line is `[namespace, name, dimension, value, …, options]`, where `.` stands for what the
    /// line before has at this place, and `...` for as much of it as there is room for; or it is
    /// `[{ expression = … }]`.
    fn of(lines: &'a [Json]) -> Self {
        let mut shown = Self::default();
        let mut before: Vec<&str> = Vec::new();
        for line in lines {
            let parts = line.as_array().map_or(std::slice::from_ref(line), Vec::as_slice);
            for options in parts.iter().filter_map(Json::as_object) {
                let text = |key: &str| options.get(key).and_then(Json::as_str);
                shown.expressions.extend(text("expression"));
                // The explorer's widgets name them so.
                shown.names.extend(text("metricName"));
            }
            let texts: Vec<&str> = parts.iter().map_while(Json::as_str).collect();
            let full = written_out(&texts, &before);
            shown.names.extend(full.get(1));
            if !full.is_empty() {
                before = full;
            }
        }
        shown
    }

    fn has(&self, metric: &str) -> bool {
        self.names.contains(&metric)
            || self.expressions.iter().any(|expression| holds_word(expression, metric))
    }
}

fn written_out<'a>(texts: &[&'a str], before: &[&'a str]) -> Vec<&'a str> {
    let Some(gap) = texts.iter().position(|text| *text == "...") else {
        let one = |(at, text): (usize, &&'a str)| match (*text, before.get(at)) {
            (".", Some(before)) => *before,
            (text, _) => text,
        };
        return texts.iter().enumerate().map(one).collect();
    };
    let behind = &texts[gap + 1..];
    let kept = before.len().saturating_sub(behind.len()).max(gap);
    let kept = before.get(gap..kept).unwrap_or_default();
    let head = written_out(&texts[..gap], before);
    head.into_iter().chain(kept.iter().copied()).chain(behind.iter().copied()).collect()
}

/// Whether the word stands in the text, and not only as a part of a longer one.
fn holds_word(text: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        let behind = text[at + word.len()..].starts_with(is_part);
        !behind && !text[..at].ends_with(is_part)
    })
}

impl Kind for AwsDashboard {
    fn ask(&self, _when: When) -> Probe {
        let paths = [WIDGETS, METRICS].map(str::to_owned).to_vec();
        Probe::Cloud(Cloud::Dashboard { name: self.name.clone(), paths })
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        unless_flawed(self.flaw(), || {
            let Reading::Dashboard(answer) = reading else { return reading.unfit() };
            self.judge_answer(answer)
        })
    }

    fn says(&self) -> String {
        match self.metrics.as_slice() {
            [] => format!("dashboard {} exists", self.name),
            metrics => format!("dashboard {} shows {}", self.name, metrics.join(", ")),
        }
    }

    fn flaw(&self) -> Option<String> {
        if self.name.is_empty() {
            return Some("`name` is empty: write the dashboard's name".to_owned());
        }
        let empty = self.metrics.iter().any(String::is_empty);
        empty.then(|| "one of `metrics` is empty".to_owned())
    }

    fn permissions(&self) -> Vec<Permission> {
        let dashboard =
            format!("arn:{{partition}}:cloudwatch::{{account}}:dashboard/{}", self.name);
        vec![Permission::of("cloudwatch:GetDashboard", dashboard)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::cloud::Said;
    use crate::check::{Obstacle, Outcome};
    use serde_json::json;

    fn dashboard(metrics: &[&str]) -> AwsDashboard {
        let metrics = metrics.iter().map(|&metric| metric.to_owned()).collect();
        AwsDashboard { name: "orders".to_owned(), metrics }
    }

    fn said(said: Said) -> Reading {
        let call = "cloudwatch:GetDashboard".to_owned();
        Reading::Dashboard(Answer { call, request: None, said })
    }

    fn found(widgets: &[Json], lines: &[Json]) -> Reading {
        let nodes = [(WIDGETS, widgets), (METRICS, lines)];
        said(Said::Found(nodes.map(|(path, nodes)| (path.to_owned(), nodes.to_vec())).into()))
    }

    fn refused(code: &str) -> Reading {
        said(Said::Refused { code: code.to_owned(), message: "no".to_owned() })
    }

    #[test]
    fn a_metric_is_shown_by_a_line_or_an_expression() {
        let lines = [
            json!(["AWS/Lambda", "Errors", "FunctionName", "orders", {"stat": "Sum"}]),
            json!([".", "Throttles", ".", "."]),
            json!(["...", "billing"]),
            json!([{"expression": "SEARCH('MetricName=\"Duration\"', 'p99')", "id": "e1"}]),
            json!(["AWS/ApplicationELB", "RequestCount", "LoadBalancer", "app/orders"]),
            json!(["...", {"yAxis": "right"}]),
            json!({"metricName": "CPUUtilization", "stat": "Average"}),
            json!([{"expression": "SELECT SUM(Cost_Saved) FROM Orders"}]),
        ];
        let widgets = [json!("metric"), json!("text")];
        for (metric, shown) in [
            ("Errors", true),
            ("Throttles", true),
            ("Duration", true),
            ("RequestCount", true),
            ("CPUUtilization", true),
            ("Cost_Saved", true),
            ("Error", false),
            ("Saved", false),
            ("Cost", false),
            ("AWS/Lambda", false),
            ("FunctionName", false),
            ("app/orders", false),
            ("errors", false),
        ] {
            let verdict = dashboard(&[metric]).judge(&found(&widgets, &lines));
            assert_eq!(verdict.outcome() == Outcome::Pass, shown, "{metric}: {verdict:?}");
            assert_ne!(verdict.outcome(), Outcome::Unknown);
        }
        let two = dashboard(&["Errors", "Duration"]).judge(&found(&widgets, &lines));
        assert_eq!(two, Verdict::Pass("the dashboard shows all 2 metrics".into()));
        let lacks = dashboard(&["Errors", "Faults"]).judge(&found(&widgets, &lines));
        assert_eq!(lacks, Verdict::Fail("no widget of 2 shows `Faults`".into()));
    }

    #[test]
    fn shortcuts_are_written_out() {
        let full = ["N", "M", "D", "v", "E", "w"];
        for (texts, wanted) in [
            (vec![".", "X", ".", "."], vec!["N", "X", "D", "v"]),
            (vec!["...", "z"], vec!["N", "M", "D", "v", "E", "z"]),
            (vec!["...", "y", ".", "z"], vec!["N", "M", "D", "y", ".", "z"]),
            (vec![".", "X", "...", "z"], vec!["N", "X", "D", "v", "E", "z"]),
            (vec!["..."], vec!["N", "M", "D", "v", "E", "w"]),
        ] {
            assert_eq!(written_out(&texts, &full), wanted, "{texts:?}");
            assert!(written_out(&texts, &[]).len() <= texts.len());
        }
    }

    #[test]
    fn an_empty_dashboard_exists_and_shows_nothing() {
        let pass = Verdict::Pass("the dashboard exists, 0 widgets".into());
        assert_eq!(dashboard(&[]).judge(&found(&[], &[])), pass);
        assert_eq!(dashboard(&["Errors"]).judge(&found(&[], &[])).outcome(), Outcome::Fail);
        for odd in [json!(1), json!(null), json!([]), json!([1, "Errors"]), json!("Errors")] {
            let verdict = dashboard(&["Errors"]).judge(&found(&[json!("metric")], &[odd]));
            assert_eq!(verdict.outcome(), Outcome::Fail);
        }
    }

    #[test]
    fn a_dashboard_that_is_not_there_fails_and_all_else_is_unknown() {
        for code in ["ResourceNotFound", "DashboardNotFoundError"] {
            let verdict = dashboard(&[]).judge(&refused(code));
            assert_eq!(verdict, Verdict::Fail("there is no dashboard `orders`".into()), "{code}");
        }
        for reading in [
            refused("InvalidParameterValue"),
            said(Said::NotMade),
            said(Said::Found([].into())),
            said(Said::Found([(WIDGETS.to_owned(), Vec::new())].into())),
            Reading::Nothing(Obstacle::Timeout),
            Reading::Refused("no".into()),
            Reading::Metrics(Vec::new()),
        ] {
            assert_eq!(dashboard(&[]).judge(&reading).outcome(), Outcome::Unknown, "{reading:?}");
        }
    }

    #[test]
    fn flaws() {
        assert!(AwsDashboard { name: String::new(), ..dashboard(&[]) }.flaw().is_some());
        assert!(dashboard(&[""]).flaw().is_some());
        assert_eq!(dashboard(&["Errors"]).flaw(), None);
        assert_eq!(dashboard(&["Errors"]).says(), "dashboard orders shows Errors");
        assert_eq!(dashboard(&[]).says(), "dashboard orders exists");
    }
}
