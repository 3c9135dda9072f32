//! `smtp-sink` and `smtp-source`, which come with Postfix: a server that throws everything away, and a client that sends as fast as it can.

use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use rustix::process::geteuid;

use crate::http::free_port;
use crate::process::{Running, pause, run};

const PATIENCE: Duration = Duration::from_secs(10);

/// A server that accepts every message and keeps none.
pub struct Sink {
    port: u16,
    _process: Running,
}

impl Sink {
    /// Starts it on a free port of 127.0.0.1.
    pub fn start() -> Result<Self> {
        let port = free_port()?;
        let mut command = Command::new("/usr/sbin/smtp-sink");
        if geteuid().is_root() {
            command.args(["-u", "nobody"]);
        }
        command.arg(format!("127.0.0.1:{port}")).arg("1024");
        let process = Running::start("smtp-sink", &mut command)?;
        wait_for(port)?;
        Ok(Self {
            port,
            _process: process,
        })
    }

    /// Its port.
    pub fn port(&self) -> String {
        self.port.to_string()
    }

    /// Its address and port.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

/// Waits until somebody listens on a port of 127.0.0.1.
pub fn wait_for(port: u16) -> Result<()> {
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if started.elapsed() > PATIENCE {
            bail!("nobody listens on port {port}");
        }
        pause()?;
    }
    Ok(())
}

/// Messages a second of `smtp-source`, over connections that it keeps.
#[expect(clippy::cast_precision_loss, reason = "a rate")]
pub fn source(address: &str, connections: usize, messages: usize) -> Result<f64> {
    let started = Instant::now();
    run(Command::new("/usr/sbin/smtp-source")
        .args([
            "-d",
            "-l",
            "10000",
            "-f",
            "bench@example.com",
            "-t",
            "bench@example.com",
        ])
        .args(["-s", &connections.to_string(), "-m", &messages.to_string()])
        .arg(address))?;
    Ok(messages as f64 / started.elapsed().as_secs_f64())
}
