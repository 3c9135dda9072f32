//! Authenticated connections to the mailbox of saved settings.

use domain::{DataCenterId, Finding, FindingCode, MailboxSignIn, Retry, SmtpSettings};
use imap::{Connection, Mailbox};
use net::Recorder;
use sasl::Credential;
use secrecy::SecretString;
use tokio::time::timeout;

use crate::{MailError, Mailer};

/// A credential, and the version of the grant if it is a token.
type Key = (Credential, Option<i64>);

impl Mailer {
    /// Connects to the mailbox of these settings and signs in. If the server rejects a token that
    /// has not expired, the token is refreshed once and tried on a new connection, because some
    /// servers close the connection after a rejection.
    ///
    /// The outer error is internal (`NoMailbox`, the database). The inner one is the finding about
    /// the mailbox.
    pub(crate) async fn enter_mailbox(
        &self,
        id: &DataCenterId,
        settings: &SmtpSettings<SecretString>,
        recorder: &Recorder,
    ) -> Result<Result<Connection, Finding>, MailError> {
        let Some(mailbox) = Mailbox::of(settings) else {
            return Err(MailError::NoMailbox);
        };
        let (outgoing, timeouts) = (&self.0.outgoing, self.0.options.timeouts.connection());
        let mut refused = None;
        loop {
            let opened = Connection::open(&mailbox, outgoing, timeouts, recorder).await;
            let mut connection = match opened {
                Ok(connection) => connection,
                Err(finding) => return Ok(Err(finding)),
            };
            let (credential, version) = match self.mailbox_key(id, settings, refused).await? {
                Ok(key) => key,
                Err(finding) => return Ok(Err(finding)),
            };
            let again = refused.is_none() && version.is_some();
            match connection.sign_in(&credential, again, recorder).await {
                Ok(()) => return Ok(Ok(connection)),
                Err(finding) if again && finding.code.retry() == Retry::OnceAfterRefresh => {
                    refused = version;
                }
                Err(finding) => return Ok(Err(finding)),
            }
        }
    }

    /// Connects and signs in as [`Mailer::enter_mailbox`] does, without recording steps.
    pub(crate) async fn enter_quietly(
        &self,
        id: &DataCenterId,
        settings: &SmtpSettings<SecretString>,
    ) -> Result<Result<Connection, Finding>, MailError> {
        self.enter_mailbox(id, settings, &Recorder::default()).await
    }

    /// Returns the credential for the mailbox. `refused` is the version of the grant whose token
    /// the server rejected.
    async fn mailbox_key(
        &self,
        id: &DataCenterId,
        settings: &SmtpSettings<SecretString>,
        refused: Option<i64>,
    ) -> Result<Result<Key, Finding>, MailError> {
        let Some(mailbox) = &settings.mailbox else {
            return Err(MailError::NoMailbox);
        };
        let username = mailbox.email.as_str().to_owned();
        if let MailboxSignIn::Password(password) = &mailbox.sign_in {
            let password = password.clone();
            return Ok(Ok((Credential::Password { username, password }, None)));
        }
        // The binding includes this IMAP host (ADR 2), so a saved grant is never sent to another
        // host.
        let Some(binding) = settings.grant_binding() else {
            return Ok(Err(FindingCode::GrantMissing.into()));
        };
        let fresh = self.fresh(id, Some(&binding), refused);
        let fresh = match timeout(self.0.options.timeouts.token, fresh).await {
            Ok(fresh) => fresh?,
            Err(_) => Err(FindingCode::TokenEndpointTimeout.into()),
        };
        Ok(fresh.map(|fresh| {
            let access_token = fresh.access_token;
            let credential = Credential::Token {
                username,
                access_token,
            };
            (credential, Some(fresh.version))
        }))
    }
}
