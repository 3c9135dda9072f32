//! The part "smtp" of a check: sign-in, connection, envelope, and message.

use domain::{CheckPart, Finding, FindingCode, Retry, StepKind};
use lettre::Address;
use message::{Composed, test_email, with_ascii_header};
use net::Recorder;
use sasl::Credential;
use smtp::{ConnectOptions, Connection, Message, Server, dial, resolve};
use tokio::{join, sync::oneshot};

use super::{Doctor, job::Job, plan::skip_rest, run::Sent};
use crate::{MailError, error::Failure};

/// A message to submit, or an envelope to test.
enum Envelope {
    Message(Composed),
    /// No message. The envelope's sender is also its recipient.
    None(Address),
}

impl Envelope {
    /// Returns `None` if lettre rejects an address that we accept.
    fn of(job: &Job) -> Option<Self> {
        let from = &job.settings.from;
        let sender = from.address.as_str().parse().ok()?;
        Some(match &job.recipient {
            Some(recipient) => Self::Message(test_email(from, recipient, job.started_at)?),
            None => Self::None(sender),
        })
    }

    fn message_id(self) -> Option<String> {
        match self {
            Self::Message(message) => Some(message.message_id),
            Self::None(_) => None,
        }
    }
}

/// Result of an SMTP session. `Err(None)` means that there was no credential, which is reported
/// elsewhere.
type DialogOutcome = Result<(), Option<Finding>>;

impl Doctor {
    /// Signs in and sends the message. If the server rejects a token that has not expired,
    /// refreshes it and reconnects once, because some servers close the connection after a
    /// rejection.
    pub(super) async fn sending(&self, job: &Job, recorder: &Recorder) -> Result<Sent, MailError> {
        let Some(envelope) = Envelope::of(job) else {
            return Ok(Err(FindingCode::SenderRefused.into()));
        };
        let mut refused = None;
        loop {
            let (ready, credential) = oneshot::channel();
            let again = refused.is_none();
            let (version, outcome) = join!(
                self.credential(job, refused, ready, recorder),
                self.conversation(job, &envelope, credential, again, recorder),
            );
            let version = match version {
                Ok(version) => version,
                Err(Failure::Found(finding)) => return Ok(Err(finding)),
                Err(Failure::Internal(error)) => return Err(error),
            };
            match (outcome, version) {
                (Ok(()), _) => return Ok(Ok(envelope.message_id())),
                (Err(Some(finding)), Some(version)) if again && is_curable(&finding) => {
                    refused = Some(version);
                }
                (Err(finding), _) => {
                    return Ok(Err(finding.unwrap_or(FindingCode::GrantMissing.into())));
                }
            }
        }
    }

    async fn conversation(
        &self,
        job: &Job,
        envelope: &Envelope,
        credential: oneshot::Receiver<Option<Credential>>,
        again: bool,
        recorder: &Recorder,
    ) -> DialogOutcome {
        let server = Server::of(&job.settings);
        let options = ConnectOptions {
            server: &server,
            outgoing: &self.outgoing,
            timeouts: self.timeouts.connection(),
            now: self.clock.now(),
        };
        let addresses = resolve(&options, recorder).await?;
        let (winner, dialed) = oneshot::channel();
        // Unlike a delivery, a check waits for the result of both address families.
        let dialing = dial(&options, addresses, recorder, winner);
        let dialog = async {
            // Nothing is sent if no address accepts a connection.
            let dialed = dialed.await.map_err(|_| None)?;
            let mut connection = Connection::start(&options, dialed, recorder).await?;
            let outcome = dialog(&mut connection, envelope, credential, again).await;
            let is_retried =
                |finding: &Option<Finding>| again && finding.as_ref().is_some_and(is_curable);
            if outcome.as_ref().is_err_and(|finding| !is_retried(finding)) {
                skip_rest(job, CheckPart::Smtp, Some(StepKind::Quit), recorder);
            }
            connection.quit_recorded().await;
            outcome
        };
        let (dialed, outcome) = join!(dialing, dialog);
        dialed?;
        outcome
    }
}

async fn dialog(
    connection: &mut Connection,
    envelope: &Envelope,
    credential: oneshot::Receiver<Option<Credential>>,
    again: bool,
) -> DialogOutcome {
    let credential = credential.await.map_err(|_| None)?;
    if let Some(credential) = &credential {
        connection.authenticate(credential, again).await?;
    }
    match envelope {
        Envelope::Message(message) => {
            let recipients = message.recipients.iter();
            let recipients: Vec<_> = recipients.map(|one| one.address.as_str()).collect();
            connection
                .send_recorded(Message {
                    sender: message.sender.as_str(),
                    recipients: &recipients,
                    content: &message.content,
                    with_ascii_header,
                })
                .await?;
        }
        Envelope::None(from) => {
            let from = from.to_string();
            connection
                .dry_run(Message {
                    sender: &from,
                    recipients: &[&from],
                    content: &[],
                    with_ascii_header,
                })
                .await?;
        }
    }
    Ok(())
}

fn is_curable(finding: &Finding) -> bool {
    finding.code.retry() == Retry::OnceAfterRefresh
}
