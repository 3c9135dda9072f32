//! The time between delivery attempts.

/// Wait after the first attempt, in seconds.
const FIRST: i64 = 30;
/// Longest wait, in seconds.
const LONGEST: i64 = 4 * 3_600;

/// Returns the seconds to wait after an attempt (counted from 1). The wait doubles from 30 seconds
/// to 4 hours, plus or minus up to a fifth, which spreads the retries of messages that failed
/// together. `chance` is any number.
pub(super) fn wait(attempt: i64, chance: u32) -> i64 {
    let doublings = u32::try_from(attempt.clamp(1, 16) - 1).unwrap_or(0);
    let wait = (FIRST << doublings).min(LONGEST);
    let fifth = wait / 5;
    wait - fifth + i64::from(chance) % (2 * fifth + 1)
}

/// Returns a random number for [`wait`].
pub(super) fn chance() -> u32 {
    u32::from_str_radix(&clock::random::hex::<3>(), 16).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_four_hours_and_vary_by_a_fifth() {
        for (attempt, middle) in [(1, 30), (2, 60), (5, 480), (10, 14_400), (1_000, 14_400)] {
            for chance in [0, 1, 7_919, u32::MAX] {
                let wait = wait(attempt, chance);
                let fifth = middle / 5;
                assert!(
                    (middle - fifth..=middle + fifth).contains(&wait),
                    "{attempt}: {wait}"
                );
            }
        }
    }
}
