//! The test email: what is on the form, saved or not, tried from the first step to the last.

use std::time::Instant;

use domain::{
    Actor, AuditAction, AuditRecord, Authentication, Change, CheckId, CheckOutcome, CheckReport,
    DataCenterId, EmailAddress, Finding, FindingCode, FormErrors, Retry, Security, SmtpForm,
    SmtpSettings, StepKind, Verdict, finding::FindingValue,
};
use secrecy::SecretString;
use tokio::time::timeout;

use crate::{
    MailError, Mailer, TestError,
    changes::changes,
    message::TestMessage,
    recorder::Recorder,
    sasl::Credential,
    settings::{data_center_of, resolve},
    smtp::{Connection, Target},
};

impl Mailer {
    /// Sends a test email with what is on the form, saved or not, and keeps the report. A saved
    /// secret is used only where it belongs, a grant only for exactly the values it was given for.
    ///
    /// # Errors
    /// When a field is wrong or the database fails. What goes wrong with the mail server is in the
    /// report.
    pub async fn send_test(
        &self,
        form: &SmtpForm,
        recipient: &str,
        by: &Actor,
    ) -> Result<(CheckId, CheckReport), TestError> {
        let refuse = |errors| {
            let recipient = EmailAddress::parse(recipient).err();
            TestError::Form { errors, recipient }
        };
        let id = data_center_of(form).map_err(refuse)?;
        let stored = self.store().settings(&id).await.map_err(MailError::from)?;
        let settings = resolve(form, stored.as_ref()).map_err(refuse)?;
        let recipient =
            EmailAddress::parse(recipient).map_err(|_| refuse(FormErrors::default()))?;
        let saved =
            stored.is_some_and(|stored| changes(Some(&stored.settings), &settings).is_empty());
        Ok(self.test(id, &settings, saved, &recipient, by).await?)
    }

    /// Sends a test email with what is saved, for those who may not change settings: nothing of a form counts.
    ///
    /// # Errors
    /// When the recipient is wrong, when nothing is saved (`NoSettings`) or the database fails.
    pub async fn send_saved_test(
        &self,
        id: &DataCenterId,
        recipient: &str,
        by: &Actor,
    ) -> Result<(CheckId, CheckReport), TestError> {
        let recipient = EmailAddress::parse(recipient).map_err(|error| TestError::Form {
            errors: FormErrors::default(),
            recipient: Some(error),
        })?;
        let stored = self.store().settings(id).await.map_err(MailError::from)?;
        let settings = stored.ok_or(MailError::NoSettings)?.settings;
        Ok(self
            .test(id.clone(), &settings, true, &recipient, by)
            .await?)
    }

    /// One test email; `saved` tells whether these settings are the saved ones.
    async fn test(
        &self,
        id: DataCenterId,
        settings: &SmtpSettings<SecretString>,
        saved: bool,
        recipient: &EmailAddress,
        by: &Actor,
    ) -> Result<(CheckId, CheckReport), MailError> {
        let target = Target::of(settings);
        let started_at = self.now();
        let mut recorder = Recorder::default();
        let outcome = match self
            .try_test(&id, settings, &target, recipient, &mut recorder)
            .await?
        {
            Ok(message_id) => CheckOutcome::Delivered { message_id },
            Err(finding) => {
                let grant = self.store().grant_summary(&id).await?;
                let account = grant.and_then(|grant| grant.account);
                CheckOutcome::Failed(
                    finding
                        .with(FindingValue::From, settings.from.address.as_str())
                        .with(FindingValue::Account, account.unwrap_or_default()),
                )
            }
        };
        let report = CheckReport {
            data_center: id,
            started_at,
            server: target.address(),
            recipient: recipient.to_string(),
            settings_version: 0,
            steps: recorder.steps,
            tls: recorder.tls,
            last_reply: recorder.last_reply,
            outcome,
        };
        let check = CheckId::parse(&ambient::random::token::<16>())
            .map_err(|_| MailError::UnknownDataCenter)?;
        let finding = match &report.outcome {
            CheckOutcome::Delivered { .. } | CheckOutcome::Passed | CheckOutcome::Cancelled => None,
            CheckOutcome::Failed(finding) => Some(finding.code.as_str()),
        };
        let record = AuditRecord {
            at: self.now(),
            actor: by.clone(),
            action: AuditAction::TestEmailSent,
            subject: report.data_center.to_string(),
            changes: vec![
                Change::fact("recipient", &report.recipient),
                Change::fact("server", &report.server),
                Change::fact("settings", if saved { "saved" } else { "unsaved" }),
                match &finding {
                    None => Change::fact("outcome", "delivered"),
                    Some(code) => Change::fact("finding", code),
                },
            ],
        };
        self.store().keep_check(&check, &report, &record).await?;
        tracing::info!(data_center = %report.data_center, finding, steps = report.steps.len(), "test email tried");
        Ok((check, report))
    }

    /// The report of a check; `None` when there is none with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check(&self, id: &CheckId) -> Result<Option<CheckReport>, MailError> {
        Ok(self.store().check(id).await?)
    }

    /// The Message-ID. A token that is refused although it has not expired is refreshed once, and
    /// the connection is made anew once: some servers close it after a refusal.
    async fn try_test(
        &self,
        id: &DataCenterId,
        settings: &SmtpSettings<SecretString>,
        target: &Target,
        recipient: &EmailAddress,
        recorder: &mut Recorder,
    ) -> Result<Result<String, Finding>, MailError> {
        let Some(message) = TestMessage::new(&settings.from, recipient, self.now()) else {
            return Ok(Err(FindingCode::SenderRefused.into()));
        };
        let mut refused = None;
        loop {
            let credential = match self.credential(id, settings, refused, recorder).await? {
                Ok(credential) => credential,
                Err(finding) => return Ok(Err(finding)),
            };
            let (credential, version) = credential.unzip();
            let result = timeout(
                self.0.options.timeouts.connection,
                self.deliver(target, credential.as_ref(), &message, recorder),
            )
            .await
            .unwrap_or_else(|_| Err(target.finding(FindingCode::Timeout)));
            match (result, version.flatten()) {
                (Err(finding), Some(version))
                    if finding.code.retry() == Retry::OnceAfterRefresh && refused.is_none() =>
                {
                    refused = Some(version);
                }
                (result, _) => return Ok(result.map(|()| message.message_id)),
            }
        }
    }

    /// What to sign in with, and the grant's version when that is a token.
    async fn credential(
        &self,
        id: &DataCenterId,
        settings: &SmtpSettings<SecretString>,
        refused: Option<i64>,
        recorder: &mut Recorder,
    ) -> Result<Result<Option<(Credential, Option<i64>)>, Finding>, MailError> {
        let plaintext = settings.security == Security::Plaintext && !settings.host.is_loopback();
        match &settings.authentication {
            Authentication::None => Ok(Ok(None)),
            // The form refuses this already; nothing may get past it.
            _ if plaintext => Ok(Err(FindingCode::CredentialInPlaintext.into())),
            Authentication::Basic { username, password } => {
                recorder.hide(password);
                let (username, password) = (username.clone(), password.clone());
                Ok(Ok(Some((
                    Credential::Password { username, password },
                    None,
                ))))
            }
            Authentication::OAuth { username, .. } => {
                let since = Instant::now();
                let binding = settings.grant_binding();
                let fresh = self.fresh(id, binding.as_ref(), refused).await?;
                let verdict = if fresh.is_ok() {
                    Verdict::Passed
                } else {
                    Verdict::Failed
                };
                recorder.step_since(StepKind::Grant, verdict, since, "", "");
                Ok(fresh.map(|fresh| {
                    recorder.hide(&fresh.access_token);
                    let (username, access_token) = (username.clone(), fresh.access_token);
                    Some((
                        Credential::Token {
                            username,
                            access_token,
                        },
                        Some(fresh.version),
                    ))
                }))
            }
        }
    }

    async fn deliver(
        &self,
        target: &Target,
        credential: Option<&Credential>,
        message: &TestMessage,
        recorder: &mut Recorder,
    ) -> Result<(), Finding> {
        let timeouts = self.0.options.timeouts;
        let mut connection = Connection::open(target, &self.0.outgoing, timeouts, recorder).await?;
        let delivered = hand_over(&mut connection, credential, message, recorder).await;
        connection.quit(recorder).await;
        delivered
    }
}

async fn hand_over(
    connection: &mut Connection,
    credential: Option<&Credential>,
    message: &TestMessage,
    recorder: &mut Recorder,
) -> Result<(), Finding> {
    if let Some(credential) = credential {
        connection.authenticate(credential, recorder).await?;
    }
    connection
        .send(&message.from, &message.to, &message.bytes, recorder)
        .await?;
    Ok(())
}
