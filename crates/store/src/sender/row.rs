//! Rows of `senders`.

use std::borrow::Cow;

use domain::{
    DataCenterId, Sender, SenderId, SenderName, SenderPassword, SenderSettings, SenderUser,
    UnixTime,
};
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use crate::{
    StoreError,
    integrity::{Protected, mac_of, number, text},
    row::Table,
    seal::Sealer,
};

pub(super) const TABLE: Table = Table("senders");

/// Columns of [`Row`], from `senders s`.
macro_rules! sender_columns {
    () => {
        "s.id AS s_id, s.name AS s_name, s.folded AS s_folded, s.user_name AS s_user_name,
         s.data_center AS s_data_center, s.settings AS s_settings, s.passwords AS s_passwords,
         s.created_at AS s_created_at, s.version AS s_version, s.mac AS s_mac,
         s.last_seen_at AS s_last_seen_at, s.accepted AS s_accepted, s.rejected AS s_rejected"
    };
}
pub(super) use sender_columns;

/// Row of a sender.
#[derive(Clone, sqlx::FromRow)]
pub(crate) struct Row {
    #[sqlx(rename = "s_id")]
    pub(super) id: String,
    #[sqlx(rename = "s_name")]
    pub(crate) name: String,
    #[sqlx(rename = "s_folded")]
    pub(super) folded: String,
    #[sqlx(rename = "s_user_name")]
    pub(super) user_name: Option<String>,
    #[sqlx(rename = "s_data_center")]
    pub(super) data_center: String,
    #[sqlx(rename = "s_settings")]
    settings: String,
    #[sqlx(rename = "s_passwords")]
    passwords: String,
    #[sqlx(rename = "s_created_at")]
    created_at: i64,
    #[sqlx(rename = "s_version")]
    version: i64,
    #[sqlx(rename = "s_mac")]
    mac: String,
    #[sqlx(rename = "s_last_seen_at")]
    last_seen_at: Option<i64>,
    #[sqlx(rename = "s_accepted")]
    accepted: i64,
    #[sqlx(rename = "s_rejected")]
    rejected: i64,
}

/// A password in the column `passwords`.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct StoredPassword {
    /// Keyed hash.
    pub(super) hash: String,
    pub(super) created_at: UnixTime,
    pub(super) expires_at: Option<UnixTime>,
}

impl StoredPassword {
    pub(super) fn is_valid(&self, now: UnixTime) -> bool {
        self.expires_at.is_none_or(|end| end > now)
    }
}

impl Protected for Row {
    const TABLE: &'static str = "senders";
    const LISTED: bool = true;

    fn id(&self) -> &str {
        &self.id
    }

    fn version(&self) -> i64 {
        self.version
    }

    fn mac(&self) -> &str {
        &self.mac
    }

    fn columns(&self) -> Vec<Option<Cow<'_, str>>> {
        vec![
            text(self.name.as_str()),
            text(self.folded.as_str()),
            text(self.user_name.as_deref()),
            text(self.data_center.as_str()),
            text(self.settings.as_str()),
            text(self.passwords.as_str()),
            number(self.created_at),
        ]
    }
}

impl Row {
    /// Builds the row of a new sender with its MAC.
    pub(super) fn new(
        sender: &Sender,
        passwords: &[StoredPassword],
        sealer: &Sealer,
    ) -> Result<Self, StoreError> {
        let mut row = Self {
            id: sender.id.as_str().into(),
            name: String::new(),
            folded: String::new(),
            user_name: None,
            data_center: String::new(),
            settings: String::new(),
            passwords: TABLE.write_json("passwords", &passwords)?,
            created_at: sender.created_at.0,
            version: 1,
            mac: String::new(),
            last_seen_at: None,
            accepted: 0,
            rejected: 0,
        };
        row.set(sender)?;
        row.mac = mac_of(sealer, &row);
        Ok(row)
    }

    /// Sets what an administrator chooses.
    pub(super) fn set(&mut self, sender: &Sender) -> Result<(), StoreError> {
        self.name = sender.name.as_str().into();
        self.folded = sender.name.folded();
        self.user_name = sender.user.as_ref().map(|user| user.as_str().to_owned());
        self.data_center = sender.data_center.to_string();
        self.settings = TABLE.write_json("settings", &sender.settings)?;
        Ok(())
    }

    pub(super) fn set_passwords(&mut self, passwords: &[StoredPassword]) -> Result<(), StoreError> {
        self.passwords = TABLE.write_json("passwords", &passwords)?;
        Ok(())
    }

    pub(super) fn settings(&self) -> Result<SenderSettings, StoreError> {
        TABLE.read_json("settings", &self.settings)
    }

    pub(super) fn passwords(&self) -> Result<Vec<StoredPassword>, StoreError> {
        TABLE.read_json("passwords", &self.passwords)
    }

    pub(super) async fn insert(&self, connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO senders (
                 id, name, folded, user_name, data_center, settings, passwords, created_at, version, mac)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(self.id.as_str())
        .bind(self.name.as_str())
        .bind(self.folded.as_str())
        .bind(self.user_name.as_deref())
        .bind(self.data_center.as_str())
        .bind(self.settings.as_str())
        .bind(self.passwords.as_str())
        .bind(self.created_at)
        .bind(self.version)
        .bind(self.mac.as_str())
        .execute(connection)
        .await?;
        Ok(())
    }

    /// Writes a changed row as its next version. The row must be locked.
    pub(super) async fn write(
        &mut self,
        connection: &mut AnyConnection,
        sealer: &Sealer,
    ) -> Result<(), sqlx::Error> {
        self.version += 1;
        self.mac = mac_of(sealer, self);
        sqlx::query(
            "UPDATE senders SET name = $1, folded = $2, user_name = $3, data_center = $4,
                 settings = $5, passwords = $6, version = $7, mac = $8
             WHERE id = $9",
        )
        .bind(self.name.as_str())
        .bind(self.folded.as_str())
        .bind(self.user_name.as_deref())
        .bind(self.data_center.as_str())
        .bind(self.settings.as_str())
        .bind(self.passwords.as_str())
        .bind(self.version)
        .bind(self.mac.as_str())
        .bind(self.id.as_str())
        .execute(connection)
        .await?;
        Ok(())
    }
}

impl TryFrom<Row> for Sender {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let user = row.user_name.as_deref().map(SenderUser::parse);
        let user = match user {
            None => None,
            Some(user) => Some(TABLE.needed("user_name", user)?),
        };
        let passwords = row.passwords()?.into_iter();
        let passwords = passwords.map(|password| SenderPassword {
            created_at: password.created_at,
            expires_at: password.expires_at,
        });
        Ok(Self {
            id: TABLE.value("id", SenderId::parse(&row.id))?,
            name: TABLE.value("name", SenderName::parse(&row.name))?,
            user,
            data_center: TABLE.value("data_center", DataCenterId::parse(&row.data_center))?,
            settings: row.settings()?,
            passwords: passwords.collect(),
            created_at: UnixTime(row.created_at),
            last_seen_at: row.last_seen_at.map(UnixTime),
            accepted: row.accepted,
            rejected: row.rejected,
        })
    }
}

/// Returns all rows, valid or not.
pub(crate) async fn rows(connection: &mut AnyConnection) -> Result<Vec<Row>, StoreError> {
    let sql = concat!("SELECT ", sender_columns!(), " FROM senders s");
    Ok(sqlx::query_as(sql).fetch_all(connection).await?)
}
