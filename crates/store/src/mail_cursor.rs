//! Table `mail_cursors`: how far the mail that comes back has been read.

use domain::{DataCenterId, UnixTime};

use crate::{Store, StoreError, row::Table};

const TABLE: Table = Table("mail_cursors");

/// Who reads incoming mail, each at a pace of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailReader {
    /// Looks for delivery status notifications.
    Bounces,
    /// Tells a webhook of new mail.
    Webhook,
}

impl MailReader {
    /// The code in the database and in logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Bounces => "bounces",
            Self::Webhook => "webhook",
        }
    }
}

/// How far a mailbox has been read (RFC 9051 §2.3.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailCursor {
    /// Which mailbox; UIDs of another one mean nothing.
    pub mailbox: String,
    /// UIDVALIDITY when it was read.
    pub uid_validity: u32,
    /// The highest UID that needs no more looking at.
    pub last_uid: u32,
    /// When it was last looked at.
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
    /// Gives `owner` the turn to read a mailbox for `seconds`, with the cursor; `None` when somebody else has it, or
    /// there is no such data center. The cursor is `None` before the first look. `now` is the database's time.
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

    /// Ends all turns of `owner`, so that somebody else may have them at once.
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

    /// Keeps how far a mailbox has been read, as long as `owner` has the turn. Whether it had.
    ///
    /// # Errors
    /// `Database`.
    pub async fn keep_mail_cursor(
        &self,
        id: &DataCenterId,
        reader: MailReader,
        owner: &str,
        cursor: &MailCursor,
    ) -> Result<bool, StoreError> {
        let kept = sqlx::query(
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
        Ok(kept.rows_affected() > 0)
    }
}
