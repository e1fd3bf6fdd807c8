//! A session is a fold over its events: [`Session::apply`] is the only thing that changes one, the
//! same whether the event has just happened or is read back. What to do next is asked of it with
//! [`Session::next`]. It knows no file, no clock and no terminal.
#![warn(clippy::wildcard_enum_match_arm)] // a new event must be thought about everywhere

use std::collections::BTreeMap;

use crate::runbook::Phase;
use crate::value::{Digest, Moment, Name, Person};

mod apply;
mod begun;
mod decisions;
mod event;
mod gate;
mod identity;
mod next;
mod opened;
mod question;
mod rollback;
mod step;
mod take;
mod watch;

pub use apply::Illegal;
pub use event::*;
pub use next::{Move, Task};
pub use opened::{Git, Opened, Rehearsal, Target};
pub use question::{Answer, Answered, Question, Terms};
pub use rollback::{Back, Plan, Planned};
pub use step::{ActionState, StepState};
pub use watch::Watch;

use begun::Begun;
use gate::Behind;
use identity::Guard;

/// Everything that is true of a session, made of its events and nothing else.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    dry: bool,
    opened: Option<Opened>,
    opened_at: Option<Moment>,
    runbook: String,
    variables: Vec<(String, Option<String>)>,
    stage: Stage,
    condition: Condition,
    pending: Option<Question>,
    released: Option<Release>,
    behind: Option<Behind>,
    guard: Guard,
    aborted: bool,
    failed: Option<Name>,
    back: Option<Back>,
    reopened: Option<Close>,
    closed: Option<Moment>,
    accepted: Option<Digest>,
    steps: BTreeMap<Name, StepState>,
    begun: BTreeMap<Name, Begun>,
    attested: BTreeMap<(Phase, u32), Attested>,
    phases: [PhaseState; 8],
    notes: Vec<Note>,
    last: Option<(Seq, Moment)>,
    latest: Option<Moment>,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Before phase 1: the prerequisites.
    #[default]
    Before,
    /// In a phase, or past one that was skipped.
    In(Phase),
}

/// Whether a session goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Condition {
    /// A process drives it, or one died doing so.
    #[default]
    Running,
    /// It stopped in good order and waits to be resumed; a person decided so, or `Some` reason.
    Held(Option<Hold>),
    /// It ended for good.
    Closed(Close),
}

/// A person's yes to a transition, good for one transition in the process that took it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Release {
    to: Option<Phase>,
    /// Where the evidence is that it was given on.
    from: Stage,
}

/// Somebody answers for what failed, for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Who, and until when.
    pub terms: Terms,
    /// Why.
    pub why: String,
    /// Who decided it, as the operating system tells.
    pub by: Person,
    /// When.
    pub at: Moment,
}

/// What a person said of a criterion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    /// Whether it is so.
    pub holds: bool,
    /// Who said it, as the operating system tells.
    pub by: Person,
    /// Who, in their own writing.
    pub name: Option<String>,
    /// When.
    pub at: Moment,
    /// What they added.
    pub text: Option<String>,
}

/// What became of a phase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhaseState {
    /// When it was entered.
    pub entered: Option<Moment>,
    /// When the gate behind it was passed.
    pub left: Option<Moment>,
    /// Why it was skipped.
    pub skipped: Option<String>,
}

/// Something that a person wrote down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// When.
    pub at: Moment,
    /// Who.
    pub by: Person,
    /// What.
    pub text: String,
    /// Whether it is a key learning.
    pub learning: bool,
    /// In which phase it was written.
    pub phase: Option<Phase>,
}

impl Session {
    /// A session in which steps are only rehearsed. Its events never reach a journal.
    #[must_use]
    pub fn dry_run() -> Self {
        Self { dry: true, ..Self::default() }
    }

    /// Whether this is a dry run.
    #[must_use]
    pub fn is_dry_run(&self) -> bool {
        self.dry
    }

    /// The recording that it has its answers from, where it is a rehearsal.
    #[must_use]
    pub fn rehearsal(&self) -> Option<&Rehearsal> {
        self.opened.as_ref()?.rehearsal.as_ref()
    }

    /// Whether nothing of it is real.
    #[must_use]
    pub fn is_rehearsal(&self) -> bool {
        self.rehearsal().is_some()
    }

    /// What the session began with; none before its first event.
    #[must_use]
    pub fn opened(&self) -> Option<&Opened> {
        self.opened.as_ref()
    }

    /// The text of the runbook that is followed now: the first one, or the last one accepted.
    #[must_use]
    pub fn runbook_text(&self) -> &str {
        &self.runbook
    }

    /// Digest of [`Session::runbook_text`].
    #[must_use]
    pub fn runbook_digest(&self) -> Digest {
        Digest::of(self.runbook.as_bytes())
    }

    /// Where it stands.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// Whether it goes on.
    #[must_use]
    pub fn condition(&self) -> Condition {
        self.condition
    }

    /// The question that waits for a person.
    #[must_use]
    pub fn pending(&self) -> Option<&Question> {
        self.pending.as_ref()
    }

    /// Digest of the changed runbook that a person accepted a moment ago.
    #[must_use]
    pub fn accepted(&self) -> Option<Digest> {
        self.accepted
    }

    /// What is known of a step; the default for one that nothing happened to.
    #[must_use]
    pub fn step(&self, id: &Name) -> StepState {
        self.steps.get(id).cloned().unwrap_or_default()
    }

    /// Every step that something happened to.
    pub fn steps(&self) -> impl Iterator<Item = (&Name, &StepState)> {
        self.steps.iter()
    }

    /// What was said of a criterion, if anything.
    #[must_use]
    pub fn attested(&self, phase: Phase, number: u32) -> Option<&Attested> {
        self.attested.get(&(phase, number))
    }

    /// What became of a phase.
    #[must_use]
    pub fn phase(&self, phase: Phase) -> &PhaseState {
        &self.phases[phase.index()]
    }

    /// All notes and learnings, oldest first.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Number and time of the last event.
    #[must_use]
    pub fn last(&self) -> Option<(Seq, Moment)> {
        self.last
    }

    /// The step whose failure ended the session, or is about to.
    #[must_use]
    pub fn failed_step(&self) -> Option<&Name> {
        self.failed.as_ref()
    }

    /// How the session had ended before somebody came to roll it back.
    #[must_use]
    pub fn reopened(&self) -> Option<Close> {
        self.reopened
    }

    /// When it ended, the last time.
    #[must_use]
    pub fn closed_at(&self) -> Option<Moment> {
        self.closed
    }

    /// Steps whose failure somebody answers for, with the terms.
    pub fn waivers(&self) -> impl Iterator<Item = (&Name, &Waiver)> {
        self.steps.iter().filter_map(|(id, state)| Some((id, state.waived.as_ref()?)))
    }

    /// A step whose waiver is over at this moment. A clock that goes back brings no time back: the
    /// latest moment on record counts too.
    #[must_use]
    pub fn waiver_over(&self, now: Moment) -> Option<&Name> {
        let latest = self.latest.map_or(now.millis(), |latest| latest.millis().max(now.millis()));
        let over =
            |(id, waiver): (_, &Waiver)| (waiver.terms.until.millis() <= latest).then_some(id);
        let goes_on = !matches!(self.condition, Condition::Closed(_));
        self.waivers().find_map(over).filter(|_| goes_on)
    }

    /// The variables of the runbook that is followed now, with their values; none for a secret.
    #[must_use]
    pub fn variables(&self) -> &[(String, Option<String>)] {
        &self.variables
    }

    /// Value of a variable that is no secret.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(known, _)| known == name)?.1.as_deref()
    }
}

impl Stage {
    /// The phase, once there is one.
    #[must_use]
    pub fn phase(self) -> Option<Phase> {
        match self {
            Self::Before => None,
            Self::In(phase) => Some(phase),
        }
    }

    /// The phase after this stage; none after the eighth.
    #[must_use]
    pub fn following(self) -> Option<Phase> {
        match self {
            Self::Before => Some(Phase::PreDeploymentAnalysis),
            Self::In(phase) => phase.next(),
        }
    }
}
