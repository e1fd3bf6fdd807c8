//! Sees who asks AWS, and puts it on record. Whether that is right is the session's business.

use super::{Asked, Record, StopLevel, Subject, World, note};
use crate::check::When;
use crate::journal::Error;
use crate::session::{Event, Finding};
use crate::value::Name;

/// What the question belongs to, which is no step.
#[must_use]
pub fn guard() -> Name {
    "aws-identity".parse().expect("a name")
}

pub(super) async fn identify(
    subject: Subject<'_>,
    record: &mut dyn Record,
    world: &World<'_>,
) -> Result<(), Error> {
    let check = record.session().identity_check(subject.runbook);
    let kind = check.claim.kind();
    let (step, probe) = (guard(), kind.ask(When::at(world.clock.now())));
    let asked = Asked { step: &step, probe: &probe, claim: &check.claim };
    let reading = world.prober.observe(asked, check.timeout, world.stop).await;
    // What a stop cut short tells nothing: the process that goes on looks for itself.
    if world.stop.level() > StopLevel::None {
        return Ok(());
    }
    let verdict = kind.judge(&reading);
    let found = Finding { check, reading, verdict, tries: 1 };
    note(record, world, Event::Identified { found: found.within_bounds() })
}
