//! The credential that a check signs in with.

use domain::{
    Authentication, CheckPart, FactName, Finding, FindingCode, Scope, Security, StepKind, Verdict,
    finding::FindingValue,
};
use net::{Recorder, Step};
use sasl::Credential;
use store::GrantSummary;
use tokio::{sync::oneshot, time::timeout};

use super::job::Job;
use crate::{MailError, Mailer, redeem::with_values};

impl Mailer {
    /// Sends the credential to `ready`, and returns the version of the grant if it is a token.
    /// `refused` is the version whose token the server has refused. The outer error is an internal
    /// failure; the inner one is the reason why there is no credential.
    pub(super) async fn credential(
        &self,
        job: &Job,
        refused: Option<i64>,
        ready: oneshot::Sender<Option<Credential>>,
        recorder: &Recorder,
    ) -> Result<Result<Option<i64>, Finding>, MailError> {
        let settings = &job.settings;
        let plaintext = settings.security == Security::Plaintext && !settings.host.is_loopback();
        let (credential, version) = match &settings.authentication {
            Authentication::None => (None, None),
            // The form refuses this too; this check is the last line of defense.
            _ if plaintext => return Ok(Err(FindingCode::CredentialInPlaintext.into())),
            Authentication::Basic { username, password } => {
                let (username, password) = (username.clone(), password.clone());
                (Some(Credential::Password { username, password }), None)
            }
            Authentication::OAuth { username, client } => {
                let recorder = recorder.of(CheckPart::OAuth);
                let mut step = recorder.begin(StepKind::Grant, "");
                let binding = settings.grant_binding();
                let fresh = self.fresh(&job.data_center, binding.as_ref(), refused);
                let fresh = match timeout(self.0.options.timeouts.token, fresh).await {
                    Ok(fresh) => fresh?,
                    Err(_) => Err(with_values(
                        FindingCode::TokenEndpointTimeout.into(),
                        client,
                        username,
                    )),
                };
                let summary = self.store().grant_summary(&job.data_center).await?;
                let summary = summary.filter(|grant| {
                    let asked = binding.as_ref();
                    asked.is_some_and(|asked| grant.binding.covers(asked))
                });
                if let Some(summary) = &summary {
                    note(&mut step, summary);
                }
                step.fact(FactName::ScopesAsked, client.scope.as_str());
                let fresh = match fresh {
                    Ok(fresh) => fresh,
                    Err(finding) => return Ok(Err(recorder.failed(step, "", finding))),
                };
                recorder.hide(&fresh.access_token);
                match summary.and_then(|grant| missing(&client.scope, &grant)) {
                    Some(finding) => recorder.end(step, Verdict::Warned, "", Some(finding)),
                    None => recorder.passed(step, ""),
                }
                let (username, access_token) = (username.clone(), fresh.access_token);
                let credential = Credential::Token {
                    username,
                    access_token,
                };
                (Some(credential), Some(fresh.version))
            }
        };
        // The receiver is gone if there is no connection.
        let _ = ready.send(credential);
        Ok(Ok(version))
    }
}

fn note(step: &mut Step, grant: &GrantSummary) {
    step.fact(FactName::Account, grant.account.clone().unwrap_or_default());
    step.fact(FactName::ScopesGranted, &grant.scope);
    step.fact(FactName::TokenExpires, grant.expires_at.rfc3339());
    step.fact(FactName::AuthorizedAt, grant.authorized_at.rfc3339());
}

/// Returns a finding about requested scopes that are not granted any more.
fn missing(asked: &Scope, grant: &GrantSummary) -> Option<Finding> {
    let missing = asked.missing_from(&grant.scope);
    // A provider that returns no scope has granted the requested one (RFC 6749 §5.1).
    let told = !grant.scope.trim().is_empty() && !missing.is_empty();
    told.then(|| {
        Finding::new(FindingCode::ScopeMissing).with(FindingValue::Scope, missing.join(" "))
    })
}
