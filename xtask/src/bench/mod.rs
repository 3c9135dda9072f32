//! `cargo xtask bench page`: what the settings page costs. `cargo xtask bench send`: how fast mail goes out.

mod first_load;
mod latency;
mod memory;
pub mod send;
mod table;

use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Args;

use crate::binaries;
use crate::http::{free_port, wait_until_ready};
use crate::process::Running;
use crate::setup;
use crate::site;
use crate::workspace::Workspace;

const COLD_STARTS: usize = 5;
const PAGE_LOADS: usize = 1_000;
const PATIENCE: Duration = Duration::from_secs(30);

/// How to measure.
#[derive(Args)]
pub struct Options {
    /// Requests for the time to first byte, for each number of connections
    #[arg(long, default_value_t = 2_000)]
    requests: usize,
}

/// Builds the release, measures and prints a table in Markdown.
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

/// The page that is measured, as somebody who has signed in sees it.
struct Page {
    url: String,
    cookie: String,
}

/// A server with an empty folder of its own.
struct Server {
    process: Running,
    url: String,
    data: tempfile::TempDir,
}

impl Server {
    fn start(binary: &Path) -> Result<Self> {
        let data = tempfile::tempdir()?;
        let port = free_port()?;
        let log_path = data.path().join("log");
        let log = File::create(&log_path)?;
        let mut command = binaries::server(binary, data.path(), port);
        // What is measured is the page, not the patience with one address.
        command.env("MAILGRANT_RATE_LIMIT", "0");
        for (name, _) in std::env::vars_os() {
            // What somebody configured for an own server must not reach the one that is measured.
            let is_ours = command.get_envs().any(|(ours, _)| ours == name);
            if name.to_string_lossy().starts_with("MAILGRANT_") && !is_ours {
                command.env_remove(name);
            }
        }
        command
            .current_dir(data.path())
            .stdout(log.try_clone()?)
            .stderr(Stdio::from(log));
        let mut process = Running::start("the server", &mut command)?;
        let url = format!("http://127.0.0.1:{port}");
        wait_until_ready(&format!("{url}/healthz"), &mut process, PATIENCE)
            .with_context(|| std::fs::read_to_string(&log_path).unwrap_or_default())?;
        Ok(Self { process, url, data })
    }

    /// The cookie of its first administrator.
    fn sign_up(&self) -> Result<String> {
        let log = self.data.path().join("log");
        let link = setup::link(&self.url, || Ok(std::fs::read_to_string(&log)?))?;
        setup::sign_up(
            &self.url,
            &link.context("the server does not ask to be set up")?,
        )
    }
}
