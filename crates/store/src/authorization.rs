//! Table `authorizations`: OAuth authorizations from the redirect to the provider until the
//! callback.

use domain::{
    Actor, AuditAction, AuthorizationId, Change, DataCenter, DataCenterId, Finding, GrantBinding,
    KnownIssuer, RedirectUrl, UnixTime,
};
use secrecy::SecretString;

use crate::{Store, StoreError, audit_entry::entry, data_center, row::Table, seal::Cell};

use row::Row;

mod claim;
mod finish;
mod row;

pub(crate) use row::{reseal, rows};

const TABLE: Table = Table("authorizations");

/// Links the audit entries for the start and the end of an authorization.
fn authorization_fact(id: &AuthorizationId) -> Change {
    Change::fact("authorization", id.as_str())
}

fn verifier_cell(id: &str) -> Cell<'_> {
    Cell::new(TABLE.0, "verifier", id)
}

/// An authorization that starts.
#[derive(Clone, Debug)]
pub struct NewAuthorization {
    /// Primary key.
    pub id: AuthorizationId,
    /// Hash of the `state` (RFC 6749 §10.12).
    pub state_hash: String,
    /// Data center that is authorized.
    pub data_center: DataCenterId,
    /// The PKCE verifier (RFC 7636 §4.1).
    pub verifier: SecretString,
    /// The redirect URL, the same in both legs.
    pub redirect_url: RedirectUrl,
    /// The session that started it.
    pub session: String,
    /// Settings that the grant will be bound to.
    pub binding: GrantBinding,
    /// The issuer in the provider's metadata, if there is one.
    pub issuer: Option<KnownIssuer>,
    /// Version of the settings at the start.
    pub settings_version: i64,
    /// Time at which the authorization started.
    pub created_at: UnixTime,
    /// Time after which the callback is rejected.
    pub expires_at: UnixTime,
}

/// An authorization whose callback this process has claimed.
#[derive(Clone, Debug)]
pub struct ClaimedAuthorization {
    /// Primary key.
    pub id: AuthorizationId,
    /// Data center that is authorized.
    pub data_center: DataCenterId,
    /// The PKCE verifier. It is no longer in the database.
    pub verifier: SecretString,
    /// The redirect URL, the same in both legs.
    pub redirect_url: RedirectUrl,
    /// Settings that the grant will be bound to.
    pub binding: GrantBinding,
    /// The issuer in the provider's metadata at the start.
    pub issuer: Option<KnownIssuer>,
    /// Version of the settings at the start.
    pub settings_version: i64,
    /// Time at which the authorization started.
    pub created_at: UnixTime,
    /// Time after which the callback is rejected.
    pub expires_at: UnixTime,
}

/// Result of claiming the callback of an authorization.
#[derive(Clone, Debug)]
pub enum CallbackClaim {
    /// No authorization has this `state`.
    Unknown,
    /// Another session started it, and can still complete it.
    OtherBrowser {
        /// Data center that is authorized.
        data_center: DataCenterId,
    },
    /// Another request claimed the callback first.
    AlreadyUsed {
        /// ID of the authorization.
        id: AuthorizationId,
        /// Data center that is authorized.
        data_center: DataCenterId,
    },
    /// It has expired.
    Expired {
        /// ID of the authorization.
        id: AuthorizationId,
        /// Data center that is authorized.
        data_center: DataCenterId,
    },
    /// This caller has claimed it, and no other one can.
    Claimed(Box<ClaimedAuthorization>),
}

/// Tokens from the provider.
#[derive(Clone, Debug)]
pub struct NewGrant {
    /// The access token.
    pub access_token: SecretString,
    /// The refresh token.
    pub refresh_token: Option<SecretString>,
    /// Expiry of the access token.
    pub expires_at: UnixTime,
    /// The granted scope, as the provider returned it.
    pub scope: String,
    /// The account that signed in, if the provider named it.
    pub account: Option<String>,
    /// Time at which the authorization was finished.
    pub authorized_at: UnixTime,
}

/// Result of the token request of a claimed authorization.
#[derive(Clone, Debug)]
pub enum FinishOutcome {
    /// The provider issued tokens.
    Granted(NewGrant),
    /// The authorization failed.
    Failed(Finding),
}

/// Result of finishing an authorization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finished {
    /// The grant is stored.
    Granted {
        /// Version of the grant.
        version: i64,
    },
    /// The authorization failed with the finding of the caller, or with `SettingsChanged`.
    Failed(Finding),
    /// No authorization with this ID is claimed and unfinished. Nothing was changed.
    NotOpen,
}

/// Recorded state of an authorization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordState {
    /// Not finished.
    Pending,
    /// The provider issued a grant.
    Granted {
        /// The account that signed in, if the provider named it.
        account: Option<String>,
        /// User name in the settings.
        username: String,
        /// Expiry of the access token.
        valid_until: UnixTime,
        /// The granted scope, as the provider returned it.
        scope: String,
    },
    /// The authorization failed.
    Failed(Finding),
}

/// A recorded authorization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationRecord {
    /// Primary key.
    pub id: AuthorizationId,
    /// Data center that is authorized.
    pub data_center: DataCenter,
    /// Time after which the callback is rejected.
    pub expires_at: UnixTime,
    /// Progress and result.
    pub state: RecordState,
}

#[derive(sqlx::FromRow)]
struct RecordRow {
    id: String,
    data_center: String,
    name: String,
    expires_at: i64,
    binding: String,
    state: String,
    finding: Option<String>,
    account: Option<String>,
    valid_until: Option<i64>,
    scope: Option<String>,
}

impl TryFrom<RecordRow> for AuthorizationRecord {
    type Error = StoreError;

    fn try_from(row: RecordRow) -> Result<Self, StoreError> {
        let state = match row.state.as_str() {
            "pending" => RecordState::Pending,
            "granted" => RecordState::Granted {
                account: row.account,
                username: TABLE
                    .read_json::<GrantBinding>("binding", &row.binding)?
                    .username,
                valid_until: UnixTime(TABLE.needed("valid_until", row.valid_until)?),
                scope: TABLE.needed("scope", row.scope)?,
            },
            "failed" => {
                let finding = TABLE.needed("finding", row.finding)?;
                RecordState::Failed(TABLE.read_json("finding", &finding)?)
            }
            _ => return Err(TABLE.corrupt("state")),
        };
        Ok(Self {
            id: TABLE.value("id", AuthorizationId::parse(&row.id))?,
            data_center: data_center::parse(&row.data_center, &row.name)?,
            expires_at: UnixTime(row.expires_at),
            state,
        })
    }
}

impl Store {
    /// Stores an authorization that starts.
    ///
    /// # Errors
    /// `Database`, also if the data center is gone; `Random`, `KeyRotated`.
    pub async fn begin_authorization(
        &self,
        new: &NewAuthorization,
        by: &Actor,
    ) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        let sealer = self.hold_key(&mut transaction).await?;
        let verifier = sealer.seal(&new.verifier, &verifier_cell(new.id.as_str()))?;
        let row = Row::new(new, &sealer)?;
        row.insert(&mut transaction, &verifier).await?;
        let id = new.data_center.as_str();
        let mut record = entry(by, new.created_at, AuditAction::AuthorizationBegun, id);
        record.changes.push(authorization_fact(&new.id));
        self.append(&mut transaction, &record).await?;
        transaction.commit().await
    }

    /// Returns the recorded state of an authorization.
    ///
    /// # Errors
    /// `Database`, `Corrupt`.
    pub async fn authorization(
        &self,
        id: &AuthorizationId,
    ) -> Result<Option<AuthorizationRecord>, StoreError> {
        let row: Option<RecordRow> = sqlx::query_as(
            "SELECT a.id, a.data_center, d.name, a.expires_at, a.binding, a.state, a.finding,
                 a.account, a.valid_until, a.scope
             FROM authorizations a JOIN data_centers d ON d.id = a.data_center WHERE a.id = $1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        row.map(AuthorizationRecord::try_from).transpose()
    }

    /// Deletes the authorizations that expired before `before`.
    ///
    /// # Errors
    /// `Database`.
    pub async fn prune_authorizations(&self, before: UnixTime) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM authorizations WHERE expires_at < $1")
            .bind(before.0)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
