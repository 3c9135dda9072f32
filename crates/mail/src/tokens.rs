//! Refreshes access tokens.
//!
//! Only one refresh per grant runs at a time. A mutex ensures this within the process. A lease and
//! a compare-and-swap on the grant's version ensure it across processes. With refresh token
//! rotation, a second refresh with the same token would end the whole grant (RFC 9700 §4.14.2).

mod refresh;
mod sign_in;

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{
    DataCenterId, Finding, FindingCode, GrantBinding, OAuthClient, UnixTime, finding::FindingValue,
};
use net::HttpClient;
use secrecy::SecretString;
use store::{Grant, GrantState, Store};
use tokio::sync::Mutex;

use crate::{
    ChangeNotifier, MailError, ServerClock,
    error::{Failure, readable},
    lease_owner::LeaseOwner,
    liveness::Liveness,
    metrics::Counters,
};

use refresh::Attempt;
pub(crate) use sign_in::SignIn;

/// Seconds before expiry at which a token is refreshed, or half its lifetime if that is shorter.
const REFRESH_BEFORE: i64 = 300;
/// Interval and number of checks for the end of another process's refresh.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
const MAX_POLLS: usize = 10 * 60;
/// Interval between searches for grants to refresh.
const TICK: Duration = Duration::from_secs(20);

/// The refresh lock of a grant in this process, with the last failure.
type RefreshLock = Arc<Mutex<Option<LastFailure>>>;

/// The last failed refresh of a grant.
#[derive(Debug)]
struct LastFailure {
    /// Time of the failure. `None` if the token was still valid.
    at: Option<Instant>,
    version: i64,
    finding: Finding,
    /// Time before which the provider wants no further request.
    not_before: Option<UnixTime>,
}

/// The refresh locks of all grants.
#[derive(Debug, Default)]
pub(crate) struct RefreshLocks(Mutex<HashMap<DataCenterId, RefreshLock>>);

/// An access token with the version of its grant.
#[derive(Clone, Debug)]
pub(crate) struct AccessToken {
    pub(crate) secret: SecretString,
    pub(crate) version: i64,
}

impl From<Grant> for AccessToken {
    fn from(grant: Grant) -> Self {
        Self {
            secret: grant.access_token,
            version: grant.version,
        }
    }
}

/// Access tokens of grants. Refreshes them before they expire.
#[derive(Debug)]
pub struct Tokens {
    pub(crate) store: Store,
    pub(crate) http: HttpClient,
    pub(crate) clock: Arc<ServerClock>,
    pub(crate) leases: Arc<LeaseOwner>,
    pub(crate) liveness: Arc<Liveness>,
    pub(crate) counters: Arc<Counters>,
    pub(crate) changes: ChangeNotifier,
    /// Allows one refresh at a time per grant within this process. A lease in the database does the
    /// same across processes.
    pub(crate) locks: RefreshLocks,
}

impl Tokens {
    /// Returns a valid access token if the grant covers these values. `refused` is the version of a
    /// grant whose token a server rejected before its expiry. This token is refreshed.
    pub(crate) async fn access_token(
        self: &Arc<Self>,
        id: &DataCenterId,
        binding: Option<&GrantBinding>,
        refused: Option<i64>,
    ) -> Result<AccessToken, Failure> {
        // A separate task. If the caller is canceled between the provider's response and the
        // commit, a rotated refresh token would be lost, and the grant with it.
        let (tokens, id, binding) = (Arc::clone(self), id.clone(), binding.cloned());
        tokio::spawn(async move {
            tokens
                .access_token_locked(&id, binding.as_ref(), refused)
                .await
        })
        .await
        .unwrap_or(Err(MailError::Stopped.into()))
    }

    async fn access_token_locked(
        &self,
        id: &DataCenterId,
        binding: Option<&GrantBinding>,
        refused: Option<i64>,
    ) -> Result<AccessToken, Failure> {
        let asked_at = Instant::now();
        let lock = self.lock_of(id).await;
        let mut last_failure = lock.lock().await;
        // Callers that waited while a refresh failed get the same failure.
        if let Some(failure) = last_failure.as_ref()
            && failure.at.is_some_and(|at| at > asked_at)
        {
            return Err(failure.finding.clone().into());
        }
        let mut renewed = false;
        for _ in 0..MAX_POLLS {
            let grant = readable(self.store.grant(id).await)?;
            let Some(grant) =
                grant.filter(|grant| binding.is_none_or(|binding| grant.binding.covers(binding)))
            else {
                return Err(FindingCode::GrantMissing.into());
            };
            if let GrantState::Ended { finding, .. } = grant.state {
                return Err(finding.into());
            }
            // A new token is used, however short its lifetime.
            let is_valid = renewed || self.clock.now() < grant.expires_at;
            let due = !renewed && self.clock.now() >= due_at(&grant);
            let usable = is_valid && refused != Some(grant.version);
            // While the token is valid, a failing provider is not contacted for each message.
            let waits = matches!(grant.state, GrantState::Failing { retry_at, .. } if self.clock.now() < retry_at);
            if usable && (!due || waits) {
                return Ok(grant.into());
            }
            // A provider that requested a wait (`Retry-After`) is not contacted before its end.
            if !usable
                && let Some(failure) = last_failure.as_ref()
                && failure.version == grant.version
                && failure
                    .not_before
                    .is_some_and(|time| self.clock.now() < time)
            {
                return Err(failure.finding.clone().into());
            }
            match self.refresh(&grant).await? {
                Attempt::Done => renewed = true,
                Attempt::Busy if !usable => tokio::time::sleep(POLL_INTERVAL).await,
                Attempt::Busy => return Ok(grant.into()),
                Attempt::Failed {
                    finding,
                    not_before,
                } => {
                    *last_failure = Some(LastFailure {
                        at: (!usable).then(Instant::now),
                        version: grant.version,
                        finding: finding.clone(),
                        not_before,
                    });
                    // A valid token is used even if it could not be refreshed.
                    if usable {
                        return Ok(grant.into());
                    }
                    return Err(finding.into());
                }
            }
        }
        Err(FindingCode::TokenEndpointTimeout.into())
    }

    /// Refreshes grants when due and removes expired data, until the future is dropped.
    pub async fn keep_fresh(self: &Arc<Self>) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            self.liveness.heartbeat("refresh");
            if let Err(error) = self.refresh_due().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "token refresh failed"
                );
            }
        }
    }

    /// Runs one round of [`Self::keep_fresh`].
    ///
    /// # Errors
    /// If the database fails.
    pub async fn refresh_due(self: &Arc<Self>) -> Result<(), MailError> {
        let now = self.clock.now();
        for id in self
            .store
            .grants_to_refresh(now.plus(REFRESH_BEFORE), now)
            .await?
        {
            // The failure is stored with the grant and logged where it occurred.
            if let Err(Failure::Internal(error)) = self.access_token(&id, None, None).await {
                return Err(error);
            }
        }
        self.store
            .prune_authorizations(now.plus(-7 * 86_400))
            .await?;
        self.store.prune_drafts(now.plus(-86_400)).await?;
        Ok(())
    }

    /// Waits until no refresh is running in this process, before the server stops.
    pub async fn wait_for_running(&self) {
        let locks: Vec<RefreshLock> = self.locks.0.lock().await.values().cloned().collect();
        for lock in locks {
            drop(lock.lock().await);
        }
    }

    async fn lock_of(&self, id: &DataCenterId) -> RefreshLock {
        let mut locks = self.locks.0.lock().await;
        Arc::clone(locks.entry(id.clone()).or_default())
    }
}

/// Returns the time of the next refresh. Some providers issue tokens for five minutes (Keycloak's
/// default) or less.
fn due_at(grant: &Grant) -> UnixTime {
    let life = grant.expires_at.since(grant.refreshed_at);
    grant.expires_at.plus(-REFRESH_BEFORE.min(life / 2))
}

/// Adds the values that texts about an OAuth client use to a finding.
pub(crate) fn with_client_values(
    finding: Finding,
    client: &OAuthClient<SecretString>,
    username: &str,
) -> Finding {
    let consent = oauth::admin_consent_url(&client.authorization_endpoint, &client.client_id);
    let finding = match consent {
        Some(url) => finding.with(FindingValue::AdminConsent, url),
        None => finding,
    };
    finding
        .with(FindingValue::ClientId, &client.client_id)
        .with(FindingValue::RedirectUrl, client.redirect_url.as_str())
        .with(FindingValue::Scope, client.scope.as_str())
        .with(FindingValue::Username, username)
}
