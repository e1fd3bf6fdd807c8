//! One step: at most one action, any number of checks, and nothing that has no meaning there.

use std::ops::Range;

use super::super::place::At;
use super::super::problem::{Code, Problem, quoted};
use super::super::syntax::{Id, RetryTable, StepTable, UndoTable};
use super::super::{Action, Retry, Step};
use super::checks::Stand;
use super::ids::UNDO;
use super::{Resolver, line, lines};
use crate::check::Check;
use crate::value::Name;

impl Resolver {
    /// The step, if it is one.
    pub(super) fn step(&mut self, table: At<StepTable>, stand: Stand) -> Option<Step> {
        let place = table.value.id.as_ref().map_or(&table.span, |id| &id.span).clone();
        let damaged = self.is_damaged(&table);
        let mut table = table.value;
        let id = table.id.as_ref().and_then(|id| id.value.0.parse::<Name>().ok());
        let named = id.zip(table.title.take()).map(|(id, title)| Step::named(id, title.0));
        self.undo_of_nothing(&table);
        self.here = table.id.as_ref().and_then(|id| self.ids.rank(&id.value.0));
        let step = self.work(named, &mut table, stand, &place, damaged);
        let needs = self.needs(table.id.as_ref(), &table.needs);
        let when = table.when.and_then(|when| self.condition(when));
        let undo = table.undo.and_then(|undo| self.undo(step.as_ref(), undo));
        Some(Step {
            why: table.why.map(|why| why.0.trim_end().to_owned()),
            owner: line(table.owner),
            needs,
            when,
            on_failure: table.on_failure.map(|policy| policy.value).unwrap_or_default(),
            undo: undo.map(Box::new),
            irreversible: table.irreversible.map(|why| why.value.0),
            needs_actions: table.needs_actions.into_iter().map(|action| action.0).collect(),
            deliverables: lines(table.deliverables),
            docs: lines(table.docs),
            ..step?
        })
    }

    /// What takes a step's action back, a step itself.
    fn undo(&mut self, of: Option<&Step>, table: At<UndoTable>) -> Option<Step> {
        let damaged = self.is_damaged(&table);
        let At { value: table, span } = table;
        let named =
            of.map(|step| Step::named(step.id.behind(UNDO), format!("Undo: {}", step.title)));
        self.work(named, &mut table.into(), Stand::Undo, &span, damaged)
    }

    /// Fills in what a step does, how it is checked, and how patiently.
    fn work(
        &mut self,
        step: Option<Step>,
        table: &mut StepTable,
        stand: Stand,
        place: &Range<usize>,
        damaged: bool,
    ) -> Option<Step> {
        let actions = self.actions(table);
        self.one_action(&actions, stand);
        let key = actions.first().map(|(key, ..)| *key);
        if !damaged {
            self.something(table, key, stand, place);
        }
        if !damaged || key.is_some() {
            self.out_of_place(table, key, stand);
        }
        let checks = self.checks(table, key == Some("observe"), stand);
        let probe = table.probe.take().and_then(|probe| self.check(probe, Stand::Probe));
        let action = actions.into_iter().next().and_then(|(.., action)| action);
        let flag = |flag: &Option<At<bool>>, else_so| flag.as_ref().map_or(else_so, |at| at.value);
        let acts =
            matches!(action, Some(Action::Run(_) | Action::Shell(_) | Action::Manual { .. }));
        step.map(|step| Step {
            estimate: table.estimate,
            timeout: table.timeout.as_ref().map_or(Step::TIMEOUT, |timeout| timeout.value),
            retry: table.retry.as_ref().map_or_else(Retry::default, |table| retry(&table.value)),
            changes: acts && flag(&table.changes, true),
            idempotent: flag(&table.idempotent, false),
            leaves_running: flag(&table.leaves_running, false),
            action,
            checks,
            probe,
            ..step
        })
    }

    /// Reports a step that does nothing and asks nothing.
    fn something(
        &mut self,
        table: &StepTable,
        action: Option<&str>,
        stand: Stand,
        place: &Range<usize>,
    ) {
        let has_check = table.check.is_some() || table.checks.is_some();
        match action {
            None if stand == Stand::Undo => {
                let problem = Problem::new(Code::StepEmpty, place, "an undo does nothing");
                self.report(problem.help("give it one of run, shell and manual"));
            }
            None if !has_check => {
                let message = match &table.id {
                    Some(id) => {
                        let id = quoted(&id.value.0);
                        format!("the step {id} has neither an action nor a check")
                    }
                    None => "a step has neither an action nor a check".to_owned(),
                };
                self.report(Problem::new(Code::StepEmpty, place, message));
            }
            Some("observe") if !has_check => {
                let message = "a step observes, and has no check that it could ask";
                self.report(Problem::new(Code::ObserveNothing, place, message));
            }
            None | Some(_) => {}
        }
    }

    /// Reports each key that has no meaning beside the step's action.
    fn out_of_place(&mut self, table: &StepTable, action: Option<&str>, stand: Stand) {
        const STARTS: &str = " without `run` or `shell`";
        const ACTS: &str = " without `run`, `shell` or `manual`";
        const SAMPLES: &str = " that observes";
        let by_hand = action == Some("manual");
        let observes = action == Some("observe");
        let starts = matches!(action, Some("run" | "shell"));
        let acts = starts || by_hand;
        let keys = [
            ("record", place(table.record.as_ref()), by_hand, " without `manual`"),
            ("idempotent", place(table.idempotent.as_ref()), starts, STARTS),
            ("leaves_running", place(table.leaves_running.as_ref()), starts, STARTS),
            ("changes", place(table.changes.as_ref()), acts, ACTS),
            ("probe", place(table.probe.as_ref()), acts, ACTS),
            ("undo", place(table.undo.as_ref()), acts, ACTS),
            ("irreversible", place(table.irreversible.as_ref()), acts, ACTS),
            ("retry", place(table.retry.as_ref()), !observes, SAMPLES),
            ("timeout", place(table.timeout.as_ref()), !observes, SAMPLES),
        ];
        for (key, place, fits, of_what) in keys {
            if let Some(place) = place
                && !fits
            {
                let message = format!("`{key}` has no meaning in {stand}{of_what}");
                self.report(Problem::new(Code::OutOfPlace, &place, message));
            }
        }
    }

    fn undo_of_nothing(&mut self, table: &StepTable) {
        if let (Some(At { value: false, span }), Some(undo)) = (&table.changes, &table.undo) {
            let message = "a step changes nothing, and has an undo";
            let problem = Problem::new(Code::UndoOfNothing, &undo.span, message);
            self.report(problem.also(span, "changes nothing"));
        }
        if let (Some(why), Some(undo)) = (&table.irreversible, &table.undo) {
            let message = "a step is irreversible, and has an undo";
            let problem = Problem::new(Code::UndoneThoughIrreversible, &why.span, message);
            self.report(problem.also(&undo.span, "takes it back"));
        }
    }

    fn checks(&mut self, table: &mut StepTable, observes: bool, stand: Stand) -> Vec<Check> {
        let one = table.check.take();
        let several = table.checks.take();
        if let (Some(one), Some(several)) = (&one, &several) {
            let message = format!("{stand} has both `check` and `checks`");
            let problem = Problem::new(Code::CheckAndChecks, &several.span, message);
            self.report(problem.also(&one.span, "here"));
        }
        let all = one.into_iter().chain(several.into_iter().flat_map(|checks| checks.value));
        let mut checks = Vec::new();
        for check in all {
            if observes && check.value.until.is_some() {
                let message = "`until` has no meaning in a check of a step that observes";
                self.report(
                    Problem::new(Code::OutOfPlace, &check.span, message)
                        .help("remove it: the check is asked once for each sample"),
                );
            }
            checks.extend(self.check(check, stand));
        }
        checks
    }

    fn needs(&mut self, own: Option<&At<Id>>, needs: &[At<Id>]) -> Vec<Name> {
        let own_rank = own.and_then(|id| self.ids.rank(&id.value.0));
        let mut names: Vec<Name> = Vec::new();
        for id in needs {
            let Some((name, rank)) = self.known_step(id, Code::NeedsUnknown) else { continue };
            let Some(own_rank) = own_rank else { continue };
            let text = quoted(&id.value.0);
            if rank == own_rank {
                let message = format!("the step {text} needs itself");
                self.report(Problem::new(Code::NeedsLater, &id.span, message));
            } else if rank > own_rank {
                let message = format!("the step {text} comes later than the one that needs it");
                self.report(Problem::new(Code::NeedsLater, &id.span, message));
            } else if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }
}

fn place<T>(value: Option<&At<T>>) -> Option<Range<usize>> {
    value.map(|value| value.span.clone())
}

fn retry(table: &RetryTable) -> Retry {
    let default = Retry::default();
    Retry {
        attempts: table.attempts.unwrap_or(default.attempts),
        backoff: table.backoff.unwrap_or(default.backoff),
    }
}
