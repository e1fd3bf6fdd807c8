//! What the runbook says of a failure is done, once, and nothing else.

use holdpoint::runbook::OnFailure;
use holdpoint::session::{Close, Entry, Event, Question, Session};

use super::{Case, Law};

#[derive(Default)]
pub(super) struct Applied {
    /// What was applied last, until what it says has been done.
    due: Option<OnFailure>,
}

impl Law for Applied {
    fn before(&mut self, session: &Session, entry: &Entry, case: &Case<'_>) {
        let seq = entry.seq;
        match (&entry.event, self.due) {
            (Event::PolicyApplied { step, policy }, due) => {
                let known = case.book.step(step).expect("the runbook has it").on_failure;
                assert_eq!(*policy, known, "entry {seq}: {step} says otherwise");
                assert_eq!(due, None, "entry {seq}: another one is due");
                self.due = (*policy != OnFailure::Continue).then_some(*policy);
            }
            (Event::Closed { close }, Some(OnFailure::Stop)) => {
                let ended = *close == Close::Failed || session.is_rolling_back();
                assert!(ended, "entry {seq}: it failed, and ends as {close:?}");
                self.due = None;
            }
            (Event::Asked { question: Question::Rollback, .. }, Some(OnFailure::Rollback))
            | (Event::RollbackRequested(_), Some(_)) => self.due = None,
            // Who asks AWS is looked at before anything.
            (Event::Asked { question: Question::Identity, .. }, _) => {}
            // A waiver may end at any time, and somebody else be asked first.
            (Event::RollbackEntered, Some(OnFailure::Rollback)) => {
                panic!("entry {seq}: rolling back began, and nobody was asked")
            }
            (
                Event::Started { .. }
                | Event::Entered { .. }
                | Event::PhaseSkipped { .. }
                | Event::Checked { .. }
                | Event::Sampled(_)
                | Event::Asked { .. }
                | Event::Closed { .. },
                Some(due),
            ) => panic!("entry {seq}: {} follows, and {due:?} is due", entry.event.kind()),
            _ => {}
        }
    }
}
