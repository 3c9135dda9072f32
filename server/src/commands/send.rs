//! `mailgrant send`: accepts a message the way other programs call `sendmail`, and submits it to a
//! server or spools it until the server is reachable.

mod arguments;
mod exit;
mod host;
mod message;
mod smtp;

use std::{ffi::OsString, io::Read as _, path::Path, process::ExitCode};

use mail::RemoteError;
use server::{
    Output, print_error,
    spool::{self, Flushed, SendSettings, Spool, SpoolError, Spooled},
};

use arguments::SendArguments;
use exit::Failure;

/// Largest accepted message, in bytes.
const MAX_MESSAGE_SIZE: u64 = 25 * 1_048_576;

/// Returns the arguments after the name if the program was called to send: as `mailgrant send`, or
/// under the name `sendmail`.
pub fn called(all: &[OsString]) -> Option<Vec<OsString>> {
    let name = all.first().and_then(|name| Path::new(name).file_name());
    if name.is_some_and(|name| name == "sendmail") {
        return Some(all[1..].to_vec());
    }
    let is_send = all.get(1).is_some_and(|word| word == "send");
    is_send.then(|| all[2..].to_vec())
}

/// Runs the command. The exit code is one of sysexits.h.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    let (arguments, warnings) = match SendArguments::read(arguments) {
        Ok(read) => read,
        Err(failure) => return failure.print(),
    };
    for warning in warnings {
        print_error(&format!("mailgrant send: {warning}"));
    }
    if let Some(text) = arguments.printed() {
        return match Output::default().print(&text) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => Failure::system(&error).print(),
        };
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) if arguments.speaks_smtp => smtp::run(&arguments, &runtime),
        Ok(runtime) => runtime.block_on(run(&arguments)),
        Err(error) => Err(Failure::system(&error)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.print(),
    }
}

async fn run(arguments: &SendArguments) -> Result<(), Failure> {
    let settings = settings(arguments)?;
    let spool = Spool::at(settings.spool.clone(), settings.min_free_bytes);
    if arguments.flush {
        return flush(&settings, &spool).await;
    }
    let mut content = Vec::new();
    let mut input = std::io::stdin().lock().take(MAX_MESSAGE_SIZE + 1);
    let read = input.read_to_end(&mut content);
    read.map_err(|error| Failure::system(&error))?;
    if content.len() as u64 > MAX_MESSAGE_SIZE {
        return Err(Failure::data("the message is larger than 25 MB"));
    }
    let message = message::prepare(&content, arguments, &settings)?;
    submit_or_spool(&settings, &spool, message).await
}

/// Submits the message to the server, or writes it to the spool if the server is unreachable.
async fn submit_or_spool(
    settings: &SendSettings,
    spool: &Spool,
    message: Spooled,
) -> Result<(), Failure> {
    let name = spool::new_name();
    let server = settings.remote()?;
    match server.submit(&message.remote(&name)).await {
        Ok(()) => {
            // Submits spooled messages as well. Those that fail again stay in the spool.
            if let Ok(Some(directory)) = spool.open()
                && let Ok(flushed) = spool::some(&server, directory).await
            {
                report(&flushed);
            }
            Ok(())
        }
        Err(error @ RemoteError::Later(_)) => {
            let stored = spool.store(&name, &message);
            stored.map_err(|cause| Failure::not_spooled(&error, &cause))?;
            print_error(&format!(
                "mailgrant send: {error}; the message is spooled and sent with the next one"
            ));
            Ok(())
        }
        Err(error) => Err(Failure::of(&error)),
    }
}

/// Submits all messages in the spool.
async fn flush(settings: &SendSettings, spool: &Spool) -> Result<(), Failure> {
    let server = settings.remote()?;
    let unreadable = |cause| SpoolError::Unreadable {
        path: spool.path().to_owned(),
        cause,
    };
    let Some(directory) = spool.open().map_err(unreadable)? else {
        return Ok(());
    };
    let flushed = spool::all(&server, directory).await?;
    report(&flushed);
    match flushed.not_accepted.len() {
        0 => Ok(()),
        wrong => Err(Failure::temporary(format!(
            "{wrong} of {} messages were not accepted",
            flushed.accepted + wrong
        ))),
    }
}

fn report(flushed: &Flushed) {
    for (name, reason) in &flushed.not_accepted {
        print_error(&format!(
            "mailgrant send: the spooled message {name} {reason}"
        ));
    }
}

fn settings(arguments: &SendArguments) -> Result<SendSettings, Failure> {
    let home = std::env::var_os("HOME").map(std::path::PathBuf::from);
    let variable = |name: &str| std::env::var(name).ok();
    let settings = SendSettings::of_program(arguments.config.as_deref(), home.as_deref(), variable);
    let mut settings = settings.map_err(|error| Failure::configuration(error.to_string()))?;
    if arguments.data_center.is_some() {
        settings.data_center.clone_from(&arguments.data_center);
    }
    Ok(settings)
}
