//! `GET /api/v1/status`: the state of the grants.

use axum::{
    Extension, Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use domain::{ApiKey, DataCenter, DataCenterId, GrantStatus, UnixTime, paths};
use mail::{MailError, Mailer};
use serde::Serialize;
use utoipa::ToSchema;

/// The state of the data centers that the key has access to.
#[derive(Serialize, ToSchema)]
pub struct Status {
    /// One entry per data center.
    data_centers: Vec<DataCenterStatus>,
}

/// The state of a data center.
#[derive(Serialize, ToSchema)]
pub struct DataCenterStatus {
    /// The data center's ID.
    id: String,
    /// The data center's name.
    name: String,
    /// The state of the grant.
    grant: Grant,
    /// The queue and the sending limits.
    outbox: Outbox,
}

/// The state of a grant. Times are in RFC 3339 format; findings are codes.
#[derive(Serialize, ToSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Grant {
    /// The settings do not use OAuth, or nothing is saved.
    NotUsed,
    /// No one has authorized the data center yet.
    NotAuthorized,
    /// The grant is valid.
    Authorized {
        /// The account that authorized it.
        account: String,
        /// The expiration time of the access token, which is refreshed earlier.
        valid_until: String,
        /// The finding of the last refresh if it failed. It is retried.
        #[serde(skip_serializing_if = "Option::is_none")]
        trouble: Option<String>,
    },
    /// The grant ended. An administrator must authorize the data center again; until then, messages
    /// stay in the queue.
    NeedsAuthorization {
        /// The account that authorized it.
        account: String,
        /// The time at which the end was detected.
        since: String,
        /// The code of the finding that explains it.
        finding: String,
    },
}

/// The queue of a data center and its sending limits.
#[derive(Serialize, ToSchema)]
pub struct Outbox {
    /// Number of queued messages.
    waiting: i64,
    /// The time at which the oldest of them was stored.
    oldest: Option<String>,
    /// The end of a pause that the provider requested.
    paused_until: Option<String>,
    /// The code of the finding that explains the pause.
    pause_finding: Option<String>,
    /// The current usage.
    used: Used,
    /// The limits; `null` means that no limit is known.
    allowed: Allowed,
}

/// The current usage.
#[derive(Serialize, ToSchema)]
pub struct Used {
    /// Messages in the last 60 seconds.
    last_minute: u32,
    /// Messages in the last 24 hours.
    last_day: u32,
    /// Open connections.
    connections: u32,
}

/// The limits of the provider.
#[derive(Serialize, ToSchema)]
pub struct Allowed {
    /// Messages in any 60 seconds.
    per_minute: Option<u32>,
    /// Messages in any 24 hours.
    per_day: Option<u32>,
    /// Concurrent connections.
    connections: Option<u32>,
    /// Recipients per SMTP transaction.
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

/// Get the state of the data centers
#[utoipa::path(
    get,
    path = paths::api::Status::PATH,
    tag = "status",
    operation_id = "status",
    security(("key" = ["metrics"]), ("key" = ["messages"])),
    responses((status = 200, description = "The data centers that the API key has access to.", body = Status)),
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
    for data_center in mailer
        .settings
        .data_centers()
        .await?
        .into_iter()
        .filter(is_good_for)
    {
        let status = match mailer.settings.grant_status(&data_center.id).await {
            Ok(status) => status,
            // Removed while the request was processed.
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
    let (waiting, oldest) = mailer.outbox.waiting(id).await?;
    let pause = mailer.outbox.pause(id).await?;
    let used = mailer.outbox.usage(id).await?;
    let chosen = mailer.outbox.settings(id).await?;
    let allowed = match mailer.settings.get(id).await {
        Ok(saved) => saved
            .settings
            .map(|saved| chosen.limits_with(saved.provider)),
        // Removed while the request was processed.
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
