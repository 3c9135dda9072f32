//! `cargo xtask run`: runs the server and the sandbox provider on loopback.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use serde::Deserialize;

use crate::binaries;
use crate::first_account;
use crate::http::wait_until_ready;
use crate::process::{Running, interrupted, pause};
use crate::progress::{Progress, Step};
use crate::site;
use crate::workspace::Workspace;

const SANDBOX_HTTP: u16 = 4000;
const SANDBOX_SMTP: u16 = 4587;
const SANDBOX_SMTPS: u16 = 4465;
const START_TIMEOUT: Duration = Duration::from_secs(30);
const START: Step = Step {
    name: "start",
    first_run: Duration::from_secs(1),
};

/// Options of `cargo xtask run`.
#[derive(Args)]
pub struct Options {
    /// Build as for deployment, which takes longer
    #[arg(long)]
    release: bool,
    /// Port of localhost for Mailgrant
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Show the output of all programs
    #[arg(long, short)]
    verbose: bool,
}

impl Options {
    /// Returns true if the output of all programs should be shown.
    pub fn verbose(&self) -> bool {
        self.verbose
    }
}

/// The part of `sandbox.json`, the sandbox's description of itself, that the guide shows.
#[derive(Deserialize)]
struct Descriptor {
    client_id: String,
    client_secret: String,
    accounts: Vec<Account>,
}

#[derive(Deserialize)]
struct Account {
    address: String,
    password: String,
}

/// Builds and starts both programs. Returns after Ctrl-C, or when one of them exits.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    check_ports(options.port)?;
    let mut progress = Progress::new(workspace, 3);
    progress.step(site::STEP, || site::build(workspace))?;
    let binaries = progress.step(binaries::step(options.release), || {
        binaries::build(workspace, options.release)
    })?;
    // Building takes minutes, so another program may have taken a port meanwhile.
    check_ports(options.port)?;

    let folder = workspace.root.join("target/sandbox");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let (mut sandbox, (mut server, setup_link)) = progress.step(START, || {
        let sandbox = start_sandbox(&binaries.sandbox, &folder)?;
        let server = start_server(workspace, &binaries.mailgrant, &folder, options.port, &[])?;
        Ok((sandbox, server))
    })?;
    print_guide(options.port, setup_link.as_deref(), &folder)?;

    while !interrupted() {
        sandbox.still_runs()?;
        server.still_runs()?;
        if pause().is_err() {
            break;
        }
    }
    println!("\nstopping");
    server.stop();
    sandbox.stop();
    Ok(())
}

/// Checks that the ports of both programs are free.
pub fn check_ports(port: u16) -> Result<()> {
    for (port, what) in [
        (port, "the settings page; choose another with --port"),
        (SANDBOX_HTTP, "the sandbox provider's pages"),
        (SANDBOX_SMTP, "the sandbox provider's SMTP with STARTTLS"),
        (
            SANDBOX_SMTPS,
            "the sandbox provider's SMTP with implicit TLS",
        ),
    ] {
        if let Err(error) = TcpListener::bind(("127.0.0.1", port)) {
            bail!("port {port} of 127.0.0.1 is not free ({error}); it is needed for {what}");
        }
    }
    Ok(())
}

/// Starts the sandbox and waits until it has written its descriptor.
pub fn start_sandbox(binary: &Path, folder: &Path) -> Result<Running> {
    let descriptor = folder.join("sandbox.json");
    // The file of an earlier run would be mistaken for that of the sandbox that is starting.
    if descriptor.exists() {
        fs::remove_file(&descriptor).context("old sandbox.json")?;
    }
    let mut command = std::process::Command::new(binary);
    for (flag, port) in [
        ("--http-port", SANDBOX_HTTP),
        ("--smtp-port", SANDBOX_SMTP),
        ("--smtps-port", SANDBOX_SMTPS),
    ] {
        command.arg(flag).arg(port.to_string());
    }
    let mut sandbox = Running::start(
        "the sandbox provider",
        command.arg("--directory").arg(folder),
    )?;
    let started = std::time::Instant::now();
    while !descriptor.exists() {
        sandbox.still_runs()?;
        if started.elapsed() > START_TIMEOUT {
            bail!(
                "the sandbox provider was not ready within {} s",
                START_TIMEOUT.as_secs()
            );
        }
        pause()?;
    }
    Ok(sandbox)
}

/// Starts the server and waits until it responds. Also returns its setup link if it has no
/// accounts.
pub fn start_server(
    workspace: &Workspace,
    binary: &Path,
    sandbox: &Path,
    port: u16,
    environment: &[(&str, &str)],
) -> Result<(Running, Option<String>)> {
    let mut command = binaries::server(binary, &workspace.root.join("data"), port);
    command
        .current_dir(&workspace.root)
        .env("MAILGRANT_SANDBOX_FILE", sandbox.join("sandbox.json"))
        .env("MAILGRANT_EXTRA_ROOTS", sandbox.join("ca.pem"))
        // Here it is for trying, with the default port.
        .env_remove("MAILGRANT_SMTP_LISTENERS")
        .envs(environment.iter().copied());
    let log = Arc::new(Mutex::new(String::new()));
    let mut server = Running::start_with_listener("the server", &mut command, {
        let log = Arc::clone(&log);
        move |line| {
            if let Ok(mut log) = log.lock() {
                log.push_str(line);
                log.push('\n');
            }
            // Pages of a development build request it several times per second.
            !line.contains(site::RELOAD)
        }
    })?;
    let url = format!("http://127.0.0.1:{port}");
    wait_until_ready(&format!("{url}/healthz"), &mut server, START_TIMEOUT)?;
    let link = first_account::link(&url, || {
        let log = log.lock().map_err(|_| anyhow!("the log is lost"))?;
        Ok(log.clone())
    })?;
    Ok((server, link))
}

/// Prints the URLs to open and the values to enter.
pub fn print_guide(port: u16, setup_link: Option<&str>, sandbox: &Path) -> Result<()> {
    let descriptor = fs::read(sandbox.join("sandbox.json")).context("sandbox.json")?;
    let Descriptor {
        client_id,
        client_secret,
        accounts,
    } = serde_json::from_slice(&descriptor).context("sandbox.json")?;
    let (address, password) = accounts
        .first()
        .map_or(("", ""), |first| (&first.address, &first.password));
    let first = match setup_link {
        Some(link) => format!("Open {link}\n     and choose a user name and a password"),
        None => format!("Open http://localhost:{port} and sign in"),
    };
    println!(
        "
Mailgrant is running, and beside it a mail provider for trying it: nothing leaves this machine.
Browsers share the cookies of one host name between ports, so Mailgrant is at localhost and the provider at 127.0.0.1.

  1. {first}
  2. Provider       Sandbox (fills in host, port, endpoints and scope)
  3. From address   {address}
  4. Client ID      {client_id}
     Client Secret  {client_secret}
     Username       {address}
  5. Press \"Save & Authorize\". In the new tab sign in as {address}
     with the password {password} and allow the access.
  6. Back on the page, send a test email to any address.
     Mail that arrives is shown on http://127.0.0.1:{SANDBOX_HTTP}/

Settings are kept in data/. Ctrl-C ends both."
    );
    Ok(())
}
