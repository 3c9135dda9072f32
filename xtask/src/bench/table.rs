//! The results as Markdown.

use std::time::Duration;

use super::first_load::Load;
use super::latency::Latency;

/// All results.
pub struct Results {
    /// Bytes of a first load.
    pub load: Load,
    /// Latency with one connection.
    pub one: Latency,
    /// Latency with 32 connections.
    pub many: Latency,
    /// Number of requests for each of the two.
    pub requests: usize,
    /// Memory before the first request, in kB.
    pub memory_at_start: u64,
    /// Number of first loads before the last memory measurement.
    pub page_loads: usize,
    /// Memory after them, in kB.
    pub memory_after_loads: u64,
    /// Time from the start of the process to the first response.
    pub cold_start: Duration,
}

/// Formats a table with the results and their targets.
pub fn render(results: &Results) -> String {
    let Results {
        load,
        one,
        many,
        requests,
        memory_at_start,
        page_loads,
        memory_after_loads,
        cold_start,
    } = results;
    let row =
        |what: &str, value: String, target: &str| format!("| {what} | {value} | {target} |\n");
    let mut table =
        String::from("| settings page, release build | measured | target |\n|---|---:|---:|\n");
    for (what, bytes) in [
        ("HTML", load.html),
        ("CSS", load.css),
        ("JavaScript", load.js),
        ("WASM", load.wasm),
        ("others", load.other),
    ] {
        table += &row(&format!("first load, brotli: {what}"), kilobytes(bytes), "");
    }
    table += &row("first load, brotli: sum", kilobytes(load.sum()), "≤ 250 kB");
    for (connections, latency) in [("1 connection", one), ("32 connections", many)] {
        let value = format!(
            "{} / {}",
            milliseconds(latency.median),
            milliseconds(latency.p99)
        );
        table += &row(
            &format!("time to first byte, {connections}, median / p99 of {requests}"),
            value,
            "",
        );
    }
    table += &row(
        "resident memory after start",
        megabytes(*memory_at_start),
        "",
    );
    table += &row(
        &format!("resident memory after {page_loads} page loads"),
        megabytes(*memory_after_loads),
        "≤ 40 MB",
    );
    table += &row(
        "cold start to the first response, median of 5",
        milliseconds(*cold_start),
        "< 1000 ms",
    );
    table
}

fn kilobytes(bytes: usize) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}

/// Converts `VmRSS`, whose unit is 1024 bytes.
fn megabytes(kibibytes: u64) -> String {
    let tenths = kibibytes * 1024 / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::{kilobytes, megabytes, milliseconds};

    #[test]
    fn shows_units_of_a_thousand() {
        assert_eq!(kilobytes(97_449), "97.4 kB");
        assert_eq!(megabytes(39_063), "40.0 MB");
        assert_eq!(
            milliseconds(std::time::Duration::from_micros(1_250)),
            "1.2 ms"
        );
    }
}
