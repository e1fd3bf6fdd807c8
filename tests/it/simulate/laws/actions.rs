//! No action runs twice without a decision, be it a step's or what takes it back; and nothing runs
//! that the record does not tell of.

use std::collections::BTreeMap;

use holdpoint::check::Outcome;
use holdpoint::runbook::{Action, Step};
use holdpoint::session::{Answer, Answered, Ending, Entry, Event, Finding, Question, Session};
use holdpoint::value::Name;

use super::{Case, Law};
use crate::world::Effect;

/// What this law knows of one action; it believes the session nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Known {
    /// It may start: it never did, or a person decided so.
    #[default]
    Free,
    Running,
    InDoubt,
    Good,
    /// It ended badly. Whether it may start again is the runbook's to say.
    Bad,
    /// It may not start without a person's decision.
    Stuck,
}

#[derive(Default)]
pub(super) struct Starts {
    known: BTreeMap<Name, Known>,
    /// Since the last decision.
    bad_tries: BTreeMap<Name, u32>,
    started: BTreeMap<Name, usize>,
}

impl Law for Starts {
    fn before(&mut self, _session: &Session, entry: &Entry, case: &Case<'_>) {
        match &entry.event {
            Event::Started { step, .. } => {
                let def = case.book.step(step).expect("the runbook has it");
                let (now, bad) = (self.of(step), self.bad_tries.get(step).copied());
                let may = may_start(now, bad.unwrap_or_default(), def);
                assert!(may, "entry {}: {step} starts, and it is {now:?}, {bad:?}", entry.seq);
                let others = self.known.values().filter(|one| **one == Known::Running).count();
                assert_eq!(others, 0, "entry {}: {step} starts beside another", entry.seq);
                self.known.insert(step.clone(), Known::Running);
                *self.started.entry(step.clone()).or_default() += 1;
            }
            Event::Acted { step, ending, .. } => self.acted(step, ending, entry),
            Event::Checked { step, findings, .. } if !is_pass(findings) => {
                *self.bad_tries.entry(step.clone()).or_default() += 1;
            }
            Event::Resumed(_) | Event::RollbackRequested(_) => {
                let running = self.known.values_mut().filter(|one| **one == Known::Running);
                running.for_each(|one| *one = Known::InDoubt);
            }
            Event::WaiverExpired { step } if self.of(step) == Known::Bad => {
                self.known.insert(step.clone(), Known::Stuck);
            }
            Event::Answered(answered) => self.answered(answered),
            _ => {}
        }
    }

    /// The ledger knows of no start that the record does not tell of.
    fn end(&mut self, case: &Case<'_>) {
        let mut begun: BTreeMap<Name, usize> = BTreeMap::new();
        for effect in &case.life.effects {
            if let Effect::Begun(step) = effect {
                *begun.entry(step.parse().expect("a name")).or_default() += 1;
            }
        }
        for (step, times) in begun {
            let known = self.started.get(&step).copied().unwrap_or_default();
            assert!(times <= known, "{step} began {times} times, and {known} are on record");
        }
    }
}

impl Starts {
    fn of(&self, step: &Name) -> Known {
        self.known.get(step).copied().unwrap_or_default()
    }

    fn acted(&mut self, step: &Name, ending: &Ending, entry: &Entry) {
        assert_eq!(self.of(step), Known::Running, "entry {}: {step} ends", entry.seq);
        let now = match ending {
            Ending::Interrupted => Known::Stuck,
            ending if ending.is_good() => Known::Good,
            _ => {
                *self.bad_tries.entry(step.clone()).or_default() += 1;
                Known::Bad
            }
        };
        self.known.insert(step.clone(), now);
    }

    fn answered(&mut self, answered: &Answered) {
        let (step, now) = match (&answered.question, answered.answer) {
            (Question::Failure { step }, Answer::Retry) if self.of(step) == Known::Good => {
                (step, Known::Good)
            }
            (Question::Failure { step }, Answer::Retry | Answer::Rerun)
            | (Question::Doubt { step }, Answer::Rerun | Answer::Never) => (step, Known::Free),
            (
                Question::Failure { step } | Question::Doubt { step } | Question::Manual { step },
                Answer::Done,
            ) => (step, Known::Good),
            _ => return,
        };
        self.known.insert(step.clone(), now);
        self.bad_tries.remove(step);
    }
}

fn may_start(now: Known, bad_tries: u32, step: &Step) -> bool {
    match now {
        Known::Free => true,
        Known::InDoubt => step.idempotent || matches!(step.action, Some(Action::Wait(_))),
        Known::Bad => bad_tries < step.retry.attempts,
        Known::Running | Known::Good | Known::Stuck => false,
    }
}

/// Whether all that was found is as it should be.
pub(super) fn is_pass(findings: &[Finding]) -> bool {
    !findings.is_empty()
        && findings.iter().all(|finding| finding.verdict.outcome() == Outcome::Pass)
}
