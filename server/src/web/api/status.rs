//! `GET /api/v1/status`: how the grants stand.

use axum::{
    Extension, Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use domain::{ApiKey, DataCenter, DataCenterId, GrantStatus, UnixTime, paths};
use mail::{MailError, Mailer};
use serde::Serialize;
use utoipa::ToSchema;

/// How the data centers stand that the key is good for.
#[derive(Serialize, ToSchema)]
pub struct Status {
    /// One by one.
    data_centers: Vec<DataCenterStatus>,
}

/// How a data center stands.
#[derive(Serialize, ToSchema)]
pub struct DataCenterStatus {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
    /// How its grant stands.
    grant: Grant,
    /// What waits to be sent, and how much may be sent.
    outbox: Outbox,
}

/// How a grant stands. Times are those of RFC 3339, findings their codes.
#[derive(Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Grant {
    /// The settings do not use OAuth, or there are none.
    NotUsed,
    /// Nobody has signed in yet.
    NotAuthorized,
    /// It is good.
    Authorized {
        /// Who signed in.
        account: String,
        /// When the access token ends; it is renewed before.
        valid_until: String,
        /// Why the last renewal failed, which is tried again.
        #[serde(skip_serializing_if = "Option::is_none")]
        trouble: Option<String>,
    },
    /// It has ended: an administrator has to sign in again. Messages wait.
    NeedsAuthorization {
        /// Who signed in.
        account: String,
        /// When that was seen.
        since: String,
        /// Why.
        finding: String,
    },
}

/// What waits to be sent from a data center, and how much may be sent.
#[derive(Serialize, ToSchema)]
pub struct Outbox {
    /// How many messages wait.
    waiting: i64,
    /// When the oldest of them was stored.
    oldest: Option<String>,
    /// Until when nothing is sent, as the provider asked.
    paused_until: Option<String>,
    /// Why: a code.
    pause_finding: Option<String>,
    /// What was sent.
    used: Used,
    /// What may be sent; `null`: no limit is known.
    allowed: Allowed,
}

/// What was sent.
#[derive(Serialize, ToSchema)]
pub struct Used {
    /// Messages in the last 60 seconds.
    last_minute: u32,
    /// Messages in the last 24 hours.
    last_day: u32,
    /// Connections that are open.
    connections: u32,
}

/// What may be sent.
#[derive(Serialize, ToSchema)]
pub struct Allowed {
    /// Messages in any 60 seconds.
    per_minute: Option<u32>,
    /// Messages in any 24 hours.
    per_day: Option<u32>,
    /// Connections at a time.
    connections: Option<u32>,
    /// Recipients of one SMTP transaction.
    recipients: Option<u32>,
}

impl From<GrantStatus> for Grant {
    fn from(status: GrantStatus) -> Self {
        match status {
            GrantStatus::NotUsed => Self::NotUsed,
            GrantStatus::NotAuthorized { .. } => Self::NotAuthorized,
            GrantStatus::Authorized {
                account,
                valid_until,
                trouble,
                ..
            } => Self::Authorized {
                account,
                valid_until: valid_until.rfc3339(),
                trouble: trouble.map(|finding| finding.code.code().to_owned()),
            },
            GrantStatus::NeedsAuthorization {
                account,
                since,
                finding,
            } => Self::NeedsAuthorization {
                account,
                since: since.rfc3339(),
                finding: finding.code.code().to_owned(),
            },
        }
    }
}

/// How the data centers stand
#[utoipa::path(
    get,
    path = paths::api::Status::PATH,
    tag = "status",
    operation_id = "status",
    security(("key" = ["metrics"]), ("key" = ["messages"])),
    responses((status = 200, description = "Those that the API key is good for.", body = Status)),
)]
pub async fn status(State(mailer): State<Mailer>, Extension(key): Extension<ApiKey>) -> Response {
    match read(&mailer, &key).await {
        Ok(data_centers) => Json(Status { data_centers }).into_response(),
        Err(error) => super::unavailable(&error),
    }
}

async fn read(mailer: &Mailer, key: &ApiKey) -> Result<Vec<DataCenterStatus>, MailError> {
    let is_good_for =
        |found: &DataCenter| key.data_center.as_ref().is_none_or(|one| *one == found.id);
    let mut found = Vec::new();
    for data_center in mailer.data_centers().await?.into_iter().filter(is_good_for) {
        let status = match mailer.grant_status(&data_center.id).await {
            Ok(status) => status,
            // Removed meanwhile.
            Err(MailError::UnknownDataCenter) => continue,
            Err(error) => return Err(error),
        };
        let outbox = outbox(mailer, &data_center.id).await?;
        found.push(DataCenterStatus {
            id: data_center.id.to_string(),
            name: data_center.name.to_string(),
            grant: status.into(),
            outbox,
        });
    }
    Ok(found)
}

async fn outbox(mailer: &Mailer, id: &DataCenterId) -> Result<Outbox, MailError> {
    let (waiting, oldest) = mailer.waiting_messages(id).await?;
    let pause = mailer.sending_pause(id).await?;
    let used = mailer.sending_use(id).await?;
    let chosen = mailer.sending_settings(id).await?;
    let allowed = match mailer.settings(id).await {
        Ok(saved) => saved
            .settings
            .map(|saved| chosen.limits_with(saved.provider)),
        // Removed meanwhile.
        Err(MailError::UnknownDataCenter) => None,
        Err(error) => return Err(error),
    };
    let allowed = allowed.unwrap_or(chosen.limits);
    Ok(Outbox {
        waiting,
        oldest: oldest.map(UnixTime::rfc3339),
        paused_until: pause.as_ref().map(|pause| pause.until.rfc3339()),
        pause_finding: pause.map(|pause| pause.finding.code.code().to_owned()),
        used: Used {
            last_minute: used.last_minute,
            last_day: used.last_day,
            connections: used.connections,
        },
        allowed: Allowed {
            per_minute: allowed.per_minute,
            per_day: allowed.per_day,
            connections: allowed.connections,
            recipients: allowed.recipients,
        },
    })
}
