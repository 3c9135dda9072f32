//! Sessions: 12 hours, 1 hour without use.

use domain::{Actor, Session, SessionId, SignedIn, UnixTime};

use crate::{Access, AccessError, Token};

/// Where a request comes from.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// The IP address.
    pub address: String,
    /// How the browser calls itself (`User-Agent`).
    pub agent: String,
    /// The token of the session it has, which ends when it signs in anew.
    pub session: Option<Token>,
    /// The token that says that this browser has signed in before: wrong attempts of others do not slow it
    /// down.
    pub device: Option<Token>,
}

/// A session that has begun.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// For the cookie of the session.
    pub token: Token,
    /// For the cookie that outlives the session.
    pub device: Token,
    /// Who has signed in.
    pub signed_in: SignedIn,
    /// When it ends at the latest.
    pub expires_at: UnixTime,
}

impl Access {
    /// Who has the session with this token, and notes that it was used. `None` when there is none, or it has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, token: &Token) -> Result<Option<SignedIn>, AccessError> {
        let _ = token;
        todo!()
    }

    /// The sessions of one account, or of all, the latest use first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions(
        &self,
        of: Option<&domain::AccountId>,
    ) -> Result<Vec<Session>, AccessError> {
        let _ = of;
        todo!()
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
        let _ = (id, of, by);
        todo!()
    }

    /// Forgets what has ended: sessions, links, attempts, devices. To be called now and then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tidy(&self) -> Result<(), AccessError> {
        todo!()
    }
}
