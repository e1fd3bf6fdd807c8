//! Whole sessions by the thousand, each made from one number: a runbook, a world, a person, and
//! what befalls them: deaths at any boundary of any operation, some with the loss of what was not
//! synced; Ctrl-C; machines that sleep; clocks that are set by up to ten years; readings that tell
//! nothing; processes that outlive the one that started them.
//!
//! What must hold is in `laws`, and is checked against what really happened, in true time. A
//! number that fails prints itself; `HOLDPOINT_SEED` plays it alone and prints its record, and
//! `HOLDPOINT_SESSIONS` says how many numbers are played.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use holdpoint::session::{Answer, Close, Condition, Entry, Event, Question, RollbackVerdict};

mod books;
mod dice;
mod laws;
mod lives;
mod people;

use lives::{Life, Plan, live};

const SESSIONS: u64 = 20_000;
/// Of so many numbers one is also lived without any disturbance, to compare the ends.
const CALM: u64 = 2;
/// After so many numbers that failed, on each of the threads, no other is played.
const ENOUGH: usize = 5;
/// Of so many numbers one is played twice, to compare the journals byte by byte.
const TWICE: u64 = 8;

fn judge(seed: u64) -> Tally {
    let plan = Plan::of(seed);
    let life = live(&plan, true);
    judged(&plan, &life);
    let mut tally = Tally::of(&life);
    if seed.is_multiple_of(CALM) || is_alone() {
        let calm = live(&plan, false);
        judged(&plan, &calm);
        tally.compared += u64::from(laws::ends_alike(&calm, &life));
    }
    if seed.is_multiple_of(TWICE) || is_alone() {
        let again = live(&plan, true);
        assert!(again.bytes == life.bytes, "the same number made two journals");
    }
    tally
}

/// Every law, on one life. Played alone, a number that fails shows its record first.
fn judged(plan: &Plan, life: &Life) {
    let judged = catch_unwind(AssertUnwindSafe(|| laws::hold(plan, life)));
    if let Err(broken) = judged {
        if is_alone() {
            eprintln!("{}\n{:#?}", String::from_utf8_lossy(&life.bytes), life.effects);
        }
        resume_unwind(broken);
    }
}

/// How much happened, so that a suite in which nothing happens fails.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    sessions: u64,
    entries: u64,
    processes: u64,
    deaths: u64,
    doubts: u64,
    running: u64,
    recoveries: u64,
    windows: u64,
    waivers: u64,
    waivers_over: u64,
    gates_expired: u64,
    policies: u64,
    rollbacks: u64,
    requested: u64,
    verified: u64,
    compared: u64,
    strangers: u64,
}

impl Tally {
    fn of(life: &Life) -> Self {
        let mut tally = Self { sessions: 1, processes: life.processes, ..Self::default() };
        tally.deaths = life.deaths;
        for entry in &life.entries {
            tally.count(entry);
        }
        let verified = Close::RolledBack(RollbackVerdict::Verified);
        tally.verified = u64::from(life.session.condition() == Condition::Closed(verified));
        tally
    }

    fn count(&mut self, entry: &Entry) {
        self.entries += 1;
        let counter = match &entry.event {
            Event::Recovered(_) => &mut self.recoveries,
            Event::Asked { question: Question::Doubt { .. }, .. } => &mut self.doubts,
            Event::Asked { question: Question::Running { .. }, .. } => &mut self.running,
            Event::Sampled(sample) if sample.number == sample.needed => &mut self.windows,
            Event::Answered(answered) if answered.answer == Answer::Waive => &mut self.waivers,
            Event::WaiverExpired { .. } => &mut self.waivers_over,
            Event::GateExpired { .. } => &mut self.gates_expired,
            Event::PolicyApplied { .. } => &mut self.policies,
            Event::Asked { question: Question::Identity, .. } => &mut self.strangers,
            Event::RollbackEntered => &mut self.rollbacks,
            Event::RollbackRequested(_) => &mut self.requested,
            _ => return,
        };
        *counter += 1;
    }

    fn counters(&mut self) -> [&mut u64; 17] {
        [
            &mut self.sessions,
            &mut self.entries,
            &mut self.processes,
            &mut self.deaths,
            &mut self.doubts,
            &mut self.running,
            &mut self.recoveries,
            &mut self.windows,
            &mut self.waivers,
            &mut self.waivers_over,
            &mut self.gates_expired,
            &mut self.policies,
            &mut self.rollbacks,
            &mut self.requested,
            &mut self.verified,
            &mut self.compared,
            &mut self.strangers,
        ]
    }

    fn add(mut self, mut other: Self) -> Self {
        for (sum, more) in self.counters().into_iter().zip(other.counters()) {
            *sum += *more;
        }
        self
    }

    /// Whether something of everything happened, as often as can be expected.
    fn is_rich(mut self) -> bool {
        let rare = self.sessions / 200;
        self.counters().into_iter().all(|counter| *counter >= rare)
    }
}

fn play_all(seeds: impl Iterator<Item = u64>) -> Tally {
    let mut tally = Tally::default();
    let mut failed = Vec::new();
    for seed in seeds {
        match catch_unwind(|| judge(seed)) {
            Ok(one) => tally = tally.add(one),
            Err(_told) => {
                eprintln!("^ HOLDPOINT_SEED={seed}");
                failed.push(seed);
            }
        }
        if failed.len() == ENOUGH {
            break;
        }
    }
    assert!(failed.is_empty(), "each of these numbers plays again as HOLDPOINT_SEED: {failed:?}");
    tally
}

#[test]
fn whatever_interrupts_a_session_it_ends_as_it_should() {
    if let Some(seed) = number("HOLDPOINT_SEED") {
        println!("{:?}", play_all(std::iter::once(seed)));
        return;
    }
    let sessions = number("HOLDPOINT_SESSIONS").unwrap_or(SESSIONS);
    let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let tally = std::thread::scope(|scope| {
        let share = |first| {
            scope.spawn(move || {
                play_all((first..sessions).step_by(usize::try_from(threads).expect("few")))
            })
        };
        let shares: Vec<_> = (0..threads).map(share).collect();
        shares.into_iter().fold(Tally::default(), |sum, share| {
            sum.add(share.join().unwrap_or_else(|failed| resume_unwind(failed)))
        })
    });
    println!("{tally:?}");
    assert!(tally.is_rich(), "{tally:?}");
}

fn is_alone() -> bool {
    number("HOLDPOINT_SEED").is_some()
}

#[expect(clippy::disallowed_methods, reason = "tests touch the world")]
fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}
