//! Authorizations: one round trip of the administrator to the provider (RFC 6749 §4.1).

mod issuer;
mod redeem;

use std::{sync::Arc, time::Duration};

use clock::random;
use domain::{
    Actor, AuditAction, AuditRecord, Authentication, AuthorizationId, AuthorizationState, Change,
    DataCenter, DataCenterId, Finding, FindingCode, GrantAfterFailure, GrantStatus, SessionId,
};
use net::HttpClient;
use oauth::Client;
use secrecy::SecretString;
use store::{CallbackClaim, FinishOutcome, Finished, NewAuthorization, RecordState, Store};

pub(crate) use issuer::Issuers;

use crate::{ChangeNotifier, Discovery, MailError, ServerClock, Settings, error::Failure};

/// A started authorization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartedAuthorization {
    /// ID for reading the state of the authorization later.
    pub id: AuthorizationId,
    /// The provider's page where the administrator signs in.
    pub url: String,
}

/// The query of a callback (RFC 6749 §4.1.2, RFC 9207 §2).
#[derive(Clone, Debug, Default)]
pub struct Callback {
    /// The `state` parameter.
    pub state: Option<String>,
    /// The `code` parameter.
    pub code: Option<SecretString>,
    /// The `error` parameter.
    pub error: Option<String>,
    /// The `error_description` parameter.
    pub error_description: Option<String>,
    /// The `iss` parameter.
    pub iss: Option<String>,
}

/// The outcome of a callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallbackOutcome {
    /// The callback belongs to this authorization, which is now in this state.
    Finished {
        /// The authorization.
        id: AuthorizationId,
        /// The state after the callback.
        state: AuthorizationState,
    },
    /// The callback belongs to no open authorization of this session. Nothing changed.
    Rejected(Finding),
}

/// Lifetime of an authorization, in seconds.
const TTL: i64 = 600;

/// Starts authorizations and finishes them with the provider's callback.
#[derive(Debug)]
pub struct Authorizations {
    pub(crate) store: Store,
    pub(crate) http: HttpClient,
    pub(crate) clock: Arc<ServerClock>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) discovery: Arc<Discovery>,
    pub(crate) changes: ChangeNotifier,
    /// The issuers that providers' metadata names.
    pub(crate) issuers: Issuers,
    /// Timeout of one metadata request.
    pub(crate) metadata_timeout: Duration,
}

impl Authorizations {
    /// Starts an authorization for the saved settings of a data center. Only the session that
    /// starts it can finish it (RFC 9700 §4.7).
    ///
    /// # Errors
    /// If the settings do not use OAuth, or the database fails.
    pub async fn begin(
        &self,
        id: &DataCenterId,
        session: &SessionId,
        by: &Actor,
    ) -> Result<StartedAuthorization, MailError> {
        let stored = self.store.settings(id).await?.ok_or(MailError::NotOAuth)?;
        let (Some(binding), Authentication::OAuth { username, client }) = (
            stored.settings.grant_binding(),
            &stored.settings.authentication,
        ) else {
            return Err(MailError::NotOAuth);
        };
        let issuer = self.known_issuer(client).await;
        let state = SecretString::from(random::token::<32>());
        let (url, verifier) = Client::new(client, &self.http, self.clock.now())
            .authorization_url(&state, username)
            .ok_or(MailError::UnusableEndpoint)?;
        let now = self.clock.now();
        let authorization = NewAuthorization {
            id: AuthorizationId::from_bytes(random::bytes::<16>()),
            state_hash: random::hash(secrecy::ExposeSecret::expose_secret(&state)),
            data_center: id.clone(),
            verifier,
            redirect_url: client.redirect_url.clone(),
            session: session.as_str().to_owned(),
            binding,
            issuer,
            settings_version: stored.version,
            created_at: now,
            expires_at: now.plus(TTL),
        };
        self.store.begin_authorization(&authorization, by).await?;
        tracing::info!(data_center = %id, authorization = authorization.id.as_str(), "authorization started");
        Ok(StartedAuthorization {
            id: authorization.id,
            url,
        })
    }

    /// Finishes an authorization with the provider's callback.
    ///
    /// # Errors
    /// If the database fails. Anything that a provider or an attacker may send becomes a state, not
    /// an error.
    pub async fn finish(
        self: &Arc<Self>,
        callback: Callback,
        session: Option<&SessionId>,
        by: &Actor,
    ) -> Result<CallbackOutcome, MailError> {
        // Runs in a separate task, because the code is used up: its tokens must be stored even if
        // the browser disconnects.
        let (this, session, by) = (Arc::clone(self), session.cloned(), by.clone());
        let answered =
            tokio::spawn(async move { this.answer(callback, session.as_ref(), &by).await })
                .await
                .unwrap_or(Err(MailError::Stopped));
        // Messages may have waited for the grant.
        self.changes.notify();
        answered
    }

    async fn answer(
        &self,
        callback: Callback,
        session: Option<&SessionId>,
        by: &Actor,
    ) -> Result<CallbackOutcome, MailError> {
        let state_hash = random::hash(callback.state.as_deref().unwrap_or_default());
        let now = self.clock.now();
        let claimed = self
            .store
            .claim_authorization(&state_hash, session.map(SessionId::as_str), now)
            .await?;
        let (id, outcome) = match claimed {
            CallbackClaim::Unknown => {
                return self.reject(FindingCode::StateUnknown, None, by).await;
            }
            CallbackClaim::OtherBrowser { data_center } => {
                let data_center = Some(&data_center);
                return self
                    .reject(FindingCode::OtherBrowser, data_center, by)
                    .await;
            }
            CallbackClaim::AlreadyUsed { data_center, .. } => {
                let data_center = Some(&data_center);
                return self
                    .reject(FindingCode::AuthorizationUsed, data_center, by)
                    .await;
            }
            CallbackClaim::Expired { id, data_center } => {
                let code = FindingCode::AuthorizationExpired;
                self.record_refusal(code, Some(&data_center), by).await?;
                return self.state_of(id).await;
            }
            CallbackClaim::Claimed(claimed) => {
                let outcome = match self.redeem(&claimed, callback).await {
                    Ok(grant) => FinishOutcome::Granted(grant),
                    Err(Failure::Found(finding)) => FinishOutcome::Failed(finding),
                    Err(Failure::Internal(error)) => return Err(error),
                };
                (claimed.id, outcome)
            }
        };
        let finished = self
            .store
            .finish_authorization(&id, outcome, by, self.clock.now());
        match finished.await? {
            Finished::Granted { .. } | Finished::NotOpen => {
                tracing::info!(authorization = id.as_str(), "authorization finished");
            }
            Finished::Failed(finding) => {
                tracing::info!(
                    authorization = id.as_str(),
                    finding = finding.code.code(),
                    "authorization failed"
                );
            }
        }
        self.state_of(id).await
    }

    /// Rejects an unknown or repeated callback without revealing anything about any authorization.
    async fn reject(
        &self,
        code: FindingCode,
        data_center: Option<&DataCenterId>,
        by: &Actor,
    ) -> Result<CallbackOutcome, MailError> {
        tracing::warn!(finding = code.code(), "callback rejected");
        self.record_refusal(code, data_center, by).await?;
        Ok(CallbackOutcome::Rejected(code.into()))
    }

    async fn record_refusal(
        &self,
        code: FindingCode,
        data_center: Option<&DataCenterId>,
        by: &Actor,
    ) -> Result<(), MailError> {
        let record = AuditRecord {
            at: self.clock.now(),
            actor: by.clone(),
            action: AuditAction::AuthorizationFailed,
            subject: data_center.map(ToString::to_string).unwrap_or_default(),
            changes: vec![Change::fact("finding", code.code())],
        };
        Ok(self.store.record(&record).await?)
    }

    async fn state_of(&self, id: AuthorizationId) -> Result<CallbackOutcome, MailError> {
        let state = self
            .get(&id)
            .await?
            .ok_or(MailError::UnknownAuthorization)?;
        Ok(CallbackOutcome::Finished { id, state })
    }

    /// Returns the state of an authorization, or `None` if it does not exist.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get(&self, id: &AuthorizationId) -> Result<Option<AuthorizationState>, MailError> {
        let Some(record) = self.store.authorization(id).await? else {
            return Ok(None);
        };
        let data_center = record.data_center;
        Ok(Some(match record.state {
            RecordState::Pending if self.clock.now() > record.expires_at => {
                let finding = FindingCode::AuthorizationExpired.into();
                self.failed_state(data_center, finding).await?
            }
            RecordState::Pending => AuthorizationState::Pending {
                data_center,
                expires_at: record.expires_at,
            },
            RecordState::Granted {
                account,
                username,
                valid_until,
                scope,
            } => {
                let other = account
                    .clone()
                    .filter(|other| !other.eq_ignore_ascii_case(&username));
                AuthorizationState::Authorized {
                    data_center,
                    account_confirmed: account.is_some(),
                    account: account.unwrap_or(username),
                    valid_until,
                    scope,
                    other_account: other,
                }
            }
            RecordState::Failed(finding) => self.failed_state(data_center, finding).await?,
        }))
    }

    /// Returns the state of a failed authorization, with the grant that is still stored.
    async fn failed_state(
        &self,
        data_center: DataCenter,
        finding: Finding,
    ) -> Result<AuthorizationState, MailError> {
        let grant = match self.settings.grant_status(&data_center.id).await? {
            GrantStatus::Authorized { .. } => GrantAfterFailure::InUse,
            GrantStatus::NotAuthorized { .. } | GrantStatus::NeedsAuthorization { .. } => {
                GrantAfterFailure::Missing
            }
            GrantStatus::NotUsed => GrantAfterFailure::NotConcerned,
        };
        Ok(AuthorizationState::Failed {
            data_center: Some(data_center),
            finding,
            grant,
        })
    }
}
