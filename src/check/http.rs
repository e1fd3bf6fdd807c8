//! An HTTP server answers as expected. One request, no redirects, no proxy.

use std::collections::BTreeMap;
use std::fmt;

use hyper::header::{HeaderName, HeaderValue};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expectation::{
    contains, cut, every, matches, pattern_flaw, quote, text_flaw, unless_flawed, url_flaw,
};
use super::{JsonEquals, Kind, Probe, Reading, Verdict, When};
use crate::text::Capture;
use crate::value::Span;

mod statuses;

pub use statuses::Statuses;

/// An HTTP server answers: status, headers, body, time.
///
/// Redirects are not followed: their status is what is judged. No answer at all (refused, no
/// such name, a certificate that is not trusted, half a body) is `unknown`. Of a body above 1 MiB
/// only the first MiB is read: what is not found there is `unknown`.
///
/// ```toml
/// check.http = { url = "https://{{domain}}/health", json = { path = "$.status", equals = "ok" } }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// `http://…` or `https://…`.
    pub url: String,
    /// `GET` or `HEAD`. Default `GET`.
    #[serde(default)]
    pub method: Method,
    /// Headers to send: `{ accept = "application/json" }`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The status code wanted, or a list of those that are good. Default 200.
    #[serde(default)]
    pub status: Statuses,
    /// Headers that the answer must have, with a text that each contains.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub header: BTreeMap<String, String>,
    /// A text that the body contains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_contains: Option<String>,
    /// A pattern that matches somewhere in the body; `^` and `$` stand at the ends of each line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "regex"))]
    pub body_matches: Option<String>,
    /// What the body holds as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub json: Option<JsonEquals>,
    /// The longest time from sending the request to the last byte of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Span>,
}

/// How it is asked. Others could change something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// The whole answer.
    #[default]
    Get,
    /// The answer without its body.
    Head,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
        })
    }
}

/// An answer, as far as it is judged.
struct Answer<'a> {
    status: u16,
    headers: &'a [(String, String)],
    body: &'a Capture,
    millis: u64,
}

impl Answer<'_> {
    /// All values of a header.
    fn header(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = move |(seen, _): &&(String, String)| seen.eq_ignore_ascii_case(name);
        self.headers.iter().filter(named).map(|(_, value)| value.as_str())
    }

    /// How the body is packed, if it cannot be read as it stands.
    fn packing(&self) -> Option<&str> {
        self.header("content-encoding").find(|value| !value.trim().eq_ignore_ascii_case("identity"))
    }
}

impl Http {
    fn judge_answer(&self, answer: &Answer) -> Verdict {
        let body = self.judge_body(answer);
        let headers = self.header.iter().map(|(name, wanted)| judge_header(answer, name, wanted));
        let within = self.within.map(|span| judge_time(answer, span));
        every([self.judge_status(answer)].into_iter().chain(headers).chain(body).chain(within))
    }

    fn judge_status(&self, answer: &Answer) -> Verdict {
        let status = answer.status;
        if self.status.holds(status) {
            return Verdict::Pass(format!("status {status}"));
        }
        let to = answer.header("location").next().filter(|_| (300..400).contains(&status));
        let to = to.map(|url| format!(" to {}", quote(url))).unwrap_or_default();
        Verdict::Fail(format!("status {status}{to}, wanted {}", self.status))
    }

    fn judge_body(&self, answer: &Answer) -> Vec<Verdict> {
        let body = answer.body;
        let expectations = [
            self.body_contains.as_deref().map(|wanted| contains("body", body, wanted)),
            self.body_matches.as_deref().map(|pattern| matches("body", body, pattern)),
            self.json.as_ref().map(|json| json.judge("body", body)),
        ];
        let verdicts: Vec<_> = expectations.into_iter().flatten().collect();
        match answer.packing() {
            Some(packing) if !verdicts.is_empty() => {
                vec![Verdict::Unknown(format!("body is packed as {}, unasked", quote(packing)))]
            }
            _ => verdicts,
        }
    }
}

fn judge_header(answer: &Answer, name: &str, wanted: &str) -> Verdict {
    if wanted.is_empty() {
        return Verdict::Unknown(format!("no text is wanted of header {name}"));
    }
    let mut values = answer.header(name).peekable();
    match values.peek().copied() {
        None => Verdict::Fail(format!("no header {name}, wanted {}", quote(wanted))),
        Some(first) => {
            if values.any(|value| value.contains(wanted)) {
                Verdict::Pass(format!("{name} contains {}", quote(wanted)))
            } else {
                Verdict::Fail(format!("{name} is {}, wanted {}", quote(first), quote(wanted)))
            }
        }
    }
}

fn judge_time(answer: &Answer, span: Span) -> Verdict {
    let millis = answer.millis;
    if millis > span.millis() {
        Verdict::Fail(format!("took {millis} ms, wanted within {span}"))
    } else if answer.body.left_out > 0 {
        Verdict::Unknown(format!("took {millis} ms for a part of the body, wanted within {span}"))
    } else {
        Verdict::Pass(format!("took {millis} ms"))
    }
}

impl Kind for Http {
    fn ask(&self, _when: When) -> Probe {
        Probe::Http {
            method: self.method.to_string(),
            url: self.url.clone(),
            headers: self.headers.clone().into_iter().collect(),
        }
    }

    fn judge(&self, reading: &Reading) -> Verdict {
        unless_flawed(self.flaw(), || {
            let Reading::Http { status, headers, body, millis } = reading else {
                return reading.unfit();
            };
            self.judge_answer(&Answer { status: *status, headers, body, millis: *millis })
        })
    }

    fn says(&self) -> String {
        let mut claims = vec![format!("answers {}", self.status)];
        claims.extend(self.header.iter().map(|(name, text)| format!("{name} contains `{text}`")));
        claims.extend(self.body_contains.as_ref().map(|text| format!("body contains `{text}`")));
        claims.extend(self.body_matches.as_ref().map(|text| format!("body matches `{text}`")));
        claims.extend(self.json.as_ref().map(|json| format!("{} is {}", json.path, json.equals)));
        claims.extend(self.within.map(|span| format!("within {span}")));
        format!("{} {} {}", self.method, self.url, claims.join(", "))
    }

    fn flaw(&self) -> Option<String> {
        let of_body =
            self.body_contains.is_some() || self.body_matches.is_some() || self.json.is_some();
        if self.method == Method::Head && of_body {
            return Some("an answer to HEAD has no body: use GET".to_owned());
        }
        if self.within.is_some_and(|span| span.millis() == 0) {
            return Some("`within` is 0s, and every answer takes time".to_owned());
        }
        url_flaw("url", &self.url)
            .or_else(|| self.headers.iter().find_map(|(name, value)| header_flaw(name, value)))
            .or_else(|| self.header.iter().find_map(|(name, text)| wanted_flaw(name, text)))
            .or_else(|| text_flaw("body_contains", self.body_contains.as_deref()))
            .or_else(|| pattern_flaw("body_matches", self.body_matches.as_deref()))
            .or_else(|| self.json.as_ref().and_then(|json| json.flaw("json")))
    }
}

fn header_flaw(name: &str, value: &str) -> Option<String> {
    name_flaw("headers", name).or_else(|| {
        let bad = HeaderValue::from_str(value).is_err();
        bad.then(|| format!("`headers.{}` holds what no header can hold", cut(name, 48)))
    })
}

fn wanted_flaw(name: &str, text: &str) -> Option<String> {
    name_flaw("header", name).or_else(|| text_flaw(&format!("header.{name}"), Some(text)))
}

fn name_flaw(field: &str, name: &str) -> Option<String> {
    let bad = HeaderName::from_bytes(name.as_bytes()).is_err();
    bad.then(|| format!("`{field}` holds {}, which is no header's name", quote(name)))
}

#[cfg(test)]
mod tests;
