//! Table `mail_hooks`: where new mail is told of. URL and secret are sealed.

use domain::{Actor, AuditAction, Change, DataCenterId, UnixTime};
use secrecy::SecretString;

use crate::{
    MailReader, Store, StoreError,
    note::note,
    seal::{Cell, Sealed},
};

/// A webhook for new mail, as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailHook {
    /// The host of its URL.
    pub host: String,
    /// Why it fails, and since when.
    pub failing: Option<(String, UnixTime)>,
}

/// A webhook for new mail.
#[derive(Clone, Debug)]
pub struct StoredHook {
    /// Where it is posted to.
    pub url: SecretString,
    /// What it is signed with.
    pub secret: SecretString,
}

/// Where bounces were read to longer ago, seconds, nobody wants to be told of all that came since.
const RECENTLY: i64 = 15 * 60;

fn cell<'a>(column: &'static str, id: &'a DataCenterId) -> Cell<'a> {
    Cell {
        table: "mail_hooks",
        column,
        row: id.as_str(),
    }
}

impl Store {
    /// The webhook of a data center with its secrets.
    ///
    /// # Errors
    /// `Database`, `Unsealable`.
    pub async fn stored_mail_hook(
        &self,
        id: &DataCenterId,
    ) -> Result<Option<StoredHook>, StoreError> {
        let sealer = self.keyring.current();
        let mut connection = self.pool.acquire().await?;
        let row: Option<(String, String)> =
            sqlx::query_as("SELECT url, secret FROM mail_hooks WHERE data_center = $1")
                .bind(id.as_str())
                .fetch_optional(&mut *connection)
                .await?;
        let Some((url, secret)) = row else {
            return Ok(None);
        };
        let (url, secret) = (Sealed(url), Sealed(secret));
        let sealer = self.key_of(&mut connection, sealer, &url).await?;
        Ok(Some(StoredHook {
            url: sealer.open(&url, cell("url", id))?,
            secret: sealer.open(&secret, cell("secret", id))?,
        }))
    }

    /// The webhook of a data center as it may be shown.
    ///
    /// # Errors
    /// `Database`.
    pub async fn mail_hook(&self, id: &DataCenterId) -> Result<Option<MailHook>, StoreError> {
        let row: Option<(String, Option<String>, Option<i64>)> = sqlx::query_as(
            "SELECT host, failure, failing_since FROM mail_hooks WHERE data_center = $1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(host, failure, since)| MailHook {
            host,
            failing: failure.zip(since.map(UnixTime)),
        }))
    }

    /// Names what was saved last: it differs after each save. `None` when there is no webhook.
    ///
    /// # Errors
    /// `Database`.
    pub async fn mail_hook_version(&self, id: &DataCenterId) -> Result<Option<String>, StoreError> {
        // What is sealed is never the same again.
        let url = sqlx::query_scalar("SELECT url FROM mail_hooks WHERE data_center = $1")
            .bind(id.as_str());
        Ok(url.fetch_optional(&self.pool).await?)
    }

    /// Saves where new mail of a data center is told of, in place of what was there; mail that comes from now on is, and what
    /// was not looked at yet. `false` when there is no such data center.
    ///
    /// # Errors
    /// `Database`, `Random`, `KeyRotated`.
    pub async fn save_mail_hook(
        &self,
        id: &DataCenterId,
        host: &str,
        hook: &StoredHook,
        by: &Actor,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let Some(mut transaction) = self.lock_data_center(id.as_str()).await? else {
            return Ok(false);
        };
        let key = self.hold_key(&mut transaction).await?;
        sqlx::query(
            "INSERT INTO mail_hooks (data_center, host, url, secret) VALUES ($1, $2, $3, $4)
             ON CONFLICT (data_center) DO UPDATE SET
                 host = excluded.host, url = excluded.url, secret = excluded.secret,
                 failure = NULL, failing_since = NULL",
        )
        .bind(id.as_str())
        .bind(host)
        .bind(key.seal(&hook.url, cell("url", id))?.0)
        .bind(key.seal(&hook.secret, cell("secret", id))?.0)
        .execute(&mut *transaction)
        .await?;
        forget_place(&mut transaction, id).await?;
        begin_at_last_look(&mut transaction, id, now).await?;
        let mut record = note(by, now, AuditAction::MailHookSaved, id.as_str());
        record.changes = vec![Change::fact("host", host)];
        self.append(&mut transaction, &record).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Ends the webhook of a data center; `false` when there is none.
    ///
    /// # Errors
    /// `Database`.
    pub async fn remove_mail_hook(
        &self,
        id: &DataCenterId,
        by: &Actor,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let removed = sqlx::query("DELETE FROM mail_hooks WHERE data_center = $1")
            .bind(id.as_str())
            .execute(&mut *transaction)
            .await?;
        if removed.rows_affected() == 0 {
            return Ok(false);
        }
        forget_place(&mut transaction, id).await?;
        let record = note(by, now, AuditAction::MailHookRemoved, id.as_str());
        self.append(&mut transaction, &record).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Notes how the last delivery went; `None`: it arrived.
    ///
    /// # Errors
    /// `Database`.
    pub async fn note_mail_hook(
        &self,
        id: &DataCenterId,
        failure: Option<&str>,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE mail_hooks SET failure = $1,
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

async fn forget_place(
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

/// Begins where the inbox was read to for bounces: nobody has to look at it first, and miss what comes until then.
async fn begin_at_last_look(
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
    .bind(now.plus(-RECENTLY).0)
    .execute(connection)
    .await?;
    Ok(())
}
