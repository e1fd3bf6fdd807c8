//! `audit --live`: could the deployment go through, as the world is now? Everything is looked at,
//! nothing is changed, and nothing is written.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::rc::Rc;

use tokio::sync::Semaphore;

use super::{Exit, Failure, look, print, shown};
use crate::cli::{Audit, AuditFormat, Pace};
use crate::command::fresh;
use crate::command::sitting::Sitting;
use crate::engine::{Clock as _, Eyes, StopLevel, Stopper};
use crate::host::aws::{Aws, Target as AwsTarget};
use crate::host::identity::{self, WallClock};
use crate::host::probe::HostProber;
use crate::host::process::Commands;
use crate::host::{signal, sweep};
use crate::plan::Plan;
use crate::report::{Live, LiveQuestion, Row, questions};
use crate::runbook::{Runbook, Values};
use crate::text::Mask;
use crate::value::{Moment, Name, Span};

mod access;
mod asked;
mod cloud;
mod machine;
mod variables;

/// How many looks may go on at once, as in a session.
const JOBS: u16 = 32;

/// What is looked at, and with which values.
struct Scene<'a> {
    book: &'a Runbook,
    values: &'a Values,
    /// Variables of which nobody knows the value yet.
    open: &'a BTreeSet<String>,
    plan: &'a Plan,
    directory: PathBuf,
    now: Moment,
    lasts: Option<Span>,
}

impl<'a> Scene<'a> {
    /// Whether it is known already that the step will not run.
    fn is_skipped(&self, id: &Name) -> bool {
        self.plan.step(id.as_str()).is_some_and(|step| step.skipped.is_some())
    }

    fn questions(&self) -> Vec<LiveQuestion<'a>> {
        questions(self.book, &|id| self.is_skipped(id))
    }
}

pub(in crate::command) fn run(options: &Audit) -> Result<Exit, Failure> {
    let [path] = options.paths.as_slice() else {
        return Err(Failure::usage("--live takes one runbook")
            .help("audit folders without --live; ask for each runbook on its own with it"));
    };
    if options.format == AuditFormat::Sarif {
        return Err(Failure::usage("what --live finds has no place in a file, as SARIF wants")
            .help("use --format json"));
    }
    let book = fresh::runbook(path)?;
    let as_text = options.format == AuditFormat::Text;
    let found = if as_text { super::run_with(options, None)? } else { Exit::Good };
    let sitting = Sitting::begin(&Pace { no_input: options.no_input, jobs: JOBS })?;
    let known = variables::known(&book, &options.vars, &sitting)?;
    let mask = fresh::mask(&book, &known.values)?;
    let plan = Plan::of(&book, &known.values, &known.open);
    let scene = Scene {
        book: &book,
        values: &known.values,
        open: &known.open,
        plan: &plan,
        directory: sitting.directory,
        now: WallClock.now(),
        lasts: options.lasts,
    };
    let mut rows = known.rows;
    rows.extend(machine::rows(&scene));
    rows.extend(world(&scene, &mask)?);
    let live = told(&scene, &mask, rows);
    let found = if as_text {
        print(&shown(&live.lines(), look()))?;
        found
    } else {
        super::run_with(options, Some(live.json()))?
    };
    Ok(if live.stops() { Exit::Findings } else { found })
}

/// The rows in order and without secrets.
fn told(scene: &Scene<'_>, mask: &Mask, mut rows: Vec<Row>) -> Live {
    rows.sort_by_key(|row| row.stand);
    for row in &mut rows {
        row.name = mask.mask(&row.name);
    }
    let target = format!("{} to {}", scene.book.component, scene.book.environment);
    Live { target, asked: format!("{} UTC", scene.now.minute().trim_end_matches(" UTC")), rows }
}

/// Everything that is asked of the world outside of this machine's files.
fn world(scene: &Scene<'_>, mask: &Mask) -> Result<Vec<Row>, Failure> {
    sweep::adopt_orphans()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (stopper, stop) = Stopper::new();
    let session = identity::session_name()?;
    let commands = Commands::new(session.clone(), scene.directory.clone(), mask.clone());
    let aws = scene.book.aws.as_ref().map(|aws| Aws::new(AwsTarget::new(aws, &session)));
    let prober = HostProber::new(scene.directory.clone(), mask.clone(), Rc::new(commands));
    let prober = prober.with_aws(aws.clone());
    let places = Semaphore::new(usize::from(JOBS));
    let eyes = Eyes { prober: &prober, stop: &stop, places: &places };
    let rows = runtime.block_on(async {
        let _signals = signal::listen(stopper)?;
        let mut rows = Vec::new();
        if let Some(aws) = &aws {
            rows.extend(cloud::rows(scene, aws, eyes).await);
        }
        rows.extend(asked::rows(scene, eyes).await);
        Ok::<_, Failure>(rows)
    })?;
    if stop.level() > StopLevel::None {
        return Err(Failure::machine("the live audit was stopped before all was asked"));
    }
    Ok(rows)
}
