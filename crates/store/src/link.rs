//! Table `links`: one-use links. Stores hashes of their tokens, never the tokens.

use domain::{AccountId, UnixTime};
use sqlx::AnyConnection;

use crate::{StoreError, integrity::ManifestChange, seal::Sealer};

mod password;
mod row;
mod setup;

pub(crate) use row::{Row, rows};

const SETUP: &str = "setup";
const PASSWORD: &str = "password";

/// A new link to choose a password.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// Hash of the token.
    pub token_hash: String,
    /// Time after which the link is rejected.
    pub expires_at: UnixTime,
}

/// Writes a link to choose the password of an account.
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    sealer: &Sealer,
    account: &AccountId,
    link: &NewLink,
    change: &mut ManifestChange,
) -> Result<(), StoreError> {
    let row = Row::password(link, account, sealer);
    row.insert(connection).await?;
    change.set(&row);
    Ok(())
}

/// Ends the links of an account.
pub(crate) async fn end_all(
    connection: &mut AnyConnection,
    account: &AccountId,
    change: &mut ManifestChange,
) -> Result<(), StoreError> {
    change.ended();
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
