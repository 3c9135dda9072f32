//! Authorizations: one round trip of the administrator to the provider (RFC 6749 §4.1).

use clock::random;
use domain::{
    Actor, AuditAction, AuditRecord, Authentication, AuthorizationId, AuthorizationState, Change,
    DataCenter, DataCenterId, Finding, FindingCode, GrantAfterFailure, GrantStatus, SessionId,
};
use oauth::Client;
use secrecy::SecretString;
use store::{FinishOutcome, Finished, NewAuthorization, RecordState, TakeOutcome};

use crate::{MailError, Mailer};

/// A started authorization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The id that shows the state of this authorization later.
    pub id: AuthorizationId,
    /// The provider's page where the administrator signs in.
    pub url: String,
}

/// The query of a callback (RFC 6749 §4.1.2, RFC 9207 §2).
#[derive(Clone, Debug, Default)]
pub struct Callback {
    /// `state`
    pub state: Option<String>,
    /// `code`
    pub code: Option<SecretString>,
    /// `error`
    pub error: Option<String>,
    /// `error_description`
    pub error_description: Option<String>,
    /// `iss`
    pub iss: Option<String>,
}

/// Lifetime of an authorization, in seconds.
const LASTS: i64 = 600;

impl Mailer {
    /// Starts an authorization for the saved settings of a data center. Only the session that
    /// starts it can finish it (RFC 9700 §4.7).
    ///
    /// # Errors
    /// If the settings do not use OAuth, or the database fails.
    pub async fn begin_authorization(
        &self,
        id: &DataCenterId,
        session: &SessionId,
        by: &Actor,
    ) -> Result<Begun, MailError> {
        let stored = self
            .store()
            .settings(id)
            .await?
            .ok_or(MailError::NotOAuth)?;
        let binding = stored.settings.grant_binding().ok_or(MailError::NotOAuth)?;
        let Authentication::OAuth { username, client } = &stored.settings.authentication else {
            return Err(MailError::NotOAuth);
        };
        let issuer = self.known_issuer(client).await;
        let state = SecretString::from(random::token::<32>());
        let (url, verifier) = Client::new(client, &self.0.http, self.now())
            .authorization_url(&state, username)
            .ok_or(MailError::NotOAuth)?;
        let now = self.now();
        let authorization = NewAuthorization {
            id: AuthorizationId::parse(&random::token::<16>()).map_err(|_| MailError::NotOAuth)?,
            state_hash: random::hash(secrecy::ExposeSecret::expose_secret(&state)),
            data_center: id.clone(),
            verifier,
            redirect_url: client.redirect_url.clone(),
            session: session.as_str().to_owned(),
            binding,
            issuer,
            settings_version: stored.version,
            created_at: now,
            expires_at: now.plus(LASTS),
        };
        self.store().begin_authorization(&authorization, by).await?;
        tracing::info!(data_center = %id, authorization = authorization.id.as_str(), "authorization begun");
        Ok(Begun {
            id: authorization.id,
            url,
        })
    }

    /// Finishes an authorization with the provider's callback. The id is `None` if the callback
    /// belongs to no open authorization of this session; then nothing changes.
    ///
    /// # Errors
    /// If the database fails. Anything that a provider or an attacker may send becomes a state, not
    /// an error.
    pub async fn finish_authorization(
        &self,
        callback: Callback,
        session: Option<&SessionId>,
        by: &Actor,
    ) -> Result<(Option<AuthorizationId>, AuthorizationState), MailError> {
        // A separate task: a browser that disconnects must not lose the tokens of a code that is
        // already used.
        let (mailer, session, by) = (self.clone(), session.cloned(), by.clone());
        let answered =
            tokio::spawn(async move { mailer.answer(callback, session.as_ref(), &by).await })
                .await
                .unwrap_or(Err(MailError::Stopped));
        // Messages may have waited for the grant.
        self.0.outbox.changed();
        self.0.attention.call();
        answered
    }

    async fn answer(
        &self,
        callback: Callback,
        session: Option<&SessionId>,
        by: &Actor,
    ) -> Result<(Option<AuthorizationId>, AuthorizationState), MailError> {
        let state_hash = random::hash(callback.state.as_deref().unwrap_or_default());
        let now = self.now();
        let taken = self
            .store()
            .take_authorization(&state_hash, session.map(SessionId::as_str), now)
            .await?;
        let (id, outcome) = match taken {
            TakeOutcome::Unknown => {
                return self.turn_away(FindingCode::StateUnknown, None, by).await;
            }
            TakeOutcome::OtherBrowser { data_center } => {
                let data_center = Some(&data_center);
                return self
                    .turn_away(FindingCode::OtherBrowser, data_center, by)
                    .await;
            }
            TakeOutcome::AlreadyUsed { data_center, .. } => {
                let data_center = Some(&data_center);
                return self
                    .turn_away(FindingCode::AuthorizationUsed, data_center, by)
                    .await;
            }
            TakeOutcome::Expired { id, data_center } => {
                let code = FindingCode::AuthorizationExpired;
                self.record_refusal(code, Some(&data_center), by).await?;
                return self.state_of(id).await;
            }
            TakeOutcome::Taken(taken) => {
                let outcome = match self.redeem(&taken, callback).await? {
                    Ok(grant) => FinishOutcome::Granted(grant),
                    Err(finding) => FinishOutcome::Failed(finding),
                };
                (taken.id, outcome)
            }
        };
        let finished = self
            .store()
            .finish_authorization(&id, outcome, by, self.now());
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
    async fn turn_away(
        &self,
        code: FindingCode,
        data_center: Option<&DataCenterId>,
        by: &Actor,
    ) -> Result<(Option<AuthorizationId>, AuthorizationState), MailError> {
        tracing::warn!(finding = code.code(), "callback turned away");
        self.record_refusal(code, data_center, by).await?;
        let finding = code.into();
        let data_center = None;
        Ok((
            None,
            AuthorizationState::Failed {
                data_center,
                finding,
                grant: GrantAfterFailure::NotConcerned,
            },
        ))
    }

    async fn record_refusal(
        &self,
        code: FindingCode,
        data_center: Option<&DataCenterId>,
        by: &Actor,
    ) -> Result<(), MailError> {
        let record = AuditRecord {
            at: self.now(),
            actor: by.clone(),
            action: AuditAction::AuthorizationFailed,
            subject: data_center.map(ToString::to_string).unwrap_or_default(),
            changes: vec![Change::fact("finding", code.code())],
        };
        Ok(self.store().record(&record).await?)
    }

    async fn state_of(
        &self,
        id: AuthorizationId,
    ) -> Result<(Option<AuthorizationId>, AuthorizationState), MailError> {
        let state = self
            .authorization(&id)
            .await?
            .ok_or(MailError::UnknownDataCenter)?;
        Ok((Some(id), state))
    }

    /// Returns the state of an authorization; `None` if there is none with this id.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn authorization(
        &self,
        id: &AuthorizationId,
    ) -> Result<Option<AuthorizationState>, MailError> {
        let Some(record) = self.store().authorization(id).await? else {
            return Ok(None);
        };
        let data_center = record.data_center;
        Ok(Some(match record.state {
            RecordState::Pending if self.now() > record.expires_at => {
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

    /// Returns the state of a failed authorization, with the remaining grant.
    async fn failed_state(
        &self,
        data_center: DataCenter,
        finding: Finding,
    ) -> Result<AuthorizationState, MailError> {
        let grant = match self.grant_status(&data_center.id).await? {
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
