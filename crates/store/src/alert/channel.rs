//! Table `alert_channels`: notification channels. URL and secret are sealed.

use domain::{
    Actor, AlertChannel, AuditAction, Change, ChannelId, ChannelKind, DataCenterId, EmailAddress,
    UnixTime,
};
use secrecy::SecretString;
use sqlx::AnyConnection;

use crate::{
    Store, StoreError,
    audit_entry::entry,
    row::Table,
    seal::{Cell, Resealing, Sealed, Sealer, digest},
};

const TABLE: Table = Table("alert_channels");

/// A notification channel with its secrets.
#[derive(Clone, Debug)]
pub struct StoredChannel {
    /// Primary key.
    pub id: ChannelId,
    /// Format of the notification.
    pub kind: ChannelKind,
    /// Destination of the notifications.
    pub target: StoredTarget,
}

/// Destination of a notification channel.
#[derive(Clone, Debug)]
pub enum StoredTarget {
    /// HTTP POST to a URL.
    Post {
        /// Host of the URL. Not a secret.
        host: String,
        /// Full URL, which may contain a token.
        url: SecretString,
        /// Key that signs the requests.
        secret: Option<SecretString>,
    },
    /// Email to one recipient.
    Mail {
        /// Data center that sends the email.
        via: DataCenterId,
        /// Recipient of the email.
        recipient: EmailAddress,
    },
}

impl StoredChannel {
    /// Returns the part of the destination that is not a secret: a host or a recipient.
    pub fn display_target(&self) -> &str {
        match &self.target {
            StoredTarget::Post { host, .. } => host,
            StoredTarget::Mail { recipient, .. } => recipient.as_str(),
        }
    }
}

/// Result of changing a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelOutcome {
    /// The channel was changed.
    Changed,
    /// No channel has this ID.
    Unknown,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    kind: String,
    host: String,
    url: Option<String>,
    secret: Option<String>,
    via: Option<String>,
    recipient: Option<String>,
}

const COLUMNS: &str = "SELECT id, kind, host, url, secret, via, recipient FROM alert_channels";

impl Row {
    fn into_channel(self) -> Result<AlertChannel, StoreError> {
        let via = self.via.as_deref().map(DataCenterId::parse).transpose();
        let recipient = self.recipient.as_deref().map(EmailAddress::parse);
        Ok(AlertChannel {
            id: TABLE.value("id", ChannelId::parse(&self.id))?,
            kind: TABLE.needed("kind", ChannelKind::from_code(&self.kind))?,
            host: self.host,
            has_secret: self.secret.is_some(),
            via: TABLE.value("via", via)?,
            recipient: TABLE.value("recipient", recipient.transpose())?,
        })
    }
}

/// Returns the cell of the URL, bound to the format of the request and to the displayed host.
fn url_cell<'a>(id: &'a ChannelId, kind: ChannelKind, host: &str) -> Cell<'a> {
    let bound = [kind.code(), host].map(|value| Some(value.to_owned()));
    Cell::new(TABLE.0, "url", id.as_str()).bound_to(bound)
}

/// Returns the cell of the signing secret, bound to the URL.
fn secret_cell<'a>(id: &'a ChannelId, url: &SecretString) -> Cell<'a> {
    Cell::new(TABLE.0, "secret", id.as_str()).bound_to([Some(digest(url))])
}

/// A sealed URL and its sealed signing secret.
type SealedPost = (Sealed, Option<Sealed>);
/// An unsealed URL and its signing secret.
type Post = (SecretString, Option<SecretString>);

fn opened(sealer: &Sealer, channel: &AlertChannel, post: &SealedPost) -> Result<Post, StoreError> {
    let url = sealer.open(&post.0, &url_cell(&channel.id, channel.kind, &channel.host))?;
    let secret = post.1.as_ref();
    let secret = secret.map(|secret| sealer.open(secret, &secret_cell(&channel.id, &url)));
    let secret = secret.transpose()?;
    Ok((url, secret))
}

fn sealed(sealer: &Sealer, channel: &AlertChannel, post: &Post) -> Result<SealedPost, StoreError> {
    let url = sealer.seal(&post.0, &url_cell(&channel.id, channel.kind, &channel.host))?;
    let secret = post.1.as_ref();
    let secret = secret.map(|secret| sealer.seal(secret, &secret_cell(&channel.id, &post.0)));
    Ok((url, secret.transpose()?))
}

/// Seals the URLs and secrets of all channels with the new key. Returns their number.
pub(crate) async fn reseal(
    connection: &mut AnyConnection,
    keys: Resealing<'_>,
) -> Result<usize, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(COLUMNS).fetch_all(&mut *connection).await?;
    let mut count = 0;
    for mut row in rows {
        let (url, secret) = (row.url.take(), row.secret.take());
        let Some(url) = url else { continue };
        let old = (Sealed(url), secret.map(Sealed));
        let channel = row.into_channel()?;
        let post = opened(keys.old, &channel, &old)?;
        let (url, secret) = sealed(keys.new, &channel, &post)?;
        count += 1 + usize::from(secret.is_some());
        sqlx::query("UPDATE alert_channels SET url = $1, secret = $2 WHERE id = $3")
            .bind(url.0)
            .bind(secret.map(|secret| secret.0))
            .bind(channel.id.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(count)
}

impl Store {
    /// Returns all channels in the order of their IDs, without URLs and secrets. Unseals nothing.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn alert_channels(&self) -> Result<Vec<AlertChannel>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(COLUMNS).fetch_all(&self.pool).await?;
        let channels = rows.into_iter().map(Row::into_channel);
        let mut channels = channels.collect::<Result<Vec<_>, _>>()?;
        channels.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(channels)
    }

    /// Returns a channel with its URL and its secret.
    ///
    /// # Errors
    /// `Database`, `Corrupt`, `Unsealable`.
    pub async fn alert_channel(&self, id: &ChannelId) -> Result<Option<StoredChannel>, StoreError> {
        let mut sealer = self.keyring.current();
        let mut connection = self.pool.acquire().await?;
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, kind, host, url, secret, via, recipient FROM alert_channels WHERE id = $1",
        )
        .bind(id.as_str())
        .fetch_optional(&mut *connection)
        .await?;
        let Some(mut row) = row else {
            return Ok(None);
        };
        let (url, secret) = (row.url.take().map(Sealed), row.secret.take().map(Sealed));
        if let Some(url) = &url {
            sealer = self.key_of(&mut connection, sealer, url).await?;
        }
        let mut channel = row.into_channel()?;
        let target = match (channel.kind, url) {
            (ChannelKind::Mail, None) => StoredTarget::Mail {
                via: TABLE.needed("via", channel.via.take())?,
                recipient: TABLE.needed("recipient", channel.recipient.take())?,
            },
            (ChannelKind::Mail, Some(_)) | (_, None) => return Err(TABLE.corrupt("url")),
            (_, Some(url)) => {
                let (url, secret) = opened(&sealer, &channel, &(url, secret))?;
                StoredTarget::Post {
                    host: std::mem::take(&mut channel.host),
                    url,
                    secret,
                }
            }
        };
        Ok(Some(StoredChannel {
            id: channel.id,
            kind: channel.kind,
            target,
        }))
    }

    /// Adds a channel, or replaces the one with the same ID.
    ///
    /// # Errors
    /// `Database`, `Random`, `KeyRotated`.
    pub async fn save_alert_channel(
        &self,
        channel: &StoredChannel,
        changes: Vec<Change>,
        by: &Actor,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let key = self.hold_key(&mut transaction).await?;
        let (host, url, secret, via, recipient) = match &channel.target {
            StoredTarget::Post { host, url, secret } => {
                let secret = secret.as_ref();
                let secret = secret.map(|secret| key.seal(secret, &secret_cell(&channel.id, url)));
                let url = key.seal(url, &url_cell(&channel.id, channel.kind, host))?;
                (host.as_str(), Some(url), secret.transpose()?, None, None)
            }
            StoredTarget::Mail { via, recipient } => {
                let recipient = Some(recipient.as_str());
                ("", None, None, Some(via.as_str()), recipient)
            }
        };
        let before: Option<i64> =
            sqlx::query_scalar("SELECT CAST(1 AS BIGINT) FROM alert_channels WHERE id = $1")
                .bind(channel.id.as_str())
                .fetch_optional(&mut *transaction)
                .await?;
        sqlx::query(
            "INSERT INTO alert_channels (id, kind, host, url, secret, via, recipient)
             VALUES ($1, $2, $3, $4, $5, $6, $7)
             ON CONFLICT (id) DO UPDATE SET kind = $2, host = $3, url = $4, secret = $5, via = $6,
                 recipient = $7",
        )
        .bind(channel.id.as_str())
        .bind(channel.kind.code())
        .bind(host)
        .bind(url.map(|sealed| sealed.0))
        .bind(secret.map(|sealed| sealed.0))
        .bind(via)
        .bind(recipient)
        .execute(&mut *transaction)
        .await?;
        let action = match before {
            Some(_) => AuditAction::ChannelChanged,
            None => AuditAction::ChannelAdded,
        };
        let mut record = entry(by, now, action, channel.display_target());
        record.changes = changes;
        self.append(&mut transaction, &record).await?;
        transaction.commit().await
    }

    /// Removes a channel and its notifications.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn remove_alert_channel(
        &self,
        id: &ChannelId,
        by: &Actor,
        now: UnixTime,
    ) -> Result<ChannelOutcome, StoreError> {
        let mut transaction = self.begin().await?;
        let removed: Option<(String, Option<String>)> =
            sqlx::query_as("DELETE FROM alert_channels WHERE id = $1 RETURNING host, recipient")
                .bind(id.as_str())
                .fetch_all(&mut *transaction)
                .await?
                .into_iter()
                .next();
        let Some((host, recipient)) = removed else {
            return Ok(ChannelOutcome::Unknown);
        };
        let subject = recipient.unwrap_or(host);
        let record = entry(by, now, AuditAction::ChannelRemoved, subject);
        self.append(&mut transaction, &record).await?;
        transaction.commit().await?;
        Ok(ChannelOutcome::Changed)
    }

    /// Records that a test alert was sent.
    ///
    /// # Errors
    /// `Database`.
    pub async fn note_test_alert(
        &self,
        channel: &StoredChannel,
        changes: Vec<Change>,
        by: &Actor,
        now: UnixTime,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let mut record = entry(
            by,
            now,
            AuditAction::TestAlertSent,
            channel.display_target(),
        );
        record.changes = changes;
        self.append(&mut transaction, &record).await?;
        transaction.commit().await
    }
}
