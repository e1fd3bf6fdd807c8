//! What a session went on in spite of, and what nobody but a person vouches for: told at each
//! gate, in the head, and at the end.

use super::{Line, Tone, age};
use crate::runbook::{Action, OnFailure, Runbook};
use crate::session::{ActionState, Session, StepState, Waiver};
use crate::value::{Moment, Name};

/// What they are told under.
pub(super) const HEAD: &str = "Open deviations:";

/// One open deviation.
pub(super) struct Deviation {
    /// Of which step, by its title.
    pub(super) title: String,
    /// What kind of one.
    pub(super) kind: Kind,
}

/// The kinds, in the order they are told.
pub(super) enum Kind {
    /// Somebody answers for a failure, for a time.
    Waived(Waiver),
    /// The time of a waiver is over, and nobody has decided anew.
    Lapsed(Waiver),
    /// It failed, and the runbook goes on.
    WentOn,
    /// A person did it instead of the program: what they wrote.
    ByHand(String),
    /// Nobody saw whether it happened, and a person says so.
    Vouched,
}

/// All that are open, told at this moment.
pub(super) fn of(session: &Session, book: Option<&Runbook>) -> Vec<Deviation> {
    let mut found: Vec<Deviation> = session
        .steps()
        .filter_map(|(id, state)| {
            let kind = kind_of(id, state, book)?;
            Some(Deviation { title: title(id, book), kind })
        })
        .collect();
    found.sort_by_key(|one| one.kind.rank());
    found
}

/// The same as lines; nothing where there are none.
pub(super) fn lines(session: &Session, book: &Runbook) -> Vec<Line> {
    let now = session.last().map(|(_, at)| at);
    let mut lines: Vec<Line> =
        of(session, Some(book)).iter().flat_map(|one| one.lines(now)).collect();
    if !lines.is_empty() {
        lines.insert(0, Line::new(Tone::Plain, HEAD));
    }
    lines
}

fn title(id: &Name, book: Option<&Runbook>) -> String {
    let step = book.and_then(|book| book.step(id));
    step.map_or_else(|| id.to_string(), |step| step.title.clone())
}

fn kind_of(id: &Name, state: &StepState, book: Option<&Runbook>) -> Option<Kind> {
    if let Some(waiver) = &state.waived {
        return Some(Kind::Waived(waiver.clone()));
    }
    if let Some(waiver) = &state.lapsed {
        return Some(Kind::Lapsed(waiver.clone()));
    }
    if state.policy == Some(OnFailure::Continue) {
        return Some(Kind::WentOn);
    }
    // What the runbook gives to a person is no deviation.
    let step = book.and_then(|book| book.step(id));
    let manual = step.and_then(|step| step.action.as_ref()).is_some_and(Action::is_manual);
    let unknown = step.is_none();
    (state.action == ActionState::Done && !manual && !unknown).then(|| match &state.text {
        Some(text) => Kind::ByHand(text.clone()),
        None => Kind::Vouched,
    })
}

impl Kind {
    fn rank(&self) -> (u8, i64) {
        match self {
            Self::Waived(waiver) => (0, waiver.at.millis()),
            Self::Lapsed(waiver) => (1, waiver.at.millis()),
            Self::WentOn => (2, 0),
            Self::ByHand(_) => (3, 0),
            Self::Vouched => (4, 0),
        }
    }
}

impl Deviation {
    fn lines(&self, now: Option<Moment>) -> Vec<Line> {
        let title = &self.title;
        let (tone, head) = match &self.kind {
            Kind::Waived(waiver) => {
                let left = now.map_or_else(String::new, |now| time_left(waiver, now));
                let terms = &waiver.terms;
                let (owner, until) = (&terms.owner, terms.until.minute());
                let text = format!("  waived   {title}: by {owner}, until {until}{left}");
                (Tone::Doubt, text)
            }
            Kind::Lapsed(waiver) => {
                (Tone::Bad, format!("  LAPSED   {title}: {}", lapsed_words(waiver)))
            }
            Kind::WentOn => {
                (Tone::Bad, format!("  FAILED   {title}: failed, and the runbook goes on"))
            }
            Kind::ByHand(text) => {
                let first = text.lines().next().unwrap_or_default();
                (Tone::Doubt, format!("  by hand  {title}: \"{first}\""))
            }
            Kind::Vouched => {
                (Tone::Doubt, format!("  by word  {title}: a person says that it happened"))
            }
        };
        let why = match &self.kind {
            Kind::Waived(waiver) | Kind::Lapsed(waiver) => waiver.why.as_str(),
            Kind::WentOn | Kind::ByHand(_) | Kind::Vouched => "",
        };
        let mut lines = vec![Line::new(tone, head)];
        lines.extend(Line::many(Tone::Quiet, "           ", why));
        lines
    }
}

/// `the waiver by Ada ended at 2026-03-14 09:00 UTC`.
pub(super) fn lapsed_words(waiver: &Waiver) -> String {
    let terms = &waiver.terms;
    format!("the waiver by {} ended at {}", terms.owner, terms.until.minute())
}

fn time_left(waiver: &Waiver, now: Moment) -> String {
    let until = waiver.terms.until;
    if until.millis() <= now.millis() {
        ", which is over".to_owned()
    } else {
        format!(" ({} left)", age(now, until))
    }
}
