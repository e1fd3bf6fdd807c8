//! Metrics: the series of one window in one request, as many as it takes.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::operation::get_metric_data::GetMetricDataOutput;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat, ScanBy};
use aws_smithy_types::DateTime;
use tokio::time::Instant;

use super::failure::trouble;
use super::link::Link;
use super::pages::Pages;
use super::patience::patiently;
use super::trouble::{Sort, Trouble};
use crate::check::cloud::{Query, Series, SeriesSeen, What};
use crate::value::{Moment, Span};

mod points;
mod rename;

use points::Points;

pub(super) const CALL: &str = "cloudwatch:GetMetricData";

/// As many queries as one request takes.
const QUERIES: usize = 500;

/// More data points than this in one answer are not what a check is about.
const POINTS: usize = 100_000;

/// Puts series together that one request can ask for: positions in the list, in its order.
pub(super) fn parts(all: &[Series]) -> Vec<Vec<usize>> {
    let mut parts: Vec<Vec<usize>> = Vec::new();
    // By window, where there is still room: the part, and how many queries it has.
    let mut open: BTreeMap<(i64, i64), (usize, usize)> = BTreeMap::new();
    for (at, series) in all.iter().enumerate() {
        let window = (series.from.millis(), series.to.millis());
        let count = series.queries.len();
        let room = open.get_mut(&window).filter(|(_, used)| used.saturating_add(count) <= QUERIES);
        match room {
            Some((part, used)) if !rename::is_alone(&series.queries) => {
                parts[*part].push(at);
                *used += count;
            }
            _ => {
                if !rename::is_alone(&series.queries) {
                    open.insert(window, (parts.len(), count));
                }
                parts.push(vec![at]);
            }
        }
    }
    parts
}

/// Asks for series of one window, at most [`QUERIES`] queries of them.
pub(super) async fn ask(
    link: &Link,
    series: &[&Series],
    end: Instant,
) -> Result<Vec<SeriesSeen>, Trouble> {
    let Some(first) = series.first() else { return Ok(Vec::new()) };
    let (from, to) = (first.from, first.to);
    let queries = queries(series);
    let mut found = Found::default();
    let mut pages = Pages::new(CALL);
    loop {
        let said = patiently(CALL, end, async || {
            link.credentials(CALL).await?;
            let sent = link
                .cloudwatch
                .get_metric_data()
                .set_metric_data_queries(Some(queries.clone()))
                .start_time(DateTime::from_millis(from.millis()))
                .end_time(DateTime::from_millis(to.millis()))
                .scan_by(ScanBy::TimestampAscending)
                .set_next_token(pages.token())
                .send()
                .await;
            sent.map_err(|error| trouble(CALL, &error))
        })
        .await?;
        found.add(&said)?;
        if !pages.turn(said.next_token())? {
            break;
        }
    }
    Ok(series.iter().enumerate().map(|(at, series)| found.of(at, series)).collect())
}

/// The queries of all, each series under names of its own. Only its last is answered.
fn queries(series: &[&Series]) -> Vec<MetricDataQuery> {
    let of = |(at, series): (usize, &&Series)| {
        let names = rename::names(at, &series.queries);
        let last = series.queries.len().saturating_sub(1);
        let one = |(number, query): (usize, &Query)| {
            built(query, series.period, &names).return_data(number == last).build()
        };
        series.queries.iter().enumerate().map(one).collect::<Vec<_>>()
    };
    series.iter().enumerate().flat_map(of).collect()
}

fn built(
    query: &Query,
    period: Span,
    names: &BTreeMap<&str, String>,
) -> aws_sdk_cloudwatch::types::builders::MetricDataQueryBuilder {
    let seconds = i32::try_from(period.millis() / 1_000).unwrap_or(i32::MAX);
    let name = names.get(query.id.as_str()).cloned().unwrap_or_default();
    let builder = MetricDataQuery::builder().id(name);
    match &query.what {
        What::Expression(text) => {
            builder.expression(rename::expression(text, names)).period(seconds)
        }
        What::Metric { namespace, metric, dimensions, stat } => {
            let dimension = |(name, value): (&String, &String)| {
                Dimension::builder().name(name).value(value).build()
            };
            let metric = Metric::builder()
                .namespace(namespace)
                .metric_name(metric)
                .set_dimensions(Some(dimensions.iter().map(dimension).collect()))
                .build();
            let stat = MetricStat::builder().metric(metric).stat(stat).period(seconds).build();
            builder.metric_stat(stat)
        }
    }
}

/// What the pages of an answer hold.
#[derive(Default)]
struct Found {
    by_name: BTreeMap<String, Points>,
    /// What AWS says of the answer as a whole.
    messages: Vec<String>,
    count: usize,
}

impl Found {
    fn add(&mut self, said: &GetMetricDataOutput) -> Result<(), Trouble> {
        for message in said.messages() {
            self.messages.push(points::words(message));
        }
        for result in said.metric_data_results() {
            self.count += result.timestamps().len();
            if self.count > POINTS {
                let message = format!("more than {POINTS} data points");
                return Err(Trouble::new(CALL, Sort::Unreadable, message));
            }
            let name = result.id().unwrap_or_default().to_owned();
            self.by_name.entry(name).or_default().add(result);
        }
        Ok(())
    }

    fn of(&self, at: usize, series: &Series) -> SeriesSeen {
        let name = series.queries.last().map(|query| rename::name(at, &query.id));
        let found = name.and_then(|name| self.by_name.get(&name));
        let window = (series.from.millis(), series.to.millis());
        let (points, partial) = match found {
            None => (Vec::new(), Some("the answer says nothing of it".to_owned())),
            Some(found) => found.read(window),
        };
        let all = self.messages.first().map(|message| format!("AWS says: {message}"));
        let Series { from, to, period, .. } = series;
        SeriesSeen { from: *from, to: *to, period: *period, points, partial: partial.or(all) }
    }
}

/// The moment of a data point, in whole milliseconds.
fn moment(at: &DateTime) -> Option<Moment> {
    at.to_millis().ok().map(Moment::from_millis)
}
