//! The loop: ask the session what to do next, do it, record what came of it.
//!
//! Everything outside is reached through the traits of [`World`]. Nothing is spawned, so nothing
//! must be shared: the record is held by `&mut`, and the compiler proves the single writer.
#![warn(clippy::wildcard_enum_match_arm)] // a new event must be thought about everywhere

use futures_util::future::LocalBoxFuture;

use crate::check::{Claim, Probe, Reading};
use crate::report::Brief;
use crate::runbook::{Runbook, Step, Values};
use crate::session::{Answer, Condition, Ending, Entry, Event, Hold, Move, Session, Terms, Watch};
use crate::text::Capture;
use crate::value::{Digest, Moment, Name, Person, Span};

mod ask;
mod doubt;
mod entry;
mod identity;
mod look;
mod record;
mod stop;
mod watch;
mod work;

pub use ask::offer_change;
pub use identity::guard;
pub use look::Eyes;
pub use record::{DryRecord, draw_head};
pub use stop::{Stop, StopLevel, Stopper};

/// What is driven: a runbook with its values, for a person.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The runbook that is followed.
    pub runbook: &'a Runbook,
    /// A value for each of its variables.
    pub values: &'a Values,
    /// Who drives.
    pub by: &'a Person,
}

/// Everything outside of us.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// Tells the time.
    pub clock: &'a dyn Clock,
    /// Looks.
    pub prober: &'a dyn Prober,
    /// Changes.
    pub actor: &'a dyn Actor,
    /// Asks a person.
    pub prompter: &'a dyn Prompter,
    /// Shows what goes on.
    pub screen: &'a dyn Screen,
    /// Has the runbook's file.
    pub shelf: &'a dyn Shelf,
    /// Says when to stop.
    pub stop: &'a Stop,
    /// How many observations may go on at once.
    pub jobs: usize,
    /// How long its own waits take.
    pub waits: Waits,
}

/// How long pauses between tries and samples take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Waits {
    /// As long as they should.
    #[default]
    Whole,
    /// No time at all, in a rehearsal. What is counted is counted all the same.
    Skipped,
}

/// Keeps the record. Whatever it has taken is durable, or it has failed.
pub trait Record {
    /// What is true so far.
    fn session(&self) -> &Session;
    /// Takes an event: after it returned, and not before, the event has happened.
    ///
    /// # Errors
    /// Where the event may not follow, or could not be made durable. The session must stop.
    fn record(&mut self, at: Moment, event: Event) -> Result<(), crate::journal::Error>;
    /// The last event taken.
    fn last(&self) -> Option<&Entry>;
    /// Draws the view for people anew. Never needed, so it may fail silently.
    fn redraw(&mut self);
}

/// Tells the time.
pub trait Clock {
    /// The moment it is now.
    fn now(&self) -> Moment;
}

/// Looks at the world without changing it.
pub trait Prober {
    /// Observes once. Never takes much longer than `timeout`: then the reading is
    /// `Nothing(Timeout)`. When `stop` is requested it is `Nothing(Interrupted)`, soon.
    /// The reading is masked and bounded.
    fn observe<'a>(
        &'a self,
        asked: Asked<'a>,
        timeout: Span,
        stop: &'a Stop,
    ) -> LocalBoxFuture<'a, Reading>;
}

/// A question to the world, and by what it is known again.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The step it belongs to.
    pub step: &'a Name,
    /// What to observe, secrets filled in.
    pub probe: &'a Probe,
    /// The claim behind it as people may see it: secrets hidden, and no time in it.
    pub claim: &'a Claim,
}

/// Changes the world.
pub trait Actor {
    /// Does the work to its end. `line` hears each line of output as it comes, masked, for the
    /// screen; the whole output, masked and bounded, is in what it returns. When it returns, no
    /// process that the work started is left, unless the work says otherwise.
    fn act<'a>(
        &'a self,
        work: &'a Work,
        stop: &'a Stop,
        line: &'a dyn Fn(&str),
    ) -> LocalBoxFuture<'a, Acted>;

    /// Processes that an earlier attempt of this step left running, described for a person.
    fn left_running(&self, step: &Name) -> Vec<String>;

    /// Ends them: asks, gives them a while, kills. Returns soon after `stop` is requested, whatever
    /// is left then.
    fn end_left<'a>(&'a self, step: &'a Name, stop: &'a Stop) -> LocalBoxFuture<'a, ()>;
}

/// Has the runbook's file, which somebody may edit while a session goes on.
pub trait Shelf {
    /// Whether there is a file, and it holds another text than this one.
    fn is_edited(&self, followed: Digest) -> bool;
}

/// An action with everything filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// The step it belongs to.
    pub step: Name,
    /// What it does as people may see it, secrets hidden.
    pub does: String,
    /// Program and arguments.
    pub argv: Vec<String>,
    /// Added to the environment.
    pub environment: Vec<(String, String)>,
    /// After this the work is stopped.
    pub timeout: Span,
    /// Whether processes that it started may outlive it.
    pub leaves_running: bool,
}

impl Work {
    /// What an action is told with in a rehearsal.
    pub const NOT_STARTED: &str = "rehearsal, not started: ";
}

/// How an action ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acted {
    /// How.
    pub ending: Ending,
    /// What it printed.
    pub output: Capture,
}

/// Asks a person, on a terminal that nobody else can type into.
pub trait Prompter {
    /// Puts the question and waits for an answer it takes. Whatever was typed before the question
    /// stood there is thrown away. Ends early when `stop` is requested.
    fn ask<'a>(&'a self, brief: &'a Brief, stop: &'a Stop) -> LocalBoxFuture<'a, Reply>;
}

/// What comes back from a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A decision.
    Answer {
        /// Which.
        answer: Answer,
        /// What they said with it.
        said: Said,
    },
    /// Something to write down before the question is put again.
    Note {
        /// What.
        text: String,
        /// Whether it is a key learning.
        learning: bool,
    },
    /// No answer, and none to be had.
    Nobody(Hold),
}

/// What a person says with an answer, as far as it is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The name they signed with, where a word by name was asked for.
    pub name: Option<String>,
    /// What they wrote with it.
    pub text: Option<String>,
    /// Who answers for what is waived, and until when.
    pub waiver: Option<Terms>,
    /// Which of the runbook's criteria for a rollback applies.
    pub criterion: Option<String>,
}

/// Shows what goes on. Never decides, never waits.
pub trait Screen {
    /// Takes note of something.
    fn show(&self, news: &News<'_>);
}

/// Something worth showing.
#[derive(Clone, Copy, Debug)]
pub enum News<'a> {
    /// An event was recorded.
    Recorded(&'a Entry, &'a Session),
    /// Work on a step began.
    Begun(&'a Step, &'a str),
    /// A step's action printed a line.
    Line(&'a Name, &'a str),
    /// A check that is asked until it passes did not pass yet.
    NotYet(&'a Name, &'a str),
    /// A pause before the next try.
    Pausing(&'a Name, Span),
    /// A window is observed; this long until its next sample.
    Watching(&'a Step, Option<&'a Watch>, Span),
    /// What a person said cannot be taken: why. They are asked again.
    Refused(&'a str),
    /// Work on a step is over.
    Over(&'a Name),
}

/// Why driving stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Driven {
    /// The session is held or closed.
    Stopped(Condition),
    /// Somebody edited the runbook, and something is about to start: offer the change, then drive
    /// on.
    Edited,
}

/// Drives a session until it is held or closed, or its runbook was edited. A new session is a
/// resumed one with one entry.
///
/// # Errors
/// Where something could not be recorded; nothing was started after that.
pub async fn drive(
    subject: Subject<'_>,
    record: &mut dyn Record,
    world: &World<'_>,
) -> Result<Driven, crate::journal::Error> {
    let mut pace = watch::Pace::default();
    loop {
        if let Some(event) = overdue(record.session(), world) {
            note(record, world, event)?;
            continue;
        }
        let next = record.session().next(subject.runbook);
        match entry::look(&next, record.session(), subject.runbook, world) {
            entry::Entry::Good => {}
            entry::Entry::Edited => return Ok(Driven::Edited),
            entry::Entry::Expired(phase) => {
                note(record, world, Event::GateExpired { phase })?;
                continue;
            }
        }
        if let Some(step) = doubt::doubted(&next, subject.runbook, record.session())
            && doubt::ask_about_running(step, subject, record, world).await?
        {
            continue;
        }
        match next {
            Move::Work(tasks) => work::work(&tasks, subject, record, world).await?,
            Move::Probe(step) => work::probe(step, subject, record, world).await?,
            Move::Sample(step) => watch::sample(step, &mut pace, subject, record, world).await?,
            Move::SkipStep(step, why) => {
                note(record, world, Event::StepSkipped { step: step.id.clone(), why })?;
            }
            Move::Apply(step, policy) => {
                note(record, world, Event::PolicyApplied { step: step.id.clone(), policy })?;
            }
            Move::Identify => identity::identify(subject, record, world).await?,
            Move::Ask(question) => ask::ask(question, subject, record, world).await?,
            Move::SkipPhase(phase, why) => {
                note(record, world, Event::PhaseSkipped { phase, why: why.to_owned() })?;
            }
            Move::Enter(phase) => {
                note(record, world, Event::Entered { phase })?;
                record.redraw();
            }
            Move::EnterRollback => {
                note(record, world, Event::RollbackEntered)?;
                record.redraw();
            }
            Move::Close(close) => {
                note(record, world, Event::Closed { close })?;
                record.redraw();
            }
            Move::Stop(condition) => return Ok(Driven::Stopped(condition)),
        }
    }
}

/// What became true without anybody doing anything: somebody asked to stop, a waiver's time is
/// over.
fn overdue(session: &Session, world: &World<'_>) -> Option<Event> {
    if session.condition() != Condition::Running {
        return None;
    }
    if let Some(why) = world.stop.why() {
        return Some(Event::Held { why });
    }
    let step = session.waiver_over(world.clock.now())?.clone();
    Some(Event::WaiverExpired { step })
}

/// Records an event, then shows it.
fn note(
    record: &mut dyn Record,
    world: &World<'_>,
    event: Event,
) -> Result<(), crate::journal::Error> {
    record.record(world.clock.now(), event)?;
    if let Some(entry) = record.last() {
        world.screen.show(&News::Recorded(entry, record.session()));
    }
    Ok(())
}
