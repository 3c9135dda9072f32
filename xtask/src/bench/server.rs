//! A server for benchmarks.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::binaries;
use crate::first_account;
use crate::http::{free_port, wait_until_ready};
use crate::process::{Running, run};

const START_TIMEOUT: Duration = Duration::from_secs(30);

/// A server with a separate data directory.
pub struct Server {
    pub process: Running,
    pub url: String,
    data: TempDir,
}

impl Server {
    /// Starts a server with an empty data directory.
    pub fn start(binary: &Path) -> Result<Self> {
        Self::start_in(binary, tempfile::tempdir()?, &[])
    }

    /// Starts a server with this data directory and these settings.
    pub fn start_in(binary: &Path, data: TempDir, settings: &[(&str, &str)]) -> Result<Self> {
        let port = free_port()?;
        let log_path = data.path().join("log");
        let log = File::create(&log_path)?;
        let mut command = binaries::server(binary, data.path(), port);
        // Limits per address are not part of the benchmark.
        command.env("MAILGRANT_RATE_LIMIT", "0");
        command.env("MAILGRANT_CONNECTIONS_PER_ADDRESS", "0");
        command.envs(settings.iter().copied());
        only_own(&mut command);
        command
            .current_dir(data.path())
            .stdout(log.try_clone()?)
            .stderr(Stdio::from(log));
        let mut process = Running::start("the server", &mut command)?;
        let url = format!("http://127.0.0.1:{port}");
        wait_until_ready(&format!("{url}/healthz"), &mut process, START_TIMEOUT)
            .with_context(|| std::fs::read_to_string(&log_path).unwrap_or_default())?;
        Ok(Self { process, url, data })
    }

    /// Creates the first administrator and returns its session cookie.
    pub fn sign_up(&self) -> Result<String> {
        let log = self.data.path().join("log");
        let link = first_account::link(&self.url, || Ok(std::fs::read_to_string(&log)?))?;
        first_account::sign_up(&link.context("the server does not ask to be set up")?)
    }

    /// Creates an API key for a program that sends mail.
    pub fn api_key(&self, binary: &Path, settings: &[(&str, &str)]) -> Result<String> {
        let file = self.data.path().join("api-key");
        let mut command = Command::new(binary);
        command
            .args(["api-key", "add", "bench", "--output"])
            .arg(&file);
        command.env("MAILGRANT_DATA_DIRECTORY", self.data.path());
        command.envs(settings.iter().copied());
        command.stdout(Stdio::null());
        only_own(&mut command);
        run(&mut command)?;
        Ok(std::fs::read_to_string(file)?.trim().to_owned())
    }

    /// Adds a sender that is known by the addresses of this machine.
    pub fn sender(&self, binary: &Path, settings: &[(&str, &str)]) -> Result<()> {
        let mut command = Command::new(binary);
        command.args([
            "sender",
            "add",
            "bench",
            "--no-password",
            "--network",
            "127.0.0.0/8",
        ]);
        command.env("MAILGRANT_DATA_DIRECTORY", self.data.path());
        command.envs(settings.iter().copied());
        command.stdout(Stdio::null());
        only_own(&mut command);
        run(&mut command)
    }

    /// Returns the data directory.
    pub fn data(&self) -> &Path {
        self.data.path()
    }
}

/// Removes settings of the caller's environment, which must not reach the measured server.
fn only_own(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let is_ours = command.get_envs().any(|(ours, _)| ours == name);
        if name.to_string_lossy().starts_with("MAILGRANT_") && !is_ours {
            command.env_remove(name);
        }
    }
}
