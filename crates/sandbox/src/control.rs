//! The typed twin of the control endpoint.

use std::sync::Arc;

use crate::faults::Faults;
use crate::oauth::{self, AnswerError};
use crate::record::{AuthAttempt, ReceivedMessage, TokenRequest};
use crate::state::{Inner, State};

/// Sets faults and reads what happened. Clones act on the same sandbox; one may outlive it.
#[derive(Clone)]
pub struct Control {
    state: Arc<State>,
}

impl Control {
    pub(crate) fn new(state: Arc<State>) -> Self {
        Self { state }
    }

    /// Replaces all faults. Open SMTP sessions follow from their next command on.
    pub fn set(&self, faults: Faults) {
        self.state.lock().faults = faults;
    }

    /// The faults in force; `times` show what is left.
    pub fn faults(&self) -> Faults {
        self.state.faults()
    }

    /// The messages received, oldest first.
    pub fn messages(&self) -> Vec<ReceivedMessage> {
        self.state.lock().messages.clone()
    }

    /// Forgets the messages.
    pub fn clear_messages(&self) {
        let mut inner = self.state.lock();
        inner.messages.clear();
        inner.mail.clear();
    }

    /// Puts a message into a folder of an account, and gives its UID.
    pub fn deliver(&self, account: &str, folder: &str, raw: impl AsRef<[u8]>) -> u32 {
        let raw = raw.as_ref().into();
        self.state.lock().mail.deliver(account, folder, raw)
    }

    /// Takes a message out of an account.
    pub fn remove_mail(&self, account: &str, uid: u32) {
        self.state.lock().mail.remove(account, uid);
    }

    /// The UIDs of an account's messages that somebody has marked as seen.
    pub fn seen_mail(&self, account: &str) -> Vec<u32> {
        self.state.lock().mail.seen(account)
    }

    /// Numbers all messages anew, with another UIDVALIDITY.
    pub fn renumber_mail(&self) {
        self.state.lock().mail.renumber();
    }

    /// Closes every IMAP connection at its next command, but for those that are made later.
    pub fn close_imap(&self) {
        self.state.lock().imap_closed += 1;
    }

    /// The commands that the IMAP server was given, without tags; of sign-ins the command only.
    pub fn imap_commands(&self) -> Vec<String> {
        self.state.lock().imap_commands.clone()
    }

    /// The requests to the token endpoint, oldest first, without secrets.
    pub fn token_requests(&self) -> Vec<TokenRequest> {
        self.state.lock().token_requests.clone()
    }

    /// The AUTH commands, oldest first, without secrets.
    pub fn auth_attempts(&self) -> Vec<AuthAttempt> {
        self.state.lock().auth_attempts.clone()
    }

    /// The sign-ins at the IMAP server, oldest first, without secrets.
    pub fn imap_attempts(&self) -> Vec<AuthAttempt> {
        self.state.lock().imap_attempts.clone()
    }

    /// What the DNS server was asked, oldest first: `sandbox.test MX`.
    pub fn dns_queries(&self) -> Vec<String> {
        self.state.lock().dns_queries.clone()
    }

    /// Every code and token issued so far, for tests that look for them where none may be.
    pub fn secrets(&self) -> Vec<String> {
        self.state.lock().grants.secrets()
    }

    /// Ends every grant, as an administrator would. Open SMTP sessions go on.
    pub fn revoke_all(&self) {
        self.state.lock().grants.revoke_all();
    }

    /// Makes every access token issued so far too old. Refresh tokens stay good.
    pub fn expire_access_tokens(&self) {
        self.state.lock().grants.expire_access_tokens();
    }

    /// No faults, no messages, no log, no grants.
    pub fn reset(&self) {
        *self.state.lock() = Inner::default();
    }

    /// The grants and their tokens as JSON, to be taken up by a later sandbox. They are secrets of a
    /// plaything, which opens nothing but itself.
    ///
    /// # Errors
    /// When they cannot be written as JSON.
    pub fn export_grants(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&self.state.lock().grants)
    }

    /// Takes up the grants that an earlier sandbox has exported.
    ///
    /// # Errors
    /// When this is no such export; nothing is changed then.
    pub fn import_grants(&self, json: &str) -> Result<(), serde_json::Error> {
        self.state.lock().grants = serde_json::from_str(json)?;
        Ok(())
    }

    /// Does what a user does in the browser: opens the authorization URL, signs in as `address`
    /// and presses Allow or Deny. Gives the URL the browser would be sent back to; nothing is
    /// requested from it.
    ///
    /// # Errors
    /// When the page would show an error instead of redirecting.
    pub fn answer_authorization(
        &self,
        authorization_url: &str,
        address: &str,
        allow: bool,
    ) -> Result<String, AnswerError> {
        oauth::answer(&self.state, authorization_url, address, allow)
    }
}
