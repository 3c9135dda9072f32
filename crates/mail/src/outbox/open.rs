//! Making a connection, and signing in.

use domain::{Authentication, DataCenterId, Finding, FindingCode, Retry, Security};
use net::Recorder;
use sasl::Credential;
use smtp::{ConnectOptions, Connection};
use tokio::time::timeout;

use super::plan::Plan;
use crate::{MailError, Mailer};

/// Why there is no connection.
pub(super) enum NoConnection {
    /// It could not be made.
    Failed(Finding),
    /// Messages wait for the grant.
    Waits,
    /// Our own failure.
    Mail(MailError),
}

impl From<MailError> for NoConnection {
    fn from(error: MailError) -> Self {
        Self::Mail(error)
    }
}

impl Mailer {
    /// Connects and signs in. A token that is refused although it has not expired is refreshed once.
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

    /// What is signed in with, and the grant's version when that is a token.
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
            // The form refuses this already; nothing may get past it.
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
                // Longer than the two tries of a refresh: that goes on by itself, and is not asked for twice.
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
