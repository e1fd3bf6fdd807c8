//! A resource of any type, through Cloud Control.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::cloud::{Answer, Call, Permission, Said};
use super::expectation::{
    Expect, LIST, ask_one, cut, expectations_flaw, is_open, judge_all, judge_one, paths_of, quote,
    refusal, say_all,
};
use super::{Kind, Probe, Reading, Verdict, When};

mod handlers;

/// A resource of any type, through Cloud Control, has these properties.
///
/// A resource that does not exist fails, unless `exists = false`. Paths begin at its properties, as
/// the reference of `CloudFormation` names them. All expectations are judged, and the verdict names
/// those that do not hold. A type that Cloud Control cannot read is `unknown`: use `aws_api`.
///
/// ```toml
/// check.aws_resource = { type = "AWS::S3::Bucket", id = "orders-data", expect = [{ path = "$.BucketEncryption", exists = true }] }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwsResource {
    /// The type as `CloudFormation` names it: `AWS::S3::Bucket`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Its primary identifier; the parts of a compound one are joined with `|`.
    pub id: String,
    /// Whether it must exist. Default true.
    #[serde(default = "super::yes")]
    pub exists: bool,
    /// What its properties must be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expect: Vec<Expect>,
    /// A region other than the one of `[aws]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

/// What there is of a resource that was found.
const IDENTIFIER: &str = "$.ResourceDescription.Identifier";
/// Its properties: a text that is JSON.
const PROPERTIES: &str = "$.ResourceDescription.Properties";

impl AwsResource {
    fn call(&self) -> Call {
        let input = json!({ "TypeName": self.type_name, "Identifier": self.id });
        let call = Call::new("cloudcontrol", "GetResource", input, &[IDENTIFIER]);
        let call = Call { region: self.region.clone(), ..call };
        if self.expect.is_empty() {
            return call;
        }
        Call { inside: Some(PROPERTIES.to_owned()), paths: paths_of(&self.expect), ..call }
    }

    fn judge_answer(&self, answer: &Answer) -> Verdict {
        match &answer.said {
            Said::Refused { code, message } => self.judge_refusal(code, message),
            Said::NotMade => Verdict::Unknown("the call was not made".to_owned()),
            Said::Found(_) if !self.exists => {
                Verdict::Fail(format!("{} exists, wanted none", self.named()))
            }
            Said::Found(_) if self.expect.is_empty() => match answer.at(IDENTIFIER) {
                Some([_, ..]) => Verdict::Pass(format!("{} exists", self.named())),
                _ => Verdict::Unknown("the answer names no resource".to_owned()),
            },
            Said::Found(_) => judge_all(&self.expect, |path| answer.at(path)),
        }
    }

    fn judge_refusal(&self, code: &str, message: &str) -> Verdict {
        let named = self.named();
        match code {
            "ResourceNotFoundException" if self.exists => {
                Verdict::Fail(format!("there is no {named}"))
            }
            "ResourceNotFoundException" => Verdict::Pass(format!("there is no {named}")),
            "TypeNotFoundException" => Verdict::Unknown(format!(
                "there is no type {} in this region: correct it, or use `aws_api`",
                quote(&self.type_name)
            )),
            "UnsupportedActionException" => Verdict::Unknown(format!(
                "Cloud Control cannot read {}: use `aws_api`",
                quote(&self.type_name)
            )),
            _ => Verdict::Unknown(cut(&format!("{named}: {}", refusal(code, message)), LIST)),
        }
    }

    fn named(&self) -> String {
        format!("{} {}", cut(&self.type_name, 64), quote(&self.id))
    }

    /// Whether it is known what the type's read handler calls. Otherwise only its schema tells.
    #[must_use]
    pub fn handler_is_known(&self) -> bool {
        !handlers::permissions(self).is_empty()
    }
}

impl Kind for AwsResource {
    fn ask(&self, when: When) -> Probe {
        ask_one(self.flaw().as_deref(), when, || self.call())
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        judge_one(self.flaw(), reading, |answer| self.judge_answer(answer))
    }

    fn says(&self) -> String {
        let place = self.region.as_ref().map(|region| format!(" in {region}")).unwrap_or_default();
        let named = format!("{} {}{place}", self.type_name, self.id);
        match (self.exists, self.expect.as_slice()) {
            (false, _) => format!("{named} does not exist"),
            (true, []) => format!("{named} exists"),
            (true, all) => format!("{named}: {}", say_all(all)),
        }
    }

    fn flaw(&self) -> Option<String> {
        if !is_open(&self.type_name) && !is_type(&self.type_name) {
            return Some(format!(
                "`type` is {}: write it as CloudFormation does, like `AWS::S3::Bucket`",
                quote(&self.type_name)
            ));
        }
        if self.id.trim().is_empty() {
            return Some("`id` is empty: write the resource's primary identifier".to_owned());
        }
        if self.region.as_ref().is_some_and(String::is_empty) {
            return Some("`region` is empty: leave it out for the one of `[aws]`".to_owned());
        }
        if !self.exists && !self.expect.is_empty() {
            return Some("`expect` says nothing of a resource that must not exist".to_owned());
        }
        expectations_flaw("expect", &self.expect)
    }

    fn permissions(&self) -> Vec<Permission> {
        let mut all = vec![Permission::any("cloudformation:GetResource")];
        all.extend(handlers::permissions(self));
        all
    }
}

/// Three words or more, like `AWS::S3::Bucket` or `MyOrg::Team::Thing::MODULE`.
fn is_type(name: &str) -> bool {
    let parts: Vec<&str> = name.split("::").collect();
    let word = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric());
    (3..=4).contains(&parts.len()) && parts.iter().all(word)
}

#[cfg(test)]
mod tests;
