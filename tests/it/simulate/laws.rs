//! What must hold of every session, however it was interrupted: its record against what really
//! happened. Each topic has its laws in a file; all of them read the record once, entry by entry.

use holdpoint::journal::Judged;
use holdpoint::runbook::Runbook;
use holdpoint::session::{Entry, Session};

use super::lives::{Life, Plan};

mod actions;
mod ends;
mod gates;
mod identity;
mod policies;
mod rollback;
mod waivers;
mod windows;

pub(super) use ends::ends_alike;

/// What a law can look at.
pub(super) struct Case<'a> {
    pub(super) book: &'a Runbook,
    pub(super) life: &'a Life,
}

/// Something that must hold.
trait Law {
    /// An entry is about to be taken in.
    fn before(&mut self, _session: &Session, _entry: &Entry, _case: &Case<'_>) {}
    /// It was.
    fn after(&mut self, _session: &Session, _entry: &Entry, _case: &Case<'_>) {}
    /// The record is over.
    fn end(&mut self, _case: &Case<'_>) {}
}

pub(super) fn hold(plan: &Plan, life: &Life) {
    let case = Case { book: &plan.book, life };
    let mut laws: [Box<dyn Law>; 8] = [
        Box::<actions::Starts>::default(),
        Box::<gates::Yes>::default(),
        Box::<gates::Fresh>::default(),
        Box::<windows::Covered>::default(),
        Box::<waivers::InTime>::default(),
        Box::<policies::Applied>::default(),
        Box::<rollback::WayBack>::default(),
        Box::<identity::Known>::default(),
    ];
    let mut session = Session::default();
    for entry in &life.entries {
        laws.iter_mut().for_each(|law| law.before(&session, entry, &case));
        session.apply(entry).expect("it was legal when it was written");
        laws.iter_mut().for_each(|law| law.after(&session, entry, &case));
    }
    assert_eq!(session, life.session, "folded again, it is another session");
    laws.iter_mut().for_each(|law| law.end(&case));
    assert_eq!(Judged::of(&life.entries).otherwise, Vec::<u64>::new());
    ends::end_is_allowed(plan, life);
    ends::everything_was_done(&case);
}
