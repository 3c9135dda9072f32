//! The results as Markdown.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::mailgrant::ConcurrentCalls;
use super::sink::Encryption;

/// A sending program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Source,
    Nodemailer,
    Direct,
    Sqlite,
    Postgres,
    Postfix,
}

impl Kind {
    /// Returns all programs that support this protection.
    pub fn of(encryption: Encryption) -> &'static [Self] {
        let all = &[
            Self::Source,
            Self::Nodemailer,
            Self::Direct,
            Self::Sqlite,
            Self::Postgres,
            Self::Postfix,
        ];
        match encryption {
            Encryption::Clear => all,
            Encryption::Tls => &all[1..],
        }
    }

    /// Returns the name for the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Source => "smtp-source, no queue",
            Self::Nodemailer => "nodemailer's pool, no queue",
            Self::Direct => "Mailgrant's SMTP client, no queue",
            Self::Sqlite => "Mailgrant, API to mail server, durable, SQLite",
            Self::Postgres => "Mailgrant, API to mail server, durable, PostgreSQL",
            Self::Postfix => "Postfix, through its queue",
        }
    }
}

/// Messages per second of each program.
pub struct Rates {
    encryption: Encryption,
    connections: Vec<usize>,
    measured: BTreeMap<Kind, Vec<Vec<f64>>>,
}

impl Rates {
    /// Creates an empty table.
    pub fn new(encryption: Encryption, connections: &[usize]) -> Self {
        Self {
            encryption,
            connections: connections.to_vec(),
            measured: BTreeMap::new(),
        }
    }

    /// Adds the result of one run.
    pub fn add(&mut self, kind: Kind, column: usize, rate: f64) {
        let columns = self.measured.entry(kind);
        let columns = columns.or_insert_with(|| vec![Vec::new(); self.connections.len()]);
        if let Some(rates) = columns.get_mut(column) {
            rates.push(rate);
        }
    }

    fn medians(&self, kind: Kind) -> Vec<f64> {
        let columns = self.measured.get(&kind).into_iter().flatten();
        columns.map(|rates| median(rates)).collect()
    }

    /// Formats the medians and their ratios.
    pub fn render(&self) -> String {
        let what = match self.encryption {
            Encryption::Clear => "unencrypted",
            Encryption::Tls => "STARTTLS and XOAUTH2",
        };
        let mut table = format!("| Messages of 10 kB per second, {what} |");
        for connections in &self.connections {
            let s = if *connections == 1 { "" } else { "s" };
            let _ = write!(table, " {connections} connection{s} |");
        }
        table.push_str("\n|---|");
        table.push_str(&"---:|".repeat(self.connections.len()));
        table.push('\n');
        for kind in Kind::of(self.encryption) {
            let rates = self.medians(*kind).into_iter();
            row(
                &mut table,
                kind.name(),
                rates.map(|rate| format!("{rate:.0}")),
            );
        }
        for (name, of, to) in [
            (
                "SMTP client : nodemailer (≥ 3)",
                Kind::Direct,
                Kind::Nodemailer,
            ),
            (
                "durable, SQLite : nodemailer (≥ 1)",
                Kind::Sqlite,
                Kind::Nodemailer,
            ),
            (
                "durable, SQLite : Postfix (> 1)",
                Kind::Sqlite,
                Kind::Postfix,
            ),
            (
                "durable, PostgreSQL : nodemailer (≥ 1)",
                Kind::Postgres,
                Kind::Nodemailer,
            ),
            (
                "durable, PostgreSQL : Postfix (> 1)",
                Kind::Postgres,
                Kind::Postfix,
            ),
        ] {
            let ratios = self.medians(of).into_iter().zip(self.medians(to));
            row(
                &mut table,
                name,
                ratios.map(|(of, to)| format!("{:.1}", of / to)),
            );
        }
        table
    }
}

/// Adds a row.
pub fn row(table: &mut String, name: &str, cells: impl Iterator<Item = String>) {
    let cells: Vec<_> = cells.collect();
    let _ = writeln!(table, "| {name} | {} |", cells.join(" | "));
}

/// Returns the median, or zero if there are no values.
pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Formats the result of 1,000 concurrent calls.
pub fn crowd(crowd: &ConcurrentCalls) -> String {
    format!(
        "| 1,000 concurrent API calls | Measured | Limit |\n|---|---:|---:|\n\
         | Until the last call was answered | {:.0} ms | |\n\
         | Peak memory of the server | {} MB | 150 MB |\n",
        crowd.milliseconds,
        crowd.peak_memory.div_ceil(1_000)
    )
}

/// Formats the milliseconds with few and with many messages in the database.
pub fn scale(database: &str, messages: usize, few: &[f64], many: &[f64]) -> String {
    let mut table = format!(
        "| Milliseconds, {database} | 1000 messages | {messages} | ratio (≤ 2) |\n|---|---:|---:|---:|\n"
    );
    let names = ["enqueue of 64", "claim of 64", "first page of 50"];
    for ((name, few), many) in names.iter().zip(few).zip(many) {
        let _ = writeln!(
            table,
            "| {name} | {few:.1} | {many:.1} | {:.1} |",
            many / few
        );
    }
    table
}
