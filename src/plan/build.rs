//! Makes the plan: variables filled in, conditions decided, groups found.

use std::collections::BTreeSet;

use super::{
    Call, Check, Criterion, Gate, Head, Item, Plan, Proof, Stage, Target, Time, Told, Undo, WayBack,
};
use crate::runbook::{Contact, Origin, Phase, Runbook, Section, Values, Variable};
use crate::value::{Name, Span};
use crate::{check, runbook};

mod steps;

pub(super) use steps::names;

/// What everything is made from.
pub(super) struct Maker<'a> {
    book: &'a Runbook,
    values: &'a Values,
    open: &'a BTreeSet<String>,
}

pub(super) fn plan(book: &Runbook, values: &Values, open: &BTreeSet<String>) -> Plan {
    let maker = Maker { book, values, open };
    let mut skipped = BTreeSet::new();
    let prerequisites = maker.steps(&book.prerequisites, &mut skipped);
    let phases: Vec<Stage> =
        Phase::ALL.into_iter().map(|phase| maker.stage(phase, &mut skipped)).collect();
    let rollback = maker.way_back(&phases, &mut skipped);
    let before = Time::of(&prerequisites);
    let time = phases.iter().fold(before, |time, stage| time.then(&stage.time));
    Plan {
        format: Plan::FORMAT,
        runbook: head(book),
        variables: book.variables.iter().map(|one| maker.told(one)).collect(),
        aws: book.aws.as_ref().map(target),
        contacts: book.contacts.iter().map(call).collect(),
        prerequisites,
        gate: Gate { to: maker.following(None), word: maker.word(), expires_ms: None },
        phases,
        baseline: book.baselines.iter().map(|baseline| baseline.of.to_string()).collect(),
        rollback,
        time,
        stated_ms: book.estimate.map(millis),
    }
}

fn millis(span: Span) -> u64 {
    span.millis()
}

fn head(book: &Runbook) -> Head {
    Head {
        id: book.id.to_string(),
        title: book.title.clone(),
        environment: book.environment.to_string(),
        production: book.is_production(),
        component: book.component.to_string(),
        owner: book.owner.clone(),
        references: book.references.clone(),
        digest: book.source.digest.to_string(),
    }
}

fn target(aws: &runbook::Aws) -> Target {
    Target {
        account: aws.account.clone(),
        region: aws.region.clone(),
        role: aws.role.clone(),
        assume_role: aws.assume_role.clone(),
    }
}

fn call(contact: &Contact) -> Call {
    Call {
        name: contact.name.clone(),
        reach: contact.reach.clone(),
        escalate_after_ms: contact.escalate_after.map(millis),
    }
}

impl Maker<'_> {
    fn told(&self, variable: &Variable) -> Told {
        let known = !variable.secret && !self.open.contains(&variable.name);
        let value = self.values.0.get(&variable.name).filter(|_| known);
        let from = match &variable.origin {
            Origin::Literal(_) => "the runbook".to_owned(),
            Origin::Env(name) => format!("the environment: {name}"),
            Origin::Prompt { text, default: None } => format!("asked for: {text}"),
            Origin::Prompt { text, default: Some(default) } => {
                format!("asked for: {text} (offered: {default})")
            }
        };
        let (name, secret) = (variable.name.clone(), variable.secret);
        Told { name, value: value.map(|value| value.text.clone()), from, secret }
    }

    /// What is typed to open a gate.
    fn word(&self) -> String {
        let environment = self.book.environment.to_string();
        if self.book.is_production() { environment } else { "proceed".to_owned() }
    }

    /// The number of the next phase that applies.
    fn following(&self, phase: Option<Phase>) -> Option<usize> {
        let from = phase.map_or(0, Phase::number);
        let applies = |phase: &Phase| self.book.section(*phase).skip.is_none();
        Phase::ALL[from..].iter().copied().find(applies).map(Phase::number)
    }

    fn stage(&self, phase: Phase, skipped: &mut BTreeSet<String>) -> Stage {
        let section = self.book.section(phase);
        let steps = self.steps(&section.steps, skipped);
        let gate = section.skip.is_none().then(|| Gate {
            to: self.following(Some(phase)),
            word: self.word(),
            expires_ms: section.gate.expires.map(millis),
        });
        Stage {
            phase,
            number: phase.number(),
            name: phase.name(),
            goal: section.goal.clone(),
            skip: section.skip.clone(),
            criteria: section
                .criteria
                .iter()
                .map(|one| self.criterion(one, section, skipped))
                .collect(),
            gate,
            time: Time::of(&steps),
            stated_ms: section.estimate.map(millis),
            steps,
        }
    }

    fn criterion(
        &self,
        criterion: &runbook::Criterion,
        section: &Section,
        skipped: &BTreeSet<String>,
    ) -> Criterion {
        let mut unproven = None;
        let proof = match &criterion.proof {
            runbook::Proof::Attested(text) => Proof::Word { statement: self.values.show(text) },
            runbook::Proof::Steps(ids) => {
                let gone = ids.iter().find(|id| skipped.contains(id.as_str()));
                unproven = gone.map(|id| format!("{id} is skipped, and proves nothing"));
                match ids.as_slice() {
                    [id] if id.as_str().starts_with("exit.") => self.own_check(id, section),
                    ids => Proof::Steps { ids: ids.iter().map(ToString::to_string).collect() },
                }
            }
        };
        Criterion { text: criterion.text.clone(), proof, unproven }
    }

    /// The check of a criterion's own. Ids that begin like this are the program's.
    fn own_check(&self, id: &Name, section: &Section) -> Proof {
        let id_text = id.to_string();
        let step = section.steps.iter().find(|step| step.id == *id);
        match step.and_then(|step| step.checks.first()) {
            Some(check) => Proof::Check { id: id_text, check: self.check(check) },
            None => Proof::Steps { ids: vec![id_text] },
        }
    }

    /// A check in words.
    fn check(&self, check: &check::Check) -> Check {
        let shown = self.values.show_check(check);
        let mut says = shown.claim.kind().says();
        for name in self.open {
            // In a pattern a value stands for itself: what stands for no value, too.
            let shown = format!("{{{{{name}}}}}");
            says = says.replace(&regex::escape(&shown), &shown);
        }
        let timeout = (check.timeout != check::Check::TIMEOUT).then(|| check.timeout.millis());
        Check {
            kind: check.claim.name(),
            title: shown.title,
            says,
            until_ms: check.until.map(|until| (until.every.millis(), until.within.millis())),
            timeout_ms: timeout,
            baseline: check.baseline,
        }
    }

    fn way_back(&self, phases: &[Stage], skipped: &mut BTreeSet<String>) -> WayBack {
        let changes = |step: &&Item| step.changes && step.skipped.is_none();
        let all = || phases.iter().flat_map(|stage| &stage.steps).filter(changes).rev();
        let mut steps = self.steps(&self.book.rollback.steps, skipped);
        // What goes back is not taken back itself.
        let bare = steps.iter_mut().filter(|step| step.undo == Undo::None);
        bare.for_each(|step| step.undo = Undo::NothingToUndo);
        let undos = all().filter_map(|step| match &step.undo {
            Undo::By { step } => Some(step.as_ref()),
            Undo::NothingToUndo | Undo::Irreversible { .. } | Undo::None => None,
        });
        let has_undo = |step: &&Item| matches!(step.undo, Undo::By { .. });
        let ids = |wanted: bool| {
            let those = all().filter(|step| has_undo(step) == wanted);
            those.map(|step| step.id.clone()).collect::<Vec<_>>()
        };
        WayBack {
            when: self.book.rollback.when.clone(),
            undone: ids(true),
            kept: ids(false),
            time: Time::of(undos).then(&Time::of(&steps)),
            steps,
        }
    }
}
