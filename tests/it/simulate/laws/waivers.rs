//! A waiver covers nothing after its end, and what it covered is asked about again.

use std::collections::BTreeMap;

use holdpoint::session::{Answer, Close, Entry, Event, Question, Session};
use holdpoint::value::Name;

use super::{Case, Law};

#[derive(Default)]
pub(super) struct InTime {
    /// When each was given, and for how long by the clock of then; both true.
    given: BTreeMap<Name, (i64, i64)>,
    /// The latest that any entry said.
    latest: i64,
    /// What has failed again, and nobody was asked about yet.
    over: Vec<Name>,
    /// It had ended: what then ends again ends as it had, and lets nothing pass.
    ended: bool,
}

impl Law for InTime {
    fn before(&mut self, session: &Session, entry: &Entry, case: &Case<'_>) {
        let now = case.life.truth.of_entry(entry.seq);
        self.latest = self.latest.max(entry.at.millis());
        match &entry.event {
            Event::Answered(answered) => {
                if let (Question::Failure { step }, Answer::Waive, Some(terms)) =
                    (&answered.question, answered.answer, &answered.waiver)
                {
                    let span = terms.until.millis() - entry.at.millis();
                    assert!(span > 0, "entry {}: a waiver that is over", entry.seq);
                    self.given.insert(step.clone(), (now, span));
                }
            }
            Event::WaiverExpired { step } => self.over.push(step.clone()),
            Event::Asked { question: Question::Failure { step }, .. } => {
                self.over.retain(|over| over != step);
            }
            Event::Closed { close } => {
                if *close == Close::Finished && !self.ended {
                    self.lets_pass(session, entry, case, now);
                }
                self.ended = true;
            }
            Event::Entered { .. } | Event::PhaseSkipped { .. } => {
                self.lets_pass(session, entry, case, now);
            }
            _ => {}
        }
    }
}

impl InTime {
    fn lets_pass(&self, session: &Session, entry: &Entry, case: &Case<'_>, now: i64) {
        let seq = entry.seq;
        assert!(self.over.is_empty(), "entry {seq}: nobody was asked about {:?}", self.over);
        for (step, waiver) in session.waivers() {
            let until = waiver.terms.until.millis();
            assert!(self.latest < until, "entry {seq}: the waiver of {step} ended at {until}");
            let (from, span) = self.given[step];
            let long_ago = now - from >= span && !case.life.truth.was_set_back(from, now);
            assert!(!long_ago, "entry {seq}: the waiver of {step} is over, in true time");
        }
    }
}
