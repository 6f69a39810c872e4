//! Waiting between tries of what failed.

use jiff::SignedDuration;

/// Waits that double with each try.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BackOff {
    /// The wait after the first try.
    pub first: SignedDuration,
    /// The longest wait.
    pub longest: SignedDuration,
}

impl BackOff {
    /// How long to wait after so many tries: twice as long after each, give or take a quarter, so that what failed
    /// together does not come again together.
    pub fn after(self, attempts: i64, random: [u8; 2]) -> SignedDuration {
        let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or_default();
        let wait = self.first.saturating_mul(1 << doublings).min(self.longest);
        let share = i64::from(u16::from_be_bytes(random)); // of 65536: from three quarters to five quarters
        SignedDuration::from_millis((wait.as_millis() as i64 / 4).saturating_mul(3 * 65_536 + 2 * share) / 65_536)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_are_spread() {
        let waits = BackOff { first: SignedDuration::from_secs(30), longest: SignedDuration::from_hours(6) };
        let least = |attempts| waits.after(attempts, [0, 0]).as_millis();
        let most = |attempts| waits.after(attempts, [255, 255]).as_millis();
        assert_eq!([least(1), least(2), least(3)], [22_500, 45_000, 90_000]);
        assert_eq!([most(1), most(2)], [37_499, 74_999]);
        let longest = waits.longest.as_millis();
        assert_eq!(least(40), longest / 4 * 3);
        assert!(most(40) < longest * 5 / 4);
    }
}
