//! Opens connections for sending and signs in.

use domain::{Authentication, DataCenterId, Finding, FindingCode, Retry, Security};
use net::Recorder;
use sasl::Credential;
use smtp::{ConnectOptions, Connection};
use tokio::time::timeout;

use super::plan::Plan;
use crate::{MailError, Mailer};

/// The reason why there is no connection.
pub(super) enum NoConnection {
    /// Connecting or signing in failed.
    Failed(Finding),
    /// The grant needs a new authorization, and messages wait for it.
    Waits,
    /// An error of Mailgrant itself.
    Mail(MailError),
}

impl From<MailError> for NoConnection {
    fn from(error: MailError) -> Self {
        Self::Mail(error)
    }
}

impl Mailer {
    /// Connects and signs in. If the server refuses a token that has not expired, refreshes it once
    /// and retries.
    pub(super) async fn open(
        &self,
        id: &DataCenterId,
        plan: &Plan,
        recorder: &Recorder,
    ) -> Result<Connection, NoConnection> {
        let mut refused = None;
        loop {
            let (credential, version) = self.credential_of(id, plan, refused, recorder).await?;
            let again = refused.is_none() && version.is_some();
            match self
                .connect(plan, credential.as_ref(), again, recorder)
                .await
            {
                Ok(connection) => return Ok(connection),
                Err(finding) if again && finding.code.retry() == Retry::OnceAfterRefresh => {
                    refused = version;
                }
                Err(finding) => return Err(NoConnection::Failed(finding)),
            }
        }
    }

    /// Returns the credential to sign in with, and the version of the grant if it is a token.
    async fn credential_of(
        &self,
        id: &DataCenterId,
        plan: &Plan,
        refused: Option<i64>,
        recorder: &Recorder,
    ) -> Result<(Option<Credential>, Option<i64>), NoConnection> {
        let settings = &plan.settings;
        let plaintext = settings.security == Security::Plaintext && !settings.host.is_loopback();
        match &settings.authentication {
            Authentication::None => Ok((None, None)),
            // The form refuses this too; this check is the last line of defense.
            _ if plaintext => Err(NoConnection::Failed(
                FindingCode::CredentialInPlaintext.into(),
            )),
            Authentication::Basic { username, password } => {
                recorder.hide(password);
                let (username, password) = (username.clone(), password.clone());
                Ok((Some(Credential::Password { username, password }), None))
            }
            Authentication::OAuth { username, .. } => {
                let binding = settings.grant_binding();
                let fresh = self.fresh(id, binding.as_ref(), refused);
                // Longer than both tries of a refresh, which continues in its own task and is not
                // started twice.
                let fresh = match timeout(self.0.options.timeouts.token * 3, fresh).await {
                    Ok(fresh) => fresh?,
                    Err(_) => Err(FindingCode::TokenEndpointTimeout.into()),
                };
                let fresh = match fresh {
                    Ok(fresh) => fresh,
                    Err(finding) if finding.code.retry() == Retry::Never => {
                        return Err(NoConnection::Waits);
                    }
                    Err(finding) => return Err(NoConnection::Failed(finding)),
                };
                recorder.hide(&fresh.access_token);
                let (username, access_token) = (username.clone(), fresh.access_token);
                let credential = Credential::Token {
                    username,
                    access_token,
                };
                Ok((Some(credential), Some(fresh.version)))
            }
        }
    }

    async fn connect(
        &self,
        plan: &Plan,
        credential: Option<&Credential>,
        again: bool,
        recorder: &Recorder,
    ) -> Result<Connection, Finding> {
        let options = &self.0.options;
        let connect = ConnectOptions {
            server: &plan.server,
            outgoing: &self.0.outgoing,
            timeouts: net::Timeouts {
                reply: options.outbox.reply,
                message: options.outbox.message,
                ..options.timeouts.connection()
            },
            now: self.now(),
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
