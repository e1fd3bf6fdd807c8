//! SIGKILL at random moments of real runs on a real terminal, against a ledger of what really
//! happened: nothing is lost, nothing happens twice, nothing goes on in silence.
//!
//! `HOLDPOINT_KILLS` sets how many kills, `HOLDPOINT_SEED` the first seed. Time itself is random
//! here: a seed gives the same delays, not the same moments.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

mod left;
pub mod ordeal;
pub mod proof;
pub mod seat;

use ordeal::{Ordeal, Tally, Whole};

const BOOK: &str = include_str!("kills/book.toml");

/// How many kills one session lives through.
const EACH: u32 = 4;

/// A process starts, recovers, and puts its first questions in about this.
const BEGINNING: Duration = Duration::from_millis(200);

/// Sessions at once: most of each is waiting.
const AT_ONCE: usize = 4;

#[test]
fn two_hundred_kills_lose_nothing_and_repeat_nothing() {
    let number = |name| std::env::var(name).ok().and_then(|text: String| text.parse().ok());
    let wanted = number("HOLDPOINT_KILLS").unwrap_or(200);
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let first = number("HOLDPOINT_SEED").unwrap_or_else(|| now().try_into().unwrap_or(1));
    println!("first seed {first}");
    let control = Ordeal::of(BOOK, &mut Tally::default()).goes_to_its_end(&mut |_| None);
    println!("without a kill: {} entries in {:?}", control.entries, control.took);
    let (seeds, total) = (AtomicU64::new(first), Mutex::new(Tally::default()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while total.lock().expect("no session failed").kills < wanted {
                    let seed = seeds.fetch_add(1, Ordering::Relaxed);
                    println!("session with seed {seed}");
                    let tally = one_session(seed, &control);
                    total.lock().expect("no session failed").add(tally);
                }
            });
        }
    });
    let total = total.into_inner().expect("no session failed");
    println!("{total:#?}");
    if wanted >= 200 {
        is_spread(&total);
    }
}

fn one_session(seed: u64, control: &Whole) -> Tally {
    let (mut random, mut tally, mut left) = (Random(seed), Tally::default(), EACH);
    let whole = Ordeal::of(BOOK, &mut tally).goes_to_its_end(&mut |entries| {
        left = left.checked_sub(1)?;
        // Anywhere in what is still to come, and more often at its beginning: a start, a recovery.
        let over = u32::try_from(entries * 1000 / control.entries).unwrap_or(1000).min(800);
        let rest = control.took.mul_f64(f64::from(1000 - over) / 1000.0);
        let most = if random.fraction() < 0.25 { rest.min(BEGINNING) } else { rest };
        Some(most.mul_f64(random.fraction()))
    });
    assert_eq!(whole.outcomes, control.outcomes, "seed {seed} came to another end");
    tally
}

/// The kills must have been where it hurts, or nothing was shown.
fn is_spread(total: &Tally) {
    for phase in ["before phase 1", "phase 1", "phase 2", "phase 4", "phase 5", "phase 8"] {
        assert!(total.phases.contains_key(phase), "no kill in {phase}");
    }
    for event in ["step started", "step acted", "asked"] {
        assert!(total.behind.contains_key(event), "no kill right behind `{event}`");
    }
    assert!(total.doubts >= 20 && total.left_running >= 3, "too few doubts");
    assert!(total.torn_tails >= 10, "too few torn tails");
}

/// Numbers that look random (`SplitMix64`).
pub struct Random(pub u64);

impl Random {
    pub fn fraction(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        f64::from(u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or(0)) / f64::from(u32::MAX)
    }
}
