//! From settings to a mailbox that is signed in to.

use domain::{CheckPart, DataCenterId, Finding, FindingCode, MailboxSignIn, Retry, SmtpSettings};
use sasl::Credential;
use secrecy::SecretString;
use tokio::time::timeout;

use super::{Mailbox, connection::Connection, steps::Steps};
use crate::{MailError, Mailer};

/// What is signed in with, and the version of the grant when that is a token.
type Key = (Credential, Option<i64>);

impl Mailer {
    /// Connects to the mailbox of these settings and signs in. A token that is refused although it has not expired is
    /// refreshed once, on a connection of its own: some servers close it after a refusal.
    ///
    /// The outer error is ours (`NoMailbox`, the database), the inner says why the mailbox cannot be opened.
    pub(crate) async fn enter_mailbox(
        &self,
        id: &DataCenterId,
        settings: &SmtpSettings<SecretString>,
        steps: &mut Steps,
    ) -> Result<Result<Connection, Finding>, MailError> {
        let Some(mailbox) = Mailbox::of(settings) else {
            return Err(MailError::NoMailbox);
        };
        let (outgoing, timeouts) = (&self.0.outgoing, self.0.options.timeouts.connection());
        let mut refused = None;
        loop {
            let opened = Connection::open(&mailbox, outgoing, timeouts, steps).await;
            let mut connection = match opened {
                Ok(connection) => connection,
                Err(finding) => return Ok(Err(finding)),
            };
            let (credential, version) = match self.mailbox_key(id, settings, refused).await? {
                Ok(key) => key,
                Err(finding) => return Ok(Err(finding)),
            };
            let again = refused.is_none() && version.is_some();
            match connection.sign_in(&credential, again, steps).await {
                Ok(()) => return Ok(Ok(connection)),
                Err(finding) if again && finding.code.retry() == Retry::OnceAfterRefresh => {
                    refused = version;
                }
                Err(finding) => return Ok(Err(finding)),
            }
        }
    }

    /// The same, without telling its steps to anybody.
    pub(crate) async fn enter_quietly(
        &self,
        id: &DataCenterId,
        settings: &SmtpSettings<SecretString>,
    ) -> Result<Result<Connection, Finding>, MailError> {
        let mut steps = Steps::new(CheckPart::Imap, None);
        self.enter_mailbox(id, settings, &mut steps).await
    }

    /// What the mailbox is signed in with. `refused` is the version of the grant whose token it has refused.
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
        // Bound to this IMAP host as well (ADR 2), so a saved grant never goes to another one.
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
