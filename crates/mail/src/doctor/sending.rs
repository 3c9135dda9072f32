//! The part "smtp" of a check: sign-in, connection, envelope, and message.

use domain::{CheckPart, Finding, FindingCode, Retry, StepKind};
use lettre::Address;
use message::{Composed, test_email, with_ascii_header};
use net::Recorder;
use sasl::Credential;
use smtp::{ConnectOptions, Connection, Message, Server, dial, resolve};
use tokio::{join, sync::oneshot};

use super::{job::Job, plan::skip_rest, run::Sent};
use crate::{MailError, Mailer};

/// A message to submit, or an envelope to test.
enum Letter {
    Message(Composed),
    /// No message; the envelope goes from this address to itself.
    None(Address),
}

impl Letter {
    /// Returns `None` if lettre refuses an address that we accept.
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

/// The result of a dialog with the server. `Err(None)` means that there was no credential, which is
/// reported elsewhere.
type Talked = Result<(), Option<Finding>>;

impl Mailer {
    /// Signs in and sends the message. If the server refuses a token that has not expired,
    /// refreshes it and reconnects once, because some servers close the connection after a refusal.
    pub(super) async fn sending(&self, job: &Job, recorder: &Recorder) -> Result<Sent, MailError> {
        let Some(letter) = Letter::of(job) else {
            return Ok(Err(FindingCode::SenderRefused.into()));
        };
        let mut refused = None;
        loop {
            let (ready, credential) = oneshot::channel();
            let again = refused.is_none();
            let (version, talked) = join!(
                self.credential(job, refused, ready, recorder),
                self.conversation(job, &letter, credential, again, recorder),
            );
            let version = match version? {
                Ok(version) => version,
                Err(finding) => return Ok(Err(finding)),
            };
            match (talked, version) {
                (Ok(()), _) => return Ok(Ok(letter.message_id())),
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
        letter: &Letter,
        credential: oneshot::Receiver<Option<Credential>>,
        again: bool,
        recorder: &Recorder,
    ) -> Talked {
        let server = Server::of(&job.settings);
        let options = ConnectOptions {
            server: &server,
            outgoing: &self.0.outgoing,
            timeouts: self.0.options.timeouts.connection(),
            now: self.now(),
        };
        let addresses = resolve(&options, recorder).await?;
        let (winner, dialed) = oneshot::channel();
        // Unlike a message, a check waits for the outcome of both address families.
        let dialing = dial(&options, addresses, recorder, winner);
        let talking = async {
            // Nothing is sent if no address can be connected to.
            let dialed = dialed.await.map_err(|_| None)?;
            let mut connection = Connection::start(&options, dialed, recorder).await?;
            let talked = talk(&mut connection, letter, credential, again).await;
            let goes_on =
                |finding: &Option<Finding>| again && finding.as_ref().is_some_and(is_curable);
            if talked.as_ref().is_err_and(|finding| !goes_on(finding)) {
                skip_rest(job, CheckPart::Smtp, Some(StepKind::Quit), recorder);
            }
            connection.quit_recorded().await;
            talked
        };
        let (dialed, talked) = join!(dialing, talking);
        dialed?;
        talked
    }
}

async fn talk(
    connection: &mut Connection,
    letter: &Letter,
    credential: oneshot::Receiver<Option<Credential>>,
    again: bool,
) -> Talked {
    let credential = credential.await.map_err(|_| None)?;
    if let Some(credential) = &credential {
        connection.authenticate(credential, again).await?;
    }
    match letter {
        Letter::Message(message) => {
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
        Letter::None(from) => {
            let from = from.to_string();
            connection
                .rehearse(Message {
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
