//! Counts of passed and failed tests, read from the output of test programs. The last line of
//! `cargo xtask test` sums up cargo's tests and Playwright's, which no common runner does.

use std::fmt;
use std::ops::AddAssign;

/// Tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tests that passed, the first time or when repeated.
    pub passed: usize,
    /// Tests that failed or were interrupted.
    pub failed: usize,
}

impl Counts {
    /// Parses a line of `cargo test`: `test result: ok. 5 passed; 0 failed; …`, one for each test
    /// binary.
    pub fn of_cargo(line: &str) -> Self {
        let mut counts = Self::default();
        let Some((_, result)) = line
            .trim()
            .strip_prefix("test result: ")
            .and_then(|rest| rest.split_once(". "))
        else {
            return counts;
        };
        for part in result.split(';') {
            counts.add(part);
        }
        counts
    }

    /// Parses a line of Playwright's summary: `  12 passed (30.1s)`, `  1 failed`, `  2 flaky`.
    pub fn of_playwright(line: &str) -> Self {
        let mut counts = Self::default();
        if line.starts_with("  ") && !line.starts_with("   ") {
            counts.add(line.split(" (").next().unwrap_or_default());
        }
        counts
    }

    fn add(&mut self, part: &str) {
        let Some((number, what)) = part.trim().split_once(' ') else {
            return;
        };
        let Ok(number) = number.parse::<usize>() else {
            return;
        };
        match what {
            "passed" | "flaky" => self.passed += number,
            "failed" | "interrupted" => self.failed += number,
            _ => {}
        }
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    fn sum(lines: &str, read: fn(&str) -> Counts) -> Counts {
        lines.lines().fold(Counts::default(), |mut sum, line| {
            sum += read(line);
            sum
        })
    }

    #[test]
    fn adds_up_the_results_of_all_test_binaries() {
        let lines = "running 3 tests\n\
            test form::refuses_5 passed ... ok\n\
            test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\
            test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 3.00s\n";
        assert_eq!(
            sum(lines, Counts::of_cargo),
            Counts {
                passed: 13,
                failed: 2
            }
        );
    }

    #[test]
    fn adds_up_playwrights_summary_and_nothing_else() {
        let lines = "Running 9 tests using 2 workers\n\
            \x20 ✓  1 first-setup.spec.ts:3:1 › 4 passed (2s)\n\
            \x20 1 failed\n\
            \x20   [chromium] › 5 passed\n\
            \x20 2 flaky\n\
            \x20 1 interrupted\n\
            \x20 1 did not run\n\
            \x20 4 passed (30.1s)\n";
        assert_eq!(
            sum(lines, Counts::of_playwright),
            Counts {
                passed: 6,
                failed: 2
            }
        );
    }

    #[test]
    fn prints_one_plain_line() {
        assert_eq!(
            Counts {
                passed: 12,
                failed: 0
            }
            .to_string(),
            "12 passed, 0 failed"
        );
    }
}
