//! Attempts whose claim was lost. Another server may have claimed the message.

use domain::{MessageState, Recipient, RecipientState, UnixTime};
use sqlx::AnyConnection;

use super::{AttemptUpdate, Recorded, events};
use crate::{
    StoreError,
    outbox::{MESSAGES as TABLE, bounce},
};

/// Marks the recipients that this attempt delivered to. If no recipient waits afterward, the
/// message has ended: its retry is canceled, and the claim of another server ends. Returns `None`
/// if the message is gone.
pub(super) async fn record<'a>(
    connection: &mut AnyConnection,
    attempt: &'a AttemptUpdate,
    now: UnixTime,
) -> Result<Option<Recorded<'a>>, StoreError> {
    // Locks the row.
    let rows: Vec<(String, String, i64)> = sqlx::query_as(
        "UPDATE messages SET attempts = attempts + 1 WHERE id = $1 RETURNING state, recipients, attempts",
    )
    .bind(attempt.id.as_str())
    .fetch_all(&mut *connection)
    .await?;
    let Some((before, recipients, number)) = rows.into_iter().next() else {
        return Ok(None);
    };
    let before = TABLE.needed("state", MessageState::from_code(&before))?;
    let mut recipients: Vec<Recipient> = TABLE.read_json("recipients", &recipients)?;
    let mut recorded = Recorded {
        update: attempt,
        number,
        state: before,
        events: &[],
    };
    if !mark(&mut recipients, &attempt.recipients) {
        return Ok(Some(recorded));
    }
    let after = bounce::state_of(&recipients);
    if after.is_final() {
        recorded.state = after;
        // A message that had ended in another state counts as retried.
        recorded.events = match (before.is_final(), after) {
            (false, _) => events(after),
            (true, _) => &["retried", "delivered"],
        };
    }
    let delivered = recorded.state == MessageState::Delivered;
    sqlx::query(
        "UPDATE messages SET state = $1, recipients = $2,
             finding = CASE WHEN $3 = 1 THEN NULL ELSE finding END,
             finished_at = COALESCE(finished_at, CAST($4 AS BIGINT)),
             lease_owner = CASE WHEN $5 = 1 THEN NULL ELSE lease_owner END,
             lease_until = CASE WHEN $5 = 1 THEN NULL ELSE lease_until END
         WHERE id = $6",
    )
    .bind(recorded.state.code())
    .bind(TABLE.write_json("recipients", &recipients)?)
    .bind(i64::from(delivered))
    .bind(recorded.state.is_final().then_some(now.0))
    .bind(i64::from(after.is_final()))
    .bind(attempt.id.as_str())
    .execute(connection)
    .await?;
    Ok(Some(recorded))
}

/// Marks the recipients that the attempt delivered to. Returns true if anything changed.
fn mark(recipients: &mut [Recipient], tried: &[Recipient]) -> bool {
    let mut changed = false;
    for (recipient, tried) in recipients.iter_mut().zip(tried) {
        let open = matches!(
            recipient.state,
            RecipientState::Waiting | RecipientState::Refused
        );
        if open && tried.state == RecipientState::Accepted && tried.address == recipient.address {
            recipient.clone_from(tried);
            changed = true;
        }
    }
    changed
}
