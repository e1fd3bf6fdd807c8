//! Takes the samples of a window. Waits the whole pause before each but the first, whatever the
//! clocks say, and measures how long nobody looked.

use std::collections::BTreeMap;

use tokio::sync::Semaphore;
use tokio::time::Instant;

use super::work::{ask_checks, pause, whens};
use super::{News, Record, StopLevel, Subject, World, note};
use crate::check::Check;
use crate::journal::Error;
use crate::runbook::{Action, Step, Window};
use crate::session::{Event, Sampled, StepState};
use crate::value::{Name, Span};

/// When this process took the last sample of each step.
#[derive(Debug, Default)]
pub(super) struct Pace(BTreeMap<Name, Instant>);

impl Pace {
    /// Since the last sample, by the clock that says more: one of them may not count while the
    /// machine sleeps, the other may be set. A clock that went back says nothing: for ever.
    fn gap(&self, step: &Name, state: &StepState, world: &World<'_>) -> Option<Span> {
        state.watch.as_ref()?;
        let by_wall = state.at.map_or(i64::MAX, |at| world.clock.now().millis() - at.millis());
        let by_wall = u64::try_from(by_wall).unwrap_or(u64::MAX);
        let here = self.0.get(step).map_or(Span::default(), |last| Span::of(last.elapsed()));
        Some(Span::from_millis(by_wall.max(here.millis()).min(Span::MAX.millis())))
    }
}

/// Takes the next sample of the step's window, and records it. A stop that comes first takes none.
pub(super) async fn sample(
    step: &Step,
    pace: &mut Pace,
    subject: Subject<'_>,
    record: &mut dyn Record,
    world: &World<'_>,
) -> Result<(), Error> {
    let Some(Action::Observe(window)) = step.action else { return Ok(()) };
    let state = record.session().step(&step.id);
    if let Some(watch) = &state.watch {
        world.screen.show(&News::Watching(step, Some(watch), window.every));
        if pause(window.every.duration(), world).await.is_stopped() {
            world.screen.show(&News::Over(&step.id));
            return Ok(());
        }
    } else {
        world.screen.show(&News::Watching(step, None, Span::default()));
    }
    let gap = pace.gap(&step.id, &state, world);
    let begun = Instant::now();
    let once: Vec<Check> = step.checks.iter().map(Check::once).collect();
    let places = Semaphore::new(world.jobs.max(1));
    let whens = whens(step, record.session(), world);
    let findings = ask_checks(&step.id, &once, whens, subject, world, &places).await;
    let took = Span::of(begun.elapsed());
    if world.stop.level() > StopLevel::None {
        world.screen.show(&News::Over(&step.id));
        return Ok(());
    }
    pace.0.insert(step.id.clone(), Instant::now());
    let shown: Vec<Check> = once.iter().map(|check| subject.values.show_check(check)).collect();
    let number = if goes_on(&state, &window, gap, &shown) {
        state.watch.map_or(1, |watch| watch.taken + 1)
    } else {
        1
    };
    let (needed, allowed) = (window.samples(), window.allow_failures);
    let step_id = step.id.clone();
    let sampled = Sampled { step: step_id, number, needed, allowed, gap, took, findings };
    note(record, world, Event::Sampled(sampled))?;
    if record.session().step(&step.id).checks.is_some() {
        world.screen.show(&News::Over(&step.id));
    }
    Ok(())
}

/// Whether a sample belongs to the window so far: not after too long a gap, and not where the
/// runbook asks for another window or for other checks by now.
fn goes_on(state: &StepState, window: &Window, gap: Option<Span>, shown: &[Check]) -> bool {
    let Some(watch) = &state.watch else { return false };
    let same_window = watch.needed == window.samples() && watch.allowed == window.allow_failures;
    let asked = state.findings.iter().map(|finding| &finding.check);
    let too_long = window.max_gap.zip(gap).is_some_and(|(most, gap)| gap > most);
    same_window && asked.eq(shown) && !too_long
}
