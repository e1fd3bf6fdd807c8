//! A whole life of a session: process after process, with what happens to each of them, until it
//! is closed and nobody comes back.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use holdpoint::check::cloud::Identity;
use holdpoint::check::{Reading, When};
use holdpoint::journal::History;
use holdpoint::runbook::Runbook;
use holdpoint::session::{Condition, Ending, Entry, Event, Finding, Session};
use holdpoint::value::{Moment, Name};

use super::books::{in_aws, runbook};
use super::dice::Dice;
use super::people::{Character, Person, remembered};
use crate::disk::Arrives;
use crate::scene::{ORIGIN, Played, Scene, parsed, scene};
use crate::world::{
    AWS, Doing, Effect, Fate, HAPPENED, Ledger, Left, Truth, exits, file, jane, unknown,
};

const YEAR: i64 = 365 * 24 * 3_600_000;

/// What is so in every life of one seed.
pub(super) struct Plan {
    seed: u64,
    text: String,
    pub(super) book: Rc<Runbook>,
    pub(super) character: Character,
    /// What the first tries of a step come to.
    doings: BTreeMap<String, Vec<Doing>>,
    /// What is seen first at a path.
    readings: BTreeMap<String, Vec<Reading>>,
}

impl Plan {
    pub(super) fn of(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let mut text = runbook(&mut dice);
        let mut cloud = Dice::about(seed, AWS, 0);
        let in_cloud = cloud.chance(35);
        if in_cloud {
            text = in_aws(&text);
        }
        let book = Rc::new(parsed(&text));
        let character = Character::of(&mut dice);
        let (mut doings, mut readings) = (BTreeMap::new(), BTreeMap::new());
        if in_cloud {
            readings.insert(AWS.to_owned(), callers(&mut cloud));
        }
        let undos = book.steps().filter_map(|step| step.undo.as_deref());
        for step in book.steps().chain(undos).chain(&book.rollback.steps) {
            doings.insert(step.id.to_string(), tries(&mut dice));
            let number = step.id.as_str().trim_start_matches(char::is_alphabetic);
            let probed = format!("{HAPPENED}{}", step.id);
            if dice.chance(10) {
                readings.insert(probed, vec![unknown()]);
            }
            for path in [format!("x{number}"), format!("w{number}"), format!("y{number}")] {
                if dice.chance(35) {
                    readings.entry(path).or_insert_with(|| sights(&mut dice));
                }
            }
        }
        Self { seed, text, book, character, doings, readings }
    }

    /// The scene for one process; what is on record is not played again.
    fn set(&self, mut scene: Scene, process: &Process<'_>) -> Scene {
        for (step, all) in &self.doings {
            let left = all.iter().skip(acted(process.entries, step)).cloned();
            let for_ever = all.last().cloned();
            scene = scene.doing(step, left.chain(for_ever));
        }
        for (path, all) in &self.readings {
            let left = all.iter().skip(seen(process.entries, path)).cloned();
            let right = if path == AWS { Reading::Identity(jane()) } else { file(true) };
            let for_ever = (!path.starts_with(HAPPENED)).then_some(right);
            scene = scene.reading(path, left.chain(for_ever));
        }
        let (answered, refused) = remembered(process.entries);
        let mut person = Person {
            seed: self.seed,
            character: self.character,
            book: Rc::clone(&self.book),
            answered,
            refused,
            mood: Dice::about(self.seed, "mood", process.number),
            ledger: Rc::clone(process.ledger),
            truth: Rc::clone(process.truth),
        };
        scene
            .ledger(Rc::clone(process.ledger))
            .truth(Rc::clone(process.truth))
            .mind(move |brief| person.answer(brief))
    }
}

/// Some tries that go wrong, each in its way.
fn tries(dice: &mut Dice) -> Vec<Doing> {
    let takes = Duration::from_secs(if dice.chance(30) { dice.below(20) } else { 0 });
    let mut all = vec![Doing { takes, ..Doing::default() }];
    if dice.chance(35) {
        for _ in 0..=dice.below(3) {
            let failed = match dice.below(4) {
                0 => Doing { ending: Ending::NotStarted("it is gone".to_owned()), ..exits(1) },
                1 => Doing { takes: Duration::from_secs(3_600), ..Doing::default() },
                2 => exits(1),
                _ => Doing { happens: false, ..exits(1) },
            };
            all.insert(0, Doing { takes: failed.takes.max(takes), ..failed });
        }
    }
    all
}

/// Who asks AWS before it is the right one for good: another account, role or endpoint, nobody.
fn callers(dice: &mut Dice) -> Vec<Reading> {
    let one = |dice: &mut Dice| match dice.below(8) {
        0..4 => Reading::Identity(jane()),
        4 => Reading::Identity(Identity { account: "999999999999".to_owned(), ..jane() }),
        5 => {
            let arn = jane().arn.replace("deployer", "reader");
            Reading::Identity(Identity { arn, ..jane() })
        }
        6 => {
            let endpoint = Some("http://127.0.0.1:4566".to_owned());
            Reading::Identity(Identity { endpoint, ..jane() })
        }
        _ => unknown(),
    };
    (0..1 + dice.below(12)).map(|_| one(dice)).collect()
}

/// What is seen before all is well.
fn sights(dice: &mut Dice) -> Vec<Reading> {
    let one = |dice: &mut Dice| match dice.below(4) {
        0 => file(true),
        1 => unknown(),
        _ => file(false),
    };
    (0..1 + dice.below(8)).map(|_| one(dice)).collect()
}

/// How often the end of a step's action is on record.
fn acted(entries: &[Entry], id: &str) -> usize {
    let acted =
        |entry: &&Entry| matches!(&entry.event, Event::Acted { step, .. } if step.as_str() == id);
    entries.iter().filter(acted).count()
}

/// How often it is on record that somebody looked at a path.
fn seen(entries: &[Entry], path: &str) -> usize {
    if path == AWS {
        let looked = |entry: &&Entry| matches!(entry.event, Event::Identified { .. });
        return entries.iter().filter(looked).count();
    }
    let tries = |finding: &Finding| {
        let said = finding.check.claim.kind().ask(When::at(Moment::from_millis(0)));
        let of_it =
            matches!(said, holdpoint::check::Probe::File { path: seen, .. } if seen == path);
        if of_it { finding.tries as usize } else { 0 }
    };
    let of = |entry: &Entry| match &entry.event {
        Event::Checked { findings, .. } => findings.iter().map(tries).sum(),
        Event::Sampled(sample) => sample.findings.iter().map(tries).sum(),
        Event::Probed { finding, .. } => tries(finding),
        _ => 0,
    };
    entries.iter().map(of).sum()
}

/// One process of a session, and what those before it left.
struct Process<'a> {
    number: u64,
    entries: &'a [Entry],
    ledger: &'a Ledger,
    truth: &'a Rc<Truth>,
}

/// A whole session: its processes, until nobody comes back.
pub(super) struct Life {
    pub(super) bytes: Vec<u8>,
    pub(super) entries: Vec<Entry>,
    pub(super) session: Session,
    pub(super) effects: Vec<Effect>,
    pub(super) truth: Rc<Truth>,
    pub(super) processes: u64,
    pub(super) deaths: u64,
}

/// What a process finds.
#[derive(Default)]
struct Found {
    bytes: Option<Vec<u8>>,
    entries: Vec<Entry>,
    closed: bool,
}

pub(super) fn live(plan: &Plan, deadly: bool) -> Life {
    let mut chance = Dice::about(plan.seed, "chance", u64::from(deadly));
    let (ledger, truth) = (Ledger::default(), Rc::new(Truth::default()));
    let (mut left, mut deaths, mut wall) = (Found::default(), 0, ORIGIN);
    for number in 1..400 {
        truth.settle(&ledger);
        let process = Process { number, entries: &left.entries, ledger: &ledger, truth: &truth };
        let dies = deadly && deaths < 8 && chance.chance(70);
        let fate = Fate::new(dies.then(|| chance.below(120)));
        fate.cut.set((
            usize::try_from(1 + chance.below(5)).expect("few"),
            chance.one_of(&[Arrives::Nothing, Arrives::OneByte, Arrives::Half, Arrives::AllButOne]),
        ));
        let mut scene = scene(plan.text.clone()).fate(Rc::clone(&fate)).begins(wall);
        if let Some(bytes) = left.bytes.clone() {
            scene = scene.found(bytes);
        }
        if left.closed || (deadly && plan.character.intervenes == Some(number)) {
            scene = scene.requests_rollback();
        }
        if deadly {
            scene = disturbed(scene, &mut chance);
        }
        let played = plan.set(scene, &process).run();
        deaths += u64::from(fate.is_dead());
        assert!(played.condition.is_some() || fate.is_dead(), "it stopped, and nothing was wrong");
        let acknowledged = acknowledged(&left.entries, &played);
        let Some(bytes) = found(&played, &fate, &mut chance) else {
            assert!(acknowledged.is_empty(), "the journal is gone");
            continue;
        };
        let history = History::read(&bytes).expect("what is left reads");
        assert!(history.entries.starts_with(acknowledged), "an acknowledged entry is lost");
        let closed = matches!(history.session.condition(), Condition::Closed(_));
        if closed && !regretted(plan, &history.entries) {
            let (entries, session) = (history.entries, history.session);
            let effects = ledger.borrow().clone();
            return Life { bytes, entries, session, effects, truth, processes: number, deaths };
        }
        wall = truth.wall().millis();
        if deadly {
            between(&mut chance, &truth, &mut wall);
        }
        if fate.is_dead() && chance.chance(40) {
            outlives(&history.session, &ledger, &truth, &mut chance);
        }
        left = Found { bytes: Some(bytes), entries: history.entries, closed };
    }
    panic!("the session never ends");
}

/// Whether somebody will come back to roll back what is over.
fn regretted(plan: &Plan, entries: &[Entry]) -> bool {
    let requested = |entry: &Entry| matches!(entry.event, Event::RollbackRequested(_));
    plan.character.regrets && !entries.iter().any(requested)
}

/// What happens to the time of one process, and whether somebody presses Ctrl-C.
fn disturbed(mut scene: Scene, chance: &mut Dice) -> Scene {
    let after = |chance: &mut Dice| Duration::from_millis(chance.below(90_000));
    if chance.chance(15) {
        scene = scene.jump(after(chance), jump(chance));
    }
    if chance.chance(15) {
        let most = chance.one_of(&[5_000, 60_000, 86_400_000]);
        scene = scene.sleep(after(chance), chance.millis(most));
    }
    if chance.chance(10) {
        scene = scene.stopped_after(after(chance));
    }
    scene
}

/// Up to ten years, forth or back.
fn jump(chance: &mut Dice) -> i64 {
    let most = chance.one_of(&[5_000, 60_000, 3_600_000, 10 * YEAR]);
    let millis = chance.millis(most);
    if chance.chance(50) { -millis } else { millis }
}

/// Time goes on between two processes, and clocks are set.
fn between(chance: &mut Dice, truth: &Truth, wall: &mut i64) {
    let most = chance.one_of(&[0, 5_000, 60_000, 7_200_000]);
    let passes = chance.millis(most);
    truth.sleep(passes);
    *wall += passes;
    if chance.chance(10) {
        *wall += jump(chance);
    }
}

/// The process died in the middle of an action, which goes on without it.
fn outlives(session: &Session, ledger: &Ledger, truth: &Truth, chance: &mut Dice) {
    let last = ledger.borrow().last().cloned();
    let Some(Effect::Begun(step)) = last else { return };
    let id: Name = step.parse().expect("a name");
    if session.step(&id).action == holdpoint::session::ActionState::Running {
        let until = truth.now() + 1_000 + chance.millis(120_000);
        *truth.left.borrow_mut() = Some(Left { step, until });
    }
}

/// What a process believed in is durable: it is there in every way in which it could be found.
fn acknowledged<'a>(before: &'a [Entry], played: &'a Played) -> &'a [Entry] {
    if played.entries.is_empty() {
        return before;
    }
    assert!(played.entries.starts_with(before), "the log was not only added to");
    &played.entries
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
