//! `cargo xtask bench connection`: measures the doctor and a mailbox against the sandbox.

use std::process::Command;

use anyhow::Result;

use crate::process::run;
use crate::workspace::Workspace;

/// Builds the release of the benchmark example and runs it. It prints its tables in Markdown.
pub fn connection(workspace: &Workspace) -> Result<()> {
    let player = super::player(workspace, "connection_bench")?;
    run(&mut Command::new(player))
}
