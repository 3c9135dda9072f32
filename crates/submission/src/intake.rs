//! Signs senders in and submits their messages, in the same way as the HTTP API.

use std::{net::IpAddr, sync::Arc};

use access::{Access, AccessError, Submitter, SubmitterError};
use domain::{
    Arrival, DataCenterId, FindingCode, MessageFieldError, MessageId, SenderId, SenderName,
    SenderUser,
};
use listener::{Credentials, ListenerOptions, Peer};
use mail::{
    BodyBudget, ComposeError, CountedSender, ExceededLimit, MailError, Mailer, Metrics,
    SenderSessions, Submission, SubmitError,
};
use message::{MessageErrors, RawRequest, Received};
use wording::{api_problem, message_field_error};

use crate::{reply::Reply, session::Envelope, utf8_offers::Utf8Offers};

/// The parts of the product that a session uses.
#[derive(Clone, Debug)]
pub struct Intake {
    access: Access,
    mailer: Mailer,
    budget: BodyBudget,
    utf8_offers: Utf8Offers,
}

/// A message to submit.
pub struct Arrived {
    /// The envelope.
    pub envelope: Envelope,
    /// The message with CRLF as its only line end.
    pub content: Vec<u8>,
    /// The field `Received` about it.
    pub received: Received,
    /// How it came in.
    pub arrival: Arrival,
}

impl Intake {
    /// Returns the intake. The budget is shared with the HTTP API.
    pub fn new(access: Access, mailer: Mailer, budget: BodyBudget) -> Self {
        Self {
            access,
            mailer,
            budget,
            utf8_offers: Utf8Offers::default(),
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

    /// Returns the records of sessions.
    pub(crate) fn sessions(&self) -> &Arc<SenderSessions> {
        &self.mailer.sender_sessions
    }

    /// Returns the sender with this user name, to show its administrator that a device has a wrong
    /// password.
    pub(crate) async fn sender_of_user(&self, user: &str) -> Option<SenderId> {
        let user = SenderUser::parse(user)?;
        let senders = self.access.senders().await.unwrap_or_default();
        let mut senders = senders.into_iter();
        let found = senders.find(|sender| sender.user.as_ref() == Some(&user));
        found.map(|sender| sender.id)
    }

    /// Returns the names that belong to no sender.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn unknown_senders(
        &self,
        names: &[SenderName],
    ) -> Result<Vec<SenderName>, AccessError> {
        let mut unknown = Vec::new();
        for name in names {
            if self.access.sender_of_name(name).await?.is_none() {
                unknown.push(name.clone());
            }
        }
        Ok(unknown)
    }

    /// Returns the sender that is known by the address of a client.
    ///
    /// # Errors
    /// The reply if the sender may not send here, or if the database fails (421).
    pub(crate) async fn recognize(
        &self,
        peer: Peer,
        listener: &ListenerOptions,
    ) -> Result<Option<Submitter>, Reply> {
        if !peer.is_client {
            return Ok(None);
        }
        let found = self.access.submitter_at(peer.address).await;
        let found = found.map_err(|error| {
            let error: &dyn std::error::Error = &error;
            tracing::error!(error, "senders could not be read for an SMTP client");
            Reply::new(421, "4.3.0", api_problem::UNAVAILABLE)
                .because(FindingCode::InboundUnavailable)
        })?;
        match found {
            Some(submitter) => self
                .admit(submitter, listener)
                .await
                .map(Some)
                .map_err(|text| {
                    Reply::new(550, "5.7.0", &text).because(FindingCode::InboundRefused)
                }),
            None if self.access.is_gateway(peer.address) => {
                let text = "Sign in with the user name and password of a sender: your address is that of a gateway, which other clients may have too";
                Err(Reply::new(530, "5.7.0", text).because(FindingCode::InboundNoSignIn))
            }
            None => Ok(None),
        }
    }

    /// Returns the submitter if it may send over a listener.
    async fn admit(
        &self,
        submitter: Submitter,
        listener: &ListenerOptions,
    ) -> Result<Submitter, String> {
        if listener.admits(submitter.sender()) {
            return Ok(submitter);
        }
        // A sender may have been renamed or removed since the start.
        let unknown = self.unknown_senders(&listener.senders).await;
        let unknown = unknown.unwrap_or_default();
        let unknown: Vec<_> = unknown.iter().map(SenderName::as_str).collect();
        let sender = submitter.principal().name().to_owned();
        tracing::warn!(
            listener = %listener.address,
            sender,
            unknown_senders = unknown.join(", "),
            "a sender may not use this listener"
        );
        Err(match submitter.sender() {
            Some(_) => format!("The sender \"{sender}\" may not use this port. Use another port, or add the sender to this listener"),
            None => "API keys without a sender may not use this port. Use another port, or the credentials of a sender".to_owned(),
        })
    }

    /// Returns true if every data center that a listener can lead to is known to offer SMTPUTF8.
    pub(crate) async fn offers_smtputf8(&self, listener: &ListenerOptions) -> bool {
        let offers = &self.utf8_offers;
        offers
            .is_offered_for(&listener.senders, &self.mailer, &self.access)
            .await
    }

    /// Returns true if a data center is known to offer SMTPUTF8.
    pub(crate) async fn accepts_utf8(&self, data_center: &DataCenterId) -> bool {
        let offers = &self.utf8_offers;
        offers.is_offered_by(data_center, &self.mailer).await
    }

    /// Counts a rejected message of a sender.
    pub(crate) async fn count_rejection(&self, id: &SenderId) {
        self.mailer.outbox.count_rejection(id).await;
    }

    /// Verifies the credentials of a sender or an API key.
    ///
    /// # Errors
    /// The reply to a failed sign-in.
    pub(crate) async fn sign_in(
        &self,
        credentials: &Credentials,
        address: IpAddr,
        listener: &ListenerOptions,
    ) -> Result<Submitter, Reply> {
        let Credentials { user, password } = credentials;
        let address = address.to_string();
        let result = self.access.sign_in_submitter(user, password, &address);
        let result = result.await.map_err(|error| {
            let reply = match &error {
                SubmitterError::Wrong => {
                    let text = "Neither the user name and password of a sender nor a valid API key. Check both, or create a new password for the sender";
                    Reply::new(535, "5.7.8", text).because(FindingCode::InboundWrongPassword)
                }
                SubmitterError::OutOfScope => {
                    Reply::new(535, "5.7.8", "The API key lacks the scope \"send\"")
                        .because(FindingCode::InboundKeyLacksScope)
                }
                // Only a sign-in to a mailbox requires this right.
                SubmitterError::NotAReader => {
                    Reply::new(535, "5.7.8", "The sender may not read the mailbox")
                }
                SubmitterError::SlowDown { seconds } => {
                    let text = format!("Too many failed sign-ins. Try again in {seconds} s");
                    Reply::new(421, "4.7.0", &text).because(FindingCode::InboundTooManySignIns)
                }
                SubmitterError::Access(error) => {
                    let error: &dyn std::error::Error = error;
                    tracing::error!(error, "SMTP sign-in could not be verified");
                    return Reply::new(454, "4.7.0", api_problem::UNAVAILABLE)
                        .because(FindingCode::InboundUnavailable);
                }
            };
            tracing::info!(address, reason = %error, "SMTP sign-in refused");
            reply
        })?;
        let admitted = self.admit(result, listener).await;
        admitted
            .map_err(|text| Reply::new(535, "5.7.8", &text).because(FindingCode::InboundRefused))
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
        submitter: &Submitter,
        arrived: Arrived,
    ) -> Result<MessageId, Reply> {
        let submitter = match self.access.current_submitter(submitter).await {
            Ok(Some(submitter)) => submitter,
            Ok(None) => {
                let text = "The sender or the API key was removed or has expired; sign in again";
                let reply = Reply::new(421, "4.7.0", text);
                return Err(reply.because(FindingCode::InboundSenderEnded));
            }
            Err(error) => return Err(unavailable(&error)),
        };
        let data_center = submitter.data_center();
        let Arrived {
            envelope,
            content,
            received,
            arrival,
        } = arrived;
        let octets = content.len();
        let recipients = envelope.recipients.iter().map(ToString::to_string);
        let recipients: Vec<_> = recipients.collect();
        let count = recipients.len();
        let raw = RawRequest {
            content,
            envelope: message::Envelope {
                recipients: Some(recipients),
                sender: Some(envelope.sender.map_or_else(
                    || message::Envelope::NULL_SENDER.to_owned(),
                    |sender| sender.to_string(),
                )),
            },
            replace_from: false,
            received: Some(received),
        };
        let sender = submitter.sender();
        let outbox = &self.mailer.outbox;
        let composed = outbox.compose_raw(&data_center, sender, raw).await;
        let submission = Submission {
            message: composed.map_err(|error| not_composed(&error))?,
            data_center,
            submitted_by: submitter.principal(),
            arrival,
            idempotency: None,
            due_at: None,
            counts_for: sender.map(CountedSender::from),
        };
        let outcome = outbox.submit(submission).await;
        let id = outcome.map_err(|error| not_submitted(&error))?.id;
        tracing::info!(
            id = id.as_str(),
            sender = submitter.principal().name(),
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
        return Reply::new(554, "5.6.0", "The message is not valid")
            .because(FindingCode::InboundMessageInvalid);
    };
    let words = message_field_error(error).joined();
    let named = || match (address, field.pointer().trim_start_matches('/')) {
        (Some(address), field) => format!("{field}, {address}: {words}"),
        (None, "") => words.clone(),
        (None, field) => format!("{field}: {words}"),
    };
    match error {
        // These say what they are about. A field's name would only puzzle who reads it on a device.
        MessageFieldError::FromNotAllowed => {
            Reply::new(550, "5.7.60", &words).because(FindingCode::InboundFromNotAllowed)
        }
        MessageFieldError::NullSenderNotAllowed => {
            Reply::new(550, "5.7.60", &words).because(FindingCode::InboundNullSenderNotAllowed)
        }
        // An administrator has to change the settings; the mail need not be lost until then.
        MessageFieldError::DataCenterNotSetUp | MessageFieldError::UnknownDataCenter => {
            Reply::new(451, "4.3.5", &words).because(FindingCode::InboundNotSetUp)
        }
        MessageFieldError::RecipientNotAllowed => {
            Reply::new(550, "5.7.1", &named()).because(FindingCode::InboundRecipientNotAllowed)
        }
        MessageFieldError::TooLong => {
            Reply::new(552, "5.3.4", &named()).because(FindingCode::InboundTooLarge)
        }
        _ => Reply::new(554, "5.6.0", &named()).because(FindingCode::InboundMessageInvalid),
    }
}

fn not_submitted(error: &SubmitError) -> Reply {
    match error {
        SubmitError::KeyFull { .. } => {
            let text = "Too much mail of this sender waits to be delivered. Try again when some of it has been delivered";
            Reply::new(452, "4.3.1", text).because(FindingCode::InboundLimitReached)
        }
        SubmitError::LimitExceeded(limit) => {
            let text = wording::api_problem::sender_limit(*limit == ExceededLimit::PerDay);
            Reply::new(452, "4.7.1", text).because(FindingCode::InboundLimitReached)
        }
        SubmitError::Mail(error) => refused_by_mailer(error),
        SubmitError::KeyReused => unavailable(error),
    }
}

fn refused_by_mailer(error: &MailError) -> Reply {
    match error {
        MailError::MailRefused(condition) => {
            Reply::new(452, "4.3.1", &api_problem::refuses_mail(*condition))
                .because(FindingCode::InboundUnavailable)
        }
        // Removed while the message was processed.
        MailError::UnknownDataCenter => {
            let text = message_field_error(MessageFieldError::UnknownDataCenter).joined();
            Reply::new(451, "4.3.5", &text).because(FindingCode::InboundNotSetUp)
        }
        error => unavailable(error),
    }
}

fn unavailable(error: &(dyn std::error::Error + 'static)) -> Reply {
    tracing::error!(error, "message could not be accepted over SMTP");
    Reply::new(451, "4.3.0", api_problem::UNAVAILABLE).because(FindingCode::InboundUnavailable)
}
