//! Rows of `sessions`.

use std::borrow::Cow;

use domain::AccountId;
use sqlx::AnyConnection;

use super::NewSession;
use crate::{
    StoreError,
    integrity::{Protected, mac_of, number, text},
    seal::Sealer,
};

/// Columns of [`Row`], from `sessions s`.
macro_rules! session_columns {
    () => {
        "s.id AS s_id, s.token_hash AS s_token_hash, s.account AS s_account, s.created_at AS s_created_at,
         s.seen_at AS s_seen_at, s.address AS s_address, s.agent AS s_agent, s.mac AS s_mac"
    };
}
pub(super) use session_columns;

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    #[sqlx(rename = "s_id")]
    pub(crate) id: String,
    #[sqlx(rename = "s_token_hash")]
    pub(super) token_hash: String,
    #[sqlx(rename = "s_account")]
    pub(super) account: String,
    #[sqlx(rename = "s_created_at")]
    pub(super) created_at: i64,
    #[sqlx(rename = "s_seen_at")]
    pub(super) seen_at: i64,
    #[sqlx(rename = "s_address")]
    pub(super) address: String,
    #[sqlx(rename = "s_agent")]
    pub(super) agent: String,
    #[sqlx(rename = "s_mac")]
    mac: String,
}

impl Protected for Row {
    const TABLE: &'static str = "sessions";
    const LISTED: bool = true;
    const EXPIRES: bool = true;

    fn id(&self) -> &str {
        &self.id
    }

    fn mac(&self) -> &str {
        &self.mac
    }

    fn columns(&self) -> Vec<Option<Cow<'_, str>>> {
        vec![
            text(self.token_hash.as_str()),
            text(self.account.as_str()),
            number(self.created_at),
            text(self.address.as_str()),
            text(self.agent.as_str()),
        ]
    }
}

impl Row {
    /// Builds the row of a session that starts.
    pub(super) fn new(new: &NewSession, account: &AccountId, sealer: &Sealer) -> Self {
        let mut row = Self {
            id: new.id.as_str().into(),
            token_hash: new.token_hash.clone(),
            account: account.as_str().into(),
            created_at: new.now.0,
            seen_at: new.now.0,
            address: new.address.clone(),
            agent: new.agent.clone(),
            mac: String::new(),
        };
        row.mac = mac_of(sealer, &row);
        row
    }

    pub(super) async fn insert(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sessions (id, token_hash, account, created_at, seen_at, address, agent, mac)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(self.id.as_str())
        .bind(self.token_hash.as_str())
        .bind(self.account.as_str())
        .bind(self.created_at)
        .bind(self.seen_at)
        .bind(self.address.as_str())
        .bind(self.agent.as_str())
        .bind(self.mac.as_str())
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// Returns all rows, valid or not.
pub(crate) async fn rows(connection: &mut AnyConnection) -> Result<Vec<Row>, StoreError> {
    let sql = concat!("SELECT ", session_columns!(), " FROM sessions s");
    Ok(sqlx::query_as(sql).fetch_all(connection).await?)
}
