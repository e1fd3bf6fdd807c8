//! Alarms by name or by how their names begin, of every type, to the end of the pages.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::operation::describe_alarms::DescribeAlarmsOutput;
use aws_sdk_cloudwatch::operation::describe_alarms::builders::DescribeAlarmsFluentBuilder;
use aws_sdk_cloudwatch::types::{AlarmType, EvaluationState, StateValue};
use aws_smithy_types::DateTime;
use tokio::time::Instant;

use super::failure::trouble;
use super::link::Link;
use super::pages::Pages;
use super::patience::patiently;
use super::trouble::{Sort, Trouble};
use crate::check::cloud::AlarmSeen;
use crate::value::Moment;

pub(super) const CALL: &str = "cloudwatch:DescribeAlarms";

/// As many names as one request takes, and as many alarms as one page holds.
pub(super) const MOST: usize = 100;

/// Without these AWS tells of metric alarms only.
const TYPES: [AlarmType; 3] =
    [AlarmType::MetricAlarm, AlarmType::CompositeAlarm, AlarmType::LogAlarm];

/// Looks for at most [`MOST`] names; `None` where there is no such alarm.
pub(super) async fn named(
    link: &Link,
    names: &[String],
    end: Instant,
) -> Result<Vec<Option<AlarmSeen>>, Trouble> {
    let ask = || link.cloudwatch.describe_alarms().set_alarm_names(Some(names.to_vec()));
    let mut found = all(link, &ask, end).await?;
    Ok(names.iter().map(|name| found.remove(name)).collect())
}

/// All whose name begins so, by name.
pub(super) async fn beginning(
    link: &Link,
    prefix: &str,
    end: Instant,
) -> Result<Vec<AlarmSeen>, Trouble> {
    let ask = || link.cloudwatch.describe_alarms().alarm_name_prefix(prefix);
    let mut found = all(link, &ask, end).await?;
    found.retain(|name, _| name.starts_with(prefix));
    Ok(found.into_values().collect())
}

async fn all(
    link: &Link,
    ask: &(dyn Fn() -> DescribeAlarmsFluentBuilder + Sync),
    end: Instant,
) -> Result<BTreeMap<String, AlarmSeen>, Trouble> {
    let mut found = BTreeMap::new();
    let mut pages = Pages::new(CALL);
    loop {
        let said = patiently(CALL, end, async || {
            link.credentials(CALL).await?;
            let page = ask().set_alarm_types(Some(TYPES.to_vec())).max_records(100);
            let sent = page.set_next_token(pages.token()).send().await;
            sent.map_err(|error| trouble(CALL, &error))
        })
        .await?;
        for alarm in seen(&said) {
            let alarm = alarm?;
            found.insert(alarm.name.clone(), alarm);
        }
        if !pages.turn(said.next_token())? {
            return Ok(found);
        }
    }
}

/// What an alarm of any type has.
#[derive(Clone, Copy)]
struct Told<'a> {
    name: Option<&'a str>,
    state: Option<&'a StateValue>,
    evaluation: Option<&'a EvaluationState>,
    reason: Option<&'a str>,
    since: Option<&'a DateTime>,
    actions: Option<bool>,
}

fn seen(said: &DescribeAlarmsOutput) -> impl Iterator<Item = Result<AlarmSeen, Trouble>> {
    let metric = said.metric_alarms().iter().map(|alarm| Told {
        name: alarm.alarm_name(),
        state: alarm.state_value(),
        evaluation: alarm.evaluation_state(),
        reason: alarm.state_reason(),
        since: alarm.state_transitioned_timestamp().or(alarm.state_updated_timestamp()),
        actions: alarm.actions_enabled(),
    });
    let composite = said.composite_alarms().iter().map(|alarm| Told {
        name: alarm.alarm_name(),
        state: alarm.state_value(),
        evaluation: None,
        reason: alarm.state_reason(),
        since: alarm.state_transitioned_timestamp().or(alarm.state_updated_timestamp()),
        actions: alarm.actions_enabled(),
    });
    let log = said.log_alarms().iter().map(|alarm| Told {
        name: alarm.alarm_name(),
        state: alarm.state_value(),
        evaluation: alarm.evaluation_state(),
        reason: alarm.state_reason(),
        since: alarm.state_transitioned_timestamp().or(alarm.state_updated_timestamp()),
        actions: alarm.actions_enabled(),
    });
    metric.chain(composite).chain(log).map(told)
}

fn told(alarm: Told<'_>) -> Result<AlarmSeen, Trouble> {
    let missing = |what: &str| {
        Trouble::new(CALL, Sort::Unreadable, format!("an alarm without {what} is in the answer"))
    };
    let reason = alarm.reason.unwrap_or_default();
    Ok(AlarmSeen {
        name: alarm.name.ok_or_else(|| missing("a name"))?.to_owned(),
        state: alarm.state.ok_or_else(|| missing("a state"))?.as_str().to_owned(),
        reason: match alarm.evaluation {
            None => reason.to_owned(),
            Some(evaluation) => format!("{}: {reason}", evaluation.as_str()),
        },
        since: alarm.since.and_then(|at| at.to_millis().ok()).map(Moment::from_millis),
        actions: alarm.actions.ok_or_else(|| missing("a word on its actions"))?,
    })
}
