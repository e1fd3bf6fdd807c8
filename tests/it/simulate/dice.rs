//! Chance that is the same everywhere.

/// `SplitMix64`: small, and the same everywhere.
#[derive(Clone, Debug)]
pub(super) struct Dice(pub(super) u64);

impl Dice {
    /// Dice for one matter of many: what is rolled for others does not change it.
    pub(super) fn about(seed: u64, matter: &str, nth: u64) -> Self {
        let start = 0xcbf2_9ce4_8422_2325_u64;
        let mixed = matter
            .bytes()
            .fold(start, |mixed, byte| (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mut dice = Self(seed ^ mixed ^ nth.wrapping_mul(0x9e37_79b9));
        dice.roll();
        dice
    }

    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.roll() % limit
    }

    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub(super) fn one_of<T: Clone>(&mut self, all: &[T]) -> T {
        let at = usize::try_from(self.below(all.len() as u64)).expect("an index");
        all[at].clone()
    }

    /// Milliseconds, up to this many.
    pub(super) fn millis(&mut self, most: i64) -> i64 {
        let most = u64::try_from(most).expect("not negative");
        i64::try_from(self.below(most + 1)).expect("less than that")
    }
}
