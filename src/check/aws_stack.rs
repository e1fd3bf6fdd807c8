//! A `CloudFormation` stack is what was deployed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use serde_json::{Value as Json, json};

use super::cloud::{Answer, Call, Cloud, Permission, Said};
use super::expectation::{
    cut, digest_flaw, every, is_open, moment, no_answer, quote, text, unless_flawed, unless_found,
};
use super::{Kind, Probe, Reading, Verdict, When};
use crate::value::{Moment, Span};

/// A `CloudFormation` stack is in this state, of this template or change set, and not drifted.
///
/// A stack that does not exist fails, and so does one that rolls back or was rolled back, with the
/// reason. Any other status in progress is `unknown`. Drift is what the last detection found: this
/// starts none.
///
/// ```toml
/// check.aws_stack = { name = "orders", status = ["UPDATE_COMPLETE"], change_set = "release-7" }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwsStack {
    /// Its name or ARN.
    pub name: String,
    /// The statuses that are good. Default `CREATE_COMPLETE`, `UPDATE_COMPLETE` and
    /// `IMPORT_COMPLETE`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<String>,
    /// Name or ARN of the change set that was executed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change_set: Option<String>,
    /// SHA-256 of the template as it was sent, in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template_sha256: Option<String>,
    /// `IN_SYNC` as the last drift detection found it. Where none was made, or none since the last
    /// update, nothing is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
    /// How old the last drift detection may be. Default 1d.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift_age: Option<Span>,
}

/// What drift is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Drift {
    /// Nothing differs from the template.
    InSync,
}

/// What is good where the runbook does not say.
const GOOD: [&str; 3] = ["CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"];

/// Every status that there is, as far as we know.
const STATUSES: [&str; 23] = [
    "CREATE_IN_PROGRESS",
    "CREATE_FAILED",
    "CREATE_COMPLETE",
    "ROLLBACK_IN_PROGRESS",
    "ROLLBACK_FAILED",
    "ROLLBACK_COMPLETE",
    "DELETE_IN_PROGRESS",
    "DELETE_FAILED",
    "DELETE_COMPLETE",
    "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_COMPLETE",
    "UPDATE_FAILED",
    "UPDATE_ROLLBACK_IN_PROGRESS",
    "UPDATE_ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE",
    "REVIEW_IN_PROGRESS",
    "IMPORT_IN_PROGRESS",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_IN_PROGRESS",
    "IMPORT_ROLLBACK_FAILED",
    "IMPORT_ROLLBACK_COMPLETE",
];

const STATUS: &str = "$.Stacks[*].StackStatus";
const REASON: &str = "$.Stacks[*].StackStatusReason";
const CHANGE_SET: &str = "$.Stacks[*].ChangeSetId";
const UPDATED: &str = "$.Stacks[*].LastUpdatedTime";
const DRIFT: &str = "$.Stacks[*].DriftInformation.StackDriftStatus";
const LOOKED: &str = "$.Stacks[*].DriftInformation.LastCheckTimestamp";
const TEMPLATE: &str = "$.TemplateBody";

impl AwsStack {
    fn judge_answers(&self, when: When, answers: &[Answer]) -> Result<Verdict, Verdict> {
        for answer in answers {
            if is_absent(answer) {
                return Err(Verdict::Fail(format!("there is no stack {}", quote(&self.name))));
            }
            unless_found(answer)?;
        }
        let (stack, template) = match (&self.template_sha256, answers) {
            (Some(wanted), [stack, template]) => (stack, Some(judge_template(template, wanted)?)),
            (None, [stack]) => (stack, None),
            _ => return Err(no_answer()),
        };
        let change_set = self.change_set.as_deref();
        let change_set = change_set.map(|wanted| judge_change_set(stack, wanted)).transpose()?;
        let drift = self.drift.map(|_| self.judge_drift(stack, when.now)).transpose()?;
        let verdicts = [self.judge_status(stack)?];
        Ok(every(verdicts.into_iter().chain(change_set).chain(template).chain(drift)))
    }

    fn judge_status(&self, stack: &Answer) -> Result<Verdict, Verdict> {
        let Some(seen) = text(stack, STATUS)? else {
            return Ok(Verdict::Unknown("AWS tells no status of the stack".to_owned()));
        };
        let why = text(stack, REASON)?
            .filter(|why| !why.is_empty())
            .map(|why| format!(": {}", cut(why, 90)));
        let why = why.unwrap_or_default();
        Ok(if self.wanted().contains(&seen) {
            Verdict::Pass(format!("the stack is {}", cut(seen, 48)))
        } else if !STATUSES.contains(&seen) {
            Verdict::Unknown(format!("the stack is in the unknown status {}", quote(seen)))
        } else if seen.ends_with("_IN_PROGRESS") && !seen.contains("ROLLBACK") {
            Verdict::Unknown(format!("the stack is {seen}: ask again with `until`{why}"))
        } else {
            Verdict::Fail(format!(
                "the stack is {seen}, wanted {}{why}",
                self.wanted().join(" or ")
            ))
        })
    }

    fn wanted(&self) -> Vec<&str> {
        match self.status.as_slice() {
            [] => GOOD.to_vec(),
            given => given.iter().map(String::as_str).collect(),
        }
    }

    fn judge_drift(&self, stack: &Answer, now: Moment) -> Result<Verdict, Verdict> {
        let unknown = |says: String| Ok(Verdict::Unknown(says));
        match text(stack, DRIFT)? {
            Some("IN_SYNC") => {}
            Some("DRIFTED") => return Ok(Verdict::Fail("the stack has drifted".to_owned())),
            Some("NOT_CHECKED") => return unknown(format!("drift was never looked for: {DETECT}")),
            Some("UNKNOWN") | None => return unknown("AWS does not know of any drift".to_owned()),
            Some(other) => {
                return unknown(format!("drift is in the unknown state {}", quote(other)));
            }
        }
        let Some(looked) = moment(stack, LOOKED)? else {
            return unknown("AWS does not tell when it looked for drift".to_owned());
        };
        if moment(stack, UPDATED)?.is_some_and(|updated| updated.millis() > looked.millis()) {
            return unknown(format!("drift was last looked for before the last update: {DETECT}"));
        }
        let most = self.drift_age.unwrap_or(Self::DRIFT_AGE);
        let age = now.millis().saturating_sub(looked.millis()).max(0).unsigned_abs();
        // To the second, which is what a person can use.
        let age = Span::from_millis(age / 1000 * 1000);
        Ok(if age > most {
            let says = format!("drift was last looked for {age} ago, wanted at most {most}");
            Verdict::Unknown(format!("{says}: {DETECT}"))
        } else {
            Verdict::Pass(format!("in sync {age} ago"))
        })
    }

    const DRIFT_AGE: Span = Span::from_secs(86_400);
}

const DETECT: &str = "run `aws cloudformation detect-stack-drift`";

/// The one code stands for every invalid request: only the words tell them apart.
fn is_absent(answer: &Answer) -> bool {
    let Said::Refused { code, message } = &answer.said else { return false };
    code == "ValidationError" && message.contains("does not exist")
}

/// By the whole ARN, or by the name in it: `arn:…:changeSet/NAME/UUID`.
fn judge_change_set(stack: &Answer, wanted: &str) -> Result<Verdict, Verdict> {
    let Some(seen) = text(stack, CHANGE_SET)? else {
        let says = "AWS names no change set that made the stack what it is".to_owned();
        return Ok(Verdict::Unknown(says));
    };
    let name = seen.split_once(":changeSet/").map(|(_, rest)| rest);
    let name = name.and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let told = if wanted.starts_with("arn:") { seen } else { name };
    Ok(if told == wanted {
        Verdict::Pass(format!("of change set {}", quote(wanted)))
    } else {
        let told = if told.is_empty() { seen } else { told };
        Verdict::Fail(format!("of change set {}, wanted {}", quote(told), quote(wanted)))
    })
}

fn judge_template(template: &Answer, wanted: &str) -> Result<Verdict, Verdict> {
    let digest = match template.at(TEMPLATE) {
        None => return Err(no_answer()),
        Some([Json::String(digest)]) => digest,
        Some(_) => {
            let says = "AWS does not tell the template as it was sent".to_owned();
            return Ok(Verdict::Unknown(says));
        }
    };
    let short = |digest: &str| cut(digest, 13);
    Ok(if digest_flaw("", Some(digest)).is_some() {
        Verdict::Unknown(format!("the template's digest is {}", quote(digest)))
    } else if digest.eq_ignore_ascii_case(wanted) {
        Verdict::Pass(format!("of template {}", short(digest)))
    } else {
        Verdict::Fail(format!("of template {}, wanted {}", short(digest), short(wanted)))
    })
}

impl Kind for AwsStack {
    fn ask(&self, when: When) -> Probe {
        let service = "cloudformation";
        let mut paths = vec![STATUS, REASON];
        paths.extend(self.change_set.as_ref().map(|_| CHANGE_SET));
        if self.drift.is_some() {
            paths.extend([UPDATED, DRIFT, LOOKED]);
        }
        let stack = json!({"StackName": self.name});
        let mut calls = vec![Call::new(service, "DescribeStacks", stack, &paths)];
        if self.template_sha256.is_some() {
            let original = json!({"StackName": self.name, "TemplateStage": "Original"});
            let call = Call::new(service, "GetTemplate", original, &[TEMPLATE]);
            calls.push(Call { digest: vec![TEMPLATE.to_owned()], ..call });
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
        let change_set = self.change_set.as_ref().map(|name| format!("of change set {name}"));
        let template = self.template_sha256.as_ref();
        let template = template.map(|digest| format!("of template {}", cut(digest, 13)));
        let drift = self.drift.map(|_| "in sync".to_owned());
        let status = match self.status.as_slice() {
            [] => "complete".to_owned(),
            wanted => wanted.join(" or "),
        };
        let parts = [status].into_iter().chain(change_set).chain(template).chain(drift);
        format!("stack {} is {}", self.name, parts.collect::<Vec<_>>().join(", "))
    }

    fn flaw(&self) -> Option<String> {
        if self.name.is_empty() {
            return Some("`name` is empty: write the stack's name or ARN".to_owned());
        }
        let known = |status: &String| is_open(status) || STATUSES.contains(&status.as_str());
        if let Some(status) = self.status.iter().find(|status| !known(status)) {
            let shown = quote(status);
            return Some(format!("`status` holds {shown}, which no stack ever has"));
        }
        if self.change_set.as_ref().is_some_and(String::is_empty) {
            return Some("`change_set` is empty".to_owned());
        }
        if self.drift.is_none() && self.drift_age.is_some() {
            return Some("`drift_age` says nothing without `drift = \"IN_SYNC\"`".to_owned());
        }
        digest_flaw("template_sha256", self.template_sha256.as_deref())
    }

    fn permissions(&self) -> Vec<Permission> {
        let stack = if self.name.starts_with("arn:") {
            self.name.clone()
        } else {
            let name = &self.name;
            format!("arn:{{partition}}:cloudformation:{{region}}:{{account}}:stack/{name}/*")
        };
        let template = self.template_sha256.as_ref().map(|_| "cloudformation:GetTemplate");
        let actions = ["cloudformation:DescribeStacks"].into_iter().chain(template);
        actions.map(|action| Permission::of(action, stack.clone())).collect()
    }
}

#[cfg(test)]
mod tests;
