//! Sessions of signed-in users.

use serde::{Deserialize, Serialize};

use super::{AccountId, AccountName, Role};
use crate::{UnixTime, id::random_id};

random_id! {
    /// ID of a session in lists and in the database. It is not the secret token in the cookie.
    SessionId
}

/// Session as pages show it, without its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Identifier, which is not secret.
    pub id: SessionId,
    /// User name of the account that signed in.
    pub account: AccountName,
    /// Current role of the account.
    pub role: Role,
    /// Time of the sign-in.
    pub created_at: UnixTime,
    /// Time of the last use, accurate to one minute.
    pub seen_at: UnixTime,
    /// IP address that the sign-in came from.
    pub address: String,
    /// `User-Agent` header of the sign-in, shortened.
    pub agent: String,
}

/// Signed-in user who makes a request, resolved from the session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// Account that owns the session.
    pub account: AccountId,
    /// User name of the account.
    pub name: AccountName,
    /// Current role, read for every request, so a change of role applies immediately.
    pub role: Role,
    /// Session that the request belongs to.
    pub session: SessionId,
}
