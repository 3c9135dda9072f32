//! Sessions: from a sign-in to its end.

use serde::{Deserialize, Serialize};

use super::{AccountName, Role};
use crate::{UnixTime, id::random_id};

random_id! {
    /// Names a session in lists and in the database. It is not the token in the cookie.
    SessionId
}

/// A session as pages show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountName,
    /// What the account may do.
    pub role: Role,
    /// When it began.
    pub created_at: UnixTime,
    /// When it was last used, to the minute.
    pub seen_at: UnixTime,
    /// Where the sign-in came from.
    pub address: String,
    /// How the browser called itself, shortened.
    pub agent: String,
}
