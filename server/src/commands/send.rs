//! `mailgrant send`: hands a message over as other programs called `sendmail` take it, or keeps it until the server is there.

mod arguments;
mod exit;
mod flush;
mod host;
mod message;
mod settings;
mod spool;

use std::{ffi::OsString, io::Read as _, path::Path, process::ExitCode};

use mail::{Remote, RemoteError};

use arguments::Asked;
use exit::Failure;
use settings::Settings;
use spool::{Spool, Spooled};

/// Octets of a message that is taken.
const AT_MOST: u64 = 25 * 1_048_576;

/// The arguments after the name, when the program was called to send: as `mailgrant send`, or by the name `sendmail`.
pub fn called(all: &[OsString]) -> Option<Vec<OsString>> {
    let name = all.first().and_then(|name| Path::new(name).file_name());
    if name.is_some_and(|name| name == "sendmail") {
        return Some(all[1..].to_vec());
    }
    let is_send = all.get(1).is_some_and(|word| word == "send");
    is_send.then(|| all[2..].to_vec())
}

/// Does it; the code is one of sysexits.h.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    let (asked, warnings) = match Asked::read(arguments) {
        Ok(read) => read,
        Err(failure) => return failure.tell(),
    };
    for warning in warnings {
        eprintln!("mailgrant send: {warning}");
    }
    if let Some(text) = asked.printed() {
        print!("{text}");
        return ExitCode::SUCCESS;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(run(&asked)),
        Err(error) => Err(Failure::system(&error)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}

async fn run(asked: &Asked) -> Result<(), Failure> {
    let settings = Settings::load(asked, |name| std::env::var(name).ok())?;
    let spool = Spool::open(&settings)?;
    if asked.flush {
        let server = settings.server()?;
        return flush::all(&server, &spool).await;
    }
    let mut content = Vec::new();
    let mut input = std::io::stdin().lock().take(AT_MOST + 1);
    let read = input.read_to_end(&mut content);
    read.map_err(|error| Failure::system(&error))?;
    if content.len() as u64 > AT_MOST {
        return Err(Failure::data("the message is larger than 25 MB"));
    }
    let message = message::prepare(&content, asked, &settings)?;
    hand_over(&settings, &spool, message).await
}

/// To the server, or to the disk.
async fn hand_over(settings: &Settings, spool: &Spool, message: Spooled) -> Result<(), Failure> {
    let name = spool::new_name();
    let server = settings.server()?;
    match server.hand_over(&message.remote(&name)).await {
        Ok(()) => {
            // What was kept before goes now; what fails again stays.
            flush::some(&server, spool).await;
            Ok(())
        }
        Err(error @ RemoteError::Later(_)) => {
            let kept = spool.keep(&name, &message);
            kept.map_err(|cause| Failure::not_kept(&error, &cause))?;
            eprintln!(
                "mailgrant send: {error}; the message is kept and goes out with the next one"
            );
            Ok(())
        }
        Err(error) => Err(Failure::of(&error)),
    }
}

impl Settings {
    fn server(&self) -> Result<Remote, Failure> {
        let key = self.key()?;
        let server = Remote::new(&self.server, key, self.roots()?);
        server.map_err(|error| Failure::system(&error))
    }
}
