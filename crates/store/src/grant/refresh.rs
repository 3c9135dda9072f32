//! Refreshes of grants: leases, and compare-and-swap on the version.

use domain::{Actor, AuditAction, AuditRecord, Change, DataCenterId, Finding, UnixTime};

use super::{Bound, GrantState, Refreshed, TABLE, cell, row::StateColumns};
use crate::{Store, StoreError, audit_entry::entry, seal::Sealed};

impl Store {
    /// Leases the refresh of a grant for `lease_seconds` from `now`, the database's time. Returns
    /// false if the grant has another version or has ended, or another owner's lease is active.
    ///
    /// # Errors
    /// `Database`.
    pub async fn lease_refresh(
        &self,
        id: &DataCenterId,
        version: i64,
        owner: &str,
        now: UnixTime,
        lease_seconds: i64,
    ) -> Result<bool, StoreError> {
        let leased = sqlx::query(
            "UPDATE grants SET lease_owner = $1, lease_until = $2
             WHERE data_center = $3 AND version = $4 AND state <> 'ended'
                 AND (lease_owner IS NULL OR lease_owner = $1 OR lease_until <= $5)",
        )
        .bind(owner)
        .bind(now.plus(lease_seconds).0)
        .bind(id.as_str())
        .bind(version)
        .bind(now.0)
        .execute(&self.pool)
        .await?;
        Ok(leased.rows_affected() == 1)
    }

    /// Stores the result of a refresh and returns the new version. Returns `None` if the grant has
    /// another version. An owner with an expired lease still succeeds if no one else was faster,
    /// because the provider may have revoked the old refresh token. Releases the owner's lease.
    ///
    /// # Errors
    /// `Database`, `Random`, `KeyRotated`; `Unsealable` if the binding was changed in the database.
    pub async fn store_refreshed(
        &self,
        id: &DataCenterId,
        version: i64,
        owner: &str,
        refreshed: Refreshed,
        now: UnixTime,
    ) -> Result<Option<i64>, StoreError> {
        let mut transaction = self.begin().await?;
        let sealer = self.hold_key(&mut transaction).await?;
        // Locks the row, so the new tokens are sealed for the binding that is verified here.
        let rows: Vec<(String, Option<String>, String)> = sqlx::query_as(
            "UPDATE grants SET version = version WHERE data_center = $1 AND version = $2
             RETURNING binding, account, access_token",
        )
        .bind(id.as_str())
        .bind(version)
        .fetch_all(&mut *transaction)
        .await?;
        let Some((binding, account, access_token)) = rows.into_iter().next() else {
            return Ok(None);
        };
        let bound = Bound {
            binding: &binding,
            account: account.as_deref(),
        };
        sealer.open(&Sealed(access_token), &cell("access_token", id, bound))?;
        let seal = |secret, column| sealer.seal(secret, &cell(column, id, bound));
        let access_token = seal(&refreshed.access_token, "access_token")?;
        let refresh_token = refreshed.refresh_token.as_ref();
        let refresh_token = refresh_token
            .map(|token| seal(token, "refresh_token"))
            .transpose()?;
        let stored = sqlx::query(
            "UPDATE grants SET version = version + 1, access_token = $1,
                 refresh_token = COALESCE($2, refresh_token), expires_at = $3,
                 scope = COALESCE($4, scope), refreshed_at = $5, state = 'active',
                 finding = NULL, failures = NULL, retry_at = NULL, ended_at = NULL,
                 lease_owner = CASE WHEN lease_owner = $6 THEN NULL ELSE lease_owner END
             WHERE data_center = $7 AND version = $8",
        )
        .bind(access_token.0)
        .bind(refresh_token.map(|token| token.0))
        .bind(refreshed.expires_at.0)
        .bind(refreshed.scope)
        .bind(now.0)
        .bind(owner)
        .bind(id.as_str())
        .bind(version)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok((stored.rows_affected() == 1).then_some(version + 1))
    }

    /// Stores the state of the grant after a failed refresh and releases the lease. The tokens
    /// stay. Returns false if the grant has another version or the lease has another owner. The
    /// audit records the first failure, a different failure, and the end of the grant, but not
    /// every retry.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn refresh_failed(
        &self,
        id: &DataCenterId,
        version: i64,
        owner: &str,
        state: GrantState,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let columns = StateColumns::try_from(&state)?;
        let mut transaction = self.begin().await?;
        // Locks the row. On SQLite, a transaction that writes first waits for the write lock.
        let before: Vec<(String, Option<String>)> = sqlx::query_as(
            "UPDATE grants SET lease_owner = NULL, lease_until = NULL
             WHERE data_center = $1 AND version = $2 AND lease_owner = $3
             RETURNING state, finding",
        )
        .bind(id.as_str())
        .bind(version)
        .bind(owner)
        .fetch_all(&mut *transaction)
        .await?;
        let Some((before, finding_before)) = before.into_iter().next() else {
            return Ok(false);
        };
        sqlx::query(
            "UPDATE grants SET state = $1, finding = $2, failures = $3, retry_at = $4, ended_at = $5
             WHERE data_center = $6",
        )
        .bind(columns.state)
        .bind(columns.finding)
        .bind(columns.failures)
        .bind(columns.retry_at)
        .bind(columns.ended_at)
        .bind(id.as_str())
        .execute(&mut *transaction)
        .await?;
        let code_before = finding_before
            .map(|finding| TABLE.read_json::<Finding>("finding", &finding))
            .transpose()?
            .map(|finding| finding.code);
        let news = match &state {
            GrantState::Active => None,
            GrantState::Failing { finding, .. } => Some((AuditAction::RefreshFailed, finding)),
            GrantState::Ended { finding, .. } => Some((AuditAction::GrantEnded, finding)),
        };
        if let Some((action, finding)) = news
            && (before != columns.state || code_before != Some(finding.code))
        {
            let record = failure_record(action, id, finding, now);
            self.append(&mut transaction, &record).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Marks a grant as ended. Returns false if it has another version or had ended before.
    ///
    /// # Errors
    /// `Database`.
    pub async fn end_grant(
        &self,
        id: &DataCenterId,
        version: i64,
        finding: Finding,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        let ended = sqlx::query(
            "UPDATE grants SET state = 'ended', finding = $1, failures = NULL, retry_at = NULL,
                 ended_at = $2, lease_owner = NULL, lease_until = NULL
             WHERE data_center = $3 AND version = $4 AND state <> 'ended'",
        )
        .bind(TABLE.write_json("finding", &finding)?)
        .bind(now.0)
        .bind(id.as_str())
        .bind(version)
        .execute(&mut *transaction)
        .await?;
        let ended = ended.rows_affected() == 1;
        if ended {
            let record = failure_record(AuditAction::GrantEnded, id, &finding, now);
            self.append(&mut transaction, &record).await?;
        }
        transaction.commit().await?;
        Ok(ended)
    }

    /// Returns the data centers whose grant needs a refresh: active and expiring before
    /// `expiring_before`, or failing and due for a retry at `now`.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn grants_to_refresh(
        &self,
        expiring_before: UnixTime,
        now: UnixTime,
    ) -> Result<Vec<DataCenterId>, StoreError> {
        let ids: Vec<String> = sqlx::query_scalar(
            "SELECT data_center FROM grants
             WHERE (state = 'active' AND expires_at < $1) OR (state = 'failing' AND retry_at <= $2)
             ORDER BY expires_at, data_center",
        )
        .bind(expiring_before.0)
        .bind(now.0)
        .fetch_all(&self.pool)
        .await?;
        ids.iter()
            .map(|id| TABLE.value("data_center", DataCenterId::parse(id)))
            .collect()
    }
}

/// Builds the audit entry of a failed refresh. It names Mailgrant as the actor and contains only
/// the code of the provider's answer.
fn failure_record(
    action: AuditAction,
    id: &DataCenterId,
    finding: &Finding,
    now: UnixTime,
) -> AuditRecord {
    let mut record = entry(&Actor::mailgrant(), now, action, id.as_str());
    let code = finding.code.code();
    record.changes.push(Change::fact("finding", code));
    record
}
