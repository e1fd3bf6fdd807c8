//! No gate opens by itself, and none on evidence that is older than it allows.

use std::collections::BTreeMap;

use holdpoint::check::Outcome;
use holdpoint::runbook::{Action, Phase, Step};
use holdpoint::session::{Answer, Close, Entry, Event, Question, Session, Stage};
use holdpoint::value::Name;

use super::actions::is_pass;
use super::{Case, Law};

/// Before each phase stands a yes to it, given to the same process.
#[derive(Default)]
pub(super) struct Yes {
    given: Option<Option<Phase>>,
    /// How it was closed, when somebody came back to roll back.
    closed: Option<Close>,
}

impl Law for Yes {
    fn before(&mut self, session: &Session, entry: &Entry, case: &Case<'_>) {
        let seq = entry.seq;
        match &entry.event {
            Event::Opened(_) | Event::Resumed(_) | Event::RollbackRequested(_) => self.given = None,
            Event::Answered(answered) => {
                if let (Question::Gate { to }, Answer::Proceed) =
                    (&answered.question, answered.answer)
                {
                    everything_holds(session, case, seq, *to);
                    self.given = Some(*to);
                }
            }
            Event::WaiverExpired { .. } => self.given = None,
            Event::Entered { phase } => {
                assert_eq!(self.given.take(), Some(Some(*phase)), "entry {seq}: {phase}");
            }
            Event::PhaseSkipped { phase, .. } => {
                let past = self.given.is_some_and(|to| to.is_none_or(|to| to > *phase));
                assert!(past, "entry {seq}: {phase} is skipped without a yes");
            }
            Event::Closed { close: Close::Finished } if self.closed != Some(Close::Finished) => {
                assert_eq!(self.given, Some(None), "entry {seq}: it ends without a yes");
            }
            _ => {}
        }
        if let Event::Closed { close } = &entry.event {
            self.closed = Some(*close);
        }
    }
}

/// Nobody is asked to let a phase begin while something of the last one is open.
fn everything_holds(session: &Session, case: &Case<'_>, seq: u64, to: Option<Phase>) {
    let steps = match session.gate_stands_on(to) {
        Stage::Before => &case.book.prerequisites,
        Stage::In(phase) => &case.book.section(phase).steps,
    };
    for step in steps {
        let state = session.step(&step.id);
        let let_pass = state.skipped.is_some() || state.waived.is_some() || state.policy.is_some();
        let looked = step.checks.is_empty() || state.checks == Some(Outcome::Pass);
        let acts = step.action.as_ref().is_some_and(|one| !matches!(one, Action::Observe(_)));
        let done = !acts || state.action.is_good();
        assert!(let_pass || (looked && done), "entry {seq}: {} is open: {state:?}", step.id);
    }
}

/// What a phase was entered on is not older than its gate allows when the phase's first action
/// begins, in true time; and where it was read again and is another, a new yes stands before it.
#[derive(Default)]
pub(super) struct Fresh {
    entered: Option<Entered>,
    /// The last evidence of each step: when it was read, and how it was.
    read: BTreeMap<Name, Read>,
}

#[derive(Clone, Copy)]
struct Read {
    at: i64,
    passed: bool,
}

/// A phase that was entered, and in which nothing began yet.
struct Entered {
    from: Stage,
    /// Whether this process read the evidence again.
    read_again: bool,
    /// What it was before it was read again, and when that began.
    before: BTreeMap<Name, Read>,
    expired: Option<i64>,
    yes: bool,
}

impl Law for Fresh {
    fn before(&mut self, session: &Session, entry: &Entry, case: &Case<'_>) {
        let now = case.life.truth.of_entry(entry.seq);
        match &entry.event {
            Event::Checked { step, findings, .. } => {
                self.read.insert(step.clone(), Read { at: now, passed: is_pass(findings) });
            }
            Event::Entered { .. } => {
                let from = last_entered(session);
                self.entered = Some(Entered {
                    from,
                    read_again: false,
                    before: BTreeMap::new(),
                    expired: None,
                    yes: false,
                });
            }
            Event::GateExpired { .. } => self.expires(now),
            Event::Resumed(_) | Event::RollbackRequested(_) => {
                if let Some(entered) = &mut self.entered {
                    entered.read_again = false;
                }
            }
            Event::Answered(answered) => match (&answered.question, answered.answer) {
                (Question::Manual { step }, Answer::Done | Answer::Failed)
                    if is_here(step, session, case) =>
                {
                    self.entered = None;
                }
                (question, answer) => self.answered(question, answer),
            },
            Event::Sampled(sample)
                if sample.gap.is_none()
                    && is_here(&sample.step, session, case)
                    && !session.step(&sample.step).revisited =>
            {
                self.is_fresh(session, entry, case, now);
            }
            Event::Started { step, .. } if is_here(step, session, case) => {
                self.is_fresh(session, entry, case, now);
                self.entered = None;
            }
            Event::Asked { question: Question::Manual { step }, .. }
                if is_here(step, session, case) =>
            {
                self.is_fresh(session, entry, case, now);
            }
            _ => {}
        }
    }
}

impl Fresh {
    fn expires(&mut self, now: i64) {
        let Some(entered) = &mut self.entered else { return };
        entered.read_again = true;
        // What somebody said yes to counts, not what was read halfway since.
        if entered.expired.is_none() || entered.yes {
            entered.before.clone_from(&self.read);
        }
        entered.expired = Some(now);
        entered.yes = false;
    }

    fn answered(&mut self, question: &Question, answer: Answer) {
        let Some(entered) = &mut self.entered else { return };
        if let (Question::Gate { .. }, Answer::Proceed) = (question, answer) {
            entered.yes = true;
        }
    }

    fn is_fresh(&self, session: &Session, entry: &Entry, case: &Case<'_>, now: i64) {
        let Some(entered) = &self.entered else { return };
        let Stage::In(phase) = entered.from else { return };
        let Some(expires) = case.book.section(phase).gate.expires else { return };
        let steps = &case.book.section(phase).steps;
        for (step, read) in steps.iter().filter_map(|step| Some((step, self.read.get(&step.id)?))) {
            // What a window saw is a matter of many samples, not of the last look at it.
            if !matches!(step.action, Some(Action::Observe(_))) {
                self.is_the_same(entered, step, *read, entry);
            }
            if !counts(step, session) {
                continue;
            }
            let set_back = case.life.truth.was_set_back(read.at, now);
            let old = u64::try_from(now - read.at).expect("true time") > expires.millis();
            let good = !old || set_back || entered.read_again;
            assert!(good, "entry {}: {} was read too long ago", entry.seq, step.id);
            let again = entered.expired.is_none_or(|expired| read.at >= expired);
            assert!(again, "entry {}: {} expired, and was not read again", entry.seq, step.id);
        }
    }

    /// What expired was read again, and where it is another, somebody said yes to that.
    fn is_the_same(&self, entered: &Entered, step: &Step, read: Read, entry: &Entry) {
        let (Some(expired), Some(before)) = (entered.expired, entered.before.get(&step.id)) else {
            return;
        };
        let same = read.at < expired || read.passed == before.passed;
        assert!(same || entered.yes, "entry {}: {} changed, nobody knows", entry.seq, step.id);
    }
}

/// Whether a step's checks are evidence: not what was waived or let pass, and no window.
fn counts(step: &Step, session: &Session) -> bool {
    let state = session.step(&step.id);
    let watched = matches!(step.action, Some(Action::Observe(_)));
    state.waived.is_none() && state.policy.is_none() && !watched
}

/// Whether the step belongs to the phase that was entered, and not to what it was entered on.
fn is_here(step: &Name, session: &Session, case: &Case<'_>) -> bool {
    case.book.place(step).map(|(phase, ..)| Stage::In(phase)) == Some(session.stage())
}

fn last_entered(session: &Session) -> Stage {
    let entered = |phase: &&Phase| session.phase(**phase).entered.is_some();
    Phase::ALL.iter().rev().find(entered).map_or(Stage::Before, |phase| Stage::In(*phase))
}
