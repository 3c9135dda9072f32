//! Finding senders.

use domain::{Sender, SenderId, SenderUser, UnixTime};
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::AnyConnection;

use super::row::{Row, sender_columns};
use crate::{
    Store, StoreError,
    audit::{HeadSnapshot, head_columns},
};

/// A sender with the head of the audit, read by one statement.
#[derive(sqlx::FromRow)]
struct Seen {
    #[sqlx(flatten)]
    sender: Row,
    #[sqlx(flatten)]
    head: HeadSnapshot,
}

macro_rules! seen {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            sender_columns!(),
            ", ",
            head_columns!(),
            " FROM senders s CROSS JOIN audit_head h WHERE ",
            $condition
        )
    };
}

/// All senders. Only the first row has the manifest, which names all of them and thus is long.
const ALL: &str = concat!(
    "SELECT ",
    sender_columns!(),
    ", h.sealed_key, h.sequence, h.hash, h.mac,
     CASE WHEN s.id = (SELECT MIN(f.id) FROM senders f) THEN h.manifest ELSE '' END AS manifest,
     (SELECT n.sequence FROM audit n WHERE n.sequence = h.sequence + 1) AS next_entry
     FROM senders s CROSS JOIN audit_head h ORDER BY s.id"
);

impl Store {
    /// Returns all senders, sorted by name. Includes expired ones.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn senders(&self) -> Result<Vec<Sender>, StoreError> {
        let before = self.keyring.current();
        let mut connection = self.pool.acquire().await?;
        let seen: Vec<Seen> = sqlx::query_as(ALL).fetch_all(&mut *connection).await?;
        let Some(first) = seen.first() else {
            return Ok(Vec::new());
        };
        let integrity = self.integrity(&mut connection, before, &first.head).await?;
        let mut all = seen
            .into_iter()
            .map(|seen| seen.sender)
            .filter(|sender| integrity.holds(sender))
            .map(Sender::try_from)
            .collect::<Result<Vec<_>, _>>()?;
        // Sorted here because the databases collate text differently.
        all.sort_by_cached_key(|sender| sender.name.folded());
        Ok(all)
    }

    /// Returns a sender, expired or not.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn sender(&self, id: &SenderId) -> Result<Option<Sender>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let row = self.valid(&mut connection, seen!("s.id = $1"), id.as_str());
        row.await?.map(Sender::try_from).transpose()
    }

    /// Returns the sender with this user name and password, unless it or the password has expired.
    ///
    /// # Errors
    /// `Database`, `Corrupt`, and those of the audit, whose key makes the hash.
    pub async fn sender_with_password(
        &self,
        user: &SenderUser,
        password: &SecretString,
        now: UnixTime,
    ) -> Result<Option<Sender>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let row = self.valid(&mut connection, seen!("s.user_name = $1"), user.as_str());
        let Some(row) = row.await? else {
            return Ok(None);
        };
        let hash = self.sender_hash(&mut connection, &row.id, password).await?;
        // An attacker cannot choose a hash whose key is unknown, so comparing it reveals nothing.
        let mut passwords = row.passwords()?.into_iter();
        if !passwords.any(|known| known.is_valid(now) && known.hash == hash) {
            return Ok(None);
        }
        let sender = Sender::try_from(row)?;
        Ok((!sender.is_expired(now)).then_some(sender))
    }

    /// Returns the valid row that a query finds.
    async fn valid(
        &self,
        connection: &mut AnyConnection,
        sql: &'static str,
        value: &str,
    ) -> Result<Option<Row>, StoreError> {
        let before = self.keyring.current();
        let seen: Option<Seen> = sqlx::query_as(sql)
            .bind(value)
            .fetch_optional(&mut *connection)
            .await?;
        let Some(Seen { sender, head }) = seen else {
            return Ok(None);
        };
        let integrity = self.integrity(connection, before, &head).await?;
        Ok(Some(sender).filter(|sender| integrity.holds(sender)))
    }

    /// Returns the keyed hash of a password. A fast hash suffices, because passwords are random and
    /// long; the key is not in the database in plain text.
    pub(super) async fn sender_hash(
        &self,
        connection: &mut AnyConnection,
        id: &str,
        password: &SecretString,
    ) -> Result<String, StoreError> {
        let password = SecretString::from(format!(
            "sender password\n{id}\n{}",
            password.expose_secret()
        ));
        self.keyed_hash(connection, password.expose_secret()).await
    }
}
