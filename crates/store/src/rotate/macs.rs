//! New MACs after a rotation of the sealing key.

use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    StoreError, account, api_key, authorization,
    integrity::{Protected, is_authentic, mac_of},
    link,
    seal::Resealing,
    sender, session,
};

/// Rewrites the MACs of all protected rows with the new key. A row with a wrong MAC gets an empty
/// one and stays invalid.
pub(super) async fn reseal(
    connection: &mut AnyConnection,
    keys: Resealing<'_>,
) -> Result<(), StoreError> {
    let accounts = account::rows(&mut *connection).await?;
    write(&mut *connection, keys, "id", accounts).await?;
    let sessions = session::rows(&mut *connection).await?;
    write(&mut *connection, keys, "id", sessions).await?;
    let links = link::rows(&mut *connection).await?;
    write(&mut *connection, keys, "token_hash", links).await?;
    let api_keys = api_key::rows(&mut *connection).await?;
    write(&mut *connection, keys, "id", api_keys).await?;
    let senders = sender::rows(&mut *connection).await?;
    write(&mut *connection, keys, "id", senders).await?;
    let authorizations = authorization::rows(&mut *connection).await?;
    write(&mut *connection, keys, "id", authorizations).await
}

async fn write<R: Protected>(
    connection: &mut AnyConnection,
    keys: Resealing<'_>,
    primary_key: &str,
    rows: Vec<R>,
) -> Result<(), StoreError> {
    let update = format!("UPDATE {} SET mac = $1 WHERE {primary_key} = $2", R::TABLE);
    for row in rows {
        let mac = if is_authentic(keys.old, &row) {
            mac_of(keys.new, &row)
        } else {
            String::new()
        };
        sqlx::query(AssertSqlSafe(update.clone()))
            .bind(mac)
            .bind(row.id())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
