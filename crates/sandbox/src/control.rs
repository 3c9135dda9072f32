//! Typed equivalent of the control endpoint.

use std::sync::Arc;

use crate::faults::Faults;
use crate::oauth::{self, AnswerError};
use crate::record::{AuthAttempt, ReceivedMessage, TokenRequest};
use crate::state::{Inner, State};

/// Sets faults and reads records. Clones act on the same sandbox and may outlive it.
#[derive(Clone)]
pub struct Control {
    state: Arc<State>,
}

impl Control {
    pub(crate) fn new(state: Arc<State>) -> Self {
        Self { state }
    }

    /// Replaces all faults. Open SMTP sessions use them from their next command on.
    pub fn set(&self, faults: Faults) {
        self.state.lock().faults = faults;
    }

    /// Returns the current faults. Their `times` hold the remaining number of uses.
    pub fn faults(&self) -> Faults {
        self.state.faults()
    }

    /// Returns the received messages, oldest first.
    pub fn messages(&self) -> Vec<ReceivedMessage> {
        self.state.lock().messages.clone()
    }

    /// Deletes the received messages.
    pub fn clear_messages(&self) {
        let mut inner = self.state.lock();
        inner.messages.clear();
        inner.mail.clear();
    }

    /// Adds a message to a folder of an account. Returns its UID.
    pub fn deliver(&self, account: &str, folder: &str, raw: impl AsRef<[u8]>) -> u32 {
        let raw = raw.as_ref().into();
        self.state.lock().mail.deliver(account, folder, raw)
    }

    /// Removes a message from an account.
    pub fn remove_mail(&self, account: &str, uid: u32) {
        self.state.lock().mail.remove(account, uid);
    }

    /// Returns the UIDs of an account's messages that are marked as seen.
    pub fn seen_mail(&self, account: &str) -> Vec<u32> {
        self.state.lock().mail.seen(account)
    }

    /// Changes UIDVALIDITY and assigns new UIDs to all messages.
    pub fn renumber_mail(&self) {
        self.state.lock().mail.renumber();
    }

    /// Closes all current IMAP connections at their next command. New connections are not affected.
    pub fn close_imap(&self) {
        self.state.lock().imap_closed += 1;
    }

    /// Returns the commands that the IMAP server received, without tags. Arguments of sign-ins are
    /// omitted.
    pub fn imap_commands(&self) -> Vec<String> {
        self.state.lock().imap_commands.clone()
    }

    /// Returns the requests to the token endpoint, oldest first, without secrets.
    pub fn token_requests(&self) -> Vec<TokenRequest> {
        self.state.lock().token_requests.clone()
    }

    /// Returns the AUTH commands, oldest first, without secrets.
    pub fn auth_attempts(&self) -> Vec<AuthAttempt> {
        self.state.lock().auth_attempts.clone()
    }

    /// Returns the sign-ins at the IMAP server, oldest first, without secrets.
    pub fn imap_attempts(&self) -> Vec<AuthAttempt> {
        self.state.lock().imap_attempts.clone()
    }

    /// Returns the queries to the DNS server, oldest first: `sandbox.test MX`.
    pub fn dns_queries(&self) -> Vec<String> {
        self.state.lock().dns_queries.clone()
    }

    /// Returns every issued code and token, for tests that check where they must not appear.
    pub fn secrets(&self) -> Vec<String> {
        self.state.lock().grants.secrets()
    }

    /// Ends every grant, as an administrator would. Open SMTP sessions continue.
    pub fn revoke_all(&self) {
        self.state.lock().grants.revoke_all();
    }

    /// Makes every issued access token expire. Refresh tokens remain valid.
    pub fn expire_access_tokens(&self) {
        self.state.lock().grants.expire_access_tokens();
    }

    /// Resets the sandbox: removes all faults, messages, records, and grants.
    pub fn reset(&self) {
        *self.state.lock() = Inner::default();
    }

    /// Exports the grants and their tokens as JSON, for a later sandbox. The tokens are only valid
    /// in a sandbox.
    ///
    /// # Errors
    /// Returns an error if they cannot be serialized as JSON.
    pub fn export_grants(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(&self.state.lock().grants)
    }

    /// Imports the grants that an earlier sandbox exported.
    ///
    /// # Errors
    /// Returns an error if the JSON is not such an export. Nothing is changed in that case.
    pub fn import_grants(&self, json: &str) -> Result<(), serde_json::Error> {
        self.state.lock().grants = serde_json::from_str(json)?;
        Ok(())
    }

    /// Acts like a user in the browser: opens the authorization URL, signs in as `address`, and
    /// presses Allow or Deny. Returns the URL that the browser would be redirected to, without
    /// requesting it.
    ///
    /// # Errors
    /// Returns an error if the page would show an error instead of redirecting.
    pub fn answer_authorization(
        &self,
        authorization_url: &str,
        address: &str,
        allow: bool,
    ) -> Result<String, AnswerError> {
        oauth::answer(&self.state, authorization_url, address, allow)
    }
}
