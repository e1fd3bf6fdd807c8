//! Whole sessions by the thousand, each made from one number: a runbook, a world, a person, and
//! deaths at any boundary of any operation, some of them with the loss of what was not synced.
//!
//! What must hold is checked against a ledger of what really happened. A number that fails prints
//! itself; `HOLDPOINT_SEED` plays it alone.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::rc::Rc;

use holdpoint::engine::Reply;
use holdpoint::journal::{History, Judged};
use holdpoint::report::Brief;
use holdpoint::session::{Answer, Close, Condition, Entry, Event, Question, Session};

use crate::disk::Arrives;
use crate::scene::{Played, Scene, book, parsed, says, scene, step};
use crate::world::{Doing, Effect, Fate, HAPPENED, Ledger, exits, file, unknown};

mod laws;

use laws::{everything_was_done, no_action_runs_twice_undecided, no_gate_opens_by_itself};

const SESSIONS: u64 = 2_000;
const FINISHED: Condition = Condition::Closed(Close::Finished);
const ABORTED: Condition = Condition::Closed(Close::Aborted);

/// `SplitMix64`: small, and the same everywhere.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        let at = usize::try_from(self.below(all.len() as u64)).expect("an index");
        all[at].clone()
    }
}

/// A runbook with something of everything, and the names of its steps that act.
fn runbook(dice: &mut Dice) -> String {
    let mut filled: Vec<(usize, String)> = Vec::new();
    let vars = "\n[vars]\nmode = 'fast'\n".to_owned();
    filled.push((0, vars));
    let mut count = 0;
    for phase in 1..=8 {
        if dice.chance(60) {
            continue;
        }
        let mut steps = String::new();
        for _ in 0..=dice.below(3) {
            count += 1;
            steps.push_str(&random_step(dice, count));
        }
        if dice.chance(30) {
            steps.push_str("\n[[phase.exit]]\ncriterion = 'Sure'\nattest = 'I am sure'\n");
        }
        filled.push((phase, steps));
    }
    let filled: Vec<(usize, &str)> =
        filled.iter().map(|(phase, steps)| (*phase, steps.as_str())).collect();
    book(&filled)
}

fn random_step(dice: &mut Dice, count: u64) -> String {
    let id = format!("s{count}");
    let mut rest = String::new();
    let kind = dice.below(10);
    match kind {
        0..=2 => {}
        3..=7 => rest.push_str("run = ['do']\n"),
        8 => rest.push_str("manual = 'Do it'\n"),
        _ => rest.push_str("wait = '1h'\n"),
    }
    if kind <= 2 || dice.chance(40) {
        let until = if dice.chance(30) { ", until = { every = '1s', within = '3s' }" } else { "" };
        let _ = writeln!(rest, "checks = [{{ file = {{ path = 'x{count}' }}{until} }}]");
    }
    if matches!(kind, 3..=7) {
        if dice.chance(30) {
            rest.push_str("idempotent = true\n");
        } else if dice.chance(50) {
            let _ = writeln!(rest, "probe.file = {{ path = '{HAPPENED}{id}' }}");
        }
    }
    if dice.chance(40) {
        let _ = writeln!(rest, "retry = {{ attempts = {}, backoff = '2s' }}", 1 + dice.below(3));
    }
    if dice.chance(15) {
        let _ = writeln!(rest, "when = {{ mode = ['{}'] }}", dice.one_of(&["fast", "slow"]));
    }
    if count > 1 && dice.chance(20) {
        let _ = writeln!(rest, "needs = ['s{}']", 1 + dice.below(count - 1));
    }
    step(&id, &rest)
}

/// What the person, the actions and the files will do, whoever asks and however often.
struct Plan {
    text: String,
    dice: Dice,
    /// A step that fails does so this often, then never again.
    failing: BTreeMap<String, usize>,
    missing: BTreeMap<String, usize>,
    aborts: bool,
}

impl Plan {
    fn of(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let text = runbook(&mut dice);
        let mut plan =
            Self { text, dice, failing: BTreeMap::new(), missing: BTreeMap::new(), aborts: false };
        for count in 1..=24_u64 {
            if plan.dice.chance(20) {
                let times = 1 + plan.dice.below(3);
                plan.failing.insert(format!("s{count}"), usize::try_from(times).expect("few"));
            }
            if plan.dice.chance(20) {
                let times = 1 + plan.dice.below(6);
                plan.missing.insert(format!("x{count}"), usize::try_from(times).expect("few"));
            }
        }
        plan.aborts = plan.dice.chance(5);
        plan
    }

    /// The scene for one process; what earlier ones did and saw is not played again.
    fn set(&self, mut scene: Scene, process: &Process, ledger: &Ledger) -> Scene {
        for (step, times) in &self.failing {
            let begun = Effect::Begun(step.clone());
            let before = ledger.borrow().iter().filter(|effect| **effect == begun).count();
            let left = times.saturating_sub(before);
            let fails = Doing { happens: false, ..exits(1) };
            scene = scene.doing(step, vec![fails; left].into_iter().chain([Doing::default()]));
        }
        for (path, times) in &self.missing {
            let bad = if times % 2 == 0 { file(false) } else { unknown() };
            let left = times.saturating_sub(process.seen(path));
            scene = scene.reading(path, vec![bad; left].into_iter().chain([file(true)]));
        }
        let mut dice = Dice(self.dice.0 ^ process.number);
        let (ledger, aborts) = (Rc::clone(ledger), self.aborts);
        scene.mind(move |brief| answer(brief, &mut dice, &ledger, aborts))
    }
}

/// A person who reads what is shown, looks at the world where that is asked, and errs at times.
fn answer(brief: &Brief, dice: &mut Dice, ledger: &Ledger, aborts: bool) -> Reply {
    if dice.chance(4) {
        return Reply::Note { text: "a note\n### 9 - like an entry".to_owned(), learning: false };
    }
    if dice.chance(4) {
        return says(Answer::Hold);
    }
    if aborts && dice.chance(30) {
        return says(Answer::Abort);
    }
    says(match &brief.question {
        Question::Gate { .. } if dice.chance(10) => Answer::Recheck,
        Question::Gate { .. } => Answer::Proceed,
        Question::Manual { .. } if dice.chance(20) => Answer::Failed,
        Question::Manual { .. } => Answer::Done,
        Question::Attest { .. } if dice.chance(20) => Answer::Deny,
        Question::Attest { .. } => Answer::Confirm,
        Question::Failure { .. } if brief.answers.contains(&Answer::Rerun) && dice.chance(20) => {
            Answer::Rerun
        }
        Question::Failure { .. } => Answer::Retry,
        Question::Doubt { step } => {
            let happened = Effect::Happened(step.to_string());
            if ledger.borrow().contains(&happened) { Answer::Done } else { Answer::Rerun }
        }
        Question::RunbookChange { .. } => Answer::Accept,
    })
}

/// One process of a session, and what those before it saw.
#[derive(Default)]
struct Process {
    number: u64,
    observed: Vec<String>,
}

impl Process {
    fn seen(&self, path: &str) -> usize {
        self.observed.iter().filter(|seen| *seen == path).count()
    }
}

/// A whole session: its processes, until one ends it.
struct Life {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    session: Session,
    condition: Condition,
    effects: Vec<Effect>,
    processes: u64,
    deaths: u64,
}

fn live(seed: u64, deadly: bool) -> Life {
    let plan = Plan::of(seed);
    let mut chance = Dice(seed ^ 0xdead);
    let ledger = Ledger::default();
    let (mut process, mut left, mut deaths) = (Process::default(), None, 0);
    let mut acknowledged: Vec<Entry> = Vec::new();
    for number in 1..400 {
        process.number = number;
        let dies = deadly && deaths < 8 && chance.chance(80);
        let fate = Fate::new(dies.then(|| chance.below(90)));
        fate.cut.set((
            usize::try_from(1 + chance.below(5)).expect("few"),
            chance.one_of(&[Arrives::Nothing, Arrives::OneByte, Arrives::Half, Arrives::AllButOne]),
        ));
        let mut scene = scene(plan.text.clone()).fate(Rc::clone(&fate)).ledger(Rc::clone(&ledger));
        if let Some(bytes) = left.take() {
            scene = scene.found(bytes);
        }
        let played = plan.set(scene, &process, &ledger).run();
        process.observed.extend(played.observed.iter().map(|(path, _)| path.clone()));
        deaths += u64::from(fate.is_dead());
        assert!(played.condition.is_some() || fate.is_dead(), "it stopped, and nothing was wrong");
        no_entry_is_lost(&mut acknowledged, &played);
        let Some(bytes) = found(&played, &fate, &mut chance) else {
            assert!(acknowledged.is_empty(), "the journal is gone");
            continue;
        };
        let history = History::read(&bytes).expect("what is left reads");
        assert!(history.entries.starts_with(&acknowledged), "an acknowledged entry is lost");
        if let condition @ Condition::Closed(_) = history.session.condition() {
            let (entries, session) = (history.entries, history.session);
            let effects = ledger.borrow().clone();
            return Life { bytes, entries, session, condition, effects, processes: number, deaths };
        }
        (left, acknowledged) = (Some(bytes), history.entries);
    }
    panic!("the session never ends");
}

/// What a process believed in is durable: it is there in every way in which it could be found.
fn no_entry_is_lost(before: &mut Vec<Entry>, played: &Played) {
    if played.entries.is_empty() {
        return;
    }
    assert!(played.entries.starts_with(before), "the log was not only added to");
    before.clone_from(&played.entries);
}

/// What the next process finds: after a death the bytes as they were seen, or after a loss of
/// power one of the things that a disk may make of them.
fn found(played: &Played, fate: &Fate, chance: &mut Dice) -> Option<Vec<u8>> {
    let disk = played.disk.as_ref().expect("no dry run");
    if fate.is_dead() && chance.chance(50) {
        return chance.one_of(&disk.after_power_loss());
    }
    disk.seen().map(<[u8]>::to_vec)
}

fn judge(seed: u64) -> Life {
    let calm = live(seed, false);
    let life = live(seed, true);
    let book = parsed(&Plan::of(seed).text);
    for life in [&calm, &life] {
        no_action_runs_twice_undecided(&book, life);
        no_gate_opens_by_itself(&life.entries);
        if life.condition == FINISHED {
            everything_was_done(&book, life);
        }
        assert_eq!(Judged::of(&life.entries).otherwise, Vec::<u64>::new());
    }
    let aborts = Plan::of(seed).aborts;
    assert!(aborts || (calm.condition, life.condition) == (FINISHED, FINISHED), "other endings");
    assert!(!aborts || [FINISHED, ABORTED].contains(&life.condition));
    let again = live(seed, true);
    assert!(again.bytes == life.bytes, "the same number made two journals");
    life
}

/// How much happened, so that a suite in which nothing happens fails.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    processes: u64,
    deaths: u64,
    doubts: u64,
    recoveries: u64,
}

fn play_all(seeds: impl Iterator<Item = u64>) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        let judged = std::panic::catch_unwind(|| judge(seed));
        let life = judged.unwrap_or_else(|_| panic!("replay with HOLDPOINT_SEED={seed}"));
        tally.deaths += life.deaths;
        tally.processes += life.processes;
        for entry in &life.entries {
            tally.recoveries += u64::from(matches!(entry.event, Event::Recovered(_)));
            let asked =
                matches!(entry.event, Event::Asked { question: Question::Doubt { .. }, .. });
            tally.doubts += u64::from(asked);
        }
    }
    tally
}

#[test]
fn whatever_interrupts_a_session_it_ends_as_it_should() {
    if let Some(seed) = seed_alone() {
        println!("{:?}", play_all(std::iter::once(seed)));
        return;
    }
    let threads = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    let tally = std::thread::scope(|scope| {
        let share = |first| {
            scope.spawn(move || {
                play_all((first..SESSIONS).step_by(usize::try_from(threads).expect("few")))
            })
        };
        let shares: Vec<_> = (0..threads).map(share).collect();
        shares.into_iter().fold(Tally::default(), |sum, share| {
            let tally = share.join().unwrap_or_else(|failed| std::panic::resume_unwind(failed));
            Tally {
                processes: sum.processes + tally.processes,
                deaths: sum.deaths + tally.deaths,
                doubts: sum.doubts + tally.doubts,
                recoveries: sum.recoveries + tally.recoveries,
            }
        })
    });
    println!("{tally:?}");
    assert!(tally.deaths > SESSIONS && tally.doubts > 100 && tally.recoveries > 100, "{tally:?}");
}

#[expect(clippy::disallowed_methods, reason = "tests touch the world")]
fn seed_alone() -> Option<u64> {
    std::env::var("HOLDPOINT_SEED").ok()?.parse().ok()
}
