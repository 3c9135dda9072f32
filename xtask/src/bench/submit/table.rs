//! The results as Markdown.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::bench::latency::Latency;
use crate::bench::send::table::{median, row};

/// The end of the measured time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// The server has accepted the last message.
    Accepted,
    /// The last message has reached the mail server.
    Delivered,
}

/// A server that accepts mail.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Sqlite,
    Postgres,
    Postfix,
}

impl Kind {
    /// All servers.
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::Postfix];

    /// Returns the name for the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "Mailgrant, SQLite",
            Self::Postgres => "Mailgrant, PostgreSQL",
            Self::Postfix => "Postfix",
        }
    }
}

/// Messages per second of each server.
pub struct Rates {
    measure: Measure,
    connections: Vec<usize>,
    measured: BTreeMap<(Kind, usize), Vec<f64>>,
}

impl Rates {
    /// Creates an empty table.
    pub fn new(measure: Measure, connections: &[usize]) -> Self {
        Self {
            measure,
            connections: connections.to_vec(),
            measured: BTreeMap::new(),
        }
    }

    /// Adds the result of one run.
    pub fn add(&mut self, kind: Kind, column: usize, rate: f64) {
        self.measured.entry((kind, column)).or_default().push(rate);
    }

    fn medians(&self, kind: Kind) -> impl Iterator<Item = f64> {
        let columns = 0..self.connections.len();
        columns.map(move |column| {
            median(
                self.measured
                    .get(&(kind, column))
                    .map_or(&[], Vec::as_slice),
            )
        })
    }

    /// Formats the medians and their ratios.
    pub fn render(&self) -> String {
        let what = match self.measure {
            Measure::Accepted => "accepted over SMTP",
            Measure::Delivered => "accepted over SMTP and delivered",
        };
        let mut table = format!("| Messages of 10 kB per second, {what} |");
        for connections in &self.connections {
            let s = if *connections == 1 { "" } else { "s" };
            let _ = write!(table, " {connections} connection{s} |");
        }
        table.push_str("\n|---|");
        table.push_str(&"---:|".repeat(self.connections.len()));
        table.push('\n');
        for kind in Kind::ALL {
            let rates = self.medians(kind).map(|rate| format!("{rate:.0}"));
            row(&mut table, kind.name(), rates);
        }
        for (name, of) in [
            ("SQLite : Postfix (≥ 2)", Kind::Sqlite),
            ("PostgreSQL : Postfix (≥ 2)", Kind::Postgres),
        ] {
            let ratios = self.medians(of).zip(self.medians(Kind::Postfix));
            row(
                &mut table,
                name,
                ratios.map(|(of, to)| format!("{:.1}", of / to)),
            );
        }
        table
    }
}

/// Formats the times until a message is accepted, and the memory in kB before and with 1,000 idle
/// sessions.
pub fn sessions(times: &[(&str, Latency)], before: u64, after: u64) -> String {
    let mut table = "| Sessions | Measured | Limit |\n|---|---:|---:|\n".to_owned();
    for (database, Latency { median, p99 }) in times {
        let [median, p99] = [median, p99].map(|time| time.as_secs_f64() * 1_000.0);
        let _ = writeln!(
            table,
            "| One connection: from the message to its 250, {database}, median / p99 | {median:.1} / {p99:.1} ms | 20 ms |"
        );
    }
    let megabytes = |kibibytes: u64| (kibibytes * 1_024).div_ceil(1_000_000);
    let (before, after) = (megabytes(before), megabytes(after));
    let _ = writeln!(
        table,
        "| Memory of the server without sessions | {before} MB | |"
    );
    let _ = writeln!(
        table,
        "| Memory of the server with 1,000 idle sessions | {after} MB | 100 MB |"
    );
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_medians_and_ratios() {
        let mut rates = Rates::new(Measure::Accepted, &[1, 4]);
        for (kind, column, rate) in [
            (Kind::Sqlite, 0, 300.0),
            (Kind::Sqlite, 0, 100.0),
            (Kind::Sqlite, 0, 200.0),
            (Kind::Postfix, 0, 50.0),
            (Kind::Sqlite, 1, 900.0),
            (Kind::Postfix, 1, 300.0),
        ] {
            rates.add(kind, column, rate);
        }
        let table = rates.render();
        for line in [
            "| Messages of 10 kB per second, accepted over SMTP | 1 connection | 4 connections |",
            "| Mailgrant, SQLite | 200 | 900 |",
            "| SQLite : Postfix (≥ 2) | 4.0 | 3.0 |",
        ] {
            assert!(table.lines().any(|found| found == line), "{table}");
        }
    }
}
