//! Table `grants`: at most one for each data center.

use domain::{DataCenterId, Finding, GrantBinding, UnixTime};
use secrecy::SecretString;
use sqlx::AnyConnection;

use crate::{Store, StoreError, rotate::Resealing};

mod refresh;
mod row;

pub(crate) use row::{Bound, NewRow, cell};
use row::{Held, Row, TABLE};

/// How a grant stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GrantState {
    /// It works as far as is known.
    Active,
    /// The last refresh failed in a way that is tried again.
    Failing {
        /// Why.
        finding: Finding,
        /// Failures in a row.
        failures: i64,
        /// When to try again.
        retry_at: UnixTime,
    },
    /// Somebody has to authorize again.
    Ended {
        /// Why.
        finding: Finding,
        /// When it was noticed.
        since: UnixTime,
    },
}

/// What a finished authorization gave, without the tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantSummary {
    /// Whose grant it is.
    pub data_center: DataCenterId,
    /// Changes with every change of the tokens, and never comes back.
    pub version: i64,
    /// What it was given for.
    pub binding: GrantBinding,
    /// Whether there is a refresh token.
    pub has_refresh_token: bool,
    /// When the access token expires.
    pub expires_at: UnixTime,
    /// What was granted, as the provider said.
    pub scope: String,
    /// Who signed in, when the provider said so.
    pub account: Option<String>,
    /// When the authorization was finished.
    pub authorized_at: UnixTime,
    /// When the access token was given.
    pub refreshed_at: UnixTime,
    /// How it stands.
    pub state: GrantState,
}

/// What a finished authorization gave.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Whose grant it is.
    pub data_center: DataCenterId,
    /// Changes with every change of the tokens, and never comes back.
    pub version: i64,
    /// What it was given for.
    pub binding: GrantBinding,
    /// The access token.
    pub access_token: SecretString,
    /// The refresh token.
    pub refresh_token: Option<SecretString>,
    /// When the access token expires.
    pub expires_at: UnixTime,
    /// What was granted, as the provider said.
    pub scope: String,
    /// Who signed in, when the provider said so.
    pub account: Option<String>,
    /// When the authorization was finished.
    pub authorized_at: UnixTime,
    /// When the access token was given.
    pub refreshed_at: UnixTime,
    /// How it stands.
    pub state: GrantState,
}

/// What a refresh gave (RFC 6749 §6).
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// The new access token.
    pub access_token: SecretString,
    /// The new refresh token; `None` keeps the old one.
    pub refresh_token: Option<SecretString>,
    /// When the new access token expires.
    pub expires_at: UnixTime,
    /// What is granted now; `None` keeps what was said before.
    pub scope: Option<String>,
}

impl Store {
    /// The grant of a data center with its tokens.
    ///
    /// # Errors
    /// `Database`, `Corrupt`; `Unsealable`, also when the binding was changed in the database.
    pub async fn grant(&self, id: &DataCenterId) -> Result<Option<Grant>, StoreError> {
        let sealer = self.keyring.current();
        let mut connection = self.pool.acquire().await?;
        let Some(held) = held(&mut connection, id).await? else {
            return Ok(None);
        };
        let sealer = self.key_of(&mut connection, sealer, &held.access_token);
        let sealer = sealer.await?;
        let open = |sealed, column| sealer.open(sealed, &cell(column, id, held.bound()));
        let access_token = open(&held.access_token, "access_token")?;
        let refresh_token = held.refresh_token.as_ref();
        let refresh_token = refresh_token
            .map(|token| open(token, "refresh_token"))
            .transpose()?;
        Ok(Some(Grant {
            access_token,
            refresh_token,
            data_center: held.summary.data_center,
            version: held.summary.version,
            binding: held.summary.binding,
            expires_at: held.summary.expires_at,
            scope: held.summary.scope,
            account: held.summary.account,
            authorized_at: held.summary.authorized_at,
            refreshed_at: held.summary.refreshed_at,
            state: held.summary.state,
        }))
    }

    /// The grant of a data center without its tokens. Nothing is unsealed, so this works with any key.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn grant_summary(
        &self,
        id: &DataCenterId,
    ) -> Result<Option<GrantSummary>, StoreError> {
        let held = held(&mut *self.pool.acquire().await?, id).await?;
        Ok(held.map(|held| held.summary))
    }

    /// When a save last removed the grant of a data center, which was for other values.
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

async fn held(
    connection: &mut AnyConnection,
    id: &DataCenterId,
) -> Result<Option<Held>, StoreError> {
    let row = Row::read(connection, id).await?;
    row.map(Held::try_from).transpose()
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
        let Some(held) = held(&mut *connection, &id).await? else {
            continue;
        };
        let again = |token, column| keys.again(token, &cell(column, &id, held.bound()));
        let access_token = again(&held.access_token, "access_token")?;
        let refresh_token = held.refresh_token.as_ref();
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

/// Removes a grant that may not be used for `binding`, and tells whether one had not ended
/// before. The data center has to be locked.
pub(crate) async fn remove_unless_bound(
    connection: &mut AnyConnection,
    id: &DataCenterId,
    binding: Option<&GrantBinding>,
    now: UnixTime,
) -> Result<bool, StoreError> {
    let Some(row) = Row::read(&mut *connection, id).await? else {
        return Ok(false);
    };
    // A binding that cannot be read is not the one asked for.
    if let (Ok(own), Some(asked)) = (row.binding(), binding)
        && own.covers(asked)
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
