//! `cargo xtask bench send`: messages a second to a mail server on loopback, beside the programs that people would compare with.

mod postfix;
mod sink;
mod table;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;

use crate::process::{capture, check_interrupt, run};
use crate::workspace::Workspace;
use postfix::Postfix;
use sink::Sink;

const CONNECTIONS: [usize; 3] = [1, 4, 16];
/// Sends over a pool, as a program that uses nodemailer does.
const POOL: &str = r#"import nodemailer from "nodemailer";
const [port, connections, count] = process.argv.slice(2).map(Number);
const transport = nodemailer.createTransport({ host: "127.0.0.1", port, pool: true, maxConnections: connections, maxMessages: Infinity, ignoreTLS: true });
const text = ("x".repeat(70) + "\r\n").repeat(139);
const message = { from: "bench@example.com", to: "bench@example.com", subject: "bench", text };
const since = process.hrtime.bigint();
await Promise.all(Array.from({ length: count }, () => transport.sendMail(message)));
console.log(Math.round(count / (Number(process.hrtime.bigint() - since) / 1e9)));
transport.close();
"#;

/// How to measure.
#[derive(Args)]
pub struct Options {
    /// Messages of one run, of 10 kB each
    #[arg(long, default_value_t = 3_000)]
    messages: usize,
    /// Runs of each kind, one kind after the other; the medians are printed
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Messages in the database for "many"
    #[arg(long, default_value_t = 1_000_000)]
    many: usize,
}

/// Builds the release of what is measured, measures and prints a table in Markdown.
pub fn send(workspace: &Workspace, options: &Options) -> Result<()> {
    run(&mut workspace.cargo(&[
        "build",
        "--release",
        "--package",
        "mail",
        "--example",
        "outbox_bench",
    ]))?;
    let bench = workspace.target.join("release/examples/outbox_bench");
    let folder = prepare_nodemailer(workspace)?;
    let place = tempfile::tempdir()?;
    let sink = Sink::start()?;
    let postfix = Postfix::start(&sink)?;
    let all = Measuring {
        bench,
        nodemailer: folder,
        place: place.path(),
        messages: options.messages.to_string(),
    };
    let mut rows = Vec::new();
    for connections in CONNECTIONS {
        let mut rates: [Vec<f64>; 5] = Default::default();
        for round in 0..options.rounds {
            check_interrupt()?;
            let number = connections.to_string();
            let database = format!("{connections}-{round}.db");
            let measured = [
                sink::source(&sink.address(), connections, options.messages)?,
                all.nodemailer(&sink, &number)?,
                all.ours(&["send", &sink.port(), &number, &all.messages])?,
                all.ours(&[
                    "queue",
                    &sink.port(),
                    &number,
                    &all.messages,
                    &all.database(&database),
                ])?,
                postfix.queue(connections, options.messages)?,
            ];
            for (rates, rate) in rates.iter_mut().zip(measured) {
                rates.push(rate);
            }
        }
        rows.push((connections, rates.map(|mut rates| median(&mut rates))));
    }
    print!("{}", table::rates(&rows));
    let (few, many) = (
        all.scale("few.db", 1_000)?,
        all.scale("many.db", options.many)?,
    );
    print!("{}", table::scale(options.many, &few, &many));
    let crowd = capture(Command::new(&all.bench).args(["crowd", &all.database("crowd.db")]))?;
    println!("\n1,000 submissions at once: {}", crowd.trim());
    Ok(())
}

struct Measuring<'a> {
    bench: PathBuf,
    nodemailer: PathBuf,
    place: &'a Path,
    messages: String,
}

impl Measuring<'_> {
    fn database(&self, name: &str) -> String {
        format!("sqlite://{}", self.place.join(name).display())
    }

    fn ours(&self, arguments: &[&str]) -> Result<f64> {
        number(&capture(Command::new(&self.bench).args(arguments))?)
    }

    fn nodemailer(&self, sink: &Sink, connections: &str) -> Result<f64> {
        let mut command = Command::new("node");
        command.current_dir(&self.nodemailer);
        command.args(["pool.mjs", &sink.port(), connections, &self.messages]);
        number(&capture(&mut command)?)
    }

    /// Milliseconds of enqueue, claim and the first page with so many messages in the database.
    fn scale(&self, name: &str, messages: usize) -> Result<Vec<f64>> {
        let database = self.database(name);
        run(Command::new(&self.bench).args(["fill", &database, &messages.to_string()]))?;
        let times = capture(Command::new(&self.bench).args(["scale", &database]))?;
        times.split_whitespace().map(number).collect()
    }
}

fn number(printed: &str) -> Result<f64> {
    let printed = printed.trim();
    printed
        .parse()
        .with_context(|| format!("no number: {printed:?}"))
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn prepare_nodemailer(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target.join("bench");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("pool.mjs"), POOL)?;
    if !folder.join("node_modules/nodemailer").exists() {
        let mut npm = workspace.command("npm");
        npm.current_dir(&folder);
        npm.args([
            "install",
            "--no-audit",
            "--no-fund",
            "--prefix",
            ".",
            "nodemailer@7",
        ]);
        run(&mut npm)?;
    }
    Ok(folder)
}
