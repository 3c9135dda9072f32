//! The two programs: the server and the sandbox provider.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// Paths of what was built.
pub struct Binaries {
    /// The server.
    pub mailgrant: PathBuf,
    /// The provider on loopback.
    pub sandbox: PathBuf,
}

/// Builds both. The site must have been built before: the server embeds it.
pub fn build(workspace: &Workspace, release: bool) -> Result<Binaries> {
    let mut command = workspace.cargo(&["build", "--package", "mailgrant", "--package", "sandbox"]);
    if release {
        command.arg("--release");
    }
    process::run(&mut command)?;
    let folder = workspace
        .target
        .join(if release { "release" } else { "debug" });
    Ok(Binaries {
        mailgrant: folder.join("mailgrant"),
        sandbox: folder.join("sandbox"),
    })
}

/// The server, listening on this port of 127.0.0.1, its data in this folder.
pub fn server(binary: &Path, data: &Path, port: u16) -> Command {
    let mut command = Command::new(binary);
    command
        .env("MAILGRANT_DATA_DIRECTORY", data)
        .env("MAILGRANT_LISTEN", format!("127.0.0.1:{port}"));
    command
}
