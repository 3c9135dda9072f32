//! Table `mail_cursors`: positions up to which incoming mail has been processed.

use domain::{DataCenterId, UnixTime};

use crate::{Store, StoreError, row::Table};

const TABLE: Table = Table("mail_cursors");

/// A consumer of incoming mail. Each has its own cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailReader {
    /// Finds delivery status notifications.
    Bounces,
    /// Notifies a webhook of new mail.
    Webhook,
}

impl MailReader {
    /// Returns the code used in the database and in logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Bounces => "bounces",
            Self::Webhook => "webhook",
        }
    }
}

/// Position up to which a mailbox has been processed (RFC 9051 §2.3.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailCursor {
    /// Identifies the mailbox. UIDs of another one are meaningless.
    pub mailbox: String,
    /// UIDVALIDITY at the last poll.
    pub uid_validity: u32,
    /// The highest UID that was processed.
    pub last_uid: u32,
    /// Time of the last poll.
    pub looked_at: UnixTime,
}

#[derive(sqlx::FromRow)]
struct Row {
    mailbox: String,
    uid_validity: i64,
    last_uid: i64,
    looked_at: i64,
}

impl TryFrom<Row> for Option<MailCursor> {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        if row.mailbox.is_empty() {
            return Ok(None);
        }
        Ok(Some(MailCursor {
            mailbox: row.mailbox,
            uid_validity: TABLE.value("uid_validity", u32::try_from(row.uid_validity))?,
            last_uid: TABLE.value("last_uid", u32::try_from(row.last_uid))?,
            looked_at: UnixTime(row.looked_at),
        }))
    }
}

impl Store {
    /// Leases a mailbox to `owner` for `seconds` and returns its cursor. Returns `None` if another
    /// owner has the lease or the data center does not exist. The cursor is `None` before the first
    /// poll. `now` is the database's time.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn lease_mail_cursor(
        &self,
        id: &DataCenterId,
        reader: MailReader,
        owner: &str,
        now: UnixTime,
        seconds: i64,
    ) -> Result<Option<Option<MailCursor>>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "INSERT INTO mail_cursors (data_center, reader, mailbox, uid_validity, last_uid, looked_at, lease_owner, lease_until)
             SELECT id, $2, '', 0, 0, 0, $3, $5 FROM data_centers WHERE id = $1
             ON CONFLICT (data_center, reader) DO UPDATE SET
                 lease_owner = excluded.lease_owner, lease_until = excluded.lease_until
             WHERE mail_cursors.lease_until <= $4 OR mail_cursors.lease_owner = excluded.lease_owner
             RETURNING mailbox, uid_validity, last_uid, looked_at",
        )
        .bind(id.as_str())
        .bind(reader.code())
        .bind(owner)
        .bind(now.0)
        .bind(now.plus(seconds).0)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().next().map(TryInto::try_into).transpose()
    }

    /// Releases all leases of `owner`, so others can acquire them immediately.
    ///
    /// # Errors
    /// `Database`.
    pub async fn release_mail_cursors(&self, owner: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE mail_cursors SET lease_until = 0 WHERE lease_owner = $1")
            .bind(owner)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Stores the cursor if `owner` has the lease. Returns true if it was stored.
    ///
    /// # Errors
    /// `Database`.
    pub async fn store_mail_cursor(
        &self,
        id: &DataCenterId,
        reader: MailReader,
        owner: &str,
        cursor: &MailCursor,
    ) -> Result<bool, StoreError> {
        let stored = sqlx::query(
            "UPDATE mail_cursors
             SET mailbox = $1, uid_validity = $2, last_uid = $3, looked_at = $4
             WHERE data_center = $5 AND reader = $6 AND lease_owner = $7",
        )
        .bind(cursor.mailbox.as_str())
        .bind(i64::from(cursor.uid_validity))
        .bind(i64::from(cursor.last_uid))
        .bind(cursor.looked_at.0)
        .bind(id.as_str())
        .bind(reader.code())
        .bind(owner)
        .execute(&self.pool)
        .await?;
        Ok(stored.rows_affected() > 0)
    }
}
