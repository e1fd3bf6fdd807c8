//! Nothing is started, looked at or released, and no gate is put, before the right one is seen to
//! ask AWS.

use holdpoint::check::Reading;
use holdpoint::session::{Entry, Event, Question, Session};

use super::{Case, Law};
use crate::world::jane;

#[derive(Default)]
pub(super) struct Known {
    /// None where AWS is of no concern.
    right: Option<bool>,
    /// Number of the entry that told it.
    seen: u64,
}

impl Law for Known {
    fn before(&mut self, _session: &Session, entry: &Entry, _case: &Case<'_>) {
        let seq = entry.seq;
        match &entry.event {
            Event::Opened(opened) => self.right = opened.aws.as_ref().map(|_| true),
            Event::Identified { found } => {
                let is_jane = |one: &holdpoint::check::cloud::Identity| {
                    let jane = jane();
                    one.account == jane.account
                        && one.region == jane.region
                        && one.endpoint == jane.endpoint
                        && one.principal() == jane.principal()
                };
                let right = matches!(&found.reading, Reading::Identity(one) if is_jane(one));
                assert!(self.right.is_some(), "entry {seq}: AWS is of no concern");
                (self.right, self.seen) = (Some(right), seq);
            }
            Event::Resumed(_)
            | Event::RollbackRequested(_)
            | Event::Entered { .. }
            | Event::RollbackEntered => {
                self.may(entry);
                self.right = self.right.map(|_| false);
            }
            Event::Asked { question: Question::Identity, .. } => {
                assert_eq!(self.right, Some(false), "entry {seq}: nothing was wrong");
            }
            Event::Asked { question: Question::Gate { .. }, .. } => {
                self.may(entry);
                let just = self.right.is_none() || self.seen + 1 == seq;
                assert!(just, "entry {seq}: nobody looked right before the gate");
            }
            Event::Started { .. }
            | Event::Checked { .. }
            | Event::Sampled(_)
            | Event::Probed { .. }
            | Event::PhaseSkipped { .. }
            | Event::Asked { .. } => self.may(entry),
            _ => {}
        }
    }
}

impl Known {
    fn may(&self, entry: &Entry) {
        let comes = matches!(entry.event, Event::Resumed(_) | Event::RollbackRequested(_));
        let known = self.right != Some(false) || comes;
        assert!(known, "entry {}: {} by nobody knows whom", entry.seq, entry.event.kind());
    }
}
