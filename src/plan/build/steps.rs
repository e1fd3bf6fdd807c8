//! Steps: what each does, whether it runs, and which are asked together.

use std::collections::BTreeSet;

use super::super::{Item, Kind, Undo, When};
use super::Maker;
use crate::runbook::{Action, Condition, Step, Values, Window};
use crate::value::Span;

impl Maker<'_> {
    /// Steps in their order. Those that will be skipped are added to `skipped`.
    pub(super) fn steps(&self, steps: &[Step], skipped: &mut BTreeSet<String>) -> Vec<Item> {
        let mut items = Vec::new();
        for step in steps {
            let item = self.item(step, skipped);
            if item.skipped.is_some() {
                skipped.insert(item.id.clone());
            }
            items.push(item);
        }
        group(&mut items);
        items
    }

    fn item(&self, step: &Step, skipped: &BTreeSet<String>) -> Item {
        let when = step.when.as_ref().map(|condition| self.when(condition));
        let starts = matches!(step.action, Some(Action::Run(_) | Action::Shell(_)));
        Item {
            id: step.id.to_string(),
            title: step.title.clone(),
            kind: kind(step),
            why: step.why.clone(),
            owner: step.owner.clone().or_else(|| self.book.owner.clone()),
            changes: step.changes,
            does: step.action.as_ref().map(|action| does(action, self.values)),
            environment: self.environment(step),
            checks: step.checks.iter().map(|check| self.check(check)).collect(),
            together: None,
            skipped: self.skipped(step, when.as_ref(), skipped),
            when,
            needs: step.needs.iter().map(ToString::to_string).collect(),
            undo: self.undo(step),
            on_failure: step.on_failure,
            attempts: step.retry.attempts,
            backoff_ms: step.retry.backoff.millis(),
            timeout_ms: starts.then(|| step.timeout.millis()),
            probe: step.probe.as_ref().map(|probe| self.check(probe)),
            idempotent: step.idempotent,
            leaves_running: step.leaves_running,
            needs_actions: step.needs_actions.clone(),
            deliverables: step.deliverables.clone(),
            docs: step.docs.clone(),
            estimate_ms: step.estimate.map(Span::millis),
            waits_ms: waits(step.action.as_ref()),
        }
    }

    fn undo(&self, step: &Step) -> Undo {
        match (&step.undo, &step.irreversible, step.changes) {
            (Some(undo), _, _) => {
                let mut item = self.item(undo, &BTreeSet::new());
                // Who did it takes it back.
                item.owner = step.owner.clone().or(item.owner);
                Undo::By { step: Box::new(item) }
            }
            (None, Some(why), _) => Undo::Irreversible { why: why.clone() },
            (None, None, true) => Undo::None,
            (None, None, false) => Undo::NothingToUndo,
        }
    }

    /// A condition, decided where the variable's value is known and no secret.
    fn when(&self, condition: &Condition) -> When {
        let known = !self.open.contains(&condition.variable);
        let value = self.values.0.get(&condition.variable).filter(|value| known && !value.secret);
        When {
            variable: condition.variable.clone(),
            is: condition.is.clone(),
            holds: value.map(|value| condition.is.contains(&value.text)),
        }
    }

    fn skipped(
        &self,
        step: &Step,
        when: Option<&When>,
        skipped: &BTreeSet<String>,
    ) -> Option<String> {
        if let Some(id) = step.needs.iter().find(|id| skipped.contains(id.as_str())) {
            return Some(format!("it needs {id}, which will be skipped"));
        }
        let when = when.filter(|when| when.holds == Some(false))?;
        let value = &self.values.0.get(&when.variable)?.text;
        Some(format!("{} is {value}, and the step is for {}", when.variable, when.is.join(" or ")))
    }

    /// What a script finds in its environment, of what it names.
    fn environment(&self, step: &Step) -> Vec<(String, String)> {
        let Some(Action::Shell(script)) = &step.action else { return Vec::new() };
        let named = self.book.variables.iter().filter(|one| names(script, &one.name));
        let shown = |name: &str| {
            let template = crate::text::Template::parse(&format!("{{{{{name}}}}}"));
            template.map(|template| self.values.show(&template)).unwrap_or_default()
        };
        named.map(|one| (one.name.clone(), shown(&one.name))).collect()
    }
}

/// Whether a script names a variable: `$name` or `${name`.
pub(in crate::plan) fn names(script: &str, variable: &str) -> bool {
    script.split('$').skip(1).any(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let behind = rest.strip_prefix(variable).map(|behind| behind.chars().next());
        behind.is_some_and(|next| !next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_'))
    })
}

fn kind(step: &Step) -> Kind {
    match &step.action {
        None => Kind::Looks,
        Some(Action::Run(_) | Action::Shell(_)) => Kind::Runs,
        Some(Action::Manual { .. }) => Kind::ByHand,
        Some(Action::Wait(_)) => Kind::Waits,
        Some(Action::Observe(_)) => Kind::Watches,
    }
}

/// What it does, as people would type or read it.
fn does(action: &Action, values: &Values) -> String {
    let shown = action.show(values);
    let bare = ["run: ", "shell: ", "by hand: "].iter().find_map(|kind| shown.strip_prefix(kind));
    bare.unwrap_or(&shown).to_owned()
}

/// Time that has to pass.
fn waits(action: Option<&Action>) -> Option<u64> {
    match action? {
        Action::Wait(span) => Some(span.millis()),
        Action::Observe(window) => Some(of_window(window)),
        Action::Run(_) | Action::Shell(_) | Action::Manual { .. } => None,
    }
}

fn of_window(window: &Window) -> u64 {
    u64::from(window.samples() - 1).saturating_mul(window.every.millis())
}

/// Numbers the groups of steps that are asked together: those that only look and stand side by
/// side. One that needs another of its group begins the next; one that is skipped parts them.
fn group(items: &mut [Item]) {
    let mut number = 0;
    let mut begins = 0;
    for at in 0..=items.len() {
        let joins = items.get(at).is_some_and(|item| {
            let others = &items[begins..at];
            is_open(item) && !others.iter().any(|other| item.needs.contains(&other.id))
        });
        if joins {
            continue;
        }
        if at - begins > 1 {
            number += 1;
            items[begins..at].iter_mut().for_each(|item| item.together = Some(number));
        }
        begins = match items.get(at) {
            Some(item) if is_open(item) => at,
            _ => at + 1,
        };
    }
}

fn is_open(item: &Item) -> bool {
    item.kind == Kind::Looks && item.skipped.is_none()
}
