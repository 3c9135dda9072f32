//! Table `authorizations`: trips to the provider and back.

use domain::{
    Actor, AuditAction, AuthorizationId, Change, DataCenter, DataCenterId, Finding, GrantBinding,
    KnownIssuer, RedirectUrl, UnixTime,
};
use secrecy::SecretString;

use crate::{Store, StoreError, data_center, note::note, row::Table, seal::Cell};

use row::Row;

mod finish;
mod row;
mod take;

pub(crate) use row::{reseal, rows};

const TABLE: Table = Table("authorizations");

/// Names an authorization in the audit, so that its beginning and its end are known to belong together.
fn authorization_fact(id: &AuthorizationId) -> Change {
    Change::fact("authorization", id.as_str())
}

fn verifier_cell(id: &str) -> Cell<'_> {
    Cell::new(TABLE.0, "verifier", id)
}

/// An authorization that begins.
#[derive(Clone, Debug)]
pub struct NewAuthorization {
    /// Its id.
    pub id: AuthorizationId,
    /// Hash of the `state` (RFC 6749 §10.12).
    pub state_hash: String,
    /// Whose settings are authorized.
    pub data_center: DataCenterId,
    /// The PKCE verifier (RFC 7636 §4.1).
    pub verifier: SecretString,
    /// The redirect URL, the same in both legs.
    pub redirect_url: RedirectUrl,
    /// The session that began it.
    pub session: String,
    /// What the grant will be bound to.
    pub binding: GrantBinding,
    /// The issuer that the provider's metadata names, if it has any.
    pub issuer: Option<KnownIssuer>,
    /// The version of the settings it began with.
    pub settings_version: i64,
    /// When it began.
    pub created_at: UnixTime,
    /// When it ends by itself.
    pub expires_at: UnixTime,
}

/// An authorization that has been answered, and by nobody else.
#[derive(Clone, Debug)]
pub struct TakenAuthorization {
    /// Its id.
    pub id: AuthorizationId,
    /// Whose settings are authorized.
    pub data_center: DataCenterId,
    /// The PKCE verifier; the database has it no more.
    pub verifier: SecretString,
    /// The redirect URL, the same in both legs.
    pub redirect_url: RedirectUrl,
    /// What the grant will be bound to.
    pub binding: GrantBinding,
    /// The issuer that the provider's metadata named when it began.
    pub issuer: Option<KnownIssuer>,
    /// The version of the settings it began with.
    pub settings_version: i64,
    /// When it began.
    pub created_at: UnixTime,
    /// When it ends by itself.
    pub expires_at: UnixTime,
}

/// What came of answering an authorization.
#[derive(Clone, Debug)]
pub enum TakeOutcome {
    /// No authorization has this `state`.
    Unknown,
    /// Another session began it; it can still be answered by that one.
    OtherBrowser {
        /// Whose settings are authorized.
        data_center: DataCenterId,
    },
    /// It has been answered before.
    AlreadyUsed {
        /// Its id.
        id: AuthorizationId,
        /// Whose settings were authorized.
        data_center: DataCenterId,
    },
    /// It had ended.
    Expired {
        /// Its id.
        id: AuthorizationId,
        /// Whose settings were to be authorized.
        data_center: DataCenterId,
    },
    /// It is answered now, and by nobody else.
    Taken(Box<TakenAuthorization>),
}

/// What the provider gave.
#[derive(Clone, Debug)]
pub struct NewGrant {
    /// The access token.
    pub access_token: SecretString,
    /// The refresh token.
    pub refresh_token: Option<SecretString>,
    /// When the access token expires.
    pub expires_at: UnixTime,
    /// What was granted, as the provider said.
    pub scope: String,
    /// Who signed in, when the provider said so.
    pub account: Option<String>,
    /// When the authorization was finished.
    pub authorized_at: UnixTime,
}

/// How a taken authorization ends.
#[derive(Clone, Debug)]
pub enum FinishOutcome {
    /// With a grant.
    Granted(NewGrant),
    /// With nothing.
    Failed(Finding),
}

/// What came of finishing an authorization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finished {
    /// The grant is stored.
    Granted {
        /// The version of the grant.
        version: i64,
    },
    /// Nothing came of it: what was passed in, or `SettingsChanged`.
    Failed(Finding),
    /// No authorization with this id has been taken and not been finished yet. Nothing was changed.
    NotOpen,
}

/// How an authorization is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordState {
    /// It is not finished.
    Pending,
    /// A grant came of it.
    Granted {
        /// Who signed in, when the provider said so.
        account: Option<String>,
        /// The user name of the settings.
        username: String,
        /// When the access token expires.
        valid_until: UnixTime,
        /// What was granted, as the provider said.
        scope: String,
    },
    /// Nothing came of it.
    Failed(Finding),
}

/// An authorization as it is recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizationRecord {
    /// Its id.
    pub id: AuthorizationId,
    /// Whose settings are authorized.
    pub data_center: DataCenter,
    /// When it ends by itself.
    pub expires_at: UnixTime,
    /// How it stands.
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
    /// Writes down an authorization that begins.
    ///
    /// # Errors
    /// `Database`, also when the data center is gone; `Random`, `KeyRotated`.
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
        let mut record = note(by, new.created_at, AuditAction::AuthorizationBegun, id);
        record.changes.push(authorization_fact(&new.id));
        self.append(&mut transaction, &record).await?;
        transaction.commit().await
    }

    /// How an authorization stands.
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

    /// Forgets the authorizations that ended by themselves before `before`.
    ///
    /// # Errors
    /// `Database`.
    pub async fn forget_authorizations(&self, before: UnixTime) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM authorizations WHERE expires_at < $1")
            .bind(before.0)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
