//! `cargo xtask soak`: the servers under kills, full disks, cut connections, frozen processes, and clock jumps, with random
//! timing, on SQLite and PostgreSQL.

use anyhow::Result;
use clap::Args;

use crate::counts::Counts;
use crate::postgres::{Cluster, Durability};
use crate::workspace::Workspace;
use crate::{setup, site};

/// Minutes of a run among all other tests.
pub const MINUTES_IN_CI: u32 = 1;

/// Duration of the soak test.
#[derive(Args)]
pub struct Options {
    /// Minutes of disturbances on each database; both run at the same time
    #[arg(long, default_value_t = 5)]
    minutes: u32,
}

/// Runs the soak test by itself and prints how many databases passed.
///
/// # Errors
/// When a message was lost, or a duplicate has no explanation.
pub fn soak(workspace: &Workspace, options: &Options) -> Result<()> {
    setup::ensure(workspace, false)?;
    site::make_folder(workspace)?;
    let mut counts = Counts::default();
    let outcome = run(workspace, options.minutes, &mut counts);
    println!("\n{counts}");
    outcome
}

/// Runs the soak test for these minutes. Faults that this machine cannot produce are printed as ignored, with the reason.
///
/// # Errors
/// When a message was lost, or a duplicate has no explanation.
pub fn run(workspace: &Workspace, minutes: u32, counts: &mut Counts) -> Result<()> {
    let cluster = Cluster::start(workspace, Durability::Durable)?;
    let mut command = workspace.cargo(&["test", "--workspace"]);
    command
        .args(["--exclude", "frontend", "--exclude", "xtask"])
        .args([
            "--test",
            "whole",
            "--",
            "--ignored",
            "--nocapture",
            "soak::",
        ])
        .envs(cluster.environment())
        .env("MAILGRANT_SOAK_SECONDS", (minutes * 60).to_string());
    workspace.stream(&mut command, |line| *counts += Counts::of_cargo(line))
}
