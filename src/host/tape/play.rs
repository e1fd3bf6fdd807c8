//! Stands in the world's place in a rehearsal: every answer and every ending is from a recording.
//! It has no other way to answer, so nothing can be asked or started by mistake.

use std::cell::RefCell;
use std::collections::BTreeMap;

use futures_util::future::{FutureExt as _, LocalBoxFuture, ready};

use crate::check::{Obstacle, Reading};
use crate::engine::{Acted, Actor, Asked, Prober, Stop, Work, guard};
use crate::session::{Ending, Entry, Event, Finding};
use crate::tape::{Key, Tape};
use crate::text::Capture;
use crate::value::{Name, Span};

/// What is said of a question that the recording does not have.
const NO_ANSWER: &str = "the recording has no answer to this: record it again";

/// Plays a recording.
#[derive(Debug)]
pub struct Player {
    tape: Tape,
    /// How often each was asked or started.
    past: RefCell<BTreeMap<Key, usize>>,
}

impl Player {
    /// Plays from the beginning.
    #[must_use]
    pub fn new(tape: Tape) -> Self {
        Self { tape, past: RefCell::default() }
    }

    /// Goes on behind what a rehearsal has had of it already.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "only what was asked or done counts")]
    pub fn behind(self, entries: &[Entry]) -> Self {
        let mut started: BTreeMap<&Name, &str> = BTreeMap::new();
        for entry in entries {
            match &entry.event {
                Event::Checked { step, findings, .. } => self.skip_all(step, findings),
                Event::Sampled(sample) => self.skip_all(&sample.step, &sample.findings),
                Event::Probed { step, finding } => {
                    self.skip_all(step, std::slice::from_ref(finding));
                }
                Event::Identified { found } => {
                    self.skip_all(&guard(), std::slice::from_ref(found));
                }
                Event::Started { step, does, .. } => {
                    started.insert(step, does);
                }
                Event::Acted { step, .. } => {
                    if let Some(does) = started.remove(step) {
                        let does = does.strip_prefix(Work::NOT_STARTED).unwrap_or(does);
                        self.skip(Key::of_action(step, does), 1);
                    }
                }
                _ => {}
            }
        }
        self
    }

    /// The recording.
    #[must_use]
    pub fn tape(&self) -> &Tape {
        &self.tape
    }

    fn skip_all(&self, step: &Name, findings: &[Finding]) {
        for Finding { check, tries, .. } in findings {
            self.skip(Key::of_claim(step, &check.claim), *tries as usize);
        }
    }

    /// Counts so many more, and tells how many there were before.
    fn skip(&self, key: Key, more: usize) -> usize {
        let mut past = self.past.borrow_mut();
        let count = past.entry(key).or_default();
        let before = *count;
        *count += more;
        before
    }

    fn answer(&self, asked: Asked<'_>) -> Reading {
        let key = Key::of_claim(asked.step, asked.claim);
        let before = self.skip(key.clone(), 1);
        let no_answer = || Reading::Nothing(Obstacle::Error(NO_ANSWER.to_owned()));
        self.tape.answer(&key, before).cloned().unwrap_or_else(no_answer)
    }

    fn go_past(&self, work: &Work, line: &dyn Fn(&str)) -> Acted {
        let key = Key::of_action(&work.step, &work.does);
        let before = self.skip(key.clone(), 1);
        let Some(deed) = self.tape.deed(&key, before) else {
            return Acted { ending: Ending::Rehearsed(None), output: Capture::default() };
        };
        deed.output.head.lines().chain(deed.output.tail.lines()).for_each(line);
        let ending = Ending::Rehearsed(Some(Box::new(deed.ending.clone())));
        Acted { ending, output: deed.output.clone() }
    }
}

impl Prober for Player {
    fn observe<'a>(
        &'a self,
        asked: Asked<'a>,
        _timeout: Span,
        _stop: &'a Stop,
    ) -> LocalBoxFuture<'a, Reading> {
        ready(self.answer(asked)).boxed_local()
    }
}

impl Actor for Player {
    fn act<'a>(
        &'a self,
        work: &'a Work,
        _stop: &'a Stop,
        line: &'a dyn Fn(&str),
    ) -> LocalBoxFuture<'a, Acted> {
        ready(self.go_past(work, line)).boxed_local()
    }

    fn left_running(&self, _step: &Name) -> Vec<String> {
        Vec::new()
    }

    fn end_left<'a>(&'a self, _step: &'a Name, _stop: &'a Stop) -> LocalBoxFuture<'a, ()> {
        ready(()).boxed_local()
    }
}
