//! `cargo xtask bench connection`: the doctor and a mailbox, against the sandbox.

use std::process::Command;

use anyhow::Result;

use crate::process::run;
use crate::workspace::Workspace;

/// Builds the release of what measures, and has it print its tables in Markdown.
pub fn connection(workspace: &Workspace) -> Result<()> {
    let player = super::player(workspace, "connection_bench")?;
    run(&mut Command::new(player))
}
