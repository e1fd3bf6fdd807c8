//! What rules look at: a runbook with the place of everything in it.

use std::ops::Range;

use super::calls::{self, Call, Script};
use super::places::Table;
use super::prose::{self, Prose};
use super::{Found, Scope, Settings, wrappers};
use crate::check::Check;
use crate::runbook::{Phase, Runbook, Step};

/// A valid runbook, its text, and every step of it where it stands.
pub struct Subject<'a> {
    /// The runbook.
    pub book: &'a Runbook,
    /// The whole file.
    pub root: Table<'a>,
    /// In the order in which they may come to run: prerequisites, the phases' steps with those of
    /// criteria behind them, the rollback's. A step's undo comes right behind it.
    pub steps: Vec<Placed<'a>>,
    /// What it says to people.
    pub prose: Vec<Prose<'a>>,
    /// How findings are judged.
    pub settings: &'a Settings,
}

/// What part of a runbook a step belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Must hold before phase 1.
    Prerequisite,
    /// A step of a phase.
    Phase(Phase),
    /// The check of an exit criterion of a phase.
    Criterion(Phase),
    /// Takes a step of this phase back; none: of the rollback.
    Undo(Option<Phase>),
    /// A step of `[rollback]`.
    Rollback,
}

/// A step and where it stands.
pub struct Placed<'a> {
    /// The step.
    pub step: &'a Step,
    /// What it belongs to.
    pub part: Part,
    /// Its table: of a prerequisite and of a criterion the table of its check.
    pub table: Table<'a>,
    /// Where to point when nothing says it better: its id, its title, or its table.
    pub place: Range<usize>,
    /// What its action calls: programs with their arguments, those of scripts too.
    pub calls: Vec<Call>,
    /// The same as it comes to be: without `sudo` and the like, with what inner scripts call.
    pub done: Vec<Call>,
    /// The script among them: that of `shell`, or of `sh -c`.
    pub script: Option<Script>,
    scope: Scope,
}

/// A check of a step and where it stands.
pub struct PlacedCheck<'a> {
    /// The check.
    pub check: &'a Check,
    /// Its table: `{ http = { … }, until = { … } }`.
    pub table: Table<'a>,
    /// The table of its kind: `{ url = … }`.
    pub kind: Table<'a>,
    /// Where to point when nothing says it better: the name of its kind.
    pub place: Range<usize>,
    /// What a `command` calls; empty for any other kind.
    pub calls: Vec<Call>,
    /// The same as it comes to be: without `sudo` and the like, with what inner scripts call.
    pub done: Vec<Call>,
    /// The script among them: that of `sh -c`.
    pub script: Option<Script>,
}

impl<'a> Subject<'a> {
    pub(super) fn new(book: &'a Runbook, root: Table<'a>, settings: &'a Settings) -> Self {
        let mut steps = Vec::new();
        for (step, table) in book.prerequisites.iter().zip(root.tables("prerequisite")) {
            steps.extend(Placed::new(step, Part::Prerequisite, table, Scope::Runbook));
        }
        for (phase, table) in Phase::ALL.into_iter().zip(root.tables("phase")) {
            for (step, table) in book.section(phase).steps.iter().zip(table.tables("step")) {
                let scope = Scope::Step(Some(phase), step.id.clone());
                steps.extend(Placed::new(step, Part::Phase(phase), table, scope.clone()));
                if let (Some(undo), Some(table)) = (step.undo.as_deref(), table.table("undo")) {
                    steps.extend(Placed::new(undo, Part::Undo(Some(phase)), table, scope));
                }
            }
            let with_check =
                table.tables("exit").into_iter().filter_map(|exit| exit.table("check"));
            let criteria = book.section(phase).steps.iter().skip(table.tables("step").len());
            for (step, table) in criteria.zip(with_check) {
                let part = Part::Criterion(phase);
                steps.extend(Placed::new(step, part, table, Scope::Phase(phase)));
            }
        }
        let rollback = root.table("rollback").map(|table| table.tables("step")).unwrap_or_default();
        for (step, table) in book.rollback.steps.iter().zip(rollback) {
            let scope = Scope::Step(None, step.id.clone());
            steps.extend(Placed::new(step, Part::Rollback, table, scope.clone()));
            if let (Some(undo), Some(table)) = (step.undo.as_deref(), table.table("undo")) {
                steps.extend(Placed::new(undo, Part::Undo(None), table, scope));
            }
        }
        let prose = prose::of(root, &steps);
        Self { book, root, steps, prose, settings }
    }

    /// The steps of the phases, without undos and the checks of criteria.
    pub fn own_steps(&self) -> impl Iterator<Item = &Placed<'a>> {
        self.steps.iter().filter(|placed| matches!(placed.part, Part::Phase(_)))
    }

    /// The step of this id.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&Placed<'a>> {
        self.steps.iter().find(|placed| placed.step.id.as_str() == id)
    }

    /// The table of a phase.
    #[must_use]
    pub fn phase(&self, phase: Phase) -> Table<'a> {
        self.root.tables("phase")[phase.index()]
    }

    /// Where a phase's name stands.
    #[must_use]
    pub fn name_of(&self, phase: Phase) -> Range<usize> {
        self.phase(phase).place("name").unwrap_or_default()
    }

    /// Something about the runbook as a whole.
    #[must_use]
    pub fn found(&self, place: &Range<usize>, message: impl Into<String>) -> Found {
        Found::new(Scope::Runbook, place, message)
    }

    /// Something about a phase.
    #[must_use]
    pub fn found_in(
        &self,
        phase: Phase,
        place: &Range<usize>,
        message: impl Into<String>,
    ) -> Found {
        Found::new(Scope::Phase(phase), place, message)
    }
}

impl<'a> Placed<'a> {
    fn new(step: &'a Step, part: Part, table: Table<'a>, scope: Scope) -> Option<Self> {
        let of_check = || table.keys().map(|(_, place)| place).min_by_key(|place| place.start);
        let place = table.place("id").or_else(|| table.place("title")).or_else(of_check)?;
        let called = step.action.as_ref().map(|action| calls::of_action(action, table));
        let (calls, script) = called.unwrap_or_default();
        let done = wrappers::done(&calls);
        Some(Self { step, part, table, place, calls, done, script, scope })
    }

    /// Where the key's value stands, or the step, if it does not say the key.
    #[must_use]
    pub fn at(&self, key: &str) -> Range<usize> {
        self.table.place(key).unwrap_or_else(|| self.place.clone())
    }

    /// Where the step's action stands: its key.
    #[must_use]
    pub fn action(&self) -> Range<usize> {
        let keys = ["run", "shell", "manual", "wait", "observe"];
        let found = keys.iter().find_map(|key| self.table.key(key));
        found.unwrap_or_else(|| self.place.clone())
    }

    /// The phase it stands in.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        match self.part {
            Part::Phase(phase) | Part::Criterion(phase) => Some(phase),
            Part::Undo(phase) => phase,
            Part::Prerequisite | Part::Rollback => None,
        }
    }

    /// Whether a change is made where people would have to take it back: by a step of a phase.
    #[must_use]
    pub fn changes(&self) -> bool {
        matches!(self.part, Part::Phase(_)) && self.step.changes
    }

    /// Its checks, then its probe.
    #[must_use]
    pub fn checks(&self) -> Vec<PlacedCheck<'a>> {
        let mut tables = Vec::new();
        match self.part {
            Part::Prerequisite | Part::Criterion(_) => tables.push(self.table),
            Part::Phase(_) | Part::Undo(_) | Part::Rollback => {
                tables.extend(self.table.table("check"));
                tables.extend(self.table.tables("checks"));
            }
        }
        let probe = self.step.probe.iter().zip(self.table.table("probe"));
        let checks = self.step.checks.iter().zip(tables).chain(probe);
        checks.filter_map(|(check, table)| PlacedCheck::new(check, table)).collect()
    }

    pub(super) fn scope(&self) -> &Scope {
        &self.scope
    }

    /// Something about this step.
    #[must_use]
    pub fn found(&self, place: &Range<usize>, message: impl Into<String>) -> Found {
        Found::new(self.scope.clone(), place, message)
    }
}

impl<'a> PlacedCheck<'a> {
    fn new(check: &'a Check, table: Table<'a>) -> Option<Self> {
        let name = check.claim.name();
        let (kind, place) = (table.table(name)?, table.key(name)?);
        let called = (name == "command").then(|| calls::of_run(kind));
        let (calls, script) = called.unwrap_or_default();
        let done = wrappers::done(&calls);
        Some(Self { check, table, kind, place, calls, done, script })
    }

    /// Where the value of a key of its kind stands, or the check.
    #[must_use]
    pub fn at(&self, key: &str) -> Range<usize> {
        self.kind.place(key).unwrap_or_else(|| self.place.clone())
    }
}
