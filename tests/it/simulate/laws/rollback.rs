//! Nothing is taken back without a yes to a plan that showed it, nothing that did not run, newest
//! first; and what is said of it in the end is so.

use std::collections::BTreeMap;

use holdpoint::check::Outcome;
use holdpoint::runbook::Action;
use holdpoint::session::{
    ActionState, Answer, Answered, Close, Condition, Entry, Event, Question, RollbackVerdict,
    Session,
};
use holdpoint::value::Name;

use super::{Case, Law};
use crate::world::Effect;

#[derive(Default)]
pub(super) struct WayBack {
    yes: bool,
    /// What the plan showed when somebody said yes to it.
    shown: Vec<Name>,
    entered: bool,
    /// When each action was begun last, in the order of entries.
    begun: BTreeMap<Name, u64>,
    /// What was begun by a process that died: nobody knows how far it got.
    doubted: Vec<String>,
    /// What was taken back, in its order.
    undone: Vec<Name>,
}

impl Law for WayBack {
    fn before(&mut self, session: &Session, entry: &Entry, case: &Case<'_>) {
        let seq = entry.seq;
        if let Event::Resumed(_) | Event::RollbackRequested(_) = entry.event {
            let running = session.steps().filter(|(_, one)| one.action == ActionState::Running);
            self.doubted.extend(running.map(|(id, _)| id.to_string()));
        }
        match &entry.event {
            Event::Resumed(_) => self.yes = false,
            Event::RollbackRequested(_) => {
                self.yes = false;
                // What ended is not gone on with: somebody is asked again.
                self.entered &= !matches!(session.condition(), Condition::Closed(_));
            }
            Event::Answered(answered) => self.answered(answered, session, seq, case),
            Event::RollbackEntered => {
                assert!(self.yes, "entry {seq}: nobody said yes to rolling back");
                self.entered = true;
            }
            Event::Started { step, .. } => self.begins(step, seq),
            Event::Asked { question: Question::Manual { step }, .. } if is_undo(step) => {
                self.takes_back(step, seq);
            }
            Event::Closed { close: Close::RolledBack(RollbackVerdict::Verified) } => {
                is_really_gone(session, entry, case);
            }
            _ => {}
        }
    }

    /// No undo began of what had not begun, as the world knows.
    fn end(&mut self, case: &Case<'_>) {
        for (at, effect) in case.life.effects.iter().enumerate() {
            let Effect::Begun(id) = effect else { continue };
            let Some(of) = id.strip_prefix("undo.") else { continue };
            let of_it = |effect: &Effect| match effect {
                Effect::Begun(step) | Effect::Happened(step) => step == of,
            };
            let ran = case.life.effects[..at].iter().any(of_it);
            let may_have = self.doubted.iter().any(|step| step == of);
            assert!(ran || may_have, "{id} began, and {of} never had");
        }
    }
}

impl WayBack {
    fn answered(&mut self, answered: &Answered, session: &Session, seq: u64, case: &Case<'_>) {
        match (&answered.question, answered.answer) {
            (Question::Rollback, Answer::Proceed) => {
                self.yes = true;
                let plan = session.plan(case.book);
                self.shown = plan.ran.iter().map(|one| one.id.clone()).collect();
            }
            (
                Question::Manual { step } | Question::Failure { step } | Question::Doubt { step },
                Answer::Done,
            ) if !is_undo(step) => {
                self.begun.entry(step.clone()).or_insert(seq);
            }
            _ => {}
        }
    }

    fn begins(&mut self, step: &Name, seq: u64) {
        if is_undo(step) {
            self.takes_back(step, seq);
        } else {
            assert!(
                !self.entered || step.as_str().starts_with('r'),
                "entry {seq}: {step} starts while rolling back"
            );
            self.begun.insert(step.clone(), seq);
        }
    }

    fn takes_back(&mut self, undo: &Name, seq: u64) {
        let of = undone(undo);
        assert!(self.entered, "entry {seq}: {undo}, and nobody decided to roll back");
        assert!(self.shown.contains(&of), "entry {seq}: the plan did not show {of}");
        if self.undone.contains(&of) {
            return;
        }
        let at = |step: &Name| self.begun.get(step).copied();
        let newest = self.undone.iter().all(|before| at(before) > at(&of));
        assert!(newest, "entry {seq}: {of} is taken back behind {:?}", self.undone);
        self.undone.push(of);
    }
}

fn is_undo(step: &Name) -> bool {
    step.as_str().starts_with("undo.")
}

fn undone(undo: &Name) -> Name {
    undo.as_str().trim_start_matches("undo.").parse().expect("a name")
}

/// What happened and has an undo was taken back after it had; what was to be compared is as it
/// was, and some check passed.
fn is_really_gone(session: &Session, entry: &Entry, case: &Case<'_>) {
    let seq = entry.seq;
    let plan = session.plan(case.book);
    let last = |id: &Name| {
        let happened = Effect::Happened(id.to_string());
        case.life.effects.iter().rposition(|effect| *effect == happened)
    };
    for step in case.book.steps().filter(|step| step.changes) {
        let (Some(undo), Some(did)) = (&step.undo, last(&step.id)) else { continue };
        let gone = last(&undo.id).is_some_and(|undid| undid > did);
        assert!(gone, "entry {seq}: {} happened, and was not taken back", step.id);
    }
    for baseline in &plan.baselines {
        assert!(session.is_as_before(baseline), "entry {seq}: {} is worse", baseline.of);
    }
    let undos = plan.ran.iter().filter_map(|one| one.undo());
    for step in undos.chain(plan.then) {
        let state = session.step(&step.id);
        let good = state.action.is_good() || step.is_read_only() || state.skipped.is_some();
        let looked = step.checks.is_empty() || state.checks == Some(Outcome::Pass);
        let looked = looked || state.skipped.is_some();
        let acts = !matches!(step.action, Some(Action::Observe(_)));
        assert!(looked && (good || !acts), "entry {seq}: {} is open: {state:?}", step.id);
    }
}
