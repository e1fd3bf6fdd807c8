//! The body of a dashboard.

use std::collections::BTreeMap;

use aws_types::request_id::RequestId as _;
use serde_json::Value as Json;
use serde_json_path::JsonPath;
use tokio::time::Instant;

use super::failure::trouble;
use super::link::Link;
use super::patience::patiently;
use super::trouble::{Sort, Trouble};
use crate::check::cloud::{Answer, Said};

const CALL: &str = "cloudwatch:GetDashboard";

/// What of its body is wanted, by path.
pub(super) async fn ask(
    link: &Link,
    name: &str,
    paths: &[String],
    end: Instant,
) -> Result<Answer, Trouble> {
    let said = patiently(CALL, end, async || {
        link.credentials(CALL).await?;
        let sent = link.cloudwatch.get_dashboard().dashboard_name(name).send().await;
        sent.map_err(|error| trouble(CALL, &error))
    })
    .await;
    let call = CALL.to_owned();
    match said {
        Ok(said) => {
            let request = said.request_id().map(ToOwned::to_owned);
            let said = Said::Found(found(said.dashboard_body().unwrap_or_default(), paths)?);
            Ok(Answer { call, request, said })
        }
        Err(Trouble { sort: Sort::Refused, code: Some(code), message, request, .. }) => {
            Ok(Answer { call, request, said: Said::Refused { code, message } })
        }
        Err(trouble) => Err(trouble),
    }
}

fn found(body: &str, paths: &[String]) -> Result<BTreeMap<String, Vec<Json>>, Trouble> {
    let unreadable = |why: String| Trouble::new(CALL, Sort::Unreadable, why);
    let body: Json = serde_json::from_str(body)
        .map_err(|why| unreadable(format!("the dashboard's body is no JSON: {why}")))?;
    let look = |path: &String| {
        let parsed =
            JsonPath::parse(path).map_err(|why| unreadable(format!("no path `{path}`: {why}")))?;
        let nodes = parsed.query(&body).all().into_iter().cloned().collect();
        Ok((path.clone(), nodes))
    };
    paths.iter().map(look).collect()
}
