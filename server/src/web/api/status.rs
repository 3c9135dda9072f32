//! `GET /api/v1/status`: how the grants stand.

use axum::{
    Extension, Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use domain::{ApiKey, DataCenter, GrantStatus};
use mail::{MailError, Mailer};
use serde::Serialize;

#[derive(Serialize)]
struct Status {
    data_centers: Vec<DataCenterStatus>,
}

#[derive(Serialize)]
struct DataCenterStatus {
    id: String,
    name: String,
    grant: Grant,
}

/// Times are those of RFC 3339, findings their codes.
#[derive(Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum Grant {
    NotUsed,
    NotAuthorized,
    Authorized {
        account: String,
        valid_until: String,
        /// Why the last renewal failed, which is tried again.
        #[serde(skip_serializing_if = "Option::is_none")]
        trouble: Option<String>,
    },
    NeedsAuthorization {
        account: String,
        since: String,
        finding: String,
    },
}

impl From<GrantStatus> for Grant {
    fn from(status: GrantStatus) -> Self {
        match status {
            GrantStatus::NotUsed => Self::NotUsed,
            GrantStatus::NotAuthorized => Self::NotAuthorized,
            GrantStatus::Authorized {
                account,
                valid_until,
                trouble,
                ..
            } => Self::Authorized {
                account,
                valid_until: valid_until.rfc3339(),
                trouble: trouble.map(|finding| finding.code.as_str()),
            },
            GrantStatus::NeedsAuthorization {
                account,
                since,
                finding,
            } => Self::NeedsAuthorization {
                account,
                since: since.rfc3339(),
                finding: finding.code.as_str(),
            },
        }
    }
}

/// The data centers that the key is good for.
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
        found.push(DataCenterStatus {
            id: data_center.id.to_string(),
            name: data_center.name.to_string(),
            grant: status.into(),
        });
    }
    Ok(found)
}
