//! `cargo xtask test`: all checks and tests, the fastest first.

use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::Result;
use clap::Args;

use crate::counts::Counts;
use crate::only::Selection;
use crate::postgres::{Cluster, Durability};
use crate::progress::{Progress, Step};
use crate::workspace::Workspace;
use crate::{binaries, gates, schemathesis, setup, site, soak, tools};

/// Which tests to run.
#[derive(Args)]
pub struct Options {
    /// Skip tests that need a browser
    #[arg(long, conflicts_with = "only")]
    fast: bool,
    /// Run only the tests of this crate, or this file of browser tests (`mail`, `alerts.spec.ts`);
    /// `end2end` is all browser tests, `soak` and `api` are the other parts; repeatable
    #[arg(long, value_name = "CRATE|SPEC")]
    only: Vec<String>,
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

/// A step of the tests.
#[derive(Clone)]
enum Task {
    Install { browser: bool },
    Format,
    ClippyNative,
    ClippyBrowser,
    Gates,
    Tools,
    Dependencies,
    Advisories,
    UnusedDependencies,
    Docs,
    Site,
    Tests(Vec<String>),
    Soak,
    Schemathesis,
    Binaries,
    Browser(Vec<String>),
}

/// Runs all steps up to the first that fails. The last line counts passed and failed tests. A step
/// that fails without a failed test counts as one.
///
/// # Errors
/// If `--only` names neither a crate nor a browser test file.
pub fn test(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let tasks = plan(workspace, options)?;
    let mut progress = Progress::new(workspace, tasks.len());
    let mut counts = Counts::default();
    let mut outcome = Ok(());
    for task in &tasks {
        outcome = progress.step(task.step(), || task.run(workspace, &mut counts));
        if outcome.is_err() {
            break;
        }
    }
    progress.print_times();
    let code = if let Err(error) = &outcome {
        println!("\nFAILED: {}\n{error:#}", progress.last());
        counts.failed = counts.failed.max(1);
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    };
    println!("\n{counts}");
    Ok(code)
}

fn plan(workspace: &Workspace, options: &Options) -> Result<Vec<Task>> {
    if !options.only.is_empty() {
        let chosen = Selection::find(workspace, &options.only)?;
        let browser = chosen.end2end || !chosen.specs.is_empty();
        let mut tasks = vec![Task::Install { browser }];
        if !chosen.crates.is_empty() {
            tasks.push(Task::Tests(chosen.crates));
        }
        if chosen.soak {
            tasks.push(Task::Soak);
        }
        if browser {
            tasks.push(Task::Site);
        }
        if browser || chosen.api {
            tasks.push(Task::Binaries);
        }
        if chosen.api {
            tasks.push(Task::Schemathesis);
        }
        if browser {
            let all = chosen.end2end;
            tasks.push(Task::Browser(if all { Vec::new() } else { chosen.specs }));
        }
        return Ok(tasks);
    }
    let browser = !options.fast;
    let mut tasks = vec![
        Task::Install { browser },
        Task::Format,
        Task::ClippyNative,
        Task::ClippyBrowser,
        Task::Gates,
        Task::Docs,
        Task::Tools,
        Task::Dependencies,
        Task::UnusedDependencies,
        Task::Advisories,
    ];
    if browser {
        tasks.push(Task::Site);
    }
    tasks.extend([Task::Tests(Vec::new()), Task::Soak, Task::Schemathesis]);
    if browser {
        // Uses the debug binaries of the previous steps. A release build would double the total
        // time.
        tasks.extend([Task::Binaries, Task::Browser(Vec::new())]);
    }
    Ok(tasks)
}

impl Task {
    fn step(&self) -> Step {
        let (name, seconds) = match self {
            Self::Install { .. } => return setup::STEP,
            Self::Format => ("formatting", 2),
            Self::ClippyNative => ("clippy, native", 180),
            Self::ClippyBrowser => ("clippy, browser", 60),
            Self::Gates => ("gates", 10),
            Self::Tools => ("tools for dependencies", 180),
            Self::Dependencies => ("licenses, forbidden crates, sources", 5),
            Self::Advisories => ("security advisories", 5),
            Self::UnusedDependencies => ("unused dependencies", 3),
            Self::Docs => ("documentation", 60),
            Self::Site => return site::STEP,
            Self::Tests(only) if only.is_empty() => ("unit and integration tests", 480),
            Self::Tests(_) => ("chosen tests", 240),
            Self::Soak => ("soak test", 120),
            Self::Schemathesis => ("the API against its description", 120),
            Self::Binaries => return binaries::step(false),
            Self::Browser(only) if only.is_empty() => ("browser tests", 420),
            Self::Browser(_) => ("chosen browser tests", 30),
        };
        Step {
            name,
            first_run: Duration::from_secs(seconds),
        }
    }

    fn run(&self, workspace: &Workspace, counts: &mut Counts) -> Result<()> {
        match self {
            Self::Install { browser } => setup::ensure(workspace, *browser),
            Self::Format => workspace.run(&mut workspace.cargo(&["fmt", "--all", "--check"])),
            Self::ClippyNative => {
                site::make_folder(workspace)?;
                workspace.run(&mut clippy(
                    workspace,
                    &["--workspace", "--exclude", "frontend", "--all-targets"],
                ))
            }
            Self::ClippyBrowser => {
                site::ensure_target(workspace)?;
                workspace.run(&mut clippy(
                    workspace,
                    &[
                        "--package",
                        "frontend",
                        "--target",
                        "wasm32-unknown-unknown",
                    ],
                ))
            }
            Self::Gates => gates::check(workspace),
            Self::Tools => tools::ensure(workspace),
            Self::Dependencies => tools::check_dependencies(workspace),
            Self::Advisories => tools::check_advisories(workspace),
            Self::UnusedDependencies => tools::check_unused(workspace),
            Self::Docs => tools::check_docs(workspace),
            Self::Site => site::build(workspace),
            Self::Tests(only) => cargo_test(workspace, only, counts),
            Self::Soak => soak::run(workspace, soak::MINUTES_IN_CI, counts),
            Self::Schemathesis => {
                // Built by the previous steps.
                let binary = workspace.target.join("debug/mailgrant");
                schemathesis::check(workspace, &binary, counts)
            }
            Self::Binaries => binaries::build(workspace, false).map(drop),
            Self::Browser(only) => playwright(workspace, only, counts),
        }
    }
}

fn clippy(workspace: &Workspace, packages: &[&str]) -> Command {
    let mut command = workspace.cargo(&["clippy"]);
    command.args(packages).args(["--", "--deny", "warnings"]);
    command
}

/// Runs the tests of these crates, or of all if none is named.
fn cargo_test(workspace: &Workspace, only: &[String], counts: &mut Counts) -> Result<()> {
    let cluster = Cluster::start(workspace, Durability::None)?;
    let mut runs: Vec<Vec<String>> = Vec::new();
    let chosen = only.iter().map(|name| format!("--package={name}"));
    if only.is_empty() {
        // Built separately, because a common build would unify features and rebuild dependencies.
        runs.push(vec!["--package=xtask".to_owned()]);
        // The default members, which are all crates that run natively.
        runs.push(Vec::new());
    } else {
        runs.push(chosen.collect());
    }
    for packages in runs {
        let mut command = workspace.cargo(&["test", "--no-fail-fast"]);
        command.args(packages).envs(cluster.environment());
        workspace.stream(&mut command, |line| *counts += Counts::of_cargo(line))?;
    }
    Ok(())
}

/// Runs these files of browser tests, or all if none is named.
fn playwright(workspace: &Workspace, only: &[String], counts: &mut Counts) -> Result<()> {
    let binaries = binaries::paths(workspace, false);
    let folder = workspace.root.join("end2end");
    // Playwright runs TypeScript without checking its types, and finds a mistake only when it gets there.
    let mut check = workspace.command("npm");
    check
        .current_dir(&folder)
        .args(["run", "--silent", "check"]);
    workspace.run(&mut check)?;
    let mut command = workspace.command("npx");
    command
        .current_dir(folder)
        .args(["--no-install", "playwright", "test"])
        .args(only)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        // Colors would hide the summary, and no one reads the report of an automated run.
        .env("FORCE_COLOR", "0")
        .env("PLAYWRIGHT_HTML_OPEN", "never")
        .env("MAILGRANT_BINARY", &binaries.mailgrant)
        .env("SANDBOX_BINARY", &binaries.sandbox);
    workspace.stream(&mut command, |line| *counts += Counts::of_playwright(line))
}
