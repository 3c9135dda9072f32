//! One refresh of a grant at its provider (RFC 6749 §6).

use std::time::Duration;

use domain::{Authentication, Finding, FindingCode, ProviderFamily, UnixTime};
use oauth::Client;
use store::{Grant, GrantState, Refreshed, StoreError};
use tokio::time::{sleep, timeout};

use super::{Tokens, with_client_values};
use crate::{
    MailError,
    backoff::{Backoff, Failures},
    error::{Failure, readable},
    server_clock::held_for,
};

/// Duration of a refresh lease in seconds. Longer than both tries of a refresh.
const LEASE: u32 = 60;

/// Wait before the next refresh after failures.
const BACKOFF: Backoff = Backoff::new(Duration::from_secs(10), Duration::from_mins(10));

/// Time for which storing new tokens is retried while the database fails, such as on a full disk.
const STORE_FOR: Duration = Duration::from_hours(1);
/// Timeout of one try to store new tokens. Longer than SQLite's busy timeout.
const STORE_TIMEOUT: Duration = Duration::from_secs(25);
/// Wait after a failed try.
const STORE_RETRY: Backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(10));

/// Result of one refresh.
pub(super) enum Attempt {
    /// New tokens are stored. They may be those of another process if the lease expired.
    Done,
    /// Another process is refreshing.
    Busy,
    /// The refresh failed.
    Failed {
        finding: Finding,
        /// Time before which the provider wants no further request.
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

impl Tokens {
    /// Refreshes a grant once, unless another process is doing it.
    ///
    /// # Errors
    /// If the database fails.
    pub(super) async fn refresh(&self, grant: &Grant) -> Result<Attempt, MailError> {
        let id = &grant.data_center;
        let stored = match readable(self.store.settings(id).await) {
            Ok(stored) => stored,
            Err(Failure::Found(finding)) => return Ok(finding.into()),
            Err(Failure::Internal(error)) => return Err(error),
        };
        let Some(Authentication::OAuth { username, client }) =
            stored.map(|stored| stored.settings.authentication)
        else {
            return Ok(Finding::new(FindingCode::GrantMissing).into());
        };
        let owner = self.leases.owner();
        let held_until = self.clock.boot_time() + held_for(LEASE);
        let now = self.clock.database_now().await?;
        if !self
            .store
            .lease_refresh(id, grant.version, owner, now, LEASE.into())
            .await?
        {
            return Ok(Attempt::Busy);
        }
        let Some(refresh_token) = &grant.refresh_token else {
            let finding =
                with_client_values(FindingCode::NoRefreshToken.into(), &client, &username);
            return self.end(grant, finding).await;
        };
        let family = client.authorization_endpoint.family();
        let age = self.clock.now().since(grant.authorized_at);
        // Google ends grants after seven days while the consent screen is in "Testing".
        let testing = family == ProviderFamily::Google && (6 * 86_400..=8 * 86_400).contains(&age);
        // The process may have been suspended, and another server may have used this refresh token
        // since.
        if self.clock.boot_time() >= held_until {
            return Ok(Attempt::Busy);
        }
        match Client::new(&client, &self.http, self.clock.now())
            .refresh(refresh_token, testing)
            .await
        {
            Ok(tokens) => {
                let now = self.clock.now();
                // Stored before the token is used, because a rotated refresh token must not be
                // lost.
                let refreshed = Refreshed {
                    access_token: tokens.access_token,
                    refresh_token: tokens.refresh_token,
                    expires_at: now.plus(tokens.expires_in),
                    scope: tokens.scope,
                };
                let version = self.store_refreshed(grant, refreshed, now).await?;
                self.counters.observe_refresh(id, None);
                tracing::info!(data_center = %id, version, seconds = tokens.expires_in, "access token refreshed");
                Ok(Attempt::Done)
            }
            Err(failure) => {
                let mut finding = with_client_values(failure.finding, &client, &username);
                if finding.code == FindingCode::GrantEnded && was_interrupted(grant) {
                    finding.code = FindingCode::GrantEndedAfterInterruption;
                }
                self.counters.observe_refresh(id, Some(finding.code));
                if failure.ends_grant {
                    return self.end(grant, finding).await;
                }
                self.schedule_retry(grant, finding, failure.retry_after)
                    .await
            }
        }
    }

    /// Stores new tokens. Retries while the database fails: the provider may have revoked the old
    /// refresh token, so losing the new one would end the grant.
    async fn store_refreshed(
        &self,
        grant: &Grant,
        refreshed: Refreshed,
        now: UnixTime,
    ) -> Result<Option<i64>, MailError> {
        let (id, owner) = (&grant.data_center, self.leases.owner());
        let until = self.clock.boot_time() + STORE_FOR;
        let mut failures = Failures::new(STORE_RETRY);
        loop {
            let stored =
                self.store
                    .store_refreshed(id, grant.version, owner, refreshed.clone(), now);
            let stored = timeout(STORE_TIMEOUT, stored).await;
            let error = match stored.unwrap_or_else(|_| Err(StoreError::commit_timed_out())) {
                Ok(version) => return Ok(version),
                Err(error) => error,
            };
            if !error.is_of_the_database() || self.clock.boot_time() >= until {
                return Err(error.into());
            }
            tracing::error!(
                error = &error as &dyn std::error::Error,
                data_center = %id,
                "refreshed token not stored, retrying"
            );
            sleep(failures.next_wait()).await;
        }
    }

    async fn end(&self, grant: &Grant, finding: Finding) -> Result<Attempt, MailError> {
        let (id, code) = (&grant.data_center, finding.code.code());
        tracing::warn!(data_center = %id, finding = code, "grant needs authorization");
        let state = GrantState::Ended {
            finding: finding.clone(),
            since: self.clock.now(),
        };
        self.store
            .refresh_failed(
                id,
                grant.version,
                self.leases.owner(),
                state,
                self.clock.now(),
            )
            .await?;
        self.changes.notify();
        Ok(finding.into())
    }

    /// Schedules the next try. The wait doubles from 10 seconds to 10 minutes. It is at least as
    /// long as the provider requests, in seconds.
    async fn schedule_retry(
        &self,
        grant: &Grant,
        finding: Finding,
        retry_after: Option<i64>,
    ) -> Result<Attempt, MailError> {
        let before = match grant.state {
            GrantState::Failing { failures, .. } => failures,
            _ => 0,
        };
        let failures = before.saturating_add(1);
        let wait = BACKOFF.seconds_after(u32::try_from(failures).unwrap_or(u32::MAX));
        let wait = wait.max(retry_after.unwrap_or(0));
        let (id, code) = (&grant.data_center, finding.code.code());
        tracing::warn!(data_center = %id, finding = code, retry_seconds = wait, "refresh failed");
        let state = GrantState::Failing {
            finding: finding.clone(),
            failures,
            retry_at: self.clock.now().plus(wait),
        };
        self.store
            .refresh_failed(
                id,
                grant.version,
                self.leases.owner(),
                state,
                self.clock.now(),
            )
            .await?;
        Ok(Attempt::Failed {
            finding,
            not_before: retry_after.map(|seconds| self.clock.now().plus(seconds)),
        })
    }
}

/// Returns true if a rotated refresh token may have been lost, because the process of the last
/// refresh was killed or its response did not arrive.
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
