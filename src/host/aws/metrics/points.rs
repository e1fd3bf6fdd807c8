//! The data points of one query, and whether they are all there are.

use std::collections::BTreeSet;

use aws_sdk_cloudwatch::types::{MessageData, MetricDataResult, StatusCode};
use serde_json::Number;

use super::moment;
use crate::check::cloud::Point;

/// What the pages say of one query.
#[derive(Default)]
pub(super) struct Points {
    all: Vec<Point>,
    /// An expression may give several series under one name.
    labels: BTreeSet<String>,
    /// What the last page says of it: earlier ones are partial by nature.
    status: Option<StatusCode>,
    messages: Vec<String>,
    /// What cannot be read of it.
    unread: Option<String>,
}

impl Points {
    pub(super) fn add(&mut self, result: &MetricDataResult) {
        self.labels.insert(result.label().unwrap_or_default().to_owned());
        self.status = result.status_code().cloned();
        self.messages.extend(result.messages().iter().map(words));
        let (times, values) = (result.timestamps(), result.values());
        if times.len() != values.len() {
            self.unread = Some(format!("{} times and {} values", times.len(), values.len()));
            return;
        }
        for (time, value) in times.iter().zip(values) {
            match (moment(time), Number::from_f64(*value)) {
                (Some(at), Some(value)) => self.all.push(Point { at, value }),
                (None, _) => self.unread = Some("a data point of no time".to_owned()),
                (_, None) => self.unread = Some(format!("a data point whose value is {value}")),
            }
        }
    }

    /// The points in the order of time, and why they are not all, or not to be trusted, if so.
    pub(super) fn read(&self, (from, to): (i64, i64)) -> (Vec<Point>, Option<String>) {
        let mut points = self.all.clone();
        points.sort_by_key(|point| point.at.millis());
        let twice = points.windows(2).any(|pair| pair[0].at == pair[1].at);
        let outside = |point: &Point| !(from..to).contains(&point.at.millis());
        let odd = match &self.unread {
            Some(why) => Some(why.clone()),
            None if self.labels.len() > 1 => Some(format!(
                "the expression gives {} series, wanted one, as SUM or AVG make of them",
                self.labels.len()
            )),
            None if twice => Some("two data points of one time".to_owned()),
            None if points.iter().any(outside) => {
                Some("a data point outside the window".to_owned())
            }
            None => None,
        };
        let partial = self.incomplete().or(odd.map(|why| format!("the answer holds {why}")));
        (points, partial)
    }

    /// What AWS itself says is missing.
    fn incomplete(&self) -> Option<String> {
        let message = self.messages.first();
        match (&self.status, message) {
            (Some(StatusCode::Complete), None) => None,
            (Some(StatusCode::Complete), Some(message)) => Some(format!("AWS says: {message}")),
            (None, _) => Some("AWS does not say whether this is all of it".to_owned()),
            (Some(status), None) => Some(format!("AWS says: {}", status.as_str())),
            (Some(status), Some(message)) => {
                Some(format!("AWS says: {}: {message}", status.as_str()))
            }
        }
    }
}

/// A message of AWS.
pub(super) fn words(message: &MessageData) -> String {
    const MOST: usize = 200;
    let said = [message.code(), message.value()].into_iter().flatten().collect::<Vec<_>>();
    said.join(": ").chars().take(MOST).collect()
}
