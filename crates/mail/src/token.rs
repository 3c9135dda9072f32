//! Keeps grants fresh.
//!
//! Only one refresh per grant runs at a time. A mutex ensures this within the process; a lease and
//! a compare-and-swap on the grant's version ensure it across processes. With refresh token
//! rotation, a second refresh with the same token would end the whole grant (RFC 9700 §4.14.2).

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{
    Authentication, DataCenterId, Finding, FindingCode, GrantBinding, ProviderFamily, UnixTime,
};
use oauth::Client;
use secrecy::SecretString;
use store::{Grant, GrantState, Refreshed};
use tokio::sync::Mutex;

use crate::{MailError, Mailer, database_clock::held_for, error::readable, redeem::with_values};

/// Seconds before its expiry at which a token is refreshed, or half its lifetime if that is
/// shorter.
const REFRESH_BEFORE: i64 = 300;
/// Duration of a refresh lease, in seconds. Longer than both tries of a refresh.
const LEASE: u32 = 60;
/// Interval and number of checks for the end of another process's refresh.
const LOOK_EVERY: Duration = Duration::from_millis(100);
const LOOKS: usize = 10 * 60;
/// Interval between searches for grants to refresh.
const TICK: Duration = Duration::from_secs(20);

/// The refresh lock of a grant in this process, with the last failure.
pub(crate) type Turn = Arc<Mutex<Option<LastFailure>>>;

/// The last failed refresh of a grant.
#[derive(Debug)]
pub(crate) struct LastFailure {
    /// The time of the failure, unless the token could be used all the same.
    at: Option<Instant>,
    version: i64,
    finding: Finding,
    /// The time before which the provider does not want another request.
    not_before: Option<UnixTime>,
}

/// An access token with the version of its grant.
#[derive(Clone, Debug)]
pub(crate) struct Fresh {
    pub(crate) access_token: SecretString,
    pub(crate) version: i64,
}

impl From<Grant> for Fresh {
    fn from(grant: Grant) -> Self {
        Self {
            access_token: grant.access_token,
            version: grant.version,
        }
    }
}

impl Mailer {
    /// Returns a valid access token if the grant covers these values. `refused` is the version of a
    /// grant whose token a server has refused although it has not expired; this token is refreshed.
    ///
    /// The outer error is an internal failure; the inner one is the reason why there is no token.
    pub(crate) async fn fresh(
        &self,
        id: &DataCenterId,
        binding: Option<&GrantBinding>,
        refused: Option<i64>,
    ) -> Result<Result<Fresh, Finding>, MailError> {
        // A separate task: if the caller is canceled between the provider's response and the
        // commit, a rotated refresh token would be lost, and the grant with it.
        let (mailer, id, binding) = (self.clone(), id.clone(), binding.cloned());
        tokio::spawn(async move { mailer.fresh_in_turn(&id, binding.as_ref(), refused).await })
            .await
            .unwrap_or(Err(MailError::Stopped))
    }

    async fn fresh_in_turn(
        &self,
        id: &DataCenterId,
        binding: Option<&GrantBinding>,
        refused: Option<i64>,
    ) -> Result<Result<Fresh, Finding>, MailError> {
        let asked_at = Instant::now();
        let turn = self.turn(id).await;
        let mut turn = turn.lock().await;
        // Callers that waited while a refresh failed share its outcome.
        if let Some(failure) = turn.as_ref()
            && failure.at.is_some_and(|at| at > asked_at)
        {
            return Ok(Err(failure.finding.clone()));
        }
        let mut renewed = false;
        for _ in 0..LOOKS {
            let grant = match readable(self.store().grant(id).await)? {
                Ok(Some(grant)) => grant,
                Ok(None) => return Ok(Err(FindingCode::GrantMissing.into())),
                Err(finding) => return Ok(Err(finding)),
            };
            if binding.is_some_and(|binding| !grant.binding.covers(binding)) {
                return Ok(Err(FindingCode::GrantMissing.into()));
            }
            if let GrantState::Ended { finding, .. } = grant.state {
                return Ok(Err(finding));
            }
            // A new token is used, however short its lifetime.
            let lives = renewed || self.now() < grant.expires_at;
            let due = !renewed && self.now() >= due_at(&grant);
            let usable = lives && refused != Some(grant.version);
            // While the token is valid, a failing provider is not asked for each message.
            let waits = matches!(grant.state, GrantState::Failing { retry_at, .. } if self.now() < retry_at);
            if usable && (!due || waits) {
                return Ok(Ok(grant.into()));
            }
            // A provider that asked for a wait (`Retry-After`) is not asked again before.
            if !usable
                && let Some(failure) = turn.as_ref()
                && failure.version == grant.version
                && failure.not_before.is_some_and(|time| self.now() < time)
            {
                return Ok(Err(failure.finding.clone()));
            }
            match self.refresh(&grant).await? {
                Attempt::Done => renewed = true,
                Attempt::Busy if !usable => tokio::time::sleep(LOOK_EVERY).await,
                Attempt::Busy => return Ok(Ok(grant.into())),
                Attempt::Failed {
                    finding,
                    not_before,
                } => {
                    *turn = Some(LastFailure {
                        at: (!usable).then(Instant::now),
                        version: grant.version,
                        finding: finding.clone(),
                        not_before,
                    });
                    // A valid token is used even if it could not be refreshed yet.
                    return Ok(if usable {
                        Ok(grant.into())
                    } else {
                        Err(finding)
                    });
                }
            }
        }
        Ok(Err(FindingCode::TokenEndpointTimeout.into()))
    }

    /// Refreshes grants when due and removes expired data, until the future is dropped.
    pub async fn keep_fresh(&self) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            self.beat("refresh");
            if let Err(error) = self.refresh_due().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "refreshing failed"
                );
            }
        }
    }

    /// Runs one round of [`Mailer::keep_fresh`].
    ///
    /// # Errors
    /// If the database fails.
    pub async fn refresh_due(&self) -> Result<(), MailError> {
        let now = self.now();
        for id in self
            .store()
            .grants_to_refresh(now.plus(REFRESH_BEFORE), now)
            .await?
        {
            // A failure is kept with the grant and logged where it happened.
            let _ = self.fresh(&id, None, None).await?;
        }
        self.store()
            .forget_authorizations(now.plus(-7 * 86_400))
            .await?;
        self.store().forget_drafts(now.plus(-86_400)).await?;
        Ok(())
    }

    /// Waits until no refresh is under way in this process, before the server stops.
    pub async fn settle(&self) {
        let turns: Vec<Turn> = self.0.refreshing.lock().await.values().cloned().collect();
        for turn in turns {
            drop(turn.lock().await);
        }
    }

    async fn turn(&self, id: &DataCenterId) -> Turn {
        let mut refreshing = self.0.refreshing.lock().await;
        Arc::clone(refreshing.entry(id.clone()).or_default())
    }

    async fn refresh(&self, grant: &Grant) -> Result<Attempt, MailError> {
        let id = &grant.data_center;
        let stored = match readable(self.store().settings(id).await)? {
            Ok(stored) => stored,
            Err(finding) => return Ok(finding.into()),
        };
        let Some(Authentication::OAuth { username, client }) =
            stored.map(|stored| stored.settings.authentication)
        else {
            return Ok(Finding::new(FindingCode::GrantMissing).into());
        };
        let owner = self.0.owner.as_str();
        let held_until = self.boot_time() + held_for(LEASE);
        let now = self.database_now().await?;
        if !self
            .store()
            .lease_refresh(id, grant.version, owner, now, LEASE.into())
            .await?
        {
            return Ok(Attempt::Busy);
        }
        let Some(refresh_token) = &grant.refresh_token else {
            let finding = with_values(FindingCode::NoRefreshToken.into(), &client, &username);
            return self.end(grant, finding).await;
        };
        let family = client.authorization_endpoint.family();
        let age = self.now().since(grant.authorized_at);
        // Google ends grants after seven days while the consent screen is in "Testing".
        let testing = family == ProviderFamily::Google && (6 * 86_400..=8 * 86_400).contains(&age);
        // The process may have been suspended, and another server may have used this refresh token
        // since.
        if self.boot_time() >= held_until {
            return Ok(Attempt::Busy);
        }
        match Client::new(&client, &self.0.http, self.now())
            .refresh(refresh_token, testing)
            .await
        {
            Ok(tokens) => {
                let now = self.now();
                // Stored before the token is used: a rotated refresh token must not be lost.
                let refreshed = Refreshed {
                    access_token: tokens.access_token,
                    refresh_token: tokens.refresh_token,
                    expires_at: now.plus(tokens.expires_in),
                    scope: tokens.scope,
                };
                let version = self
                    .store()
                    .store_refreshed(id, grant.version, owner, refreshed, now)
                    .await?;
                self.observe_refresh(id, None);
                tracing::info!(data_center = %id, version, seconds = tokens.expires_in, "access token refreshed");
                Ok(Attempt::Done)
            }
            Err(failure) => {
                let mut finding = with_values(failure.finding, &client, &username);
                if finding.code == FindingCode::GrantEnded && was_interrupted(grant) {
                    finding.code = FindingCode::GrantEndedAfterInterruption;
                }
                self.observe_refresh(id, Some(finding.code));
                if failure.ends_grant {
                    return self.end(grant, finding).await;
                }
                self.put_off(grant, finding, failure.retry_after).await
            }
        }
    }

    async fn end(&self, grant: &Grant, finding: Finding) -> Result<Attempt, MailError> {
        let (id, code) = (&grant.data_center, finding.code.code());
        tracing::warn!(data_center = %id, finding = code, "grant needs authorization");
        let state = GrantState::Ended {
            finding: finding.clone(),
            since: self.now(),
        };
        self.store()
            .refresh_failed(id, grant.version, &self.0.owner, state, self.now())
            .await?;
        self.0.attention.call();
        Ok(finding.into())
    }

    /// Schedules the next try. The wait doubles from 10 seconds to 10 minutes, and is not shorter
    /// than the one that the provider asks for, in seconds.
    async fn put_off(
        &self,
        grant: &Grant,
        finding: Finding,
        retry_after: Option<i64>,
    ) -> Result<Attempt, MailError> {
        let before = match grant.state {
            GrantState::Failing { failures, .. } => failures,
            _ => 0,
        };
        let wait = (10_i64 << before.clamp(0, 6)).min(600);
        let wait = wait.max(retry_after.unwrap_or(0));
        let (id, code) = (&grant.data_center, finding.code.code());
        tracing::warn!(data_center = %id, finding = code, retry_seconds = wait, "refresh failed");
        let state = GrantState::Failing {
            finding: finding.clone(),
            failures: before + 1,
            retry_at: self.now().plus(wait),
        };
        self.store()
            .refresh_failed(id, grant.version, &self.0.owner, state, self.now())
            .await?;
        Ok(Attempt::Failed {
            finding,
            not_before: retry_after.map(|seconds| self.now().plus(seconds)),
        })
    }
}

/// Returns true if a rotated refresh token may have been lost: the process of the last refresh was
/// killed, or its response did not arrive.
fn was_interrupted(grant: &Grant) -> bool {
    let lost_response = |finding: &Finding| {
        matches!(
            finding.code,
            FindingCode::TokenEndpointTimeout
                | FindingCode::TokenEndpointUnreachable
                | FindingCode::TokenAnswerUnreadable
        )
    };
    grant.is_leased
        || matches!(&grant.state, GrantState::Failing { finding, .. } if lost_response(finding))
}

/// Returns the time of the next refresh. Tokens of some providers expire after five minutes
/// (Keycloak's default) or less.
fn due_at(grant: &Grant) -> UnixTime {
    let life = grant.expires_at.since(grant.refreshed_at);
    grant.expires_at.plus(-REFRESH_BEFORE.min(life / 2))
}

/// The outcome of one refresh.
enum Attempt {
    /// New tokens are stored: these, or another process's if the lease expired.
    Done,
    /// Another process is refreshing.
    Busy,
    /// The refresh failed.
    Failed {
        finding: Finding,
        /// The time before which the provider does not want another request.
        not_before: Option<UnixTime>,
    },
}

impl From<Finding> for Attempt {
    fn from(finding: Finding) -> Self {
        Self::Failed {
            finding,
            not_before: None,
        }
    }
}
