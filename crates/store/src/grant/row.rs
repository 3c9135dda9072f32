//! Rows of `grants`.

use domain::{DataCenterId, Finding, GrantBinding, UnixTime};
use sqlx::AnyConnection;

use super::{GrantState, GrantSummary};
use crate::{
    StoreError,
    row::Table,
    seal::{Cell, Sealed},
};

pub(super) const TABLE: Table = Table("grants");
const ACTIVE: &str = "active";
const FAILING: &str = "failing";
pub(super) const ENDED: &str = "ended";

/// Values that the tokens of a grant are bound to: the stored binding (JSON) and the account that
/// signed in.
#[derive(Clone, Copy)]
pub(crate) struct Bound<'a> {
    pub(crate) binding: &'a str,
    pub(crate) account: Option<&'a str>,
}

/// Returns the cell of a token. The token opens only together with the binding it was issued for.
pub(crate) fn cell<'a>(column: &'static str, id: &'a DataCenterId, bound: Bound) -> Cell<'a> {
    let account = bound.account.map(str::to_owned);
    Cell::new(TABLE.0, column, id.as_str()).bound_to([Some(bound.binding.to_owned()), account])
}

/// A grant with sealed tokens.
pub(super) struct SealedGrant {
    pub(super) summary: GrantSummary,
    /// The stored JSON of the binding.
    pub(super) binding: String,
    pub(super) access_token: Sealed,
    pub(super) refresh_token: Option<Sealed>,
    pub(super) is_leased: bool,
}

impl SealedGrant {
    pub(super) fn bound(&self) -> Bound<'_> {
        Bound {
            binding: &self.binding,
            account: self.summary.account.as_deref(),
        }
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    data_center: String,
    version: i64,
    binding: String,
    access_token: String,
    refresh_token: Option<String>,
    expires_at: i64,
    scope: String,
    account: Option<String>,
    authorized_at: i64,
    refreshed_at: i64,
    state: String,
    finding: Option<String>,
    failures: Option<i64>,
    retry_at: Option<i64>,
    ended_at: Option<i64>,
    lease_owner: Option<String>,
}

impl Row {
    pub(super) async fn read(
        connection: &mut AnyConnection,
        id: &DataCenterId,
    ) -> Result<Option<Self>, StoreError> {
        let row = sqlx::query_as(
            "SELECT data_center, version, binding, access_token, refresh_token, expires_at, scope,
                 account, authorized_at, refreshed_at, state, finding, failures, retry_at, ended_at,
                 lease_owner
             FROM grants WHERE data_center = $1",
        )
        .bind(id.as_str())
        .fetch_optional(connection)
        .await?;
        Ok(row)
    }

    pub(super) fn binding(&self) -> Result<GrantBinding, StoreError> {
        TABLE.read_json("binding", &self.binding)
    }

    fn state(&self) -> Result<GrantState, StoreError> {
        let finding = || {
            let json = TABLE.needed("finding", self.finding.as_deref())?;
            TABLE.read_json::<Finding>("finding", json)
        };
        match self.state.as_str() {
            ACTIVE => Ok(GrantState::Active),
            FAILING => Ok(GrantState::Failing {
                finding: finding()?,
                failures: TABLE.needed("failures", self.failures)?,
                retry_at: UnixTime(TABLE.needed("retry_at", self.retry_at)?),
            }),
            ENDED => Ok(GrantState::Ended {
                finding: finding()?,
                since: UnixTime(TABLE.needed("ended_at", self.ended_at)?),
            }),
            _ => Err(TABLE.corrupt("state")),
        }
    }
}

impl TryFrom<Row> for SealedGrant {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            summary: GrantSummary {
                data_center: TABLE.value("data_center", DataCenterId::parse(&row.data_center))?,
                version: row.version,
                binding: row.binding()?,
                has_refresh_token: row.refresh_token.is_some(),
                expires_at: UnixTime(row.expires_at),
                state: row.state()?,
                scope: row.scope,
                account: row.account,
                authorized_at: UnixTime(row.authorized_at),
                refreshed_at: UnixTime(row.refreshed_at),
            },
            binding: row.binding,
            access_token: Sealed(row.access_token),
            refresh_token: row.refresh_token.map(Sealed),
            is_leased: row.lease_owner.is_some(),
        })
    }
}

/// Columns with the state of a grant.
pub(super) struct StateColumns {
    pub(super) state: &'static str,
    pub(super) finding: Option<String>,
    pub(super) failures: Option<i64>,
    pub(super) retry_at: Option<i64>,
    pub(super) ended_at: Option<i64>,
}

impl TryFrom<&GrantState> for StateColumns {
    type Error = StoreError;

    fn try_from(state: &GrantState) -> Result<Self, StoreError> {
        let mut columns = Self {
            state: ACTIVE,
            finding: None,
            failures: None,
            retry_at: None,
            ended_at: None,
        };
        match state {
            GrantState::Active => {}
            GrantState::Failing {
                finding,
                failures,
                retry_at,
            } => {
                columns.state = FAILING;
                columns.finding = Some(TABLE.write_json("finding", finding)?);
                columns.failures = Some(*failures);
                columns.retry_at = Some(retry_at.0);
            }
            GrantState::Ended { finding, since } => {
                columns.state = ENDED;
                columns.finding = Some(TABLE.write_json("finding", finding)?);
                columns.ended_at = Some(since.0);
            }
        }
        Ok(columns)
    }
}

/// Row of a new grant.
pub(crate) struct NewRow<'a> {
    pub(crate) id: &'a DataCenterId,
    /// JSON.
    pub(crate) binding: &'a str,
    pub(crate) access_token: Sealed,
    pub(crate) refresh_token: Option<Sealed>,
    pub(crate) expires_at: UnixTime,
    pub(crate) scope: &'a str,
    pub(crate) account: Option<&'a str>,
    pub(crate) authorized_at: UnixTime,
}

impl NewRow<'_> {
    /// Replaces the previous row and returns the new version. The data center must be locked.
    pub(crate) async fn write(self, connection: &mut AnyConnection) -> Result<i64, StoreError> {
        // Waits for a refresh that is being committed, whose version counts.
        sqlx::query("UPDATE grants SET version = version WHERE data_center = $1")
            .bind(self.id.as_str())
            .execute(&mut *connection)
            .await?;
        let versions: Vec<i64> = sqlx::query_scalar(
            "SELECT grant_version FROM data_centers WHERE id = $1
             UNION ALL SELECT version FROM grants WHERE data_center = $1",
        )
        .bind(self.id.as_str())
        .fetch_all(&mut *connection)
        .await?;
        let version = versions.into_iter().max().unwrap_or(0) + 1;
        sqlx::query(
            "INSERT INTO grants (
                 data_center, version, binding, access_token, refresh_token, expires_at, scope,
                 account, authorized_at, refreshed_at, state)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)
             ON CONFLICT (data_center) DO UPDATE SET
                 version = excluded.version, binding = excluded.binding,
                 access_token = excluded.access_token, refresh_token = excluded.refresh_token,
                 expires_at = excluded.expires_at, scope = excluded.scope,
                 account = excluded.account, authorized_at = excluded.authorized_at,
                 refreshed_at = excluded.refreshed_at, state = excluded.state,
                 finding = NULL, failures = NULL, retry_at = NULL, ended_at = NULL,
                 lease_owner = NULL, lease_until = NULL",
        )
        .bind(self.id.as_str())
        .bind(version)
        .bind(self.binding)
        .bind(self.access_token.0)
        .bind(self.refresh_token.map(|token| token.0))
        .bind(self.expires_at.0)
        .bind(self.scope)
        .bind(self.account)
        .bind(self.authorized_at.0)
        .bind(ACTIVE)
        .execute(connection)
        .await?;
        Ok(version)
    }
}
