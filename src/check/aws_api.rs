//! Any read-only operation of any AWS service.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::cloud::model::action;
use super::cloud::{Answer, Call, Permission, Said};
use super::expectation::{
    Expect, LIST, ask_one, cut, expectations_flaw, holds_a_date, is_missing, judge_all, judge_one,
    paths_of, quote, refusal, say_all,
};
use super::{Kind, Probe, Reading, Verdict, When};

mod looks;

/// Any read-only operation of any AWS service answers as expected.
///
/// Only operations that look are taken: those whose names begin with `Describe`, `Get`, `List`,
/// `Search`, `Simulate`, `Filter`, `Lookup`, `Query`, `Scan`, `Select`, `Head`, `Check`,
/// `Validate`, `View`, `Count`, `BatchGet` or `BatchDescribe`, and some `Test`. Those that return
/// secrets, or change something all the same, are not. Lists of several pages are joined before
/// they are judged. Where AWS says that there is no such thing the check fails, unless that is the
/// `error` that is wanted; any other error is `unknown`.
///
/// ```toml
/// check.aws_api = { service = "ecs", operation = "DescribeClusters", input = { clusters = ["orders"] }, expect = [{ path = "$.clusters[0].status", equals = "ACTIVE" }] }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwsApi {
    /// The service as the AWS command line names it: `ecs`, `s3api` is `s3`.
    pub service: String,
    /// The operation as its reference names it: `DescribeClusters`.
    pub operation: String,
    /// Its input, in the names of its reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Json>,
    /// What its output must be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<Expect>,
    /// The code of the error that AWS must answer with, instead of `expect`: `NoSuchBucketPolicy`,
    /// for what must not exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// A region other than the one of `[aws]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

impl AwsApi {
    fn call(&self) -> Call {
        let input = self.input.clone().unwrap_or_else(|| json!({}));
        let call = Call::new(&self.service, &self.operation, input, &[]);
        Call { region: self.region.clone(), paths: paths_of(&self.expect), ..call }
    }

    fn judge_answer(&self, answer: &Answer) -> Verdict {
        match (&answer.said, self.error.as_deref()) {
            (Said::NotMade, _) => Verdict::Unknown("the call was not made".to_owned()),
            (Said::Found(_), None) => judge_all(&self.expect, |path| answer.at(path)),
            (Said::Found(_), Some(wanted)) => {
                Verdict::Fail(format!("it was answered, wanted the error {}", quote(wanted)))
            }
            (Said::Refused { code, message }, wanted) => {
                let refusal = refusal(code, message);
                match wanted {
                    Some(wanted) if wanted == code => Verdict::Pass(cut(&refusal, LIST)),
                    Some(wanted) => {
                        let told = format!("{refusal}; wanted the error {}", quote(wanted));
                        Verdict::Fail(cut(&told, LIST))
                    }
                    None if is_missing(code) => Verdict::Fail(cut(&refusal, LIST)),
                    // The question was wrong, so the world was not seen.
                    None => {
                        Verdict::Unknown(cut(&format!("AWS took no such call: {refusal}"), LIST))
                    }
                }
            }
        }
    }

    fn name(&self) -> String {
        format!("{}:{}", self.service, self.operation)
    }
}

impl Kind for AwsApi {
    fn ask(&self, when: When) -> Probe {
        ask_one(self.flaw().as_deref(), when, || self.call())
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        judge_one(self.flaw(), reading, |answer| self.judge_answer(answer))
    }

    fn says(&self) -> String {
        let place = self.region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
        let name = self.name();
        match &self.error {
            Some(error) => format!("{name}{place} answers {error}"),
            None => format!("{name}{place}: {}", say_all(&self.expect)),
        }
    }

    fn flaw(&self) -> Option<String> {
        if let Some(flaw) = looks::flaw(&self.service, &self.operation, self.input.as_ref()) {
            return Some(flaw);
        }
        if self.region.as_ref().is_some_and(String::is_empty) {
            return Some("`region` is empty: leave it out for the one of `[aws]`".to_owned());
        }
        if self.input.as_ref().is_some_and(holds_a_date) {
            return Some("`input` holds a bare date, and JSON has none: quote it".to_owned());
        }
        match (&self.error, self.expect.as_slice()) {
            (None, []) => Some("nothing is wanted of the answer: add `expect`".to_owned()),
            (Some(error), []) if error.is_empty() => {
                Some("`error` is empty: write the error's code".to_owned())
            }
            (Some(_), [_, ..]) => {
                Some("`expect` says nothing of an error: leave one of both out".to_owned())
            }
            (_, all) => expectations_flaw("expect", all),
        }
    }

    fn permissions(&self) -> Vec<Permission> {
        vec![Permission::any(&action(&self.service, &self.operation))]
    }
}

#[cfg(test)]
mod tests;
