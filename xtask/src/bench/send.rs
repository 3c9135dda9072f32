//! `cargo xtask bench send`: messages per second to mail servers on loopback, compared with other
//! programs.

pub mod mailgrant;
mod nodemailer;
pub mod postfix;
pub mod sink;
pub mod table;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::binaries;
use crate::postgres::{Cluster, Durability};
use crate::process::check_interrupt;
use crate::site;
use crate::workspace::Workspace;
use mailgrant::Mailgrant;
use nodemailer::Nodemailer;
use postfix::Postfix;
use sink::{Encryption, Sink};
use table::{Kind, Rates};

/// A part of the benchmark.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Messages a second in the clear
    Clear,
    /// Messages a second over STARTTLS with XOAUTH2
    Tls,
    /// 1,000 concurrent API calls
    Crowd,
    /// Few and many messages in the database
    Scale,
}

/// Options of `cargo xtask bench send`.
#[derive(Args)]
pub struct Options {
    /// Messages of one run, of 10 kB each
    #[arg(long, default_value_t = 3_000)]
    messages: usize,
    /// Runs of each kind, one kind after the other; the medians are printed
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Connections to the mail server
    #[arg(long, value_delimiter = ',', default_values_t = [1, 4, 16])]
    connections: Vec<usize>,
    /// Messages in the database for "many"
    #[arg(long, default_value_t = 1_000_000)]
    many: usize,
    /// Parts to measure [default: all]
    #[arg(long, value_enum, value_delimiter = ',')]
    parts: Vec<Part>,
}

/// Builds the releases, measures them, and prints tables in Markdown.
pub fn send(workspace: &Workspace, options: &Options) -> Result<()> {
    site::build(workspace)?;
    let binary = binaries::build(workspace, true)?.mailgrant;
    let mailgrant = Mailgrant::build(workspace, binary)?;
    let nodemailer = Nodemailer::install(workspace)?;
    let cluster = Cluster::start(workspace, Durability::Durable)?;
    let is_wanted = |part| options.parts.is_empty() || options.parts.contains(&part);
    for (part, encryption) in [
        (Part::Clear, Encryption::Clear),
        (Part::Tls, Encryption::Tls),
    ] {
        if !is_wanted(part) {
            continue;
        }
        let sink = Sink::start(encryption, mailgrant.player())?;
        let postfix = Postfix::start(&sink)?;
        let mut rates = Rates::new(encryption, &options.connections);
        for _ in 0..options.rounds {
            for (column, connections) in options.connections.iter().copied().enumerate() {
                for kind in Kind::of(encryption) {
                    check_interrupt()?;
                    let messages = options.messages;
                    let rate = match kind {
                        Kind::Source => sink::source(&sink.address(), connections, messages)?,
                        Kind::Nodemailer => nodemailer.pool(&sink, connections, messages)?,
                        Kind::Direct => mailgrant.direct(&sink, connections, messages)?,
                        Kind::Sqlite => mailgrant.queue(&sink, connections, messages, None)?,
                        Kind::Postgres => {
                            mailgrant.queue(&sink, connections, messages, Some(&cluster.url))?
                        }
                        Kind::Postfix => postfix.queue(connections, messages)?,
                    };
                    eprintln!("{}, {connections}: {rate:.0}/s", kind.name());
                    rates.add(*kind, column, rate);
                }
            }
        }
        println!("{}", rates.render());
    }
    if is_wanted(Part::Crowd) {
        let sink = Sink::start(Encryption::Clear, mailgrant.player())?;
        println!("{}", table::crowd(&mailgrant.crowd(&sink)?));
    }
    if is_wanted(Part::Scale) {
        for (name, database) in [("SQLite", None), ("PostgreSQL", Some(cluster.url.as_str()))] {
            let (few, many) = mailgrant.scale(options.many, database)?;
            println!("{}", table::scale(name, options.many, &few, &many));
        }
    }
    Ok(())
}
