//! Sessions: 12 hours, or 1 hour without use.

use std::collections::HashMap;

use domain::{Actor, AuditAction, Role, Session, SessionId, SignedIn, UnixTime, untrusted};
use secrecy::SecretString;
use store::SessionLife;

use crate::{Access, AccessError, Device, Token, id::session_id};

/// Maximum duration of a session in seconds.
const MAX_AGE: i64 = 12 * 3_600;
/// Seconds without use after which a session ends.
const MAX_IDLE: i64 = 3_600;
/// Accuracy of the time of the last use in seconds.
const USE_INTERVAL: i64 = 60;
/// Number of characters that are kept of the `User-Agent` header.
const MAX_AGENT: usize = 200;

/// Origin of a request.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// IP address of the client.
    pub address: String,
    /// `User-Agent` header.
    pub agent: String,
    /// Token of the browser's current session, which a new sign-in replaces.
    pub session: Option<Token>,
    /// Cookie of a browser that has signed in before. Failed attempts from elsewhere do not slow it
    /// down.
    pub device: Option<Device>,
}

/// New session, with the tokens for its cookies.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Token for the session cookie.
    pub token: Token,
    /// Cookie that identifies the browser after the session.
    pub device: Device,
    /// Signed-in user.
    pub signed_in: SignedIn,
    /// Time at which the session ends at the latest.
    pub expires_at: UnixTime,
}

/// Session before it is stored, with the tokens that only the browser will have.
pub(crate) struct PreparedSession {
    pub(crate) row: store::NewSession,
    token: Token,
    device: Option<String>,
}

impl PreparedSession {
    /// Completes the session after it was stored. The device cookie is bound to the password.
    pub(crate) fn complete(
        self,
        access: &Access,
        signed_in: SignedIn,
        password_hash: &SecretString,
    ) -> NewSession {
        let (device, account) = (self.device.as_deref(), &signed_in.account);
        NewSession {
            expires_at: self.row.now.plus(MAX_AGE),
            token: self.token,
            device: access.issue_device(device, account, password_hash),
            signed_in,
        }
    }
}

fn agent(text: &str) -> String {
    untrusted::line(text, MAX_AGENT)
}

impl Access {
    /// Prepares a session with a new token, which replaces the browser's current session. `device`
    /// is the name that the browser already has.
    pub(crate) fn prepare_session(
        &self,
        visitor: &Visitor,
        device: Option<String>,
    ) -> PreparedSession {
        let token = Token::generate();
        let row = store::NewSession {
            id: session_id(),
            token_hash: token.hash(),
            replaces: visitor.session.as_ref().map(Token::hash),
            address: visitor.address.clone(),
            agent: agent(&visitor.agent),
            now: self.now(),
        };
        PreparedSession { row, token, device }
    }

    fn life(&self) -> SessionLife {
        SessionLife {
            began_after: self.now().plus(-MAX_AGE),
            seen_after: self.now().plus(-MAX_IDLE),
        }
    }

    /// Returns the user of the session with this token and records its use. `None` if the session
    /// does not exist or has ended.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn session(&self, token: &Token) -> Result<Option<SignedIn>, AccessError> {
        let found = self.store().session(&token.hash(), self.life()).await?;
        let Some((signed_in, seen_at)) = found else {
            return Ok(None);
        };
        let now = self.now();
        if now.since(seen_at) >= USE_INTERVAL {
            // A full disk must not lock out administrators who can free space.
            if let Err(error) = self.store().touch_session(&signed_in.session, now).await {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "use of a session could not be recorded");
            }
        }
        Ok(Some(signed_in))
    }

    /// Returns the user of the session with this token without recording a use, for requests that a
    /// page makes by itself.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn session_unused(&self, token: &Token) -> Result<Option<SignedIn>, AccessError> {
        let found = self.store().session(&token.hash(), self.life()).await?;
        Ok(found.map(|(signed_in, _)| signed_in))
    }

    /// Returns the roles of the sessions with these token hashes, without recording a use. Sessions
    /// that have ended are omitted.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn roles_of_sessions(
        &self,
        token_hashes: &[String],
    ) -> Result<HashMap<String, Role>, AccessError> {
        let store = self.store();
        let open = store.roles_of_sessions(token_hashes, self.life()).await?;
        Ok(open.into_iter().collect())
    }

    /// Returns the sessions of one account, or of all accounts, the most recently used first.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn sessions(
        &self,
        of: Option<&domain::AccountId>,
    ) -> Result<Vec<Session>, AccessError> {
        Ok(self.store().sessions(of, self.life()).await?)
    }

    /// Ends a session. With `of`, only a session of that account.
    ///
    /// # Errors
    /// Returns `Unknown` if there is no such session, or an error if the database fails.
    pub async fn end_session(
        &self,
        id: &SessionId,
        of: Option<&domain::AccountId>,
        by: &Actor,
    ) -> Result<(), AccessError> {
        let action = AuditAction::SessionEnded;
        let ended = self.store().end_session(id, of, action, by, self.now());
        ended.await?.then_some(()).ok_or(AccessError::Unknown)
    }

    /// Deletes expired sessions, links, and failed attempts. Must be called regularly.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub async fn delete_expired(&self) -> Result<(), AccessError> {
        let now = self.now();
        Ok(self.store().delete_expired(self.life(), now).await?)
    }
}
