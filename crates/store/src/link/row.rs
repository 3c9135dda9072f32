//! Rows of `links`.

use std::borrow::Cow;

use domain::AccountId;
use sqlx::AnyConnection;

use super::{NewLink, PASSWORD, SETUP};
use crate::{
    StoreError,
    integrity::{Protected, mac_of, number, text},
    seal::Sealer,
};

/// Columns of [`Row`], from `links l`.
macro_rules! link_columns {
    () => {
        "l.token_hash AS l_token_hash, l.kind AS l_kind, l.account AS l_account, l.expires_at AS l_expires_at,
         l.mac AS l_mac"
    };
}
pub(super) use link_columns;

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    #[sqlx(rename = "l_token_hash")]
    token_hash: String,
    #[sqlx(rename = "l_kind")]
    pub(crate) kind: String,
    #[sqlx(rename = "l_account")]
    pub(crate) account: Option<String>,
    #[sqlx(rename = "l_expires_at")]
    expires_at: Option<i64>,
    #[sqlx(rename = "l_mac")]
    mac: String,
}

impl Protected for Row {
    const TABLE: &'static str = "links";
    const LISTED: bool = true;
    const EXPIRES: bool = true;

    fn id(&self) -> &str {
        &self.token_hash
    }

    fn mac(&self) -> &str {
        &self.mac
    }

    fn columns(&self) -> Vec<Option<Cow<'_, str>>> {
        vec![
            text(self.kind.as_str()),
            text(self.account.as_deref()),
            number(self.expires_at),
        ]
    }
}

impl Row {
    /// Builds a link to choose the password of an account.
    pub(super) fn password(link: &NewLink, account: &AccountId, sealer: &Sealer) -> Self {
        let row = Self {
            token_hash: link.token_hash.clone(),
            kind: PASSWORD.into(),
            account: Some(account.as_str().into()),
            expires_at: Some(link.expires_at.0),
            mac: String::new(),
        };
        row.signed(sealer)
    }

    /// Builds the link that creates the first administrator.
    pub(super) fn setup(token_hash: &str, sealer: &Sealer) -> Self {
        let row = Self {
            token_hash: token_hash.into(),
            kind: SETUP.into(),
            account: None,
            expires_at: None,
            mac: String::new(),
        };
        row.signed(sealer)
    }

    fn signed(mut self, sealer: &Sealer) -> Self {
        self.mac = mac_of(sealer, &self);
        self
    }

    pub(super) async fn insert(&self, connection: &mut AnyConnection) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO links (token_hash, kind, account, expires_at, mac)
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(self.token_hash.as_str())
        .bind(self.kind.as_str())
        .bind(self.account.as_deref())
        .bind(self.expires_at)
        .bind(self.mac.as_str())
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// Returns all rows, valid or not.
pub(crate) async fn rows(connection: &mut AnyConnection) -> Result<Vec<Row>, StoreError> {
    let sql = concat!("SELECT ", link_columns!(), " FROM links l");
    Ok(sqlx::query_as(sql).fetch_all(connection).await?)
}
