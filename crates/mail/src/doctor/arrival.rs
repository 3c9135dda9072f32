//! The part "arrival" of a check: the arrival of the test email in the mailbox.

use std::time::Duration;

use domain::{CheckPart, FactName, FindingCode, StepKind, Verdict, finding::FindingValue};
use imap::Mailbox;
use imap_codec::imap_types::command::CommandBody;
use net::Recorder;
use tokio::time::{Instant, sleep};

use super::{Doctor, job::Job};
use crate::{MailError, error::Failure};

/// The time limit for the arrival.
const TIMEOUT: Duration = Duration::from_secs(8);
/// The time between two searches.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

impl Doctor {
    /// Looks for the test email in the mailbox by its Message-ID, and compares its From address
    /// with the one that was sent.
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
        // The IMAP part of the check shows how the connection is made.
        let quiet = Recorder::default();
        let recorder = recorder.of(CheckPart::Arrival);
        let from_sent = job.settings.from.address.to_string();
        let command = format!("UID SEARCH HEADER Message-ID {message_id}");
        let mut step = recorder.begin(StepKind::Arrival, &command);
        step.fact(FactName::FromSent, &from_sent);
        let arrived = async {
            let mut connection = self
                .mailboxes
                .connect(&job.data_center, &job.settings, &quiet)
                .await?;
            connection.examine(&quiet).await?;
            let deadline = Instant::now() + TIMEOUT;
            let arrived = loop {
                match connection.sender_of(message_id).await {
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

fn same_address(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}
