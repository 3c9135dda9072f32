//! Benchmarks: `cargo xtask bench page` measures the settings page, `send` the delivery rate,
//! `submit` the acceptance of mail over SMTP, `connection` the doctor and the mailbox, `streams` the cost of open pages, and `coverage` the
//! share of server responses that Mailgrant understands.

pub mod connection;
pub mod coverage;
mod first_load;
mod latency;
mod memory;
pub mod send;
mod server;
pub mod streams;
pub mod submit;
mod table;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;
use clap::Args;

use crate::binaries;
use crate::process::run;
use crate::site;
use crate::workspace::Workspace;
use server::Server;

const COLD_STARTS: usize = 5;
const PAGE_LOADS: usize = 1_000;

/// Options of `cargo xtask bench page`.
#[derive(Args)]
pub struct Options {
    /// Requests for the time to first byte, for each number of connections
    #[arg(long, default_value_t = 2_000)]
    requests: usize,
}

/// Builds the release, measures it, and prints a table in Markdown.
pub fn page(workspace: &Workspace, options: &Options) -> Result<()> {
    site::build(workspace)?;
    let binary = binaries::build(workspace, true)?.mailgrant;

    let mut cold_starts = Vec::new();
    for _ in 0..COLD_STARTS {
        let started = Instant::now();
        let _server = Server::start(&binary)?;
        cold_starts.push(started.elapsed());
    }

    let server = Server::start(&binary)?;
    let memory_at_start = memory::resident(server.process.id())?;
    let page = Page {
        url: format!("{}/settings/smtp", server.url),
        cookie: server.sign_up()?,
    };
    let load = first_load::measure(&page)?;
    for _ in 1..PAGE_LOADS {
        crate::process::check_interrupt()?;
        first_load::measure(&page)?;
    }
    let memory_after_loads = memory::resident(server.process.id())?;
    let one = latency::measure(&page, 1, options.requests)?;
    let many = latency::measure(&page, 32, options.requests)?;

    print!(
        "{}",
        table::render(&table::Results {
            load,
            one,
            many,
            requests: options.requests,
            memory_at_start,
            page_loads: PAGE_LOADS,
            memory_after_loads,
            cold_start: latency::median(&mut cold_starts),
        })
    );
    Ok(())
}

/// Builds the release of an example of `mail` that takes part in a benchmark.
fn player(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    let example = ["--package", "mail", "--example", name];
    let mut cargo = workspace.cargo(&["build", "--release"]);
    run(cargo.args(example))?;
    Ok(workspace.target.join("release/examples").join(name))
}

/// The measured page, as a signed-in user sees it.
struct Page {
    url: String,
    cookie: String,
}
