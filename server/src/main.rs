//! Mailgrant as a program.

mod arguments;
mod commands;

use std::{error::Error, io::Write as _, process::ExitCode};

use clap::Parser as _;
use server::{Application, Config, config::ConfigError, telemetry};
use tokio::signal::unix::{SignalKind, signal};

use arguments::{Arguments, Command};
use commands::{CommandError, account, audit, key};

/// A configuration that is wrong; anything else ends with 1.
const WRONG_CONFIGURATION: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mailgrant: {}", in_one_line(&*error));
            if error.is::<ConfigError>() {
                ExitCode::from(WRONG_CONFIGURATION)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let sources = arguments.sources(std::env::vars_os());
    let printed = match &arguments.command {
        Some(Command::Config) => Config::describe(&sources)?,
        None | Some(Command::Serve) => return serve(Config::load(&sources)?),
        Some(Command::Account(command)) => wait(account::run(command, &Config::load(&sources)?))?,
        Some(Command::Key(command)) => wait(key::run(command, &Config::load(&sources)?))?,
        Some(Command::Audit(command)) => wait(audit::run(command, &Config::load(&sources)?))?,
    };
    Ok(std::io::stdout().write_all(printed.as_bytes())?)
}

#[tokio::main]
async fn wait(
    command: impl Future<Output = Result<String, CommandError>>,
) -> Result<String, CommandError> {
    command.await
}

#[tokio::main]
async fn serve(config: Config) -> Result<(), Box<dyn Error>> {
    telemetry::start(&config)?;
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    let application = Application::build(config).await?;
    application
        .run(async {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = interrupted.recv() => {}
            }
        })
        .await;
    Ok(())
}

/// An error with its causes.
fn in_one_line(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        // Some errors repeat their cause.
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    text.replace('\n', " ")
}
