//! Command-line program of the sandbox.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use sandbox::{Descriptor, Sandbox, SandboxConfig};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// A mail provider on loopback (OAuth 2.0 and SMTP) with switchable faults.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port of the pages and of OAuth.
    #[arg(long, default_value_t = 4000)]
    http_port: u16,
    /// Port of SMTP with STARTTLS.
    #[arg(long, default_value_t = 4587)]
    smtp_port: u16,
    /// Port of SMTP with implicit TLS.
    #[arg(long, default_value_t = 4465)]
    smtps_port: u16,
    /// Port of IMAP with STARTTLS.
    #[arg(long, default_value_t = 4143)]
    imap_port: u16,
    /// Port of IMAP with implicit TLS.
    #[arg(long, default_value_t = 4993)]
    imaps_port: u16,
    /// Port of DNS.
    #[arg(long, default_value_t = 4053)]
    dns_port: u16,
    /// Directory for ca.pem and sandbox.json, and for grants.json at shutdown.
    #[arg(long, default_value = ".")]
    directory: PathBuf,
    /// Redirect URL to accept; may be repeated. Without it, any loopback URL with the path
    /// /oauth/callback is accepted.
    #[arg(long = "redirect-url")]
    redirect_urls: Vec<String>,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut text = error.to_string();
            let mut source = error.source();
            while let Some(cause) = source {
                text = format!("{text}: {cause}");
                source = cause.source();
            }
            eprintln!("sandbox: {text}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let mut terminated = signal(SignalKind::terminate())?;
    tokio::fs::create_dir_all(&arguments.directory).await?;
    let sandbox = Sandbox::start(SandboxConfig {
        http_port: arguments.http_port,
        smtp_starttls_port: arguments.smtp_port,
        smtp_tls_port: arguments.smtps_port,
        imap_starttls_port: arguments.imap_port,
        imap_tls_port: arguments.imaps_port,
        dns_port: arguments.dns_port,
        redirect_urls: arguments.redirect_urls,
        ca_file: Some(arguments.directory.join("ca.pem")),
    })
    .await?;
    // Grants survive a restart, as they do at a real provider.
    let grants = arguments.directory.join("grants.json");
    if let Ok(json) = tokio::fs::read_to_string(&grants).await
        && let Err(error) = sandbox.control().import_grants(&json)
    {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "grants.json could not be read"
        );
    }
    let descriptor = sandbox.descriptor();
    write_descriptor(&arguments.directory, descriptor).await?;
    println!(
        "sandbox ready: {}/ (SMTP {}:{} STARTTLS, {} TLS)",
        descriptor.http,
        descriptor.smtp_host,
        descriptor.smtp_starttls_port,
        descriptor.smtp_tls_port
    );
    tokio::select! {
        _ = terminated.recv() => {}
        result = tokio::signal::ctrl_c() => result?,
    }
    tokio::fs::write(&grants, sandbox.control().export_grants()?).await?;
    Ok(())
}

/// Writes the file atomically, because other programs wait for it and read it immediately.
async fn write_descriptor(
    directory: &Path,
    descriptor: &Descriptor,
) -> Result<(), Box<dyn std::error::Error>> {
    let unfinished = directory.join("sandbox.json.new");
    let mut json = serde_json::to_string_pretty(descriptor)?;
    json.push('\n');
    tokio::fs::write(&unfinished, json).await?;
    tokio::fs::rename(&unfinished, directory.join("sandbox.json")).await?;
    Ok(())
}
