//! Columns of an authorization that decide which grant it may produce.

use std::borrow::Cow;

use sqlx::AnyConnection;

use super::{NewAuthorization, TABLE, verifier_cell};
use crate::{
    StoreError,
    integrity::{Protected, mac_of, number, text},
    seal::{Resealing, Sealed, Sealer},
};

/// Columns of [`Row`].
macro_rules! authorization_columns {
    () => {
        "id, state_hash, data_center, redirect_url, session, binding, settings_version, created_at, expires_at,
         issuer, mac"
    };
}
pub(super) use authorization_columns;

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    pub(super) id: String,
    state_hash: String,
    pub(super) data_center: String,
    pub(super) redirect_url: String,
    session: String,
    /// JSON.
    pub(super) binding: String,
    pub(super) settings_version: i64,
    pub(super) created_at: i64,
    pub(super) expires_at: i64,
    /// JSON.
    pub(super) issuer: Option<String>,
    mac: String,
}

/// Not in the manifest: replaying a restored row fails, because the provider accepts its code only
/// once.
impl Protected for Row {
    const TABLE: &'static str = TABLE.0;
    const LISTED: bool = false;

    fn id(&self) -> &str {
        &self.id
    }

    fn mac(&self) -> &str {
        &self.mac
    }

    fn columns(&self) -> Vec<Option<Cow<'_, str>>> {
        vec![
            text(self.state_hash.as_str()),
            text(self.data_center.as_str()),
            text(self.redirect_url.as_str()),
            text(self.session.as_str()),
            text(self.binding.as_str()),
            number(self.settings_version),
            number(self.created_at),
            number(self.expires_at),
            text(self.issuer.as_deref()),
        ]
    }
}

impl Row {
    /// Builds the row of an authorization that starts.
    pub(super) fn new(new: &NewAuthorization, sealer: &Sealer) -> Result<Self, StoreError> {
        let issuer = new.issuer.as_ref();
        let issuer = issuer.map(|issuer| TABLE.write_json("issuer", issuer));
        let mut row = Self {
            id: new.id.as_str().into(),
            state_hash: new.state_hash.clone(),
            data_center: new.data_center.to_string(),
            redirect_url: new.redirect_url.as_str().to_owned(),
            session: new.session.clone(),
            binding: TABLE.write_json("binding", &new.binding)?,
            settings_version: new.settings_version,
            created_at: new.created_at.0,
            expires_at: new.expires_at.0,
            issuer: issuer.transpose()?,
            mac: String::new(),
        };
        row.mac = mac_of(sealer, &row);
        Ok(row)
    }

    pub(super) async fn insert(
        &self,
        connection: &mut AnyConnection,
        verifier: &Sealed,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO authorizations (
                 id, state_hash, data_center, verifier, redirect_url, session, binding,
                 settings_version, created_at, expires_at, state, mac, issuer)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'pending', $11, $12)",
        )
        .bind(self.id.as_str())
        .bind(self.state_hash.as_str())
        .bind(self.data_center.as_str())
        .bind(verifier.0.as_str())
        .bind(self.redirect_url.as_str())
        .bind(self.session.as_str())
        .bind(self.binding.as_str())
        .bind(self.settings_version)
        .bind(self.created_at)
        .bind(self.expires_at)
        .bind(self.mac.as_str())
        .bind(self.issuer.as_deref())
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// Returns all rows, valid or not.
pub(crate) async fn rows(connection: &mut AnyConnection) -> Result<Vec<Row>, StoreError> {
    let sql = concat!("SELECT ", authorization_columns!(), " FROM authorizations");
    Ok(sqlx::query_as(sql).fetch_all(connection).await?)
}

/// Seals the verifiers of all authorizations with the new key. Returns their number.
pub(crate) async fn reseal(
    connection: &mut AnyConnection,
    keys: Resealing<'_>,
) -> Result<usize, StoreError> {
    let open: Vec<(String, String)> =
        sqlx::query_as("SELECT id, verifier FROM authorizations WHERE verifier IS NOT NULL")
            .fetch_all(&mut *connection)
            .await?;
    let count = open.len();
    for (id, verifier) in open {
        let verifier = keys.again(&Sealed(verifier), &verifier_cell(&id))?;
        sqlx::query("UPDATE authorizations SET verifier = $1 WHERE id = $2")
            .bind(verifier.0)
            .bind(id.as_str())
            .execute(&mut *connection)
            .await?;
    }
    Ok(count)
}
