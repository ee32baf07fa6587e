//! Chances that fall the same way every time for the same seed.

/// The numbers of SplitMix64: few lines, and good enough to choose steps by.
#[derive(Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 where there is none.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.draw() % (limit as u64).max(1)) as usize
    }

    /// A number from `first` to `last`, both included.
    pub(crate) fn between(&mut self, first: i64, last: i64) -> i64 {
        first + self.below((last - first).unsigned_abs() as usize + 1) as i64
    }

    /// What is so in so many times of a hundred.
    pub(crate) fn in_hundred(&mut self, times: usize) -> bool {
        self.below(100) < times
    }

    /// One of them; `None` where there is none.
    pub(crate) fn of<T: Copy>(&mut self, choices: &[T]) -> Option<T> {
        let place = self.below(choices.len());
        choices.get(place).copied()
    }

    /// One of them, and mostly one of the last few: what happened lately is what people come back to.
    pub(crate) fn of_late<T: Copy>(&mut self, choices: &[T]) -> Option<T> {
        let late = choices.len().saturating_sub(8);
        if self.in_hundred(70) { self.of(&choices[late..]) } else { self.of(choices) }
    }
}
