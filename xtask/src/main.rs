//! `cargo xtask`: builds, runs, tests, and benchmarks Mailgrant. The only global tool that it needs
//! is cargo.

mod bench;
mod binaries;
mod counts;
mod first_account;
mod gates;
mod http;
mod only;
mod package;
mod postgres;
mod process;
mod progress;
mod run;
mod schemathesis;
mod setup;
mod site;
mod soak;
mod test;
mod tools;
mod watch;
mod workspace;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::progress::Progress;
use crate::workspace::Workspace;

/// Builds, runs, tests, and benchmarks Mailgrant.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install the programs that the tests need, or list them
    Setup(setup::Options),
    /// Build the browser side into target/site
    Build(Build),
    /// Build everything, start the sandbox provider and the server, and print what to open
    Run(run::Options),
    /// Like `run`, but rebuild on each change and reload the page
    Watch(watch::Options),
    /// Format, lint, gates, unit, integration and browser tests
    Test(test::Options),
    /// Build Debian packages, a tarball with a static program, and a container image
    Package(package::Options),
    /// Kill, freeze, and cut off servers while they send, and check that no message is lost
    Soak(soak::Options),
    /// Run benchmarks
    Bench {
        #[command(subcommand)]
        bench: Bench,
    },
}

#[derive(Args)]
struct Build {
    /// Build the server too, with the browser side inside: target/release/mailgrant
    #[arg(long)]
    release: bool,
    /// Show the output of all programs
    #[arg(long, short)]
    verbose: bool,
}

#[derive(Subcommand)]
enum Bench {
    /// Size, latency, memory, and cold start of the settings page
    Page(bench::Options),
    /// Messages per second, compared with smtp-source, nodemailer, and Postfix; needs root for
    /// Postfix
    Send(bench::send::Options),
    /// Messages per second that are accepted over SMTP, compared with Postfix; time until a message
    /// is accepted, and memory of idle sessions; needs root for Postfix
    Submit(bench::submit::Options),
    /// Processor time of the server while pages are open
    Streams(bench::streams::Options),
    /// Duration of a whole check by the doctor, and of reading mailboxes with 100 and 100,000 mails
    Connection,
    /// Share of odd server responses, reports, and replies that are understood
    Coverage,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match execute(&arguments.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn execute(command: &Command) -> anyhow::Result<ExitCode> {
    process::watch_interrupts()?;
    let workspace = Workspace::find()?;
    match command {
        Command::Setup(options) => {
            setup::setup(&workspace.quiet_unless(options.verbose()), options)?;
        }
        Command::Build(options) => build(&workspace.quiet_unless(options.verbose), options)?,
        Command::Run(options) => run::run(&workspace.quiet_unless(options.verbose()), options)?,
        Command::Watch(options) => {
            watch::watch(&workspace.quiet_unless(options.verbose()), options)?;
        }
        Command::Test(options) => {
            return test::test(&workspace.quiet_unless(options.verbose()), options);
        }
        Command::Package(options) => {
            package::package(&workspace.quiet_unless(options.verbose()), options)?;
        }
        Command::Soak(options) => soak::soak(&workspace, options)?,
        Command::Bench {
            bench: Bench::Page(options),
        } => bench::page(&workspace, options)?,
        Command::Bench {
            bench: Bench::Send(options),
        } => bench::send::send(&workspace, options)?,
        Command::Bench {
            bench: Bench::Submit(options),
        } => bench::submit::submit(&workspace, options)?,
        Command::Bench {
            bench: Bench::Streams(options),
        } => bench::streams::streams(&workspace, options)?,
        Command::Bench {
            bench: Bench::Connection,
        } => bench::connection::connection(&workspace)?,
        Command::Bench {
            bench: Bench::Coverage,
        } => bench::coverage::coverage(&workspace)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn build(workspace: &Workspace, options: &Build) -> anyhow::Result<()> {
    let mut progress = Progress::new(workspace, if options.release { 2 } else { 1 });
    progress.step(site::STEP, || site::build(workspace))?;
    if options.release {
        progress.step(binaries::step(true), || binaries::build(workspace, true))?;
    }
    Ok(())
}
