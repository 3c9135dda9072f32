//! `cargo xtask`: builds, runs, tests and measures Mailgrant, with no global tool but cargo.

mod bench;
mod binaries;
mod counts;
mod gates;
mod http;
mod packages;
mod postgres;
mod process;
mod run;
mod schemathesis;
mod setup;
mod site;
mod soak;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::workspace::Workspace;

/// Builds, runs, tests and measures Mailgrant.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build the browser side into target/site
    Build(Build),
    /// Build everything, start the sandbox provider and the server, and say what to open
    Run(run::Options),
    /// Format, lint, gates, unit, integration and browser tests
    Test(test::Options),
    /// Kill, freeze, and cut off servers while they send, and check that no message is lost
    Soak(soak::Options),
    /// Measure
    Bench {
        #[command(subcommand)]
        bench: Bench,
    },
}

#[derive(Args)]
struct Build {
    /// Then also the server, with the browser side inside: target/release/mailgrant
    #[arg(long)]
    release: bool,
}

#[derive(Subcommand)]
enum Bench {
    /// Bytes, time to first byte, memory and cold start of the settings page
    Page(bench::Options),
    /// Messages a second, beside smtp-source, nodemailer and Postfix; needs root for Postfix
    Send(bench::send::Options),
    /// Processor time of the server while pages are open
    Streams(bench::streams::Options),
    /// A whole check by the doctor, and a mailbox of 100,000 mails beside one of 100
    Connection,
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
        Command::Build(options) => {
            site::build(&workspace)?;
            if options.release {
                binaries::build(&workspace, true)?;
            }
        }
        Command::Run(options) => run::run(&workspace, options)?,
        Command::Test(options) => return Ok(test::test(&workspace, options)),
        Command::Soak(options) => soak::soak(&workspace, options)?,
        Command::Bench {
            bench: Bench::Page(options),
        } => bench::page(&workspace, options)?,
        Command::Bench {
            bench: Bench::Send(options),
        } => bench::send::send(&workspace, options)?,
        Command::Bench {
            bench: Bench::Streams(options),
        } => bench::streams::streams(&workspace, options)?,
        Command::Bench {
            bench: Bench::Connection,
        } => bench::connection::connection(&workspace)?,
    }
    Ok(ExitCode::SUCCESS)
}
