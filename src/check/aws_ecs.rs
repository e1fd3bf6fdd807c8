//! An ECS service runs what was deployed, by this deployment.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use serde_json::json;

use self::rollout::{Rollout, TASK_PATHS, judge_tasks};
use super::cloud::{Answer, Call, Cloud, Given, Permission};
use super::expectation::{is_open, is_refused, no_answer, quote, unless_flawed, unless_found};
use super::{Kind, Probe, Reading, Verdict, When};

mod rollout;

/// An ECS service runs this task definition or image, rolled out by this deployment.
///
/// Not merely "stable": the primary deployment must be of this task definition or image, must have
/// completed, must not be a roll-back of the service to an older one, and must have begun since the
/// step did. A rollout in progress is `unknown`. So is one that is not ECS's own, but made by
/// `CODE_DEPLOY` or `EXTERNAL`. With `image_digest` every running task is looked at.
///
/// ```toml
/// check.aws_ecs = { cluster = "orders", service = "orders-api", task_definition = "orders-api:42" }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwsEcs {
    /// Name or ARN of the cluster.
    pub cluster: String,
    /// Name or ARN of the service.
    pub service: String,
    /// `family:revision`, or the whole ARN.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_definition: Option<String>,
    /// Digest of the image that every task runs: `sha256:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_digest: Option<String>,
    /// Name of the container whose image it is: required where a task has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// The deployment began no earlier than this step. Default: this one, where it has an action
    /// that changes something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

impl AwsEcs {
    fn judge_answers(&self, when: When, answers: &[Answer]) -> Result<Verdict, Verdict> {
        let (services, tasks) = match (&self.image_digest, answers) {
            (None, [services]) => (services, None),
            (Some(digest), [services, listed, tasks]) => (services, Some((digest, listed, tasks))),
            _ => return Err(no_answer()),
        };
        for answer in answers {
            if is_refused(answer, &["ClusterNotFoundException"]) {
                return Err(Verdict::Fail(format!("there is no cluster {}", quote(&self.cluster))));
            }
            if is_refused(answer, &["ServiceNotFoundException", "ServiceNotActiveException"]) {
                return Err(self.absent());
            }
        }
        unless_found(services)?;
        let rollout = Rollout::of(services, || self.absent())?;
        let seen = rollout.judge(self.task_definition.as_deref(), when.acted)?;
        let Some((digest, listed, tasks)) = tasks else { return Ok(Verdict::Pass(seen)) };
        let images = judge_tasks(&rollout, (listed, tasks), self.container.as_deref(), digest)?;
        Ok(Verdict::Pass(format!("{seen}, {images}")))
    }

    fn absent(&self) -> Verdict {
        let (service, cluster) = (quote(&self.service), quote(&self.cluster));
        Verdict::Fail(format!("there is no service {service} in the cluster {cluster}"))
    }

    /// The name alone, where there may be an ARN.
    fn cluster_name(&self) -> &str {
        self.cluster.rsplit('/').next().unwrap_or_default()
    }

    fn service_name(&self) -> &str {
        self.service.rsplit('/').next().unwrap_or_default()
    }
}

impl Kind for AwsEcs {
    fn ask(&self, when: When) -> Probe {
        let (cluster, service) = (&self.cluster, &self.service);
        let described = json!({"cluster": cluster, "services": [service]});
        let mut calls = vec![Call::new("ecs", "DescribeServices", described, &rollout::paths())];
        if self.image_digest.is_some() {
            let name = self.service_name();
            let running =
                json!({"cluster": cluster, "serviceName": name, "desiredStatus": "RUNNING"});
            calls.push(Call::new("ecs", "ListTasks", running, &[rollout::LISTED]));
            let tasks = Call::new("ecs", "DescribeTasks", json!({"cluster": cluster}), &TASK_PATHS);
            let listed = Given {
                field: "tasks".to_owned(),
                call: 1,
                path: rollout::LISTED.to_owned(),
                at_most: 100,
            };
            calls.push(Call { given: vec![listed], ..tasks });
        }
        Probe::Cloud(Cloud::Calls { when, calls })
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        unless_flawed(self.flaw(), || {
            let Reading::Answers { when, answers } = reading else { return reading.unfit() };
            self.judge_answers(*when, answers).unwrap_or_else(|verdict| verdict)
        })
    }

    fn says(&self) -> String {
        let image = self.image_digest.as_ref().map(|digest| {
            let short = digest.get(..19).unwrap_or(digest);
            let of = self.container.as_ref().map(|name| format!(" in {name}")).unwrap_or_default();
            format!("image {short}{of}")
        });
        let what: Vec<String> = self.task_definition.clone().into_iter().chain(image).collect();
        let (cluster, service) = (self.cluster_name(), self.service_name());
        format!("service {cluster}/{service} runs {}", what.join(", "))
    }

    fn flaw(&self) -> Option<String> {
        for (field, text) in [("cluster", &self.cluster), ("service", &self.service)] {
            if text.is_empty() {
                return Some(format!("`{field}` is empty: write a name or an ARN"));
            }
        }
        if self.task_definition.is_none() && self.image_digest.is_none() {
            let flaw = "neither `task_definition` nor `image_digest` is given: give one or both";
            return Some(flaw.to_owned());
        }
        if self.image_digest.is_none() && self.container.is_some() {
            return Some("`container` says nothing without `image_digest`".to_owned());
        }
        let task = self.task_definition.as_deref();
        if let Some(task) = task.filter(|task| !is_open(task) && !has_revision(task)) {
            let shown = quote(task);
            let flaw = "write `family:revision`, since a family alone is whichever is newest";
            return Some(format!("`task_definition` is {shown}: {flaw}"));
        }
        let digest = self.image_digest.as_deref()?;
        (!is_open(digest) && !rollout::is_digest(digest)).then(|| {
            let shown = quote(digest);
            format!(
                "`image_digest` is {shown}, wanted `sha256:` and 64 lower-case hexadecimal digits"
            )
        })
    }

    fn since(&self) -> Option<&str> {
        self.since.as_deref()
    }

    fn permissions(&self) -> Vec<Permission> {
        let cluster = self.cluster_name();
        let arn = |kind: &str, name: &str| {
            format!("arn:{{partition}}:ecs:{{region}}:{{account}}:{kind}/{cluster}/{name}")
        };
        let service = if self.service.starts_with("arn:") {
            self.service.clone()
        } else {
            arn("service", &self.service)
        };
        let mut all = vec![Permission::of("ecs:DescribeServices", service)];
        if self.image_digest.is_some() {
            // Tasks are listed of container instances, which nobody knows before.
            all.push(Permission::any("ecs:ListTasks"));
            all.push(Permission::of("ecs:DescribeTasks", arn("task", "*")));
        }
        all
    }
}

/// Whether a number stands behind the family's name.
fn has_revision(task: &str) -> bool {
    let name = task.rsplit('/').next().unwrap_or_default();
    let parts = name.split_once(':');
    parts.is_some_and(|(family, revision)| {
        let digits = revision.bytes().all(|byte| byte.is_ascii_digit());
        !family.is_empty() && !revision.is_empty() && digits
    })
}

#[cfg(test)]
mod tests;
