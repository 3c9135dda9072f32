//! The `mailgrant` program.

mod arguments;
mod commands;

use std::{
    error::Error,
    io::{self, ErrorKind, Write as _},
    process::ExitCode,
};

use clap::Parser as _;
use server::{
    Application, Config, InheritedSockets, ServiceManager, config::ConfigError, print_error,
    telemetry,
};
use tokio::signal::unix::{SignalKind, signal};

use arguments::{Arguments, Command};
use commands::{
    CommandError, account, api_key, audit, check, generate, health, key, send, sender, webhook,
};

/// Exit code for a wrong configuration or a check that could not run. Other errors exit with 1.
const COULD_NOT_RUN: u8 = 2;
/// Exit code if the reader of the output has gone, as with `mailgrant audit export | head`: 128 +
/// SIGPIPE, as shells report it.
const BROKEN_PIPE: u8 = 141;

fn main() -> ExitCode {
    let all: Vec<_> = std::env::args_os().collect();
    // The arguments are those of other programs named sendmail, which clap cannot parse.
    if let Some(arguments) = send::called(&all) {
        return send::main(arguments);
    }
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&*error) => ExitCode::from(BROKEN_PIPE),
        Err(error) => {
            print_error(&format!("mailgrant: {}", with_causes(&*error)));
            let is_check = matches!(arguments.command, Some(Command::Check(_)));
            if is_check || error.is::<ConfigError>() {
                ExitCode::from(COULD_NOT_RUN)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

fn run(arguments: &Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let sources = arguments.sources(std::env::vars_os());
    let printed = match &arguments.command {
        Some(Command::Config) => Config::describe(&sources)?,
        None | Some(Command::Serve { .. }) => {
            // Before the runtime starts its threads.
            let sockets = InheritedSockets::of_environment();
            serve(Config::load(&sources)?, sockets)?;
            return Ok(ExitCode::SUCCESS);
        }
        Some(Command::Check(options)) => {
            let ended = wait(check::run(options, &Config::load(&sources)?))?;
            return Ok(code_of(ended));
        }
        Some(Command::Health(options)) => health::run(options, &Config::load(&sources)?)?,
        Some(Command::Completions(options)) => generate::completions::<Arguments>(options),
        Some(Command::Man(options)) => generate::man::<Arguments>(options)?,
        Some(Command::Account(command)) => wait(account::run(command, &Config::load(&sources)?))?,
        Some(Command::ApiKey(command)) => wait(api_key::run(command, &Config::load(&sources)?))?,
        Some(Command::Sender(command)) => wait(sender::run(command, &Config::load(&sources)?))?,
        // Handled above.
        Some(Command::Send { .. }) => String::new(),
        Some(Command::Key(command)) => wait(key::run(command, &Config::load(&sources)?))?,
        Some(Command::Webhook(command)) => wait(webhook::run(command, &Config::load(&sources)?))?,
        Some(Command::Audit(command)) => wait(audit::run(command, &Config::load(&sources)?))?,
    };
    let mut output = io::stdout().lock();
    output.write_all(printed.as_bytes())?;
    output.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn code_of(ended: check::Ended) -> ExitCode {
    match ended {
        check::Ended::Well => ExitCode::SUCCESS,
        check::Ended::Failing => ExitCode::FAILURE,
        check::Ended::Stopped => ExitCode::from(COULD_NOT_RUN),
    }
}

#[tokio::main]
async fn wait<T>(
    command: impl Future<Output = Result<T, CommandError>>,
) -> Result<T, CommandError> {
    command.await
}

#[tokio::main]
async fn serve(config: Config, sockets: InheritedSockets) -> Result<(), Box<dyn Error>> {
    telemetry::start(&config)?;
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    // With a handler, exceeding the file size limit (`ulimit -f`) fails the write instead of ending
    // the process.
    let _size_limit = signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))?;
    let service_manager = ServiceManager::of_environment();
    let application = Application::with_sockets(config, sockets).await?;
    service_manager.ready();
    let is_alive = application.liveness();
    let until = async {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
        service_manager.stopping();
    };
    tokio::select! {
        () = application.run(until) => {}
        () = service_manager.keep_alive(is_alive) => {}
    }
    Ok(())
}

/// Returns true if the reader of standard output has closed it. Errors of other connections do not
/// count.
fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let kind = match error.downcast_ref::<CommandError>() {
        Some(CommandError::Io(error)) => Some(error.kind()),
        Some(CommandError::Json(error)) => error.io_error_kind(),
        _ => error.downcast_ref::<io::Error>().map(io::Error::kind),
    };
    kind == Some(ErrorKind::BrokenPipe)
}

/// Formats an error with its causes.
fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        // Some errors already include their cause.
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    text.replace('\n', " ")
}
