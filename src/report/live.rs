//! What a live audit saw, row by row in the order of the phases, and what of it stops somebody.

use std::fmt;

use serde_json::{Value as Json, json};

use super::{Line, Tone, counted};
use crate::check::{Outcome, Verdict};
use crate::runbook::Phase;
use crate::value::Name;

mod access;
mod questions;

pub use access::{Source, Wish, judge_wish, service_of, wishes};
pub use questions::{Question, brings_about, open_in, questions};

/// Where in a deployment something matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stand {
    /// Before phase 1 is entered.
    Start,
    /// In a phase.
    In(Phase),
    /// In a rollback.
    Back,
}

/// What it means where something does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It must hold already: the deployment stops there.
    Must,
    /// What is done before it may make it true.
    After,
    /// It is worth knowing.
    Told,
}

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The value of a variable.
    Variable,
    /// Whether the target is free.
    Target,
    /// Who asks AWS.
    Identity,
    /// How long the credentials last.
    Credentials,
    /// What IAM allows.
    Permission,
    /// A program or a script.
    Program,
    /// A check.
    Check,
    /// The check that tells whether an action happened.
    Probe,
    /// A link for people.
    Link,
    /// When the way back was last gone.
    Exercise,
}

/// One thing that was asked, and what was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Where it matters.
    pub stand: Stand,
    /// What it is about.
    pub about: About,
    /// The step that it belongs to.
    pub step: Option<Name>,
    /// What it is called, for people.
    pub name: String,
    /// What it means where it does not hold.
    pub weight: Weight,
    /// What was seen.
    pub verdict: Verdict,
}

/// All that a live audit saw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    /// What is deployed where.
    pub target: String,
    /// When it was asked.
    pub asked: String,
    /// In the order of the deployment.
    pub rows: Vec<Row>,
}

impl fmt::Display for Stand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("before phase 1"),
            Self::In(phase) => write!(f, "in phase {}", phase.number()),
            Self::Back => f.write_str("in a rollback"),
        }
    }
}

impl About {
    fn word(self) -> &'static str {
        match self {
            Self::Variable => "variable",
            Self::Target => "target",
            Self::Identity => "identity",
            Self::Credentials => "credentials",
            Self::Permission => "permission",
            Self::Program => "program",
            Self::Check => "check",
            Self::Probe => "probe",
            Self::Link => "link",
            Self::Exercise => "exercise",
        }
    }
}

impl Row {
    /// Whether the deployment would stop there.
    #[must_use]
    pub fn stops(&self) -> bool {
        self.weight == Weight::Must && self.verdict.outcome() == Outcome::Fail
    }

    /// Whether it does not hold, and is not expected to before the change.
    fn is_early(&self) -> bool {
        self.weight == Weight::After && self.verdict.outcome() == Outcome::Fail
    }

    fn word(&self) -> (&'static str, Tone) {
        match (self.verdict.outcome(), self.weight) {
            (Outcome::Pass, _) => ("would pass", Tone::Good),
            (Outcome::Unknown, _) => ("cannot tell", Tone::Doubt),
            (Outcome::Fail, Weight::Must) => ("would fail", Tone::Bad),
            (Outcome::Fail, Weight::After) => ("not yet", Tone::Plain),
            (Outcome::Fail, Weight::Told) => ("note", Tone::Doubt),
        }
    }

    fn lines(&self) -> [Line; 2] {
        let (word, tone) = self.word();
        let about = if self.about == About::Check { "" } else { self.about.word() };
        let colon = if about.is_empty() { "" } else { ": " };
        let holds = self.verdict.outcome() == Outcome::Pass;
        let is_early = self.weight == Weight::After && !holds;
        let later = if is_early { " (after the change)" } else { "" };
        let first = format!("  {word:<11}  {about}{colon}{}{later}", self.name);
        let below = format!("               {}", self.verdict.says());
        [Line::new(tone, first), Line::new(Tone::Quiet, below)]
    }

    fn json(&self) -> Json {
        let at: Json = match self.stand {
            Stand::Start => "start".into(),
            Stand::In(phase) => phase.number().into(),
            Stand::Back => "rollback".into(),
        };
        let result = match self.verdict.outcome() {
            Outcome::Pass => "would-pass",
            Outcome::Fail => "would-fail",
            Outcome::Unknown => "cannot-tell",
        };
        json!({
            "at": at, "about": self.about.word(), "step": self.step, "name": self.name,
            "result": result, "says": self.verdict.says(), "stops": self.stops(),
            "after_the_change": self.weight == Weight::After,
        })
    }
}

impl Live {
    /// Whether something was found that would stop the deployment.
    #[must_use]
    pub fn stops(&self) -> bool {
        self.rows.iter().any(Row::stops)
    }

    fn count(&self, wanted: impl Fn(&Row) -> bool) -> usize {
        self.rows.iter().filter(|row| wanted(row)).count()
    }

    fn counts(&self) -> [usize; 5] {
        let told = |row: &Row| row.weight == Weight::Told;
        let fails = |row: &Row| row.verdict.outcome() == Outcome::Fail;
        [
            self.count(|row| row.verdict.outcome() == Outcome::Pass),
            self.count(Row::stops),
            self.count(Row::is_early),
            self.count(|row| fails(row) && told(row)),
            self.count(|row| row.verdict.outcome() == Outcome::Unknown),
        ]
    }

    /// For people: in the order of the phases, and at the end what would stop them.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let head = format!("Live: {}, asked {}; nothing was changed", self.target, self.asked);
        let mut lines = vec![Line::new(Tone::Heading, head)];
        let mut last = None;
        for row in &self.rows {
            if last != Some(row.stand) {
                lines.push(Line::new(Tone::Plain, ""));
                lines.push(Line::new(Tone::Heading, heading(row.stand)));
                last = Some(row.stand);
            }
            lines.extend(row.lines());
        }
        lines.push(Line::new(Tone::Plain, ""));
        lines.extend(self.end());
        lines
    }

    fn end(&self) -> Vec<Line> {
        let [passes, stops, early, notes, unknown] = self.counts();
        let mut counts = format!(
            "{passes} would pass, {stops} would fail, {early} not yet (after the change), \
             {unknown} cannot be told"
        );
        if notes > 0 {
            counts.push_str(&format!(", {}", counted(notes, "note")));
        }
        let mut lines = vec![Line::new(Tone::Plain, counts + ".")];
        lines.extend(self.rows.iter().filter(|row| row.stops()).map(|row| {
            let (name, says) = (&row.name, row.verdict.says());
            Line::new(Tone::Bad, format!("This would stop you {}: {name}: {says}", row.stand))
        }));
        if stops == 0 {
            lines.push(Line::new(Tone::Good, "Nothing found that would stop you."));
        }
        lines
    }

    /// For programs.
    #[must_use]
    pub fn json(&self) -> Json {
        let [passes, stops, early, notes, unknown] = self.counts();
        json!({
            "format": 1, "target": self.target, "asked": self.asked,
            "rows": self.rows.iter().map(Row::json).collect::<Vec<_>>(),
            "counts": {
                "would_pass": passes, "would_fail": stops, "after_the_change": early,
                "notes": notes, "cannot_tell": unknown,
            },
            "stops": self.stops(),
        })
    }
}

fn heading(stand: Stand) -> String {
    match stand {
        Stand::Start => "Before phase 1".to_owned(),
        Stand::In(phase) => format!("Phase {phase}"),
        Stand::Back => "Rollback".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(stand: Stand, weight: Weight, verdict: Verdict) -> Row {
        let (name, step) = ("It is so".to_owned(), None);
        Row { stand, about: About::Check, step, name, weight, verdict }
    }

    #[test]
    fn only_what_must_hold_and_does_not_stops_in_order() {
        let (pass, fail, unknown) = (
            || Verdict::Pass("a".into()),
            || Verdict::Fail("b".into()),
            || Verdict::Unknown("c".into()),
        );
        let six = Stand::In(Phase::MonitoringSetup);
        let all = [Weight::Must, Weight::After, Weight::Told];
        for weight in all {
            assert!(!row(six, weight, pass()).stops());
            assert!(!row(six, weight, unknown()).stops());
            assert_eq!(row(six, weight, fail()).stops(), weight == Weight::Must);
        }
        let rows = [Stand::Start, six, Stand::Back]
            .into_iter()
            .flat_map(|stand| all.map(|weight| row(stand, weight, fail())))
            .chain([row(Stand::Back, Weight::Must, unknown())])
            .collect();
        let live = Live { rows, ..Live::default() };
        let shown: Vec<String> = live.lines().iter().map(ToString::to_string).collect();
        assert!(shown.contains(
            &"0 would pass, 3 would fail, 3 not yet (after the change), 1 cannot be told, 3 notes."
                .to_owned()
        ));
        let ends: Vec<&String> = shown.iter().rev().take(3).rev().collect();
        assert_eq!(
            ends,
            [
                "This would stop you before phase 1: It is so: b",
                "This would stop you in phase 6: It is so: b",
                "This would stop you in a rollback: It is so: b",
            ]
        );
        let none = Live { rows: vec![row(six, Weight::Must, unknown())], ..Live::default() };
        assert_eq!(none.lines().last().unwrap().text, "Nothing found that would stop you.");
    }
}
