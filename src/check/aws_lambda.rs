//! A Lambda alias points at what was deployed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use serde_json::json;

use super::cloud::{Answer, Call, Cloud, Permission};
use super::expectation::{
    cut, every, is_open, is_refused, no_answer, quote, text, unless_flawed, unless_found,
};
use super::{Kind, Probe, Reading, Verdict, When};

/// A Lambda alias points at this version or at this code.
///
/// An alias that still shares its traffic with another version fails. So does a version that could
/// not be made ready; one that is not ready yet is `unknown`.
///
/// ```toml
/// check.aws_lambda = { function = "orders-export", alias = "live", version = "7" }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwsLambda {
    /// Name or ARN of the function.
    pub function: String,
    /// Name of the alias. Default: the function itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Number of the version that the alias points at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Digest of the code as Lambda tells it: SHA-256 in base64, or in hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_sha256: Option<String>,
}

/// Of the alias.
const POINTS_AT: &str = "$.FunctionVersion";
const SHARES: &str = "$.RoutingConfig.AdditionalVersionWeights";
/// Of the configuration of the function that it points at.
const VERSION: &str = "$.Version";
const CODE: &str = "$.CodeSha256";
const STATE: &str = "$.State";
const STATE_REASON: &str = "$.StateReason";
const UPDATE: &str = "$.LastUpdateStatus";
const UPDATE_REASON: &str = "$.LastUpdateStatusReason";

impl AwsLambda {
    /// The function, or its alias.
    fn subject(&self) -> String {
        match &self.alias {
            Some(alias) => format!("{}:{alias}", self.function),
            None => self.function.clone(),
        }
    }

    fn judge_answers(&self, answers: &[Answer]) -> Result<Verdict, Verdict> {
        for answer in answers {
            if is_refused(answer, &["ResourceNotFoundException"]) {
                let what = if self.alias.is_some() { "function or alias" } else { "function" };
                return Err(Verdict::Fail(format!(
                    "there is no {what} {}",
                    quote(&self.subject())
                )));
            }
            unless_found(answer)?;
        }
        let (alias, function) = match (&self.alias, answers) {
            (Some(_), [alias, function]) => (Some(alias), function),
            (None, [function]) => (None, function),
            _ => return Err(no_answer()),
        };
        let alias = alias.map(|alias| self.judge_alias(alias)).transpose()?;
        let code = self.judge_code(function)?;
        let version = text(function, VERSION)?;
        let version = self.version.as_deref().map(|wanted| is_version(version, wanted));
        // What the alias said already is not said twice.
        let told = |verdict: &Verdict| alias.iter().flatten().any(|alias| alias == verdict);
        let version = version.filter(|verdict| !told(verdict));
        let ready = [
            is_ready(
                "the function",
                text(function, STATE)?,
                text(function, STATE_REASON)?,
                "Active",
            ),
            is_ready(
                "its last update",
                text(function, UPDATE)?,
                text(function, UPDATE_REASON)?,
                "Successful",
            ),
        ];
        let ready = ready.into_iter().filter(|verdict| !matches!(verdict, Verdict::Pass(_)));
        Ok(every(alias.into_iter().flatten().chain(version).chain(code).chain(ready)))
    }

    /// The alias must point where it should with all of its traffic.
    fn judge_alias(&self, alias: &Answer) -> Result<Vec<Verdict>, Verdict> {
        let points_at = text(alias, POINTS_AT)?;
        let version = self.version.as_deref().map(|wanted| is_version(points_at, wanted));
        // What passes is told once, of the configuration.
        let version = version.filter(|verdict| !matches!(verdict, Verdict::Pass(_)));
        let shares = match alias.at(SHARES) {
            None => return Err(no_answer()),
            Some(nodes) => nodes.iter().find_map(shares),
        };
        Ok(version.into_iter().chain(shares).collect())
    }

    fn judge_code(&self, function: &Answer) -> Result<Option<Verdict>, Verdict> {
        let Some(wanted) = &self.code_sha256 else { return Ok(None) };
        let shown = quote(wanted);
        let Some(seen) = text(function, CODE)? else {
            let says = "AWS tells no digest of the code".to_owned();
            return Ok(Some(Verdict::Unknown(says)));
        };
        let bytes = bytes_of(seen);
        Ok(Some(if bytes.is_none() {
            Verdict::Unknown(format!("the code's digest is {}, no SHA-256", quote(seen)))
        } else if bytes == bytes_of(wanted) {
            Verdict::Pass(format!("its code is {shown}"))
        } else {
            Verdict::Fail(format!("its code is {}, wanted {shown}", quote(seen)))
        }))
    }
}

fn is_version(seen: Option<&str>, wanted: &str) -> Verdict {
    let wanted = cut(wanted, 32);
    match seen {
        None => Verdict::Unknown(format!("AWS tells no version, wanted {wanted}")),
        Some(seen) if seen == wanted => Verdict::Pass(format!("it is version {wanted}")),
        Some(seen) => Verdict::Fail(format!("it is version {}, wanted {wanted}", cut(seen, 32))),
    }
}

/// Whether a part of the traffic goes to another version.
fn shares(weights: &serde_json::Value) -> Option<Verdict> {
    let says = match weights.as_object() {
        Some(weights) => {
            let (version, weight) = weights.iter().next()?;
            let (version, weight) = (cut(version, 32), cut(&weight.to_string(), 16));
            format!("it shares its traffic with version {version}: weight {weight}")
        }
        None if weights.is_null() => return None,
        None => return Some(Verdict::Unknown("AWS tells odd weights of the alias".to_owned())),
    };
    Some(Verdict::Fail(says))
}

/// What `State` and `LastUpdateStatus` say. A function that is asleep for lack of calls wakes up
/// with the next one.
fn is_ready(what: &str, seen: Option<&str>, why: Option<&str>, good: &str) -> Verdict {
    let why = why.map(|why| format!(": {}", cut(why, 80))).unwrap_or_default();
    match seen {
        Some(seen) if seen == good || seen == "Inactive" => {
            Verdict::Pass(format!("{what} is {seen}"))
        }
        Some("Failed") => Verdict::Fail(format!("{what} is Failed{why}")),
        Some(seen @ ("Pending" | "InProgress")) => {
            Verdict::Unknown(format!("{what} is still {seen}: ask again with `until`"))
        }
        Some(seen) => Verdict::Unknown(format!("{what} is in the unknown state {}", quote(seen))),
        None => Verdict::Unknown(format!("AWS does not tell how {what} is")),
    }
}

/// The 32 bytes of a SHA-256, in hexadecimal digits or in base64.
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let pair = |at: usize| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok();
        return (0..32).map(pair).collect();
    }
    let digits = text.strip_suffix('=').filter(|digits| digits.len() == 43)?;
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for digit in digits.bytes() {
        bits = (bits << 6 | u32::from(base64_digit(digit)?)) & 0xff_ffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    // The two bits that are left over are nothing.
    (bytes.len() == 32 && bits.trailing_zeros() >= 2).then_some(bytes)
}

fn base64_digit(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

impl Kind for AwsLambda {
    fn ask(&self, when: When) -> Probe {
        let paths = [VERSION, CODE, STATE, STATE_REASON, UPDATE, UPDATE_REASON];
        let name = &self.function;
        let configuration = "GetFunctionConfiguration";
        let calls = match &self.alias {
            None => vec![Call::new("lambda", configuration, json!({"FunctionName": name}), &paths)],
            Some(alias) => {
                let of_alias = json!({"FunctionName": name, "Name": alias});
                let of_function = json!({"FunctionName": name, "Qualifier": alias});
                vec![
                    Call::new("lambda", "GetAlias", of_alias, &[POINTS_AT, SHARES]),
                    Call::new("lambda", configuration, of_function, &paths),
                ]
            }
        };
        Probe::Cloud(Cloud::Calls { when, calls })
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        unless_flawed(self.flaw(), || {
            let Reading::Answers { answers, .. } = reading else { return reading.unfit() };
            self.judge_answers(answers).unwrap_or_else(|verdict| verdict)
        })
    }

    fn says(&self) -> String {
        let version = self.version.as_ref().map(|version| format!("version {version}"));
        let code = self.code_sha256.as_ref().map(|code| format!("code {}", cut(code, 20)));
        let what: Vec<String> = version.into_iter().chain(code).collect();
        format!("{} is {}", self.subject(), what.join(", "))
    }

    fn flaw(&self) -> Option<String> {
        let name = &self.function;
        let parts = name.split(':').count();
        let is_name = parts == 1 || (name.starts_with("arn:") && parts == 7);
        if name.is_empty() || (!is_name && !is_open(name)) {
            let shown = quote(name);
            return Some(format!("`function` is {shown}: write a name or an ARN, without version"));
        }
        match (&self.version, &self.code_sha256, &self.alias) {
            (None, None, _) => Some("neither `version` nor `code_sha256` is given".to_owned()),
            (Some(_), _, None) => Some(
                "`version` says nothing without `alias`: only an alias points at one".to_owned(),
            ),
            (_, _, Some(alias)) if alias.is_empty() => Some("`alias` is empty".to_owned()),
            (Some(version), ..) if !is_open(version) && !is_number(version) => {
                Some(format!("`version` is {}, wanted a number like `7`", quote(version)))
            }
            (_, Some(code), _) if !is_open(code) && bytes_of(code).is_none() => {
                let shown = quote(code);
                Some(format!("`code_sha256` is {shown}, no SHA-256 in base64 or hexadecimal"))
            }
            _ => None,
        }
    }

    fn permissions(&self) -> Vec<Permission> {
        let whole = self.function.starts_with("arn:");
        let function = if whole {
            self.function.clone()
        } else {
            format!("arn:{{partition}}:lambda:{{region}}:{{account}}:function:{}", self.function)
        };
        let configuration = "lambda:GetFunctionConfiguration";
        let Some(alias) = &self.alias else { return vec![Permission::of(configuration, function)] };
        vec![
            Permission::of("lambda:GetAlias", function.clone()),
            Permission::of(configuration, format!("{function}:{alias}")),
            Permission::of(configuration, function),
        ]
    }
}

fn is_number(version: &str) -> bool {
    !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
