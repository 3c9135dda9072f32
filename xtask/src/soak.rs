//! `cargo xtask soak`: servers with kills, full disks, cut connections, frozen processes, and clock
//! jumps at random times, on SQLite and PostgreSQL.

use anyhow::Result;
use clap::Args;

use crate::counts::Counts;
use crate::postgres::{Cluster, Durability};
use crate::workspace::Workspace;
use crate::{setup, site};

/// Minutes of the soak test as part of all tests.
pub const MINUTES_IN_CI: u32 = 1;

/// Duration of the soak test.
#[derive(Args)]
pub struct Options {
    /// Minutes of disturbances on each database; both run at the same time
    #[arg(long, default_value_t = 5)]
    minutes: u32,
    /// Only kill servers, again and again, while programs wait for the reply to a message
    #[arg(long)]
    only_kills: bool,
}

/// Runs only the soak test and prints the number of databases that passed.
///
/// # Errors
/// If a message was lost, or a duplicate is not explained.
pub fn soak(workspace: &Workspace, options: &Options) -> Result<()> {
    setup::ensure(workspace, false)?;
    site::make_folder(workspace)?;
    let mut counts = Counts::default();
    let outcome = run_with(workspace, options, &mut counts);
    println!("\n{counts}");
    outcome
}

/// Runs the soak test for this number of minutes. Prints faults that this machine cannot cause as
/// ignored, with the reason.
///
/// # Errors
/// If a message was lost, or a duplicate is not explained.
pub fn run(workspace: &Workspace, minutes: u32, counts: &mut Counts) -> Result<()> {
    let options = Options {
        minutes,
        only_kills: false,
    };
    run_with(workspace, &options, counts)
}

fn run_with(workspace: &Workspace, options: &Options, counts: &mut Counts) -> Result<()> {
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
        .env("MAILGRANT_SOAK_SECONDS", (options.minutes * 60).to_string());
    if options.only_kills {
        command.env("MAILGRANT_SOAK_ONLY_KILLS", "1");
    }
    workspace.stream(&mut command, |line| *counts += Counts::of_cargo(line))
}
