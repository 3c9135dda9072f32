//! Completion of authorizations.

use domain::{
    Actor, AuditAction, AuthorizationId, Change, DataCenterId, Finding, FindingCode, GrantBinding,
    UnixTime,
};
use sqlx::AnyConnection;

use super::{
    FinishOutcome, Finished, NewGrant, TABLE, authorization_fact,
    row::{Row, authorization_columns},
};
use crate::{Store, StoreError, audit_entry::entry, grant, outbox, settings};

impl Store {
    /// Finishes a claimed authorization. Stores the grant only if the settings still have the
    /// values that it was issued for. It replaces an earlier grant.
    ///
    /// # Errors
    /// `Database`, `Corrupt`, `Random`, `KeyRotated`.
    pub async fn finish_authorization(
        &self,
        id: &AuthorizationId,
        outcome: FinishOutcome,
        by: &Actor,
        now: UnixTime,
    ) -> Result<Finished, StoreError> {
        let Some(row) = self.open_authorization(id).await? else {
            return Ok(Finished::NotOpen);
        };
        let binding = row.binding;
        let data_center = TABLE.value("data_center", DataCenterId::parse(&row.data_center))?;
        let Some(mut transaction) = self.lock_data_center(data_center.as_str()).await? else {
            return Ok(Finished::NotOpen);
        };
        let mut facts = vec![authorization_fact(id)];
        let finished = match outcome {
            FinishOutcome::Failed(finding) => fail(&mut transaction, id, finding).await?,
            FinishOutcome::Granted(new) => {
                let saved = settings::saved_binding(&mut transaction, &data_center).await?;
                let requested: GrantBinding = TABLE.read_json("binding", &binding)?;
                if saved.is_some_and(|saved| saved == requested) {
                    let account = new.account.as_ref();
                    facts.extend(account.map(|account| Change::fact("account", account)));
                    facts.push(Change::fact("scope", &new.scope));
                    self.store_grant(&mut transaction, id, &data_center, &binding, &new)
                        .await?
                } else {
                    let finding = Finding::new(FindingCode::SettingsChanged);
                    fail(&mut transaction, id, finding).await?
                }
            }
        };
        let action = match &finished {
            Finished::NotOpen => return Ok(finished),
            Finished::Granted { .. } => AuditAction::AuthorizationFinished,
            Finished::Failed(finding) => {
                facts.push(Change::fact("finding", finding.code.code()));
                AuditAction::AuthorizationFailed
            }
        };
        let mut record = entry(by, now, action, data_center.as_str());
        record.changes = facts;
        self.append(&mut transaction, &record).await?;
        transaction.commit().await?;
        Ok(finished)
    }

    /// Returns the claimed, unfinished authorization with this ID if its row is authentic.
    async fn open_authorization(&self, id: &AuthorizationId) -> Result<Option<Row>, StoreError> {
        let before = self.keyring.current();
        let mut connection = self.pool.acquire().await?;
        let sql = concat!(
            "SELECT ",
            authorization_columns!(),
            " FROM authorizations WHERE id = $1 AND taken_at IS NOT NULL AND state = 'pending'"
        );
        let row: Option<Row> = sqlx::query_as(sql)
            .bind(id.as_str())
            .fetch_optional(&mut *connection)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let is_authentic = self.is_authentic(&mut connection, before, &row).await?;
        Ok(is_authentic.then_some(row))
    }

    async fn store_grant(
        &self,
        connection: &mut AnyConnection,
        id: &AuthorizationId,
        data_center: &DataCenterId,
        binding: &str,
        new: &NewGrant,
    ) -> Result<Finished, StoreError> {
        let sealer = self.hold_key(&mut *connection).await?;
        let finished = sqlx::query(
            "UPDATE authorizations
             SET state = 'granted', account = $1, valid_until = $2, scope = $3
             WHERE id = $4 AND state = 'pending'",
        )
        .bind(new.account.as_deref())
        .bind(new.expires_at.0)
        .bind(new.scope.as_str())
        .bind(id.as_str())
        .execute(&mut *connection)
        .await?;
        if finished.rows_affected() == 0 {
            return Ok(Finished::NotOpen);
        }
        let bound = grant::Bound {
            binding,
            account: new.account.as_deref(),
        };
        let seal = |secret, column| sealer.seal(secret, &grant::cell(column, data_center, bound));
        let refresh_token = new.refresh_token.as_ref();
        let row = grant::NewRow {
            id: data_center,
            binding,
            access_token: seal(&new.access_token, "access_token")?,
            refresh_token: refresh_token
                .map(|token| seal(token, "refresh_token"))
                .transpose()?,
            expires_at: new.expires_at,
            scope: &new.scope,
            account: new.account.as_deref(),
            authorized_at: new.authorized_at,
        };
        let version = row.write(connection).await?;
        outbox::pause::end(connection, data_center.as_str()).await?;
        Ok(Finished::Granted { version })
    }
}

/// Records a failed authorization.
async fn fail(
    connection: &mut AnyConnection,
    id: &AuthorizationId,
    finding: Finding,
) -> Result<Finished, StoreError> {
    let failed = sqlx::query(
        "UPDATE authorizations SET state = 'failed', finding = $1
         WHERE id = $2 AND state = 'pending'",
    )
    .bind(TABLE.write_json("finding", &finding)?)
    .bind(id.as_str())
    .execute(connection)
    .await?;
    Ok(if failed.rows_affected() == 0 {
        Finished::NotOpen
    } else {
        Finished::Failed(finding)
    })
}
