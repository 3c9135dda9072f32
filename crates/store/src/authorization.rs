//! Table `authorizations`: trips to the provider and back.

use domain::{
    AuthorizationId, DataCenter, DataCenterId, Finding, GrantBinding, RedirectUrl, UnixTime,
};
use secrecy::SecretString;

use crate::{Store, StoreError};

/// An authorization that begins.
#[derive(Clone, Debug)]
pub struct NewAuthorization {
    /// Its id.
    pub id: AuthorizationId,
    /// Hash of the `state` (RFC 6749 §10.12).
    pub state_hash: String,
    /// Whose settings are authorized.
    pub data_center: DataCenterId,
    /// The PKCE verifier (RFC 7636 §4.1).
    pub verifier: SecretString,
    /// The redirect URL, the same in both legs.
    pub redirect_url: RedirectUrl,
    /// Hash of the browser's key.
    pub browser_hash: String,
    /// What the grant will be bound to.
    pub binding: GrantBinding,
    /// The version of the settings it began with.
    pub settings_version: i64,
    /// When it began.
    pub created_at: UnixTime,
    /// When it ends by itself.
    pub expires_at: UnixTime,
}

/// An authorization that has been answered, and by nobody else.
#[derive(Clone, Debug)]
pub struct TakenAuthorization {
    /// Its id.
    pub id: AuthorizationId,
    /// Whose settings are authorized.
    pub data_center: DataCenterId,
    /// The PKCE verifier; the database has it no more.
    pub verifier: SecretString,
    /// The redirect URL, the same in both legs.
    pub redirect_url: RedirectUrl,
    /// What the grant will be bound to.
    pub binding: GrantBinding,
    /// The version of the settings it began with.
    pub settings_version: i64,
    /// When it began.
    pub created_at: UnixTime,
    /// When it ends by itself.
    pub expires_at: UnixTime,
}

/// What came of answering an authorization.
#[derive(Clone, Debug)]
pub enum TakeOutcome {
    /// No authorization has this `state`.
    Unknown,
    /// Another browser began it; it can still be answered by that one.
    OtherBrowser,
    /// It has been answered before.
    AlreadyUsed {
        /// Its id.
        id: AuthorizationId,
        /// Whose settings were authorized.
        data_center: DataCenterId,
    },
    /// It had ended.
    Expired {
        /// Its id.
        id: AuthorizationId,
        /// Whose settings were to be authorized.
        data_center: DataCenterId,
    },
    /// It is answered now, and by nobody else.
    Taken(Box<TakenAuthorization>),
}

/// What the provider gave.
#[derive(Clone, Debug)]
pub struct NewGrant {
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
}

/// How a taken authorization ends.
#[derive(Clone, Debug)]
pub enum FinishOutcome {
    /// With a grant.
    Granted(NewGrant),
    /// With nothing.
    Failed(Finding),
}

/// What came of finishing an authorization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finished {
    /// The grant is stored.
    Granted {
        /// The version of the grant.
        version: i64,
    },
    /// Nothing came of it: what was passed in, or `SettingsChanged`.
    Failed(Finding),
    /// No authorization with this id has been taken and not been finished yet. Nothing was changed.
    NotOpen,
}

/// How an authorization is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordState {
    /// It is not finished.
    Pending,
    /// A grant came of it.
    Granted {
        /// Who signed in, when the provider said so.
        account: Option<String>,
        /// The user name of the settings.
        username: String,
        /// When the access token expires.
        valid_until: UnixTime,
        /// What was granted, as the provider said.
        scope: String,
    },
    /// Nothing came of it.
    Failed(Finding),
}

/// An authorization as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationRecord {
    /// Its id.
    pub id: AuthorizationId,
    /// Whose settings are authorized.
    pub data_center: DataCenter,
    /// When it ends by itself.
    pub expires_at: UnixTime,
    /// How it stands.
    pub state: RecordState,
}

#[expect(clippy::unused_async, reason = "the bodies follow")]
impl Store {
    /// Writes down an authorization that begins.
    ///
    /// # Errors
    /// `Database`, also when the data center is gone; `Random`.
    pub async fn begin_authorization(&self, _new: &NewAuthorization) -> Result<(), StoreError> {
        todo!()
    }

    /// Answers an authorization: of any number of callbacks at once, one takes it. The attempt of another
    /// browser does not use it up.
    ///
    /// # Errors
    /// `Database`, `Corrupt`, `Unsealable`.
    pub async fn take_authorization(
        &self,
        _state_hash: &str,
        _browser_hash: Option<&str>,
        _now: UnixTime,
    ) -> Result<TakeOutcome, StoreError> {
        todo!()
    }

    /// Finishes a taken authorization. A grant is stored only while the settings still have the values that it
    /// was given for; it takes the place of an earlier one.
    ///
    /// # Errors
    /// `Database`, `Corrupt`, `Random`.
    pub async fn finish_authorization(
        &self,
        _id: &AuthorizationId,
        _outcome: FinishOutcome,
    ) -> Result<Finished, StoreError> {
        todo!()
    }

    /// How an authorization stands.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn authorization(
        &self,
        _id: &AuthorizationId,
    ) -> Result<Option<AuthorizationRecord>, StoreError> {
        todo!()
    }

    /// Forgets the authorizations that ended by themselves before `before`.
    ///
    /// # Errors
    /// `Database`.
    pub async fn forget_authorizations(&self, _before: UnixTime) -> Result<(), StoreError> {
        todo!()
    }
}
