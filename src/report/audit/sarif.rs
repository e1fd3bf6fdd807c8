//! What an audit found as SARIF 2.1.0, in the shape that code scanning services take.

use std::collections::BTreeMap;
use std::ops::Range;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Component, Path};

use serde_json::{Value as Json, json};

use crate::audit::{Finding, Fix, Level, RULES, Report};
use crate::runbook::{PROBLEMS, Sheet};
use crate::text::visible;
use crate::value::Digest;

/// Where the schema of the format is published.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// Something that is told of the audit itself.
#[derive(Clone, Debug)]
pub struct Notice {
    /// `error`, `note`.
    pub level: &'static str,
    /// The file.
    pub uri: String,
    /// What is told.
    pub text: String,
}

/// All that one run of the audit has to say.
pub struct SarifRun<'a> {
    /// What [`sarif_results`] gave for each file.
    pub results: Vec<Json>,
    /// The codes of what was found.
    pub codes: Vec<&'static str>,
    /// What could not be audited, and what was passed over.
    pub notices: Vec<Notice>,
    /// The page that explains a code.
    pub page: &'a dyn Fn(&str) -> Option<String>,
}

impl SarifRun<'_> {
    /// The log.
    #[must_use]
    pub fn log(self) -> Json {
        let problems = PROBLEMS.iter().filter(|(code, ..)| self.codes.contains(code));
        let problems = problems
            .map(|(code, meaning, help)| self.rule(code, "problem", Level::Error, meaning, help));
        let rules = RULES
            .iter()
            .map(|rule| self.rule(rule.code, rule.name, rule.level, rule.meaning, rule.help));
        let rules: Vec<Json> = problems.chain(rules).collect();
        let good = self.notices.iter().all(|notice| notice.level != "error");
        let notices = self.notices.iter().map(|notice| {
            json!({
                "level": notice.level,
                "message": { "text": notice.text },
                "locations": [{ "physicalLocation": { "artifactLocation": artifact(&notice.uri) } }],
            })
        });
        let version = env!("CARGO_PKG_VERSION");
        json!({
            "$schema": SCHEMA,
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "holdpoint", "version": version, "semanticVersion": version,
                    "rules": rules,
                } },
                "automationDetails": { "id": "holdpoint-audit/" },
                "columnKind": "unicodeCodePoints",
                "invocations": [{
                    "executionSuccessful": good,
                    "toolExecutionNotifications": notices.collect::<Vec<_>>(),
                }],
                "results": self.results,
            }],
        })
    }

    fn rule(&self, code: &str, name: &str, level: Level, meaning: &str, help: &str) -> Json {
        let page = (self.page)(code).unwrap_or_else(|| help.to_owned());
        json!({
            "id": code,
            "name": name,
            "shortDescription": { "text": sentence(meaning) },
            "fullDescription": { "text": sentence(meaning) },
            "help": { "text": sentence(help), "markdown": page },
            "defaultConfiguration": { "level": level },
            "properties": {
                "tags": ["runbook", group(code)],
                "problem.severity": match level {
                    Level::Note => "recommendation",
                    Level::Warning => "warning",
                    Level::Error => "error",
                },
            },
        })
    }
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    let whole: String = first.chain(letters).collect();
    if whole.ends_with('.') { whole } else { format!("{whole}.") }
}

/// What a code is about.
fn group(code: &str) -> &'static str {
    match code.as_bytes().get(2) {
        Some(b'0') => "format",
        Some(b'1') => "structure",
        Some(b'2') => "safety",
        Some(b'3') => "truth",
        Some(b'4') => "shell",
        Some(b'5') => "secrets",
        Some(b'6') => "people",
        _ => "waivers",
    }
}

/// The results of one file, which `uri` names.
#[must_use]
pub fn sarif_results(uri: &str, report: &Report) -> Vec<Json> {
    let mut file = File { uri, sheet: &report.sheet, seen: BTreeMap::new() };
    let open = report.findings.iter().map(|finding| (finding, None));
    let waived = report.waived.iter().map(|waived| (&waived.finding, Some(&waived.allow)));
    let mut all: Vec<_> = open.chain(waived).collect();
    // Numbers of like findings must not depend on who answers for which of them.
    let key = |finding: &Finding| (finding.labels[0].span.start, finding.code);
    all.sort_by(|(one, _), (other, _)| {
        key(one).cmp(&key(other)).then_with(|| one.message.cmp(&other.message))
    });
    all.into_iter()
        .map(|(finding, allow)| {
            let mut told = file.result(finding);
            if let Some(allow) = allow {
                let suppression = json!({
                    "kind": "inSource", "status": "accepted", "justification": allow.why,
                });
                told["suppressions"] = json!([suppression]);
            }
            told
        })
        .collect()
}

struct File<'a> {
    uri: &'a str,
    sheet: &'a Sheet,
    /// How often the same was told of the same line.
    seen: BTreeMap<String, usize>,
}

impl File<'_> {
    fn result(&mut self, finding: &Finding) -> Json {
        let first = &finding.labels[0];
        let text = format!("{}.\nTo mend it: {}.", finding.message, finding.help);
        let mut told = json!({
            "ruleId": finding.code,
            "level": finding.level,
            "message": { "text": text },
            "locations": [self.location(&first.span)],
            "partialFingerprints": { "primaryLocationLineHash": self.fingerprint(finding) },
        });
        let related = finding.labels.iter().enumerate().skip(1).map(|(at, label)| {
            let mut place = self.location(&label.span);
            place["id"] = at.into();
            place["message"] = json!({ "text": label.text });
            place
        });
        let related: Vec<Json> = related.collect();
        if !related.is_empty() {
            told["relatedLocations"] = related.into();
        }
        if let Some(fix) = &finding.fix {
            told["fixes"] = json!([self.fix(fix)]);
        }
        told
    }

    fn location(&self, span: &Range<usize>) -> Json {
        json!({ "physicalLocation": {
            "artifactLocation": artifact(self.uri),
            "region": self.region(span),
        } })
    }

    fn region(&self, span: &Range<usize>) -> Json {
        let (line, column) = self.sheet.line_and_column(span.start);
        let (end_line, end_column) = self.sheet.line_and_column(span.end);
        json!({
            "startLine": line, "startColumn": column,
            "endLine": end_line, "endColumn": end_column,
        })
    }

    fn fix(&self, fix: &Fix) -> Json {
        let replacements = fix.edits.iter().map(|(place, by)| {
            json!({ "deletedRegion": self.region(place), "insertedContent": { "text": by } })
        });
        json!({
            "description": { "text": visible(&fix.says) },
            "artifactChanges": [{
                "artifactLocation": artifact(self.uri),
                "replacements": replacements.collect::<Vec<_>>(),
            }],
        })
    }

    /// The same for the same finding when lines above it come and go.
    fn fingerprint(&mut self, finding: &Finding) -> String {
        // As it is shown: whoever has a digest could find out a short secret.
        let text = self.sheet.shown();
        let at = finding.labels[0].span.start;
        let begins = text[..at].rfind('\n').map_or(0, |before| before + 1);
        let line = text[begins..].lines().next().unwrap_or_default().trim();
        let digest = Digest::of(format!("{}\n{line}", finding.code).as_bytes()).to_string();
        let number = self.seen.entry(digest.clone()).or_default();
        *number += 1;
        format!("{}:{number}", &digest[..16])
    }
}

fn artifact(uri: &str) -> Json {
    if uri.starts_with("file://") {
        json!({ "uri": uri })
    } else {
        json!({ "uri": uri, "uriBaseId": "%SRCROOT%" })
    }
}

/// A path as a URI: relative to this folder where it lies in it.
#[must_use]
pub fn sarif_uri(path: &Path, folder: &Path) -> String {
    let inner = path.strip_prefix(folder).unwrap_or(path);
    let mut parts = Vec::new();
    let absolute = inner.is_absolute();
    for part in inner.components() {
        match part {
            Component::Normal(name) => parts.push(encoded(name.as_bytes())),
            Component::ParentDir => parts.push("..".to_owned()),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    let joined = parts.join("/");
    if absolute { format!("file:///{joined}") } else { joined }
}

fn encoded(name: &[u8]) -> String {
    let mut out = String::new();
    for byte in name {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(*byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uris() {
        let uri = |path: &str| sarif_uri(Path::new(path), Path::new("/srv/app"));
        assert_eq!(uri("./a b/ü%.toml"), "a%20b/%C3%BC%25.toml");
        assert_eq!(uri("/srv/app/runbooks/x.toml"), "runbooks/x.toml");
        assert_eq!(uri("/etc/c:d.toml"), "file:///etc/c%3Ad.toml");
        assert_eq!(uri("../x.toml"), "../x.toml");
    }
}
