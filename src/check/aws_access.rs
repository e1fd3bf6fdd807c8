//! What a principal is allowed, by IAM simulation.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::cloud::{Answer, Call, Cloud, Permission, Said};
use super::expectation::{
    LIST, answers, cut, every_within, is_missing, is_open, quote, refusal, unless_flawed,
};
use super::{Kind, Probe, Reading, Verdict, When};

/// A principal is allowed these actions, and denied those.
///
/// Simulates what IAM would decide by the policies of the principal, its permissions boundary and
/// the organization. Policies of resources have no part in it. A decision that depends on condition
/// keys whose values are not given in `context` is `unknown`.
///
/// ```toml
/// check.aws_access = { principal = "arn:aws:iam::123456789012:role/orders-task", allowed = ["s3:GetObject"], denied = ["s3:DeleteBucket"], resources = ["arn:aws:s3:::orders-data/*"] }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwsAccess {
    /// ARN of a user, group or role.
    pub principal: String,
    /// Actions that it must be allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// Actions that it must be denied.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denied: Vec<String>,
    /// ARNs of what they are on: each is simulated on its own. Default `*`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// Values of condition keys: `{ "aws:SourceIp" = "10.0.0.1" }`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<String, String>,
}

/// The decisions, one for each action.
const RESULTS: &str = "$.EvaluationResults[*]";

impl AwsAccess {
    /// The claim that a principal is allowed these actions.
    #[must_use]
    pub fn allowing(principal: &str, allowed: Vec<String>, resources: Vec<String>) -> Self {
        let (denied, context) = (Vec::new(), BTreeMap::new());
        Self { principal: principal.to_owned(), allowed, denied, resources, context }
    }

    /// Whether the first action is denied because no policy allows it, and not by a policy.
    #[must_use]
    pub fn is_by_default(&self, reading: &Reading) -> bool {
        let Reading::Answers { answers, .. } = reading else { return false };
        let mut results = answers.iter().filter_map(|answer| answer.at(RESULTS)).flatten();
        let own = |result: &&Json| {
            let name = result.get("EvalActionName").and_then(Json::as_str).unwrap_or_default();
            self.allowed.first().is_some_and(|action| action.eq_ignore_ascii_case(name))
        };
        let decision = results.find(own).and_then(|result| result.get("EvalDecision"));
        decision.and_then(Json::as_str) == Some("implicitDeny")
    }

    /// One call for each resource: of several at once AWS tells the strictest decision.
    fn call(&self, resource: &str) -> Call {
        let actions: Vec<_> = self.allowed.iter().chain(&self.denied).collect();
        let entry = |(key, value): (&String, &String)| {
            json!({
                "ContextKeyName": key,
                "ContextKeyType": "string",
                "ContextKeyValues": [value],
            })
        };
        let mut input = json!({
            "PolicySourceArn": self.principal,
            "ActionNames": actions,
            "ResourceArns": [resource],
        });
        if !self.context.is_empty() {
            input["ContextEntries"] = self.context.iter().map(entry).collect();
        }
        Call::new("iam", "SimulatePrincipalPolicy", input, &[RESULTS])
    }

    fn resources(&self) -> Vec<&str> {
        match self.resources.as_slice() {
            [] => vec!["*"],
            all => all.iter().map(String::as_str).collect(),
        }
    }

    fn judge_answer(&self, resource: &str, answer: &Answer) -> Vec<Verdict> {
        match (&answer.said, answer.at(RESULTS)) {
            (Said::Refused { code, message }, _) if is_missing(code) => {
                vec![Verdict::Fail(refusal(code, message))]
            }
            (Said::Refused { code, message }, _) => vec![Verdict::Unknown(refusal(code, message))],
            (_, Some(results)) => {
                let allowed = self.allowed.iter().map(|action| (action, true));
                let denied = self.denied.iter().map(|action| (action, false));
                let all = allowed.chain(denied);
                all.map(|(action, wanted)| judge_action(action, resource, wanted, results))
                    .collect()
            }
            _ => vec![Verdict::Unknown("no decisions were told".to_owned())],
        }
    }

    /// What is told where everything is as wanted.
    fn summary(&self) -> String {
        let parts = [
            (!self.allowed.is_empty()).then(|| format!("{} allowed", self.allowed.len())),
            (!self.denied.is_empty()).then(|| format!("{} denied", self.denied.len())),
        ];
        let parts = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let on = match self.resources.as_slice() {
            [] => String::new(),
            [one] => format!(" on {}", quote(one)),
            many => format!(" on each of {} resources", many.len()),
        };
        format!("{parts}{on}, as wanted")
    }
}

/// The decision on one action, which must have been told exactly once, or the same each time.
fn judge_action(action: &str, resource: &str, wanted: bool, results: &[Json]) -> Verdict {
    let named = |result: &&Json| {
        let name = result.get("EvalActionName").and_then(Json::as_str);
        name.is_some_and(|name| name.eq_ignore_ascii_case(action))
    };
    let on = if resource == "*" { String::new() } else { format!(" on {}", quote(resource)) };
    let what = format!("{}{on}", cut(action, 64));
    let told: Vec<_> = results.iter().filter(named).collect();
    let missing = missing_context(&told);
    let mut decisions = told.iter().map(|result| result.get("EvalDecision").and_then(Json::as_str));
    let Some(Some(decision)) = decisions.next() else {
        return Verdict::Unknown(format!("no decision on {what} was told"));
    };
    if decisions.any(|other| other != Some(decision)) {
        return Verdict::Unknown(format!("two decisions on {what} were told"));
    }
    if !missing.is_empty() {
        let keys = missing.join(", ");
        return Verdict::Unknown(format!("{what} depends on {keys}: give a value in `context`"));
    }
    let why = told.first().map(|result| why(result)).unwrap_or_default();
    match (decision, wanted) {
        ("allowed", true) => Verdict::Pass(format!("{what} is allowed")),
        ("allowed", false) => Verdict::Fail(format!("{what} is allowed, wanted denied")),
        ("explicitDeny" | "implicitDeny", false) => Verdict::Pass(format!("{what} is denied")),
        ("explicitDeny", true) => {
            Verdict::Fail(format!("{what} is denied by a policy{why}, wanted allowed"))
        }
        ("implicitDeny", true) => {
            Verdict::Fail(format!("{what} is allowed by no policy{why}, wanted allowed"))
        }
        (other, _) => Verdict::Unknown(format!("{what} is {}, whatever that means", quote(other))),
    }
}

/// The condition keys that a decision depends on, and nobody gave.
fn missing_context(results: &[&Json]) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for result in results {
        let specific = result.get("ResourceSpecificResults").and_then(Json::as_array);
        for part in [*result].into_iter().chain(specific.into_iter().flatten()) {
            let missing = part.get("MissingContextValues").and_then(Json::as_array);
            keys.extend(
                missing.into_iter().flatten().filter_map(Json::as_str).map(|key| cut(key, 64)),
            );
        }
    }
    keys.sort();
    keys.dedup();
    keys
}

/// Which of the fences around the principal's own policies is in the way, if that is told.
fn why(result: &Json) -> String {
    let fence = |path: &str, words: &str| {
        (result.pointer(path) == Some(&Json::Bool(false))).then(|| words.to_owned())
    };
    let told = [
        fence(
            "/PermissionsBoundaryDecisionDetail/AllowedByPermissionsBoundary",
            "its permissions boundary does not allow it",
        ),
        fence(
            "/OrganizationsDecisionDetail/AllowedByOrganizations",
            "the organization does not allow it",
        ),
    ];
    let told: Vec<String> = told.into_iter().flatten().collect();
    if told.is_empty() { String::new() } else { format!(" ({})", told.join(", ")) }
}

impl Kind for AwsAccess {
    fn ask(&self, when: When) -> Probe {
        let resources = self.resources().into_iter().filter(|_| self.flaw().is_none());
        let calls = resources.map(|resource| self.call(resource)).collect();
        Probe::Cloud(Cloud::Calls { when, calls })
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        unless_flawed(self.flaw(), || {
            let resources = self.resources();
            let all = match answers(reading, resources.len()) {
                Ok(answers) => answers,
                Err(verdict) => return verdict,
            };
            let pairs = resources.into_iter().zip(all);
            let judged = pairs.flat_map(|(resource, answer)| self.judge_answer(resource, answer));
            match every_within(LIST, judged) {
                Verdict::Pass(_) => Verdict::Pass(self.summary()),
                other => other,
            }
        })
    }

    fn says(&self) -> String {
        let list = |word: &str, actions: &[String]| {
            (!actions.is_empty()).then(|| format!("is {word} {}", actions.join(", ")))
        };
        let parts = [list("allowed", &self.allowed), list("denied", &self.denied)];
        let parts = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let on = match self.resources.as_slice() {
            [] => String::new(),
            all => format!(" on {}", all.join(", ")),
        };
        format!("{} {parts}{on}", self.principal)
    }

    fn flaw(&self) -> Option<String> {
        if !is_open(&self.principal) && !is_principal(&self.principal) {
            return Some(format!(
                "`principal` is {}: write the ARN of an IAM user, group or role",
                quote(&self.principal)
            ));
        }
        if self.allowed.is_empty() && self.denied.is_empty() {
            return Some("nothing is wanted: add `allowed` or `denied`".to_owned());
        }
        let mut actions = self.allowed.iter().chain(&self.denied);
        if let Some(bad) = actions.find(|action| !is_open(action) && !is_action(action)) {
            return Some(format!(
                "{} is no action that IAM simulates, like `s3:GetObject`: one each, without `*`",
                quote(bad)
            ));
        }
        let both =
            |action: &&String| self.denied.iter().any(|one| one.eq_ignore_ascii_case(action));
        if let Some(action) = self.allowed.iter().find(both) {
            return Some(format!("{} cannot be allowed and denied", quote(action)));
        }
        let bad = |arn: &&String| !is_open(arn) && *arn != "*" && !arn.starts_with("arn:");
        if let Some(arn) = self.resources.iter().find(bad) {
            return Some(format!("`resources` holds {}, which is no ARN", quote(arn)));
        }
        let bad = self.context.iter().find(|(key, value)| key.is_empty() || value.is_empty());
        bad.map(|(key, _)| format!("`context` has no value for {}", quote(key)))
    }

    fn permissions(&self) -> Vec<Permission> {
        vec![Permission::of("iam:SimulatePrincipalPolicy", self.principal.clone())]
    }
}

/// Whether a text is the ARN of what has policies of its own.
fn is_principal(arn: &str) -> bool {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let kinds = ["user/", "group/", "role/"];
    matches!(parts.as_slice(), ["arn", _, "iam", "", _, name]
        if kinds.iter().any(|kind| name.len() > kind.len() && name.starts_with(kind)))
}

fn is_action(text: &str) -> bool {
    let word = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    text.split_once(':').is_some_and(|(service, name)| word(service) && word(name))
}

#[cfg(test)]
mod tests;
