//! Table `grants`: at most one per data center.

use domain::{DataCenterId, Finding, GrantBinding, UnixTime};
use secrecy::SecretString;
use sqlx::AnyConnection;

use crate::{Store, StoreError, seal::Resealing};

mod refresh;
mod row;

pub(crate) use row::{Bound, NewRow, cell};
use row::{Row, SealedGrant, TABLE};

/// State of a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantState {
    /// The last refresh succeeded, or none was needed yet.
    Active,
    /// The last refresh failed and will be retried.
    Failing {
        /// Error of the last refresh.
        finding: Finding,
        /// Failed refreshes in a row.
        failures: i64,
        /// Time of the next refresh.
        retry_at: UnixTime,
    },
    /// A user must authorize again.
    Ended {
        /// Reason for the end.
        finding: Finding,
        /// Time when the end was noticed.
        since: UnixTime,
    },
}

/// A grant without its tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantSummary {
    /// Data center that the grant belongs to.
    pub data_center: DataCenterId,
    /// Changes whenever the tokens change, and is never reused.
    pub version: i64,
    /// Settings that the grant was issued for.
    pub binding: GrantBinding,
    /// True if there is a refresh token.
    pub has_refresh_token: bool,
    /// Expiry of the access token.
    pub expires_at: UnixTime,
    /// The granted scope, as the provider returned it.
    pub scope: String,
    /// The account that signed in, if the provider named it.
    pub account: Option<String>,
    /// Time at which the authorization was finished.
    pub authorized_at: UnixTime,
    /// Time when the current access token was issued.
    pub refreshed_at: UnixTime,
    /// State of the grant.
    pub state: GrantState,
}

/// A grant with its tokens.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Data center that the grant belongs to.
    pub data_center: DataCenterId,
    /// Changes whenever the tokens change, and is never reused.
    pub version: i64,
    /// Settings that the grant was issued for.
    pub binding: GrantBinding,
    /// The access token.
    pub access_token: SecretString,
    /// The refresh token.
    pub refresh_token: Option<SecretString>,
    /// Expiry of the access token.
    pub expires_at: UnixTime,
    /// The granted scope, as the provider returned it.
    pub scope: String,
    /// The account that signed in, if the provider named it.
    pub account: Option<String>,
    /// Time at which the authorization was finished.
    pub authorized_at: UnixTime,
    /// Time when the current access token was issued.
    pub refreshed_at: UnixTime,
    /// State of the grant.
    pub state: GrantState,
    /// True if a refresh is under way, or was interrupted before its result was stored.
    pub is_leased: bool,
}

/// Result of a refresh (RFC 6749 §6).
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// The new access token.
    pub access_token: SecretString,
    /// The new refresh token; `None` keeps the old one.
    pub refresh_token: Option<SecretString>,
    /// Expiry of the new access token.
    pub expires_at: UnixTime,
    /// The scope granted now. `None` keeps the previous one.
    pub scope: Option<String>,
}

impl Store {
    /// Returns the grant of a data center with its tokens.
    ///
    /// # Errors
    /// `Database`, `Corrupt`; `Unsealable`, also if the binding was changed in the database.
    pub async fn grant(&self, id: &DataCenterId) -> Result<Option<Grant>, StoreError> {
        let sealer = self.keyring.current();
        let mut connection = self.pool.acquire().await?;
        let Some(stored) = read_sealed(&mut connection, id).await? else {
            return Ok(None);
        };
        let sealer = self.key_of(&mut connection, sealer, &stored.access_token);
        let sealer = sealer.await?;
        let open = |token, column| sealer.open(token, &cell(column, id, stored.bound()));
        let access_token = open(&stored.access_token, "access_token")?;
        let refresh_token = stored.refresh_token.as_ref();
        let refresh_token = refresh_token
            .map(|token| open(token, "refresh_token"))
            .transpose()?;
        Ok(Some(Grant {
            access_token,
            refresh_token,
            data_center: stored.summary.data_center,
            version: stored.summary.version,
            binding: stored.summary.binding,
            expires_at: stored.summary.expires_at,
            scope: stored.summary.scope,
            account: stored.summary.account,
            authorized_at: stored.summary.authorized_at,
            refreshed_at: stored.summary.refreshed_at,
            state: stored.summary.state,
            is_leased: stored.is_leased,
        }))
    }

    /// Returns the grant of a data center without its tokens. Unseals nothing, so this works with
    /// any key.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn grant_summary(
        &self,
        id: &DataCenterId,
    ) -> Result<Option<GrantSummary>, StoreError> {
        let stored = read_sealed(&mut *self.pool.acquire().await?, id).await?;
        Ok(stored.map(|stored| stored.summary))
    }

    /// Returns when saving changed settings last removed the grant of a data center.
    ///
    /// # Errors
    /// `Database`.
    pub async fn grant_removed_at(
        &self,
        id: &DataCenterId,
    ) -> Result<Option<UnixTime>, StoreError> {
        let at: Option<Option<i64>> =
            sqlx::query_scalar("SELECT grant_removed_at FROM data_centers WHERE id = $1")
                .bind(id.as_str())
                .fetch_optional(&self.pool)
                .await?;
        Ok(at.flatten().map(UnixTime))
    }
}

async fn read_sealed(
    connection: &mut AnyConnection,
    id: &DataCenterId,
) -> Result<Option<SealedGrant>, StoreError> {
    let row = Row::read(connection, id).await?;
    row.map(SealedGrant::try_from).transpose()
}

/// Seals the tokens of all grants with the new key. Returns their number.
pub(crate) async fn reseal(
    connection: &mut AnyConnection,
    keys: Resealing<'_>,
) -> Result<usize, StoreError> {
    let ids: Vec<String> =
        sqlx::query_scalar("SELECT data_center FROM grants ORDER BY data_center")
            .fetch_all(&mut *connection)
            .await?;
    let mut count = 0;
    for id in ids {
        let id = TABLE.value("data_center", DataCenterId::parse(&id))?;
        let Some(stored) = read_sealed(&mut *connection, &id).await? else {
            continue;
        };
        let again = |token, column| keys.again(token, &cell(column, &id, stored.bound()));
        let access_token = again(&stored.access_token, "access_token")?;
        let refresh_token = stored.refresh_token.as_ref();
        let refresh_token = refresh_token
            .map(|token| again(token, "refresh_token"))
            .transpose()?;
        count += 1 + usize::from(refresh_token.is_some());
        sqlx::query(
            "UPDATE grants SET access_token = $1, refresh_token = $2 WHERE data_center = $3",
        )
        .bind(access_token.0)
        .bind(refresh_token.map(|token| token.0))
        .bind(id.as_str())
        .execute(&mut *connection)
        .await?;
    }
    Ok(count)
}

/// Removes a grant that may not be used for `binding`. Returns true if it had not ended before. The
/// data center must be locked.
pub(crate) async fn remove_unless_bound(
    connection: &mut AnyConnection,
    id: &DataCenterId,
    binding: Option<&GrantBinding>,
    now: UnixTime,
) -> Result<bool, StoreError> {
    let Some(row) = Row::read(&mut *connection, id).await? else {
        return Ok(false);
    };
    // A binding that cannot be read is not the requested one.
    if let (Ok(own), Some(requested)) = (row.binding(), binding)
        && own.covers(requested)
    {
        return Ok(false);
    }
    let removed: Vec<(i64, String)> =
        sqlx::query_as("DELETE FROM grants WHERE data_center = $1 RETURNING version, state")
            .bind(id.as_str())
            .fetch_all(&mut *connection)
            .await?;
    let Some((version, state)) = removed.into_iter().next() else {
        return Ok(false);
    };
    sqlx::query("UPDATE data_centers SET grant_version = $1, grant_removed_at = $2 WHERE id = $3")
        .bind(version)
        .bind(now.0)
        .bind(id.as_str())
        .execute(connection)
        .await?;
    Ok(state != row::ENDED)
}
