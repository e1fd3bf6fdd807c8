//! One step: at most one action, any number of checks, and nothing that has no meaning there.

use std::ops::Range;

use super::super::place::At;
use super::super::problem::{Code, Problem, quoted};
use super::super::syntax::{Id, RetryTable, Script, StepTable, TemplateText, UndoTable};
use super::super::{Action, Retry, Step, Template};
use super::{Resolver, line, lines};
use crate::check::Check;
use crate::value::{Name, Span};

/// An action as it is written, with its key and place.
type Written = (&'static str, Range<usize>, Option<Action>);

impl Resolver {
    /// The step, if it is one.
    pub(super) fn step(&mut self, table: At<StepTable>) -> Option<Step> {
        let place = table.value.id.as_ref().map_or(&table.span, |id| &id.span).clone();
        let damaged = self.is_damaged(&table);
        let mut table = table.value;
        let id = table.id.as_ref().and_then(|id| id.value.0.parse::<Name>().ok());
        let actions = actions(&mut table);
        self.one_action(&actions);
        self.out_of_place(&table, actions.first().map(|(key, ..)| *key), damaged);
        let has_action = !actions.is_empty();
        let action = actions.into_iter().next().and_then(|(.., action)| action);
        if table.check.is_none() && table.checks.is_none() && !has_action && !damaged {
            let message = match &id {
                Some(id) => {
                    format!("the step {} has neither an action nor a check", quoted(id.as_str()))
                }
                None => "a step has neither an action nor a check".to_owned(),
            };
            self.report(Problem::new(Code::StepEmpty, &place, message));
        }
        let checks = self.checks(&mut table);
        let needs = self.needs(table.id.as_ref(), &table.needs);
        let when = table.when.and_then(|when| self.condition(when));
        let undo = table.undo.and_then(|undo| self.undo(undo));
        let probe = table.probe.and_then(|probe| self.check(probe));
        Some(Step {
            id: id?,
            title: table.title?.0,
            why: table.why.map(|why| why.0.trim_end().to_owned()),
            owner: line(table.owner),
            estimate: table.estimate,
            timeout: table.timeout.unwrap_or(Step::TIMEOUT),
            retry: table.retry.map_or_else(Retry::default, |table| retry(&table)),
            action,
            checks,
            needs,
            when,
            undo,
            probe,
            idempotent: table.idempotent.is_some_and(|flag| flag.value),
            leaves_running: table.leaves_running.is_some_and(|flag| flag.value),
            deliverables: lines(table.deliverables),
            docs: lines(table.docs),
        })
    }

    fn one_action(&mut self, actions: &[Written]) {
        let Some((first, first_place, _)) = actions.first() else { return };
        for (key, place, _) in &actions[1..] {
            let message = format!("a step has both `{first}` and `{key}`");
            let problem = Problem::new(Code::ActionTwice, place, message);
            self.report(problem.also(first_place, "one action"));
        }
    }

    fn out_of_place(&mut self, table: &StepTable, action: Option<&str>, damaged: bool) {
        if damaged && action.is_none() {
            return;
        }
        let starts = matches!(action, Some("run" | "shell"));
        let changes = starts || action == Some("manual");
        let span_of = |flag: &Option<At<bool>>| flag.as_ref().map(|flag| flag.span.clone());
        let keys = [
            ("record", span_of(&table.record), action == Some("manual"), "`manual`"),
            ("idempotent", span_of(&table.idempotent), starts, "`run` or `shell`"),
            ("leaves_running", span_of(&table.leaves_running), starts, "`run` or `shell`"),
            (
                "probe",
                table.probe.as_ref().map(|probe| probe.span.clone()),
                changes,
                "`run`, `shell` or `manual`",
            ),
            (
                "undo",
                table.undo.as_ref().map(|undo| undo.span.clone()),
                changes,
                "`run`, `shell` or `manual`",
            ),
        ];
        for (key, place, fits, wanted) in keys {
            if let Some(place) = place
                && !fits
            {
                let message = format!("`{key}` has no meaning in a step without {wanted}");
                self.report(Problem::new(Code::OutOfPlace, &place, message));
            }
        }
    }

    fn checks(&mut self, table: &mut StepTable) -> Vec<Check> {
        let one = table.check.take();
        let several = table.checks.take();
        if let (Some(one), Some(several)) = (&one, &several) {
            let message = "a step has both `check` and `checks`";
            let problem = Problem::new(Code::CheckAndChecks, &several.span, message);
            self.report(problem.also(&one.span, "here"));
        }
        let several = several.into_iter().flat_map(|checks| checks.value);
        one.into_iter().chain(several).filter_map(|check| self.check(check)).collect()
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

    fn undo(&mut self, table: At<UndoTable>) -> Option<Action> {
        let damaged = self.is_damaged(&table);
        let At { value: UndoTable { run: words, shell, manual }, span } = table;
        let written = [words.map(run), shell.map(script), manual.map(|text| by_hand(text, false))];
        let mut actions: Vec<Written> = written.into_iter().flatten().collect();
        if actions.is_empty() && !damaged {
            let message = "an undo does nothing";
            self.report(
                Problem::new(Code::StepEmpty, &span, message)
                    .help("give it one of run, shell and manual"),
            );
        }
        self.one_action(&actions);
        actions.pop().and_then(|(.., action)| action)
    }
}

/// The actions of a step, in the order of the keys below.
fn actions(table: &mut StepTable) -> Vec<Written> {
    let record = table.record.as_ref().is_some_and(|flag| flag.value);
    let written = [
        table.run.take().map(run),
        table.shell.take().map(script),
        table.manual.take().map(|text| by_hand(text, record)),
        table.wait.take().map(wait),
    ];
    written.into_iter().flatten().collect()
}

fn run(words: At<Vec<At<TemplateText>>>) -> Written {
    let words_read = words.value.iter().map(|word| Template::parse(&word.value.0).ok());
    ("run", words.span, words_read.collect::<Option<Vec<_>>>().map(Action::Run))
}

fn script(text: At<Script>) -> Written {
    ("shell", text.span, Some(Action::Shell(text.value.0)))
}

fn by_hand(text: At<TemplateText>, record: bool) -> Written {
    let read = Template::parse(&text.value.0).ok();
    ("manual", text.span, read.map(|text| Action::Manual { text, record }))
}

fn wait(span: At<Span>) -> Written {
    ("wait", span.span, Some(Action::Wait(span.value)))
}

fn retry(table: &RetryTable) -> Retry {
    let default = Retry::default();
    Retry {
        attempts: table.attempts.unwrap_or(default.attempts),
        backoff: table.backoff.unwrap_or(default.backoff),
    }
}
