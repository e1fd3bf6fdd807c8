//! The cases of a kind: what is made on a server, what is checked then, and what that says.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Mutex;

use holdpoint::check::CheckTable;
use holdpoint::session::Finding;
use regex::Regex;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::{finds, timed};
use crate::aws_kit::{self, Answer, Front, Heard};

/// A file of cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// `moto`, or `ministack`.
    server: String,
    /// The key that signs; in ministack the account.
    key: String,
    /// Made first, in order.
    #[serde(default)]
    make: Vec<Make>,
    case: Vec<Case>,
}

/// A call that makes something.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Make {
    service: String,
    operation: String,
    #[serde(default)]
    input: Map<String, Json>,
    /// What its output is called in the checks and inputs after it: `{name$.Path.To.It}`.
    name: Option<String>,
}

/// One check.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// As in a runbook.
    check: String,
    /// `pass: …`, with `<…>` for what differs from day to day.
    says: String,
    /// Every call that is made for it, but for those that tell who asks. Default: each action
    /// that the kind needs, once. `…`: as often as there is time for.
    calls: Option<Vec<String>>,
    /// Instead of the server's, by operation: the last goes on.
    #[serde(default)]
    answers: BTreeMap<String, Vec<Scripted>>,
    /// What moto's Cost Explorer tells of each day.
    #[serde(default)]
    cost: Vec<Json>,
}

/// An answer that the server does not give.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Scripted {
    Real,
    Said(Json),
    Refused(u16, String, String),
    Page(u16),
    Raw(String),
    Half,
    Silence,
}

impl Scripted {
    fn answer(self) -> Answer {
        match self {
            Self::Real => Answer::Real,
            Self::Said(said) => Answer::Said(timed(&said)),
            Self::Refused(status, code, message) => Answer::Refused(status, code, message),
            Self::Page(status) => Answer::page(status),
            Self::Raw(text) => Answer::Raw(text.into_bytes()),
            Self::Half => Answer::Half(Box::new(Answer::Real)),
            Self::Silence => Answer::Silence,
        }
    }
}

/// Plays every case of a file, and tells all that differ at once.
#[track_caller]
pub fn play(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/aws").join(name);
    let text = std::fs::read_to_string(path).unwrap();
    let file: File = toml::from_str(&text).unwrap_or_else(|why| panic!("{name}: {why}"));
    let made = file.make();
    // What was made is named in what is checked, answered and said.
    let file: File = toml::from_str(&filled(&text, &made)).unwrap();
    let mut wrong = Vec::new();
    let (mut made_calls, mut listed) = (BTreeSet::new(), BTreeSet::new());
    for case in &file.case {
        let check = &case.check;
        let (finding, calls) = file.play(case);
        let (says, actions) = (told(&finding), actions(check));
        eprintln!("{check}\n  {says}\n  {calls:?}");
        if !is_like(&case.says, &says) {
            wrong.push(format!("{check}\n  says   {says}\n  wanted {}", case.says));
        }
        let wanted = case.calls.clone().unwrap_or_else(|| actions.iter().cloned().collect());
        if calls != wanted && wanted != ["…"] {
            wrong.push(format!("{check}\n  calls  {calls:?}\n  wanted {wanted:?}"));
        }
        if let Some(call) = calls.iter().find(|call| !actions.contains(*call)) {
            wrong.push(format!("{check}\n  calls {call}, which is none of {actions:?}"));
        }
        made_calls.extend(calls);
        listed.extend(actions);
    }
    // A policy that allows what nobody asks for is not the least.
    if made_calls != listed {
        wrong.push(format!("calls {made_calls:?}, but the policy lists {listed:?}"));
    }
    assert!(wrong.is_empty(), "{name}, {} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

impl File {
    fn server(&self) -> &'static aws_kit::Server {
        match self.server.as_str() {
            "moto" => aws_kit::moto(),
            "ministack" => aws_kit::ministack(),
            other => panic!("there is no server {other}"),
        }
    }

    /// Makes everything; what was named, as JSON.
    #[track_caller]
    fn make(&self) -> HashMap<String, Json> {
        let maker =
            aws_kit::Made { server: self.server(), region: aws_kit::REGION, key: &self.key };
        let mut made = HashMap::new();
        for call in &self.make {
            let input = filled(&Json::from(call.input.clone()).to_string(), &made);
            let input = timed(&serde_json::from_str(&input).unwrap());
            let said = maker.one(&call.service, &call.operation, input);
            if let Some(name) = &call.name {
                made.insert(name.clone(), said);
            }
        }
        made
    }

    /// What the program finds, and the calls that it made for it, sorted.
    fn play(&self, case: &Case) -> (Finding, Vec<String>) {
        let front = Front::of(self.server());
        if !case.cost.is_empty() {
            let days = timed(&Json::from(case.cost.clone()));
            let result = json!({ "ResultsByTime": days, "DimensionValueAttributes": [] });
            aws_kit::next_cost(self.server(), result);
        }
        let script = Mutex::new(case.answers.clone());
        front.answers(move |heard: &Heard| {
            let mut script = script.lock().unwrap();
            let Some(answers) = script.get_mut(&heard.operation()) else { return Answer::Real };
            let next = if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() };
            next.answer()
        });
        let finding = finds(&front, &self.key, std::slice::from_ref(&case.check)).remove(0);
        let mut calls = front.calls();
        if !case.check.starts_with("aws_identity") {
            calls.retain(|call| call != "sts:GetCallerIdentity");
        }
        calls.sort();
        (finding, calls)
    }
}

/// The text with `{name$.Path}` replaced by what was made.
fn filled(text: &str, made: &HashMap<String, Json>) -> String {
    let mark = Regex::new(r"\{(\w+)\$((?:\.\w+)+)\}").unwrap();
    let value = |found: &regex::Captures<'_>| {
        let value = made[&found[1]].pointer(&found[2].replace('.', "/")).unwrap();
        value.as_str().map_or_else(|| value.to_string(), str::to_owned)
    };
    mark.replace_all(text, value).into_owned()
}

fn told(finding: &Finding) -> String {
    format!("{}: {}", finding.verdict.outcome(), finding.verdict.says())
}

/// Whether a text is as wanted, where `<…>` stands for a word that differs from day to day.
fn is_like(wanted: &str, said: &str) -> bool {
    let open = Regex::new("<[a-z ]+>").unwrap();
    let parts: Vec<String> = open.split(wanted).map(regex::escape).collect();
    Regex::new(&format!("(?s)^{}$", parts.join(".+"))).unwrap().is_match(said)
}

/// The actions that a policy for this check lists.
fn actions(check: &str) -> BTreeSet<String> {
    let table: CheckTable = toml::from_str(check).unwrap_or_else(|why| panic!("{check}\n{why}"));
    let claims = table.claims();
    let needed = claims.iter().flat_map(|claim| claim.kind().permissions());
    // Cloud Control calls the resource's own service in the principal's name, behind the front.
    let ours = |action: &String| !check.starts_with("aws_resource") || action.starts_with("cloudf");
    needed.map(|needs| needs.action).filter(ours).collect()
}
