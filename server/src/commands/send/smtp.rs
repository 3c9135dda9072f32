//! `sendmail -bs`: SMTP on standard input and output.

use std::io;

use server::spool::Spool;
use submission::{LocalMessage, LocalOutcome, converse};
use tokio::runtime::Runtime;

use super::{SendArguments, exit::Failure, message, settings, submit_or_spool};

/// Accepts messages over SMTP until the program says QUIT. Each is submitted to the server, or
/// spooled if the server is unreachable, before its reply.
pub fn run(arguments: &SendArguments, runtime: &Runtime) -> Result<(), Failure> {
    let settings = settings(arguments)?;
    let spool = Spool::at(settings.spool.clone(), settings.min_free_bytes);
    let submit = |message: LocalMessage| {
        let mut of_message = SendArguments::default();
        of_message.recipients = message.recipients;
        of_message.sender = message.sender;
        of_message.ignore_dots = true;
        of_message.name.clone_from(&arguments.name);
        let submitted = message::prepare(&message.content, &of_message, &settings)
            .and_then(|message| runtime.block_on(submit_or_spool(&settings, &spool, message)));
        match submitted {
            Ok(()) => LocalOutcome::Accepted("Accepted".to_owned()),
            Err(failure) if failure.is_temporary() => {
                LocalOutcome::Later(failure.text().to_owned())
            }
            Err(failure) => LocalOutcome::Refused(failure.text().to_owned()),
        }
    };
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    let done = converse(&mut input, &mut output, "localhost".to_owned(), submit);
    done.map_err(|error| Failure::system(&error))
}
