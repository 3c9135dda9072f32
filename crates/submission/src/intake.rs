//! Signs senders in and submits their messages, in the same way as the HTTP API.

use std::net::IpAddr;

use access::{Access, Sender, SenderError};
use domain::{MessageFieldError, MessageId};
use mail::{BodyBudget, ComposeError, MailError, Mailer, Metrics, Submission, SubmitError};
use message::{MessageErrors, RawRequest, Received};
use wording::{api_problem, message_field_error};

use crate::{auth::Credentials, reply::Reply, session::Envelope};

/// The parts of the product that a session uses.
#[derive(Clone, Debug)]
pub struct Intake {
    access: Access,
    mailer: Mailer,
    budget: BodyBudget,
}

/// A message to submit.
pub struct Arrived {
    /// The envelope.
    pub envelope: Envelope,
    /// The message with CRLF as its only line end.
    pub content: Vec<u8>,
    /// How it arrived.
    pub received: Received,
}

impl Intake {
    /// Returns the intake. The budget is shared with the HTTP API.
    pub fn new(access: Access, mailer: Mailer, budget: BodyBudget) -> Self {
        Self {
            access,
            mailer,
            budget,
        }
    }

    /// Returns the budget for messages in memory.
    pub(crate) fn budget(&self) -> &BodyBudget {
        &self.budget
    }

    /// Returns the metrics that sessions are counted in.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.mailer.metrics
    }

    /// Verifies the credentials of a sender.
    ///
    /// # Errors
    /// The reply to a failed sign-in.
    pub(crate) async fn sign_in(
        &self,
        credentials: &Credentials,
        address: IpAddr,
    ) -> Result<Sender, Reply> {
        let Credentials { user, password } = credentials;
        let address = address.to_string();
        let result = self.access.sign_in_sender(user, password, &address).await;
        result.map_err(|error| {
            let reply = match &error {
                SenderError::Wrong => {
                    let text = "The password is not a valid API key. Use an API key with the scope \"send\" as the password, and any user name";
                    Reply::new(535, "5.7.8", text)
                }
                SenderError::OutOfScope => {
                    Reply::new(535, "5.7.8", "The API key lacks the scope \"send\"")
                }
                SenderError::SlowDown { seconds } => {
                    let text = format!("Too many failed sign-ins. Try again in {seconds} s");
                    Reply::new(421, "4.7.0", &text)
                }
                SenderError::Access(error) => {
                    let error: &dyn std::error::Error = error;
                    tracing::error!(error, "SMTP sign-in could not be verified");
                    return Reply::new(454, "4.7.0", api_problem::UNAVAILABLE);
                }
            };
            tracing::info!(address, reason = %error, "SMTP sign-in refused");
            reply
        })
    }

    /// Checks that the server accepts mail at all.
    ///
    /// # Errors
    /// The reply if it does not.
    pub(crate) fn accepts_mail(&self) -> Result<(), Reply> {
        let accepts = self.mailer.disk.accepts_mail();
        accepts.map_err(|error| refused_by_mailer(&error))
    }

    /// Stores a message durably.
    ///
    /// # Errors
    /// The reply if the message is not accepted.
    pub(crate) async fn submit(
        &self,
        sender: &Sender,
        arrived: Arrived,
    ) -> Result<MessageId, Reply> {
        match self.access.is_sender(sender).await {
            Ok(true) => {}
            Ok(false) => {
                let text = "The API key was revoked or has expired; sign in again";
                return Err(Reply::new(421, "4.7.0", text));
            }
            Err(error) => return Err(unavailable(&error)),
        }
        let data_center = sender.data_center();
        let Arrived {
            envelope,
            content,
            received,
        } = arrived;
        let octets = content.len();
        let recipients = envelope.recipients.iter().map(ToString::to_string);
        let recipients: Vec<_> = recipients.collect();
        let count = recipients.len();
        let raw = RawRequest {
            content,
            envelope: message::Envelope {
                recipients: Some(recipients),
                // A message without a sender gets that of its From field, which receives bounces.
                sender: envelope.sender.map(|sender| sender.to_string()),
            },
            replace_from: false,
            received: Some(received),
        };
        let composed = self.mailer.outbox.compose_raw(&data_center, raw).await;
        let submission = Submission {
            message: composed.map_err(|error| not_composed(&error))?,
            data_center,
            submitted_by: sender.principal(),
            idempotency: None,
            due_at: None,
        };
        let submitted = self.mailer.outbox.submit(submission).await;
        let id = submitted.map_err(|error| not_submitted(&error))?.id;
        tracing::info!(
            id = id.as_str(),
            sender = sender.principal().name(),
            recipients = count,
            octets,
            "message accepted over SMTP"
        );
        Ok(id)
    }
}

fn not_composed(error: &ComposeError) -> Reply {
    match error {
        ComposeError::Form(errors) => wrong(errors),
        ComposeError::Mail(error) => refused_by_mailer(error),
    }
}

/// Returns the reply to a message with invalid fields. It names the first one.
fn wrong(errors: &MessageErrors) -> Reply {
    let Some((field, error, address)) = errors.iter().next() else {
        return Reply::new(554, "5.6.0", "The message is not valid");
    };
    let text = message_field_error(error).joined();
    let text = match (address, field.pointer().trim_start_matches('/')) {
        (Some(address), field) => format!("{field}, {address}: {text}"),
        (None, "") => text,
        (None, field) => format!("{field}: {text}"),
    };
    match error {
        MessageFieldError::FromNotAllowed => Reply::new(550, "5.7.60", &text),
        // An administrator has to change the settings; the mail need not be lost until then.
        MessageFieldError::DataCenterNotSetUp | MessageFieldError::UnknownDataCenter => {
            Reply::new(451, "4.3.5", &text)
        }
        MessageFieldError::TooLong => Reply::new(552, "5.3.4", &text),
        _ => Reply::new(554, "5.6.0", &text),
    }
}

fn not_submitted(error: &SubmitError) -> Reply {
    match error {
        SubmitError::KeyFull { .. } => {
            let text = "Too much mail of this API key waits to be delivered. Try again when some of it has been delivered";
            Reply::new(452, "4.3.1", text)
        }
        SubmitError::Mail(error) => refused_by_mailer(error),
        SubmitError::KeyReused => unavailable(error),
    }
}

fn refused_by_mailer(error: &MailError) -> Reply {
    match error {
        MailError::MailRefused(condition) => {
            Reply::new(452, "4.3.1", &api_problem::refuses_mail(*condition))
        }
        // Removed while the message was processed.
        MailError::UnknownDataCenter => {
            let text = message_field_error(MessageFieldError::UnknownDataCenter).joined();
            Reply::new(451, "4.3.5", &text)
        }
        error => unavailable(error),
    }
}

fn unavailable(error: &(dyn std::error::Error + 'static)) -> Reply {
    tracing::error!(error, "message could not be accepted over SMTP");
    Reply::new(451, "4.3.0", api_problem::UNAVAILABLE)
}
