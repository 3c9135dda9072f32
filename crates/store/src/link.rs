//! Table `links`: one-use links. Only the hashes of their tokens are kept.

use domain::{AccountId, UnixTime};
use sqlx::AnyConnection;

use crate::StoreError;

mod password;
mod setup;

const SETUP: &str = "setup";
const PASSWORD: &str = "password";

/// A link to choose a password.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// The hash of its token.
    pub token_hash: String,
    /// When it ends by itself.
    pub expires_at: UnixTime,
}

/// Writes a link to choose the password of an account.
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    account: &AccountId,
    link: &NewLink,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO links (token_hash, kind, account, expires_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(link.token_hash.as_str())
    .bind(PASSWORD)
    .bind(account.as_str())
    .bind(link.expires_at.0)
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends the links of an account.
pub(crate) async fn end_all(
    connection: &mut AnyConnection,
    account: &AccountId,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM links WHERE account = $1")
        .bind(account.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

pub(crate) async fn end_setup(connection: &mut AnyConnection) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM links WHERE kind = $1")
        .bind(SETUP)
        .execute(connection)
        .await?;
    Ok(())
}
