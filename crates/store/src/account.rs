//! Table `accounts`: user accounts that can sign in.

use domain::{Account, AccountId, AccountName, Role, UnixTime};
use secrecy::SecretString;
use sqlx::{AnyConnection, AssertSqlSafe};

use crate::{
    Store, StoreError,
    audit::{HeadSnapshot, head_columns},
    integrity::ManifestChange,
    row::Table,
    seal::Sealer,
};

mod change;
mod row;

pub use change::AccountChange;
pub(crate) use row::{Row, account_columns, rows};

const TABLE: Table = Table("accounts");

/// An account to add.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Primary key.
    pub id: AccountId,
    /// User name, unique without regard to case.
    pub name: AccountName,
    /// Role that decides its permissions.
    pub role: Role,
    /// PHC string of the password hash. `None` if the user chooses a password through a link.
    pub password_hash: Option<SecretString>,
}

/// An account with its password hash.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The account as the UI shows it.
    pub account: Account,
    /// PHC string. `None` until a password is set.
    pub password_hash: Option<SecretString>,
}

/// An account with the head of the audit, read by one statement.
#[derive(sqlx::FromRow)]
struct AccountWithHead {
    #[sqlx(flatten)]
    account: Row,
    #[sqlx(flatten)]
    head: HeadSnapshot,
}

const SELECT_WITH_HEAD: &str = concat!(
    "SELECT ",
    account_columns!("a."),
    ", ",
    head_columns!(),
    " FROM accounts a CROSS JOIN audit_head h"
);

impl TryFrom<Row> for Credentials {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            account: Account {
                id: parse_id(&row.id)?,
                name: parse_name(&row.name)?,
                role: parse_role(&row.role)?,
                has_password: row.password_hash.is_some(),
                created_at: UnixTime(row.created_at),
                signed_in_at: row.signed_in_at.map(UnixTime),
            },
            password_hash: row.password_hash.map(SecretString::from),
        })
    }
}

pub(crate) fn parse_id(id: &str) -> Result<AccountId, StoreError> {
    TABLE.value("id", AccountId::parse(id))
}

pub(crate) fn parse_name(name: &str) -> Result<AccountName, StoreError> {
    TABLE.value("name", AccountName::parse(name))
}

pub(crate) fn parse_role(role: &str) -> Result<Role, StoreError> {
    TABLE.needed("role", Role::from_code(role))
}

/// Writes an account. Returns false if the name is taken.
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    sealer: &Sealer,
    new: &NewAccount,
    now: UnixTime,
    change: &mut ManifestChange,
) -> Result<bool, StoreError> {
    let row = Row::new(new, now, sealer);
    let added = sqlx::query(
        "INSERT INTO accounts (id, name, folded, role, password_hash, created_at, version, mac)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (folded) DO NOTHING",
    )
    .bind(row.id.as_str())
    .bind(row.name.as_str())
    .bind(row.folded.as_str())
    .bind(row.role.as_str())
    .bind(row.password_hash.as_deref())
    .bind(row.created_at)
    .bind(row.version)
    .bind(row.mac.as_str())
    .execute(connection)
    .await?;
    change.set(&row);
    Ok(added.rows_affected() == 1)
}

/// Records the time of a sign-in.
pub(crate) async fn note_sign_in(
    connection: &mut AnyConnection,
    id: &AccountId,
    now: UnixTime,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE accounts SET signed_in_at = $1 WHERE id = $2")
        .bind(now.0)
        .bind(id.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

impl Store {
    /// Returns true if there is an account, valid or not. Setup is offered only before the first
    /// account.
    ///
    /// # Errors
    /// `Database`.
    pub async fn has_accounts(&self) -> Result<bool, StoreError> {
        let any: Option<String> = sqlx::query_scalar("SELECT id FROM accounts LIMIT 1")
            .fetch_optional(&self.pool)
            .await?;
        Ok(any.is_some())
    }

    /// Returns all accounts, sorted by name.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let before = self.keyring.current();
        let mut connection = self.pool.acquire().await?;
        let seen: Vec<AccountWithHead> = sqlx::query_as(SELECT_WITH_HEAD)
            .fetch_all(&mut *connection)
            .await?;
        let Some(first) = seen.first() else {
            return Ok(Vec::new());
        };
        let head = &first.head;
        let integrity = self.integrity(&mut connection, before, head).await?;
        let rows = seen.into_iter().map(|seen| seen.account);
        let mut all = rows
            .filter(|row| integrity.holds(row))
            .map(|row| Ok(Credentials::try_from(row)?.account))
            .collect::<Result<Vec<_>, StoreError>>()?;
        // Sorted here because the databases collate text differently.
        all.sort_by_cached_key(|account| account.name.folded());
        Ok(all)
    }

    /// Returns the account with this name, ignoring case.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn credentials(&self, name: &AccountName) -> Result<Option<Credentials>, StoreError> {
        let row = self.account_where("a.folded", &name.folded()).await?;
        row.map(Credentials::try_from).transpose()
    }

    /// Returns the valid account with this value in `column`.
    async fn account_where(
        &self,
        column: &'static str,
        value: &str,
    ) -> Result<Option<Row>, StoreError> {
        let before = self.keyring.current();
        let mut connection = self.pool.acquire().await?;
        let sql = AssertSqlSafe(format!("{SELECT_WITH_HEAD} WHERE {column} = $1"));
        let seen: Option<AccountWithHead> = sqlx::query_as(sql)
            .bind(value)
            .fetch_optional(&mut *connection)
            .await?;
        let Some(AccountWithHead { account, head }) = seen else {
            return Ok(None);
        };
        let integrity = self.integrity(&mut connection, before, &head).await?;
        Ok(Some(account).filter(|row| integrity.holds(row)))
    }

    /// Returns the name of an account.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn account_name(&self, id: &AccountId) -> Result<Option<AccountName>, StoreError> {
        let row = self.account_where("a.id", id.as_str()).await?;
        row.map(|row| parse_name(&row.name)).transpose()
    }
}
