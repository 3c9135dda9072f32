//! Claiming the callback of an authorization, once.

use domain::{AuthorizationId, DataCenterId, RedirectUrl, UnixTime};
use sqlx::AnyConnection;

use super::{
    CallbackClaim, ClaimedAuthorization, TABLE,
    row::{Row, authorization_columns},
    verifier_cell,
};
use crate::{
    RowFault, Store, StoreError,
    integrity::is_authentic,
    seal::{Sealed, Sealer},
};

#[derive(sqlx::FromRow)]
struct ClaimedRow {
    #[sqlx(flatten)]
    row: Row,
    verifier: Option<String>,
}

#[derive(sqlx::FromRow)]
struct RefusedRow {
    id: String,
    data_center: String,
    session: String,
    taken_at: Option<i64>,
}

impl Store {
    /// Claims the callback of an authorization. Exactly one of several concurrent callbacks
    /// succeeds. A callback in another session does not use up the authorization.
    ///
    /// # Errors
    /// `Database`, `Corrupt`, `Unsealable`, `KeyRotated`.
    pub async fn claim_authorization(
        &self,
        state_hash: &str,
        session: Option<&str>,
        now: UnixTime,
    ) -> Result<CallbackClaim, StoreError> {
        let mut transaction = self.begin().await?;
        let sealer = self.hold_key(&mut transaction).await?;
        let sql = concat!(
            "UPDATE authorizations SET taken_at = $1
             WHERE state_hash = $2 AND session = $3 AND taken_at IS NULL AND expires_at > $1
             RETURNING verifier, ",
            authorization_columns!()
        );
        let claimed: Vec<ClaimedRow> = sqlx::query_as(sql)
            .bind(now.0)
            .bind(state_hash)
            .bind(session)
            .fetch_all(&mut *transaction)
            .await?;
        let Some(ClaimedRow { row, verifier }) = claimed.into_iter().next() else {
            return refusal(&mut transaction, state_hash, session).await;
        };
        if !is_authentic(&sealer, &row) {
            self.rejections.note(TABLE.0, RowFault::Changed);
            return Ok(CallbackClaim::Unknown);
        }
        let claimed = read(&row, verifier, &sealer)?;
        sqlx::query("UPDATE authorizations SET verifier = NULL WHERE id = $1")
            .bind(row.id)
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(CallbackClaim::Claimed(Box::new(claimed)))
    }
}

fn read(
    row: &Row,
    verifier: Option<String>,
    sealer: &Sealer,
) -> Result<ClaimedAuthorization, StoreError> {
    let verifier = Sealed(TABLE.needed("verifier", verifier)?);
    let redirect_url = RedirectUrl::parse(&row.redirect_url);
    let issuer = row.issuer.as_deref();
    let issuer = issuer.map(|issuer| TABLE.read_json("issuer", issuer));
    Ok(ClaimedAuthorization {
        id: TABLE.value("id", AuthorizationId::parse(&row.id))?,
        data_center: TABLE.value("data_center", DataCenterId::parse(&row.data_center))?,
        verifier: sealer.open(&verifier, &verifier_cell(&row.id))?,
        redirect_url: TABLE.value("redirect_url", redirect_url)?,
        binding: TABLE.read_json("binding", &row.binding)?,
        issuer: issuer.transpose()?,
        settings_version: row.settings_version,
        created_at: UnixTime(row.created_at),
        expires_at: UnixTime(row.expires_at),
    })
}

/// Returns the reason why an authorization could not be claimed.
async fn refusal(
    connection: &mut AnyConnection,
    state_hash: &str,
    session: Option<&str>,
) -> Result<CallbackClaim, StoreError> {
    let row: Option<RefusedRow> = sqlx::query_as(
        "SELECT id, data_center, session, taken_at FROM authorizations WHERE state_hash = $1",
    )
    .bind(state_hash)
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else {
        return Ok(CallbackClaim::Unknown);
    };
    let data_center = TABLE.value("data_center", DataCenterId::parse(&row.data_center))?;
    if session != Some(row.session.as_str()) {
        return Ok(CallbackClaim::OtherBrowser { data_center });
    }
    let id = TABLE.value("id", AuthorizationId::parse(&row.id))?;
    Ok(if row.taken_at.is_some() {
        CallbackClaim::AlreadyUsed { id, data_center }
    } else {
        CallbackClaim::Expired { id, data_center }
    })
}
