//! Table `grants`: at most one for each data center.

use domain::{DataCenterId, Finding, GrantBinding, UnixTime};
use secrecy::SecretString;

use crate::{Store, StoreError};

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

#[expect(clippy::unused_async, reason = "the bodies follow")]
impl Store {
    /// The grant of a data center with its tokens.
    ///
    /// # Errors
    /// `Database`, `Corrupt`, `Unsealable`.
    pub async fn grant(&self, _id: &DataCenterId) -> Result<Option<Grant>, StoreError> {
        todo!()
    }

    /// The grant of a data center without its tokens. Nothing is unsealed, so this works with any key.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn grant_summary(
        &self,
        _id: &DataCenterId,
    ) -> Result<Option<GrantSummary>, StoreError> {
        todo!()
    }

    /// Takes the right to refresh a grant for `lease_seconds`. `false` when the grant has another version by
    /// now, has ended, or another owner's lease still runs.
    ///
    /// # Errors
    /// `Database`.
    pub async fn lease_refresh(
        &self,
        _id: &DataCenterId,
        _version: i64,
        _owner: &str,
        _now: UnixTime,
        _lease_seconds: i64,
    ) -> Result<bool, StoreError> {
        todo!()
    }

    /// Commits what a refresh gave, and returns the new version; `None` when the grant has another version by
    /// now. An owner whose lease has run out still wins when nobody else was faster, because the provider
    /// may have ended the old refresh token. Releases the owner's lease.
    ///
    /// # Errors
    /// `Database`, `Random`.
    pub async fn store_refreshed(
        &self,
        _id: &DataCenterId,
        _version: i64,
        _owner: &str,
        _refreshed: Refreshed,
        _now: UnixTime,
    ) -> Result<Option<i64>, StoreError> {
        todo!()
    }

    /// Notes how the grant stands after a refresh failed, and releases the lease; the tokens stay. `false`
    /// when the grant has another version or the lease another owner by now.
    ///
    /// # Errors
    /// `Database`.
    pub async fn refresh_failed(
        &self,
        _id: &DataCenterId,
        _version: i64,
        _owner: &str,
        _state: GrantState,
    ) -> Result<bool, StoreError> {
        todo!()
    }

    /// Notes that the grant has ended. `false` when it has another version by now or had ended before.
    ///
    /// # Errors
    /// `Database`.
    pub async fn end_grant(
        &self,
        _id: &DataCenterId,
        _version: i64,
        _finding: Finding,
        _now: UnixTime,
    ) -> Result<bool, StoreError> {
        todo!()
    }

    /// The data centers whose grant is to be refreshed: active and expiring before `expiring_before`, or
    /// failing and due to be tried again at `now`.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn grants_to_refresh(
        &self,
        _expiring_before: UnixTime,
        _now: UnixTime,
    ) -> Result<Vec<DataCenterId>, StoreError> {
        todo!()
    }
}
