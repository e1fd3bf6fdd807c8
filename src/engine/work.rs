//! Works on steps: starts an action, or asks checks, some at once, until they pass or their time
//! is over. What it learns it records; it never decides what that means for the session.

use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use futures_util::stream::{FuturesOrdered, FuturesUnordered};
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

use super::ask::ask;
use super::doubt::may_still_run;
use super::{Acted, Eyes, News, Record, StopLevel, Subject, Waits, Work, World, note};
use crate::check::{Check, Verdict, When};
use crate::journal::Error;
use crate::runbook::{Action, Step};
use crate::session::{ActionState, Ending, Event, Finding, Question, Session, StepState, Task};
use crate::text::Capture;
use crate::value::{Name, Span};

/// The longest pause between two tries, whatever the backoff has grown to.
const LONGEST_PAUSE: Duration = Duration::from_mins(5);

/// Works on the tasks: one action, or checks of steps that may be asked at once.
pub(super) async fn work(
    tasks: &[Task<'_>],
    subject: Subject<'_>,
    record: &mut dyn Record,
    world: &World<'_>,
) -> Result<(), Error> {
    if record.session().is_dry_run() {
        return rehearse(tasks, subject, record, world).await;
    }
    let places = Semaphore::new(world.jobs.max(1));
    let mut running = FuturesUnordered::new();
    for task in tasks {
        match task {
            Task::Act(step) => act(step, subject, record, world).await?,
            Task::Check(step) => {
                let state = record.session().step(&step.id);
                let whens = whens(step, record.session(), world);
                running.push(check_step(step, state, whens, subject, world, &places));
            }
        }
    }
    while let Some((step, took, findings)) = running.next().await {
        // What a stop cut short says nothing about the world: it is asked again after the resume.
        if world.stop.level() == StopLevel::None {
            note(record, world, Event::Checked { step: step.clone(), took, findings })?;
        }
    }
    Ok(())
}

/// Starts a step's action: the intent is durable before anything of it happens, and the result is
/// durable before anything else does.
async fn act(
    step: &Step,
    subject: Subject<'_>,
    record: &mut dyn Record,
    world: &World<'_>,
) -> Result<(), Error> {
    let Some(action) = &step.action else { return Ok(()) };
    let state = record.session().step(&step.id);
    // What does no harm twice may do harm beside itself: a person decides.
    let in_doubt = state.action == ActionState::Doubtful;
    let beside = may_still_run(&step.id, subject.runbook, record.session());
    if beside && !world.actor.left_running(&step.id).is_empty() {
        let step = step.id.clone();
        let question = match (in_doubt, state.left_alone) {
            (true, _) => Question::Doubt { step },
            (false, true) => Question::Failure { step },
            (false, false) => Question::Running { step },
        };
        return ask(question, subject, record, world).await;
    }
    if pause_before_retry(step, &state, world).await.is_stopped() {
        return Ok(());
    }
    let does = action.show(subject.values);
    let attempt = state.attempts + 1;
    let does =
        if record.session().is_rehearsal() { format!("{}{does}", Work::NOT_STARTED) } else { does };
    let begun = Instant::now();
    note(record, world, Event::Started { step: step.id.clone(), attempt, does: does.clone() })?;
    world.screen.show(&News::Begun(step, &does));
    let acted = perform(step, action, subject, world).await;
    world.screen.show(&News::Over(&step.id));
    let took = Span::of(begun.elapsed());
    let Acted { ending, output } = acted;
    note(record, world, Event::Acted { step: step.id.clone(), ending, took, output })
}

async fn perform(step: &Step, action: &Action, subject: Subject<'_>, world: &World<'_>) -> Acted {
    let quiet = |ending| Acted { ending, output: Capture::default() };
    if let Action::Wait(span) = action {
        let stopped = pause(span.duration(), world).await.is_stopped();
        let ended = if stopped { Ending::Interrupted } else { Ending::Waited };
        return quiet(match world.waits {
            Waits::Whole => ended,
            Waits::Skipped => Ending::Rehearsed(Some(Box::new(ended))),
        });
    }
    let Some(argv) = action.argv(&step.id, subject.values) else {
        return quiet(Ending::NotStarted("only a person can do this".to_owned()));
    };
    let environment =
        subject.values.0.iter().map(|(name, value)| (name.clone(), value.text.clone())).collect();
    let work = Work {
        step: step.id.clone(),
        does: action.show(subject.values),
        argv,
        environment,
        timeout: step.timeout,
        leaves_running: step.leaves_running,
    };
    let line = |line: &str| world.screen.show(&News::Line(&step.id, line));
    world.actor.act(&work, world.stop, &line).await
}

/// Goes past steps in a dry run: nothing is started, so all their checks are asked together, once.
/// What they say is recorded in the order of the steps, whatever answers first.
async fn rehearse(
    tasks: &[Task<'_>],
    subject: Subject<'_>,
    record: &mut dyn Record,
    world: &World<'_>,
) -> Result<(), Error> {
    let places = Semaphore::new(world.jobs.max(1));
    let mut running = FuturesOrdered::new();
    for task in tasks {
        let (Task::Act(step) | Task::Check(step)) = *task;
        let whens = whens(step, record.session(), world);
        let checks: Vec<Check> = step.checks.iter().map(Check::once).collect();
        let places = &places;
        running.push_back(async move {
            world.screen.show(&News::Begun(step, "checks"));
            let findings = ask_checks(&step.id, &checks, whens, subject, world, places).await;
            world.screen.show(&News::Over(&step.id));
            (step, findings)
        });
    }
    while let Some((step, findings)) = running.next().await {
        if world.stop.level() > StopLevel::None {
            continue;
        }
        let does = step.action.as_ref().map(|action| action.show(subject.values));
        note(record, world, Event::Rehearsed { step: step.id.clone(), does, findings })?;
    }
    Ok(())
}

/// After a crash: asks a step's probe whether its action happened.
pub(super) async fn probe(
    step: &Step,
    subject: Subject<'_>,
    record: &mut dyn Record,
    world: &World<'_>,
) -> Result<(), Error> {
    let Some(probe) = &step.probe else { return Ok(()) };
    world.screen.show(&News::Begun(step, "probe"));
    let now = world.clock.now();
    let when = record.session().when(step, probe.claim.kind().since(), now);
    let finding = ask_check(&step.id, probe, when, subject, world, &Semaphore::new(1)).await;
    world.screen.show(&News::Over(&step.id));
    if world.stop.level() > StopLevel::None {
        return Ok(());
    }
    note(record, world, Event::Probed { step: step.id.clone(), finding })
}

async fn check_step<'a>(
    step: &'a Step,
    state: StepState,
    whens: Vec<When>,
    subject: Subject<'_>,
    world: &World<'_>,
    places: &Semaphore,
) -> (&'a Name, Span, Vec<Finding>) {
    let _stopped = pause_before_retry(step, &state, world).await;
    world.screen.show(&News::Begun(step, "checks"));
    let begun = Instant::now();
    let findings = ask_checks(&step.id, &step.checks, whens, subject, world, places).await;
    world.screen.show(&News::Over(&step.id));
    (&step.id, Span::of(begun.elapsed()), findings)
}

/// When each check of the step is asked, and when what it looks at began.
pub(super) fn whens(step: &Step, session: &Session, world: &World<'_>) -> Vec<When> {
    let now = world.clock.now();
    let when = |check: &Check| session.when(step, check.claim.kind().since(), now);
    step.checks.iter().map(when).collect()
}

/// Asks all of these checks of a step, as many at once as there are places.
pub(super) async fn ask_checks(
    step: &Name,
    checks: &[Check],
    whens: Vec<When>,
    subject: Subject<'_>,
    world: &World<'_>,
    places: &Semaphore,
) -> Vec<Finding> {
    let asked = checks
        .iter()
        .zip(whens)
        .map(|(check, when)| ask_check(step, check, when, subject, world, places));
    join_all(asked).await
}

/// Observes and judges, once or until it passes.
async fn ask_check(
    step: &Name,
    check: &Check,
    when: When,
    subject: Subject<'_>,
    world: &World<'_>,
    places: &Semaphore,
) -> Finding {
    let asked = subject.values.fill_check(check);
    let shown = subject.values.show_check(check);
    let begun = Instant::now();
    let mut waited = Duration::ZERO;
    let mut tries = 0;
    loop {
        let eyes = Eyes { prober: world.prober, stop: world.stop, places };
        let when = When { now: world.clock.now(), ..when };
        let (reading, verdict) = eyes.look(step, (&asked, &shown), when).await;
        tries += 1;
        let again = check.until.filter(|until| {
            // Waits that are skipped count as if they had been waited.
            let past = begun.elapsed().max(waited);
            let over = past + until.every.duration() > until.within.duration();
            !matches!(verdict, Verdict::Pass(_)) && !over
        });
        let finding = Finding { check: shown.clone(), reading, verdict, tries };
        let Some(until) = again else { return finding.within_bounds() };
        world.screen.show(&News::NotYet(step, finding.verdict.says()));
        if pause(until.every.duration(), world).await.is_stopped() {
            return finding.within_bounds();
        }
        waited += until.every.duration();
    }
}

/// Waits before a try that follows a failed one: the step's backoff, doubled each time.
async fn pause_before_retry(step: &Step, state: &StepState, world: &World<'_>) -> Pause {
    if state.failed_tries == 0 {
        return Pause::Over;
    }
    let doublings = (state.failed_tries - 1).min(16);
    let backoff = step.retry.backoff.duration().saturating_mul(1 << doublings).min(LONGEST_PAUSE);
    world.screen.show(&News::Pausing(&step.id, Span::of(backoff)));
    pause(backoff, world).await
}

/// How a pause ended.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pause {
    Over,
    Stopped,
}

impl Pause {
    pub(super) fn is_stopped(self) -> bool {
        self == Self::Stopped
    }
}

pub(super) async fn pause(duration: Duration, world: &World<'_>) -> Pause {
    if world.waits == Waits::Skipped {
        // Whoever wants to stop it must get a turn all the same.
        tokio::task::yield_now().await;
        let stopped = world.stop.level() > StopLevel::None;
        return if stopped { Pause::Stopped } else { Pause::Over };
    }
    tokio::select! {
        () = sleep(duration) => Pause::Over,
        () = world.stop.reached(StopLevel::Polite) => Pause::Stopped,
    }
}
