//! `cargo xtask test`: everything that must hold, in the order from quick to slow.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use clap::Args;

use crate::counts::Counts;
use crate::postgres::{Cluster, Keeping};
use crate::process::{run, stream};
use crate::site;
use crate::workspace::Workspace;
use crate::{binaries, gates, packages, schemathesis, soak};

/// What to test.
#[derive(Args)]
pub struct Options {
    /// Leave out what needs a browser
    #[arg(long)]
    fast: bool,
}

/// Runs all steps up to the first that fails. The last line says how many tests passed and failed; a step that fails
/// without naming a failed test counts as one.
pub fn test(workspace: &Workspace, options: &Options) -> ExitCode {
    let started = Instant::now();
    let mut steps = Steps::default();
    let outcome = all(workspace, options, &mut steps);
    println!("\nTime of each step");
    for (name, seconds) in &steps.times {
        println!("{seconds:8.1} s  {name}");
    }
    println!("{:8.1} s  in all", started.elapsed().as_secs_f64());
    let code = if let Err(error) = &outcome {
        let last = steps.times.last().map_or("", |(name, _)| name.as_str());
        println!("\nFAILED: {last}\n{error:#}");
        steps.counts.failed = steps.counts.failed.max(1);
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    };
    println!("\n{}", steps.counts);
    code
}

#[derive(Default)]
struct Steps {
    counts: Counts,
    times: Vec<(String, f64)>,
}

impl Steps {
    fn step(&mut self, name: &str, work: impl FnOnce(&mut Counts) -> Result<()>) -> Result<()> {
        println!("\n=== {name} ===");
        let started = Instant::now();
        let outcome = work(&mut self.counts);
        let seconds = started.elapsed().as_secs_f64();
        self.times.push((name.to_owned(), seconds));
        println!(
            "=== {name}: {} after {seconds:.1} s ===",
            if outcome.is_ok() { "done" } else { "FAILED" }
        );
        outcome
    }
}

fn all(workspace: &Workspace, options: &Options, steps: &mut Steps) -> Result<()> {
    let browser = !options.fast;
    steps.step("install what is missing", |_| {
        packages::ensure(workspace, browser)
    })?;
    steps.step("formatting", |_| {
        run(&mut workspace.cargo(&["fmt", "--all", "--check"]))
    })?;
    steps.step("clippy, native", |_| {
        site::make_folder(workspace)?;
        run(&mut clippy(
            workspace,
            &["--workspace", "--exclude", "frontend", "--all-targets"],
        ))
    })?;
    steps.step("clippy, browser", |_| {
        site::ensure_target(workspace)?;
        run(&mut clippy(
            workspace,
            &[
                "--package",
                "frontend",
                "--target",
                "wasm32-unknown-unknown",
            ],
        ))
    })?;
    steps.step("gates", |_| gates::check(workspace))?;
    if browser {
        steps.step("site", |_| site::build(workspace))?;
    }
    steps.step("unit and integration tests", |counts| {
        cargo_test(workspace, counts)
    })?;
    steps.step("soak", |counts| {
        soak::run(workspace, soak::MINUTES_IN_CI, counts)
    })?;
    steps.step("the API against its description", |counts| {
        // Built for the tests before.
        let binary = workspace.target.join("debug/mailgrant");
        schemathesis::check(workspace, &binary, counts)
    })?;
    if browser {
        steps.step("browser tests", |counts| {
            // The binaries of the tests before: a release build would double the time of the whole.
            let binaries = binaries::build(workspace, false)?;
            playwright(workspace, &binaries, counts)
        })?;
    }
    Ok(())
}

fn clippy(workspace: &Workspace, what: &[&str]) -> std::process::Command {
    let mut command = workspace.cargo(&["clippy"]);
    command.args(what).args(["--", "--deny", "warnings"]);
    command
}

fn cargo_test(workspace: &Workspace, counts: &mut Counts) -> Result<()> {
    let cluster = Cluster::start(workspace, Keeping::Nothing)?;
    // Apart from the rest, so that neither has its dependencies built again with the features of both.
    for what in [
        &["--package", "xtask"][..],
        &["--workspace", "--exclude", "frontend", "--exclude", "xtask"],
    ] {
        let mut command = workspace.cargo(&["test", "--no-fail-fast"]);
        command.args(what).envs(cluster.environment());
        stream(&mut command, |line| *counts += Counts::of_cargo(line))?;
    }
    Ok(())
}

fn playwright(
    workspace: &Workspace,
    binaries: &binaries::Binaries,
    counts: &mut Counts,
) -> Result<()> {
    let mut command = workspace.command("npx");
    command
        .current_dir(workspace.root.join("end2end"))
        .args(["--no-install", "playwright", "test"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        // Colours would hide the summary from us, and nobody serves the report to a machine.
        .env("FORCE_COLOR", "0")
        .env("PLAYWRIGHT_HTML_OPEN", "never")
        .env("MAILGRANT_BINARY", &binaries.mailgrant)
        .env("SANDBOX_BINARY", &binaries.sandbox);
    stream(&mut command, |line| *counts += Counts::of_playwright(line))
}
