//! Messages that bounced.

use domain::{
    DataCenterId, EmailAddress, Finding, MessageId, MessageState, Recipient, RecipientState,
    UnixTime,
};

use sqlx::AssertSqlSafe;

use super::MESSAGES as TABLE;
use crate::{Store, StoreError};

/// SQL pattern that matches `recipients` with a bounced recipient. It may match other rows, which
/// [`keep_known`] leaves unchanged.
pub(super) const HAS_BOUNCED: &str = r#"'%"state":"bounced"%'"#;

/// SQL pattern that matches `recipients` with an accepted recipient.
pub(super) const HAS_ACCEPTED: &str = r#"'%"state":"accepted"%'"#;

/// The report on one recipient in a delivery status notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounce {
    /// Possible addresses of the recipient. The first known one counts.
    pub addresses: Vec<EmailAddress>,
    /// Reply of the remote server.
    pub reply: String,
    /// Diagnosis of the reply.
    pub finding: Finding,
}

impl Store {
    /// Records that a message of a data center bounced for some of its recipients. Selects the
    /// first message with one of these Message-IDs. Only recipients that the mail server accepted
    /// can bounce. Returns the ID of the message if anything changed.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn bounce_message(
        &self,
        data_center: &DataCenterId,
        message_ids: &[String],
        bounces: &[Bounce],
        now: UnixTime,
    ) -> Result<Option<MessageId>, StoreError> {
        let condition = "message_id = $2";
        self.bounce_first(data_center, condition, message_ids, bounces, now)
            .await
    }

    /// Records a bounce as [`Store::bounce_message`] does, for a message that the provider accepted
    /// under one of these identifiers, in any of its attempts.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn bounce_accepted_message(
        &self,
        data_center: &DataCenterId,
        provider_ids: &[String],
        bounces: &[Bounce],
        now: UnixTime,
    ) -> Result<Option<MessageId>, StoreError> {
        let condition = "id IN (SELECT message FROM message_provider_ids WHERE provider_id = $2)";
        self.bounce_first(data_center, condition, provider_ids, bounces, now)
            .await
    }

    /// Records a bounce for the first message that matches the condition with one of the values.
    async fn bounce_first(
        &self,
        data_center: &DataCenterId,
        condition: &'static str,
        values: &[String],
        bounces: &[Bounce],
        now: UnixTime,
    ) -> Result<Option<MessageId>, StoreError> {
        for value in values {
            let mut transaction = self.begin().await?;
            // Locks the rows. On SQLite, a transaction that writes first waits for the write lock.
            let sql = format!(
                "UPDATE messages SET attempts = attempts WHERE data_center = $1 AND {condition}
                 RETURNING id, state, recipients"
            );
            let rows: Vec<(String, String, String)> = sqlx::query_as(AssertSqlSafe(sql))
                .bind(data_center.as_str())
                .bind(value.as_str())
                .fetch_all(&mut *transaction)
                .await?;
            for (id, state, recipients) in rows {
                let state = TABLE.needed("state", MessageState::from_code(&state))?;
                let mut recipients: Vec<Recipient> = TABLE.read_json("recipients", &recipients)?;
                let Some(finding) = mark(&mut recipients, bounces) else {
                    continue;
                };
                let id = TABLE.value("id", MessageId::parse(&id))?;
                sqlx::query(
                    "UPDATE messages SET state = $1, recipients = $2, finding = $3, finished_at = COALESCE(finished_at, $4)
                     WHERE id = $5",
                )
                .bind(after(state, &recipients).code())
                .bind(TABLE.write_json("recipients", &recipients)?)
                .bind(TABLE.write_json("finding", finding)?)
                .bind(state.is_final().then_some(now.0))
                .bind(id.as_str())
                .execute(&mut *transaction)
                .await?;
                transaction.commit().await?;
                return Ok(Some(id));
            }
        }
        Ok(None)
    }
}

/// Marks the bounced recipients. Returns the finding of the last one, or `None` if nothing changed.
fn mark<'a>(recipients: &mut [Recipient], bounces: &'a [Bounce]) -> Option<&'a Finding> {
    let only = recipients.len() == 1;
    let mut last = None;
    for bounce in bounces {
        let is_meant = |recipient: &Recipient| {
            let own = recipient.address.as_str();
            let mut named = bounce.addresses.iter();
            named.any(|one| one.as_str().eq_ignore_ascii_case(own))
        };
        // Forwarded mail bounces with an address that is not a recipient here.
        let at = recipients.iter().position(is_meant);
        let Some(recipient) = recipients.get_mut(at.or(only.then_some(0)).unwrap_or(usize::MAX))
        else {
            continue;
        };
        if recipient.state == RecipientState::Accepted {
            recipient.state = RecipientState::Bounced;
            recipient.reply.clone_from(&bounce.reply);
            recipient.finding = Some(bounce.finding.clone());
            last = Some(&bounce.finding);
        }
    }
    last
}

/// Keeps known results of recipients over those of an attempt that did not know them. A recipient
/// that bounced or has the message stays so, because the attempt skipped it or sent it a duplicate.
/// Returns the finding of the last bounced recipient.
pub(super) fn keep_known<'a>(
    recipients: &mut [Recipient],
    stored: &'a [Recipient],
) -> Option<&'a Finding> {
    let mut last = None;
    for (recipient, stored) in recipients.iter_mut().zip(stored) {
        let is_known = matches!(
            stored.state,
            RecipientState::Bounced | RecipientState::Accepted
        );
        if is_known && stored.address == recipient.address {
            recipient.clone_from(stored);
            last = match stored.state {
                RecipientState::Bounced => stored.finding.as_ref(),
                _ => last,
            };
        }
    }
    last
}

/// Returns the state of a message that is not being sent, derived from its recipients.
pub(super) fn state_of(recipients: &[Recipient]) -> MessageState {
    let any = |state| recipients.iter().any(|one| one.state == state);
    let bounced = any(RecipientState::Bounced);
    match (
        any(RecipientState::Waiting),
        any(RecipientState::Accepted),
        bounced || any(RecipientState::Refused),
    ) {
        (true, ..) => MessageState::Waiting,
        (_, true, false) => MessageState::Delivered,
        (_, true, true) => MessageState::PartlyDelivered,
        _ if bounced => MessageState::Bounced,
        _ => MessageState::Failed,
    }
}

/// Returns the new state of a message. A message in progress stays so, and one that some recipients
/// have is partly delivered.
pub(super) fn after(state: MessageState, recipients: &[Recipient]) -> MessageState {
    let accepted = |one: &Recipient| one.state == RecipientState::Accepted;
    if !state.is_final() {
        state
    } else if recipients.iter().any(accepted) {
        MessageState::PartlyDelivered
    } else {
        MessageState::Bounced
    }
}
