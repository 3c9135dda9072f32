//! What is random, and can be had again.

use std::time::Duration;

/// Fixes what is random.
const SEED: &str = "MAILGRANT_TEST_SEED";

/// Numbers that look random (`SplitMix64`), the same ones for the same seed.
pub struct Chance(u64);

impl Chance {
    pub fn new() -> Self {
        let given = std::env::var(SEED).ok().and_then(|seed| seed.parse().ok());
        let random = || u64::from_str_radix(&ambient::random::hex::<8>(), 16).unwrap();
        let seed = given.unwrap_or_else(random);
        println!("{SEED}={seed}");
        Self(seed)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    /// One of `count` things.
    pub fn one_of(&mut self, count: usize) -> usize {
        let count = u64::try_from(count).unwrap();
        usize::try_from(self.below(count)).unwrap()
    }

    pub fn millis(&mut self, from: u64, to: u64) -> Duration {
        Duration::from_millis(from + self.below(to - from))
    }
}
