//! How far a service has come with its newest deployment, and what its tasks run.

use crate::check::Verdict;
use crate::check::cloud::Answer;
use crate::check::expectation::{cut, moment, no_answer, number, quote, text, texts, unless_found};
use crate::value::Moment;

/// Paths of the service.
const STATUS: &str = "$.services[*].status";
const CONTROLLER: &str = "$.services[*].deploymentController.type";
const FAILURES: &str = "$.failures[*].reason";

/// The deployment that the service wants to be at, and all others that are still there.
macro_rules! primary {
    ($field:literal) => {
        concat!("$.services[*].deployments[?@.status=='PRIMARY'].", $field)
    };
}
macro_rules! others {
    ($field:literal) => {
        concat!("$.services[*].deployments[?@.status!='PRIMARY' && @.status!='INACTIVE'].", $field)
    };
}

const ID: &str = primary!("id");
const TASK: &str = primary!("taskDefinition");
const STATE: &str = primary!("rolloutState");
const REASON: &str = primary!("rolloutStateReason");
const CREATED: &str = primary!("createdAt");
const DESIRED: &str = primary!("desiredCount");
const RUNNING: &str = primary!("runningCount");
const PENDING: &str = primary!("pendingCount");
const OTHER_TASKS: &str = others!("taskDefinition");
const OTHER_STATES: &str = others!("rolloutState");

/// Of the tasks that are listed.
pub(super) const LISTED: &str = "$.taskArns[*]";
const RUN: &str = "$.tasks[*].taskDefinitionArn";
/// For each container its name, and behind it the digest of its image where that is known: a name
/// holds no colon, and a digest does.
const IMAGES: &str = "$.tasks[*].containers[*]['name','imageDigest']";
pub(super) const TASK_PATHS: [&str; 2] = [RUN, IMAGES];

/// All paths of the service.
pub(super) fn paths() -> [&'static str; 13] {
    [
        STATUS,
        CONTROLLER,
        FAILURES,
        ID,
        TASK,
        STATE,
        REASON,
        CREATED,
        DESIRED,
        RUNNING,
        PENDING,
        OTHER_TASKS,
        OTHER_STATES,
    ]
}

/// The newest deployment of a service that is active.
#[derive(Debug)]
pub(super) struct Rollout<'a> {
    id: &'a str,
    task: &'a str,
    state: &'a str,
    reason: &'a str,
    created: Option<Moment>,
    desired: u64,
    running: u64,
    pending: u64,
    other_tasks: Vec<&'a str>,
    other_states: Vec<&'a str>,
}

impl<'a> Rollout<'a> {
    /// What the service says of it; a verdict where there is no such service, or too little is
    /// said.
    pub fn of(service: &'a Answer, absent: impl Fn() -> Verdict) -> Result<Self, Verdict> {
        let unknown = |says: String| Err(Verdict::Unknown(says));
        match (texts(service, STATUS)?.as_slice(), texts(service, FAILURES)?.as_slice()) {
            ([], ["MISSING"]) | (["INACTIVE"], []) => return Err(absent()),
            (["ACTIVE"], []) => {}
            (["DRAINING"], []) => {
                return Err(Verdict::Fail(
                    "the service is DRAINING: it is being deleted".to_owned(),
                ));
            }
            ([], [why, ..]) => return unknown(format!("ECS does not tell: {}", quote(why))),
            ([status], []) => {
                return unknown(format!("the service is in the unknown status {}", quote(status)));
            }
            _ => return unknown("ECS tells of no service, or of several".to_owned()),
        }
        let by = text(service, CONTROLLER)?;
        if let Some(by) = by.filter(|by| *by != "ECS") {
            let says = "its deployments are not ECS's own: use `aws_api`";
            return unknown(format!("the service is deployed by {}: {says}", quote(by)));
        }
        let lacks = |what: &str| Verdict::Unknown(format!("ECS tells no {what} of the deployment"));
        let told = |path, what| text(service, path)?.ok_or_else(|| lacks(what));
        let count = |path, what| number(service, path)?.ok_or_else(|| lacks(what));
        Ok(Self {
            id: told(ID, "id")?,
            task: told(TASK, "taskDefinition")?,
            state: told(STATE, "rolloutState")?,
            reason: text(service, REASON)?.unwrap_or_default(),
            created: moment(service, CREATED)?,
            desired: count(DESIRED, "desiredCount")?,
            running: count(RUNNING, "runningCount")?,
            pending: count(PENDING, "pendingCount")?,
            other_tasks: texts(service, OTHER_TASKS)?,
            other_states: texts(service, OTHER_STATES)?,
        })
    }

    /// What was seen, where it is all well.
    pub fn judge(&self, wanted: Option<&str>, since: Option<Moment>) -> Result<String, Verdict> {
        self.is_wanted(wanted)?;
        self.is_new(since)?;
        self.is_complete()?;
        self.is_alone(wanted)?;
        self.is_running()?;
        let (task, id) = (short(self.task), cut(self.id, 40));
        Ok(format!("runs {task}, the rollout is COMPLETED: {id}"))
    }

    fn is_wanted(&self, wanted: Option<&str>) -> Result<(), Verdict> {
        let Some(wanted) = wanted.filter(|wanted| !is_task(self.task, wanted)) else {
            return Ok(());
        };
        let tried = self.other_tasks.iter().any(|other| is_task(other, wanted));
        let how = if tried { "is rolled back to" } else { "runs" };
        let why = self.why();
        Err(Verdict::Fail(format!("{how} {}, wanted {}{why}", short(self.task), short(wanted))))
    }

    /// No allowance is made for clocks that differ: both times are told, and a person judges.
    fn is_new(&self, since: Option<Moment>) -> Result<(), Verdict> {
        let Some(since) = since else { return Ok(()) };
        let Some(created) = self.created else {
            return Err(Verdict::Unknown("ECS does not tell when the deployment began".to_owned()));
        };
        if created.millis() >= since.millis() {
            return Ok(());
        }
        let task = short(self.task);
        let says = format!("the deployment of {task} began at {created}, before the step: {since}");
        Err(Verdict::Fail(says))
    }

    fn is_complete(&self) -> Result<(), Verdict> {
        let task = short(self.task);
        match self.state {
            "COMPLETED" => Ok(()),
            "FAILED" => {
                Err(Verdict::Fail(format!("the rollout of {task} is FAILED{}", self.why())))
            }
            "IN_PROGRESS" => Err(Verdict::Unknown(format!(
                "the rollout of {task} is IN_PROGRESS, {} of {} tasks run: ask again with `until`",
                self.running, self.desired
            ))),
            other => {
                let other = quote(other);
                Err(Verdict::Unknown(format!(
                    "the rollout of {task} is in the unknown state {other}"
                )))
            }
        }
    }

    /// Where nobody knows the wanted one by its name, a failed deployment beside a complete one is
    /// one that was rolled back.
    fn is_alone(&self, wanted: Option<&str>) -> Result<(), Verdict> {
        if self.other_tasks.is_empty() && self.other_states.is_empty() {
            return Ok(());
        }
        let is_wanted = |other: &&str| wanted.is_some_and(|wanted| is_task(other, wanted));
        let failed = self.other_states.contains(&"FAILED");
        let task = short(self.task);
        if failed && (wanted.is_none() || self.other_tasks.iter().any(is_wanted)) {
            let other = self.other_tasks.first().map_or_else(String::new, |other| short(other));
            let says = format!("a deployment of {other} is FAILED, and {task} runs in its place");
            return Err(Verdict::Fail(says));
        }
        let many = self.other_tasks.len().max(self.other_states.len());
        let other = self.other_tasks.first().map(|other| format!(" of {}", short(other)));
        let other = other.unwrap_or_default();
        let says = format!("{many} other deployments are still there, one{other}");
        Err(Verdict::Unknown(format!("{says}: ask again with `until`")))
    }

    fn is_running(&self) -> Result<(), Verdict> {
        let Self { desired, running, pending, .. } = *self;
        if desired == 0 {
            return Err(Verdict::Fail("runs no task, and none is desired".to_owned()));
        }
        if pending > 0 {
            let says = format!("{running} of {desired} tasks run, {pending} are starting");
            return Err(Verdict::Unknown(format!("{says}: ask again with `until`")));
        }
        if running < desired {
            return Err(Verdict::Fail(format!("{running} of {desired} tasks run")));
        }
        Ok(())
    }

    fn why(&self) -> String {
        match self.reason {
            "" => String::new(),
            reason => format!(": {}", cut(reason, 80)),
        }
    }
}

/// What was seen of the tasks, where each runs this image.
pub(super) fn judge_tasks(
    rollout: &Rollout<'_>,
    (listed, tasks): (&Answer, &Answer),
    container: Option<&str>,
    wanted: &str,
) -> Result<String, Verdict> {
    let unknown = |says: String| Err(Verdict::Unknown(says));
    unless_found(listed)?;
    let count = texts(listed, LISTED)?.len();
    if (count as u64) < rollout.running {
        let says = format!("{count} tasks are listed, and {} run", rollout.running);
        return unknown(format!("{says}: ask again with `until`"));
    }
    unless_found(tasks)?;
    let run = texts(tasks, RUN)?;
    if run.len() != count {
        let says = format!("{count} tasks are listed, and {} are told of", run.len());
        return unknown(format!("{says}: ask again with `until`"));
    }
    if let Some(other) = run.iter().find(|task| !is_task(task, rollout.task)) {
        return Err(Verdict::Fail(format!("a task still runs {}", short(other))));
    }
    let seen: Vec<(&str, Option<&str>)> = images(tasks)?
        .into_iter()
        .filter(|(name, _)| container.is_none_or(|container| *name == container))
        .collect();
    let whose = container.map(|name| format!(" of {}", quote(name))).unwrap_or_default();
    // What certainly runs another image is wrong, whatever the rest turns out to be.
    let other = |digest: &&str| container.is_some() && *digest != wanted;
    if let Some(other) = seen.iter().filter_map(|(_, digest)| *digest).find(other) {
        let (other, wanted) = (cut(other, 20), cut(wanted, 20));
        return Err(Verdict::Fail(format!("an image{whose} is {other}, wanted {wanted}")));
    }
    if let (Some(name), true) = (container, seen.is_empty()) {
        return Err(Verdict::Fail(format!("no task has a container {}", quote(name))));
    }
    if seen.len() != count {
        let says = format!("{count} tasks have {} containers{whose}", seen.len());
        let what = if container.is_none() { ": name one in `container`" } else { "" };
        return unknown(format!("{says}{what}"));
    }
    if seen.iter().any(|(_, digest)| digest.is_none()) {
        return unknown(format!("ECS does not tell the digest of each image{whose}"));
    }
    if let Some(other) = seen.iter().filter_map(|(_, digest)| *digest).find(|one| *one != wanted) {
        let (other, wanted) = (cut(other, 20), cut(wanted, 20));
        return Err(Verdict::Fail(format!("an image is {other}, wanted {wanted}")));
    }
    Ok(format!("each image{whose} is {}", cut(wanted, 20)))
}

/// Each container with the digest of its image.
fn images(tasks: &Answer) -> Result<Vec<(&str, Option<&str>)>, Verdict> {
    let mut images: Vec<(&str, Option<&str>)> = Vec::new();
    for text in texts(tasks, IMAGES)? {
        if !text.contains(':') {
            images.push((text, None));
        } else if let Some((_, digest @ None)) = images.last_mut() {
            *digest = Some(text);
        } else {
            return Err(no_answer());
        }
    }
    Ok(images)
}

pub(super) fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:").unwrap_or_default();
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    digits.len() == 64 && digits.bytes().all(hex)
}

/// `family:revision` of an ARN.
fn short(task: &str) -> String {
    cut(task.rsplit('/').next().unwrap_or_default(), 48)
}

/// Whether this ARN is of the task definition that is wanted by ARN or by `family:revision`.
fn is_task(seen: &str, wanted: &str) -> bool {
    let name = |task: &'_ str| task.rsplit('/').next().unwrap_or_default().to_owned();
    if wanted.starts_with("arn:") { seen == wanted } else { name(seen) == wanted }
}
