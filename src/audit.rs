//! The audit: everything that is wrong, dangerous, unprovable or untrue in a runbook, found by
//! reading it. Nothing of the world is asked here, and nothing is changed.
//!
//! A rule is one file with one row in [`RULES`]: it looks at a [`Subject`] and tells what it found,
//! and where. Levels, waivers, order and cutting spans to lines are written once, here and in
//! `waivers`. What makes a file no runbook ([`crate::runbook::PROBLEMS`]) is a finding, too.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::runbook::{Label, Problem, Problems, Runbook, Sheet};
use crate::text::visible;

mod calls;
mod candidate;
mod commands;
mod criteria;
mod hidden;
mod meaning;
mod mend;
mod places;
mod prose;
mod rules;
mod settings;
mod sql;
mod subject;
mod waivers;
mod wrappers;

pub use calls::{
    Assign, Call, Dialect, Fault, Feature, Redirect, Script, Slot, Use, Word, calls_of_script,
};
pub use candidate::is_meant_as_runbook;
pub use commands::{Effect, adds_up, asks_nobody, effect, is_interactive};
pub use criteria::PlacedCriterion;
pub use mend::{Mended, mend};
pub use places::Table;
pub(crate) use prose::gist;
pub use prose::{Prose, Says};
pub use rules::RULES;
pub use settings::{Unclear, Wishes};
pub use subject::{Part, Placed, PlacedCheck, Subject};
pub use waivers::{Allow, Scope};

/// How bad a finding is. Worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// It could be better.
    Note,
    /// It is likely to stop the deployment, or to do harm.
    Warning,
    /// It will.
    Error,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One row of the table: what is looked for.
pub struct Rule {
    /// `HP204`. Codes are never given a second meaning.
    pub code: &'static str,
    /// `change-without-undo`, for people.
    pub name: &'static str,
    /// How bad it is where nobody says otherwise.
    pub level: Level,
    /// What is wrong, in one line, as a sentence without its end.
    pub meaning: &'static str,
    /// How to mend it, where the finding does not say better.
    pub help: &'static str,
    /// Looks for it.
    pub(crate) look: fn(&Subject<'_>, &mut Vec<Found>),
}

/// What a rule found: a finding that does not know its rule yet.
#[derive(Debug)]
pub struct Found {
    scope: Scope,
    message: String,
    labels: Vec<Label>,
    help: Option<String>,
    fix: Option<Fix>,
}

impl Found {
    fn new(scope: Scope, place: &Range<usize>, message: impl Into<String>) -> Self {
        let labels = vec![Label { span: place.clone(), text: String::new() }];
        Self { scope, message: message.into(), labels, help: None, fix: None }
    }

    /// Says this of the place.
    #[must_use]
    pub fn here(mut self, text: impl Into<String>) -> Self {
        self.labels[0].text = text.into();
        self
    }

    /// Says this of another place.
    #[must_use]
    pub fn also(mut self, place: &Range<usize>, text: impl Into<String>) -> Self {
        self.labels.push(Label { span: place.clone(), text: text.into() });
        self
    }

    /// Says what to do about this very one.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Says how a machine mends it safely: the bytes of the file that are replaced, and by what.
    #[must_use]
    pub fn fix(mut self, says: impl Into<String>, edits: Vec<(Range<usize>, String)>) -> Self {
        self.fix = Some(Fix { says: says.into(), edits });
        self
    }
}

/// How a machine mends a finding: the meaning of everything else stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does: `add --fail`.
    pub says: String,
    /// Bytes of the file, and what comes in their place.
    pub edits: Vec<(Range<usize>, String)>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's code, or that of a problem.
    pub code: &'static str,
    /// The rule's name; `problem` for what makes a file no runbook.
    pub name: &'static str,
    /// How bad it is, here.
    pub level: Level,
    /// What was found.
    pub message: String,
    /// Where: the first is the place itself. Each is on one line of the text.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: String,
    /// How a machine mends it.
    pub fix: Option<Fix>,
}

/// A finding that somebody answers for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waived {
    /// What it would be.
    pub finding: Finding,
    /// Who allowed it, and why.
    pub allow: Allow,
}

/// How findings are judged.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Levels of single rules by code; none: not looked for. A runbook's own come before these.
    pub levels: BTreeMap<String, Option<Level>>,
    /// The day of the audit, as [`crate::value::Moment::date`] writes it: waivers end.
    pub today: String,
    /// Names of the programs on PATH; none where nobody looked.
    pub programs: Option<std::collections::BTreeSet<String>>,
}

/// What an audit of one file found.
#[derive(Clone)]
pub struct Report {
    /// The text that the labels point into.
    pub sheet: Sheet,
    /// In the order of the file.
    pub findings: Vec<Finding>,
    /// What somebody answers for, in the order of the file.
    pub waived: Vec<Waived>,
    /// How many problems more there are.
    pub left_out: usize,
    /// The runbook, if it is one.
    pub runbook: Option<Box<Runbook>>,
}

/// Audits one file. `name` is what messages call it.
#[must_use]
pub fn audit(name: &str, bytes: &[u8], settings: &Settings) -> Report {
    match Runbook::from_bytes(name, bytes) {
        Ok(book) => of_runbook(name, book, settings),
        Err(problems) => of_problems(problems),
    }
}

fn of_problems(problems: Problems) -> Report {
    let finding = |problem: Problem| Finding {
        code: problem.code.id(),
        name: "problem",
        level: Level::Error,
        message: visible(&problem.message).into_owned(),
        labels: problem.labels,
        help: visible(&problem.help).into_owned(),
        fix: None,
    };
    let findings = problems.list.into_iter().map(finding).collect();
    let mut report = Report {
        sheet: problems.sheet,
        findings,
        waived: Vec::new(),
        left_out: problems.left_out,
        runbook: None,
    };
    hidden::hide(&mut report, &[]);
    report
}

/// By place, whatever the order in which rules look.
fn order(one: &Finding, other: &Finding) -> std::cmp::Ordering {
    let key = |finding: &Finding| (finding.labels[0].span.start, finding.code);
    let by_place = key(one).cmp(&key(other));
    by_place.then_with(|| one.message.cmp(&other.message))
}

fn of_runbook(name: &str, book: Runbook, settings: &Settings) -> Report {
    let sheet = Sheet::new(name, &book.source.text);
    let ((mut findings, mut waived), secrets) = places::with_root(&book.source.text, |root| {
        let subject = Subject::new(&book, root, settings);
        (waivers::judge(&subject, settings), rules::secrets::values(&subject))
    });
    let on_line = |finding: &mut Finding| {
        for label in &mut finding.labels {
            label.span = sheet.within_line(&label.span);
        }
    };
    findings.iter_mut().for_each(on_line);
    for waived in &mut waived {
        on_line(&mut waived.finding);
    }
    findings.sort_by(order);
    findings.dedup();
    waived.sort_by(|one, other| order(&one.finding, &other.finding));
    waived.dedup();
    let runbook = Some(Box::new(book));
    let mut report = Report { sheet, findings, waived, left_out: 0, runbook };
    hidden::hide(&mut report, &secrets);
    report
}
