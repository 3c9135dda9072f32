//! The results for people, in Markdown.

use std::fmt::Write as _;

/// Messages a second for each number of connections: smtp-source, nodemailer, ours alone, ours with the outbox, Postfix's queue.
pub fn rates(rows: &[(usize, [f64; 5])]) -> String {
    let mut table = String::from(
        "| messages a second, 10 kB, in the clear | 1 connection | 4 | 16 | to reach |\n|---|---:|---:|---:|---:|\n",
    );
    let names = [
        ("smtp-source (no queue)", ""),
        ("nodemailer, pool (no queue)", ""),
        ("Mailgrant, the send path alone", "≥ 3 × nodemailer"),
        (
            "Mailgrant, through the outbox, durable",
            "≥ nodemailer, > Postfix",
        ),
        ("Postfix, through its queue", ""),
    ];
    for (place, (name, target)) in names.iter().enumerate() {
        let rates: Vec<_> = rows
            .iter()
            .map(|(_, rates)| format!("{:.0}", rates[place]))
            .collect();
        let _ = writeln!(table, "| {name} | {} | {target} |", rates.join(" | "));
    }
    for (name, of, to) in [
        ("send path : nodemailer", 2, 1),
        ("outbox : nodemailer", 3, 1),
        ("outbox : Postfix", 3, 4),
    ] {
        let ratios: Vec<_> = rows
            .iter()
            .map(|(_, rates)| format!("{:.1}", rates[of] / rates[to]))
            .collect();
        let _ = writeln!(table, "| {name} | {} | |", ratios.join(" | "));
    }
    table
}

/// Milliseconds with few and with many messages in the database.
pub fn scale(messages: usize, few: &[f64], many: &[f64]) -> String {
    let mut table = format!(
        "\n| milliseconds, SQLite | 1000 messages | {messages} | ratio, ≤ 2 |\n|---|---:|---:|---:|\n"
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
