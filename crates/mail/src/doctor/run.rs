//! The run of one check, from its start to its report.

use std::sync::{Arc, OnceLock};

use domain::{
    AuditAction, AuditRecord, Change, CheckEvent, CheckId, CheckOutcome, CheckPart, CheckReport,
    Finding, FindingCode, SecretField, Verdict, check::mailbox_failure, finding::FindingValue,
};
use net::Recorder;
use smtp::Server;
use tokio::{join, select, time::sleep};

use super::{
    Doctor,
    job::Job,
    plan::{interrupt_part, skip_rest},
    registry::{Ending, Run},
};
use crate::{DomainCheck, MailError, error::Failure};

/// The result of sending: the Message-ID if there was a message.
pub(super) type Sent = Result<Option<String>, Finding>;

/// The reason why a check ended early.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Interrupted {
    Cancelled,
    Overdue,
    /// The server is stopping.
    Stopping,
}

impl Doctor {
    /// Runs a check and stores heartbeats meanwhile.
    pub(super) async fn run_with_heartbeats(
        &self,
        job: Job,
        run: Arc<Run>,
        id: &CheckId,
    ) -> Result<CheckReport, MailError> {
        let heartbeats = self.send_heartbeats(Arc::clone(&run), id);
        select! {
            ended = self.run(job, run, id) => ended,
            () = heartbeats => Err(MailError::Stopped),
        }
    }

    /// Sends heartbeats to the database, and cancels the run when another process requests it.
    /// Never completes.
    async fn send_heartbeats(&self, run: Arc<Run>, id: &CheckId) {
        loop {
            sleep(self.timeouts.check_heartbeat).await;
            match self.store.increment_check_heartbeat(id).await {
                Ok(false) => {}
                Ok(true) => {
                    run.cancel();
                }
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(error, "check heartbeat failed");
                }
            }
        }
    }

    async fn run(&self, job: Job, run: Arc<Run>, id: &CheckId) -> Result<CheckReport, MailError> {
        let ending = Ending(run);
        let run = &ending.0;
        let feed = Arc::clone(&run.feed);
        let recorder =
            Recorder::with_listener(move |step| feed.publish(CheckEvent::Step(step.clone())));
        let secrets = SecretField::ALL.iter();
        for secret in secrets.filter_map(|field| job.settings.secret(*field)) {
            recorder.hide(secret);
        }
        let sent = OnceLock::new();
        let interrupted = select! {
            biased;
            done = self.all_parts(&job, &recorder, &sent) => {
                done.inspect_err(|error| {
                    let error: &dyn std::error::Error = error;
                    tracing::error!(error, data_center = %job.data_center, "check ended without a result");
                })?;
                None
            }
            () = run.cancelled() => Some(Interrupted::Cancelled),
            () = run.interrupted() => Some(Interrupted::Stopping),
            () = sleep(self.timeouts.check) => Some(Interrupted::Overdue),
        };
        if let Some(why) = interrupted {
            for part in CheckPart::ALL {
                let is_started = *part == CheckPart::Arrival && arrives(&job, sent.get());
                if is_started || job.has(*part) {
                    let overdue = why == Interrupted::Overdue;
                    let finding = overdue.then(|| late(&job, *part));
                    interrupt_part(&job, *part, finding, &recorder);
                }
            }
        }
        let outcome = self.outcome(&job, sent.into_inner(), interrupted, &recorder);
        let report = report(&job, outcome.await?, &recorder);
        let stored = self.store_report(&job, id, &report).await;
        run.feed
            .publish(CheckEvent::Finished(Box::new(report.clone())));
        stored?;
        Ok(report)
    }

    /// Runs the parts concurrently.
    async fn all_parts(
        &self,
        job: &Job,
        recorder: &Recorder,
        sent: &OnceLock<Sent>,
    ) -> Result<(), MailError> {
        let oauth = recorder.of(CheckPart::OAuth);
        let provider = self.about_provider(job, &oauth);
        let sending = async {
            let outcome = self.sending(job, recorder).await?;
            skip_rest(job, CheckPart::Smtp, None, recorder);
            let outcome = sent.get_or_init(|| outcome);
            if let Ok(Some(message_id)) = outcome
                && job.arrives()
            {
                self.arrival(job, message_id, recorder).await?;
            }
            Ok(())
        };
        let mailbox = async {
            if !job.has(CheckPart::Imap) {
                return Ok(());
            }
            let recorder = recorder.of(CheckPart::Imap);
            let connected = self
                .mailboxes
                .connect(&job.data_center, &job.settings, &recorder);
            match connected.await {
                Ok(mut connection) => {
                    let _ = connection.examine(&recorder).await;
                    connection.log_out(&recorder).await;
                }
                // The recorder has the finding.
                Err(Failure::Found(_)) => {}
                Err(Failure::Internal(error)) => return Err(error),
            }
            skip_rest(job, CheckPart::Imap, None, &recorder);
            Ok(())
        };
        let names = async {
            let requested = DomainCheck {
                from: &job.settings.from.address,
                provider: job.settings.provider,
                host: &job.settings.host,
                dkim_selector: Some(&job.dkim_selector),
            };
            for step in self.check_domain(requested).await {
                recorder.note(step);
            }
        };
        let ((), sending, mailbox, ()) = join!(provider, sending, mailbox, names);
        sending.and(mailbox)
    }

    async fn outcome(
        &self,
        job: &Job,
        sent: Option<Sent>,
        interrupted: Option<Interrupted>,
        recorder: &Recorder,
    ) -> Result<CheckOutcome, MailError> {
        let finding = match (sent, interrupted) {
            (Some(Ok(Some(message_id))), _) => return Ok(CheckOutcome::Delivered { message_id }),
            (_, Some(Interrupted::Cancelled)) => return Ok(CheckOutcome::Cancelled),
            (_, Some(Interrupted::Stopping)) => return Ok(CheckOutcome::Interrupted),
            (Some(Ok(None)), _) => match mailbox_failure(&recorder.steps()) {
                None => return Ok(CheckOutcome::Passed),
                Some(finding) => finding.clone(),
            },
            (Some(Err(finding)), _) => finding,
            (None, _) => first_failure(recorder).unwrap_or_else(|| late(job, CheckPart::Smtp)),
        };
        let grant = self.store.grant_summary(&job.data_center).await?;
        let account = grant.and_then(|grant| grant.account).unwrap_or_default();
        let from = job.settings.from.address.as_str();
        let finding = finding
            .with(FindingValue::From, from)
            .with(FindingValue::Account, account);
        Ok(CheckOutcome::Failed(recorder.cleaned(finding)))
    }

    async fn store_report(
        &self,
        job: &Job,
        id: &CheckId,
        report: &CheckReport,
    ) -> Result<(), MailError> {
        let (outcome, finding) = match &report.outcome {
            CheckOutcome::Delivered { .. } => ("delivered", None),
            CheckOutcome::Passed => ("passed", None),
            CheckOutcome::Cancelled => ("cancelled", None),
            CheckOutcome::Running | CheckOutcome::Interrupted => ("interrupted", None),
            CheckOutcome::Failed(finding) => ("failed", Some(finding.code.code())),
        };
        let settings = if job.version.is_some() {
            "saved"
        } else {
            "unsaved"
        };
        // Only test emails are audited; a check without a message changes nothing.
        let record = job.recipient.is_some().then(|| AuditRecord {
            at: self.clock.now(),
            actor: job.by.clone(),
            action: AuditAction::TestEmailSent,
            subject: report.data_center.to_string(),
            changes: vec![
                Change::fact("recipient", &report.recipient),
                Change::fact("server", &report.server),
                Change::fact("settings", settings),
                match finding {
                    None => Change::fact("outcome", outcome),
                    Some(code) => Change::fact("finding", code),
                },
            ],
        });
        let test_email = job.recipient.is_some();
        let steps = report.steps.len();
        tracing::info!(data_center = %report.data_center, test_email, outcome, finding, steps, "connection checked");
        Ok(self.store.finish_check(id, report, record.as_ref()).await?)
    }
}

fn arrives(job: &Job, sent: Option<&Sent>) -> bool {
    job.arrives() && matches!(sent, Some(Ok(Some(_))))
}

/// Returns the report of a starting check.
pub(super) fn started(job: &Job) -> CheckReport {
    report(job, CheckOutcome::Running, &Recorder::default())
}

fn report(job: &Job, outcome: CheckOutcome, recorder: &Recorder) -> CheckReport {
    let recipient = job.recipient.as_ref();
    CheckReport {
        data_center: job.data_center.clone(),
        started_at: job.started_at,
        server: Server::of(&job.settings).address(),
        recipient: recipient.map(ToString::to_string).unwrap_or_default(),
        settings_version: job.version.unwrap_or_default(),
        steps: recorder.steps(),
        tls: recorder.tls(),
        last_reply: recorder.last_reply(),
        outcome,
    }
}

/// Returns the finding about a part that exceeded its timeout.
fn late(job: &Job, part: CheckPart) -> Finding {
    match part {
        CheckPart::OAuth => FindingCode::TokenEndpointTimeout.into(),
        CheckPart::Smtp => Server::of(&job.settings).finding(FindingCode::Timeout),
        CheckPart::Imap => {
            let server = job.settings.mailbox.as_ref();
            let server = server.map(|mailbox| format!("{}:{}", mailbox.host, mailbox.port));
            Finding::new(FindingCode::Timeout)
                .with(FindingValue::Server, server.unwrap_or_default())
        }
        CheckPart::Domain => FindingCode::DnsNoAnswer.into(),
        CheckPart::Arrival => FindingCode::NotArrived.into(),
    }
}

/// Returns the first failure that prevents sending.
fn first_failure(recorder: &Recorder) -> Option<Finding> {
    let steps = recorder.steps().into_iter();
    let mut failed = steps.filter(|step| {
        step.verdict == Verdict::Failed && matches!(step.part, CheckPart::OAuth | CheckPart::Smtp)
    });
    failed.find_map(|step| step.finding)
}
