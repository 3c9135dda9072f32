//! Servers that discard all messages, and `smtp-source`, a client that sends as fast as it can.

use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::geteuid;
use tempfile::TempDir;

use crate::http::free_port;
use crate::process::{Running, pause, run};

const TIMEOUT: Duration = Duration::from_secs(10);

/// Protection of the connection.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Unencrypted, to Postfix's `smtp-sink`.
    Clear,
    /// STARTTLS with XOAUTH2, to our own sink, because `smtp-sink` supports neither.
    Tls,
}

/// A server that accepts every message and discards it.
pub struct Sink {
    port: u16,
    certificate: Option<PathBuf>,
    _process: Running,
    _folder: TempDir,
}

impl Sink {
    /// Starts it on a free port of 127.0.0.1. `player` is the program of our own sink.
    pub fn start(encryption: Encryption, mut player: Command) -> Result<Self> {
        let (port, folder) = (free_port()?, tempfile::tempdir()?);
        let ca = folder.path().join("ca.pem");
        let mut command = match encryption {
            Encryption::Clear => {
                let mut command = Command::new("/usr/sbin/smtp-sink");
                if geteuid().is_root() {
                    command.args(["-u", "nobody"]);
                }
                command.arg(format!("127.0.0.1:{port}")).arg("1024");
                command
            }
            Encryption::Tls => {
                player.args(["sink", &port.to_string()]).arg(&ca);
                player
            }
        };
        let process = Running::start("the sink", &mut command)?;
        wait_for(port)?;
        // Postfix reads the directory as another user.
        run(Command::new("chmod").arg("755").arg(folder.path()))?;
        Ok(Self {
            port,
            certificate: (encryption == Encryption::Tls).then_some(ca),
            _process: process,
            _folder: folder,
        })
    }

    /// Returns the port.
    pub fn port(&self) -> String {
        self.port.to_string()
    }

    /// Returns the address and port.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Returns the certificate of the authority if the sink requires TLS.
    pub fn certificate(&self) -> Option<&PathBuf> {
        self.certificate.as_ref()
    }
}

/// Waits until a server listens on a port of 127.0.0.1.
pub fn wait_for(port: u16) -> Result<()> {
    let started = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        if started.elapsed() > TIMEOUT {
            bail!("nobody listens on port {port}");
        }
        pause()?;
    }
    Ok(())
}

/// Returns messages per second of `smtp-source` over keep-alive connections.
#[expect(clippy::cast_precision_loss, reason = "a rate")]
pub fn source(address: &str, connections: usize, messages: usize) -> Result<f64> {
    let mut command = Command::new("/usr/sbin/smtp-source");
    command.args(["-d", "-l", "10000"]);
    command.args(["-f", "bench@example.com", "-t", "bench@example.com"]);
    command.args(["-s", &connections.to_string(), "-m", &messages.to_string()]);
    let started = Instant::now();
    run(command.arg(address))?;
    Ok(messages as f64 / started.elapsed().as_secs_f64())
}

/// Parses the number that a program printed.
pub fn number(printed: &str) -> Result<f64> {
    let printed = printed.trim();
    printed
        .parse()
        .with_context(|| format!("no number: {printed:?}"))
}
