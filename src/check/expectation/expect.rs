//! What must be found at a path of an answer that is JSON, and the verdict on several of these:
//! all of them are judged, and it is told which hold and which do not.

use std::cmp::Ordering;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use serde_json_path::JsonPath;

use super::json::{compare, equal, holds_a_date, shown};
use super::{Capture, LIST, Verdict, cut, every_within, is_open, matches, pattern_flaw, quote};

/// What a property must be: a path, and one expectation or several that all must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// An RFC 9535 path, like `$.BucketEncryption.ServerSideEncryptionConfiguration[0]`.
    #[schemars(extend("format" = "json-path"))]
    pub path: String,
    /// Every selected value is this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Value>,
    /// Every selected value is one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_of: Option<Vec<Value>>,
    /// Every selected text matches this pattern.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "regex"))]
    pub matches: Option<String>,
    /// Whether the path selects anything at all. `exists = false` wants it absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exists: Option<bool>,
    /// Every selected number is at least this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Number>,
    /// Every selected number is at most this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Number>,
    /// How many values the path selects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
}

impl Expect {
    /// Whether what was found at the path is what must be there; `None` where nobody looked. A
    /// `null` is nothing: AWS's protocols take it for a member that is not set.
    pub(in crate::check) fn judge(&self, found: Option<&[Value]>) -> Verdict {
        let path = self.named();
        let wanted = self.wanted().join(", ");
        let Some(found) = found else {
            return Verdict::Unknown(format!("nobody looked at {path}"));
        };
        let found: Vec<&Value> = found.iter().filter(|value| !value.is_null()).collect();
        match (self.exists, found.as_slice()) {
            (Some(false), []) => Verdict::Pass(format!("no {path}")),
            (Some(false), [first, ..]) => {
                Verdict::Fail(format!("{path} is {}, wanted none", shown(first)))
            }
            (_, []) if self.count != Some(0) => {
                Verdict::Fail(format!("no {path}, wanted {wanted}"))
            }
            (_, found) => {
                let values = self.wants_values().then(|| self.judge_values(&path, found));
                let count = self.count.map(|count| judge_count(&path, found.len(), count));
                let exists = self.exists.filter(|_| values.is_none() && count.is_none());
                let exists = exists.map(|_| Verdict::Pass(format!("{path} exists")));
                every_within(LIST, values.into_iter().chain(count).chain(exists))
            }
        }
    }

    /// Every value that was found must be as wanted; the first that is not is shown.
    fn judge_values(&self, path: &str, found: &[&Value]) -> Verdict {
        let wanted = self.wanted_of_values().join(", ");
        let of = if found.len() > 1 { format!(" (1 of {})", found.len()) } else { String::new() };
        if let Some(value) = found.iter().find(|value| self.holds(value) == Some(false)) {
            let kind = self.other_kind(value).map(|kind| format!(", {kind}")).unwrap_or_default();
            let shown = shown(value);
            Verdict::Fail(format!("{path} is {shown}{kind}{of}, wanted {wanted}"))
        } else if let Some(value) = found.iter().find(|value| self.holds(value).is_none()) {
            let (shown, kind) = (shown(value), kind_of(value));
            Verdict::Unknown(format!("{path} is {shown}, {kind}{of}, wanted {wanted}"))
        } else if let [value] = found {
            Verdict::Pass(format!("{path} is {}", shown(value)))
        } else {
            Verdict::Pass(format!("all {} of {path} are {wanted}", found.len()))
        }
    }

    /// Whether one value is as wanted. `None` where that is no question: a text is neither above
    /// nor below a number, even if its digits are one, and a pattern says nothing of a number.
    /// That another type is not *equal*, however, is an observation.
    fn holds(&self, value: &Value) -> Option<bool> {
        let number = |limit: &Number, holds: fn(Ordering) -> bool| match value {
            Value::Number(number) => compare(number, limit).map(holds),
            _ => None,
        };
        let all = [
            self.equals.as_ref().map(|wanted| Some(equal(value, wanted))),
            self.one_of.as_ref().map(|all| Some(all.iter().any(|wanted| equal(value, wanted)))),
            self.matches.as_ref().map(|pattern| match value {
                Value::String(text) => match matches("", &Capture::whole(text), pattern) {
                    Verdict::Pass(_) => Some(true),
                    Verdict::Fail(_) => Some(false),
                    Verdict::Unknown(_) => None,
                },
                _ => None,
            }),
            self.at_least.as_ref().map(|limit| number(limit, Ordering::is_ge)),
            self.at_most.as_ref().map(|limit| number(limit, Ordering::is_le)),
        ];
        let all: Vec<_> = all.into_iter().flatten().collect();
        match all.contains(&Some(false)) {
            true => Some(false),
            false => all.into_iter().collect::<Option<Vec<_>>>().map(|_| true),
        }
    }

    /// The value's type, where it is not the one that is wanted: `"30"` and `30` look alike.
    fn other_kind(&self, value: &Value) -> Option<&'static str> {
        let wanted = self.equals.iter().chain(self.one_of.iter().flatten());
        let mut wanted = wanted.map(kind_of).peekable();
        wanted.peek()?;
        wanted.all(|kind| kind != kind_of(value)).then(|| kind_of(value))
    }

    fn wants_values(&self) -> bool {
        !self.wanted_of_values().is_empty()
    }

    fn wanted_of_values(&self) -> Vec<String> {
        let list = |all: &Vec<Value>| all.iter().map(shown).collect::<Vec<_>>().join(" or ");
        [
            self.equals.as_ref().map(shown),
            self.one_of.as_ref().map(list),
            self.matches.as_ref().map(|pattern| format!("a match of {}", quote(pattern))),
            self.at_least.as_ref().map(|limit| format!("at least {limit}")),
            self.at_most.as_ref().map(|limit| format!("at most {limit}")),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// What is wanted, in a few words each.
    fn wanted(&self) -> Vec<String> {
        let mut wanted = self.wanted_of_values();
        wanted.extend(self.count.map(values));
        if wanted.is_empty() {
            wanted.extend(self.exists.map(|exists| if exists { "one" } else { "none" }.to_owned()));
        }
        wanted
    }

    /// The path as it is shown: of a long one the end, which tells it from its neighbours.
    fn named(&self) -> String {
        const MOST: usize = 72;
        let length = self.path.chars().count();
        let end: String = self.path.chars().skip(length.saturating_sub(MOST - 2)).collect();
        if length > MOST { cut(&format!("$…{end}"), MOST) } else { cut(&self.path, MOST) }
    }

    /// What is claimed, in a few words.
    fn says(&self) -> String {
        match self.exists {
            Some(false) => format!("no {}", self.path),
            Some(true) if self.wanted_of_values().is_empty() && self.count.is_none() => {
                format!("{} exists", self.path)
            }
            _ => format!("{} is {}", self.path, self.wanted().join(", ")),
        }
    }

    /// Why this could never tell anything.
    fn flaw(&self, field: &str) -> Option<String> {
        let wanted = self.equals.iter().chain(self.one_of.iter().flatten());
        if wanted.into_iter().any(holds_a_date) {
            return Some(format!("`{field}` holds a bare date, and JSON has none: quote it"));
        }
        if let Some(why) = self.emptiness() {
            return Some(format!("`{field}` {why}"));
        }
        // A value may become an index, a name or a text, and each would be read differently.
        if !is_open(&self.path)
            && let Err(why) = JsonPath::parse(&self.path)
        {
            return Some(format!("`{field}.path` is {}, no JSON path: {why}", quote(&self.path)));
        }
        pattern_flaw(&format!("{field}.matches"), self.matches.as_deref())
    }

    /// Why it asserts nothing, or what nothing can be.
    fn emptiness(&self) -> Option<&'static str> {
        let values = self.wants_values();
        let limits = self.at_least.as_ref().zip(self.at_most.as_ref());
        if !values && self.count.is_none() && self.exists.is_none() {
            Some(
                "wants nothing: add `equals`, `one_of`, `matches`, `exists`, `at_least`, `at_most` or `count`",
            )
        } else if self.exists == Some(false) && (values || self.count.is_some()) {
            Some("wants what must not exist to be something: leave one of both out")
        } else if self.count == Some(0) && (values || self.exists.is_some()) {
            Some("wants no values, and something of them: `exists = false` says the first alone")
        } else if self.one_of.as_ref().is_some_and(Vec::is_empty) {
            Some("has an empty `one_of`, and nothing is in that")
        } else if self.equals.is_some() && self.one_of.is_some() {
            Some("has `equals` and `one_of`: one of both is enough")
        } else if limits.and_then(|(least, most)| compare(least, most)).is_some_and(Ordering::is_gt)
        {
            Some("wants at least more than at most")
        } else if self.path.trim() == "$" && !values && self.count.is_none() {
            Some("asks whether `$` exists, and every answer has that")
        } else {
            None
        }
    }
}

fn judge_count(path: &str, found: usize, wanted: u32) -> Verdict {
    let shown = format!("{path} selects {}", values(u32::try_from(found).unwrap_or(u32::MAX)));
    if usize::try_from(wanted).is_ok_and(|wanted| wanted == found) {
        Verdict::Pass(shown)
    } else {
        Verdict::Fail(format!("{shown}, wanted {wanted}"))
    }
}

fn values(count: u32) -> String {
    if count == 1 { "1 value".to_owned() } else { format!("{count} values") }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a table",
    }
}

/// The paths that are asked for, each once.
pub(in crate::check) fn paths_of(all: &[Expect]) -> Vec<String> {
    let mut paths: Vec<String> = Vec::new();
    for one in all {
        if !paths.contains(&one.path) {
            paths.push(one.path.clone());
        }
    }
    paths
}

/// What is claimed by all of them.
pub(in crate::check) fn say_all(all: &[Expect]) -> String {
    all.iter().map(Expect::says).collect::<Vec<_>>().join(", ")
}

/// Why one of them could never tell anything.
pub(in crate::check) fn expectations_flaw(field: &str, all: &[Expect]) -> Option<String> {
    let numbered = all.iter().enumerate();
    numbered.into_iter().find_map(|(number, one)| one.flaw(&format!("{field}[{number}]")))
}

/// The verdict on all of them: which do not hold, which cannot be told, and then which hold.
pub(in crate::check) fn judge_all<'a>(
    all: &[Expect],
    at: impl Fn(&str) -> Option<&'a [Value]>,
) -> Verdict {
    if let [only] = all {
        return only.judge(at(&only.path));
    }
    let (mut failed, mut unknown) = (Vec::new(), Vec::new());
    let (mut passed, mut held) = (Vec::new(), Vec::new());
    for one in all {
        match one.judge(at(&one.path)) {
            Verdict::Pass(says) => {
                passed.push(says);
                held.push(one.named());
            }
            Verdict::Fail(says) => failed.push(says),
            Verdict::Unknown(says) => unknown.push(says),
        }
    }
    let many = all.len();
    let does = if failed.len() == 1 { "does" } else { "do" };
    let parts =
        [part(&failed, many, &format!("{does} not hold")), part(&unknown, many, "cannot be told")];
    let bad = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
    if !failed.is_empty() {
        Verdict::Fail(with_held(&bad, &held, many))
    } else if !unknown.is_empty() {
        Verdict::Unknown(with_held(&bad, &held, many))
    } else if passed.is_empty() {
        Verdict::Unknown("nothing was wanted".to_owned())
    } else {
        Verdict::Pass(cut(&format!("all {many} hold: {}", passed.join(", ")), LIST))
    }
}

fn part(told: &[String], many: usize, what: &str) -> Option<String> {
    (!told.is_empty()).then(|| format!("{} of {many} {what}: {}", told.len(), told.join("; ")))
}

/// What does not hold, and then what does: shorter where there is no room for all of it.
fn with_held(bad: &str, held: &[String], many: usize) -> String {
    if held.is_empty() {
        return cut(bad, LIST);
    }
    let whole = format!("{bad}. Hold: {}", held.join(", "));
    if whole.chars().count() <= LIST {
        return cut(&whole, LIST);
    }
    let rest = format!(". {} of {many} hold", held.len());
    cut(bad, LIST - rest.chars().count()) + &rest
}

#[cfg(test)]
mod tests;
