//! `cargo xtask bench coverage`: the share of odd server responses, reports, and replies that
//! Mailgrant understands.

use anyhow::{Result, bail};
use std::fmt::Write as _;

use crate::workspace::Workspace;

/// Packages with a test target `coverage`.
const PACKAGES: [&str; 5] = ["imap", "smtp", "oauth", "message", "decode"];
/// Sets that the tests must print.
const SETS: [&str; 6] = [
    "IMAP oddities",
    "SMTP oddities",
    "token responses",
    "discovery documents",
    "delivery reports",
    "provider replies",
];

/// A set, with the number of its inputs that are understood.
struct Set {
    name: String,
    right: u32,
    total: u32,
}

/// Runs the test targets and prints a table in Markdown.
///
/// # Errors
/// If a test fails or a set is missing.
pub fn coverage(workspace: &Workspace) -> Result<()> {
    let mut cargo = workspace.cargo(&["test", "--test", "coverage", "--no-fail-fast"]);
    for package in PACKAGES {
        cargo.args(["--package", package]);
    }
    cargo.args(["--", "--nocapture"]);
    let mut sets = Vec::new();
    let ended = workspace.stream(&mut cargo, |line| sets.extend(Set::parse(line)));
    print!("{}", table(&sets));
    ended?;
    let missing = missing(&sets);
    if !missing.is_empty() {
        bail!("no figures for: {}", missing.join(", "));
    }
    Ok(())
}

impl Set {
    /// Parses `coverage: name: right of total`. A test may print its own name before it.
    fn parse(line: &str) -> Option<Self> {
        let (_, line) = line.split_once("coverage: ")?;
        let (name, figures) = line.rsplit_once(": ")?;
        let (right, total) = figures.split_once(" of ")?;
        Some(Self {
            name: name.to_owned(),
            right: right.parse().ok()?,
            total: total.trim().parse().ok()?,
        })
    }
}

fn missing(sets: &[Set]) -> Vec<&'static str> {
    let has = |name: &&str| sets.iter().any(|set| set.name == *name && set.total > 0);
    SETS.into_iter().filter(|name| !has(name)).collect()
}

fn table(sets: &[Set]) -> String {
    let mut table = "| set | right | total | percent |\n|---|---:|---:|---:|\n".to_owned();
    for Set { name, right, total } in sets {
        let percent = f64::from(*right) * 100.0 / f64::from((*total).max(1));
        // Writing to a `String` cannot fail.
        let _ = writeln!(table, "| {name} | {right} | {total} | {percent:.1} |");
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_tests_become_a_table() {
        let lines = [
            "running 1 test",
            "coverage miss: SMTP oddities: a: b / c",
            "test oddities ... coverage: SMTP oddities: 117 of 118",
            "coverage: provider replies: 3 of 4",
        ];
        let sets: Vec<_> = lines.into_iter().filter_map(Set::parse).collect();
        assert_eq!(
            table(&sets),
            "| set | right | total | percent |\n|---|---:|---:|---:|\n\
             | SMTP oddities | 117 | 118 | 99.2 |\n| provider replies | 3 | 4 | 75.0 |\n"
        );
        assert_eq!(missing(&sets).len(), 4);
    }
}
