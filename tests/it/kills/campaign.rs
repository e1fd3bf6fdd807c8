//! A campaign: sessions, some at once, each killed a few times, until there were enough kills.
//!
//! `HOLDPOINT_KILLS` sets how many kills, `HOLDPOINT_SEED` the first seed. Time itself is random
//! here: a seed gives the same delays, not the same moments.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use holdpoint::journal::History;

/// A process starts, recovers, and puts its first question in about this.
pub const BEGINNING: Duration = Duration::from_millis(200);

/// What is otherwise in each campaign.
pub struct Campaign {
    /// Kills, where nobody says how many. What they show is looked at from so many on.
    pub kills: u64,
    /// How many kills one session lives through.
    pub each: u32,
    /// Sessions at once: most of each is waiting.
    pub at_once: usize,
    /// The longest delay of a kill, by chance, where so much is still to come.
    pub most: fn(f64, Duration) -> Duration,
    /// The kills must have been where it hurts, or nothing was shown.
    pub is_spread: fn(&Tally),
}

/// Draws the delay to the next kill from how many entries there are; none where there is none.
pub type Draw<'a> = dyn FnMut(usize) -> Option<Duration> + 'a;

/// What a session came to, in how many entries, in how much time.
pub struct Whole<Outcomes> {
    pub outcomes: Outcomes,
    pub entries: usize,
    pub took: Duration,
}

impl Campaign {
    /// Each session is played with a seed of its own, and comes to what one comes to that nobody
    /// kills.
    #[expect(clippy::print_stdout, reason = "shown with a failed test alone, with its seed")]
    pub fn goes<Outcomes: Debug + PartialEq + Sync>(
        &self,
        play: impl Fn(u64, &mut Tally, &mut Draw<'_>) -> Whole<Outcomes> + Sync,
    ) {
        let wanted = number("HOLDPOINT_KILLS").unwrap_or(self.kills);
        let first = number("HOLDPOINT_SEED").unwrap_or_else(any_seed);
        println!("first seed {first}");
        let control = play(first, &mut Tally::default(), &mut |_| None);
        println!("without a kill: {} entries in {:?}", control.entries, control.took);
        let (seeds, total) = (AtomicU64::new(first), Mutex::new(Tally::default()));
        let plays = || {
            while total.lock().expect("no session failed").kills < wanted {
                let seed = seeds.fetch_add(1, Ordering::Relaxed);
                println!("session with seed {seed}");
                let mut tally = Tally::default();
                let whole = play(seed, &mut tally, &mut self.draws(seed, &control));
                assert_eq!(whole.outcomes, control.outcomes, "seed {seed} came to another end");
                total.lock().expect("no session failed").add(tally);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.at_once {
                scope.spawn(plays);
            }
        });
        let total = total.into_inner().expect("no session failed");
        println!("{total:#?}");
        if wanted >= self.kills {
            (self.is_spread)(&total);
        }
    }

    /// Anywhere in what is still to come, and more often at its beginning: a start, a recovery.
    fn draws<Outcomes>(
        &self,
        seed: u64,
        control: &Whole<Outcomes>,
    ) -> impl FnMut(usize) -> Option<Duration> {
        let (mut random, mut left) = (Random(seed), self.each);
        move |entries| {
            left = left.checked_sub(1)?;
            let over = u32::try_from(entries * 1000 / control.entries).unwrap_or(1000).min(800);
            let rest = control.took.mul_f64(f64::from(1000 - over) / 1000.0);
            let most = (self.most)(random.fraction(), rest);
            Some(most.mul_f64(random.fraction()))
        }
    }
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

fn any_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    now.as_millis().try_into().unwrap_or(1)
}

/// What happened in the sessions of a campaign.
#[derive(Debug, Default)]
pub struct Tally {
    pub kills: u64,
    pub sessions: usize,
    pub doubts: usize,
    /// Questions at which something still ran, and was told.
    pub left_running: usize,
    pub torn_tails: usize,
    /// Kills by place, and by what the journal said last.
    places: BTreeMap<String, usize>,
    behind: BTreeMap<&'static str, usize>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.kills += other.kills;
        self.sessions += other.sessions;
        self.doubts += other.doubts;
        self.left_running += other.left_running;
        self.torn_tails += other.torn_tails;
        for (place, count) in other.places {
            *self.places.entry(place).or_default() += count;
        }
        for (event, count) in other.behind {
            *self.behind.entry(event).or_default() += count;
        }
    }

    /// One more kill.
    pub fn count(&mut self, place: impl Into<String>, history: Option<&History>) {
        self.kills += 1;
        *self.places.entry(place.into()).or_default() += 1;
        let last = history.and_then(|history| Some(history.entries.last()?.event.kind()));
        *self.behind.entry(last.unwrap_or("nothing")).or_default() += 1;
    }

    /// So many kills in each of the places, and some right behind each of the events.
    pub fn is_spread(&self, least: usize, places: &[&str], events: &[&str]) {
        for place in places {
            let kills = self.places.get(*place).copied().unwrap_or(0);
            assert!(kills >= least, "only {kills} kills {place}");
        }
        for event in events {
            assert!(self.behind.contains_key(event), "no kill right behind `{event}`");
        }
        assert!(self.torn_tails >= 10, "too few torn tails");
    }
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
