//! Table `accounts`: people who sign in.

use domain::{Account, AccountId, AccountName, Actor, AuditAction, Change, Role, UnixTime};
use secrecy::{ExposeSecret, SecretString};
use sqlx::AnyConnection;

use crate::{NewLink, Store, StoreError, link, note::note, row::Table};

mod change;
mod password;

pub use change::AccountChange;

const TABLE: Table = Table("accounts");

/// An account that is added.
#[derive(Clone, Debug)]
pub struct NewAccount {
    /// Its id.
    pub id: AccountId,
    /// Its user name.
    pub name: AccountName,
    /// What it may do.
    pub role: Role,
    /// The hash of its password, a PHC string; `None` when it is to be chosen by a link.
    pub password_hash: Option<SecretString>,
}

/// An account with the hash of its password.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The account.
    pub account: Account,
    /// The hash of its password, a PHC string.
    pub password_hash: Option<SecretString>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    role: String,
    password_hash: Option<String>,
    created_at: i64,
    signed_in_at: Option<i64>,
}

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

/// Writes an account; `false` when another one has the name.
pub(crate) async fn insert(
    connection: &mut AnyConnection,
    new: &NewAccount,
    now: UnixTime,
) -> Result<bool, StoreError> {
    let added = sqlx::query(
        "INSERT INTO accounts (id, name, folded, role, password_hash, created_at)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (folded) DO NOTHING",
    )
    .bind(new.id.as_str())
    .bind(new.name.as_str())
    .bind(new.name.folded())
    .bind(new.role.code())
    .bind(new.password_hash.as_ref().map(ExposeSecret::expose_secret))
    .bind(now.0)
    .execute(connection)
    .await?;
    Ok(added.rows_affected() == 1)
}

impl Store {
    /// Whether there is an account.
    ///
    /// # Errors
    /// `Database`.
    pub async fn has_accounts(&self) -> Result<bool, StoreError> {
        let any: Option<String> = sqlx::query_scalar("SELECT id FROM accounts LIMIT 1")
            .fetch_optional(&self.pool)
            .await?;
        Ok(any.is_some())
    }

    /// All accounts by name.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn accounts(&self) -> Result<Vec<Account>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT id, name, role, password_hash, created_at, signed_in_at FROM accounts",
        )
        .fetch_all(&self.pool)
        .await?;
        let mut all = rows
            .into_iter()
            .map(|row| Ok(Credentials::try_from(row)?.account))
            .collect::<Result<Vec<_>, StoreError>>()?;
        // Here, because the databases do not sort text alike.
        all.sort_by_cached_key(|account| account.name.folded());
        Ok(all)
    }

    /// The account with a name, without regard to case.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn credentials(&self, name: &AccountName) -> Result<Option<Credentials>, StoreError> {
        let row: Option<Row> = sqlx::query_as(
            "SELECT id, name, role, password_hash, created_at, signed_in_at FROM accounts
             WHERE folded = $1",
        )
        .bind(name.folded())
        .fetch_optional(&self.pool)
        .await?;
        row.map(Credentials::try_from).transpose()
    }

    /// The name of an account.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn account_name(&self, id: &AccountId) -> Result<Option<AccountName>, StoreError> {
        let name: Option<String> = sqlx::query_scalar("SELECT name FROM accounts WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        name.map(|name| parse_name(&name)).transpose()
    }

    /// Adds an account, with a password or with a link to choose one; `false` when another one has the name. No setup is
    /// possible any more.
    ///
    /// # Errors
    /// `Database`.
    pub async fn add_account(
        &self,
        new: &NewAccount,
        link: Option<&NewLink>,
        by: &Actor,
        now: UnixTime,
    ) -> Result<bool, StoreError> {
        let mut transaction = self.begin().await?;
        link::end_setup(&mut transaction).await?;
        if !insert(&mut transaction, new, now).await? {
            return Ok(false);
        }
        let mut added = note(by, now, AuditAction::AccountAdded, new.name.as_str());
        added.changes.push(Change::fact("role", new.role.code()));
        if let Some(link) = link {
            link::insert(&mut transaction, &new.id, link).await?;
        }
        self.append(&mut transaction, &added).await?;
        if link.is_some() {
            let made = note(by, now, AuditAction::PasswordLinkMade, new.name.as_str());
            self.append(&mut transaction, &made).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }
}
