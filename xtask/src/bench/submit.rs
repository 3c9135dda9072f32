//! `cargo xtask bench submit`: messages per second that are accepted over SMTP, compared with
//! Postfix; the time until a message is accepted, and the memory of idle sessions.

mod client;
mod table;

use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;

use super::send::mailgrant::Mailgrant;
use super::send::postfix::Postfix;
use super::send::sink::{Encryption, Sink, source};
use super::{latency, memory};
use crate::binaries;
use crate::http::free_port;
use crate::postgres::{Cluster, Durability};
use crate::process::check_interrupt;
use crate::site;
use crate::workspace::Workspace;
use table::{Kind, Measure, Rates};

/// Idle sessions whose memory is measured.
const SESSIONS: usize = 1_000;
/// Messages over one connection, to measure the time until each is accepted.
const TIMED: usize = 1_000;

/// Options of `cargo xtask bench submit`.
#[derive(Args)]
pub struct Options {
    /// Messages of one run, of 10 kB each
    #[arg(long, default_value_t = 3_000)]
    messages: usize,
    /// Runs of each kind, one kind after the other; the medians are printed
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Connections of the client, and to the mail server
    #[arg(long, value_delimiter = ',', default_values_t = [1, 4, 16, 64])]
    connections: Vec<usize>,
}

/// Builds the releases, measures them, and prints tables in Markdown.
pub fn submit(workspace: &Workspace, options: &Options) -> Result<()> {
    site::build(workspace)?;
    let binary = binaries::build(workspace, true)?.mailgrant;
    let mailgrant = Mailgrant::build(workspace, binary)?;
    let cluster = Cluster::start(workspace, Durability::Durable)?;
    let sink = Sink::start(Encryption::Clear, mailgrant.player())?;
    let postfix = Postfix::start(&sink)?;
    let bench = Bench {
        mailgrant,
        cluster,
        sink,
        postfix,
        messages: options.messages,
    };
    for measure in [Measure::Accepted, Measure::Delivered] {
        let mut rates = Rates::new(measure, &options.connections);
        for _ in 0..options.rounds {
            for (column, connections) in options.connections.iter().copied().enumerate() {
                for kind in Kind::ALL {
                    check_interrupt()?;
                    let rate = bench.rate(measure, kind, connections)?;
                    eprintln!("{}, {connections}: {rate:.0}/s", kind.name());
                    rates.add(kind, column, rate);
                }
            }
        }
        println!("{}", rates.render());
    }
    println!("{}", bench.sessions()?);
    Ok(())
}

/// The programs that take part.
struct Bench {
    mailgrant: Mailgrant,
    cluster: Cluster,
    sink: Sink,
    postfix: Postfix,
    messages: usize,
}

impl Bench {
    fn rate(&self, measure: Measure, kind: Kind, connections: usize) -> Result<f64> {
        let database = match kind {
            Kind::Sqlite => None,
            Kind::Postgres => Some(self.cluster.url.as_str()),
            Kind::Postfix => {
                return match measure {
                    Measure::Accepted => self.postfix.accept(connections, self.messages),
                    Measure::Delivered => self.postfix.queue(connections, self.messages),
                };
            }
        };
        match measure {
            Measure::Accepted => self.accepted(connections, database),
            Measure::Delivered => self.delivered(connections, database),
        }
    }

    /// Returns messages per second that Mailgrant accepts. No mail server listens, so they wait.
    fn accepted(&self, connections: usize, database: Option<&str>) -> Result<f64> {
        let port = free_port()?.to_string();
        let (_server, address) = self.mailgrant.submission(&port, connections, database)?;
        source(&address, connections, self.messages)
    }

    /// Returns messages per second from the client to the sink.
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    fn delivered(&self, connections: usize, database: Option<&str>) -> Result<f64> {
        let (mailgrant, port) = (&self.mailgrant, self.sink.port());
        let (server, address) = mailgrant.submission(&port, connections, database)?;
        let started = Instant::now();
        source(&address, connections, self.messages)?;
        mailgrant.wait_until_delivered(&server, self.messages, database)?;
        Ok(self.messages as f64 / started.elapsed().as_secs_f64())
    }

    /// Measures the time until a message is accepted, and the memory of idle sessions.
    fn sessions(&self) -> Result<String> {
        let (port, mut rows) = (free_port()?.to_string(), Vec::new());
        for (name, database) in [
            ("SQLite", None),
            ("PostgreSQL", Some(self.cluster.url.as_str())),
        ] {
            let (_server, address) = self.mailgrant.submission(&port, 4, database)?;
            let times = client::times(&address, TIMED).context("sending over one connection")?;
            rows.push((name, latency::of(times)));
        }
        let (server, address) = self.mailgrant.submission(&port, 4, None)?;
        let process = server.process.id();
        let before = memory::resident(process)?;
        let _open = client::idle(&address, SESSIONS).context("opening sessions")?;
        let after = memory::resident(process)?;
        Ok(table::sessions(&rows, before, after))
    }
}
