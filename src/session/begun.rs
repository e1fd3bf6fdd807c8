//! When a step began: what its checks look at may be no older.

use super::Session;
use crate::check::When;
use crate::runbook::Step;
use crate::value::Moment;

/// When a step's action was begun.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Begun {
    /// For the first time.
    first: Option<Moment>,
    /// For the last time, until a person decides that it is to be done again.
    last: Option<Moment>,
}

impl Begun {
    /// It was started.
    pub fn started(&mut self, at: Moment) {
        self.first.get_or_insert(at);
        self.last = Some(at);
    }

    /// A person was asked to do it: they may have begun at once, however often they are asked.
    pub fn put(&mut self, at: Moment) {
        self.first.get_or_insert(at);
        self.last.get_or_insert(at);
    }

    /// It is to be done again.
    pub fn due_again(&mut self) {
        self.last = None;
    }
}

impl Session {
    /// When a check of the step is asked, and when what it looks at began: the named step, or this
    /// one. A step that only looks, or whose action was not begun yet, began with its phase.
    #[must_use]
    pub fn when(&self, step: &Step, since: Option<&str>, now: Moment) -> When {
        let id = since.unwrap_or(step.id.as_str());
        let of = |name: &str| name == id;
        let begun = self.begun.iter().find(|(name, _)| of(name.as_str())).map(|(_, begun)| *begun);
        let Begun { first, last } = begun.unwrap_or_default();
        let state = self.steps.iter().find(|(name, _)| of(name.as_str())).map(|(_, state)| state);
        let stage = state.map_or(self.stage, |state| state.stage);
        let entered = stage.phase().and_then(|phase| self.phase(phase).entered);
        let began = last.or(entered).or(self.opened_at).unwrap_or(now);
        let acted = match since {
            Some(_) => Some(first.unwrap_or(began)),
            None => first.filter(|_| step.changes),
        };
        When { now, began, acted }
    }
}
