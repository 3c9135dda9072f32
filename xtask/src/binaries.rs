//! The two programs of the product: the server and the sandbox provider.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::Result;

use crate::progress::Step;
use crate::workspace::Workspace;

/// Paths of the built programs.
pub struct Binaries {
    /// The server.
    pub mailgrant: PathBuf,
    /// The provider on loopback.
    pub sandbox: PathBuf,
}

/// The step that builds both.
pub fn step(release: bool) -> Step {
    let (name, seconds) = if release {
        ("server and sandbox, release", 600)
    } else {
        ("server and sandbox", 180)
    };
    Step {
        name,
        first_run: Duration::from_secs(seconds),
    }
}

/// Builds both. A release embeds the site, which must have been built before.
pub fn build(workspace: &Workspace, release: bool) -> Result<Binaries> {
    let mut command = workspace.cargo(&["build", "--package", "mailgrant", "--package", "sandbox"]);
    if release {
        command.arg("--release");
    }
    workspace.run(&mut command)?;
    Ok(paths(workspace, release))
}

/// Returns the paths where cargo puts both.
pub fn paths(workspace: &Workspace, release: bool) -> Binaries {
    let folder = workspace
        .target
        .join(if release { "release" } else { "debug" });
    Binaries {
        mailgrant: folder.join("mailgrant"),
        sandbox: folder.join("sandbox"),
    }
}

/// Returns a command that runs a server on this port of 127.0.0.1 with this data directory.
pub fn server(binary: &Path, data: &Path, port: u16) -> Command {
    let mut command = Command::new(binary);
    command
        .env("MAILGRANT_DATA_DIRECTORY", data)
        .env("MAILGRANT_LISTEN", format!("127.0.0.1:{port}"))
        .env("MAILGRANT_SMTP_LISTENERS", "off");
    command
}
