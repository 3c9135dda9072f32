//! Opens and authenticates connections for sending.

use domain::{Authentication, DataCenterId, Finding, FindingCode, Retry};
use net::Recorder;
use sasl::Credential;
use smtp::{ConnectOptions, Connection};

use super::{Outbox, plan::Plan};
use crate::{MailError, error::Failure, tokens::SignIn};

/// The reason why there is no connection.
pub(super) enum ConnectError {
    /// Connecting or signing in failed.
    Failed(Finding),
    /// The grant needs a new authorization. Messages wait until then.
    Waits,
    /// An internal error of Mailgrant.
    Mail(MailError),
}

impl From<MailError> for ConnectError {
    fn from(error: MailError) -> Self {
        Self::Mail(error)
    }
}

impl Outbox {
    /// Connects and signs in. If the server rejects a token that has not expired, refreshes it and
    /// retries once.
    pub(super) async fn open_connection(
        &self,
        id: &DataCenterId,
        plan: &Plan,
        recorder: &Recorder,
    ) -> Result<Connection, ConnectError> {
        let mut refused = None;
        loop {
            let sign_in = self.sign_in(id, plan, refused).await?;
            if let Some(sign_in) = &sign_in {
                recorder.hide(sign_in.credential.secret());
            }
            let version = sign_in.as_ref().and_then(|sign_in| sign_in.grant_version);
            let credential = sign_in.map(|sign_in| sign_in.credential);
            let again = refused.is_none() && version.is_some();
            match self
                .connect_with(plan, credential.as_ref(), again, recorder)
                .await
            {
                Ok(connection) => {
                    let version = plan.settings_version();
                    self.note_extensions(id, version, &connection).await;
                    return Ok(connection);
                }
                Err(finding) if again && finding.code.retry() == Retry::OnceAfterRefresh => {
                    refused = version;
                }
                Err(finding) => return Err(ConnectError::Failed(finding)),
            }
        }
    }

    /// Returns the credential, or `None` if the settings use no authentication.
    async fn sign_in(
        &self,
        id: &DataCenterId,
        plan: &Plan,
        refused: Option<i64>,
    ) -> Result<Option<SignIn>, ConnectError> {
        // Longer than both tries of a token refresh.
        let limit = self.timeouts.token * 3;
        let sign_in = self.tokens.sign_in(id, &plan.settings, refused, limit);
        sign_in.await.map_err(|failure| match failure {
            Failure::Found(finding) if needs_authorization(plan, &finding) => ConnectError::Waits,
            Failure::Found(finding) => ConnectError::Failed(finding),
            Failure::Internal(error) => ConnectError::Mail(error),
        })
    }

    async fn connect_with(
        &self,
        plan: &Plan,
        credential: Option<&Credential>,
        again: bool,
        recorder: &Recorder,
    ) -> Result<Connection, Finding> {
        let connect = ConnectOptions {
            server: &plan.server,
            outgoing: &self.outgoing,
            timeouts: net::Timeouts {
                reply: self.options.reply,
                message: self.options.message,
                ..self.timeouts.connection()
            },
            now: self.clock.now(),
        };
        let mut connection = Connection::open(&connect, recorder).await?;
        if let Some(credential) = credential
            && let Err(finding) = connection.authenticate(credential, again).await
        {
            connection.quit().await;
            return Err(finding);
        }
        Ok(connection)
    }
}

/// Returns true if messages wait until an administrator authorizes the data center.
fn needs_authorization(plan: &Plan, finding: &Finding) -> bool {
    let uses_grant = matches!(plan.settings.authentication, Authentication::OAuth { .. });
    uses_grant
        && finding.code != FindingCode::CredentialInPlaintext
        && finding.code.retry() == Retry::Never
}
