//! HTTP without TLS to our own servers on loopback.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use ureq::Agent;

use crate::process::{Running, pause};

/// Returns a client that reports every status and keeps connections open.
pub fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(Duration::from_secs(30)))
        .proxy(None)
        .build()
        .into()
}

/// Waits until the server responds with 200 at the URL.
///
/// # Errors
/// If the server exits, does not respond in time, or Ctrl-C was pressed.
pub fn wait_until_ready(url: &str, server: &mut Running, timeout: Duration) -> Result<()> {
    let agent = agent();
    let started = Instant::now();
    loop {
        server.still_runs()?;
        if agent
            .get(url)
            .call()
            .is_ok_and(|response| response.status() == 200)
        {
            return Ok(());
        }
        if started.elapsed() > timeout {
            bail!("no answer from {url} within {} s", timeout.as_secs());
        }
        pause()?;
    }
}

/// Returns a port of 127.0.0.1 that is currently free.
pub fn free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).context("no free port")?;
    Ok(listener.local_addr()?.port())
}
