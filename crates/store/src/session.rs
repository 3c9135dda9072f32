//! Table `sessions`. Stores hashes of tokens, never the tokens.

use domain::{AccountId, AccountName, Role, SessionId, SignedIn, UnixTime};
use sqlx::AnyConnection;

use crate::{StoreError, account, integrity::ManifestChange, row::Table, seal::Sealer};

mod open;
mod row;
mod sign_in;

pub(crate) use row::rows;
pub use sign_in::SignIn;

const TABLE: Table = Table("sessions");

/// Cutoff times of sessions.
#[derive(Clone, Copy, Debug)]
pub struct SessionLife {
    /// Sessions that started at this time or before have expired.
    pub began_after: UnixTime,
    /// Sessions that were last used at this time or before have expired.
    pub seen_after: UnixTime,
}

/// A session that starts.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Primary key.
    pub id: SessionId,
    /// Hash of the token.
    pub token_hash: String,
    /// Hash of the token of the browser's previous session, which ends.
    pub replaces: Option<String>,
    /// Network address of the sign-in.
    pub address: String,
    /// `User-Agent` header of the browser.
    pub agent: String,
    /// Start of the session.
    pub now: UnixTime,
}

/// The account and role of a new session.
pub(crate) struct Entered {
    pub(crate) account: AccountId,
    pub(crate) name: AccountName,
    pub(crate) role: Role,
}

impl TryFrom<&account::Row> for Entered {
    type Error = StoreError;

    fn try_from(row: &account::Row) -> Result<Self, StoreError> {
        Ok(Self {
            account: account::parse_id(&row.id)?,
            name: account::parse_name(&row.name)?,
            role: account::parse_role(&row.role)?,
        })
    }
}

fn parse_id(id: &str) -> Result<SessionId, StoreError> {
    TABLE.value("id", SessionId::parse(id))
}

/// Starts a session and ends the previous one of the browser.
pub(crate) async fn begin(
    connection: &mut AnyConnection,
    sealer: &Sealer,
    entered: Entered,
    new: &NewSession,
    change: &mut ManifestChange,
) -> Result<SignedIn, StoreError> {
    sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
        .bind(new.replaces.as_deref())
        .execute(&mut *connection)
        .await?;
    let row = row::Row::new(new, &entered.account, sealer);
    row.insert(&mut *connection).await?;
    change.set(&row);
    Ok(SignedIn {
        account: entered.account,
        name: entered.name,
        role: entered.role,
        session: new.id.clone(),
    })
}

/// Ends the sessions of an account except `keep`.
pub(crate) async fn end_all(
    connection: &mut AnyConnection,
    account: &AccountId,
    keep: Option<&SessionId>,
    change: &mut ManifestChange,
) -> Result<(), StoreError> {
    change.ended();
    sqlx::query("DELETE FROM sessions WHERE account = $1 AND id <> $2")
        .bind(account.as_str())
        .bind(keep.map_or("", SessionId::as_str))
        .execute(&mut *connection)
        .await?;
    Ok(())
}
