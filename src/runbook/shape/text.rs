//! What a text must be, by its `format`: a name, a length of time, a pattern, a line, a template.

use std::ops::Range;

use regex::{Regex, RegexBuilder};
use serde_json::Value as Json;

use super::super::problem::{Code, Problem, quoted};
use super::super::syntax::TAKEN;
use super::{Shape, Spot};
use crate::text::{Template, is_variable_name};
use crate::value::{Name, Span};

/// A pattern that is longer than this, or compiles to more than this, is not for a person to read.
const PATTERN_CHARS: usize = 1000;
const PATTERN_BYTES: usize = 256 << 10;
/// More different patterns and paths than this are too many.
pub(in super::super) const PATTERNS: usize = 100;
/// The reader of paths takes twice as long for each level, and overflows the stack at a hundred.
const PATH_NESTING: usize = 4;

/// A pattern that must match all of a value.
pub(in super::super) fn whole_pattern(pattern: &str) -> Result<Regex, String> {
    compiled(pattern)?;
    compiled(&format!(r"\A(?:{pattern})\z"))
}

fn compiled(pattern: &str) -> Result<Regex, String> {
    if pattern.len() > PATTERN_CHARS {
        return Err(format!("it is longer than {PATTERN_CHARS} characters"));
    }
    RegexBuilder::new(pattern).size_limit(PATTERN_BYTES).build().map_err(|error| {
        if matches!(error, regex::Error::CompiledTooBig(_)) {
            return "it is too big when compiled".to_owned();
        }
        let says = error.to_string();
        says.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
    })
}

impl Shape<'_> {
    pub(super) fn text(
        &mut self,
        schema: &'static Json,
        spot: Spot<'_>,
        span: &Range<usize>,
        text: &str,
    ) {
        let format = schema["format"].as_str().unwrap_or_default();
        let before = self.problems.len();
        if text.is_empty() && schema["minLength"].as_u64() >= Some(1) {
            self.empty(spot, span);
        }
        match format {
            "name" => self.name(spot, span, text),
            "duration-text" => self.span(spot, span, text, false),
            "duration-or-zero" => self.span(spot, span, text, true),
            "line" => self.prose(spot, span, text, &[]),
            "prose" => self.prose(spot, span, text, &['\n', '\t']),
            "plain" => self.plain(spot, span, text),
            "script" => self.script(spot, span, text),
            "template" if text.trim().is_empty() => self.empty(spot, span),
            "template" => drop(self.template(spot, span, text)),
            "regex" => self.pattern(spot, span, text),
            "json-path" => self.json_path(spot, span, text),
            _ if format.starts_with("aws-") => self.of_aws(schema, spot, span, text),
            _ if spot.in_check => drop(self.template(spot, span, text)),
            _ => {}
        }
        let knows = !matches!(format, "" | "date" | "regex" | "json-path");
        if !knows && self.problems.len() == before {
            self.schema_pattern(schema, spot, span, text);
        }
    }

    fn empty(&mut self, spot: Spot<'_>, span: &Range<usize>) {
        let message = format!("{} is empty", quoted(spot.key));
        self.problems.push(Problem::new(Code::Empty, span, message));
    }

    fn name(&mut self, spot: Spot<'_>, span: &Range<usize>, text: &str) {
        if text.len() > Name::GIVEN || text.parse::<Name>().is_err() {
            let message = format!("{}: {} is not a name", quoted(spot.key), quoted(text));
            self.problems.push(Problem::new(Code::NotAName, span, message));
        }
    }

    fn span(&mut self, spot: Spot<'_>, span: &Range<usize>, text: &str, zero: bool) {
        let message = match text.parse::<Span>() {
            Err(_) => format!(
                "{}: {} is not a length of time of at most 366 days",
                quoted(spot.key),
                quoted(text)
            ),
            Ok(read) if read.millis() == 0 && !zero => {
                format!("{}: {} is no time at all", quoted(spot.key), quoted(text))
            }
            Ok(_) => return,
        };
        self.problems.push(Problem::new(Code::NotASpan, span, message));
    }

    fn prose(&mut self, spot: Spot<'_>, span: &Range<usize>, text: &str, allowed: &[char]) {
        let text = &*text.replace("\r\n", "\n");
        if text.trim().is_empty() {
            return self.empty(spot, span);
        }
        let ends = if allowed.is_empty() { text } else { text.trim_end() };
        if let Some(found) = ends.chars().find(|c| c.is_control() && !allowed.contains(c)) {
            let message = format!(
                "{} holds the control character {}",
                quoted(spot.key),
                quoted(&found.to_string())
            );
            self.problems.push(Problem::new(Code::ControlCharacter, span, message));
        }
        self.plain(spot, span, text);
    }

    fn plain(&mut self, spot: Spot<'_>, span: &Range<usize>, text: &str) {
        if text.contains("{{") {
            let message = format!("no variable is filled into {}", quoted(spot.key));
            let place = self.braces(span, 0);
            self.problems.push(Problem::new(Code::NoTemplateHere, &place, message));
        }
    }

    fn script(&mut self, spot: Spot<'_>, span: &Range<usize>, text: &str) {
        if text.trim().is_empty() {
            self.empty(spot, span);
        } else if text.contains("{{") {
            let message = "a script has `{{` in it, which would splice a value into a shell line";
            let place = self.braces(span, 0);
            self.problems.push(Problem::new(Code::ShellTemplate, &place, message));
        }
    }

    /// Where the `{{ … }}` after this byte stands in the source, or the whole text.
    fn braces(&self, span: &Range<usize>, from: usize) -> Range<usize> {
        let raw = self.source.get(span.clone()).unwrap_or_default();
        let found = raw.get(from..).and_then(|rest| rest.find("{{")).map(|at| at + from);
        let Some(start) = found else { return span.clone() };
        let end = raw[start..].find("}}").map_or(start + 2, |at| start + at + 2);
        span.start + start..span.start + end
    }

    /// Reads a template and keeps the places of its variables.
    fn template(&mut self, spot: Spot<'_>, span: &Range<usize>, text: &str) -> Option<Template> {
        match Template::parse(text) {
            Ok(template) => {
                let mut from = 0;
                for name in template.variables() {
                    let place = self.braces(span, from);
                    from = place.end - span.start;
                    self.uses.push((name.to_owned(), place));
                }
                Some(template)
            }
            Err(error) => {
                let message =
                    format!("{}: {}", quoted(spot.key), crate::text::visible(&error.to_string()));
                let place = self.braces(span, 0);
                self.problems.push(Problem::new(Code::BadTemplate, &place, message));
                None
            }
        }
    }

    /// In a check, a value stands for itself inside a pattern.
    fn pattern(&mut self, spot: Spot<'_>, span: &Range<usize>, text: &str) {
        let filled = if spot.in_check {
            self.template(spot, span, text).map(|read| read.map_variables(|_| "x".into()))
        } else {
            Some(text.to_owned())
        };
        let Some(filled) = filled else { return };
        if !self.one_more(spot, span, Code::BadPattern, &filled) {
            return;
        }
        if let Err(why) = compiled(&filled) {
            let message = format!("{} is not a pattern: {why}", quoted(spot.key));
            self.problems.push(Problem::new(Code::BadPattern, span, message));
        }
    }

    /// Whether this pattern or path is new and may still be looked at. They are what costs most,
    /// so there is a limit, told once.
    fn one_more(&mut self, spot: Spot<'_>, span: &Range<usize>, code: Code, text: &str) -> bool {
        if self.seen.len() > PATTERNS || !self.seen.insert(text.to_owned()) {
            return false;
        }
        if self.seen.len() > PATTERNS {
            let message = format!(
                "{} is one too many: a runbook has at most {PATTERNS} different patterns and paths",
                quoted(spot.key)
            );
            self.problems.push(Problem::new(code, span, message).help("use fewer different ones"));
            return false;
        }
        true
    }

    fn json_path(&mut self, spot: Spot<'_>, span: &Range<usize>, text: &str) {
        let template = if spot.in_check {
            self.template(spot, span, text)
        } else {
            Template::parse(text).ok()
        };
        let Some(template) = template else { return };
        let path = template.map_variables(|_| "x".to_owned());
        if !self.one_more(spot, span, Code::BadJsonPath, &path) {
            return;
        }
        let why = if path.len() > PATTERN_CHARS || nesting(&path) > PATH_NESTING {
            Some(format!(
                "it is longer than {PATTERN_CHARS} characters or nested more than {PATH_NESTING} deep"
            ))
        } else {
            serde_json_path::JsonPath::parse(&path).err().map(|error| error.to_string())
        };
        if let Some(why) = why {
            let message =
                format!("{}: {} is not a JSON path: {why}", quoted(spot.key), quoted(text));
            self.problems.push(Problem::new(Code::BadJsonPath, span, message));
        }
    }

    /// A text that has a code of its own if it is not as the pattern of its schema says.
    fn of_aws(&mut self, schema: &'static Json, spot: Spot<'_>, span: &Range<usize>, text: &str) {
        let (code, wanted) = match schema["format"].as_str() {
            Some("aws-account") => (Code::AwsAccount, "the number of an AWS account"),
            Some("aws-region") => (Code::AwsRegion, "the name of an AWS region"),
            Some("aws-role") => (Code::AwsArn, "the ARN of an IAM role"),
            _ => (Code::AwsRole, "the name of an IAM role or user"),
        };
        if text.contains("{{") {
            self.plain(spot, span, text);
        } else if !self.fits(schema, text) {
            let message = format!("{}: {} is not {wanted}", quoted(spot.key), quoted(text));
            self.problems.push(Problem::new(code, span, message));
        }
    }

    /// Whether a text is as the pattern of its schema says.
    fn fits(&mut self, schema: &'static Json, text: &str) -> bool {
        let Some(pattern) = schema["pattern"].as_str() else { return true };
        let known = self.patterns.entry(pattern);
        let known = known.or_insert_with(|| Regex::new(pattern).ok());
        known.as_ref().is_none_or(|regex| regex.is_match(text))
    }

    /// A pattern of the schema that no `format` tells more of.
    fn schema_pattern(
        &mut self,
        schema: &'static Json,
        spot: Spot<'_>,
        span: &Range<usize>,
        text: &str,
    ) {
        let Some(pattern) = schema["pattern"].as_str() else { return };
        if spot.in_check && text.contains("{{") {
            return;
        }
        if !self.fits(schema, text) {
            let message =
                format!("{}: {} does not match `{pattern}`", quoted(spot.key), quoted(text));
            self.problems.push(Problem::new(Code::NotThePattern, span, message));
        }
    }
}

/// How deep brackets are nested; those inside quotes count, to be on the safe side.
fn nesting(path: &str) -> usize {
    let mut depth: usize = 0;
    let mut deepest = 0;
    for byte in path.bytes() {
        match byte {
            b'[' | b'(' => depth += 1,
            b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// Whether a key that the writer chose is one that may be chosen.
pub(super) fn key_is_legal(schema: &Json, spot: Spot<'_>, problems: &mut Vec<Problem>) -> bool {
    if schema["format"] != "variable-name" {
        return true;
    }
    let taken = TAKEN.contains(&spot.key);
    if is_variable_name(spot.key) && !taken {
        return true;
    }
    let why = if taken {
        "means something to the programs that steps start"
    } else {
        "is not a variable's name"
    };
    let message = format!("{} {why}", quoted(spot.key));
    problems.push(Problem::new(Code::NotAVariableName, &spot.key_range(), message));
    false
}
