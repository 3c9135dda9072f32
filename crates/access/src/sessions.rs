//! Sessions: 12 hours, 1 hour without use.

use std::collections::HashMap;

use domain::{Actor, AuditAction, Role, Session, SessionId, SignedIn, UnixTime, untrusted};
use secrecy::SecretString;
use store::SessionLife;

use crate::{Access, AccessError, Device, Token, id::session_id};

/// Longest session: seconds.
const LONGEST: i64 = 12 * 3_600;
/// A session that is not used for so long has ended: seconds.
const IDLE: i64 = 3_600;
/// How exactly the last use is known: seconds.
const SEEN: i64 = 60;
/// Characters that are kept of how a browser calls itself.
const AGENT: usize = 200;

/// Where a request comes from.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// The IP address.
    pub address: String,
    /// How the browser calls itself (`User-Agent`).
    pub agent: String,
    /// The token of the session it has, which ends when it signs in anew.
    pub session: Option<Token>,
    /// The cookie that says that this browser has signed in before: wrong attempts of others do not slow it
    /// down.
    pub device: Option<Device>,
}

/// A session that has begun.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// For the cookie of the session.
    pub token: Token,
    /// For the cookie that outlives the session.
    pub device: Device,
    /// Who has signed in.
    pub signed_in: SignedIn,
    /// When it ends at the latest.
    pub expires_at: UnixTime,
}

/// A session on its way into the database, and the tokens that only the browser will have.
pub(crate) struct Begins {
    pub(crate) row: store::NewSession,
    token: Token,
    device: Option<String>,
}

impl Begins {
    /// The session of an account that has this password.
    pub(crate) fn begun(
        self,
        access: &Access,
        signed_in: SignedIn,
        password_hash: &SecretString,
    ) -> NewSession {
        let (device, account) = (self.device.as_deref(), &signed_in.account);
        NewSession {
            expires_at: self.row.now.plus(LONGEST),
            token: self.token,
            device: access.issue_device(device, account, password_hash),
            signed_in,
        }
    }
}

fn agent(text: &str) -> String {
    untrusted::line(text, AGENT)
}

impl Access {
    /// A session with a new token, in place of the one that the browser has; `device` is the name of the browser when it has
    /// one.
    pub(crate) fn begins(
        &self,
        visitor: &Visitor,
        device: Option<String>,
    ) -> Result<Begins, AccessError> {
        let token = Token::generate();
        let row = store::NewSession {
            id: session_id()?,
            token_hash: token.hash(),
            replaces: visitor.session.as_ref().map(Token::hash),
            address: visitor.address.clone(),
            agent: agent(&visitor.agent),
            now: self.now(),
        };
        Ok(Begins { row, token, device })
    }

    fn life(&self) -> SessionLife {
        SessionLife {
            began_after: self.now().plus(-LONGEST),
            seen_after: self.now().plus(-IDLE),
        }
    }

    /// Who has the session with this token, and notes that it was used. `None` when there is none, or it has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, token: &Token) -> Result<Option<SignedIn>, AccessError> {
        let found = self.store().session(&token.hash(), self.life()).await?;
        let Some((signed_in, seen_at)) = found else {
            return Ok(None);
        };
        let now = self.now();
        if now.since(seen_at) >= SEEN {
            // A full disk must not keep those away who can free some space.
            if let Err(error) = self.store().touch_session(&signed_in.session, now).await {
                let error: &dyn std::error::Error = &error;
                tracing::warn!(error, "cannot note that a session was used");
            }
        }
        Ok(Some(signed_in))
    }

    /// Who has the session with this token, without noting that it was used: nobody did anything.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_unused(&self, token: &Token) -> Result<Option<SignedIn>, AccessError> {
        let found = self.store().session(&token.hash(), self.life()).await?;
        Ok(found.map(|(signed_in, _)| signed_in))
    }

    /// The roles of the sessions with these hashes of tokens, without noting that they were used. Those that have ended are left
    /// out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn roles_of_sessions(
        &self,
        token_hashes: &[String],
    ) -> Result<HashMap<String, Role>, AccessError> {
        let store = self.store();
        let open = store.roles_of_sessions(token_hashes, self.life()).await?;
        Ok(open.into_iter().collect())
    }

    /// The sessions of one account, or of all, the latest use first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(
        &self,
        of: Option<&domain::AccountId>,
    ) -> Result<Vec<Session>, AccessError> {
        Ok(self.store().sessions(of, self.life()).await?)
    }

    /// Ends a session; with `of`, only one of this account.
    ///
    /// # Errors
    /// `Unknown`; when the database fails.
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

    /// Forgets what has ended: sessions, links, attempts. To be called now and then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tidy(&self) -> Result<(), AccessError> {
        let now = self.now();
        Ok(self.store().tidy_access(self.life(), now).await?)
    }
}
