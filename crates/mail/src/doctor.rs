//! The doctor: tests each step of a connection. A test email is the same check with a message at
//! the end.
//!
//! Each check runs in its own task. A client may disconnect and watch it from the beginning later.

mod arrival;
mod credential;
mod feed;
mod job;
mod other_processes;
mod plan;
mod provider;
mod registry;
mod run;
mod sending;

use std::sync::Arc;

use dns::DomainCheck;
use domain::{
    Actor, CheckEvent, CheckId, CheckOutcome, CheckReport, CheckStep, DataCenterId, EmailAddress,
    FormErrors, SmtpForm,
};
use futures::{FutureExt, Stream};
use net::{HttpClient, Outgoing};
use store::Store;
use tokio::task::JoinHandle;

use job::Job;
pub use job::{CheckOf, CheckRequest};
use registry::Ending;
pub(crate) use registry::Registry;

use crate::{
    MailError, Mailboxes, ServerClock, Settings, TestError, Timeouts, Tokens,
    options::DnsOptions,
    settings::{changes, data_center_of, resolve},
};

type Started = (CheckId, JoinHandle<Result<CheckReport, MailError>>);

/// Checks each step of a connection.
#[derive(Debug)]
pub struct Doctor {
    pub(crate) store: Store,
    pub(crate) http: HttpClient,
    pub(crate) outgoing: Outgoing,
    pub(crate) dns: DnsOptions,
    pub(crate) timeouts: Timeouts,
    pub(crate) clock: Arc<ServerClock>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) mailboxes: Arc<Mailboxes>,
    /// Running and recently ended checks.
    pub(crate) checks: Registry,
}

impl Doctor {
    /// Examines MX, SPF, DKIM, and DMARC of a domain. Returns four steps, in this order.
    pub async fn check_domain(&self, check: DomainCheck<'_>) -> Vec<CheckStep> {
        check.run(&self.dns.open()).await
    }

    /// Starts a check and returns immediately. With a recipient, it sends a test email. Without
    /// one, it asks whether the server would accept a message from the From address to itself, and
    /// sends nothing.
    ///
    /// # Errors
    /// If a field or the recipient is invalid, no settings are saved (`NoSettings`), too many
    /// checks are running (`TooManyChecks`), or the database fails. Failures of the mail server are
    /// in the report.
    pub async fn begin(
        self: &Arc<Self>,
        of: CheckOf<'_>,
        request: CheckRequest,
        by: &Actor,
    ) -> Result<CheckId, TestError> {
        Ok(self.start(of, request, by).await?.0)
    }

    /// Streams the events of a check from its start to its end. Returns `None` if the check does
    /// not exist or ended some minutes ago. [`Self::get`] then has the report.
    pub fn watch(&self, id: &CheckId) -> Option<impl Stream<Item = CheckEvent> + Send + use<>> {
        let run = self.checks.get(id)?;
        Some(run.feed.clone().watch())
    }

    /// Cancels a check. Returns false if the check does not exist or has ended. The outcome is
    /// `Cancelled`, unless the server accepted the message before.
    pub fn cancel(&self, id: &CheckId) -> bool {
        self.checks.get(id).is_some_and(|run| run.cancel())
    }

    /// Waits for the end of a check and returns its report, or `None` if the check does not exist.
    /// A check of another process whose heartbeat stops ends with the outcome `Interrupted`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn finish(&self, id: &CheckId) -> Result<Option<CheckReport>, MailError> {
        let Some(run) = self.checks.get(id) else {
            return self.finish_elsewhere(id).await;
        };
        match run.feed.finished().await {
            Some(report) => Ok(Some(report)),
            None => self.get(id).await,
        }
    }

    /// Returns the report of a check that has ended, or `None` if there is none with this ID.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn get(&self, id: &CheckId) -> Result<Option<CheckReport>, MailError> {
        Ok(self.store.check(id).await?)
    }

    /// Returns the newest check of a data center in any state: running, stopped, interrupted, or
    /// finished.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn latest(
        &self,
        id: &DataCenterId,
    ) -> Result<Option<(CheckId, CheckReport)>, MailError> {
        let mut latest = self.store.latest_check(id).await?;
        if let Some((_, report)) = &mut latest
            && report.outcome == CheckOutcome::Running
            && self.is_overdue(report)
        {
            report.outcome = CheckOutcome::Interrupted;
        }
        Ok(latest)
    }

    /// Sends a test email with the values of a form, saved or not, and stores the report. A saved
    /// secret is only used for the host or endpoint it belongs to, and a grant only for the values
    /// it was issued for.
    ///
    /// # Errors
    /// Those of [`Self::begin`].
    pub async fn send_test(
        self: &Arc<Self>,
        form: &SmtpForm,
        recipient: &str,
        by: &Actor,
    ) -> Result<(CheckId, CheckReport), TestError> {
        self.run_test(CheckOf::Form(form), recipient, by).await
    }

    /// Sends a test email with the saved settings, for users who may not change them.
    ///
    /// # Errors
    /// Those of [`Self::begin`].
    pub async fn send_saved_test(
        self: &Arc<Self>,
        id: &DataCenterId,
        recipient: &str,
        by: &Actor,
    ) -> Result<(CheckId, CheckReport), TestError> {
        self.run_test(CheckOf::Saved(id), recipient, by).await
    }

    async fn run_test(
        self: &Arc<Self>,
        of: CheckOf<'_>,
        recipient: &str,
        by: &Actor,
    ) -> Result<(CheckId, CheckReport), TestError> {
        let request = CheckRequest {
            recipient: Some(recipient.to_owned()),
            ..CheckRequest::default()
        };
        let (id, task) = self.start(of, request, by).await?;
        let report = task.await.unwrap_or(Err(MailError::Stopped))?;
        Ok((id, report))
    }

    async fn start(
        self: &Arc<Self>,
        of: CheckOf<'_>,
        request: CheckRequest,
        by: &Actor,
    ) -> Result<Started, TestError> {
        let recipient = request.recipient.as_deref().map(EmailAddress::parse);
        let recipient = recipient.transpose();
        let invalid = recipient.as_ref().err().copied();
        let refuse = |errors| TestError::Form {
            errors,
            recipient: invalid,
        };
        let (data_center, settings, version) = match of {
            CheckOf::Form(form) => {
                let id = data_center_of(form).map_err(refuse)?;
                let stored = self.settings.stored_for_form(&id).await?;
                let settings = resolve(form, stored.as_ref()).map_err(refuse)?;
                let saved = stored
                    .filter(|stored| changes(Some(&stored.settings), &settings).is_empty())
                    .map(|stored| stored.version);
                (id, settings, saved)
            }
            CheckOf::Saved(id) => {
                if invalid.is_some() {
                    return Err(refuse(FormErrors::default()));
                }
                let stored = self.store.settings(id).await.map_err(MailError::from)?;
                let Some(stored) = stored else {
                    let known = self.store.data_center(id).await;
                    let known = known.map_err(MailError::from)?.is_some();
                    let missing = if known {
                        MailError::NoSettings
                    } else {
                        MailError::UnknownDataCenter
                    };
                    return Err(missing.into());
                };
                (id.clone(), stored.settings, Some(stored.version))
            }
        };
        let recipient = recipient.map_err(|_| refuse(FormErrors::default()))?;
        let job = Job {
            data_center,
            settings,
            version,
            recipient,
            dkim_selector: request.dkim_selector,
            by: by.clone(),
            started_at: self.clock.now(),
        };
        Ok(self.launch(job).await?)
    }

    async fn launch(self: &Arc<Self>, job: Job) -> Result<Started, MailError> {
        // A report is stored with its data center.
        let known = self.store.data_center(&job.data_center).await?;
        known.ok_or(MailError::UnknownDataCenter)?;
        let id = CheckId::from_bytes(clock::random::bytes::<16>());
        let run = self.checks.add(&id).ok_or(MailError::TooManyChecks)?;
        let started = self.store.begin_check(&id, &run::started(&job)).await;
        if let Err(error) = started {
            drop(Ending(run));
            return Err(error.into());
        }
        let (doctor, name) = (Arc::clone(self), id.clone());
        let task =
            tokio::spawn(async move { doctor.run_with_heartbeats(job, run, &name).boxed().await });
        Ok((id, task))
    }
}
