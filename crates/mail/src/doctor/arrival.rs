//! The part "arrival" of a check: waits until the test email arrives in the mailbox.

use std::time::Duration;

use domain::{CheckPart, FactName, FindingCode, StepKind, Verdict, finding::FindingValue};
use imap::{Connection, Mailbox};
use imap_codec::imap_types::command::CommandBody;
use net::Recorder;
use tokio::time::{Instant, sleep};

use super::{Doctor, job::Job};
use crate::{MailError, error::Failure};

/// Maximum time until the arrival.
const TIMEOUT: Duration = Duration::from_secs(8);
/// Interval between searches.
const POLL_INTERVAL: Duration = Duration::from_millis(500);
/// Header fields in which a provider keeps our Message-ID when it replaces it.
const ORIGINAL: [&str; 2] = [
    "X-Microsoft-Original-Message-ID",
    "X-Google-Original-Message-ID",
];

impl Doctor {
    /// Searches the mailbox for the test email by its Message-ID, or by the one that the provider
    /// replaced it with. Compares the From address with the one that was sent.
    ///
    /// # Errors
    /// `NoMailbox`, or an error of the database.
    pub(super) async fn arrival(
        &self,
        job: &Job,
        message_id: &str,
        recorder: &Recorder,
    ) -> Result<(), MailError> {
        let mailbox = Mailbox::of(&job.settings).ok_or(MailError::NoMailbox)?;
        // The IMAP part of the check already shows the steps of the connection.
        let quiet = Recorder::default();
        let recorder = recorder.of(CheckPart::Arrival);
        let from_sent = job.settings.from.address.to_string();
        let command = format!("UID SEARCH HEADER Message-ID {message_id}");
        let mut step = recorder.begin(StepKind::Arrival, &command);
        let provider_ids = provider_ids(&recorder);
        let mut keys = vec![("Message-ID", message_id)];
        keys.extend(ORIGINAL.map(|field| (field, message_id)));
        keys.extend(provider_ids.iter().map(|id| ("Message-ID", id.as_str())));
        step.fact(FactName::FromSent, &from_sent);
        let arrived = async {
            let mut connection = self
                .mailboxes
                .connect(&job.data_center, &job.settings, &quiet)
                .await?;
            connection.examine(&quiet).await?;
            let deadline = Instant::now() + TIMEOUT;
            let arrived = loop {
                match first_sender(&mut connection, &keys).await {
                    Ok(None) if Instant::now() < deadline => sleep(POLL_INTERVAL).await,
                    found => break found.map_err(|code| mailbox.finding(code)),
                }
                // Servers announce new messages in response to a command.
                let noop = connection.ask(CommandBody::Noop).await;
                noop.map_err(|code| mailbox.finding(code))?;
            };
            connection.log_out(&quiet).await;
            Ok(arrived?)
        };
        match arrived.await {
            Ok(Some(from)) if same_address(&from, &from_sent) => {
                step.fact(FactName::FromArrived, from);
                recorder.passed(step, "");
            }
            Ok(Some(from)) => {
                step.fact(FactName::FromArrived, &from);
                let finding = mailbox
                    .finding(FindingCode::FromRewritten)
                    .with(FindingValue::From, &from_sent)
                    .with(FindingValue::FromArrived, from);
                recorder.end(step, Verdict::Warned, "", Some(finding));
            }
            Ok(None) => {
                let finding = mailbox.finding(FindingCode::NotArrived);
                recorder.end(step, Verdict::Warned, "", Some(finding));
            }
            Err(Failure::Found(finding)) => {
                recorder.end(step, Verdict::Warned, "", Some(finding));
            }
            Err(Failure::Internal(error)) => return Err(error),
        }
        Ok(())
    }
}

/// Returns the identifiers in the reply that accepted the test email.
fn provider_ids(recorder: &Recorder) -> Vec<String> {
    let steps = recorder.steps();
    let accepted = steps.iter().rfind(|step| step.kind == StepKind::Message);
    let reply = accepted.map_or("", |step| step.received.as_str());
    message::provider_ids(reply).collect()
}

/// Returns the From address of the first message found by one of the header fields.
async fn first_sender(
    connection: &mut Connection,
    keys: &[(&str, &str)],
) -> Result<Option<String>, FindingCode> {
    for (field, value) in keys {
        let sender = connection.sender_of(field, value).await?;
        if sender.is_some() {
            return Ok(sender);
        }
    }
    Ok(None)
}

fn same_address(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
