//! The credential that a check signs in with.

use domain::{
    Authentication, CheckPart, FactName, Finding, FindingCode, Scope, StepKind, Verdict,
    finding::FindingValue,
};
use net::{Recorder, Step};
use sasl::Credential;
use store::GrantSummary;
use tokio::sync::oneshot;

use super::{Doctor, job::Job};
use crate::{error::Failure, tokens::SignIn};

impl Doctor {
    /// Sends the credential to `ready`. Returns the version of the grant if it is a token.
    /// `refused` is the version whose token the server rejected.
    pub(super) async fn credential(
        &self,
        job: &Job,
        refused: Option<i64>,
        ready: oneshot::Sender<Option<Credential>>,
        recorder: &Recorder,
    ) -> Result<Option<i64>, Failure> {
        let (id, settings, limit) = (&job.data_center, &job.settings, self.timeouts.token);
        let sign_in = self.tokens.sign_in(id, settings, refused, limit);
        let sign_in = match &settings.authentication {
            Authentication::OAuth { client, .. } => {
                let recorder = recorder.of(CheckPart::OAuth);
                self.grant_step(job, &client.scope, sign_in, &recorder)
                    .await?
            }
            Authentication::None | Authentication::Basic { .. } => sign_in.await?,
        };
        let version = sign_in.as_ref().and_then(|sign_in| sign_in.grant_version);
        // The receiver is gone if the connection failed.
        let _ = ready.send(sign_in.map(|sign_in| sign_in.credential));
        Ok(version)
    }

    /// Records the step that gets an access token.
    async fn grant_step(
        &self,
        job: &Job,
        scope: &Scope,
        sign_in: impl Future<Output = Result<Option<SignIn>, Failure>>,
        recorder: &Recorder,
    ) -> Result<Option<SignIn>, Failure> {
        let mut step = recorder.begin(StepKind::Grant, "");
        let sign_in = match sign_in.await {
            Err(Failure::Internal(error)) => return Err(error.into()),
            Err(Failure::Found(finding)) => Err(finding),
            Ok(sign_in) => Ok(sign_in),
        };
        let binding = job.settings.grant_binding();
        let summary = self.store.grant_summary(&job.data_center).await?;
        let summary = summary.filter(|grant| {
            let binding = binding.as_ref();
            binding.is_some_and(|binding| grant.binding.covers(binding))
        });
        if let Some(summary) = &summary {
            note(&mut step, summary);
        }
        step.fact(FactName::ScopesAsked, scope.as_str());
        let sign_in = match sign_in {
            Ok(sign_in) => sign_in,
            Err(finding) => return Err(recorder.failed(step, "", finding).into()),
        };
        if let Some(sign_in) = &sign_in {
            recorder.hide(sign_in.credential.secret());
        }
        match summary.and_then(|grant| missing(scope, &grant)) {
            Some(finding) => recorder.end(step, Verdict::Warned, "", Some(finding)),
            None => recorder.passed(step, ""),
        }
        Ok(sign_in)
    }
}

fn note(step: &mut Step, grant: &GrantSummary) {
    step.fact(FactName::Account, grant.account.clone().unwrap_or_default());
    step.fact(FactName::ScopesGranted, &grant.scope);
    step.fact(FactName::TokenExpires, grant.expires_at.rfc3339());
    step.fact(FactName::AuthorizedAt, grant.authorized_at.rfc3339());
}

/// Returns a finding about requested scopes that the grant no longer includes.
fn missing(requested: &Scope, grant: &GrantSummary) -> Option<Finding> {
    let missing = requested.missing_from(&grant.scope);
    // A provider that returns no scope has granted the requested one (RFC 6749 §5.1).
    let reported = !grant.scope.trim().is_empty() && !missing.is_empty();
    reported.then(|| {
        Finding::new(FindingCode::ScopeMissing).with(FindingValue::Scope, missing.join(" "))
    })
}
