//! Table `inbound_webhooks`: webhooks for inbound mail. URL and secret are sealed.

use domain::{Actor, AuditAction, Change, DataCenterId, UnixTime};
use secrecy::SecretString;
use sqlx::AnyConnection;

use crate::{
    MailReader, Store, StoreError,
    audit_entry::entry,
    row::Table,
    seal::{Cell, Resealing, Sealed, Sealer, digest},
};

const TABLE: Table = Table("inbound_webhooks");

/// A webhook for inbound mail without its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboundWebhook {
    /// Host of the URL. Not a secret.
    pub host: String,
    /// Error of the last delivery and the start of the failures. `None` if the last delivery
    /// succeeded.
    pub failing: Option<(String, UnixTime)>,
}

/// A webhook for inbound mail with its secrets.
#[derive(Clone, Debug)]
pub struct StoredWebhook {
    /// Full URL, which may contain a token.
    pub url: SecretString,
    /// Key that signs the requests.
    pub secret: SecretString,
}

/// Maximum age in seconds of the bounce cursor for a new webhook to start there. An older one would
/// cause notifications of much old mail.
const MAX_CURSOR_AGE: i64 = 15 * 60;

/// Returns the cell of the URL, bound to the displayed host.
fn url_cell<'a>(id: &'a DataCenterId, host: &str) -> Cell<'a> {
    Cell::new(TABLE.0, "url", id.as_str()).bound_to([Some(host.to_owned())])
}

/// Returns the cell of the signing secret, bound to the URL.
fn secret_cell<'a>(id: &'a DataCenterId, url: &SecretString) -> Cell<'a> {
    Cell::new(TABLE.0, "secret", id.as_str()).bound_to([Some(digest(url))])
}

/// Host, sealed URL, and sealed secret.
type SealedHook = (String, String, String);

fn opened(
    sealer: &Sealer,
    id: &DataCenterId,
    row: SealedHook,
) -> Result<StoredWebhook, StoreError> {
    let (host, url, secret) = row;
    let url = sealer.open(&Sealed(url), &url_cell(id, &host))?;
    let secret = sealer.open(&Sealed(secret), &secret_cell(id, &url))?;
    Ok(StoredWebhook { url, secret })
}

/// Seals the URLs and secrets of all webhooks with the new key. Returns their number.
pub(crate) async fn reseal(
    connection: &mut AnyConnection,
    keys: Resealing<'_>,
) -> Result<usize, StoreError> {
    let rows: Vec<(String, String, String, String)> =
        sqlx::query_as("SELECT data_center, host, url, secret FROM inbound_webhooks")
            .fetch_all(&mut *connection)
            .await?;
    let count = rows.len() * 2;
    for (id, host, url, secret) in rows {
        let id = TABLE.value("data_center", DataCenterId::parse(&id))?;
        let url_cell = url_cell(&id, &host);
        let hook = opened(keys.old, &id, (host, url, secret))?;
        sqlx::query("UPDATE inbound_webhooks SET url = $1, secret = $2 WHERE data_center = $3")
            .bind(keys.new.seal(&hook.url, &url_cell)?.0)
            .bind(keys.new.seal(&hook.secret, &secret_cell(&id, &hook.url))?.0)
            .bind(id.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(count)
}

impl Store {
    /// Returns the webhook of a data center with its secrets.
    ///
    /// # Errors
    /// `Database`, `Unsealable`.
    pub async fn stored_inbound_webhook(
        &self,
        id: &DataCenterId,
    ) -> Result<Option<StoredWebhook>, StoreError> {
        let sealer = self.keyring.current();
        let mut connection = self.pool.acquire().await?;
        let row: Option<SealedHook> =
            sqlx::query_as("SELECT host, url, secret FROM inbound_webhooks WHERE data_center = $1")
                .bind(id.as_str())
                .fetch_optional(&mut *connection)
                .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let url = Sealed(row.1.clone());
        let sealer = self.key_of(&mut connection, sealer, &url).await?;
        opened(&sealer, id, row).map(Some)
    }

    /// Returns the webhook of a data center without its secrets.
    ///
    /// # Errors
    /// `Database`.
    pub async fn inbound_webhook(
        &self,
        id: &DataCenterId,
    ) -> Result<Option<InboundWebhook>, StoreError> {
        let row: Option<(String, Option<String>, Option<i64>)> = sqlx::query_as(
            "SELECT host, failure, failing_since FROM inbound_webhooks WHERE data_center = $1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(host, failure, since)| InboundWebhook {
            host,
            failing: failure.zip(since.map(UnixTime)),
        }))
    }

    /// Returns a value that differs after each save. `None` if there is no webhook.
    ///
    /// # Errors
    /// `Database`.
    pub async fn inbound_webhook_version(
        &self,
        id: &DataCenterId,
    ) -> Result<Option<String>, StoreError> {
        // Sealing uses a random nonce, so the sealed text never repeats.
        let url = sqlx::query_scalar("SELECT url FROM inbound_webhooks WHERE data_center = $1")
            .bind(id.as_str());
        Ok(url.fetch_optional(&self.pool).await?)
    }

    /// Saves the webhook of a data center and replaces the previous one. It reports mail that
    /// arrives from now on, and mail not yet processed for bounces. Returns false if there is no
    /// such data center.
    ///
    /// # Errors
    /// `Database`, `Random`, `KeyRotated`.
    pub async fn save_inbound_webhook(
        &self,
        id: &DataCenterId,
        host: &str,
        hook: &StoredWebhook,
        by: &Actor,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let Some(mut transaction) = self.lock_data_center(id.as_str()).await? else {
            return Ok(false);
        };
        let key = self.hold_key(&mut transaction).await?;
        sqlx::query(
            "INSERT INTO inbound_webhooks (data_center, host, url, secret) VALUES ($1, $2, $3, $4)
             ON CONFLICT (data_center) DO UPDATE SET
                 host = excluded.host, url = excluded.url, secret = excluded.secret,
                 failure = NULL, failing_since = NULL",
        )
        .bind(id.as_str())
        .bind(host)
        .bind(key.seal(&hook.url, &url_cell(id, host))?.0)
        .bind(key.seal(&hook.secret, &secret_cell(id, &hook.url))?.0)
        .execute(&mut *transaction)
        .await?;
        delete_cursor(&mut transaction, id).await?;
        start_at_bounce_cursor(&mut transaction, id, now).await?;
        let mut record = entry(by, now, AuditAction::InboundWebhookSaved, id.as_str());
        record.changes = vec![Change::fact("host", host)];
        self.append(&mut transaction, &record).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Removes the webhook of a data center. Returns false if there is none.
    ///
    /// # Errors
    /// `Database`.
    pub async fn remove_inbound_webhook(
        &self,
        id: &DataCenterId,
        by: &Actor,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let removed = sqlx::query("DELETE FROM inbound_webhooks WHERE data_center = $1")
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await?;
        if removed.rows_affected() == 0 {
            return Ok(false);
        }
        delete_cursor(&mut transaction, id).await?;
        let record = entry(by, now, AuditAction::InboundWebhookRemoved, id.as_str());
        self.append(&mut transaction, &record).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Records the result of the last delivery. `None` means success.
    ///
    /// # Errors
    /// `Database`.
    pub async fn note_inbound_webhook(
        &self,
        id: &DataCenterId,
        failure: Option<&str>,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE inbound_webhooks SET failure = $1,
                 failing_since = CASE WHEN $1 IS NULL THEN NULL ELSE COALESCE(failing_since, $2) END
             WHERE data_center = $3",
        )
        .bind(failure)
        .bind(now.0)
        .bind(id.as_str())
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

async fn delete_cursor(
    connection: &mut sqlx::AnyConnection,
    id: &DataCenterId,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM mail_cursors WHERE data_center = $1 AND reader = $2")
        .bind(id.as_str())
        .bind(MailReader::Webhook.code())
        .execute(connection)
        .await?;
    Ok(())
}

/// Starts at the cursor of the bounce reader. Otherwise the first poll would have to set the start,
/// and mail that arrives before it would be missed.
async fn start_at_bounce_cursor(
    connection: &mut sqlx::AnyConnection,
    id: &DataCenterId,
    now: UnixTime,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO mail_cursors (data_center, reader, mailbox, uid_validity, last_uid, looked_at, lease_owner, lease_until)
         SELECT data_center, $1, mailbox, uid_validity, last_uid, looked_at, '', 0 FROM mail_cursors
         WHERE data_center = $2 AND reader = $3 AND mailbox <> '' AND looked_at >= $4",
    )
    .bind(MailReader::Webhook.code())
    .bind(id.as_str())
    .bind(MailReader::Bounces.code())
    .bind(now.plus(-MAX_CURSOR_AGE).0)
    .execute(connection)
    .await?;
    Ok(())
}
