//! Messages that came back.

use domain::{
    DataCenterId, EmailAddress, Finding, MessageId, MessageState, Recipient, RecipientState,
    UnixTime,
};

use super::MESSAGES as TABLE;
use crate::{Store, StoreError};

/// In SQL: matches what `recipients` holds when one of them is bounced; also little else, which `keep` then leaves alone.
pub(super) const HAS_BOUNCED: &str = r#"'%"state":"bounced"%'"#;

/// In SQL: matches what `recipients` holds when one of them has the message.
pub(super) const HAS_ACCEPTED: &str = r#"'%"state":"accepted"%'"#;

/// What a delivery status notification says of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounce {
    /// Who did not get it, as it may be named; the first that is known counts.
    pub addresses: Vec<EmailAddress>,
    /// What the remote server said.
    pub reply: String,
    /// What it means.
    pub finding: Finding,
}

impl Store {
    /// Notes that a message of a data center was sent back for some of its recipients. It is the first one with one of
    /// these Message-IDs. Only what the mail server had accepted can come back; the id of the message when something
    /// has changed.
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
        for message_id in message_ids {
            let mut transaction = self.begin().await?;
            // Holds the rows; on SQLite what writes first waits for its turn.
            let held: Vec<(String, String, String)> = sqlx::query_as(
                "UPDATE messages SET attempts = attempts WHERE data_center = $1 AND message_id = $2
                 RETURNING id, state, recipients",
            )
            .bind(data_center.as_str())
            .bind(message_id.as_str())
            .fetch_all(&mut *transaction)
            .await?;
            for (id, state, recipients) in held {
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

/// Marks those that came back. The finding of the last one; `None` when nothing has changed.
fn mark<'a>(recipients: &mut [Recipient], bounces: &'a [Bounce]) -> Option<&'a Finding> {
    let only = recipients.len() == 1;
    let mut last = None;
    for bounce in bounces {
        let is_meant = |recipient: &Recipient| {
            let own = recipient.address.as_str();
            let mut named = bounce.addresses.iter();
            named.any(|one| one.as_str().eq_ignore_ascii_case(own))
        };
        // Mail that was forwarded comes back with an address that nobody here knows.
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

/// Keeps what is known of recipients over what an attempt says that did not know of it. A recipient that came back or has
/// the message stays so: the attempt did not try it, or gave it the message once more. Returns the finding of the last one
/// that came back.
pub(super) fn keep<'a>(recipients: &mut [Recipient], kept: &'a [Recipient]) -> Option<&'a Finding> {
    let mut last = None;
    for (recipient, kept) in recipients.iter_mut().zip(kept) {
        let is_known = matches!(
            kept.state,
            RecipientState::Bounced | RecipientState::Accepted
        );
        if is_known && kept.address == recipient.address {
            recipient.clone_from(kept);
            last = match kept.state {
                RecipientState::Bounced => kept.finding.as_ref(),
                _ => last,
            };
        }
    }
    last
}

/// Where a message stands that nobody is sending, by its recipients.
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

/// Where the message stands then: what is under way goes on, and what some have got is partly delivered.
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
